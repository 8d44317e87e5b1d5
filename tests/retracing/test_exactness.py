"""Retracing is fast by leaving out what cannot have changed; what it finds is what the plain way finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import polars as pl
import pytest

from targetwatch import retracing
from targetwatch.evaluation.coverage import BODIES
from targetwatch.model import Deadline, OrgUnit, Path, Reason, Reporters, Scope, Selector, Trajectory
from targetwatch.retracing import judging, passes, standing, stock
from targetwatch.settings import CHECKOUT
from tests.evaluation.worlds import REPORTS, START, hanoi, metric, programme, source, target, unit
from tests.retracing.plain import dated, plainly
from tests.retracing.random_courses import course

SUITE = CHECKOUT / "expectations" / "judgement" / "targets.json"
SEEDS = (101, 102)


@pytest.mark.parametrize("seed", SEEDS)
def test_it_finds_what_the_plain_way_finds(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """On invented deliveries, corrections and re-organised units: the same assessments, incidents and events."""
    looked_at = course(Random(seed))
    expected = plainly(looked_at, SUITE)
    assert sum(len(one.events) for one in expected) > 20
    (whole,) = retracing.retrace([looked_at], SUITE)
    assert dated(whole.passes) == expected
    # In the smallest pieces, and with everything put away as early as it can be.
    monkeypatch.setattr(stock, "FEW", 0)
    for module in (passes, standing, judging):
        monkeypatch.setattr(module, "AT_ONCE", 40)
    (events_alone,) = retracing.retrace([looked_at], SUITE, whole=False)
    assert [one.events for one in events_alone.passes] == [one.events for one in expected]


def test_courses_side_by_side_do_not_touch_each_other() -> None:
    """Courses judged in one run come to what each comes to alone, and so does one whose register is another."""
    courses = [course(Random(seed)) for seed in SEEDS]
    other = replace(courses[0].programme, org_units=courses[0].programme.org_units[::-1])
    courses.append(replace(courses[0], programme=other))
    alone = [retracing.retrace([one], SUITE)[0].passes for one in courses]
    assert [one.passes for one in retracing.retrace(courses, SUITE)] == alone


def test_what_was_last_due_of_a_commune_that_is_gone_counts_for_its_district() -> None:
    """Only the newest deadlines matter: here one passed years ago, and no other of its district has passed since."""
    east, west = unit("001", "district"), unit("002", "district")
    gone = unit("101", "commune", parent=east.key, valid_to=date(2022, 12, 31))
    heir_of_nobody = unit("102", "commune", parent=east.key, valid_from=date(2024, 7, 1))
    silent_since = unit("103", "commune", parent=west.key)
    procedures = source("procedures", deadline=Deadline(7), reporters=(Reporters("commune", "commune"),))
    version = target(
        "communes",
        tier="commune",
        scope=Scope.EACH,
        selector=Selector(level="district"),
        trajectory=Trajectory(Path.HOLD, assumed=False),
        effective_from=START,
    )
    units = (east, west, gone, heir_of_nobody, silent_since)
    made = programme((version,), metrics=(metric(),), sources=(procedures,), units=units)
    month = ("commune", date(2021, 3, 1), date(2021, 3, 31))
    known = pl.DataFrame(
        [("online", *_key(silent_since), *month, "computed", 9, 10, True, hanoi(date(2021, 4, 6)), "")],
        schema=BODIES,
        orient="row",
    )
    reports = pl.DataFrame(
        [("procedures", *_key(silent_since), *month, hanoi(date(2021, 4, 6)))], schema=REPORTS, orient="row"
    )
    looks = tuple(hanoi(day) for day in (date(2024, 7, 10), date(2024, 8, 1), date(2024, 8, 20), date(2024, 11, 1)))
    looked_at = retracing.Course(made, retracing.History(known, reports), looks)
    (found,) = retracing.retrace([looked_at], SUITE, late=False)
    assert [one.assessments for one in found.passes] == [one.assessments for one in plainly(looked_at, SUITE)]
    (in_the_east,) = (one for one in found.passes[0].assessments if one.org_unit == "001")
    assert (in_the_east.reason, in_the_east.deadline) == (Reason.NEVER_OBSERVED, hanoi(date(2023, 1, 11), 17))


def _key(unit: OrgUnit) -> tuple[str, date]:
    return unit.key.code, unit.key.valid_from
