"""Foretelling: who would hear of an incident, by which way through the tree, when, and who after them.

Nothing is decided here by rules of its own: the tree, the labels, the spans and the hours are those by which messages
are sent. What is added is the reason at each node, also at those that an incident does not come to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from targetwatch.model import Incident, Matcher, Receiver, Route, Span, TimeWindow
from targetwatch.notifications.policy.escalating import counted_from, receiver_of
from targetwatch.notifications.policy.grouping import group_name
from targetwatch.notifications.policy.labels import labels_of_answering
from targetwatch.notifications.policy.matching import Labels, holds
from targetwatch.notifications.policy.routing import routed
from targetwatch.notifications.policy.timing import WorkingDays, after, is_within
from targetwatch.notifications.situation import Situation

ONE_DAY = timedelta(days=1)
LONGEST_CLOSED = 60  # days: no holidays last as long, so such a window never opens

Places = tuple[int, ...]


class Outcome(StrEnum):
    """What becomes of an incident at a node of the tree."""

    TELLS = "tells"  # it is told by this node
    PASSES = "passes"  # it goes through to a node below
    UNMATCHED = "unmatched"
    TAKEN = "taken"  # a node before it took it, and does not let it go on


@dataclass(frozen=True, slots=True)
class Look:
    """A node of the tree that was looked at: its address, what came of it, and what did not match or who took it."""

    places: Places
    route: Route
    outcome: Outcome
    unmet: tuple[Matcher, ...] = ()
    taken_by: Places = ()


@dataclass(frozen=True, slots=True)
class StepAhead:
    """A step of an escalation: who hears, after how many working days, when that is told, and whether it was taken."""

    receiver: Receiver
    after_working_days: int
    at: datetime
    is_taken: bool


@dataclass(frozen=True, slots=True)
class Hearing:
    """A receiver that hears of an incident: in which group, when it is told, and what comes after.

    `waited_until` is when group_wait is over; where that is outside the hours, `told_at` is when these begin. None:
    they never do.
    """

    receiver: Receiver
    route: Route
    places: Places
    group: str
    waited_until: datetime
    told_at: datetime | None
    steps: tuple[StepAhead, ...]
    repeats_at: datetime | None


@dataclass(frozen=True, slots=True)
class Foretold:
    """Who hears of an incident, and why nobody else does."""

    labels: Labels
    looks: tuple[Look, ...]  # every node that was looked at, in the tree's order
    hear: tuple[Hearing, ...]


def foretell(situation: Situation, incident: Incident, otherwise: Labels = MappingProxyType({})) -> Foretold:
    """Who hears of an incident that opens, or opened, at `opened_at`; `otherwise` are labels it is taken to have."""
    labels = {**labels_of_answering(situation, incident), **otherwise}
    routing = situation.programme.routing
    if routing.root is None:
        return Foretold(labels, (), ())
    nodes = routed(routing, labels)
    telling = {node.places for node in nodes}
    looks = tuple(_looks(routing.root, (0,), labels, telling))
    hear = []
    for node in nodes:
        receiver = receiver_of(situation, node.route.receiver)
        if receiver is not None:
            hear.append(_hearing(situation, incident, receiver, node.route, node.places, labels))
    return Foretold(labels, looks, tuple(hear))


def _looks(route: Route, places: Places, labels: Labels, telling: set[Places]) -> Iterator[Look]:
    """A node that an incident came to, and those below it."""
    yield Look(places, route, Outcome.TELLS if places in telling else Outcome.PASSES)
    taken_by: Places = ()
    for place, child in enumerate(route.routes):
        at = (*places, place)
        unmet = tuple(matcher for matcher in child.match if not holds(matcher, labels))
        if taken_by:
            yield Look(at, child, Outcome.TAKEN, taken_by=taken_by)
        elif unmet:
            yield Look(at, child, Outcome.UNMATCHED, unmet)
        else:
            yield from _looks(child, at, labels, telling)
            taken_by = () if child.goes_on else at


def _hearing(
    situation: Situation, incident: Incident, receiver: Receiver, route: Route, places: Places, labels: Labels
) -> Hearing:
    routing, days, zone = situation.programme.routing, situation.days, situation.programme.time_zone
    opened = incident.opened_at or situation.now
    waited = after(opened, route.group_wait, days, zone)
    told_at = opening(routing.windows, route.active_in, waited, days, zone)
    interval = route.repeat_interval
    return Hearing(
        receiver=receiver,
        route=route,
        places=places,
        group=group_name(route.group_by, labels),
        waited_until=waited,
        told_at=told_at,
        steps=tuple(_steps(situation, incident, route)),
        repeats_at=after(told_at, interval, days, zone) if interval is not None and told_at is not None else None,
    )


def _steps(situation: Situation, incident: Incident, route: Route) -> Iterator[StepAhead]:
    routing, days, zone = situation.programme.routing, situation.days, situation.programme.time_zone
    for place, step in enumerate(routing.escalations.get(route.escalation or "", ())):
        receiver = receiver_of(situation, step.receiver)
        if receiver is not None:
            due = after(counted_from(incident), Span(working_days=step.after_working_days), days, zone)
            at = opening(routing.windows, route.active_in, due, days, zone)
            yield StepAhead(receiver, step.after_working_days, at or due, place < incident.escalated)


def opening(
    windows: Mapping[str, TimeWindow], names: tuple[str, ...], moment: datetime, days: WorkingDays, time_zone: str
) -> datetime | None:
    """The first moment from `moment` on within one of the windows of these names; None where none ever opens."""
    if is_within(names, windows, moment, days, time_zone):
        return moment
    zone = ZoneInfo(time_zone)
    today = moment.astimezone(zone).date()
    begins = sorted({windows[name].begins for name in names})
    for ahead in range(LONGEST_CLOSED):
        for begin in begins:
            at = datetime.combine(today + ONE_DAY * ahead, begin, zone).astimezone(moment.tzinfo)
            if at > moment and is_within(names, windows, at, days, time_zone):
                return at
    return None
