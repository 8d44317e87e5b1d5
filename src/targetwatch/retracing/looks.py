"""Looks: one course at one of its moments each, numbered by their moments, and which of them sees what first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

import polars as pl

from targetwatch.evaluation import periods
from targetwatch.evaluation.due import MOMENT
from targetwatch.retracing.course import ONE_DAY, Course

NEVER = 2**31 - 1  # the number of a look that is not made
LOOK = pl.Int32
COURSE = pl.Int32
FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Look:
    """One course, by its place, at one of its moments."""

    course: int
    as_of: datetime
    today: date


class Looks(Sequence[Look]):
    """The looks at courses that share their time zone, by number."""

    def __init__(self, courses: Sequence[Course]) -> None:
        self.time_zone = courses[0].programme.time_zone
        self._zone = ZoneInfo(self.time_zone)
        self.last_ended = cache(periods.last_ended)  # a period, by a day and a cadence: it is asked for very often
        made = sorted((as_of, place) for place, course in enumerate(courses) for as_of in course.moments)
        self._looks = [Look(course, as_of, periods.today(as_of, self.time_zone)) for as_of, course in made]
        self.newest = max((look.as_of for look in self._looks), default=datetime.min.replace(tzinfo=UTC))
        self._as_of = pl.Series([look.as_of for look in self._looks], dtype=MOMENT)
        moments = sorted({look.as_of for look in self._looks})
        self._moments = pl.Series(moments, dtype=MOMENT)
        self._from = pl.Series(_first_looks(self._looks, moments, len(courses)), dtype=LOOK)
        self.before = _looks_before(self._looks)

    def __getitem__(self, number: int) -> Look:  # type: ignore[override]
        return self._looks[number]

    def __len__(self) -> int:
        return len(self._looks)

    @property
    def of_courses(self) -> pl.DataFrame:
        """Every look with its course (look, course)."""
        return pl.DataFrame(
            [(number, look.course) for number, look in enumerate(self._looks)],
            schema={"look": LOOK, "course": COURSE},
            orient="row",
        )

    def as_of(self, look: str = "look") -> pl.Expr:
        """The moment of the look whose number is in a column."""
        return pl.lit(self._as_of).gather(pl.col(look))

    def first_from(self, courses: pl.Series, moments: pl.Series) -> pl.Series:
        """The first look of each course at a moment or after it; NEVER where there is none, or no moment."""
        known = moments.cast(MOMENT)
        if known.has_nulls():
            known = known.fill_null(FAR)
        return self._at(courses, self._moments.search_sorted(known, side="left"))

    def first_after(self, courses: pl.Series, days: pl.Series) -> pl.Series:
        """The first look of each course at which a day is over; NEVER where there is none."""
        known = days.unique()
        ends = [datetime.combine(day + ONE_DAY, time(), tzinfo=self._zone).astimezone(UTC) for day in known]
        places = self._moments.search_sorted(pl.Series(ends, dtype=MOMENT), side="left")
        return self._at(courses, days.replace_strict(known, places, return_dtype=pl.UInt32))

    def _at(self, courses: pl.Series, places: pl.Series) -> pl.Series:
        return self._from.gather(courses.cast(pl.Int64) * (len(self._moments) + 1) + places.cast(pl.Int64))


def _first_looks(looks: Sequence[Look], moments: Sequence[datetime], courses: int) -> list[int]:
    """Of each course, for each of the moments of all and for what is after them, its first look from there on."""
    numbers: Mapping[tuple[int, datetime], int] = {
        (look.course, look.as_of): number for number, look in enumerate(looks)
    }
    found: list[int] = []
    for course in range(courses):
        latest_first = [NEVER]
        for moment in reversed(moments):
            latest_first.append(numbers.get((course, moment), latest_first[-1]))
        found.extend(reversed(latest_first))
    return found


def _looks_before(looks: Sequence[Look]) -> list[int | None]:
    """The look before each one, of the same course."""
    last: dict[int, int] = {}
    before: list[int | None] = []
    for number, look in enumerate(looks):
        before.append(last.get(look.course))
        last[look.course] = number
    return before
