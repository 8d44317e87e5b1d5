"""A value exactly on the target meets it for every representable percentage and denominators up to ten million.

A percentage is kept in millionths, so there are 1,000,001 of them. A value can lie on one exactly where the denominator
is a multiple of what remains of the million once the fraction is in its lowest terms: 4 for 75 %, a million for
33.3333 %. All of them are gone through, each with a generated multiple, as whole frames through the real comparison and
the real suite.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from targetwatch.checks.judgement import judge
from targetwatch.evaluation.assessment import ASSESSED
from targetwatch.evaluation.comparison import AT_LEAST, AT_MOST, compared, measured_off
from targetwatch.evaluation.status import decide_status
from targetwatch.model import MILLION, Comparison, Status
from tests.evaluation.worlds import SUITE
from tests.properties.generated import examples

LARGEST_DENOMINATOR = 10_000_000
MONTH = (date(2025, 4, 1), date(2025, 4, 30))
DIRECTIONS = {
    Comparison.AT_LEAST: AT_LEAST,
    Comparison.ABOVE: AT_LEAST,
    Comparison.AT_MOST: AT_MOST,
    Comparison.BELOW: AT_MOST,
}
# How many more than exactly on it: what is one short, or one too many.
MISSES = {Comparison.AT_LEAST: -1, Comparison.AT_MOST: 1, Comparison.ABOVE: 0, Comparison.BELOW: 0}
MULTIPLIERS = st.integers(1, LARGEST_DENOMINATOR)
ONE_IN, SOME = len(MISSES), 2_000


def exactly_on(multiplier: int) -> pl.DataFrame:
    """A numerator and a denominator for each of the percentages that lie exactly on it.

    `multiplier` scatters the denominators over all that there are for a percentage, the least and the greatest too.
    """
    millionths = np.arange(MILLION + 1, dtype=np.int64)
    least = MILLION // np.gcd(millionths, MILLION)
    denominators = least * (1 + (millionths * multiplier + multiplier) % (LARGEST_DENOMINATOR // least))
    numerators = millionths * denominators // MILLION
    assert (numerators * MILLION == millionths * denominators).all()
    assert denominators.max() <= LARGEST_DENOMINATOR
    return pl.DataFrame({"required": millionths, "numerator": numerators, "denominator": denominators})


def held(rows: pl.DataFrame, comparison: Comparison | pl.Expr, direction: str | pl.Expr) -> pl.DataFrame:
    """Held against what is required, as an assessment is; it is the final value too, and there is no margin."""
    return rows.with_columns(
        comparison=pl.lit(comparison.value) if isinstance(comparison, Comparison) else comparison,
        direction=pl.lit(direction) if isinstance(direction, str) else direction,
        final="required",
        warning_margin=pl.lit(0, dtype=pl.Int64),
        missing_denominator=pl.lit(0, dtype=pl.Int64),
        period_start=pl.lit(MONTH[0]),
        parts=pl.lit(value=True),
    )


def assessed(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows as they go to the judge, each as of a unit of its own."""
    given = measured_off(compared(rows)).with_columns(
        target=pl.lit("share"),
        target_version=pl.lit("1"),
        metric=pl.lit("share"),
        tier=pl.lit("district"),
        role=pl.lit("each"),
        org_unit=pl.int_range(pl.len()).cast(pl.String).str.zfill(7),
        org_unit_valid_from=pl.lit(date(2021, 1, 1)),
        as_of=pl.lit(datetime(2025, 6, 1, tzinfo=UTC)),
        period_end=pl.lit(MONTH[1]),
        period_state=pl.lit("final"),
        measured="denominator",
        days_overdue=pl.lit(0),
        missing=pl.lit([], dtype=pl.List(pl.String)),
        rows_expected=pl.len(),
    )
    absent = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in ASSESSED.items() if name not in given.columns]
    return given.with_columns(absent).select(pl.col(name).cast(dtype) for name, dtype in ASSESSED.items())


@examples(1)
@given(MULTIPLIERS)
@example(LARGEST_DENOMINATOR - 1)
def test_on_it_the_two_sides_are_equal_and_one_apart_they_are_one_apart(multiplier: int) -> None:
    """Headroom is 0, or short by a millionth where more than that is asked; beside it a whole unit more or less."""
    on_it = exactly_on(multiplier)
    for comparison, direction in DIRECTIONS.items():
        sides = measured_off(compared(held(on_it, comparison, direction)))
        strictly = comparison in (Comparison.ABOVE, Comparison.BELOW)
        assert not sides["too_large"].any()
        assert (sides["headroom"] == -strictly).all()
        assert (sides["headroom_units"] == -strictly).all()
        away = MISSES[comparison] or (1 if direction == AT_LEAST else -1)
        beside = measured_off(compared(held(on_it.with_columns(pl.col("numerator") + away), comparison, direction)))
        assert (beside["headroom"] == (MILLION - 1 if strictly else -MILLION)).all()


@pytest.mark.parametrize("comparison", [Comparison.AT_LEAST, Comparison.AT_MOST], ids=str)
def test_every_percentage_is_met_exactly(comparison: Comparison) -> None:
    """Of 1,000,001 values, each exactly on its own target, the suite finds none short in any way."""

    @examples(1)
    @given(MULTIPLIERS)
    def judged(multiplier: int) -> None:
        frame = assessed(held(exactly_on(multiplier), comparison, DIRECTIONS[comparison]))
        judgement = judge(frame, SUITE)
        assert judgement.failures == ()
        assert judgement.verdicts.is_empty()
        some = frame.sample(SOME, seed=multiplier)
        assert {one.status for one in decide_status(some, judgement.verdicts)} == {Status.MET}

    judged()


def test_one_less_one_more_and_strictly_on_it_are_short() -> None:
    """Every percentage once: one less for >=, one more for <=, and exactly on it for > and <. All are found short."""

    @examples(1)
    @given(MULTIPLIERS)
    def judged(multiplier: int) -> None:
        turn = pl.col("required") % ONE_IN
        on_it = exactly_on(multiplier)
        rows = [
            held(
                on_it.filter(turn == place).with_columns(pl.col("numerator") + away), comparison, DIRECTIONS[comparison]
            )
            for place, (comparison, away) in enumerate(MISSES.items())
        ]
        for missed in rows:  # one after the other: the names of a million rows take their room
            frame = assessed(missed)
            judgement = judge(frame, SUITE)
            assert judgement.failures == ()
            found = judgement.verdicts.group_by("verdict").agg(pl.col("row").n_unique())
            assert dict(found.iter_rows()) == {
                f"{threshold}short_at_{outcome}": frame.height
                for threshold in ("", "final_", "margin_")
                for outcome in ("best", "worst")
            }

    judged()
