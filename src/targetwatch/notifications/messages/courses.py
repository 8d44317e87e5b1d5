"""A course: the values of a target over time beside the way that they were to go, as numbers for a chart. Pure.

Days are ordinals and heights are what people read (per cent, places, days), so that nothing in a chart depends on the
machine that draws it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from targetwatch.model import MILLION, Assessment, Cadence, MetricKind, Path, TargetVersion, TrendPoint
from targetwatch.notifications.messages import sentences
from targetwatch.notifications.stories import TargetStory
from targetwatch.wording.figures import Measure

POINTS_SHOWN = 36
LEAD = 366  # days that a chart looks ahead at least, to a due date that is as near
STEPS = {Cadence.MONTH: 1, Cadence.QUARTER: 3, Cadence.YEAR: 12}
Spot = tuple[date, Fraction]


@dataclass(frozen=True, slots=True)
class Course:
    """What a chart shows. `runs` are stretches of periods without a gap; of `ahead` more may come."""

    measure: Measure
    runs: tuple[tuple[Spot, ...], ...]
    last: Spot  # the value that was judged
    ahead: tuple[Spot, ...]  # periods after it: provisional
    missing: int  # how many periods between the first and the last have no value
    needed: Spot | None  # what the last value was held against
    path: tuple[Spot, ...]  # the way to the target; empty where there is none but the target itself
    finals: tuple[Fraction, ...]
    due: date | None
    first_day: date
    last_day: date

    @property
    def heights(self) -> list[Fraction]:
        """Every height that is shown."""
        spots = [spot for run in self.runs for spot in run]
        of = [*spots, self.last, *self.ahead, *self.path, *([self.needed] if self.needed else [])]
        return [height for _, height in of] + list(self.finals)


def course_of(story: TargetStory) -> Course | None:
    """The course that a story's chart shows; None where nothing is known of it, or only one period."""
    judged = charted(story)
    if story.trend is None or judged.period_end is None:
        return None
    measure = Measure.of(story.metric)
    points = [point for point in story.trend.points if point.denominator][-POINTS_SHOWN:]
    known = [point for point in points if point.period_end <= judged.period_end]
    last_point = next((point for point in reversed(known) if point.period_end == judged.period_end), None)
    if last_point is None or len(points) < 2:
        return None
    target, last_day = story.target, points[-1].period_end
    due = target.due
    if due is not None and due > last_day:
        last_day = min(due, max(last_day + timedelta(days=LEAD), last_day + (last_day - points[0].period_end)))
    first_day = points[0].period_end
    needed = judged.required if judged.required is not None else judged.final if _is_due(target, judged) else None
    scale = measure.per_one
    finals = [judged.final] if target.value_to is None else [target.value, target.value_to]
    return Course(
        measure=measure,
        runs=tuple(tuple(_spot(point, scale) for point in run) for run in _runs(known)),
        last=_spot(last_point, scale),
        ahead=tuple(_spot(point, scale) for point in points if point.period_end > judged.period_end),
        missing=_missing(known),
        needed=None if needed is None else (judged.period_end, Fraction(needed * scale, MILLION)),
        path=_path(target, judged, first_day, last_day, scale),
        finals=tuple(Fraction(final * scale, MILLION) for final in finals if final is not None),
        due=due,
        first_day=first_day,
        last_day=last_day,
    )


def charted(story: TargetStory) -> Assessment:
    """The judged look whose course is shown: the story's or, where units answer one by one, that of the furthest."""
    if sentences.answers_as_one(story) or not story.behind:
        return story.judged
    return story.behind[0].assessment


def _spot(point: TrendPoint, scale: int) -> Spot:
    return point.period_end, Fraction(point.numerator * scale, point.denominator)


def _is_due(target: TargetVersion, judged: Assessment) -> bool:
    return target.due is not None and judged.period_end is not None and judged.period_end >= target.due


def _runs(points: Sequence[TrendPoint]) -> list[list[TrendPoint]]:
    """Stretches in which every period follows the one before it."""
    runs: list[list[TrendPoint]] = []
    for point in points:
        if runs and point.period_start == runs[-1][-1].period_end + timedelta(days=1):
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs


def _missing(points: Sequence[TrendPoint]) -> int:
    """How many periods of the points' own length are missing between them."""
    missing = 0
    for one, other in pairwise(points):
        gap = (other.period_start - one.period_end).days - 1
        length = (other.period_end - other.period_start).days + 1
        missing += max(round(gap / length), 0)
    return missing


def _path(target: TargetVersion, judged: Assessment, first_day: date, last_day: date, scale: int) -> tuple[Spot, ...]:
    """The way to the target, as far as it follows from what is declared and was needed of the judged value."""
    if target.trajectory.path is Path.STEPS:
        return _steps(target, first_day, last_day, scale)
    if target.trajectory.path is not Path.LINEAR or target.due is None or judged.final is None:
        return ()
    baseline = target.trajectory.baseline
    start: tuple[date, int] | None = None
    if judged.required is not None and judged.period_end is not None and judged.period_end < target.due:
        start = (judged.period_end, judged.required)
    elif baseline is not None and baseline.on < target.due:
        start = (baseline.on, baseline.value)
    if start is None:
        return ()
    slope = Fraction(judged.final - start[1], (target.due - start[0]).days)
    begins = max(first_day, target.effective_from if baseline is None else baseline.on)
    ends = min(last_day, target.due)
    if begins >= ends:
        return ()
    return tuple((day, (start[1] + slope * (day - start[0]).days) * scale / MILLION) for day in (begins, ends))


def _steps(target: TargetVersion, first_day: date, last_day: date, scale: int) -> tuple[Spot, ...]:
    spots: list[Spot] = []
    for milestone in sorted(target.trajectory.milestones, key=lambda one: one.on):
        if milestone.on > last_day:
            break
        day = max(milestone.on, first_day)
        if spots:
            spots.append((day, spots[-1][1]))
        spots.append((day, Fraction(milestone.value * scale, MILLION)))
    if spots:
        spots.append((last_day, spots[-1][1]))
    return tuple(spots)


def is_upside_down(course: Course) -> bool:
    """Whether the first place is drawn at the top."""
    return course.measure.kind is MetricKind.RANK
