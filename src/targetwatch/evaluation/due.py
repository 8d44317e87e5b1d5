"""Which body owes which period, by when, and when it reported it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING

import polars as pl

from targetwatch.evaluation import periods
from targetwatch.model import Deadline, Metric, Programme, Source

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

MOMENT: PolarsDataType = pl.Datetime("us", "UTC")
DUE = pl.Schema(
    {
        "metric": pl.String,
        "tier": pl.String,
        "org_unit": pl.String,
        "org_unit_valid_from": pl.Date,
        "period_start": pl.Date,
        "period_end": pl.Date,
        "deadline": MOMENT,
        "reported_at": MOMENT,
        "planned": pl.Boolean,  # the source is not gathered yet: what it owes makes old figures stale, and nobody late
    }
)
BODY = ("metric", "tier", "org_unit", "org_unit_valid_from")


def due(
    programme: Programme,
    reports: pl.DataFrame,
    deadline_of: Callable[[date, Deadline], datetime],
    as_of: datetime,
    first_day: date,
) -> pl.DataFrame:
    """Every body with every period that it owes: from the one of `first_day` to the last one ended by `as_of` (DUE).

    A body owes a period when its level is among the reporters of the metric's source and it was valid on the period's
    last day. `reports` are those of accepted batches: source, org_unit, org_unit_valid_from, tier, period_start,
    period_end, known_at. A body has reported once one that ends with the period arrived after the period's last day
    and by `as_of`; what arrived earlier is provisional. `deadline` is null where the source declares none: the period
    is never due.
    """
    day = periods.today(as_of, programme.time_zone)
    owed = []
    for metric in programme.metrics.values():
        source = programme.sources[metric.source]
        if source.reporters:
            ended = _periods(metric, source, deadline_of, day, first_day)
            owed.append(ended.join(_bodies(programme, source), how="cross"))
    if not owed:
        return pl.DataFrame(schema=DUE)
    alive = pl.concat(owed).filter(
        pl.col("org_unit_valid_from") <= pl.col("period_end"),
        pl.col("org_unit_valid_to").is_null() | (pl.col("org_unit_valid_to") >= pl.col("period_end")),
    )
    return (
        alive.join(
            _first_reports(reports, as_of, programme.time_zone),
            on=["source", "tier", "org_unit", "org_unit_valid_from", "period_end"],
            how="left",
            validate="m:1",
        )
        .select(DUE.names())
        .sort(*BODY, "period_start")
    )


def _periods(
    metric: Metric,
    source: Source,
    deadline_of: Callable[[date, Deadline], datetime],
    day: date,
    first_day: date,
) -> pl.DataFrame:
    """The ended periods of a metric with their deadlines."""
    ended = periods.between(first_day, periods.last_ended(day, metric.cadence).last_day, metric.cadence)
    deadlines = [deadline_of(period.last_day, source.deadline) if source.deadline else None for period in ended]
    return pl.DataFrame(
        {
            "metric": [metric.id] * len(ended),
            "source": [source.id] * len(ended),
            "planned": [source.planned] * len(ended),
            "period_start": [period.first_day for period in ended],
            "period_end": [period.last_day for period in ended],
            "deadline": deadlines,
        },
        schema={
            "metric": pl.String,
            "source": pl.String,
            "planned": pl.Boolean,
            "period_start": pl.Date,
            "period_end": pl.Date,
            "deadline": MOMENT,
        },
    )


def _bodies(programme: Programme, source: Source) -> pl.DataFrame:
    """The units that owe a source its data, with the tier that they owe it for."""
    rows = [
        (reporters.tier, unit.key.code, unit.key.valid_from, unit.valid_to)
        for reporters in source.reporters
        for unit in programme.org_units
        if unit.level == reporters.level
    ]
    return pl.DataFrame(
        rows,
        schema={
            "tier": pl.String,
            "org_unit": pl.String,
            "org_unit_valid_from": pl.Date,
            "org_unit_valid_to": pl.Date,
        },
        orient="row",
    )


def _first_reports(reports: pl.DataFrame, as_of: datetime, time_zone: str) -> pl.DataFrame:
    """When each body first reported each period after its end."""
    arrived = pl.col("known_at").dt.convert_time_zone(time_zone).dt.date()
    return (
        reports.filter(pl.col("known_at") <= as_of, arrived > pl.col("period_end"))
        .group_by("source", "tier", "org_unit", "org_unit_valid_from", "period_end")
        .agg(reported_at=pl.col("known_at").min().cast(MOMENT))
    )
