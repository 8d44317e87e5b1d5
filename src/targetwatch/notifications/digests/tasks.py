"""Tasks: what would help most, worked out and not guessed: the units that close a gap, the sources that are late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, cast

from targetwatch.model import Incident, IncidentKind, Period, Reason, Role
from targetwatch.notifications.digests.hearing import Hearing
from targetwatch.notifications.digests.picture import Picture
from targetwatch.notifications.digests.standings import UNJUDGED
from targetwatch.notifications.digests.stories import Closing, Missing, Refusal, Standing
from targetwatch.notifications.situation import parse_key
from targetwatch.notifications.stories import LateStory
from targetwatch.notifications.telling import sources as telling_sources
from targetwatch.notifications.telling.targets import SHORT


def closing(standing: Standing) -> Closing | None:
    """The fewest units that close at least half of a target's gap; None where it has none."""
    if standing.status not in SHORT or not standing.behind:
        return Closing(standing, (), 0, 0) if standing.status in SHORT else None
    if standing.lead.role is not Role.POOLED and not standing.is_many:
        return Closing(standing, (), 0, 0)
    if standing.lead.role is not Role.POOLED:
        short = sum(max(-(line.assessment.headroom_units or 0), 0) for line in standing.behind)
        return Closing(standing, standing.behind, short, short if standing.is_many else 0)
    whole = max(-(standing.lead.headroom_units or 0), 0)
    closes, first = 0, 0
    for line in standing.behind:
        if first and 2 * closes >= whole:
            break
        closes, first = closes + max(-(line.assessment.headroom_units or 0), 0), first + 1
    return Closing(standing, standing.behind[:first], closes, whole)


def closings(standings: Iterable[Standing]) -> tuple[Closing, ...]:
    """What would close the gaps: missed targets first, then those behind."""
    return tuple(one for standing in standings if (one := closing(standing)) is not None)


def live(picture: Picture, kind: IncidentKind) -> list[Incident]:
    """The episodes of a kind that were open at the moment of the digest."""
    return [
        one for one in picture.incidents if one.key.kind is kind and one.state.is_live and one.opened_at is not None
    ]


def never_began(picture: Picture) -> frozenset[str]:
    """The sources that are owed something and from which nothing has ever come: nobody is told that they are late."""
    return frozenset(one.key.subject for one in live(picture, IncidentKind.LATE) if one.facts.get("begun") is False)


def missing(picture: Picture, hearing: Hearing, targets: Collection[str]) -> tuple[Missing, ...]:
    """The sources that units have not reported to, those of most units first, with how many of `targets` wait."""
    found, never = [], never_began(picture)
    for incident in live(picture, IncidentKind.LATE):
        if incident.key.subject in never or not hearing.source(incident.key.subject):
            continue
        one = _missing(picture, telling_sources.late(picture.situation, within(picture, hearing, incident)), targets)
        if one.missing:
            found.append(one)
    return tuple(sorted(found, key=lambda one: (-one.missing, -one.undecided, one.source)))


def not_begun(picture: Picture, hearing: Hearing) -> int:
    """How many sources are owed something and have never delivered anything."""
    return sum(map(hearing.source, never_began(picture)))


def refused(picture: Picture, hearing: Hearing) -> tuple[Refusal, ...]:
    """The sources with refused deliveries that nothing has made good, the newest first."""
    found = []
    for incident in live(picture, IncidentKind.QUALITY):
        if not hearing.source(incident.key.subject, IncidentKind.QUALITY):
            continue
        story = telling_sources.quality(picture.situation, incident)
        if story.refused:
            found.append(Refusal(story.source.id, story.source.name, story.refused[0], len(story.refused)))
    return tuple(sorted(found, key=lambda one: (-one.newest.known_at.timestamp(), one.source)))


def within(picture: Picture, hearing: Hearing, incident: Incident) -> Incident:
    """A late source's incident with those of the missing units alone that a receiver of some units hears of."""
    scope = hearing.scope(incident.key.subject)
    if scope is None:
        return incident
    situation, facts = picture.situation, incident.facts
    groups = [
        {**group, "units": [key for key in group["units"] if scope & set(situation.lineage_of(parse_key(key)))]}
        for group in cast("list[dict[str, Any]]", facts["missing"])
    ]
    groups = [group for group in groups if group["units"]]
    last_day = date.fromisoformat(str(facts["period_end"]))
    counts = []
    for count in cast("list[dict[str, Any]]", facts["counts"]):
        owing = [
            unit
            for unit in situation.programme.org_units
            if unit.level == (count["level"] or count["tier"])
            and unit.is_valid_on(last_day)
            and scope & set(situation.lineage_of(unit.key))
        ]
        lacking = sum(len(group["units"]) for group in groups if group["tier"] == count["tier"])
        counts.append({**count, "due": len(owing), "reported": len(owing) - lacking})
    return replace(incident, facts={**facts, "missing": groups, "counts": counts, "silent": []})


def _missing(picture: Picture, story: LateStory, targets: Collection[str]) -> Missing:
    below: dict[str, int] = defaultdict(int)
    units: list[str] = []
    for group in story.missing:
        if group.parent is not None:
            below[group.parent] += len(group.units)
        units += group.units
    # Under one parent alone the units themselves say more than its name.
    parents = sorted(below.items(), key=lambda entry: (-entry[1], entry[0])) if len(below) > 1 else []
    furthest = max(story.counts, key=lambda count: count.due - count.reported, default=None)
    return Missing(
        source=story.source.id,
        name=story.source.name,
        period=Period(story.period_start, story.period_end),
        missing=len(units),
        due=sum(count.due for count in story.counts),
        level_name=furthest.level_name if furthest is not None else picture.situation.level_name(None),
        parents=tuple(parents),
        units=tuple(units),
        longest_silence=max((group.periods for group in story.silent), default=1),
        undecided=len({one.target.target for one in story.affects} & set(targets)),
    )


def due_soon(standings: Sequence[Standing], today: date, until: date) -> tuple[Standing, ...]:
    """The targets whose due date comes by `until`, the next first."""
    coming = [one for one in standings if one.target.due is not None and today <= one.target.due <= until]
    return tuple(sorted(coming, key=lambda one: (one.target.due or today, one.target.target)))


def waits_for_a_source(standing: Standing) -> bool:
    """Whether it cannot be judged because its source is not gathered yet."""
    return standing.status in UNJUDGED and standing.lead.reason is Reason.SOURCE_PLANNED
