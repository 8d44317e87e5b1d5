"""What must hold of every number: exact sides, verdicts as rational arithmetic has them, no gain by a stricter bar.

The verdicts come from the real suite, over one frame of many generated rows.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import cache
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from targetwatch import model
from targetwatch.checks.judgement import judge
from targetwatch.evaluation.assessment import ASSESSED
from targetwatch.evaluation.comparison import AT_LEAST, AT_MOST, LARGEST, compared, measured_off
from targetwatch.evaluation.coverage import roll_up
from targetwatch.evaluation.status import decide_status
from targetwatch.model import MILLION, Assessment, Comparison, Reason, Status, Trajectory

from .worlds import (
    AFTER_DEADLINE,
    FEBRUARY,
    IN_APRIL,
    MARCH,
    START,
    SUITE,
    World,
    codes,
    hanoi,
    of_city,
    programme,
    three,
)

LARGEST_DENOMINATOR = 10_000_000
WORST_TO_BEST = {Status.MISSED: 0, Status.BEHIND: 0, Status.AT_RISK: 1, Status.ON_TRACK: 2, Status.MET: 3}
HIGHER = (Comparison.AT_LEAST, Comparison.ABOVE)
LOWER = (Comparison.AT_MOST, Comparison.BELOW)


def row(comparison: Comparison, numerator: int, denominator: int, **more: Any) -> dict[str, Any]:
    """One observation held against thresholds, as it is before it is compared."""
    return {
        "comparison": comparison.value,
        "direction": AT_LEAST if comparison in HIGHER else AT_MOST,
        "period_start": date(2025, 4, 1),
        "numerator": numerator,
        "denominator": denominator,
        "missing_denominator": 0,
        "warning_margin": 10_000,
        "parts": True,
        **more,
    }


def against(threshold: int) -> dict[str, int]:
    """Required now and in the end."""
    return {"required": threshold, "final": threshold}


def assessed(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """The rows as ASSESSED, each of a unit of its own."""
    sides = measured_off(compared(pl.DataFrame(rows)))
    given = sides.with_columns(
        target=pl.lit("t"),
        target_version=pl.lit("1"),
        metric=pl.lit("m"),
        tier=pl.lit("district"),
        role=pl.lit("each"),
        org_unit=pl.int_range(pl.len()).cast(pl.String).str.zfill(6),
        org_unit_valid_from=pl.lit(START),
        as_of=pl.lit(datetime(2025, 6, 1, tzinfo=UTC)),
        period_end=pl.lit(date(2025, 4, 30)),
        period_state=pl.lit("final"),
        measured="denominator",
        days_overdue=pl.lit(0),
        missing=pl.lit([], dtype=pl.List(pl.String)),
        rows_expected=pl.len(),
    )
    absent = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in ASSESSED.items() if name not in given.columns]
    return given.with_columns(absent).select(pl.col(name).cast(dtype) for name, dtype in ASSESSED.items())


def judged(rows: list[dict[str, Any]]) -> list[Assessment]:
    """The assessment of every row, in their order, by the real suite in one run."""
    frame = assessed(rows)
    judgement = judge(frame, SUITE)
    assert judgement.failures == ()
    return decide_status(frame, judgement.verdicts)


def reaches(comparison: Comparison, value: Fraction, threshold: int) -> bool:
    """Whether a value meets a target, in rational arithmetic."""
    mark = Fraction(threshold, MILLION)
    if comparison is Comparison.AT_LEAST:
        return value >= mark
    if comparison is Comparison.ABOVE:
        return value > mark
    return value <= mark if comparison is Comparison.AT_MOST else value < mark


@cache
def generated(seed: int, size: int) -> list[dict[str, Any]]:
    """Many observations near their thresholds, of all sizes and ways of comparing."""
    draw = random.Random(seed)
    rows = []
    for _ in range(size):
        denominator = draw.choice((draw.randint(1, 40), draw.randint(1, LARGEST_DENOMINATOR)))
        threshold = draw.choice((draw.randint(0, 100) * 10_000, draw.randint(0, MILLION)))
        missing = draw.choice((0, 0, draw.randint(0, denominator // 5 + 1)))
        near = threshold * denominator // MILLION + draw.randint(-2, 2)
        numerator = min(max(draw.choice((near, draw.randint(0, denominator))), 0), denominator)
        comparison = draw.choice((Comparison.AT_LEAST, Comparison.ABOVE, Comparison.AT_MOST, Comparison.BELOW))
        path = {"required": draw.choice((threshold, threshold * 3 // 4, None)), "final": threshold}
        rows.append(row(comparison, numerator, denominator, missing_denominator=missing, **path))
    return rows


def test_the_suites_verdicts_are_those_of_rational_arithmetic() -> None:
    """20,000 observations: each of the six verdicts names exactly the rows that fractions say are short."""
    rows = generated(1, 20_000)
    frame = assessed(rows)
    said = set(judge(frame, SUITE).verdicts.rows())
    expected = set()
    for place, each in enumerate(rows):
        comparison = Comparison(each["comparison"])
        higher = comparison in HIGHER
        low = Fraction(each["numerator"], each["denominator"] + each["missing_denominator"])
        high = low + Fraction(each["missing_denominator"], each["denominator"] + each["missing_denominator"])
        best, worst = (high, low) if higher else (low, high)
        margin = each["warning_margin"] if higher else -each["warning_margin"]
        marks = {"": each["required"], "final_": each["final"]}
        marks["margin_"] = None if each["required"] is None else each["required"] + margin
        for prefix, mark in marks.items():
            for outcome, value in (("best", best), ("worst", worst)):
                if mark is not None and not reaches(comparison, value, mark):
                    expected.add((place, f"{prefix}short_at_{outcome}"))
    assert said == expected


def test_tightening_a_target_never_improves_a_status() -> None:
    """Whatever is observed and missing, a stricter value leaves the status where it is or makes it worse."""
    loose = generated(2, 8_000)
    draw = random.Random(3)
    tight = []
    for each in loose:
        step = draw.randint(0, 50_000) * (1 if Comparison(each["comparison"]) in HIGHER else -1)
        required = None if each["required"] is None else each["required"] + step
        tight.append({**each, "required": required, "final": each["final"] + step})
    before, after = judged(loose), judged(tight)
    better = [
        (first, second)
        for first, second in zip(before, after, strict=True)
        if WORST_TO_BEST[second.status] > WORST_TO_BEST[first.status]
    ]
    assert better == []


def test_headroom_in_units_is_what_would_have_made_the_difference() -> None:
    """Short by n: n more (or fewer) reach it and n - 1 do not. To spare n: without them it is still reached."""
    rows = generated(4, 4_000)
    found = measured_off(compared(pl.DataFrame(rows)))["headroom_units"]
    for each, units in zip(rows, found, strict=True):
        comparison = Comparison(each["comparison"])
        mark = each["required"] if each["required"] is not None else each["final"]
        step = -1 if comparison in HIGHER else 1
        moved = each["numerator"] + step * units
        assert reaches(comparison, Fraction(moved, each["denominator"]), mark)
        assert not reaches(comparison, Fraction(moved + step, each["denominator"]), mark)


# Each is beyond 64 bits in a way of its own: a product, a sum, a difference, a threshold with its margin.
TOO_LARGE: dict[str, dict[str, Any]] = {
    "numerator x 10^6": {"numerator": 2**62, "denominator": 2**62},
    "threshold x denominator": {"numerator": 1, "denominator": 2**62},
    "a negative product": {"numerator": -(2**62), "denominator": 1},
    "with the missing ones": {"numerator": 2**62, "denominator": 2**62, "missing_denominator": 2**62},
    "everything at its largest": {
        "numerator": LARGEST,
        "denominator": LARGEST,
        "missing_denominator": LARGEST,
        **against(LARGEST),
    },
    "the margin": against(LARGEST),
    "headroom alone": {"numerator": -(9 * 10**12), "denominator": 9 * 10**12, **against(MILLION)},
    "a sum that could not be made": {"numerator": None, "denominator": None, "missing_denominator": None},
}


def test_what_64_bits_cannot_hold_is_not_evaluated_and_takes_no_other_row_with_it() -> None:
    """An absurd figure fails a check of its own; the rows around it are judged as if it were not there."""
    usual = {"numerator": 79, "denominator": 100, **against(800_000)}
    rows = [
        {**row(comparison, 0, 0), **usual, **absurd} for comparison in HIGHER + LOWER for absurd in TOO_LARGE.values()
    ]
    around = generated(5, 200)
    found = judged([*rows, *around])
    assert found[len(rows) :] == [
        replace(each, org_unit=f"{place:06}") for place, each in enumerate(judged(around), start=len(rows))
    ]
    headroom_only = [name == "headroom alone" for _ in HIGHER + LOWER for name in TOO_LARGE]
    for each, is_comparable in zip(found[: len(rows)], headroom_only, strict=True):
        assert each.headroom is None
        if is_comparable:
            assert each.status in (Status.BEHIND, Status.MET)
        else:
            assert (each.status, each.reason, each.failed) == (Status.NOT_EVALUATED, Reason.CHECK_FAILED, ("guard",))


@settings(deadline=None, max_examples=60)
@given(
    figures=st.tuples(*[st.integers(-LARGEST, LARGEST)] * 5),
    comparison=st.sampled_from([Comparison.AT_LEAST, Comparison.ABOVE, Comparison.AT_MOST, Comparison.BELOW]),
)
def test_no_side_ever_wraps_round(figures: tuple[int, int, int, int, int], comparison: Comparison) -> None:
    """Whatever 64-bit figures come in, the sides are those of whole numbers without end, or the row is too large."""
    numerator, denominator, missing, required, final = figures
    denominator = abs(denominator) or 1
    marks = {"required": required, "final": final}
    absurd = row(comparison, numerator, denominator, missing_denominator=abs(missing), **marks)
    said = measured_off(compared(pl.DataFrame([absurd]))).row(0, named=True)
    strictly = comparison in (Comparison.ABOVE, Comparison.BELOW)
    sides = (numerator * MILLION, required * denominator)
    attained, needed = sides if comparison in HIGHER else sides[::-1]
    needed += strictly
    fits = max(map(abs, (attained, needed, attained - needed))) <= LARGEST
    assert (said["attained"], said["needed"]) == ((attained, needed) if fits else (None, None))
    worst = numerator if comparison in HIGHER else numerator + abs(missing)
    sides = (worst * MILLION, required * (denominator + abs(missing)))
    attained, needed = sides if comparison in HIGHER else sides[::-1]
    expected = (0, 0) if said["too_large"] else (attained, needed + strictly)
    assert (said["attained_worst"], said["needed_worst"]) == expected


def test_sums_do_not_wrap_round() -> None:
    """Three districts whose sum is beyond 64 bits: the city has been reported, has no figures and is not evaluated."""
    world = three()
    world.tell(["001"], FEBRUARY, 85, 100, hanoi(date(2025, 3, 5)))
    world.tell(["002", "003"], FEBRUARY, 85, 100, hanoi(date(2025, 3, 5)))
    world.tell(["001"], MARCH, 79, 100, IN_APRIL)
    world.tell(["002", "003"], MARCH, 2**62, 2**62, IN_APRIL)
    city = (
        world.rolled(AFTER_DEADLINE)
        .filter(pl.col("org_unit") == "01", pl.col("period_start") == MARCH)
        .row(0, named=True)
    )
    assert (city["numerator"], city["denominator"], city["bodies_reported"]) == (None, None, 3)
    found = {each.org_unit: each for each in world.assessments(AFTER_DEADLINE)}
    assert {code: each.status for code, each in found.items()} == {
        "01": Status.NOT_EVALUATED,
        "001": Status.BEHIND,
        "002": Status.NOT_EVALUATED,
        "003": Status.NOT_EVALUATED,
    }
    assert {each.reason for each in found.values()} == {Reason.CHECK_FAILED, Reason.SHORT_OF_REQUIRED}
    assert (found["01"].period_start, found["01"].numerator) == (MARCH, None)


def test_an_absurd_share_of_what_is_missing_does_not_wrap_round() -> None:
    """Two districts that are missing had absurdly many in February: March could be anything, and is not evaluated."""
    world = three()
    world.tell(["001"], FEBRUARY, 85, 100, hanoi(date(2025, 3, 5)))
    world.tell(["002", "003"], FEBRUARY, 2**62, 2**62, hanoi(date(2025, 3, 5)))
    world.tell(["001"], MARCH, 79, 100, IN_APRIL)
    found = of_city(world)
    assert (found.status, found.reason) == (Status.NOT_EVALUATED, Reason.CHECK_FAILED)


def test_a_path_that_begins_at_an_absurd_value_asks_for_nothing_that_can_be_said() -> None:
    """Where the first value is 2^62 of 1 and less is better, the line is beyond 64 bits: its rows alone are guarded."""
    line = Trajectory(model.Path.LINEAR, assumed=True)
    world = three(trajectory=line, due=date(2025, 12, 31), comparison=Comparison.AT_MOST)
    world.tell(codes(1, 3), FEBRUARY, 2**61, 1, hanoi(date(2025, 3, 5)))
    world.tell(codes(1, 3), MARCH, 79, 100, IN_APRIL)
    found = of_city(world)
    assert (found.status, found.reason, found.required) == (Status.NOT_EVALUATED, Reason.CHECK_FAILED, None)


@settings(deadline=None, max_examples=25)
@given(
    figures=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000), st.booleans()), min_size=1, max_size=30)
)
def test_a_pooled_value_is_the_sum_of_what_was_reported(figures: list[tuple[int, int, bool]]) -> None:
    """Sums over sums, whatever is missing; what is missing is named, and the reported ones are all there is."""
    world = World(programme(), first_day=date(2025, 3, 1))
    said = {f"{place:03}": each for place, each in enumerate(figures, start=1)}
    for code, (part, rest, reported) in said.items():
        if reported:
            world.tell([code], date(2025, 3, 1), part, part + rest, hanoi(date(2025, 4, 3)))
    as_of = hanoi(date(2025, 4, 20))
    rolled = roll_up(world.programme, world.bodies(as_of), world.due(as_of), as_of)
    city = rolled.filter(pl.col("org_unit") == "01").to_dicts()
    reported = {code: (part, part + rest) for code, (part, rest, is_in) in said.items() if is_in}
    if not reported:
        assert city == []
        return
    assert city[0]["numerator"] == sum(part for part, _ in reported.values())
    assert city[0]["denominator"] == sum(whole for _, whole in reported.values())
    assert city[0]["missing"] == [f"{code}@2021-01-01" for code in codes(1, 30) if code not in reported]
    assert city[0]["bodies_reported"] + len(city[0]["missing"]) == city[0]["bodies_due"] == 30
