"""What a path requires on a day."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targetwatch.evaluation.trajectory import required
from targetwatch.model import MILLION, Comparison, Milestone, Path, Trajectory

from .worlds import HOLD, target

DUE = date(2025, 12, 31)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
SHARES = st.integers(0, MILLION)


def line(begins: int = 340_000, on: date = date(2021, 12, 31)) -> Trajectory:
    """A line with a declared baseline."""
    return Trajectory(Path.LINEAR, assumed=True, baseline=Milestone(on, begins))


@pytest.mark.parametrize(
    ("day", "needed"),
    [
        (date(2021, 6, 30), 340_000),
        (date(2021, 12, 31), 340_000),
        (date(2025, 4, 30), 722_861),
        (date(2025, 5, 31), 732_621),
        (date(2025, 6, 30), 742_067),
        (DUE, 800_000),
        (date(2027, 1, 1), 800_000),
    ],
)
def test_the_line_of_the_worked_example(day: date, needed: int) -> None:
    """From 34 % at the end of 2021 to 80 % at the end of 2025, and flat on either side."""
    assert required(target(trajectory=line()), day) == needed


@pytest.mark.parametrize(("value", "needed"), [(1, 0), (3, 2)])
def test_it_rounds_half_to_even(value: int, needed: int) -> None:
    """Half a millionth goes to the even one: half-way to 1 is 0, half-way to 3 is 2."""
    half_way = target(value=value, trajectory=line(0, date(2025, 12, 1)), due=date(2025, 12, 31))
    assert required(half_way, date(2025, 12, 16)) == needed


@pytest.mark.parametrize(("comparison", "start"), [(Comparison.AT_LEAST, 900_000), (Comparison.AT_MOST, 700_000)])
def test_a_start_better_than_the_end_asks_for_the_end(comparison: Comparison, start: int) -> None:
    """The line never asks for more than the target itself."""
    ahead = target(comparison=comparison, trajectory=line(start, date(2021, 12, 31)))
    assert required(ahead, date(2023, 6, 30)) == 800_000


def test_hold_is_the_value_always() -> None:
    """A standing target needs no due date."""
    assert required(target(trajectory=HOLD, due=None), date(1999, 1, 1)) == 800_000


def test_by_due_asks_nothing_before_its_day() -> None:
    """Nothing on the day before, the value on the day and from then on."""
    by_due = target(trajectory=Trajectory(Path.BY_DUE, assumed=False))
    assert required(by_due, DUE - timedelta(days=1)) is None
    assert required(by_due, DUE) == required(by_due, DUE + timedelta(days=999)) == 800_000


def test_steps_hold_what_was_last_reached() -> None:
    """Nothing before the first milestone, each from its day on, the final value from the due date."""
    steps = (Milestone(date(2024, 6, 30), 600_000), Milestone(date(2023, 6, 30), 500_000))
    stepped = target(trajectory=Trajectory(Path.STEPS, assumed=False, milestones=steps))
    days = (date(2023, 6, 29), date(2023, 6, 30), date(2024, 6, 29), date(2024, 6, 30), DUE)
    assert [required(stepped, day) for day in days] == [None, 500_000, 500_000, 600_000, 800_000]


def test_a_line_without_a_baseline_needs_an_observed_one() -> None:
    """Without either nothing can be said; an exact third as baseline is not rounded before the line is drawn."""
    bare = target(trajectory=Trajectory(Path.LINEAR, assumed=True))
    assert required(bare, date(2025, 6, 30)) is None
    began = (Fraction(1, 3), date(2025, 1, 31))
    on_line = Fraction(1, 3) + (Fraction(8, 10) - Fraction(1, 3)) * Fraction(150, 334)
    assert required(bare, date(2025, 6, 30), began) == round(on_line * MILLION)


def test_a_line_to_no_date_is_refused() -> None:
    """A line that leads nowhere is an error and not a guess."""
    with pytest.raises(ValueError, match="no due date"):
        required(target(trajectory=line(), due=None), DUE)


def test_the_bounds_of_between_close_in_from_outside() -> None:
    """From a baseline below both bounds only the lower one moves; from above only the upper one."""
    between = target(comparison=Comparison.BETWEEN, value=400_000, value_to=600_000, trajectory=line(200_000))
    half_way = date(2023, 12, 31)
    assert required(between, half_way) == pytest.approx(300_000, abs=100)
    assert required(between, half_way, upper=True) == 600_000
    from_above = target(comparison=Comparison.BETWEEN, value=400_000, value_to=600_000, trajectory=line(900_000))
    assert required(from_above, half_way) == 400_000
    assert required(from_above, half_way, upper=True) == pytest.approx(750_000, abs=150)


@given(begins=SHARES, value=SHARES, more=SHARES, day=DAYS)
def test_a_higher_value_never_requires_less(begins: int, value: int, more: int, day: date) -> None:
    """Raising the value of a target lowers what is required on no day of its line."""
    lower, higher = sorted((value, more))
    needed = required(target(value=lower, trajectory=line(begins)), day)
    tightened = required(target(value=higher, trajectory=line(begins)), day)
    assert needed is not None
    assert tightened is not None
    assert needed <= tightened


@given(begins=SHARES, value=SHARES, day=DAYS)
def test_it_is_within_half_a_millionth_of_the_exact_line(begins: int, value: int, day: date) -> None:
    """Rounding happens once, at the end."""
    began = date(2021, 12, 31)
    covered = min(max(Fraction((day - began).days, (DUE - began).days), Fraction(0)), Fraction(1))
    needed = required(target(value=value, trajectory=line(begins)), day)
    assert needed is not None
    assert abs(needed - (min(begins, value) + (value - min(begins, value)) * covered)) <= Fraction(1, 2)
