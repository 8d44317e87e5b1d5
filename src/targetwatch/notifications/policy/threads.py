"""Threads: what of a pass goes into the thread of a message that is already out, where people are told of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from targetwatch.model import Assessment, Incident, IncidentEvent, IncidentEventKind, Restatement, UnitKey
from targetwatch.notifications.policy.worsening import is_worse_enough
from targetwatch.notifications.situation import Situation
from targetwatch.notifications.stories import (
    LateStory,
    PassedOn,
    QualityStory,
    ReplyKind,
    ReplyStory,
    ReportsStory,
    RestatedPeriod,
    Story,
    TargetStory,
    UnitLine,
)
from targetwatch.notifications.telling.reports import moved
from targetwatch.notifications.telling.targets import distance, followers, judged_in, unit_line


@dataclass(frozen=True, slots=True)
class Thread:
    """The replies about an episode that goes on; and that it got worse, if it did by too little to be one of them."""

    replies: tuple[ReplyStory, ...]
    not_worse_enough: bool = False


def going_on(
    situation: Situation, answering: Sequence[Incident], shares: Sequence[Incident], story: Story, worse_by: int
) -> Thread:
    """What the situation's events are told as, in the thread of a message that stands for the `answering` incidents.

    `worse_by` is by how much more it must be short than before the first of the events to be told as worse.
    """
    if isinstance(story, TargetStory):
        moved_, not_enough = _moved(situation, answering, shares, story, worse_by)
        return Thread((*restated(situation, answering, story), *moved_), not_enough)
    if isinstance(story, ReportsStory):
        return Thread(tuple(moved(situation, story)))
    before, after = _change(situation, story.incident)
    is_more = False
    if isinstance(story, LateStory):
        is_more = bool(before) and before.get("period_end") != after.get("period_end")
    elif isinstance(story, QualityStory):
        is_more = bool(before) and bool(_batches(after) - _batches(before))
    return Thread((ReplyStory(ReplyKind.MORE, story),) if is_more else ())


def closing(kind: ReplyKind, story: Story) -> ReplyStory:
    """The last reply of an episode: an edit alone would be seen by nobody."""
    return ReplyStory(kind, replace(story, edited=True))


def restated(situation: Situation, incidents: Iterable[Incident], story: Story) -> list[ReplyStory]:
    """One reply about every judged period of the message's own org_units whose figures changed."""
    if not isinstance(story, TargetStory):
        return []
    units = {_unit(incident): incident for incident in incidents}
    periods = []
    for change in situation.restatements:
        incident = units.get(_restated_unit(change))
        if change.target != story.target.target or incident is None:
            continue
        judged = judged_in(incident.facts, situation.now)
        contributors = sorted(
            situation.name_of(_restated_unit(other))
            for other in situation.restatements
            if other.target == change.target
            and other.period_start == change.period_start
            and _restated_unit(other) not in units
        )
        is_judged = judged is not None and judged.period_start == change.period_start
        name = situation.name_of(_restated_unit(change))
        periods.append(RestatedPeriod(change, name, tuple(contributors), is_judged))
    periods.sort(key=lambda period: (period.restatement.period_start, period.name))
    return [ReplyStory(ReplyKind.RESTATED, story, restated=tuple(periods))] if periods else []


def of_units(situation: Situation, incidents: Sequence[Incident], story: Story) -> list[ReplyStory]:
    """That units fell behind, recovered or passed on, all of which may have happened to one since it was last told."""
    if not isinstance(story, TargetStory):
        return []
    newly = _lines(situation, incidents, IncidentEventKind.OPENED, newly=True)
    recovered = _lines(situation, incidents, IncidentEventKind.RESOLVED, newly=False)
    passed_on = _passed_on(situation, incidents)
    if not (newly or recovered or passed_on):
        return []
    return [ReplyStory(ReplyKind.UNITS, story, newly_behind=newly, recovered=recovered, passed_on=passed_on)]


def is_quiet(incident: Incident) -> bool:
    """Whether the newest judged period of the whole was good: its units are not told of while it is kept open."""
    return incident.good_periods > 0


def _moved(
    situation: Situation, answering: Sequence[Incident], shares: Sequence[Incident], story: TargetStory, worse_by: int
) -> tuple[list[ReplyStory], bool]:
    """How far the whole has moved with a new judged period, or else which of its units fell behind or recovered.

    And whether it got worse by less than `worse_by`: then only its units are told of.
    """
    opened = {event.number for event in situation.events if event.kind is IncidentEventKind.OPENED}
    others = (one for one in answering if one.number != story.incident.number or one.number in opened)
    inside = [*shares, *others]
    newly: tuple[UnitLine, ...] = ()
    recovered: tuple[UnitLine, ...] = ()
    passed_on: tuple[PassedOn, ...] = ()
    if not is_quiet(story.incident):
        newly = _lines(situation, inside, IncidentEventKind.OPENED, newly=True)
        recovered = _lines(situation, inside, IncidentEventKind.RESOLVED, newly=False)
        passed_on = _passed_on(situation, inside)
    reply = ReplyStory(
        ReplyKind.UNITS, story, newly_behind=newly, recovered=recovered, passed_on=passed_on,
        superseded=_superseded(situation, answering, story),
    )  # fmt: skip
    of_units = [reply] if newly or recovered or passed_on or reply.superseded else []
    before, after = _change(situation, story.incident)
    old, new = judged_in(before, situation.now), judged_in(after, situation.now)
    if old is None or new is None or old.period_start == new.period_start:
        return of_units, False
    kind = _moved_how(old, new)
    if kind is ReplyKind.WORSE and not is_worse_enough(story.metric, old, new, worse_by):
        return of_units, True
    # Held against what was told last, which is the period before unless something was held back.
    return [replace(reply, kind=kind, about=replace(story, previous=old))], False


def _moved_how(old: Assessment, new: Assessment) -> ReplyKind:
    was, now = distance(old), distance(new)
    if was is None or now is None or was == now:
        return ReplyKind.UNCHANGED
    return ReplyKind.BETTER if now > was else ReplyKind.WORSE


def _lines(
    situation: Situation, incidents: Sequence[Incident], kind: IncidentEventKind, *, newly: bool
) -> tuple[UnitLine, ...]:
    numbers = {event.number for event in situation.events if event.kind is kind}
    lines = [unit_line(situation, incident, newly) for incident in incidents if incident.number in numbers]
    return tuple(sorted((line for line in lines if line is not None), key=lambda line: line.name))


def _passed_on(situation: Situation, incidents: Sequence[Incident]) -> tuple[PassedOn, ...]:
    """Those whose incident this pass has closed because they ended, and who answers in their place."""
    numbers = {event.number for event in situation.events if event.kind is IncidentEventKind.ENDED}
    lines = [
        PassedOn(situation.name_of(_unit(incident)), to)
        for incident in incidents
        if incident.number in numbers and (to := followers(situation, incident))
    ]
    return tuple(sorted(lines, key=lambda line: line.name))


def _superseded(situation: Situation, answering: Sequence[Incident], story: TargetStory) -> tuple[str, ...]:
    """Those whose incident this pass has closed because they are judged by a new version, while others' goes on."""
    numbers = {event.number for event in situation.events if event.kind is IncidentEventKind.SUPERSEDED}
    closed = [one for one in answering if one.number in numbers and one.number != story.incident.number]
    return tuple(sorted(situation.name_of(_unit(one)) for one in closed))


def _change(situation: Situation, incident: Incident) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """The facts of an incident before this pass and after it; nothing where the pass did not change them."""
    changes: list[IncidentEvent] = [
        event
        for event in situation.events
        if event.number == incident.number and event.kind is IncidentEventKind.CHANGED
    ]
    return (changes[0].facts_before, changes[-1].facts_after) if changes else ({}, {})


def _batches(facts: Mapping[str, object]) -> set[str]:
    refused = facts.get("refused")
    return {str(item["batch_id"]) for item in refused} if isinstance(refused, (list, tuple)) else set()


def _unit(incident: Incident) -> UnitKey:
    return UnitKey(incident.key.org_unit, incident.key.org_unit_valid_from or date.min)


def _restated_unit(change: Restatement) -> UnitKey:
    return UnitKey(change.org_unit, change.org_unit_valid_from)
