"""Reporting: how many of the reports that each source is owed have come, as the newest pass found it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl

from targetwatch.warehouse.ledger.rows import MOMENT, Schema, same_rows
from targetwatch.warehouse.session import Connection

_COLUMNS: Schema = {
    "source": pl.String,
    "tier": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "deadline": MOMENT,
    "period_state": pl.String,
    "due": pl.Int32,
    "reported": pl.Int32,
    "in_time": pl.Int32,
}


def keep_reporting(conn: Connection, counts: pl.DataFrame) -> None:
    """Keep the counts of a pass (evaluation.by_source) in place of those of the pass before, where they differ."""
    kinds: dict[str, Any] = dict(_COLUMNS)
    rows = counts.select(pl.col(name).cast(kind) for name, kind in kinds.items())
    if same_rows(rows, conn.frame("reports_due")):
        return
    conn.script(conn.files.query("reports_due_forget"))
    conn.write("reports_due_keep", rows)


def bodies_of(conn: Connection, metrics: Sequence[str], as_of: datetime) -> pl.DataFrame:
    """Every body's observations of `metrics`, each in the newest version that was known at `as_of` (BODIES)."""
    return conn.frame("bodies_of_metrics", metrics=list(metrics), as_of=as_of)
