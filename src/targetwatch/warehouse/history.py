"""What became known, and when: all that a replay looks back on, out of the newest snapshots."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from targetwatch.incidents import DeliveryRecord
from targetwatch.warehouse.files import SqlFiles
from targetwatch.warehouse.reader import open_snapshots
from targetwatch.warehouse.records import as_deliveries

_KINDS: dict[str, Any] = {
    "source": pl.String,
    "org_unit": pl.String,
    "org_unit_valid_from": pl.Date,
    "tier": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "known_at": pl.Datetime("us", "UTC"),
}
REPORTS = pl.Schema(_KINDS)


def history(home: Path, sql: Path) -> tuple[pl.DataFrame, pl.DataFrame, list[DeliveryRecord]]:
    """Every version of every body's observation, the reports, and the deliveries that late sources are told with.

    `sql` is the folder of the product's SQL. Only snapshots are opened. Raises NoSnapshot where there is none.
    """
    files = SqlFiles(sql, sql)
    with open_snapshots(home) as reader:
        observations = _in_utc(reader.fetch(files.query("history_of_bodies")))
        if "records" not in reader.snapshots:
            return observations, pl.DataFrame(schema=REPORTS), []
        reports = _in_utc(reader.fetch(files.query("reports")))
        deliveries = as_deliveries(_in_utc(reader.fetch(files.query("deliveries"))))
    return observations, reports, deliveries


def _in_utc(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col("known_at").dt.convert_time_zone("UTC").dt.cast_time_unit("us"))
