"""Retracing is fast by leaving out what cannot have changed; what it finds is what the plain way finds."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from targetwatch import retracing
from targetwatch.retracing import judging, passes, standing, stock
from targetwatch.settings import CHECKOUT
from tests.retracing.plain import plainly
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
    assert list(whole.passes) == expected
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
