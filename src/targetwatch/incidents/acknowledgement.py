"""Acknowledgement: somebody is on it. It stops repeats and escalation; never judgement, nor news of worse or better.

It lapses, and the incident is open again, when its term has passed, when the incident gets a worse severity, or when
somebody takes it back. The incident keeps the newest acknowledgement, until when it lasted too; whether it is in force
its state says.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from targetwatch.incidents.lifecycle import Transition
from targetwatch.model import Incident, IncidentEvent, IncidentEventKind, IncidentState


class LapsedBecause(StrEnum):
    """Why an acknowledgement lapsed that nobody took back."""

    TERM = "term"  # its time is over
    SEVERITY = "severity"  # it is worse than when somebody took it on


def acknowledge(incident: Incident, by: str, why: str, until: datetime | None, now: datetime) -> Transition:
    """Somebody is on an open incident, or goes on with it for other reasons or for longer; until None: till it closes.

    What is not open stays as it is, and so does what is acknowledged in the same words for the same time.
    """
    if incident.state not in (IncidentState.OPEN, IncidentState.ACKNOWLEDGED):
        return Transition(incident)
    said = (incident.acknowledged_by, incident.acknowledged_because, incident.acknowledged_until)
    if incident.state is IncidentState.ACKNOWLEDGED and said == (by, why, until):
        return Transition(incident)
    acknowledged = replace(
        incident,
        state=IncidentState.ACKNOWLEDGED,
        acknowledged_at=now,
        acknowledged_by=by,
        acknowledged_because=why,
        acknowledged_until=until,
    )
    return Transition(acknowledged, (_event(acknowledged, IncidentEventKind.ACKNOWLEDGED, now, by, why, until),))


def unacknowledge(incident: Incident, by: str, why: str, now: datetime) -> Transition:
    """Nobody is on it after all."""
    return _reopen(incident, now, by, why)


def lapse(incident: Incident, now: datetime) -> Transition:
    """Open again what was acknowledged until a moment that has come."""
    until = incident.acknowledged_until
    if until is None or now < until:
        return Transition(incident)
    return _reopen(incident, now, "", LapsedBecause.TERM.value)


def lapse_for_severity(incident: Incident, now: datetime) -> Transition:
    """Open again what is worse than when it was acknowledged."""
    return _reopen(incident, now, "", LapsedBecause.SEVERITY.value)


def _reopen(incident: Incident, now: datetime, by: str, why: str) -> Transition:
    if incident.state is not IncidentState.ACKNOWLEDGED:
        return Transition(incident)
    ended = now if incident.acknowledged_until is None else min(incident.acknowledged_until, now)
    reopened = replace(incident, state=IncidentState.OPEN, acknowledged_until=ended)
    return Transition(
        reopened, (_event(reopened, IncidentEventKind.LAPSED, now, by, why, incident.acknowledged_until),)
    )


def _event(
    incident: Incident, kind: IncidentEventKind, now: datetime, by: str, why: str, until: datetime | None
) -> IncidentEvent:
    return IncidentEvent(kind, incident.number, incident.key, now, incident.facts, incident.facts, by, why, until)
