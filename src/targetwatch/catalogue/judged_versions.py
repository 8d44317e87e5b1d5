"""Versions of targets that have been judged: what they said stays as it was said."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from targetwatch.catalogue.issues import Issue
from targetwatch.catalogue.layers import Layered
from targetwatch.model import TargetVersion


@dataclass(frozen=True, slots=True)
class JudgedVersion:
    """A version by which a period has been judged, as the ledger has it.

    `selector` is the ledger's JSON of whom the version is for, empty where that is not known. `said` is what it asked
    for, in words for people: `{"value": ">= 80 %", "due": "2025-12-31"}`.
    """

    target: str
    effective_from: date
    selector: str
    version: str
    said: Mapping[str, str] = field(default_factory=dict)
    listed: bool = True  # whether the catalogue had it when the ledger last heard of it


def edited(
    judged: Iterable[JudgedVersion], versions: Sequence[tuple[Layered, TargetVersion | None]], today: date | None
) -> Iterator[Issue]:
    """Judged versions that now say something else, and those that are gone from a target that is still there.

    `versions` are those of the catalogue, with the model of each that has one: those with other issues have none, and
    nothing is said of them here. `today` is when a version that replaces one can begin at the earliest.
    """
    hashes: dict[str, set[str]] = defaultdict(set)
    begun: dict[tuple[str, date], list[tuple[Layered, TargetVersion]]] = defaultdict(list)
    first: dict[str, Layered] = {}
    unclear = {layered.target for layered, version in versions if version is None}
    for layered, version in versions:
        if version is not None:
            hashes[version.target].add(version.version)
            begun[version.target, version.effective_from].append((layered, version))
            first.setdefault(version.target, layered)
    for was in judged:
        if was.target not in first or was.target in unclear or was.version in hashes[was.target]:
            continue
        now = begun.get((was.target, was.effective_from))
        if now:
            yield _edited(was, _meant(was, now), today)
        elif was.listed:
            yield _gone(was, first[was.target])


def _meant(was: JudgedVersion, now: Sequence[tuple[Layered, TargetVersion]]) -> Layered:
    """Which version of that day the judged one has become: the exception for its unit, or the version itself."""
    try:
        selector = json.loads(was.selector or "{}")
    except ValueError:
        selector = {}
    code = (selector.get("code"), selector.get("code_valid_from")) if isinstance(selector, dict) else (None, None)
    for layered, version in now:
        held = version.selector
        if layered.rule is not None and code == (held.code, str(held.code_valid_from)):
            return layered
    return next((layered for layered, _ in now if layered.rule is None), now[0][0])


def _edited(was: JudgedVersion, now: Layered, today: date | None) -> Issue:
    message = f"target '{now.target}': the version from {was.effective_from} has been judged, and may not be edited"
    begins, ends = "the day from which on something else holds", "the day before that"
    if today is not None and today > was.effective_from:
        begins, ends = str(today), str(today - timedelta(days=1))
    hint = (
        f"{_said(was)}Put it back as it was. To change the target, end the version with "
        f"effective_to: {ends}, and add one with effective_from: {begins}, replaces: {was.effective_from}."
    )
    if now.rule is not None:
        message = f"{message}: its exception for unit {now.get('org_unit')}"
    return now.document.issue(now.place, message, hint)


def _gone(was: JudgedVersion, now: Layered) -> Issue:
    message = f"target '{now.target}': its version from {was.effective_from} has been judged, and is gone"
    hint = (
        f"{_said(was)}Put it back as it was, with effective_to: the day before the version that follows it begins. "
        f"A version that has been judged begins on the day on which it began."
    )
    return now.document.issue(now.place, message, hint)


def _said(was: JudgedVersion) -> str:
    said = ", ".join(f"{key} {value}" for key, value in was.said.items())
    return f"It said: {said}. " if said else ""
