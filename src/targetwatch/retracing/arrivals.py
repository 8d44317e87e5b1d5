"""Arrivals: what became known under each course and what was owed to it, with the looks that see it first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from targetwatch.evaluation import periods
from targetwatch.evaluation.coverage import BODIES, own_origin
from targetwatch.evaluation.due import MOMENT, asked_of, first_reports, owed
from targetwatch.model import Metric, Origin, Period, Programme
from targetwatch.retracing.course import ONE_DAY, Course, deadline_of
from targetwatch.retracing.looks import COURSE, NEVER, Looks

SERIES = pl.Int32
ORIGINS = {origin.value: place for place, origin in enumerate(Origin)}
KNOWN = pl.Schema({name: dtype for name, dtype in BODIES.items() if name != "batch_id"})
REPORTS = ("source", "org_unit", "org_unit_valid_from", "tier", "period_end", "known_at")
_SERIES: dict[str, Any] = {"series": SERIES, "course": COURSE, "metric": pl.String, "own_origin": pl.String}


@dataclass(frozen=True, slots=True)
class Series:
    """One metric of one course, by the course's place."""

    course: int
    metric: Metric


class Arrivals:
    """What became known under courses, and who owed what, all of it in one frame each.

    `programme` has a metric for every one of `series`, by its number, and the sources of every course, by its place.
    `known` are the observations (KNOWN) of these metrics with `series` and `own_origin`, the later ones last.
    """

    def __init__(self, courses: Sequence[Course]) -> None:
        self._courses = courses
        self.series = [
            Series(place, metric)
            for place, course in enumerate(courses)
            for metric in targeted(course.programme).values()
        ]
        self._places = pl.Series([one.course for one in self.series], dtype=COURSE)
        self.programme = _side_by_side(courses, self.series)
        observations = _together([course.history.observations[KNOWN.names()] for course in courses])
        self._reports = _together([course.history.reports[REPORTS] for course in courses])
        self._ends: dict[int, set[date]] = defaultdict(set)
        ends = pl.concat([frame.select("course", "period_end") for frame in (observations, self._reports)])
        for course, end in ends.unique().iter_rows():
            self._ends[course].add(end)
        named = [
            (number, one.course, one.metric.id, own_origin(metric, self.programme.sources[metric.source]).value)
            for number, (one, metric) in enumerate(zip(self.series, self.programme.metrics.values(), strict=True))
        ]
        self.known = (
            observations.lazy()
            .join(pl.LazyFrame(named, schema=_SERIES, orient="row"), on=["course", "metric"], maintain_order="left")
            .drop("course")
            .cast(KNOWN)
            .sort("known_at", maintain_order=True)
            .collect(engine="in-memory")
        )

    def courses_of(self, series: pl.Series) -> pl.Series:
        """The places of the courses that these series are of."""
        return self._places.gather(series)

    def asked(self, looks: Looks) -> pl.DataFrame:
        """The periods that matter of each series (PERIODS), with `series` and the look at which the deadline passed."""
        programme = self._courses[0].programme
        of_units = {unit.valid_to for unit in programme.org_units if unit.valid_to not in (None, date.max)}
        ended = {
            str(number): _mattering(course, one.metric, of_units | self._ends[one.course], looks)
            for number, one in enumerate(self.series)
            for course in (self._courses[one.course],)
            if course.moments
        }
        asked = asked_of(self.programme, deadline_of(programme), ended)
        series = asked["metric"].cast(SERIES)
        return asked.with_columns(
            series=series, look_deadline=looks.first_from(self.courses_of(series), asked["deadline"])
        )

    def owed(self, asked: pl.DataFrame, looks: Looks) -> pl.DataFrame:
        """Who owes what is `asked`, as evaluation.due.owed has it, and the look from which on it was reported."""
        reports = self._reports.with_columns(
            pl.col("known_at").cast(MOMENT), source=pl.concat_str("course", "source", separator="/")
        )
        first = first_reports(reports, self.programme.time_zone)
        places = {f"{place}/{key}": place for place, one in enumerate(self._courses) for key in one.programme.sources}
        courses = first["source"].replace_strict(places, default=None, return_dtype=COURSE)
        reported = first.with_columns(look_reported=looks.first_from(courses, first["reported_at"]))
        return owed(self.programme, asked, reported).with_columns(pl.col("look_reported").fill_null(NEVER))


def versions(known: pl.DataFrame, looks: Looks, courses: pl.Series) -> pl.DataFrame:
    """Every version of an observation that a look sees: `known`, numbered, and from which look to before which.

    `courses` are the places of the courses of the rows.
    """
    look = looks.first_from(courses, known["known_at"])
    return (
        known.lazy()
        .with_columns(
            is_own=pl.col("origin") == pl.col("own_origin"),
            origin_number=pl.col("origin").replace_strict(ORIGINS, return_dtype=pl.Int64),
            after_end=pl.col("known_at").dt.convert_time_zone(looks.time_zone).dt.date() > pl.col("period_end"),
            look_from=pl.max_horizontal(look, "look_ended"),
            look_to=look,
        )
        .with_columns(pl.col("look_to").shift(-1).over("body", "pair", "origin_number").fill_null(NEVER))
        .filter(pl.col("look_from") < pl.col("look_to"))
        .drop("own_origin")
        .collect(engine="in-memory")
    )


def targeted(programme: Programme) -> dict[str, Metric]:
    """The metrics that a programme has targets for."""
    wanted = {version.metric for version in programme.targets}
    return {metric.id: metric for metric in programme.metrics.values() if metric.id in wanted}


def _side_by_side(courses: Sequence[Course], series: Sequence[Series]) -> Programme:
    """One programme of all courses, without targets: the metrics and the sources under names of their own."""
    sources = {
        name: replace(source, id=name)
        for place, course in enumerate(courses)
        for key, source in course.programme.sources.items()
        for name in (f"{place}/{key}",)
    }
    metrics = {
        str(number): replace(one.metric, id=str(number), source=f"{one.course}/{one.metric.source}")
        for number, one in enumerate(series)
    }
    return replace(courses[0].programme, metrics=metrics, sources=sources, targets=())


def _together(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The courses' frames under each other, with the place of the course."""
    places = [place for place, frame in enumerate(frames) for _ in range(frame.height)]
    return pl.concat(frames, how="vertical_relaxed").with_columns(course=pl.Series(places, dtype=COURSE))


def _mattering(course: Course, metric: Metric, ends: Iterable[date], looks: Looks) -> set[Period]:
    """The periods of a metric of which it can matter who owes them.

    They are those that anything is known of, and the last of units that have ended (both by `ends`), and the newest
    ones whose deadline had passed at the course's moments.
    """
    programme = course.programme
    last_ended = looks.last_ended(periods.today(course.moments[-1], programme.time_zone), metric.cadence)
    found = {looks.last_ended(day + ONE_DAY, metric.cadence) for day in ends}
    found.update(_newest_due(course, metric, looks))
    return {one for one in found if one.last_day >= programme.start and one <= last_ended}


def _newest_due(course: Course, metric: Metric, looks: Looks) -> Iterator[Period]:
    """The newest period whose deadline had passed, at each of the course's moments."""
    programme = course.programme
    deadline, due_at = programme.sources[metric.source].deadline, deadline_of(programme)
    if deadline is None:
        return
    for moment in course.moments:
        period = looks.last_ended(periods.today(moment, programme.time_zone), metric.cadence)
        while period.last_day >= programme.start and due_at(period.last_day, deadline) > moment:
            period = looks.last_ended(period.last_day, metric.cadence)
        yield period
