"""Which body owes which period, by when, and when it reported it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

import polars as pl

from targetwatch.evaluation import periods
from targetwatch.model import Deadline, Metric, OrgUnit, Period, Programme, Source

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
_PERIODS = pl.Schema(
    {
        "metric": pl.String,
        "source": pl.String,
        "planned": pl.Boolean,
        "period_start": pl.Date,
        "period_end": pl.Date,
        "deadline": MOMENT,
    }
)
_BODIES = pl.Schema(
    {
        "source": pl.String,
        "tier": pl.String,
        "org_unit": pl.String,
        "org_unit_valid_from": pl.Date,
        "org_unit_valid_to": pl.Date,
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
    stretches = dict.fromkeys(programme.metrics, (first_day, day))
    return owed(programme, reports.filter(pl.col("known_at") <= as_of), deadline_of, stretches)


def owed(
    programme: Programme,
    reports: pl.DataFrame,
    deadline_of: Callable[[date, Deadline], datetime],
    stretches: Mapping[str, tuple[date, date]],
) -> pl.DataFrame:
    """What is owed for each metric of `stretches`, in a stretch of days of its own (DUE); see `due`.

    It goes from the period that holds the stretch's first day to the last one that had ended before its last day.
    """
    ended = [
        (metric.id, metric.source, source.planned, period.first_day, period.last_day, deadline)
        for metric, stretch in ((programme.metrics[name], stretch) for name, stretch in stretches.items())
        if (source := programme.sources[metric.source]).reporters
        for period, deadline in _periods(metric, source, deadline_of, *stretch)
    ]
    asked = pl.DataFrame(ended, schema=_PERIODS, orient="row")
    alive = asked.join(_bodies(programme, asked["source"].unique()), on="source").filter(
        pl.col("org_unit_valid_from") <= pl.col("period_end"),
        pl.col("org_unit_valid_to").is_null() | (pl.col("org_unit_valid_to") >= pl.col("period_end")),
    )
    return (
        alive.join(
            _first_reports(reports, programme.time_zone),
            on=["source", "tier", "org_unit", "org_unit_valid_from", "period_end"],
            how="left",
            validate="m:1",
        )
        .select(DUE.names())
        .sort(*BODY, "period_start")
    )


def _periods(
    metric: Metric, source: Source, deadline_of: Callable[[date, Deadline], datetime], first_day: date, day: date
) -> Iterator[tuple[Period, datetime | None]]:
    """The ended periods of a metric with their deadlines."""
    for period in periods.between(first_day, periods.last_ended(day, metric.cadence).last_day, metric.cadence):
        yield period, deadline_of(period.last_day, source.deadline) if source.deadline else None


def _bodies(programme: Programme, sources: Iterable[str]) -> pl.DataFrame:
    """The units that owe sources their data, with the tier that they owe it for (_BODIES)."""
    of_level: dict[str, list[OrgUnit]] = {}
    for unit in programme.org_units:
        of_level.setdefault(unit.level, []).append(unit)
    rows = [
        (source, reporters.tier, unit.key.code, unit.key.valid_from, unit.valid_to)
        for source in sources
        for reporters in programme.sources[source].reporters
        for unit in of_level.get(reporters.level, ())
    ]
    return pl.DataFrame(rows, schema=_BODIES, orient="row")


def _first_reports(reports: pl.DataFrame, time_zone: str) -> pl.DataFrame:
    """When each body first reported each period after its end."""
    arrived = pl.col("known_at").dt.convert_time_zone(time_zone).dt.date()
    return (
        reports.filter(arrived > pl.col("period_end"))
        .group_by("source", "tier", "org_unit", "org_unit_valid_from", "period_end")
        .agg(reported_at=pl.col("known_at").min().cast(MOMENT))
    )
