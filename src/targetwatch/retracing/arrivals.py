"""Arrivals: what became known under each course and what was owed to it, with the looks that see it first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from targetwatch.evaluation import periods
from targetwatch.evaluation.coverage import BODIES, GROUP, own_origin
from targetwatch.evaluation.due import DUE, MOMENT, owed
from targetwatch.model import Metric, Origin, Period, Programme, Source
from targetwatch.retracing.course import ONE_DAY, Course, deadline_of
from targetwatch.retracing.looks import COURSE, LOOK, NEVER, Looks

SERIES = pl.Int32
ORIGINS = {origin.value: place for place, origin in enumerate(Origin)}
OWED = DUE | {"series": SERIES, "look_ended": LOOK, "look_reported": LOOK, "look_deadline": LOOK}


@dataclass(frozen=True, slots=True)
class Series:
    """One metric of one course, by the course's place."""

    course: int
    metric: Metric


def observed(courses: Sequence[Course], series: Sequence[Series], looks: Looks) -> pl.DataFrame:
    """Every version of an observation that a look sees: BODIES, with its series and from which look to before which."""
    named = pl.DataFrame(
        [
            (
                one.course,
                one.metric.id,
                number,
                own_origin(one.metric, courses[one.course].programme.sources[one.metric.source]).value,
            )
            for number, one in enumerate(series)
        ],
        schema={"course": COURSE, "metric": pl.String, "series": SERIES, "own_origin": pl.String},
        orient="row",
    )
    columns = pl.Schema({name: dtype for name, dtype in BODIES.items() if name != "batch_id"})
    known = _together([course.history.observations[columns.names()] for course in courses]).cast(columns)
    time_zone = courses[0].programme.time_zone
    group = ["series", *(name for name in GROUP if name != "metric")]
    versions = (
        known.join(named, on=["course", "metric"], maintain_order="left")
        .sort("known_at", maintain_order=True)
        .with_columns(
            superseded_at=pl.col("known_at").shift(-1).over(group),
            is_own=pl.col("origin") == pl.col("own_origin"),
            origin_number=pl.col("origin").replace_strict(ORIGINS, return_dtype=pl.Int64),
            after_end=pl.col("known_at").dt.convert_time_zone(time_zone).dt.date() > pl.col("period_end"),
        )
    )
    place = versions["course"]
    return (
        versions.with_columns(
            look_from=pl.max_horizontal(
                looks.first_from(place, versions["known_at"]), looks.first_after(place, versions["period_end"])
            ),
            look_to=looks.first_from(place, versions["superseded_at"]),
        )
        .filter(pl.col("look_from") < pl.col("look_to"))
        .drop("course", "own_origin", "superseded_at")
    )


def owing(courses: Sequence[Course], series: Sequence[Series], looks: Looks) -> pl.DataFrame:
    """What bodies owe to the last look of each course (OWED), of the periods that matter, asked for all at once."""
    programme = courses[0].programme
    ends = {unit.valid_to for unit in programme.org_units if unit.valid_to not in (None, date.max)}
    spoken_of = [ends | _ends_of_what_is_known(course) for course in courses]
    metrics: dict[str, Metric] = {}
    sources: dict[str, Source] = {}
    ended: dict[str, Iterable[Period]] = {}
    for number, one in enumerate(series):
        course = courses[one.course]
        if course.moments:
            name, source = str(number), f"{one.course}/{one.metric.source}"
            metrics[name] = replace(one.metric, id=name, source=source)
            sources[source] = replace(course.programme.sources[one.metric.source], id=source)
            ended[name] = _mattering(course, one.metric, spoken_of[one.course])
    columns = ["source", "org_unit", "org_unit_valid_from", "tier", "period_end", "known_at"]
    reports = _together([course.history.reports[columns] for course in courses]).with_columns(
        pl.col("known_at").cast(MOMENT), source=pl.concat_str("course", "source", separator="/")
    )
    every = replace(programme, metrics=metrics, sources=sources)
    rows = owed(every, reports, deadline_of(programme), ended).with_columns(series=pl.col("metric").cast(SERIES))
    place_of = pl.Series([one.course for one in series], dtype=COURSE).gather(rows["series"])
    return (
        rows.with_columns(
            look_ended=looks.first_after(place_of, rows["period_end"]),
            look_reported=looks.first_from(place_of, rows["reported_at"]),
            look_deadline=looks.first_from(place_of, rows["deadline"]),
        )
        .filter(pl.col("look_ended") < NEVER)
        .select(pl.col(name).cast(dtype) for name, dtype in OWED.items())
    )


def targeted(programme: Programme) -> dict[str, Metric]:
    """The metrics that a programme has targets for."""
    wanted = {version.metric for version in programme.targets}
    return {metric.id: metric for metric in programme.metrics.values() if metric.id in wanted}


def _together(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The courses' frames under each other, with the place of the course."""
    places = [place for place, frame in enumerate(frames) for _ in range(frame.height)]
    return pl.concat(frames, how="vertical_relaxed").with_columns(course=pl.Series(places, dtype=COURSE))


def _ends_of_what_is_known(course: Course) -> set[date]:
    """The last days of the periods that anything is known of."""
    history = course.history
    return set(pl.concat([history.observations["period_end"], history.reports["period_end"]]).unique())


def _mattering(course: Course, metric: Metric, ends: Iterable[date]) -> set[Period]:
    """The periods of a metric of which it can matter who owes them.

    They are those that anything is known of, and the last of units that have ended (both by `ends`), and the newest
    ones whose deadline had passed at the course's moments.
    """
    programme = course.programme
    last_ended = periods.last_ended(periods.today(course.moments[-1], programme.time_zone), metric.cadence)
    found = {periods.last_ended(day + ONE_DAY, metric.cadence) for day in ends}
    found.update(_newest_due(course, metric))
    return {one for one in found if one.last_day >= programme.start and one <= last_ended}


def _newest_due(course: Course, metric: Metric) -> Iterator[Period]:
    """The newest period whose deadline had passed, at each of the course's moments."""
    programme = course.programme
    deadline, due_at = programme.sources[metric.source].deadline, deadline_of(programme)
    if deadline is None:
        return
    for moment in course.moments:
        period = periods.last_ended(periods.today(moment, programme.time_zone), metric.cadence)
        while period.last_day >= programme.start and due_at(period.last_day, deadline) > moment:
            period = periods.last_ended(period.last_day, metric.cadence)
        yield period
