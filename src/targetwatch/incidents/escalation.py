"""Escalation: who hears next of an incident that nobody has acknowledged. When that is, the routing says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from targetwatch.incidents.lifecycle import Advanced, Transition
from targetwatch.model import Incident, IncidentEvent, IncidentEventKind, IncidentState


def escalate(incident: Incident, step: int, receiver: str, now: datetime) -> Transition:
    """Take a step of an escalation, counted from 0: once, in order, and only while nobody has acknowledged it."""
    if incident.state is not IncidentState.OPEN or step != incident.escalated:
        return Transition(incident)
    escalated = replace(incident, escalated=step + 1)
    event = IncidentEvent(
        IncidentEventKind.ESCALATED, incident.number, incident.key, now, incident.facts, incident.facts, why=receiver
    )
    return Transition(escalated, (event,))


def escalate_all(advanced: Advanced, due: Iterable[tuple[int, int, str]], now: datetime) -> Advanced:
    """Take the steps that are due after a pass, each given as the incident's number, the step and its receiver."""
    known = {incident.number: incident for incident in advanced.known}
    changed = {incident.number: incident for incident in advanced.incidents}
    events = list(advanced.events)
    for number, step, receiver in due:
        taken = escalate(known[number], step, receiver, now)
        if taken.incident is not None and taken.events:
            known[number] = changed[number] = taken.incident
            events.extend(taken.events)
    return replace(
        advanced,
        incidents=tuple(changed[number] for number in sorted(changed)),
        events=tuple(events),
        known=tuple(known[number] for number in sorted(known)),
    )
