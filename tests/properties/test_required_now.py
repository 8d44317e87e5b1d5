"""Required-now is monotone between baseline and due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from targetwatch.evaluation.trajectory import Baseline, final_value, required
from targetwatch.model import MILLION, Comparison, Milestone, Path, TargetVersion, Trajectory
from tests.evaluation.worlds import target
from tests.properties.generated import examples

LOWER = (Comparison.AT_MOST, Comparison.BELOW)
THRESHOLDS = st.one_of(
    st.integers(0, MILLION), st.integers(-MILLION, MILLION), st.integers(0, 10**9).map(lambda whole: whole * MILLION)
)
VALUES = st.fractions(-2, 10**6, max_denominator=10**7)
FIRST = date(2021, 12, 31)


@dataclass(frozen=True)
class Course:
    """A target, where it begins, and the days on which it is looked at, in their order."""

    target: TargetVersion
    observed: Baseline | None
    begins: date
    days: tuple[date, ...]


@st.composite
def courses(draw: st.DrawFn, path: Path) -> Course:
    """A target along a line or up its steps, and days before, between and after its baseline and its due date."""
    comparison = draw(st.sampled_from(list(Comparison)))
    value, value_to = draw(THRESHOLDS), None
    if comparison is Comparison.BETWEEN:
        value, value_to = sorted((value, draw(THRESHOLDS)))
    begins = FIRST + timedelta(days=draw(st.integers(0, 700)))
    due = begins + timedelta(days=draw(st.integers(1, 2_000)))
    observed = None
    if path is Path.STEPS:
        trajectory = Trajectory(path, assumed=False, milestones=draw(steps(comparison, value, begins, due)))
    elif draw(st.booleans()):
        trajectory = Trajectory(path, assumed=True, baseline=Milestone(begins, draw(THRESHOLDS)))
    else:
        trajectory, observed = Trajectory(path, assumed=True), (draw(VALUES), begins)
    span = (due - begins).days
    days = {begins, due, *(begins + timedelta(days=draw(st.integers(-40, span + 40))) for _ in range(12))}
    asked = target(comparison=comparison, value=value, value_to=value_to, due=due, trajectory=trajectory)
    return Course(asked, observed, begins, tuple(sorted(days)))


@st.composite
def steps(draw: st.DrawFn, comparison: Comparison, value: int, begins: date, due: date) -> tuple[Milestone, ...]:
    """Milestones that lead to the value, each at least as near to it as the one before."""
    days = sorted({begins, *(begins + (due - begins) * draw(st.integers(0, 9)) // 10 for _ in range(4))})
    towards = -1 if comparison in LOWER else 1
    short = sorted((draw(st.integers(0, MILLION)) for _ in days), reverse=True)
    return tuple(Milestone(day, value - towards * by) for day, by in zip(days, short, strict=True))


def asked_for(course: Course, *, upper: bool) -> list[int]:
    """What is required on each of the days on which something is; once it is, it always is."""
    found = [required(course.target, day, course.observed, upper=upper) for day in course.days]
    first = next(place for place, one in enumerate(found) if one is not None)
    assert None not in found[first:]
    assert all(day < course.begins for day in course.days[:first])
    return [one for one in found if one is not None]


def held(course: Course) -> None:
    """What is asked for goes towards the final value, never back and never past it, and is it from the due date on."""
    comparison = course.target.comparison
    for upper in (False, True) if comparison is Comparison.BETWEEN else (False,):
        final = final_value(course.target, upper=upper)
        asked = asked_for(course, upper=upper)
        falls = upper or comparison in LOWER
        for earlier, later in pairwise(asked):
            assert final <= later <= earlier if falls else earlier <= later <= final
        assert required(course.target, course.days[-1], course.observed, upper=upper) == final


@examples(400)
@given(courses(Path.LINEAR))
def test_along_a_line(course: Course) -> None:
    """Rising where higher is better, falling where lower is, and under `between` both bounds close in from outside."""
    held(course)


@examples(200)
@given(courses(Path.STEPS))
def test_up_its_steps(course: Course) -> None:
    """From milestone to milestone, and from the last of them to the value."""
    held(course)
