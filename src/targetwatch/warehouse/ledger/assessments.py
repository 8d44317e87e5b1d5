"""Assessments: what each pass made of the observations, kept wherever it differs from what was said before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from targetwatch.model import (
    ENUMS_OF_ASSESSMENTS,
    Assessment,
    Period,
    Shrinkage,
)
from targetwatch.warehouse.ledger.rows import MOMENT, TEXTS, moment, same_rows
from targetwatch.warehouse.session import Connection

_SCHEMA: Mapping[str, Any] = {
    "target": pl.String,
    "target_version": pl.String,
    "metric": pl.String,
    "org_unit": pl.String,
    "org_unit_valid_from": pl.Date,
    "tier": pl.String,
    "role": pl.String,
    "comparison": pl.String,
    "as_of": MOMENT,
    "status": pl.String,
    "reason": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "period_state": pl.String,
    "origin": pl.String,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
    "parts": pl.Boolean,
    "required": pl.Int64,
    "final": pl.Int64,
    "attained": pl.Int64,
    "needed": pl.Int64,
    "headroom": pl.Int64,
    "headroom_units": pl.Int64,
    "low_numerator": pl.Int64,
    "high_numerator": pl.Int64,
    "bounds_denominator": pl.Int64,
    "bodies_reported": pl.Int64,
    "bodies_due": pl.Int64,
    "missing": TEXTS,
    "deadline": MOMENT,
    "known_at": MOMENT,
    "failed": TEXTS,
}
_SHRANK: Mapping[str, Any] = {
    "shrank_period_start": pl.Date,
    "shrank_period_end": pl.Date,
    "shrank_numerator": pl.Int64,
    "shrank_denominator": pl.Int64,
}
_ASSESSED = ("target", "org_unit", "org_unit_valid_from")


def append_assessments(
    conn: Connection,
    assessments: Iterable[Assessment],
    *,
    run_id: str,
    recorded_at: datetime,
    whole: bool = True,
) -> int:
    """Add the assessments that say something else than the one before them; how many were added.

    `whole` means that they are all that the newest pass assessed, so that what is not among them has been withdrawn. A
    replay of the past is not.
    """
    rows = _frame(assessments)
    added = conn.write("append_assessments", rows, run_id=run_id, recorded_at=recorded_at)
    if whole and not same_rows(rows.select(_ASSESSED), conn.frame("assessed")):
        conn.run("assessed_forget")
        conn.write("assessed_keep", rows)
    return added


def latest_assessments(conn: Connection, as_of: datetime | None = None) -> list[Assessment]:
    """The newest assessment of every target and org_unit: of those that still stand, or all as they were at `as_of`."""
    found = conn.frame("latest_assessments") if as_of is None else conn.frame("assessments_as_of", as_of=as_of)
    return _assessments(found)


def judged_for(conn: Connection, period: Period, as_of: datetime) -> list[Assessment]:
    """How each target and org_unit had been judged for `period` by `as_of`."""
    return _assessments(conn.frame("digest_judged", as_of=as_of, first_day=period.first_day, last_day=period.last_day))


def judged_before(conn: Connection) -> pl.DataFrame:
    """How each target, org_unit and period was judged last: a JUDGED_BEFORE frame with all columns of an assessment."""
    return conn.frame("judged_before")


def _frame(assessments: Iterable[Assessment]) -> pl.DataFrame:
    # Column by column: a pass may assess tens of thousands, and row by row takes three times as long.
    said = list(assessments)
    columns = {
        name: [moment(getattr(one, name)) for one in said] if kind == MOMENT else [getattr(one, name) for one in said]
        for name, kind in _SCHEMA.items()
    }
    for name in _SHRANK:
        field = name.removeprefix("shrank_")
        columns[name] = [None if one.shrank is None else getattr(one.shrank, field) for one in said]
    return pl.DataFrame(columns, schema={**_SCHEMA, **_SHRANK})


def _assessments(rows: pl.DataFrame) -> list[Assessment]:
    columns: dict[str, list[Any]] = {name: rows[name].to_list() for name in _SCHEMA}
    for name, kind in ENUMS_OF_ASSESSMENTS.items():
        members = {member.value: member for member in kind}
        columns[name] = [None if value is None else members[value] for value in columns[name]]
    for name in ("missing", "failed"):
        columns[name] = [tuple(value) for value in columns[name]]
    columns["shrank"] = [
        None if denominator is None else Shrinkage(first, last, numerator, denominator)
        for first, last, numerator, denominator in rows.select(list(_SHRANK)).iter_rows()
    ]
    return [Assessment(**dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]
