"""The plain way: every rule asked at every moment by itself, as a pass of watch does. Slow, and easy to believe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import polars as pl

from targetwatch import checks, evaluation, incidents
from targetwatch.catalogue.calendar import WorkingCalendar
from targetwatch.evaluation.coverage import GROUP
from targetwatch.model import Incident
from targetwatch.retracing import Course, History, Pass


def plainly(course: Course, suite: Path) -> list[Pass]:
    """The passes of a course, found without any of what makes retracing fast."""
    programme, history = course.programme, course.history
    calendar = WorkingCalendar(programme.calendar, programme.time_zone)
    dues: dict[object, pl.DataFrame] = {}
    frames = []
    for as_of in course.moments:
        due = evaluation.due(programme, history.reports, calendar.deadline, as_of, programme.start)
        rolled = evaluation.roll_up(programme, known(history, as_of), due, as_of)
        frames.append(evaluation.assess(programme, rolled, due, as_of))
        dues[as_of] = due
    frame = pl.concat(frames)
    judgement = checks.judge(frame, suite)
    assert judgement.failures == ()
    decided = evaluation.decide_status(frame, judgement.verdicts)
    live: tuple[Incident, ...] = ()
    number = 1
    passes = []
    for as_of in course.moments:
        assessments = [one for one in decided if one.as_of == as_of]
        deliveries = [delivery for delivery in history.deliveries if delivery.known_at <= as_of]
        owed = incidents.owed_from(programme, dues[as_of], as_of)
        begun = set(history.reports.filter(pl.col("known_at") <= as_of)["source"]) | {one.source for one in deliveries}
        findings = [
            *incidents.target_findings(programme, assessments, live),
            *incidents.late_findings(programme, owed, deliveries, live, as_of, begun),
        ]
        advanced = incidents.advance_all(live, findings, incidents.patience_of(programme), as_of, number)
        number = advanced.next_number
        live = tuple(one for one in advanced.known if one.state.is_live)
        passes.append(Pass(as_of, assessments, advanced.known, advanced.events))
    return passes


def dated(passes: Iterable[Pass]) -> list[Pass]:
    """The passes with everyone's assessment as of the look itself, as the plain way has them."""
    return [replace(one, standing=one.assessments) for one in passes]


def known(history: History, as_of: datetime) -> pl.DataFrame:
    """The newest version of each body's observation that was known at `as_of`."""
    return (
        history.observations.filter(pl.col("known_at") <= as_of)
        .sort("known_at", maintain_order=True)
        .unique(subset=GROUP, keep="last", maintain_order=True)
    )
