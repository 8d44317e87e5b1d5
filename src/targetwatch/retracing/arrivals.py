"""Arrivals: what became known under each course and what was owed to it, with the looks that see it first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from targetwatch.evaluation import periods
from targetwatch.evaluation.coverage import BODIES, GROUP, own_origin
from targetwatch.evaluation.due import DUE, MOMENT, owed
from targetwatch.model import Metric, Origin, Programme, Source
from targetwatch.retracing.course import Course, deadline_of
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
    columns = [pl.col(name).cast(dtype) for name, dtype in BODIES.items() if name != "batch_id"]
    known = pl.concat(
        [
            course.history.observations.select(*columns, course=pl.lit(place, dtype=COURSE))
            for place, course in enumerate(courses)
        ]
    )
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
    """What bodies owe to the last look of each course (OWED), asked for all of them at once."""
    programme = courses[0].programme
    asked = {place: course for place, course in enumerate(courses) if course.moments}
    whole = {
        place: (_first_day(course), periods.today(course.moments[-1], programme.time_zone))
        for place, course in asked.items()
    }
    metrics: dict[str, Metric] = {}
    sources: dict[str, Source] = {}
    stretches: dict[str, tuple[date, date]] = {}
    for number, one in enumerate(series):
        if one.course in asked:
            name, source = str(number), f"{one.course}/{one.metric.source}"
            metrics[name] = replace(one.metric, id=name, source=source)
            sources[source] = replace(asked[one.course].programme.sources[one.metric.source], id=source)
            stretches[name] = whole[one.course]
    reports = pl.concat([_reports(place, course) for place, course in enumerate(courses)])
    every = replace(programme, metrics=metrics, sources=sources)
    rows = owed(every, reports, deadline_of(programme), stretches).with_columns(series=pl.col("metric").cast(SERIES))
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


def _reports(place: int, course: Course) -> pl.DataFrame:
    """The reports of a course, from sources of its own."""
    return course.history.reports.select(
        "org_unit",
        "org_unit_valid_from",
        "tier",
        "period_end",
        pl.col("known_at").cast(MOMENT),
        source=pl.concat_str(pl.lit(f"{place}/"), "source"),
    )


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
