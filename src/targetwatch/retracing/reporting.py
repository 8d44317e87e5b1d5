"""Reporting: what follows from a course's reports where they are counted. A ledger has what followed by its deadlines.

Under another catalogue, or in a test of a target, the deadlines may be others.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from targetwatch import evaluation
from targetwatch.evaluation.coverage import BODIES
from targetwatch.model import Origin
from targetwatch.retracing.course import Course, deadline_of


def reckoned(course: Course) -> Course:
    """The course with every report counted that its programme's targets ask for, as it became known."""
    programme = course.programme
    asked = {version.metric for version in programme.targets}
    counting = {name: metric for name, metric in programme.metrics.items() if metric.reports and name in asked}
    if not counting or not course.moments:
        return course
    until, history = course.moments[-1], course.history
    due = evaluation.due(
        replace(programme, metrics=counting), history.reports, deadline_of(programme), until, programme.start
    )
    counted = evaluation.counted(programme, due, until)
    is_counted = pl.col("metric").is_in(list(counting)) & (pl.col("origin") == Origin.COMPUTED.value)
    others = history.observations.filter(~is_counted)
    observations = pl.concat(
        [frame.select(pl.col(name).cast(dtype) for name, dtype in BODIES.items()) for frame in (others, counted)]
    )
    return replace(course, history=replace(history, observations=observations))
