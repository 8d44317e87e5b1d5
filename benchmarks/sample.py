"""Records to measure: synthetic dossiers of four years, merged into a warehouse of their own a year at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from targetwatch.demo import dossiers, storyline
from targetwatch.demo.bodies import months_between
from targetwatch.model import Programme
from targetwatch.settings import CHECKOUT
from targetwatch.warehouse import Warehouse, records

KNOWN_AT = datetime(2025, 6, 16, 2, 0, tzinfo=UTC)
AT_SCALE_ONE = 1_460_000  # dossiers


def fill(folder: Path, programme: Programme, size: int, say: Callable[[str], None]) -> tuple[Warehouse, int]:
    """A warehouse in `folder` with about `size` dossiers, and how many they are. A year at a time bounds the memory."""
    warehouse = Warehouse(folder, CHECKOUT / "sql", CHECKOUT / "sql")
    months = months_between(storyline.FIRST_MONTH, storyline.LAST_MONTH)
    made = 0
    for year in range(0, len(months), 12):
        frame = dossiers.make(programme, storyline.PLANS, months[year : year + 12], year, size / AT_SCALE_ONE)
        made += frame.height
        say(f"    {made:,} dossiers")
        _merge(warehouse, programme, f"year-{year}", frame)
    return warehouse, made


def _merge(warehouse: Warehouse, programme: Programme, batch_id: str, frame: pl.DataFrame) -> None:
    units = pl.DataFrame(
        [(unit.key.code, unit.key.valid_from) for unit in programme.org_units],
        schema={"org_unit": pl.String, "org_unit_valid_from": pl.Date},
        orient="row",
    )
    staged = (
        frame.drop("district", "applicant_phone")
        .rename({"dossier_id": "record_id"})
        .with_columns(pl.format("{}/{}", pl.lit(batch_id), "record_id").alias("record_id"))
        .join_asof(
            units.sort("org_unit_valid_from"),
            left_on="received_on",
            right_on="org_unit_valid_from",
            by="org_unit",
            strategy="backward",
            check_sortedness=False,
        )
    )
    period = pl.col("received_on").dt
    reports = staged.select(
        "org_unit",
        "org_unit_valid_from",
        "tier",
        period_start=period.month_start(),
        period_end=period.month_end(),
    ).unique()
    batch = records.Batch(
        batch_id=batch_id,
        source="procedures",
        table="procedures",
        delivered_as=batch_id,
        content_hash=batch_id,
        bytes=0,
        landed_as=None,
        rows_delivered=frame.height,
        known_at=KNOWN_AT,
    )
    nothing = pl.DataFrame(schema=dict.fromkeys(("position", "reason", "column_name", "delivered_value"), pl.String))
    with warehouse.records() as conn:
        records.record_batch(
            conn,
            batch,
            staged=staged,
            quarantined=nothing,
            reports=reports,
            touched=reports.select("period_start", "period_end").unique(),
            recorded_at=KNOWN_AT,
        )
