"""Passes: courses in, passes out, by way of one timeline for all courses that share their units and their days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from targetwatch.garbage import without_collecting
from targetwatch.retracing.course import Course, Pass, Retraced
from targetwatch.retracing.judging import Looked, judge
from targetwatch.retracing.lateness import Lateness
from targetwatch.retracing.lives import Life
from targetwatch.retracing.reporting import reckoned
from targetwatch.retracing.restating import Restating
from targetwatch.retracing.standing import Standing
from targetwatch.retracing.telling import Messenger
from targetwatch.retracing.timeline import Timeline

AT_ONCE = 100_000  # rows of what is owed that are rolled up in one go, which bounds the memory

SHARED = ("org_units", "time_zone", "calendar")  # what the courses of one timeline have in common


def retraced(
    courses: Sequence[Course], suite: Path, *, tell: bool, worded: bool, whole: bool, late: bool
) -> list[Retraced]:
    """See targetwatch.retracing.retrace."""
    whole = whole or tell
    courses = [reckoned(course) for course in courses]
    with without_collecting():
        looked = [_looked(theirs, tell=tell) for theirs in _alike(courses)]
        judged = judge(looked, suite, whole=whole)
        made = [(one.courses, one.looks, one.begun_anew, one.restated) for one in looked]
        del looked  # what was assessed takes much memory, and the judgement has what it needs of it
        found: dict[int, Retraced] = {}
        for courses_alike, looks, begun_anew, restated in made:
            lives = [
                Life(
                    course,
                    Lateness(course) if late else None,
                    _messenger(course, worded=worded) if tell else None,
                    whole=whole,
                )
                for course in courses_alike
            ]
            passes: list[list[Pass]] = [[] for _ in lives]
            for number, look in enumerate(looks):
                assessed = next(judged.by_look)
                life, is_anew, other = lives[look.course], number in begun_anew, restated.get(number)
                passes[look.course].append(life.go_on(look.as_of, assessed, anew=is_anew, restated=other))
            for course, theirs in zip(courses_alike, passes, strict=True):
                found[id(course)] = Retraced(tuple(theirs), judged.failures)
        return [found[id(course)] for course in courses]


def _messenger(course: Course, *, worded: bool) -> Messenger | None:
    """Who tells what happens in a course; none where no route leads to anybody."""
    return Messenger(course, worded=worded) if course.programme.routing.root is not None else None


def _alike(courses: Sequence[Course]) -> list[list[Course]]:
    """The courses by what they share."""
    alike: list[list[Course]] = []
    for course in courses:
        for group in alike:
            one = group[0].programme
            if all(getattr(one, name) == getattr(course.programme, name) for name in SHARED):
                group.append(course)
                break
        else:
            alike.append([course])
    return alike


def _looked(courses: Sequence[Course], *, tell: bool) -> Looked:
    """Everything that is assessed at the looks of courses that share their units."""
    timeline = Timeline(courses)
    restating = Restating(timeline) if tell else None
    standing = Standing(timeline, restating)
    assessed = pl.concat([standing.advance(first, last) for first, last in _stretches(timeline)])
    anew = frozenset(number for number in range(len(timeline.looks)) if standing.is_anew(number))
    return Looked(courses, timeline.looks, assessed, anew, restating.by_look() if restating is not None else {})


def _stretches(timeline: Timeline) -> Iterator[tuple[int, int]]:
    """The looks in stretches that are worked on in one go."""
    sizes = timeline.owed.group_by("pair").len("size")
    by_look = dict(
        timeline.dirty.join(sizes, on="pair", how="left").group_by("look").agg(pl.col("size").sum()).iter_rows()
    )
    first, rows, last = 0, 0, len(timeline.looks) - 1
    for look in range(last + 1):
        rows += by_look.get(look, 0)
        if rows >= AT_ONCE or look == last:
            yield first, look
            first, rows = look + 1, 0
