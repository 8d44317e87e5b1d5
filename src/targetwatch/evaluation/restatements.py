"""Restatements: periods that had been judged and whose figures were changed afterwards."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from targetwatch.evaluation.comparison import AT_LEAST, AT_MOST, measured_off
from targetwatch.evaluation.coverage import OBSERVED
from targetwatch.evaluation.subjects import SUBJECT
from targetwatch.model import MILLION, Assessment, Comparison, Restatement, Status

NOT_JUDGED = (Status.ENDED.value, Status.NOT_EVALUATED.value, Status.NO_DATA.value)
LOWER_IS_BETTER = (Comparison.AT_MOST.value, Comparison.BELOW.value)
FIGURES = ("numerator", "denominator", "parts")
JUDGED_BEFORE = (
    *SUBJECT,
    "metric",
    "tier",
    "comparison",
    "status",
    "period_start",
    "period_end",
    "numerator",
    "attained",
    "required",
    "final",
)


def restated(
    judged_before: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame, current: Iterable[Assessment]
) -> list[Restatement]:
    """The judged periods, older than the one judged now, whose figures are other than they were at the pass before.

    `judged_before` (JUDGED_BEFORE, of the ledger's assessments) has the latest one of each target, unit and period.
    `before` and `after` are ROLLED as known at the pass before and now: so every restatement is said by one pass, and
    said once. `current` are the assessments of now. Headroom is measured off against what was required of the period
    when it was judged. Sorted by target, unit and period.
    """
    now = pl.DataFrame(
        [(each.target, each.org_unit, each.org_unit_valid_from, each.period_start) for each in current],
        schema={"target": pl.String, "org_unit": pl.String, "org_unit_valid_from": pl.Date, "judged_now": pl.Date},
        orient="row",
    )
    older = (
        judged_before.lazy()
        .select(JUDGED_BEFORE)
        .filter(pl.col("period_start").is_not_null(), ~pl.col("status").is_in(NOT_JUDGED))
        .with_columns(direction=_direction())
        .drop("numerator", "attained")
        .join(now.lazy(), on=SUBJECT)
        .filter(pl.col("period_start") < pl.col("judged_now"))
    )
    versions = [
        older.join(frame.lazy().select(*OBSERVED, *FIGURES), on=OBSERVED, validate="m:1").with_columns(
            is_after=is_after
        )
        for frame, is_after in ((before, pl.lit(value=False)), (after, pl.lit(value=True)))
    ]
    measured = measured_off(pl.concat(versions).collect(engine="in-memory")).lazy()
    said = ["numerator", "denominator", "headroom_units"]
    key = [*SUBJECT, "period_start", "period_end"]
    then, since = (measured.filter(of).select(*key, *said) for of in (~pl.col("is_after"), pl.col("is_after")))
    changed = (
        then.join(since, on=key, suffix="_after", validate="1:1")
        .filter(
            (pl.col("numerator") != pl.col("numerator_after")) | (pl.col("denominator") != pl.col("denominator_after"))
        )
        .sort(key)
        .select(*key, *said, *(f"{name}_after" for name in said))
        .collect(engine="in-memory")
    )
    return [Restatement(*row) for row in changed.iter_rows()]


def _direction() -> pl.Expr:
    """Which way the judged row was held: of `between`, the bound that it was nearer to failing."""
    as_value = pl.col("attained") == pl.col("numerator") * MILLION
    downwards = pl.col("comparison").is_in(LOWER_IS_BETTER) | (
        (pl.col("comparison") == Comparison.BETWEEN.value) & ~as_value
    )
    return pl.when(downwards).then(pl.lit(AT_MOST)).otherwise(pl.lit(AT_LEAST))
