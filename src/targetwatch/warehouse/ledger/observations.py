"""Observations: what was measured, append-only. A restatement is a new row with a later `known_at`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import polars as pl

from targetwatch.warehouse.ledger.rows import MOMENT
from targetwatch.warehouse.session import Connection

_COLUMNS: Mapping[str, Any] = {
    "metric": pl.String,
    "org_unit": pl.String,
    "org_unit_valid_from": pl.Date,
    "tier": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "origin": pl.String,
    "rolled_up": pl.Boolean,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
    "parts": pl.Boolean,
    "bodies_reported": pl.Int64,
    "bodies_due": pl.Int64,
    "known_at": MOMENT,
    "batch_id": pl.String,
}
# What a body's own observation leaves unsaid: it stands for itself.
_OF_A_BODY: dict[str, pl.Expr] = {
    "rolled_up": pl.lit(False),
    "bodies_reported": pl.lit(1),
    "bodies_due": pl.lit(1),
    "batch_id": pl.lit(None),
}


def bodies(conn: Connection, as_of: datetime) -> pl.DataFrame:
    """Every body's observations, each in the newest version that was known at `as_of`: a BODIES frame."""
    return conn.frame("bodies_as_of", as_of=as_of)


def bodies_recorded_by(conn: Connection, moment: datetime) -> pl.DataFrame:
    """Every body's observations as a pass at `moment` saw them (BODIES): the newest version written down by then.

    What was known by then and written down later is not among them: a pass may overlap a delivery, a publication may
    be dated back, and a night's maintenance may repair a figure.
    """
    return conn.frame("bodies_recorded_by", moment=moment)


def oldest_period_observed_since(conn: Connection, moment: datetime) -> date | None:
    """The first day of the oldest period that anything was written down for, of a body, after `moment`."""
    oldest: date | None = conn.frame("oldest_period_observed_since", moment=moment).item()
    return oldest


def append_observations(conn: Connection, observed: pl.DataFrame, *, run_id: str, recorded_at: datetime) -> int:
    """Add the rows of a BODIES or ROLLED frame whose figures differ from what was known before; how many were added."""
    missing = {name: value for name, value in _OF_A_BODY.items() if name not in observed.columns}
    rows = observed.with_columns(**missing).select(pl.col(name).cast(kind) for name, kind in _COLUMNS.items())
    return conn.write("append_observations", rows, run_id=run_id, recorded_at=recorded_at)
