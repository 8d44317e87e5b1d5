"""What was restated comes out of what is rolled up anyway: the same as out of two roll-ups, one for each look."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random

import polars as pl
import pytest

from targetwatch import evaluation
from targetwatch.catalogue.calendar import WorkingCalendar
from targetwatch.evaluation.coverage import OBSERVED
from targetwatch.evaluation.restatements import FIGURES
from targetwatch.retracing import Course, stock
from targetwatch.retracing.arrivals import targeted
from targetwatch.retracing.reporting import reckoned
from targetwatch.retracing.restating import Restating
from targetwatch.retracing.standing import Standing
from targetwatch.retracing.stock import FIGURES_BEFORE
from targetwatch.retracing.timeline import Timeline
from tests.retracing.plain import known
from tests.retracing.random_courses import course

COLUMNS = [*OBSERVED, *FIGURES, *FIGURES_BEFORE.values()]


def test_every_figure_that_is_another_one_is_found_at_the_look_that_finds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """On invented deliveries and corrections, with old periods put away between the looks and brought back."""
    monkeypatch.setattr(stock, "FEW", 0)
    made = reckoned(course(Random(101)))
    looked_at = replace(made, moments=made.moments[::4])
    timeline = Timeline([looked_at])
    restating = Restating(timeline)
    standing = Standing(timeline, restating)
    for look in range(len(timeline.looks)):
        standing.advance(look, look)
    found = restating.by_look()
    expected = {look: rows for look, rows in _plainly(looked_at).items() if not rows.is_empty()}
    assert len(expected) > 3
    assert {look: sorted(rows.select(COLUMNS).rows()) for look, rows in found.items()} == {
        look: sorted(rows.rows()) for look, rows in expected.items()
    }


def _plainly(looked_at: Course) -> dict[int, pl.DataFrame]:
    """At each look the figures of targets' metrics that are others than those of the roll-up before."""
    programme, history = looked_at.programme, looked_at.history
    calendar = WorkingCalendar(programme.calendar, programme.time_zone)
    rolled = []
    for as_of in looked_at.moments:
        due = evaluation.due(programme, history.reports, calendar.deadline, as_of, programme.start)
        now = evaluation.roll_up(programme, known(history, as_of), due, as_of)
        rolled.append(now.filter(pl.col("metric").is_in(list(targeted(programme)))).select(*OBSERVED, *FIGURES))
    is_other = pl.any_horizontal(pl.col(name) != pl.col(f"{name}_before") for name in ("numerator", "denominator"))
    return {
        look + 1: after.join(before, on=OBSERVED, suffix="_before").filter(is_other).select(COLUMNS)
        for look, (before, after) in enumerate(pairwise(rolled))
    }
