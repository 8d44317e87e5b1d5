"""Roll-up: a unit's value out of those of the bodies below it, and how much of it has been reported."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from targetwatch.evaluation.comparison import LARGEST
from targetwatch.evaluation.due import BODY, MOMENT
from targetwatch.evaluation.inheritance import SERIES_PERIOD, handed_down, passed_on
from targetwatch.evaluation.lineage import ABOVE, UNIT, tree_of
from targetwatch.evaluation.periods import today
from targetwatch.evaluation.succession import Succession, succession_of
from targetwatch.model import Metric, MetricKind, Origin, PeriodState, Programme, Source

BODIES = pl.Schema(
    {
        "metric": pl.String,
        "org_unit": pl.String,
        "org_unit_valid_from": pl.Date,
        "tier": pl.String,
        "period_start": pl.Date,
        "period_end": pl.Date,
        "origin": pl.String,
        "numerator": pl.Int64,
        "denominator": pl.Int64,
        "parts": pl.Boolean,
        "known_at": MOMENT,
        "batch_id": pl.String,
    }
)
ROLLED = pl.Schema(
    {
        **{name: dtype for name, dtype in BODIES.items() if name != "batch_id"},
        "rolled_up": pl.Boolean,
        "bodies_reported": pl.Int64,
        "bodies_due": pl.Int64,
        "missing": pl.List(pl.String),
        "missing_denominator": pl.Int64,
        "period_state": pl.String,
        "deadline": MOMENT,
    }
)
PERIOD = ("period_start", "period_end")
OBSERVED = (*BODY, *PERIOD)
GROUP = (*OBSERVED, "origin")
SUMS = ("numerator", "denominator", "missing_denominator")
BEST_FIRST = [origin.value for origin in Origin]

KINDS = pl.Schema({"metric": pl.String, "kind": pl.String, "own_origin": pl.String, "counts_reports": pl.Boolean})


def roll_up(programme: Programme, bodies: pl.DataFrame, due: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """The value of every body and every unit above it, by metric, tier and ended period, as known at `as_of` (ROLLED).

    `bodies` are observations (BODIES, newest version each), `due` is DUE at the same moment. A value is the sum of
    numerators over the sum of denominators of the due bodies in the unit's subtree that reported; a body that reported
    and has no observation counts as 0 of 0. Of the origins the best with at least one such body is taken. What is
    still observed of a unit that has ended is part of what its successors answer (targetwatch.evaluation.inheritance).
    What was observed of a unit that owes nothing stands for itself. Ranks do not roll up, and neither do shares without
    their parts: for the units above, such a body is missing. Counts and levels have the denominator 1.

    `missing_denominator` is what the missing bodies, or those that they follow, had in their last earlier period, or
    the mean of those that reported, rounded up, for one never seen. It is null where there is no telling (a count with
    missing bodies). Where a sum is beyond 64 bits the row has no figures at all: it was reported, and cannot be
    compared. `rolled_up` is whether the figures are a sum, and not what was observed of the one unit alone.
    """
    return best_origin(by_origin(programme, bodies, due, as_of))


def by_origin(programme: Programme, bodies: pl.DataFrame, due: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """What `roll_up` gives of every origin, and not of the best one alone (ROLLED)."""
    kinds = pl.DataFrame(
        [
            (
                metric.id,
                metric.kind.value,
                own_origin(metric, programme.sources[metric.source]).value,
                metric.reports is not None,
            )
            for metric in programme.metrics.values()
        ],
        schema=KINDS,
        orient="row",
    )
    owed = due.lazy().filter(~pl.col("planned"))
    succession = succession_of(programme.org_units)
    observed = (
        bodies.lazy()
        .select([pl.col(name).cast(dtype) for name, dtype in BODIES.items() if name != "batch_id"])
        .filter(pl.col("period_end") < today(as_of, programme.time_zone), pl.col("known_at") <= as_of)
        .with_columns(
            after_end=pl.col("known_at").dt.convert_time_zone(programme.time_zone).dt.date() > pl.col("period_end")
        )
    )
    known = passed_on(succession, observed.collect(engine="in-memory"), kinds)
    answers = _handed_down(succession, _answers(_asked(owed, known, kinds, as_of), known), kinds)
    groups = [*_pooled(programme, answers, as_of), _by_themselves(owed, known.lazy())]
    return pl.concat(groups).collect(engine="in-memory")


def best_origin(groups: pl.DataFrame) -> pl.DataFrame:
    """One row for what was observed in several ways: computed, else reported, else published."""
    if groups["origin"].n_unique() < 2:
        return groups
    rank = pl.col("origin").replace_strict(BEST_FIRST, range(len(BEST_FIRST)), return_dtype=pl.Int8)
    return groups.sort(rank, maintain_order=True).unique(subset=OBSERVED, keep="first", maintain_order=True)


def own_origin(metric: Metric, source: Source) -> Origin:
    """What kind of figure a metric's own source gives. That a report is missing no unit says: it is worked out."""
    return source.origin if metric.reports is None else Origin.COMPUTED


def _handed_down(succession: Succession, answers: pl.DataFrame, kinds: pl.DataFrame) -> pl.DataFrame:
    """`answers` with what the predecessors of missing bodies had. A missing report is one, whoever was there before."""
    counting = kinds.filter("counts_reports")["metric"]
    if counting.is_empty():
        return handed_down(succession, answers)
    is_report = pl.col("metric").is_in(counting.implode())
    reports = answers.filter(is_report).with_columns(last_denominator=pl.lit(1, dtype=pl.Int64))
    return pl.concat([handed_down(succession, answers.filter(~is_report)), reports])


def _asked(due: pl.LazyFrame, known: pl.DataFrame, kinds: pl.DataFrame, as_of: datetime) -> pl.LazyFrame:
    """What each due body may have answered: through the metric's own source, and each other one that says anything.

    Through the metric's own source it has where a report is known as such. Where reports themselves are counted,
    whoever has not reported by the deadline has answered by that. Of what nobody has there is nothing to say, and
    before the first deliveries that is all.
    """
    silence = pl.col("counts_reports") & (pl.col("deadline") <= as_of).fill_null(value=False)
    own = due.join(kinds.lazy().rename({"own_origin": "origin"}), on="metric").with_columns(
        is_own=pl.lit(value=True), has_reported=pl.col("reported_at").is_not_null() | silence
    )
    period = ["metric", "tier", "period_end"]
    asked = [own.join(own.filter("has_reported"), on=period, how="semi")]
    of_others = (
        known.lazy()
        .filter("is_report")
        .select(SERIES_PERIOD)
        .unique()
        .join(kinds.lazy(), on="metric")
        .filter(pl.col("origin") != pl.col("own_origin"))
        .select(
            *("metric", "tier", *PERIOD, "kind", "origin", "counts_reports"),
            is_own=pl.lit(value=False),
            has_reported=pl.lit(None, dtype=pl.Boolean),
        )
        .collect(engine="in-memory")
    )
    if not of_others.is_empty():
        asked.append(due.join(of_others.lazy(), on=["metric", "tier", *PERIOD]))
    return pl.concat(asked)


def _answers(asked: pl.LazyFrame, known: pl.DataFrame) -> pl.DataFrame:
    """One row a due body, period and origin: whether it reported and what; of who did not, the last denominator.

    Through another source than the metric's own an observation after the period's end is the report.
    """
    since = pl.when("counts_reports").then("known_at").otherwise(pl.max_horizontal("known_at", "reported_at"))
    rows = (
        asked.join(known.lazy(), on=GROUP, how="left", validate="1:1")
        .select(
            *GROUP,
            "kind",
            "deadline",
            reported=pl.coalesce("has_reported", "is_report").fill_null(value=False),
            numerator=_or_none_at_all("numerator"),
            denominator=_or_none_at_all("denominator"),
            parts=pl.col("parts").fill_null(value=True),
            inherited=pl.col("inherited").fill_null(value=False),
            known_at=pl.when("is_own").then(since).otherwise("known_at"),
        )
        .collect(engine="in-memory")
    )
    is_whole = pl.col("reported") & pl.col("parts")
    whole, rest = rows.filter(is_whole), rows.filter(~is_whole)
    last = whole.filter(pl.col("denominator").is_not_null()).select(
        *BODY, "origin", "period_start", last_denominator="denominator"
    )
    missing = rest.sort("period_start").join_asof(
        last.sort("period_start"),
        on="period_start",
        by=[*BODY, "origin"],
        strategy="backward",
        allow_exact_matches=False,
        check_sortedness=False,
    )
    return pl.concat([whole.with_columns(last_denominator=pl.lit(None, dtype=pl.Int64)), missing])


def _or_none_at_all(figure: str) -> pl.Expr:
    """A figure of what was observed, and 0 where nothing was. One that 64 bits could not hold stays without a value."""
    return pl.when(pl.col("known_at").is_null()).then(0).otherwise(pl.col(figure))


def _pooled(programme: Programme, answers: pl.DataFrame, as_of: datetime) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """The answers of the bodies, for themselves and summed for every unit above them."""
    of_others = (
        answers.lazy()
        .filter(pl.col("kind") != MetricKind.RANK.value)
        .join(tree_of(programme.org_units).pairs_apart.lazy(), on=UNIT)
        .with_columns(itself=pl.lit(value=False), reported=pl.col("reported") & pl.col("parts"))
        .collect(engine="in-memory")
    )
    above = of_others.select("metric", "tier", *(pl.col(above).alias(ours) for ours, above in ABOVE.items()))
    # Nearly all bodies have none below them, and there is nothing to sum.
    alone = answers.lazy().filter("reported").join(above.lazy(), on=BODY, how="anti")
    own = answers.join(above, on=BODY, how="semi").with_columns(
        pl.lit(value=True).alias("itself"), *(pl.col(ours).alias(above) for ours, above in ABOVE.items())
    )
    return _single(alone), _summed(pl.concat([of_others, own.select(of_others.columns)]), as_of)


def _summed(upwards: pl.DataFrame, as_of: datetime) -> pl.LazyFrame:
    """One row a unit above others, of what those below it answered; none where nobody did."""
    group = [ABOVE.get(name, name) for name in GROUP]
    reported, figures = pl.col("reported"), pl.col("numerator", "denominator")
    last = pl.col("last_denominator")
    answered = (
        upwards.lazy()
        .group_by(group)
        .agg(
            # In 64 bits a sum that is too large would wrap round, and nobody would know.
            pl.when((pl.col("numerator").is_not_null() | ~reported).all()).then(
                pl.when(reported).then(figures).cast(pl.Int128).sum()
            ),
            (pl.col("parts") | ~reported).all(),
            pl.when(reported).then("known_at").max(),
            pl.col("deadline").max(),
            counts=pl.col("kind").first() != MetricKind.RATIO.value,
            bodies_reported=reported.sum().cast(pl.Int64),
            bodies_due=pl.len().cast(pl.Int64),
            rolled_up=~pl.col("itself").all() | pl.col("inherited").any(),
            seen=pl.when(~reported).then(last).cast(pl.Int128).sum(),
            unseen=(last.is_null() & ~reported).sum().cast(pl.Int64),
        )
        .filter(pl.col("bodies_reported") > 0)
    )
    silent = (
        upwards.lazy()
        .filter(~reported)
        .with_columns(body=pl.concat_str("org_unit", pl.lit("@"), pl.col("org_unit_valid_from").cast(pl.String)))
        .group_by(group)
        .agg(missing=pl.col("body").sort())
    )
    mean = (pl.col("denominator") + pl.col("bodies_reported") - 1) // pl.col("bodies_reported")
    return (
        answered.join(silent, on=group, how="left", validate="1:1")
        .with_columns(
            missing=pl.col("missing").fill_null([]),
            missing_denominator=pl.when(pl.col("missing").is_null())
            .then(0)
            .when(~pl.col("counts"))
            .then(pl.col("seen") + pl.col("unseen") * mean),
            denominator=pl.when("counts").then(1).otherwise(pl.col("denominator")),
            period_state=pl.when(pl.col("bodies_reported") == pl.col("bodies_due"))
            .then(pl.lit(PeriodState.COMPLETE.value))
            .when(pl.col("deadline") <= as_of)
            .then(pl.lit(PeriodState.FINAL.value))
            .otherwise(pl.lit(PeriodState.PROVISIONAL.value)),
        )
        .with_columns(pl.when(_sums_fit()).then(pl.col(*SUMS)))
        .rename({above: ours for ours, above in ABOVE.items()})
        .select(_typed())
    )


def _sums_fit() -> pl.Expr:
    """Whether 64 bits hold every sum of the row."""
    bounds = (pl.lit(-LARGEST, dtype=pl.Int128), pl.lit(LARGEST, dtype=pl.Int128))
    return pl.all_horizontal(pl.col(name).is_between(*bounds).fill_null(value=True) for name in SUMS)


def _by_themselves(due: pl.LazyFrame, known: pl.LazyFrame) -> pl.LazyFrame:
    """What was observed of units that owe nothing. A published figure may be known before its period is over."""
    theirs = known.filter(pl.col("after_end") | (pl.col("origin") == Origin.PUBLISHED.value))
    return _single(theirs.join(due, on=OBSERVED, how="anti").with_columns(deadline=pl.lit(None, dtype=MOMENT)))


def _single(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Observations that are of one body, and whole."""
    return rows.with_columns(
        rolled_up=pl.col("inherited"),
        bodies_reported=1,
        bodies_due=1,
        missing=pl.lit([], dtype=pl.List(pl.String)),
        missing_denominator=0,
        period_state=pl.lit(PeriodState.COMPLETE.value),
    ).select(_typed())


def _typed() -> list[pl.Expr]:
    return [pl.col(name).cast(dtype) for name, dtype in ROLLED.items()]
