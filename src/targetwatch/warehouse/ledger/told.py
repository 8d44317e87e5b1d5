"""Told: of which incidents which receivers hear, what of them waits to be told, and what has happened since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from targetwatch.model import Incident, IncidentEvent, Restatement
from targetwatch.notifications.situation import Told
from targetwatch.warehouse.ledger.incidents import event_of, incident_of
from targetwatch.warehouse.ledger.rows import MOMENT, frame, moment
from targetwatch.warehouse.session import Connection

_SCHEMA: Mapping[str, Any] = {
    "receiver": pl.String,
    "message_group": pl.String,
    "number": pl.Int64,
    "held_since": MOMENT,
    "held_because": pl.String,
    "worse_since": MOMENT,
}
_RESTATEMENT: Mapping[str, Any] = {
    "target": pl.String,
    "org_unit": pl.String,
    "org_unit_valid_from": pl.Date,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "numerator_before": pl.Int64,
    "denominator_before": pl.Int64,
    "headroom_units_before": pl.Int64,
    "numerator_after": pl.Int64,
    "denominator_after": pl.Int64,
    "headroom_units_after": pl.Int64,
}


def told(conn: Connection) -> list[Told]:
    """Of which incidents which receivers hear."""
    return [
        Told(
            row["receiver"],
            row["message_group"],
            row["number"],
            row["held_since"],
            row["held_because"],
            row["worse_since"],
        )
        for row in conn.frame("told").iter_rows(named=True)
    ]


def keep_told(conn: Connection, changed: Iterable[Told], forgotten: Iterable[Told] = ()) -> None:
    """Write what is new or other than it was, and forget what is over."""
    conn.write("forget_told", frame(_SCHEMA, map(_row, forgotten)))
    conn.write("keep_told", frame(_SCHEMA, map(_row, changed)))


def held_incidents(conn: Connection) -> list[Incident]:
    """The incidents that are over and of which somebody is still to be told, by number."""
    return [incident_of(row) for row in conn.frame("incidents_held").iter_rows(named=True)]


def held_events(conn: Connection) -> list[IncidentEvent]:
    """What happened to incidents since something about them waits to be told to somebody, in its order."""
    return [event_of(row) for row in conn.frame("events_held").iter_rows(named=True)]


def held_restatements(conn: Connection) -> list[tuple[datetime, Restatement]]:
    """The restatements that were found since something waits to be told, each with the moment."""
    return [
        (row["found_at"], Restatement(**{name: row[name] for name in _RESTATEMENT}))
        for row in conn.frame("restatements_held").iter_rows(named=True)
    ]


def append_restatements(conn: Connection, found: Iterable[Restatement], *, run_id: str, found_at: datetime) -> int:
    """Add the restatements that a pass found."""
    rows = frame(_RESTATEMENT, (tuple(getattr(one, name) for name in _RESTATEMENT) for one in found))
    return conn.write("append_restatements", rows, run_id=run_id, found_at=found_at)


def _row(one: Told) -> tuple[object, ...]:
    return (
        one.receiver, one.group, one.number, moment(one.held_since), one.held_because, moment(one.worse_since),
    )  # fmt: skip
