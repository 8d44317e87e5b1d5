"""Shuffling arrival order, or delivering twice, changes nothing: what is found does not depend on it.

That it holds from the inbox to the ledger too is held in test_deliveries_in_any_order.py.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from targetwatch.model import Assessment, TargetVersion
from targetwatch.retracing import Course, History, moments, retrace
from tests.evaluation.worlds import SUITE, hanoi
from tests.properties.generated import MONTHS, Report, examples, histories, known, pasts_of_targets, small_city, world

RANDOM = st.randoms(use_true_random=False)
LOOKS = 7
WHEN_ALL_IS_IN = hanoi(date(2025, 7, 1))
IN_TIME, AT_LAST = st.sampled_from((4, 25)), st.sampled_from((3, 5, 8, 20, 40, 60))


@examples(3, shrinks=False)
@given(histories(MONTHS[:4], IN_TIME), pasts_of_targets(), RANDOM)
def test_the_order_of_what_is_known_and_knowing_it_twice_change_nothing(
    history: list[Report], targets: list[TargetVersion], random: Random
) -> None:
    """The same observations and reports, in any order and some of them twice: every pass finds and tells the same."""
    made = small_city(targets)
    past = known(made, history)
    looks_at = moments(made, past, MONTHS[0], date(2025, 6, 10))
    looks = tuple(sorted(random.sample(looks_at, min(LOOKS, len(looks_at)))))
    mixed = History(mixed_up(past.observations, random), mixed_up(past.reports, random))
    first, again = retrace([Course(made, past, looks), Course(made, mixed, looks)], SUITE, tell=True)
    assert first.check_failures == ()
    assert again == first


def mixed_up(frame: pl.DataFrame, random: Random) -> pl.DataFrame:
    """The rows in another order, and some of them once more."""
    rows = [*range(frame.height), *(row for row in range(frame.height) if random.random() < 1 / 3)]
    random.shuffle(rows)
    return frame[rows]


@examples(6, shrinks=False)
@given(histories(MONTHS[:4], AT_LAST, corrections=0), pasts_of_targets(), RANDOM)
def test_who_reports_first_changes_nothing_once_all_have(
    history: list[Report], targets: list[TargetVersion], random: Random
) -> None:
    """The same reports on other days, the last first if it comes to that: once all are in, all is judged the same."""
    days = [one.days_after for one in history]
    random.shuffle(days)
    otherwise = [replace(one, days_after=after) for one, after in zip(history, days, strict=True)]
    random.shuffle(otherwise)
    made = small_city(targets)
    in_order, mixed = (world(made, reports).assessments(WHEN_ALL_IS_IN) for reports in (history, otherwise))
    assert undated(mixed) == undated(in_order)


def undated(assessments: list[Assessment]) -> list[Assessment]:
    """What was found, but for when its figures became known."""
    return [replace(one, known_at=None) for one in assessments]
