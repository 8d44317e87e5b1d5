"""Troubles: the incidents that nobody has acknowledged, what does not agree, and how long episodes lasted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from targetwatch.incidents import facts as facts_
from targetwatch.incidents import is_about_reports
from targetwatch.model import Discrepancy, Incident, IncidentKind, IncidentState, Text, UnitKey
from targetwatch.notifications.digests.editions import Edition
from targetwatch.notifications.digests.hearing import Hearing
from targetwatch.notifications.digests.picture import Picture
from targetwatch.notifications.digests.stories import Differing, Lives, Waiting
from targetwatch.notifications.policy.labels import unit_of, version_of
from targetwatch.notifications.situation import Situation
from targetwatch.notifications.stories import ClaimStory
from targetwatch.notifications.telling import sources as telling_sources
from targetwatch.notifications.telling.targets import is_share


def heard(picture: Picture, hearing: Hearing) -> list[Incident]:
    """The episodes that ever opened and that a receiver hears of, without those told inside another's message.

    A source from which nothing has ever come is late on the board, and nobody is told.
    """
    return [
        one
        for one in picture.incidents
        if one.opened_at is not None
        and not is_share(one)
        and one.facts.get("begun") is not False
        and hearing.incident(one)
    ]


def waiting(situation: Situation, incidents: Iterable[Incident]) -> Waiting:
    """Those that are open and that nobody has acknowledged, and the oldest of them."""
    found = [one for one in incidents if one.state is IncidentState.OPEN]
    if not found:
        return Waiting(0, 0)
    oldest = min(found, key=lambda one: (one.opened_at or one.began_at, one.number))
    groups = {(one.key.kind, one.key.subject) for one in found}
    return Waiting(len(groups), len(found), oldest.opened_at, name_of(situation, oldest))


def name_of(situation: Situation, incident: Incident) -> Text:
    """What an incident is about, in a few words."""
    key = incident.key
    if key.kind is IncidentKind.BEHIND:
        version = version_of(situation, incident)
        name = version.short_name if version is not None else Text(key.subject, key.subject)
        judged = incident.facts.get("judged")
        alone = isinstance(judged, dict) and judged.get("role") != "pooled"
        unit = situation.name_of(unit_of(incident)) if alone else ""
        return Text(f"{name.vi}, {unit}", f"{name.en}, {unit}") if unit else name
    if key.kind in (IncidentKind.LATE, IncidentKind.QUALITY):
        source = situation.programme.sources.get(key.subject)
        return source.name if source is not None else Text(key.subject, key.subject)
    metric = situation.programme.metrics.get(key.subject.split("/", 1)[0])
    claim = incident.facts.get("claim")
    if not is_about_reports(key) and isinstance(claim, dict):
        return facts_.to_claim(claim).name
    return metric.name if metric is not None else Text(key.subject, key.subject)


def claims(situation: Situation, incidents: Iterable[Incident]) -> tuple[ClaimStory, ...]:
    """The published figures that do not agree, the newest trouble first."""
    found = [
        one
        for one in incidents
        if one.key.kind is IncidentKind.MISREPORTED and one.state.is_live and not is_about_reports(one.key)
    ]
    found.sort(key=lambda one: -one.number)
    return tuple(telling_sources.claim(situation, one) for one in found)


def differing(situation: Situation, incidents: Iterable[Incident]) -> tuple[Differing, ...]:
    """What units report of themselves and their records do not show, by metric and tier."""
    groups: dict[str, list[tuple[str, Discrepancy]]] = defaultdict(list)
    levels: dict[str, str] = {}
    for one in incidents:
        report = one.facts.get("report")
        if one.key.kind is not IncidentKind.MISREPORTED or not one.state.is_live or not isinstance(report, dict):
            continue
        key = unit_of(one)
        groups[one.key.subject].append((situation.name_of(key), facts_.to_discrepancy(report, situation.now)))
        levels[one.key.subject] = _level(situation, key)
    found = []
    for subject in sorted(groups):
        metric = situation.programme.metrics.get(subject.split("/", 1)[0])
        if metric is not None:
            furthest = sorted(groups[subject], key=lambda entry: (-(entry[1].deviation or 0), entry[0]))
            found.append(Differing(metric, situation.level_name(levels[subject]), tuple(furthest)))
    return tuple(found)


def lives(situation: Situation, incidents: Iterable[Incident], edition: Edition) -> Lives:
    """What opened and closed within an edition, and how long those took that were resolved."""
    known = list(incidents)
    opened = [one for one in known if one.opened_at and edition.begins < one.opened_at <= edition.ends]
    closed = [one for one in known if one.closed_at and edition.begins < one.closed_at <= edition.ends]
    resolved = [one for one in closed if one.state is IncidentState.RESOLVED]
    took = sorted(
        ((one.closed_at - one.opened_at, one.number, one) for one in resolved if one.closed_at and one.opened_at),
        key=lambda entry: entry[:2],
    )
    middle = took[(len(took) - 1) // 2][2] if took else None
    longest = took[-1][2] if took else None
    return Lives(
        opened=len(opened),
        resolved=len(resolved),
        ended=len(closed) - len(resolved),
        live=sum(one.state.is_live for one in known),
        median=(middle.opened_at, middle.closed_at) if middle and middle.opened_at and middle.closed_at else None,
        longest=(longest.opened_at, longest.closed_at) if longest and longest.opened_at and longest.closed_at else None,
        about=name_of(situation, longest) if longest else None,
    )


def _level(situation: Situation, key: UnitKey) -> str:
    unit = situation.units.get(key)
    return unit.level if unit is not None else ""
