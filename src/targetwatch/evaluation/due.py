"""Which body owes which period, by when, and when it reported it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

import polars as pl

from targetwatch.evaluation import periods
from targetwatch.evaluation.lineage import UNIT, tree_of
from targetwatch.model import Cadence, Deadline, Period, Programme

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
PERIODS = pl.Schema(
    {
        "metric": pl.String,
        "source": pl.String,
        "planned": pl.Boolean,
        "period_start": pl.Date,
        "period_end": pl.Date,
        "deadline": MOMENT,
    }
)
_REPORTERS = pl.Schema({"source": pl.String, "tier": pl.String, "level": pl.String})
BODY = ("metric", "tier", "org_unit", "org_unit_valid_from")
REPORTED = ("source", "tier", "org_unit", "org_unit_valid_from", "period_end")


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
    ended = {
        cadence: periods.between(first_day, periods.last_ended(day, cadence).last_day, cadence) for cadence in Cadence
    }
    asked = asked_of(
        programme, deadline_of, {metric.id: ended[metric.cadence] for metric in programme.metrics.values()}
    )
    reported = first_reports(reports.filter(pl.col("known_at") <= as_of), programme.time_zone)
    return owed(programme, asked, reported).select(DUE.names()).sort(*BODY, "period_start")


def asked_of(
    programme: Programme, deadline_of: Callable[[date, Deadline], datetime], ended: Mapping[str, Iterable[Period]]
) -> pl.DataFrame:
    """The ended periods of each metric of `ended` with their deadlines, of those that anybody owes (PERIODS)."""
    rows: list[tuple[object, ...]] = []
    for name, theirs in ended.items():
        metric = programme.metrics[name]
        source = programme.sources[metric.source]
        if source.reporters:
            for period in theirs:
                deadline = deadline_of(period.last_day, source.deadline) if source.deadline else None
                rows.append((name, source.id, source.planned, period.first_day, period.last_day, deadline))
    return pl.DataFrame(rows, schema=PERIODS, orient="row")


def first_reports(reports: pl.DataFrame, time_zone: str) -> pl.DataFrame:
    """When each body first reported each period after its end: REPORTED, `reported_at`."""
    arrived = pl.col("known_at").dt.convert_time_zone(time_zone).dt.date()
    return (
        reports.filter(arrived > pl.col("period_end"))
        .group_by(REPORTED)
        .agg(reported_at=pl.col("known_at").min().cast(MOMENT))
    )


def owed(programme: Programme, asked: pl.DataFrame, reported: pl.DataFrame) -> pl.DataFrame:
    """Who owes what is `asked` (PERIODS), and when each `reported` it (see `first_reports`), in no order; see `due`.

    DUE, with what else the two frames say, and with the `place` of the body in the register.
    """
    reporters = [
        (source, reporters.tier, reporters.level)
        for source in asked["source"].unique()
        for reporters in programme.sources[source].reporters
    ]
    spans = tree_of(programme.org_units).spans.lazy()
    wanted = asked.join(pl.DataFrame(reporters, schema=_REPORTERS, orient="row"), on="source").with_row_index()
    found = (
        reported.lazy()
        .join(wanted.lazy().select("index", "source", "tier", "period_end"), on=["source", "tier", "period_end"])
        .join(spans.select("place", *UNIT), on=UNIT)
        .drop(REPORTED)
    )
    return (
        wanted.lazy()
        .join(spans, on="level")
        .filter(
            pl.col("org_unit_valid_from") <= pl.col("period_end"),
            pl.col("org_unit_valid_to").is_null() | (pl.col("org_unit_valid_to") >= pl.col("period_end")),
        )
        .join(found, on=["index", "place"], how="left", validate="m:1")
        .drop("index", "source", "level", "org_unit_valid_to")
        .collect(engine="in-memory")
    )
