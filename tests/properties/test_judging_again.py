"""Judging one period again and again changes nothing.

That an incident's life does not count a look twice is held in tests/incidents/test_lifecycle.py; here whole pasts are
gone over, with more looks at what has not changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from targetwatch.model import Assessment, IncidentEvent, TargetVersion
from targetwatch.retracing import Course, Pass, moments, retrace
from tests.evaluation.worlds import SUITE
from tests.properties.generated import MONTHS, Report, examples, histories, known, pasts_of_targets, small_city

UNTIL = date(2025, 5, 31)
LOOKS = 7  # of all that could be taken; one costs a twentieth of a second
IN_TIME = st.sampled_from((4, 11, 25))  # days after a month's end; a report is due by about the fifteenth
HALF_AN_HOUR = timedelta(minutes=30)


def as_found(passes: Iterable[Pass]) -> list[list[Assessment]]:
    """What was found at each look, whenever that was."""
    return [[replace(one, as_of=datetime.min) for one in each.assessments] for each in passes]  # noqa: DTZ901


def happened(passes: Iterable[Pass]) -> list[IncidentEvent]:
    """Everything that happened to incidents, and when."""
    return [event for each in passes for event in each.events]


@examples(2, shrinks=False)
@given(histories(MONTHS[:4], IN_TIME), pasts_of_targets(), st.randoms(use_true_random=False))
def test_looking_three_times_is_looking_once(
    history: list[Report], targets: list[TargetVersion], random: Random
) -> None:
    """A second and a third look within the hour find the same, and nothing happens, is told, or is counted by them."""
    made = small_city(targets)
    past = known(made, history)
    looks_at = moments(made, past, MONTHS[0], UNTIL)
    once = tuple(sorted(moment - 2 * HALF_AN_HOUR for moment in random.sample(looks_at, min(LOOKS, len(looks_at)))))
    thrice = tuple(moment + again * HALF_AN_HOUR for moment in once for again in range(3))
    first, again = retrace([Course(made, past, once), Course(made, past, thrice)], SUITE, tell=True)
    assert first.check_failures == again.check_failures == ()
    assert happened(again.passes) == happened(first.passes)
    for late in (1, 2):
        looks = again.passes[late::3]
        assert as_found(looks) == as_found(first.passes)
        assert [(one.events, one.notifications) for one in looks] == [((), ())] * len(once)
    assert [one.notifications for one in again.passes[::3]] == [one.notifications for one in first.passes]
    assert [live(one) for one in again.passes[2::3]] == [live(one) for one in first.passes]


def live(one: Pass) -> list[object]:
    """The incidents that go on after a look."""
    return [incident for incident in one.incidents if incident.state.is_live]


@examples(2, shrinks=False)
@given(histories(MONTHS[:2], IN_TIME), pasts_of_targets(), st.sets(st.integers(20, 75), min_size=4, max_size=10))
def test_days_on_which_nothing_could_change_change_nothing(
    history: list[Report], targets: list[TargetVersion], days: set[int]
) -> None:
    """Looking in on any other days too, between those on which something can have changed, adds nothing."""
    made = small_city(targets)
    past = known(made, history)
    few = moments(made, past, MONTHS[0], MONTHS[3])
    many = tuple(sorted({*few, *(few[0] + timedelta(days=day) for day in days)}))
    first, again = retrace([Course(made, past, few), Course(made, past, many)], SUITE)
    assert happened(again.passes) == happened(first.passes)
    of_few = [one for one in again.passes if one.as_of in few]
    assert as_found(of_few) == as_found(first.passes)
    assert live(again.passes[-1]) == live(first.passes[-1])
