"""The charts of a row as positions for inline SVG: a bullet bar, and a line over time. Drawn, not judged: floats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from targetwatch.board.standing import Observed, Standing
from targetwatch.model import MetricKind, UnitEnding
from targetwatch.wording import numbers

ROOM = 8  # at the right, for the diamond of a final value that fills the bar
SPARE = Fraction(5, 4)  # of the greatest value shown, where nothing says how long the bar should be
MONTHS = 48
LABEL_AT = 10
LABEL_WIDTH = 96
LINE_APART = 15
INSET = 3  # so that lines and dots are not cut off
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Bullet:
    """A value on its way to what is needed. All in pixels from the left; a stretch is its start and its length."""

    width: int
    track: float
    bar: float | None  # length of what was reached for certain
    is_old: bool  # what was reached is old, or the last that is known: hatched
    dot: float | None  # the value, where it is not the end of the bar
    short: Spot | None  # stretch that is missing to what is needed now
    unknown: Spot | None  # stretch within which the missing units decide
    needed: float | None
    finals: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """Values over time above the path that they were needed on."""

    width: int
    height: int
    values: tuple[Spot, ...]
    path: tuple[tuple[Spot, ...], ...]  # it may begin late, or have gaps
    marks: tuple[tuple[float, str], ...] = ()  # where each year begins

    @property
    def last(self) -> Spot | None:
        """Where the newest value is."""
        return self.values[-1] if self.values else None


@dataclass(frozen=True, slots=True)
class Label:
    """Words beside a line."""

    x: float
    y: float
    text: str
    is_value: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A line large enough for words beside it."""

    line: Line
    labels: tuple[Label, ...]
    beside: int = LABEL_WIDTH  # room for the words, in pixels


@dataclass(frozen=True, slots=True)
class Window:
    """The days that the lines of a page have in common."""

    first: date
    last: date

    @classmethod
    def until(cls, today: date, months: int = MONTHS) -> Window:
        """So many months up to today."""
        before = today.year * 12 + today.month - 1 - months
        return cls(date(before // 12, before % 12 + 1, 1), today)

    def share(self, day: date) -> float:
        """How far into the window a day is: 0 to 1."""
        return (day - self.first).days / max((self.last - self.first).days, 1)


def bullet(standing: Standing, width: int = 216) -> Bullet:
    """The bullet bar of a standing; where it has no value, of the last one that is known."""
    track = width - ROOM
    shown = standing.figures if standing.is_judged else standing.last_known or standing.figures
    value, figures = shown.exact, standing.figures
    needed = None if figures.required is None else numbers.of_millionths(figures.required)
    finals = [numbers.of_millionths(one) for one in (figures.final, figures.final_to) if one is not None]
    bounds = standing.bounds
    ends = (
        (Fraction(bounds.low, bounds.denominator), Fraction(bounds.high, bounds.denominator))
        if bounds is not None and bounds.low != bounds.high
        else None
    )
    present = [one for one in (value, needed, *finals, *(ends or ())) if one is not None]
    longest = Fraction(1) if figures.measure.is_percentage else max(present, default=Fraction(1)) * SPARE
    longest = max(longest, *present) if present else longest
    shortest = min(Fraction(0), *present) if present else Fraction(0)  # a change of a share may be below 0

    def at(number: Fraction) -> float:
        share = (number - shortest) / (longest - shortest) if longest > shortest else Fraction(0)
        return round(float(1 - share if standing.lower_is_better else share) * track, 1)

    spot = None if value is None else at(value)
    is_old = not standing.is_judged
    unknown = None if ends is None else _stretch(at(ends[0]), at(ends[1]))
    certain = spot if unknown is None or spot is None else min(spot, unknown[0])
    # Lower is better: nothing is filled up to a rank, so it is a place on the track and no bar. So is one below 0.
    as_bar = not standing.lower_is_better and figures.measure.kind is not MetricKind.RANK and shortest == 0
    short = None
    if spot is not None and needed is not None and figures.is_short and not is_old and not standing.is_incomplete:
        short = _stretch(spot, at(needed))
    return Bullet(
        width=width,
        track=track,
        bar=certain if as_bar else None,
        is_old=is_old,
        dot=spot if unknown is not None or not as_bar else None,
        short=short,
        unknown=unknown,
        needed=None if needed is None else at(needed),
        finals=tuple(at(one) for one in finals),
    )


def line(
    standing: Standing, window: Window, width: int = 112, height: int = 30, baseline: Sequence[Observed] | None = None
) -> Line | None:
    """What was observed within the window and the path beside it; None where nothing was observed.

    `baseline` is the history that a path with no declared baseline begins with, where it is not its own: for the units
    under a pooled target it is that of the target.
    """
    observed = [one for one in standing.judged if one.denominator and one.period.last_day >= window.first]
    if not observed:
        return None
    values = [(one.period.last_day, Fraction(one.numerator, one.denominator)) for one in observed]
    path = _path(standing, window, standing.series if baseline is None else baseline)
    heights = [value for _, value in values] + [value for stretch in path for _, value in stretch]
    lowest, highest = min(heights), max(heights)

    def spot(day: date, value: Fraction) -> Spot:
        across = INSET + window.share(day) * (width - 2 * INSET)
        up = float((value - lowest) / (highest - lowest)) if highest > lowest else 0.5
        if standing.lower_is_better:
            up = 1 - up
        return round(across, 1), round(height - INSET - up * (height - 2 * INSET), 1)

    years = range(window.first.year + 1, window.last.year + 1)
    return Line(
        width,
        height,
        tuple(spot(*one) for one in values),
        tuple(tuple(spot(*one) for one in stretch) for stretch in path),
        tuple((spot(date(year, 1, 1), lowest)[0], str(year)) for year in years),
    )


def chart(standing: Standing, window: Window, width: int, height: int, value: str, needed: str) -> Chart | None:
    """The history of a standing, `width` pixels wide with the words beside it; None where there is none to draw."""
    drawn = line(standing, window, width - LABEL_WIDTH, height)
    return None if drawn is None else Chart(drawn, tuple(labels(drawn, value, needed)))


def labels(drawn: Line, value: str, needed: str) -> list[Label]:
    """The newest value and what is needed beside it, at the right of a line, apart even where they nearly meet."""
    last = drawn.last
    if last is None:
        return []
    end = drawn.path[-1][-1] if needed and drawn.path else None
    across = max(last[0], end[0] if end else 0.0) + LABEL_AT
    if end is None:
        return [Label(across, last[1] + 4, value, is_value=True)]
    apart = max(LINE_APART - abs(last[1] - end[1]), 0) / 2
    up, down = (last[1], end[1]) if last[1] <= end[1] else (end[1], last[1])
    up, down = up - apart, down + apart
    mine, other = (up, down) if last[1] <= end[1] else (down, up)
    return [Label(across, round(mine + 4, 1), value, is_value=True), Label(across, round(other + 4, 1), needed)]


def _stretch(one: float, other: float) -> Spot | None:
    start, end = min(one, other), max(one, other)
    return (start, round(end - start, 1)) if end > start else None


def _path(standing: Standing, window: Window, series: Sequence[Observed]) -> list[list[tuple[date, Fraction]]]:
    """What was needed at the end of each month of the window from when the target came into force, in stretches."""
    from targetwatch.evaluation.trajectory import required  # with its package comes Polars, which no import may bring

    target = standing.target
    baseline = _begun(standing, series)
    stretches: list[list[tuple[date, Fraction]]] = [[]]
    for day in _month_ends(window):
        in_force = target.effective_from <= day and (target.effective_to is None or day <= target.effective_to)
        needed = required(target, day, baseline) if in_force else None
        if needed is None:
            if stretches[-1]:
                stretches.append([])
        else:
            stretches[-1].append((day, numbers.of_millionths(needed)))
    return [stretch for stretch in stretches if len(stretch) > 1]


def _begun(standing: Standing, series: Sequence[Observed]) -> tuple[Fraction, date] | None:
    """Where a path begins that does not say so: at what was observed by the day that it names, or else first.

    What was handed down to a unit is not among its own figures: its line is drawn through what was required of it.
    """
    from targetwatch.evaluation.trajectory import required

    observed = [one for one in series if one.denominator]
    if not observed:
        return None
    target, day = standing.target, standing.target.trajectory.baseline_on
    by_then = [one for one in observed if day is not None and one.period.last_day <= day]
    start = by_then[-1] if by_then else observed[0]
    since = day if by_then and day is not None else start.period.last_day
    baseline = (Fraction(start.numerator, start.denominator), since)
    needed, judged = standing.figures.required, standing.period
    if target.when_unit_ends is UnitEnding.ENDS or target.due is None or needed is None or judged is None:
        return baseline
    if judged.last_day >= target.due or required(target, judged.last_day, baseline) == needed:
        return baseline
    since = day or since
    left = Fraction((target.due - since).days, (target.due - judged.last_day).days)
    final = numbers.of_millionths(target.value)
    return final - (final - numbers.of_millionths(needed)) * left, since


def _month_ends(window: Window) -> list[date]:
    ends: list[date] = []
    day = window.first
    while True:
        following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        end = following - timedelta(days=1)
        if end > window.last:
            return ends
        ends.append(end)
        day = following
