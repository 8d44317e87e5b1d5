"""Escalating: who hears of an incident that nobody has acknowledged in time, each step once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from targetwatch.model import EscalationStep, Incident, IncidentState, Receiver, Route, Span, Text
from targetwatch.notifications.policy.labels import labels_of
from targetwatch.notifications.policy.muting import muted
from targetwatch.notifications.policy.routing import routed
from targetwatch.notifications.policy.timing import after
from targetwatch.notifications.situation import Situation
from targetwatch.notifications.stories import Hears
from targetwatch.notifications.telling.targets import is_share


@dataclass(frozen=True, slots=True)
class Due:
    """That a step of an incident's escalation is to be taken now: its place from 0, and who hears of it."""

    number: int
    step: int
    receiver: str


def due(situation: Situation) -> tuple[Due, ...]:
    """The steps that are due and have not been taken, by incident and in their order.

    An incident that is silenced, inhibited or acknowledged is not escalated, and a unit's share of a pooled target
    never by itself.
    """
    if not situation.programme.routing.escalations:
        return ()
    withheld = muted(situation)
    found: list[Due] = []
    for incident in situation.incidents:
        if incident.state is not IncidentState.OPEN or incident.number in withheld or is_share(incident):
            continue
        for place, step in enumerate(_steps(situation, incident)):
            if place < incident.escalated:
                continue
            if _moment(situation, incident, step) > situation.now:
                break
            found.append(Due(incident.number, place, step.receiver))
    return tuple(found)


def hears_next(situation: Situation, route: Route, incident: Incident) -> Hears | None:
    """Who hears next of an incident that a route leads to, and when; None where nobody does."""
    steps = situation.programme.routing.escalations.get(route.escalation or "", ())[incident.escalated :]
    if not steps or incident.state is not IncidentState.OPEN:
        return None
    return Hears(title_of(situation, steps[0].receiver), _moment(situation, incident, steps[0]))


def heard(situation: Situation, route: Route, incident: Incident) -> Hears | None:
    """Who heard of it by the newest step that was taken, and when that step was due."""
    steps = situation.programme.routing.escalations.get(route.escalation or "", ())[: incident.escalated]
    if not steps:
        return None
    return Hears(title_of(situation, steps[-1].receiver), _moment(situation, incident, steps[-1]))


def title_of(situation: Situation, receiver: str) -> Text:
    """What an escalation calls a receiver: its title, or its name where it has none."""
    known = receiver_of(situation, receiver)
    return known.title if known is not None and known.title is not None else Text(receiver, receiver)


def receiver_of(situation: Situation, name: str) -> Receiver | None:
    """The receiver of that name."""
    return next((one for one in situation.programme.receivers if one.name == name), None)


def step_of(situation: Situation, incident: Incident, receiver: str) -> EscalationStep | None:
    """The step of an incident's escalation at which a receiver hears of it."""
    return next((step for step in _steps(situation, incident) if step.receiver == receiver), None)


def counted_from(incident: Incident) -> datetime:
    """From when on its working days count: since it opened or, where an acknowledgement came to its end, since then."""
    opened = incident.opened_at or incident.began_at
    ended = incident.acknowledged_until or incident.acknowledged_at
    return max(opened, ended) if ended is not None else opened


def _steps(situation: Situation, incident: Incident) -> Iterator[EscalationStep]:
    """The steps of the first escalation that an incident is led to."""
    routing = situation.programme.routing
    for node in routed(routing, labels_of(situation, incident)):
        if node.route.escalation is not None:
            yield from routing.escalations.get(node.route.escalation, ())
            return


def _moment(situation: Situation, incident: Incident, step: EscalationStep) -> datetime:
    span = Span(working_days=step.after_working_days)
    return after(counted_from(incident), span, situation.days, situation.programme.time_zone)
