"""Dossiers for the districts of the worked example, exactly as many as its table has."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from targetwatch.settings import CHECKOUT

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
APRIL, MAY, JUNE = date(2025, 4, 1), date(2025, 5, 1), date(2025, 6, 1)
A_DISTRICT_A_MONTH = 1_000
Online = Mapping[str, int]  # district -> how many of its dossiers of the month came online


def hanoi(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """The moment at which it is that late in Hanoi, in 2025."""
    return datetime(2025, month, day, hour, minute, tzinfo=HANOI).astimezone(UTC)


def districts() -> list[str]:
    """The codes of the thirty districts, as the shipped register has them."""
    with (CHECKOUT / "catalogue/org_units/units.csv").open(encoding="utf-8", newline="") as file:
        return [row["code"] for row in csv.DictReader(file) if row["level"] == "district"]


def shared_out(codes: Sequence[str], behind: int, low: int, high: int) -> dict[str, int]:
    """So many online in each district: `low` in the first `behind` of them, `high` in the others."""
    return {code: low if place < behind else high for place, code in enumerate(codes)}


def month_of(month: date, online: Online, received: int = A_DISTRICT_A_MONTH) -> pl.DataFrame:
    """`received` dossiers of each district, spread over the month's first four weeks, the first ones online."""
    rows = pl.DataFrame(
        {"org_unit": list(online), "online": list(online.values())}, schema={"org_unit": pl.String, "online": pl.Int64}
    ).join(pl.DataFrame({"place": range(received)}), how="cross")
    day = pl.lit(month) + pl.duration(days=pl.col("place") % 28)
    return rows.select(
        dossier_id=pl.format("H26.{}-{}-{}", "org_unit", pl.lit(f"{month:%Y%m}"), "place"),
        procedure=pl.lit("1.004227"),
        sector=pl.lit("hộ tịch"),
        tier=pl.lit("district"),
        org_unit="org_unit",
        received_on=day,
        due_on=day + timedelta(days=15),
        finished_on=day + timedelta(days=1),
        channel=pl.when(pl.col("place") < pl.col("online")).then(pl.lit("online")).otherwise(pl.lit("desk")),
        applicant=pl.lit("a name that no source keeps"),
    )


def parquet(rows: pl.DataFrame) -> bytes:
    """The rows as a Parquet file."""
    file = io.BytesIO()
    rows.write_parquet(file)
    return file.getvalue()
