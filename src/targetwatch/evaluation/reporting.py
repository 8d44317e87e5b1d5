"""Reporting: of the reports that were due those that came, and those that came in time, as observations like others.

As DHIS2 defines them: the reporting rate of a period is the reports received over the reports expected, and the
on-time rate those received by the deadline over the same. Here each body that owes the period has a denominator of 1,
and the rates above it are sums as of any other ratio.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from targetwatch.evaluation.coverage import BODIES
from targetwatch.evaluation.due import MOMENT
from targetwatch.model import Origin, PeriodState, Programme, Reports

COUNTED = pl.Schema({"metric": pl.String, "reports": pl.String})
BY_SOURCE = pl.Schema(
    {
        "source": pl.String,
        "tier": pl.String,
        "period_start": pl.Date,
        "period_end": pl.Date,
        "deadline": MOMENT,
        "period_state": pl.String,
        "due": pl.Int64,
        "reported": pl.Int64,
        "in_time": pl.Int64,
    }
)
_came = pl.col("reported_at").is_not_null()
_in_time = (_came & (pl.col("reported_at") <= pl.col("deadline"))).fill_null(value=False)


def counted(programme: Programme, due: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """What became known by `as_of` of the reports that metrics count (BODIES): every version, in the order of known_at.

    `due` is DUE at `as_of`. A body that reported by the deadline has 1 of 1, known when it did. One that had not, has 0
    of 1 from the deadline on: before, nobody knows that it will be missing. What comes late makes a reporting rate 1
    of 1 when it comes, and leaves an on-time rate as it is. A period without a deadline is never due, and not counted.
    """
    counting = pl.DataFrame(
        [(metric.id, metric.reports.value) for metric in programme.metrics.values() if metric.reports],
        schema=COUNTED,
        orient="row",
    )
    owed = due.join(counting, on="metric").filter(~pl.col("planned"), pl.col("deadline").is_not_null())
    first = owed.filter(_in_time | (pl.col("deadline") <= as_of)).select(
        *_of_a_body(numerator=_in_time, known_at=pl.when(_in_time).then("reported_at").otherwise("deadline"))
    )
    late = owed.filter(pl.col("reports") == Reports.RECEIVED.value, _came & ~_in_time).select(
        *_of_a_body(numerator=pl.lit(value=True), known_at=pl.col("reported_at"))
    )
    return pl.concat([first, late]).sort("known_at", "metric", "tier", "period_start", "org_unit")


def news(counted: pl.DataFrame, held: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """The rows of `counted` that a ledger, which has `held` as its newest versions (BODIES), does not know yet.

    Of what it knows nothing all versions. Where what it has is another figure, the newest, known no earlier than what
    it stands against: if another calendar makes a deadline another one, that is known from now on (`as_of`).
    """
    key = [name for name in BODIES if name not in ("numerator", "denominator", "parts", "known_at", "batch_id")]
    before = held.select(*key, had="numerator", had_at=pl.col("known_at").cast(MOMENT))
    newest = counted.unique(subset=key, keep="last", maintain_order=True)
    other = newest.join(before, on=key).filter(pl.col("numerator") != pl.col("had"))
    restated = other.with_columns(
        known_at=pl.when(pl.col("known_at") > pl.col("had_at")).then("known_at").otherwise(pl.lit(as_of).cast(MOMENT))
    )
    return pl.concat([counted.join(before, on=key, how="anti"), restated.select(BODIES.names())])


def by_source(programme: Programme, due: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Of every working source, tier and ended period: how many owed it, have reported it, and in time (BY_SOURCE).

    `due` is DUE at `as_of`. A source is counted once, whatever is measured out of it, for the periods of its own
    cadence. One without a deadline is owed nothing.
    """
    of_each = {
        metric.source: metric.id
        for metric in programme.metrics.values()
        if metric.cadence is programme.sources[metric.source].cadence
    }
    named = pl.DataFrame(
        [(metric, source) for source, metric in of_each.items()],
        schema={"metric": pl.String, "source": pl.String},
        orient="row",
    )
    return (
        due.join(named, on="metric")
        .filter(~pl.col("planned"), pl.col("deadline").is_not_null())
        .group_by("source", "tier", "period_start", "period_end")
        .agg(
            pl.col("deadline").max(),
            due=pl.len().cast(pl.Int64),
            reported=_came.sum().cast(pl.Int64),
            in_time=_in_time.sum().cast(pl.Int64),
        )
        .with_columns(
            period_state=pl.when(pl.col("reported") == pl.col("due"))
            .then(pl.lit(PeriodState.COMPLETE.value))
            .when(pl.col("deadline") <= as_of)
            .then(pl.lit(PeriodState.FINAL.value))
            .otherwise(pl.lit(PeriodState.PROVISIONAL.value))
        )
        .select(pl.col(name).cast(dtype) for name, dtype in BY_SOURCE.items())
        .sort("source", "tier", "period_start")
    )


def _of_a_body(numerator: pl.Expr, known_at: pl.Expr) -> list[pl.Expr]:
    """The columns of BODIES: one report that is due, and whether it has come."""
    said = {
        "origin": pl.lit(Origin.COMPUTED.value),
        "numerator": numerator,
        "denominator": pl.lit(1),
        "parts": pl.lit(value=True),
        "known_at": known_at,
        "batch_id": pl.lit(None),
    }
    return [said.get(name, pl.col(name)).cast(dtype).alias(name) for name, dtype in BODIES.items()]
