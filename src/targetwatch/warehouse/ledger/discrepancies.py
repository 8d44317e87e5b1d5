"""Discrepancies: what units report of themselves beside what their records give, kept wherever it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from targetwatch.model import Assessment, Discrepancy, Lapse, ReportFinding, Text
from targetwatch.warehouse.ledger.rows import MOMENT, frame, moment
from targetwatch.warehouse.session import Connection

_SCHEMA: Mapping[str, Any] = {
    "metric": pl.String,
    "tier": pl.String,
    "org_unit": pl.String,
    "org_unit_valid_from": pl.Date,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "reported_numerator": pl.Int64,
    "reported_denominator": pl.Int64,
    "reported_parts": pl.Boolean,
    "reported_at": MOMENT,
    "computed_numerator": pl.Int64,
    "computed_denominator": pl.Int64,
    "computed_parts": pl.Boolean,
    "computed_at": MOMENT,
    "deviation": pl.Int64,
    "allowed": pl.Int64,
    "finding": pl.String,
    "reason_vi": pl.String,
    "reason_en": pl.String,
    "acknowledged_by": pl.String,
    "acknowledged_until": pl.Date,
    "lapsed": pl.String,
}
_OBSERVED: Mapping[str, Any] = {
    "metric": pl.String,
    "org_unit": pl.String,
    "org_unit_valid_from": pl.Date,
    "tier": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "origin": pl.String,
}


def append_discrepancies(
    conn: Connection, discrepancies: Iterable[Discrepancy], *, run_id: str, recorded_at: datetime
) -> int:
    """Add those of which the newest row says something else; how many were added."""
    rows = frame(_SCHEMA, map(_row, discrepancies))
    return conn.write("append_discrepancies", rows, run_id=run_id, recorded_at=recorded_at)


def latest_discrepancies(conn: Connection) -> list[Discrepancy]:
    """Every report of a unit of itself that records stood beside, as it was found last."""
    return [_discrepancy(row) for row in conn.frame("latest_discrepancies").iter_rows(named=True)]


def versions_of(conn: Connection, assessments: Iterable[Assessment]) -> pl.DataFrame:
    """Every version of the figures of the judged periods that the ledger holds, the newest first (VERSIONS)."""
    judged = {
        tuple(getattr(one, name) if name != "origin" else one.origin and one.origin.value for name in _OBSERVED)
        for one in assessments
        if one.period_start is not None and one.parts
    }
    with conn.staged(frame(_OBSERVED, judged)):
        return conn.frame("versions_of")


def _row(one: Discrepancy) -> tuple[object, ...]:
    return (
        one.metric,
        one.tier,
        one.org_unit,
        one.org_unit_valid_from,
        one.period_start,
        one.period_end,
        one.reported_numerator,
        one.reported_denominator,
        one.reported_parts,
        moment(one.reported_at),
        one.computed_numerator,
        one.computed_denominator,
        one.computed_parts,
        moment(one.computed_at),
        one.deviation,
        one.allowed,
        one.finding.value,
        one.reason.vi if one.reason else None,
        one.reason.en if one.reason else None,
        one.acknowledged_by,
        one.acknowledged_until,
        one.lapsed.value if one.lapsed else None,
    )


def _discrepancy(row: dict[str, Any]) -> Discrepancy:
    values = {name: row[name] for name in _SCHEMA if name not in ("reason_vi", "reason_en")}
    values["finding"] = ReportFinding(row["finding"])
    values["lapsed"] = None if row["lapsed"] is None else Lapse(row["lapsed"])
    reason = None if row["reason_vi"] is None else Text(vi=row["reason_vi"], en=row["reason_en"])
    return Discrepancy(reason=reason, **values)
