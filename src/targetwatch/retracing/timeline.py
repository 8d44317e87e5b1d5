"""Timeline: at which look anything about the courses changes, with numbers in place of names.

A look is one course at one of its moments, and looks are numbered by their moments. A series is one metric of one
course; a body of it is a series, a tier and a unit in one number; a pair is a series and one of its periods.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import polars as pl

from targetwatch import evaluation
from targetwatch.evaluation import periods
from targetwatch.evaluation.coverage import BODIES, GROUP
from targetwatch.evaluation.due import DUE, MOMENT
from targetwatch.model import Metric, Origin, Programme, UnitKey
from targetwatch.retracing.course import ONE_DAY, Course, working_calendar

NEVER = 2**31 - 1  # the number of a look that is not made
LOOK = pl.Int32
ORIGINS = {origin.value: place for place, origin in enumerate(Origin)}
PAIR = ("series", "period_start", "period_end")


@dataclass(frozen=True, slots=True)
class Look:
    """One course, by its place, at one of its moments."""

    course: int
    as_of: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Series:
    """One metric of one course, by the course's place."""

    course: int
    metric: Metric


class Timeline:
    """Courses that share their units and their time zone, with what they come to know and to owe, look by look.

    `observed` has every version of an observation that any look sees: from `look_from` to before `look_to`. `owed` has
    what bodies owe (DUE), with the looks from which it was reported and its deadline had passed. `dirty` (look, pair)
    are the periods whose roll-up may differ from that of the look before.
    """

    def __init__(self, courses: Sequence[Course]) -> None:
        self.courses = courses
        self.org_units = courses[0].programme.org_units
        self.time_zone = courses[0].programme.time_zone
        self.zone = ZoneInfo(self.time_zone)
        made = sorted((as_of, place) for place, course in enumerate(courses) for as_of in course.moments)
        self.looks = [Look(course, as_of, periods.today(as_of, self.time_zone)) for as_of, course in made]
        self.newest = max((look.as_of for look in self.looks), default=datetime.min.replace(tzinfo=UTC))
        self.series = [
            Series(place, metric)
            for place, course in enumerate(courses)
            for metric in targeted(course.programme).values()
        ]
        self._number_of = {(one.course, one.metric.id): number for number, one in enumerate(self.series)}
        self._look_by_course = _looks_by_course(self.looks, len(courses))
        observed, owed = self._observed(), self._owed()
        self.units = _units(self.org_units, observed)
        promised = pl.Series([version.tier for one in courses for version in one.programme.targets], dtype=pl.String)
        self.tiers = pl.concat([observed["tier"], owed["tier"], promised]).unique().sort()
        self.pairs = (
            pl.concat([observed.select(PAIR), owed.select(PAIR)])
            .unique()
            .sort(PAIR)
            .with_row_index("pair")
            .with_columns(pl.col("pair").cast(pl.Int32))
        )
        self.observed = self.numbered(observed)
        self.owed = self.numbered(owed)
        self.before, self.after = _lines(self.org_units, self.units)
        self.dirty = self._dirty()

    # -- names and numbers -------------------------------------------------------------------------------------------

    def numbered(self, rows: pl.DataFrame) -> pl.DataFrame:
        """`rows` of series, tier, unit and period with `body`, `unit` and `pair`; without those of no such period."""
        tiers = pl.DataFrame({"tier": self.tiers}).with_row_index("tier_number")
        return (
            rows.join(self.units, on=["org_unit", "org_unit_valid_from"])
            .join(tiers, on="tier")
            .join(self.pairs, on=PAIR)
            .with_columns(body=self.strand("series", "tier_number") * self.units.height + pl.col("unit").cast(pl.Int64))
            .drop("tier_number")
        )

    def strand(self, series: str, tier_number: str) -> pl.Expr:
        """One number for a series and a tier: a body without its unit."""
        return pl.col(series).cast(pl.Int64) * len(self.tiers) + pl.col(tier_number).cast(pl.Int64)

    @property
    def strand_of_body(self) -> pl.Expr:
        """The strand of `body`."""
        return pl.col("body") // self.units.height

    @property
    def series_of_body(self) -> pl.Expr:
        """The series of `body`."""
        return (pl.col("body") // (self.units.height * len(self.tiers))).cast(pl.Int32)

    def with_relatives(self, rows: pl.DataFrame, relatives: pl.DataFrame) -> pl.DataFrame:
        """`rows` (body), and the same again with the bodies of each unit's relatives (unit, relative)."""
        if relatives.is_empty():
            return rows
        theirs = (
            rows.with_columns(unit=(pl.col("body") % self.units.height).cast(pl.UInt32))
            .join(relatives, on="unit")
            .with_columns(body=pl.col("body") - pl.col("unit") + pl.col("relative"))
        )
        return pl.concat([rows, theirs.select(rows.columns)])

    def as_of(self, look: str = "look") -> pl.Expr:
        """The moment of the look whose number is in a column."""
        moments = pl.Series([one.as_of for one in self.looks], dtype=MOMENT)
        return pl.lit(moments).gather(pl.col(look))

    # -- what changes when -------------------------------------------------------------------------------------------

    def _first_look(self, course: int, moments: pl.Series) -> pl.Series:
        """The first look of a course at each of `moments` or after it; NEVER where there is none, or no moment."""
        as_ofs, numbers = self._look_by_course[course]
        far = datetime.max.replace(tzinfo=UTC)
        places = as_ofs.search_sorted(moments.cast(MOMENT).fill_null(far), side="left")
        return numbers.gather(places)

    def _ended(self, course: int, period_ends: pl.Series) -> pl.Series:
        """The first look of a course at which each period is over."""
        days = period_ends.unique()
        over = {
            day: datetime.combine(day + ONE_DAY, time(), tzinfo=self.zone).astimezone(UTC) for day in days.to_list()
        }
        looks = self._first_look(course, pl.Series([over[day] for day in days], dtype=MOMENT))
        return period_ends.replace_strict(days, looks, return_dtype=LOOK)

    def _observed(self) -> pl.DataFrame:
        """Every version of an observation that a look sees."""
        found = []
        for place, course in enumerate(self.courses):
            programme = course.programme
            numbers = {metric: number for (of, metric), number in self._number_of.items() if of == place}
            own = {metric: programme.sources[programme.metrics[metric].source].origin.value for metric in numbers}
            versions = (
                course.history.observations.filter(pl.col("metric").is_in(list(numbers)))
                .select(pl.col(name).cast(dtype) for name, dtype in BODIES.items() if name != "batch_id")
                .sort("known_at", maintain_order=True)
                .with_columns(
                    superseded_at=pl.col("known_at").shift(-1).over(GROUP),
                    series=pl.col("metric").replace_strict(numbers, return_dtype=pl.Int32),
                    is_own=pl.col("origin") == pl.col("metric").replace_strict(own, return_dtype=pl.String),
                    origin_number=pl.col("origin").replace_strict(ORIGINS, return_dtype=pl.Int64),
                    after_end=pl.col("known_at").dt.convert_time_zone(self.time_zone).dt.date() > pl.col("period_end"),
                )
            )
            found.append(
                versions.with_columns(
                    look_from=pl.max_horizontal(
                        self._first_look(place, versions["known_at"]), self._ended(place, versions["period_end"])
                    ),
                    look_to=self._first_look(place, versions["superseded_at"]),
                ).filter(pl.col("look_from") < pl.col("look_to"))
            )
        return pl.concat(found)

    def _owed(self) -> pl.DataFrame:
        """What bodies owe, to the last look of each course."""
        found = []
        for place, course in enumerate(self.courses):
            if not course.moments:
                continue
            whole = course.programme
            programme = replace(whole, metrics=targeted(whole))
            calendar = working_calendar(whole.calendar, whole.time_zone)
            numbers = {metric: self._number_of[place, metric] for metric in programme.metrics}
            rows = evaluation.due(
                programme, course.history.reports, calendar.deadline, course.moments[-1], _first_day(course)
            )
            found.append(
                rows.with_columns(
                    series=pl.col("metric").replace_strict(numbers, return_dtype=pl.Int32),
                    look_ended=self._ended(place, rows["period_end"]),
                    look_reported=self._first_look(place, rows["reported_at"]),
                    look_deadline=self._first_look(place, rows["deadline"]),
                ).filter(pl.col("look_ended") < NEVER)
            )
        empty = pl.DataFrame(
            schema=DUE | {"series": pl.Int32, "look_ended": LOOK, "look_reported": LOOK, "look_deadline": LOOK}
        )
        return pl.concat([empty, *found])

    def _dirty(self) -> pl.DataFrame:
        """Which periods may be rolled up differently from which look on (look, pair)."""
        arrived = pl.concat(
            [
                self.observed.select("pair", "body", "series", "period_end", "is_own", look="look_from"),
                self.owed.filter(~pl.col("planned")).select(
                    "pair", "body", "series", "period_end", is_own=pl.lit(value=True), look="look_reported"
                ),
            ]
        ).filter(pl.col("look") < NEVER)
        spoken_of = arrived.select("pair").unique()
        passed = self.owed.filter(pl.col("look_deadline") < NEVER).select("pair", look="look_deadline").unique()
        return (
            pl.concat(
                [
                    arrived.select("look", "pair").unique(),
                    passed.join(spoken_of, on="pair", how="semi").select("look", "pair"),
                    *self._carried_on(arrived),
                ]
            )
            .unique()
            .sort("look", "pair")
        )

    def _carried_on(self, arrived: pl.DataFrame) -> list[pl.DataFrame]:
        """The later periods in which a body is missing whose last known figures have changed (look, pair)."""
        following = (
            self.owed.select("series", "period_end", "look_ended")
            .unique(["series", "period_end"])
            .sort("series", "period_end")
            .with_columns(following_ended=pl.col("look_ended").shift(-1).over("series"))
        )
        late = arrived.join(following, on=["series", "period_end"], how="left").filter(
            pl.col("look") >= pl.col("following_ended").fill_null(-1)
        )
        if late.is_empty():
            return []
        owed = self.owed.select("body", "pair", "look_ended", "look_reported", later="period_end")
        missing = (
            self.with_relatives(late.select("body", "look", "period_end"), self.after)
            .unique()
            .join(owed, on="body")
            .filter(
                pl.col("later") > pl.col("period_end"),
                pl.col("look_ended") <= pl.col("look"),
                (pl.col("look_reported") > pl.col("look")) | pl.col("body").is_in(self.partless.implode()),
            )
        )
        others = (
            late.filter(~pl.col("is_own"))
            .select("series", "look", "period_end")
            .unique()
            .join(
                self.observed.filter(~pl.col("is_own")).select("series", "pair", "look_from", later="period_end"),
                on="series",
            )
            .filter(pl.col("later") > pl.col("period_end"), pl.col("look_from") <= pl.col("look"))
        )
        return [missing.select("look", "pair").unique(), others.select("look", "pair").unique()]

    @cached_property
    def partless(self) -> pl.Series:
        """The bodies whose figures may come without their parts: for the units above they are missing all the same."""
        return self.observed.filter(~pl.col("parts"))["body"].unique()

    @cached_property
    def answers(self) -> pl.DataFrame:
        """Which periods each body has answered for, from which look on, by `thread`: the body and the way it answered.

        What the metric's own source brought is thread 0 of the body; the others follow in the order of origins.
        `newest` is the newest period that it had answered for by then.
        """
        own = self.owed.filter(pl.col("look_reported") < NEVER).select(
            "period_end", thread=pl.col("body") * 8, look="look_reported"
        )
        others = (
            self.observed.filter(~pl.col("is_own"), "after_end")
            .group_by("period_end", thread=pl.col("body") * 8 + 1 + pl.col("origin_number"))
            .agg(look=pl.col("look_from").min())
        )
        return (
            pl.concat([own, others.select(own.columns)])
            .sort("look", "period_end")
            .with_columns(newest=pl.col("period_end").cast(pl.Int32).cum_max().cast(pl.Date).over("thread"))
        )


def targeted(programme: Programme) -> dict[str, Metric]:
    """The metrics that a programme has targets for."""
    wanted = {version.metric for version in programme.targets}
    return {metric.id: metric for metric in programme.metrics.values() if metric.id in wanted}


def _looks_by_course(looks: Sequence[Look], courses: int) -> list[tuple[pl.Series, pl.Series]]:
    """The moments of each course, and the numbers of their looks with NEVER behind them."""
    numbers: list[list[int]] = [[] for _ in range(courses)]
    for number, look in enumerate(looks):
        numbers[look.course].append(number)
    return [
        (pl.Series([looks[number].as_of for number in of], dtype=MOMENT), pl.Series([*of, NEVER], dtype=LOOK))
        for of in numbers
    ]


def _first_day(course: Course) -> date:
    """The first day of which anything owed can matter: what is older than any figure and any deadline says nothing."""
    programme, history = course.programme, course.history
    starts = [history.observations["period_start"].min(), history.reports["period_start"].min()]
    longest = max((_months_to_look_back(programme, metric) for metric in targeted(programme).values()), default=0)
    before = course.moments[0].date() - timedelta(days=31 * longest)
    return max(programme.start, min([before, *(day for day in starts if isinstance(day, date))]))


def _months_to_look_back(programme: Programme, metric: Metric) -> int:
    """How many months before a moment the newest period can have begun whose deadline has passed, and more."""
    deadline = programme.sources[metric.source].deadline
    late = 0 if deadline is None else deadline.months + deadline.working_days // 10 + 2
    return 3 * periods.MONTHS[metric.cadence] + late


def _units(org_units: Iterable[object], observed: pl.DataFrame) -> pl.DataFrame:
    """Every unit of the register, and what else was observed, with a number."""
    keys = [(unit.key.code, unit.key.valid_from) for unit in org_units]  # type: ignore[attr-defined]
    named = pl.DataFrame(keys, schema={"org_unit": pl.String, "org_unit_valid_from": pl.Date}, orient="row")
    return pl.concat([named, observed.select(named.columns)]).unique(maintain_order=True).with_row_index("unit")


def _lines(org_units: Iterable[object], units: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Those before each unit and those after it, at whatever remove: two frames of unit and relative."""
    number = {UnitKey(code, valid_from): unit for unit, code, valid_from in units.iter_rows()}
    after = {
        number[unit.key]: [number[one.unit] for one in unit.successors if one.unit in number]  # type: ignore[attr-defined]
        for unit in org_units
    }
    pairs = {(unit, heir) for unit in after for heir in _reached(unit, after)}
    schema = {"unit": pl.UInt32, "relative": pl.UInt32}
    forward = pl.DataFrame(sorted(pairs), schema=schema, orient="row")
    backward = pl.DataFrame(sorted((heir, unit) for unit, heir in pairs), schema=schema, orient="row")
    return backward, forward


def _reached(unit: int, after: dict[int, list[int]]) -> set[int]:
    found: set[int] = set()
    left = list(after[unit])
    while left:
        heir = left.pop()
        if heir not in found and heir != unit:
            found.add(heir)
            left.extend(after.get(heir, ()))
    return found
