"""Passes: courses in, passes out, by way of one timeline for all courses that share their units."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from targetwatch.retracing.course import Course, Retraced
from targetwatch.retracing.judging import Looked, judge
from targetwatch.retracing.lives import lived
from targetwatch.retracing.standing import Standing
from targetwatch.retracing.telling import Messenger
from targetwatch.retracing.timeline import Timeline

AT_ONCE = 300_000  # rows of what is owed that are rolled up in one go, which bounds the memory


def retraced(courses: Sequence[Course], suite: Path, *, tell: bool, whole: bool) -> list[Retraced]:
    """See targetwatch.retracing.retrace."""
    whole = whole or tell
    with _without_collecting():
        looked = [_looked(theirs) for theirs in _alike(courses)]
        judged = judge(looked, suite, whole=whole)
        found = {}
        for one, by_look in zip(looked, judged.by_look, strict=True):
            for place, course in enumerate(one.timeline.courses):
                looks = [number for number, look in enumerate(one.timeline.looks) if look.course == place]
                moments = {one.timeline.looks[number].as_of: number for number in looks}
                assessed = {as_of: by_look.get(number, []) for as_of, number in moments.items()}
                anew = frozenset(as_of for as_of, number in moments.items() if number in one.begun_anew)
                messenger = Messenger(course) if tell else None
                passes = tuple(lived(course, assessed, anew, messenger, whole=whole))
                found[id(course)] = Retraced(passes, judged.failures)
        return [found[id(course)] for course in courses]


def _alike(courses: Sequence[Course]) -> list[list[Course]]:
    """The courses by what they share: their units and their time zone."""
    alike: list[list[Course]] = []
    for course in courses:
        for group in alike:
            one = group[0].programme
            if one.time_zone == course.programme.time_zone and one.org_units == course.programme.org_units:
                group.append(course)
                break
        else:
            alike.append([course])
    return alike


def _looked(courses: Sequence[Course]) -> Looked:
    """Everything that is assessed at the looks of courses that share their units."""
    timeline = Timeline(courses)
    standing = Standing(timeline)
    assessed = pl.concat([standing.advance(first, last) for first, last in _stretches(timeline)])
    anew = frozenset(number for number in range(len(timeline.looks)) if standing.is_anew(number))
    return Looked(timeline, assessed, anew)


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


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Leave out looking for circles of garbage: of millions of small objects that stay, it would find none for long."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
