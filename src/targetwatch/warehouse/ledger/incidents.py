"""Incidents: the state of each one now, and its history as events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from targetwatch.model import (
    Incident,
    IncidentEvent,
    IncidentEventKind,
    IncidentKey,
    IncidentKind,
    IncidentState,
    Severity,
)
from targetwatch.warehouse.ledger.rows import MOMENT, as_json, frame, from_json, moment
from targetwatch.warehouse.session import Connection

_SCHEMA: Mapping[str, Any] = {
    "number": pl.Int64,
    "kind": pl.String,
    "subject": pl.String,
    "org_unit": pl.String,
    "org_unit_valid_from": pl.Date,
    "state": pl.String,
    "began_at": MOMENT,
    "opened_at": MOMENT,
    "closed_at": MOMENT,
    "last_period": pl.Date,
    "bad_periods": pl.Int64,
    "good_periods": pl.Int64,
    "run_before": pl.Int64,
    "facts": pl.String,
    "severity": pl.String,
    "good_since": MOMENT,
    "acknowledged_at": MOMENT,
    "acknowledged_by": pl.String,
    "acknowledged_because": pl.String,
    "acknowledged_until": MOMENT,
    "escalated": pl.Int64,
    "held_since": MOMENT,
    "held_for": pl.Int64,
}
_EVENT_SCHEMA: Mapping[str, Any] = {
    "place": pl.Int64,
    "number": pl.Int64,
    "kind": pl.String,
    "happened_at": MOMENT,
    "facts_before": pl.String,
    "facts_after": pl.String,
    "by_whom": pl.String,
    "why": pl.String,
    "until": MOMENT,
}
_MICROSECOND = timedelta(microseconds=1)


def live_incidents(conn: Connection) -> list[Incident]:
    """The incidents that go on, by number."""
    return [incident_of(row) for row in conn.frame("incidents_live").iter_rows(named=True)]


def incidents(conn: Connection) -> list[Incident]:
    """Every incident there ever was, by number."""
    return [incident_of(row) for row in conn.frame("incidents_all").iter_rows(named=True)]


def next_incident_number(conn: Connection) -> int:
    """The number that the next incident gets."""
    return int(conn.frame("next_incident_number").item())


def save_incidents(conn: Connection, changed: Iterable[Incident]) -> int:
    """Write the state of these incidents; how many were new or different."""
    return conn.write("save_incidents", frame(_SCHEMA, (_row(incident) for incident in changed)))


def append_events(conn: Connection, events: Iterable[IncidentEvent], *, run_id: str, recorded_at: datetime) -> int:
    """Add what happened to incidents, in its order."""
    rows = frame(
        _EVENT_SCHEMA,
        (
            (
                place,
                event.number,
                event.kind.value,
                moment(event.at),
                as_json(event.facts_before),
                as_json(event.facts_after),
                event.by or None,
                event.why or None,
                moment(event.until),
            )
            for place, event in enumerate(events)
        ),
    )
    return conn.write("append_incident_events", rows, run_id=run_id, recorded_at=recorded_at)


def incident_events(conn: Connection, number: int) -> list[IncidentEvent]:
    """The history of one incident, oldest first."""
    return [event_of(row) for row in conn.frame("incident_events", number=number).iter_rows(named=True)]


def event_of(row: Mapping[str, Any]) -> IncidentEvent:
    """The event of a row, as the queries incident_events and events_held give it."""
    return IncidentEvent(
        kind=IncidentEventKind(row["kind"]),
        number=row["number"],
        key=IncidentKey(IncidentKind(row["about"]), row["subject"], row["org_unit"], row["org_unit_valid_from"]),
        at=row["happened_at"],
        facts_before=from_json(row["facts_before"]),
        facts_after=from_json(row["facts_after"]),
        by=row["by_whom"],
        why=row["why"],
        until=row["until"],
    )


def _row(incident: Incident) -> tuple[object, ...]:
    return (
        incident.number,
        incident.key.kind.value,
        incident.key.subject,
        incident.key.org_unit,
        incident.key.org_unit_valid_from,
        incident.state.value,
        moment(incident.began_at),
        moment(incident.opened_at),
        moment(incident.closed_at),
        incident.last_period,
        incident.bad_periods,
        incident.good_periods,
        incident.run_before,
        as_json(incident.facts),
        incident.severity.value,
        moment(incident.good_since),
        moment(incident.acknowledged_at),
        incident.acknowledged_by or None,
        incident.acknowledged_because or None,
        moment(incident.acknowledged_until),
        incident.escalated,
        moment(incident.held_since),
        incident.held_for // _MICROSECOND,
    )


def incident_of(row: Mapping[str, Any]) -> Incident:
    """The incident of a row of the table."""
    return Incident(
        number=row["number"],
        key=IncidentKey(IncidentKind(row["kind"]), row["subject"], row["org_unit"], row["org_unit_valid_from"]),
        state=IncidentState(row["state"]),
        began_at=row["began_at"],
        opened_at=row["opened_at"],
        closed_at=row["closed_at"],
        last_period=row["last_period"],
        bad_periods=row["bad_periods"],
        good_periods=row["good_periods"],
        run_before=row["run_before"],
        facts=from_json(row["facts"]),
        severity=Severity(row["severity"]),
        good_since=row["good_since"],
        acknowledged_at=row["acknowledged_at"],
        acknowledged_by=row["acknowledged_by"] or "",
        acknowledged_because=row["acknowledged_because"] or "",
        acknowledged_until=row["acknowledged_until"],
        escalated=row["escalated"],
        held_since=row["held_since"],
        held_for=row["held_for"] * _MICROSECOND,
    )
