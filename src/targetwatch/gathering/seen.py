"""What a delivery speaks of: which unit reported which period, and which periods its days lie in."""

from __future__ import annotations

from typing import Self

import polars as pl

from targetwatch.gathering.periods import first_day, last_day
from targetwatch.gathering.placing import cadences
from targetwatch.model import Cadence, ColumnType, Programme, Source

REPORT = ("org_unit", "org_unit_valid_from", "tier", "period_start", "period_end")
PERIOD = ("period_start", "period_end")


class Seen:
    """How often each report, period and day was seen: rows that turn out to be bad can be taken away again."""

    def __init__(self, source: Source, programme: Programme) -> None:
        self._source = source
        self._programme = programme
        self._reports: list[pl.DataFrame] = []
        self._days: list[pl.DataFrame] = []
        self._dated = [column for column in source.columns if column.type in (ColumnType.DATE, ColumnType.TIMESTAMP)]

    @property
    def columns(self) -> list[str]:
        """The columns that are looked at."""
        return list(dict.fromkeys((*REPORT, *(column.name for column in self._dated))))

    def add(self, rows: pl.DataFrame, times: int = 1) -> None:
        """See these rows, placed as `Sorted` has them; with -1 they were not seen after all."""
        if rows.is_empty():
            return
        self._reports.append(rows.group_by(REPORT).agg(times=pl.len().cast(pl.Int64) * times))
        for column in self._dated:
            day = pl.col(column.name)
            if column.type is ColumnType.TIMESTAMP:
                day = day.dt.convert_time_zone(self._programme.time_zone).dt.date()
            days = rows.group_by(day=day).agg(times=pl.len().cast(pl.Int64) * times)
            self._days.append(days.select(pl.lit(column.name).alias("column"), "day", "times"))
        self._settle()

    def and_also(self, other: Self) -> Self:
        """What either has seen."""
        both = type(self)(self._source, self._programme)
        both._reports = [*self._reports, *other._reports]
        both._days = [*self._days, *other._days]
        return both

    def reports(self) -> pl.DataFrame:
        """Which unit reported which period."""
        seen = self._left(self._reports, REPORT, _REPORTS)
        return seen.filter(pl.col("tier").is_not_null()).select(REPORT).sort(REPORT)

    def touched(self) -> pl.DataFrame:
        """The periods that any date of any row lies in, by each cadence that is measured from this source."""
        periods = [self._left(self._reports, REPORT, _REPORTS).select(PERIOD)]
        days = self._left(self._days, ("column", "day"), _DAYS).select("day").unique()
        for cadence in {*cadences(self._source, self._programme), self._source.cadence or Cadence.MONTH}:
            start, end = first_day(pl.col("day"), cadence), last_day(pl.col("day"), cadence)
            periods.append(days.select(period_start=start, period_end=end))
        return pl.concat(periods).drop_nulls().unique().sort(PERIOD)

    def _settle(self) -> None:
        """Add up what was seen once it is in many pieces: it stays as small as there are reports and days."""
        if len(self._reports) > 16:
            self._reports = [self._left(self._reports, REPORT, _REPORTS)]
            self._days = [self._left(self._days, ("column", "day"), _DAYS)]

    @staticmethod
    def _left(pieces: list[pl.DataFrame], key: tuple[str, ...], schema: pl.Schema) -> pl.DataFrame:
        whole = pl.concat([pl.DataFrame(schema=schema), *(piece.select(schema.names()) for piece in pieces)])
        return whole.group_by(key).agg(pl.col("times").sum()).filter(pl.col("times") != 0).select(schema.names())


_DAYS = pl.Schema({"column": pl.String, "day": pl.Date, "times": pl.Int64})
_REPORTS = pl.Schema(
    {
        "org_unit": pl.String,
        "org_unit_valid_from": pl.Date,
        "tier": pl.String,
        "period_start": pl.Date,
        "period_end": pl.Date,
        "times": pl.Int64,
    }
)
