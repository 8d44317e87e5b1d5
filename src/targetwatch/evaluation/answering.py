"""Answering: the units that the versions of a target are for, by selectors and, where they pass on, by succession."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from targetwatch.evaluation.lineage import Tree
from targetwatch.evaluation.succession import ONE_DAY, Succession
from targetwatch.model import OrgUnit, Selector, TargetVersion, UnitEnding, UnitKey


@dataclass(frozen=True, slots=True)
class Answers:
    """By which version a unit answers, as its place in the catalogue, and from which day on."""

    version: int
    since: date


def answering(
    at_once: Mapping[int, TargetVersion],
    tree: Tree,
    succession: Succession,
    is_measured: Callable[[int, OrgUnit], bool],
    today: date,
) -> dict[UnitKey, Answers]:
    """The units that answer for a target by one of its versions that are in force at once, by `today`.

    Those are a default and its exceptions, by their places. Each unit answers by one of them: the one that selects it.
    `is_measured`, asked by a version's place, is what selects for one that is for every unit. Where versions pass on,
    the successors of a unit that has ended answer from the day after its end; a unit that was named already goes on as
    it was, but for one that was made of units under one exception alone: that exception is its own too. One that
    several versions would pass on to, and none of them names, answers by the default.
    """
    found: dict[UnitKey, Answers] = {}
    for place, version in at_once.items():
        selector = version.selector
        for unit in _near(selector, tree):
            if (
                selects(selector, unit)
                and meet(version, unit, today)
                and (not selector.every or is_measured(place, unit))
            ):
                found.setdefault(unit.key, Answers(place, version.effective_from))
    if any(version.when_unit_ends is UnitEnding.PASSES_ON for version in at_once.values()):
        _pass_on(at_once, succession, found, today)
    return found


def _near(selector: Selector, tree: Tree) -> Iterable[OrgUnit]:
    """The units that a selector may name, found by its code or by its level."""
    if selector.code is not None:
        return tree.of_code.get(selector.code, ())
    return tree.units if selector.level is None else tree.of_level.get(selector.level, ())


def selects(selector: Selector, unit: OrgUnit) -> bool:
    """Whether a selector names a unit, as far as that can be seen from the unit itself."""
    parent = unit.parent
    return (
        selector.level in (None, unit.level)
        and selector.kind in (None, unit.kind)
        and selector.code in (None, unit.key.code)
        and selector.code_valid_from in (None, unit.key.valid_from)
        and (selector.parent is None or (parent is not None and parent.code == selector.parent))
        and (
            selector.parent_valid_from is None
            or (parent is not None and parent.valid_from == selector.parent_valid_from)
        )
        and unit.key not in selector.except_for
    )


def meet(version: TargetVersion, unit: OrgUnit, by: date) -> bool:
    """Whether the unit existed, by then, on a day on which the version was in force."""
    return unit.key.valid_from <= min(by, version.effective_to or by) and (
        unit.valid_to is None or unit.valid_to >= version.effective_from
    )


def _pass_on(
    at_once: Mapping[int, TargetVersion], succession: Succession, found: dict[UnitKey, Answers], today: date
) -> None:
    """Let the successors of those found that have ended answer too, in the order of the ends."""
    default = next((place for place, version in at_once.items() if version.selector.except_for), min(at_once))
    excepted = at_once[default].selector.except_for
    arrivals: dict[UnitKey, list[Answers]] = defaultdict(list)

    def take_in(key: UnitKey) -> None:
        if key not in arrivals:
            return
        since = min(arrival.since for arrival in arrivals[key])
        takers = {arrival.version for arrival in arrivals.pop(key) if arrival.since == since}
        version = takers.pop() if len(takers) == 1 else default
        if key in found:
            # Named already: nothing changes, unless it is no more than what was under an exception.
            was_made_then = since == key.valid_from
            if not (excepted and was_made_then) or version == default or key in excepted:
                return
        if since <= (at_once[version].effective_to or since):
            found[key] = Answers(version, since)

    for unit, last_day in succession.ended:
        if last_day >= today:
            break
        take_in(unit.key)
        answers = found.get(unit.key)
        if answers is not None and at_once[answers.version].when_unit_ends is UnitEnding.PASSES_ON:
            for successor in unit.successors:
                arrivals[successor.unit].append(Answers(answers.version, last_day + ONE_DAY))
    for key in list(arrivals):
        take_in(key)
