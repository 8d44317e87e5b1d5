"""What digests are made from: the ledger as it was at a moment, whatever has happened to it since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import polars as pl

from targetwatch.model import Incident, IncidentKey, IncidentKind, IncidentState, Period
from targetwatch.notifications.digests.picture import Corrected, Figure, Made, Sent
from targetwatch.warehouse.ledger.rows import from_json
from targetwatch.warehouse.session import Connection


def incidents_as_of(conn: Connection, as_of: datetime) -> list[Incident]:
    """Every incident that had begun by `as_of`, as it was then, by number."""
    return [
        Incident(
            number=row["number"],
            key=IncidentKey(IncidentKind(row["kind"]), row["subject"], row["org_unit"], row["org_unit_valid_from"]),
            state=IncidentState(row["state"]),
            began_at=row["began_at"],
            opened_at=row["opened_at"],
            closed_at=row["closed_at"],
            facts=from_json(row["facts"]),
        )
        for row in conn.frame("digest_incidents", as_of=as_of).iter_rows(named=True)
    ]


def values_of(conn: Connection, subjects: Iterable[str], first_days: Sequence[date], as_of: datetime) -> list[Figure]:
    """What was known at `as_of` of subjects (metric|tier|code@first-day) in the periods that begin on those days."""
    found = conn.frame("digest_values", subjects=sorted(set(subjects)), first_days=list(first_days), as_of=as_of)
    return [
        Figure(row["subject"], Period(row["period_start"], row["period_end"]), row["numerator"], row["denominator"])
        for row in found.iter_rows(named=True)
    ]


def corrected(conn: Connection, subjects: Iterable[str], since: datetime, as_of: datetime) -> list[Corrected]:
    """The judged periods of subjects whose figures became others after `since` and by `as_of`."""
    found = conn.frame("digest_restated", subjects=sorted(set(subjects)), since=since, as_of=as_of)
    return [
        Corrected(
            row["subject"],
            Period(row["period_start"], row["period_end"]),
            (row["numerator_before"], row["denominator_before"]),
            (row["numerator_after"], row["denominator_after"]),
        )
        for row in found.iter_rows(named=True)
    ]


def sent_between(conn: Connection, since: datetime, until: datetime) -> dict[str, Sent]:
    """What became of the messages to each receiver after `since` and until `until`; digests are none of them."""
    found: pl.DataFrame = conn.frame("digest_outbox", since=since, until=until)
    return {
        row["receiver"]: Sent(row["sent"], row["merged"], row["held_back"], row["failed"])
        for row in found.iter_rows(named=True)
    }


def digests_made(conn: Connection) -> list[Made]:
    """The digests that are in the outbox, sent, to be sent or overtaken, in the order in which they were made."""
    return [Made(*row) for row in conn.frame("digest_made").select("receiver", "message_group").rows()]


def passes(conn: Connection, as_of: datetime) -> tuple[datetime | None, datetime | None]:
    """When the first pass of watch looked and when, by `as_of`, the newest one did; None where there was none."""
    first, newest = conn.frame("digest_passes", as_of=as_of).row(0)
    return first, newest
