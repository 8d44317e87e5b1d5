"""Assessment: observations held against the target versions in force, ready to be judged."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from targetwatch.evaluation.baselines import SETTLED, Stood, baselines, observed_from
from targetwatch.evaluation.comparison import AT_LEAST, AT_MOST, LARGEST, SIDES, compared, measured_off
from targetwatch.evaluation.due import BODY, MOMENT
from targetwatch.evaluation.lineage import ABOVE, UNIT, lineage
from targetwatch.evaluation.periods import today
from targetwatch.evaluation.subjects import SUBJECT, current, subjects
from targetwatch.evaluation.trajectory import final_value, required
from targetwatch.model import Comparison, Programme, Reason, Role, TargetVersion

ASSESSED = pl.Schema(
    {
        "target": pl.String,
        "target_version": pl.String,
        "metric": pl.String,
        "org_unit": pl.String,
        "org_unit_valid_from": pl.Date,
        "tier": pl.String,
        "role": pl.String,
        "answers_to": pl.String,
        "answers_to_valid_from": pl.Date,
        "comparison": pl.String,
        "direction": pl.String,  # at_least or at_most: `between` has a row of each
        "as_of": MOMENT,
        "ended_because": pl.String,  # the reason, where the target or the unit has ended
        "unobserved_because": pl.String,  # the reason that holds where there is nothing to judge
        "due_on": pl.Date,  # the target's due date
        "period_start": pl.Date,
        "period_end": pl.Date,
        "period_state": pl.String,
        "origin": pl.String,
        "numerator": pl.Int64,
        "denominator": pl.Int64,
        "parts": pl.Boolean,
        "low_numerator": pl.Int64,
        "high_numerator": pl.Int64,
        "bounds_denominator": pl.Int64,
        "bodies_reported": pl.Int64,
        "bodies_due": pl.Int64,
        "missing": pl.List(pl.String),
        "deadline": MOMENT,
        "overdue_deadline": MOMENT,  # the newest deadline that has passed
        "known_at": MOMENT,
        "required": pl.Int64,
        "final": pl.Int64,
        "attained": pl.Int64,
        "needed": pl.Int64,
        "headroom": pl.Int64,
        "headroom_units": pl.Int64,
        "measured": pl.Int64,  # the denominator; 0 where there is no value
        "days_overdue": pl.Int64,  # from the period's last day to that of the newest one whose deadline has passed
        **dict.fromkeys(SIDES, pl.Int64),
        "too_large": pl.Boolean,  # 64 bits cannot hold what is to be compared: the sides are 0 and say nothing
        "rows_expected": pl.Int64,  # how many there are of this moment; a suite holds the frame against it
    }
)
MARKS = pl.Schema(
    {
        "required": pl.Int64,
        "final": pl.Int64,
        "warning_margin": pl.Int64,
        "due_on": pl.Date,
        "too_large": pl.Boolean,  # what is required is beyond 64 bits
    }
)
DIRECTIONS = (
    (Comparison.AT_LEAST.value, AT_LEAST),
    (Comparison.ABOVE.value, AT_LEAST),
    (Comparison.AT_MOST.value, AT_MOST),
    (Comparison.BELOW.value, AT_MOST),
    (Comparison.BETWEEN.value, AT_LEAST),
    (Comparison.BETWEEN.value, AT_MOST),
)
ANCHOR = ("answers_to", "answers_to_valid_from")


def assess(
    programme: Programme,
    rolled: pl.DataFrame,
    due: pl.DataFrame,
    as_of: datetime,
    everyone: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Every target and unit with each period that may be the one to judge, held against what was required (ASSESSED).

    That is the newest complete or final period with a report, and each newer provisional one; of `between` two rows
    each. A share has, for each such period of its pool, its own newest complete or final one up to it, so that a pool
    and its shares speak of the same period. A target and unit without any have one row with no period and no value.
    `rolled` and `due` are ROLLED and DUE at `as_of`. Frames of several moments may be put under each other and judged
    at once. A row whose figures 64 bits cannot compare exactly is `too_large`; it takes no other row with it.
    `everyone` (SUBJECTS at `as_of`, or some of them) may be given by who has them at hand.
    """
    if everyone is None:
        everyone = subjects(programme, today(as_of, programme.time_zone))
    now = current(everyone)
    candidates = _candidates(everyone, rolled)
    thresholds = _thresholds(programme, candidates, rolled)
    subject = now.join(_newest_due(programme, due, as_of), on=BODY, how="left", validate="m:1").with_columns(
        newest_due=pl.when(pl.col("newest_due") >= pl.col("in_force_since")).then("newest_due"),
    )
    judged = thresholds.join(
        subject.select(*SUBJECT, "ended_because", "planned", "newest_due", "overdue_deadline"),
        on=SUBJECT,
        how="left",
        validate="m:1",
    )
    silent = _both_sides(subject.join(thresholds, on=SUBJECT, how="anti"))
    rows_expected = thresholds.height + silent.height
    # They are sorted while they are narrow.
    in_order = pl.concat([judged, silent], how="diagonal_relaxed").sort(*SUBJECT, "period_start", "direction")
    rows = in_order.with_columns(
        as_of=pl.lit(as_of).cast(MOMENT),
        unobserved_because=pl.when("planned")
        .then(pl.lit(Reason.SOURCE_PLANNED.value))
        .when(pl.col("newest_due").is_null())
        .then(pl.lit(Reason.NOTHING_DUE_YET.value))
        .otherwise(pl.lit(Reason.NEVER_OBSERVED.value)),
        measured=pl.col("denominator").fill_null(0),
        parts=pl.col("parts").fill_null(value=False),
        days_overdue=(pl.col("newest_due") - pl.col("period_end")).dt.total_days().clip(0).fill_null(0),
        rows_expected=pl.lit(rows_expected, dtype=pl.Int64),
    )
    return measured_off(compared(rows)).select(pl.col(name).cast(dtype) for name, dtype in ASSESSED.items())


def _candidates(everyone: pl.DataFrame, rolled: pl.DataFrame) -> pl.DataFrame:
    """The periods that may be judged, each with the version in force on its last day: SUBJECTS and ROLLED in one."""
    in_force = (
        everyone.lazy()
        .drop("ended_because", "planned")
        .join(rolled.lazy(), on=BODY)
        .filter(
            pl.col("period_end").is_between(pl.col("effective_from"), pl.col("effective_to").fill_null(date.max)),
            pl.col("period_end").is_between(
                pl.col("org_unit_valid_from"), pl.col("org_unit_valid_to").fill_null(date.max)
            ),
            pl.col("bodies_reported") >= 1,
        )
        .with_columns(is_settled=pl.col("period_state").is_in(SETTLED))
        .collect(engine="in-memory")
    )
    is_share = pl.col("role") == Role.SHARE.value
    heads = (
        in_force.lazy()
        .filter(~is_share)
        .with_columns(newest=pl.col("period_end").filter("is_settled").max().over(SUBJECT))
        .filter(
            pl.when("is_settled")
            .then(pl.col("period_end") == pl.col("newest"))
            .otherwise(pl.col("newest").is_null() | (pl.col("period_end") > pl.col("newest")))
        )
        .drop("newest", "is_settled")
        .collect(engine="in-memory")
    )
    shares = in_force.filter(is_share, "is_settled").drop("is_settled")
    if shares.is_empty():
        return heads
    return pl.concat([heads, shares.join(_spoken_of(everyone, heads, shares), on=[*SUBJECT, "period_end"])])


def _spoken_of(everyone: pl.DataFrame, heads: pl.DataFrame, shares: pl.DataFrame) -> pl.DataFrame:
    """The newest period of each share up to each period that its pool may be judged on: SUBJECT, period_end."""
    pools = heads.lazy().select(
        "target", answers_to="org_unit", answers_to_valid_from="org_unit_valid_from", at="period_end"
    )
    asked = (
        everyone.lazy()
        .filter(pl.col("answers_to").is_not_null())
        .select(*SUBJECT, *ANCHOR, "newest_ended")
        .unique()
        .join(pools, on=["target", *ANCHOR], how="left")
        .with_columns(at=pl.coalesce("at", "newest_ended"))
        .sort("at")
    )
    return (
        asked.join_asof(
            shares.lazy().select(*SUBJECT, "period_end").sort("period_end"),
            left_on="at",
            right_on="period_end",
            by=list(SUBJECT),
            strategy="backward",
            check_sortedness=False,
        )
        .filter(pl.col("period_end").is_not_null())
        .select(*SUBJECT, "period_end")
        .unique()
        .collect(engine="in-memory")
    )


def _thresholds(programme: Programme, candidates: pl.DataFrame, rolled: pl.DataFrame) -> pl.DataFrame:
    """The candidates, one row a direction, with what was required of each on its period's last day."""
    begun, starts = _begun(programme, candidates, rolled)
    sided = _both_sides(begun)
    course = ["version", "direction", "period_end", "start"]
    asked = sided.select(course).unique()
    marks = [
        _marks(programme.targets[version], direction, day, None if start is None else starts[start])
        for version, direction, day, start in asked.iter_rows()
    ]
    named = asked.hstack(pl.DataFrame(marks, schema=MARKS, orient="row"))
    return sided.join(named, on=course, how="left", nulls_equal=True, validate="m:1").drop("start")


def _begun(
    programme: Programme, candidates: pl.DataFrame, rolled: pl.DataFrame
) -> tuple[pl.DataFrame, list[Stood | None]]:
    """The candidates with `start`: where among the baselines the one is that their path begins at, or null.

    A share stands on its pool's path.
    """
    observed = observed_from(programme.targets)
    if observed.is_empty():
        return candidates.with_columns(start=pl.lit(None, dtype=pl.UInt32)), []
    begun = candidates.with_columns(
        start_unit=pl.coalesce("answers_to", "org_unit"),
        start_valid_from=pl.coalesce("answers_to_valid_from", "org_unit_valid_from"),
    )
    path = ["version", "start_unit", "start_valid_from"]
    asked = begun.join(observed, on="version").select(*path, "metric", "tier", "baseline_on", "passes_on").unique()
    starts = baselines(programme, rolled, asked.rename({"start_unit": UNIT[0], "start_valid_from": UNIT[1]}))
    asked = asked.with_row_index("start").with_columns(
        known=pl.Series([one is not None for one in starts], dtype=pl.Boolean)
    )
    return (
        begun.join(asked.select(*path, "start", "known"), on=path, how="left", validate="m:1")
        # A path that begins at the first value has no course before there is one, and nothing can be held against it.
        .filter(pl.col("known").fill_null(value=True) | (pl.col("denominator") == 0))
        .drop("start_unit", "start_valid_from", "known")
    ), starts


def _marks(
    version: TargetVersion, direction: str, day: date, stood: Stood | None
) -> tuple[int | None, int, int, date | None, bool]:
    upper = version.comparison is Comparison.BETWEEN and direction == AT_MOST
    baseline = None if stood is None or stood.value is None else (stood.value, stood.since)
    asked = required(version, day, baseline, upper=upper)
    too_large = (stood is not None and baseline is None) or (asked is not None and abs(asked) > LARGEST)
    return (
        None if too_large else asked,
        final_value(version, upper=upper),
        version.warning_margin,
        version.due,
        too_large,
    )


def _both_sides(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` with the direction that is wanted: one row each, two of `between`."""
    return rows.join(pl.DataFrame(DIRECTIONS, schema=["comparison", "direction"], orient="row"), on="comparison")


def _newest_due(programme: Programme, due: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Of every unit and those below it the newest period whose deadline has passed: newest_due, overdue_deadline."""
    # Of two periods of a metric the later one is never due before the other.
    return (
        due.lazy()
        .filter(pl.col("deadline") <= as_of)
        .group_by(BODY)
        .agg(newest_due=pl.col("period_end").max(), overdue_deadline=pl.col("deadline").max())
        .join(lineage(programme.org_units).lazy(), on=UNIT)
        .group_by("metric", "tier", *(pl.col(above).alias(ours) for ours, above in ABOVE.items()))
        .agg(pl.col("newest_due", "overdue_deadline").max())
        .collect(engine="in-memory")
    )
