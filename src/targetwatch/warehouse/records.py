"""The records: which batches were delivered, what they hold, and what is measured from them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

import polars as pl

from targetwatch.incidents import Covered, DeliveryRecord
from targetwatch.model import Period, UnitKey
from targetwatch.warehouse import quarantine
from targetwatch.warehouse.session import Connection
from targetwatch.warehouse.staged_rows import FileRows, GoodRows

_MOMENT = pl.Datetime("us", "UTC")
_IDS = {"batch_id": pl.String}
LARGE = 500_000  # rows: from there on a batch is recorded in a bounded memory
_BATCH: Mapping[str, Any] = {
    "batch_id": pl.String,
    "source": pl.String,
    "delivered_as": pl.String,
    "content_hash": pl.String,
    "bytes": pl.Int64,
    "landed_as": pl.String,
    "state": pl.String,
    "refused_because": pl.String,
    "rows_delivered": pl.Int64,
    "rows_accepted": pl.Int64,
    "rows_quarantined": pl.Int64,
    "unnamed_columns": pl.List(pl.String),
    "known_at": _MOMENT,
    "recorded_at": _MOMENT,
    "watermark": pl.String,
    "named_columns": pl.List(pl.String),
    "column_changes": pl.List(pl.String),
    "parts": pl.List(pl.String),
}
_REPORT: Mapping[str, Any] = {
    "org_unit": pl.String,
    "org_unit_valid_from": pl.Date,
    "tier": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
}
_TOUCHED: Mapping[str, Any] = {"period_start": pl.Date, "period_end": pl.Date}
_QUARANTINE: Mapping[str, Any] = {
    "position": pl.Int64,
    "reason": pl.String,
    "column_name": pl.String,
    "delivered_value": pl.String,
    "record_id": pl.String,
    "org_unit": pl.String,
}
_MEASURED: Mapping[str, Any] = {
    "metric": pl.String,
    "org_unit": pl.String,
    "org_unit_valid_from": pl.Date,
    "tier": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
    "parts": pl.Boolean,
    "known_at": _MOMENT,
    "batch_id": pl.String,
}


@dataclass(frozen=True, slots=True)
class Batch:
    """One delivery as it is to be written down. Refused if `refused_because` says why."""

    batch_id: str
    source: str
    table: str | None  # the record table that it is merged into
    delivered_as: str
    content_hash: str
    bytes: int
    landed_as: str | None
    rows_delivered: int
    known_at: datetime
    unnamed_columns: Sequence[str] = ()
    refused_because: str | None = None
    watermark: str | None = None
    named_columns: Sequence[str] = ()
    column_changes: Sequence[str] = ()  # in what it differs from the deliveries before it, each as str(Text)
    parts: Sequence[str] = ()  # its sheets, or the files that were packed in it; a position says which of them it is in


@dataclass(frozen=True, slots=True)
class UnmeasuredBatch:
    """An accepted batch whose periods are still to be measured."""

    batch_id: str
    source: str
    known_at: datetime
    periods: tuple[Period, ...]


def accepted_batches(conn: Connection, ids: Collection[str]) -> frozenset[str]:
    """Those of these batches that are written down already and were accepted."""
    with conn.staged(pl.DataFrame({"batch_id": list(ids)}, schema=_IDS)):
        return frozenset(conn.frame("accepted_batches")["batch_id"])


def record_batch(
    conn: Connection,
    batch: Batch,
    *,
    staged: pl.DataFrame | GoodRows | None,
    quarantined: pl.DataFrame | FileRows,
    reports: pl.DataFrame,
    touched: pl.DataFrame,
    recorded_at: datetime,
) -> bool:
    """Write a delivery down and, unless it was refused, merge its rows `staged` into its record table.

    False where the batch was accepted before: then nothing is changed. One that was refused before is written down
    anew: what judged it may have been mended since, and if not, it is refused again, at a later moment than whatever
    had made it good. All of it belongs to the caller's transaction.
    """
    if accepted_batches(conn, [batch.batch_id]):
        return False
    if batch.rows_delivered > LARGE:
        conn.bound_memory()
    conn.script(conn.files.query("forget_refused_batch"), batch_id=batch.batch_id)
    about = {"batch_id": batch.batch_id, "source": batch.source}
    accepted = batch.refused_because is None
    if accepted and staged is not None and batch.table is not None and not staged.is_empty():
        if isinstance(staged, pl.DataFrame):
            staged = _stamped(staged, batch)
        with conn.staged(staged):
            conn.script(conn.files.merge(batch.table), **about, known_at=batch.known_at)
    conn.write(
        "record_reports", _shaped(reports, _REPORT).unique(), **about, accepted=accepted, known_at=batch.known_at
    )
    if accepted:
        conn.write("record_touched_periods", _shaped(touched, _TOUCHED), **about)
    rows = _shaped(quarantined, _QUARANTINE) if isinstance(quarantined, pl.DataFrame) else quarantined
    conn.write("record_quarantine", rows, **about, known_at=batch.known_at)
    row = {
        **about,
        "delivered_as": batch.delivered_as,
        "content_hash": batch.content_hash,
        "bytes": batch.bytes,
        "landed_as": batch.landed_as,
        "state": "accepted" if accepted else "refused",
        "refused_because": batch.refused_because,
        "rows_delivered": batch.rows_delivered,
        "rows_accepted": staged.height if accepted and staged is not None else 0,
        "rows_quarantined": rows["position"].n_unique() if isinstance(rows, pl.DataFrame) else rows.height,
        "unnamed_columns": list(batch.unnamed_columns),
        "known_at": batch.known_at,
        "recorded_at": recorded_at,
        "watermark": batch.watermark,
        "named_columns": list(batch.named_columns),
        "column_changes": list(batch.column_changes),
        "parts": list(batch.parts) or None,
    }
    conn.write("record_batch", pl.DataFrame([row], schema=dict(_BATCH)))
    quarantine.empty(conn, batch.batch_id, batch.source, batch.table, staged if accepted else None, batch.known_at)
    return True


def unmeasured(conn: Connection, measured: Collection[str]) -> list[UnmeasuredBatch]:
    """The accepted batches that are not among the `measured` ones, in the order in which they arrived."""
    with conn.staged(pl.DataFrame({"batch_id": list(measured)}, schema=_IDS)):
        rows = conn.frame("unmeasured_batches").rows()
    return [
        UnmeasuredBatch(*batch, tuple(Period(first, last) for *_, first, last in group if first is not None))
        for batch, group in groupby(rows, key=lambda row: (row[0], row[1], row[2]))
    ]


def watermark(conn: Connection, source: str) -> str | None:
    """How far a source that is fetched bit by bit has been gathered: the largest mark of its accepted batches."""
    found: str | None = conn.frame("watermark", source=source).item()
    return found


def unnamed_before(conn: Connection, source: str) -> frozenset[str] | None:
    """The columns that earlier deliveries of a source had and that it does not name; None where there were none yet."""
    found = conn.frame("unnamed_before", source=source)
    return None if found.is_empty() else frozenset(found["name"]) - {""}


def reports(conn: Connection) -> pl.DataFrame:
    """Which body said something about which period, and when, by the batches that were accepted.

    Columns: source, org_unit, org_unit_valid_from, tier, period_start, period_end, known_at.
    """
    return conn.frame("reports")


def deliveries(conn: Connection) -> list[DeliveryRecord]:
    """The refused deliveries, and the accepted ones since, which may have made them good."""
    return as_deliveries(conn.frame("deliveries"))


def as_deliveries(rows: pl.DataFrame) -> list[DeliveryRecord]:
    """The rows of sql/queries/deliveries.sql as deliveries."""
    return [
        DeliveryRecord(
            batch_id=row["batch_id"],
            source=row["source"],
            delivered_as=row["delivered_as"],
            accepted=row["accepted"],
            refused_because=row["refused_because"],
            known_at=row["known_at"],
            rows_delivered=row["rows_delivered"],
            rows_quarantined=row["rows_quarantined"],
            covers=frozenset(_covered(one) for one in row["covers"] or ()),
        )
        for row in rows.iter_rows(named=True)
    ]


def measure(conn: Connection, sql: str, first_day: date, last_day: date, known_at: datetime) -> pl.DataFrame:
    """What sql/metrics/<sql>.sql makes of the records as they were known at `known_at`, body by body.

    It answers for every period that has a day from `first_day` to `last_day`.
    """
    found = conn.measure(sql, first_day=first_day, last_day=last_day, known_at=known_at)
    return _shaped(found, _MEASURED)


def record_rows(conn: Connection, table: str, known_at: datetime) -> pl.DataFrame:
    """The rows of a record table in the versions that were known at `known_at`."""
    return conn.frame("record_rows", record_table=table, known_at=known_at)


def _stamped(staged: pl.DataFrame, batch: Batch) -> pl.DataFrame:
    stamp = {"batch_id": pl.lit(batch.batch_id), "known_from": pl.lit(batch.known_at).cast(_MOMENT)}
    return staged.with_columns(**{name: value for name, value in stamp.items() if name not in staged.columns})


def _shaped(frame: pl.DataFrame, schema: Mapping[str, Any]) -> pl.DataFrame:
    given = {name: pl.col(name) if name in frame.columns else pl.lit(None) for name in schema}
    return frame.select(given[name].cast(kind).alias(name) for name, kind in schema.items())


def _covered(row: Mapping[str, Any]) -> Covered:
    unit = UnitKey(row["org_unit"], row["org_unit_valid_from"])
    return Covered(row["tier"], unit, Period(row["period_start"], row["period_end"]))
