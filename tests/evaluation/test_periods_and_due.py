"""Periods of each cadence, and which body owes which."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from targetwatch.evaluation import periods
from targetwatch.evaluation.lineage import lineage
from targetwatch.model import Cadence, Period, UnitKey

from .worlds import START, World, codes, hanoi, metric, programme, source, unit


@pytest.mark.parametrize(
    ("cadence", "first", "last"),
    [
        (Cadence.MONTH, date(2024, 2, 1), date(2024, 2, 29)),
        (Cadence.QUARTER, date(2024, 1, 1), date(2024, 3, 31)),
        (Cadence.YEAR, date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_a_day_lies_in_one_period_of_each_cadence(cadence: Cadence, first: date, last: date) -> None:
    """29 February 2024 is in February, in the first quarter and in the year, first and last days included."""
    held = periods.period_of(date(2024, 2, 29), cadence)
    assert held == Period(first, last)
    assert periods.period_of(first, cadence) == periods.period_of(last, cadence) == held


def test_periods_follow_one_another_over_the_year() -> None:
    """December is followed by January, the fourth quarter by the first, and a year by the next."""
    for cadence in Cadence:
        last = periods.period_of(date(2024, 12, 31), cadence)
        assert periods.following(last, cadence).first_day == date(2025, 1, 1)


def test_on_its_last_day_a_period_still_runs() -> None:
    """On 30 April the newest ended month is March, on 1 May it is April."""
    assert periods.last_ended(date(2025, 4, 30), Cadence.MONTH).last_day == date(2025, 3, 31)
    assert periods.last_ended(date(2025, 5, 1), Cadence.MONTH).last_day == date(2025, 4, 30)


def test_between_includes_both_ends() -> None:
    """From a day in December to a day in February are three months; backwards there is none."""
    months = periods.between(date(2024, 12, 15), date(2025, 2, 1), Cadence.MONTH)
    assert [month.first_day.month for month in months] == [12, 1, 2]
    assert periods.between(date(2025, 2, 1), date(2024, 12, 15), Cadence.MONTH) == []


def test_today_is_a_day_of_the_programmes_time_zone() -> None:
    """At 17:00 UTC it is the next day in Hanoi; a moment without a time zone is refused."""
    assert periods.today(datetime(2025, 4, 30, 17, tzinfo=UTC), "Asia/Ho_Chi_Minh") == date(2025, 5, 1)
    with pytest.raises(ValueError, match="no time zone"):
        periods.today(datetime(2025, 4, 30, 17), "Asia/Ho_Chi_Minh")  # noqa: DTZ001 - that is what is refused


def test_only_ended_periods_are_owed_and_only_by_units_that_were_there() -> None:
    """A unit owes a period when it was valid on its last day; the running month is owed by nobody."""
    units = (unit("001", "district", valid_to=date(2025, 1, 30)), unit("002", "district", valid_from=date(2025, 2, 28)))
    owed = World(programme(units=units)).due(hanoi(date(2025, 3, 31)))
    assert owed.select("org_unit", "period_start").rows() == [("002", date(2025, 2, 1))]


def test_a_deadline_is_asked_for_by_the_periods_last_day() -> None:
    """March 2025 is due at 17:00 on the tenth working day of April; a source without a deadline has none."""
    world = World(programme(units=(unit("001", "district"),)), first_day=date(2025, 3, 1))
    assert world.due(hanoi(date(2025, 4, 1)))["deadline"].to_list() == [hanoi(date(2025, 4, 14), 17)]
    world.programme = programme(units=(unit("001", "district"),), sources=[source(deadline=None)])
    assert world.due(hanoi(date(2025, 4, 1)))["deadline"].to_list() == [None]


def test_only_what_arrives_after_the_period_is_its_report() -> None:
    """Delivered on the last day it is provisional; the first delivery afterwards is the report, whatever follows."""
    world = World(programme(units=(unit("001", "district"),)), first_day=date(2025, 3, 1))
    last_evening, first_morning = hanoi(date(2025, 3, 31), 23, 59), hanoi(date(2025, 4, 1), 0, 1)
    for at in (last_evening, first_morning, hanoi(date(2025, 4, 3))):
        world.tell(["001"], date(2025, 3, 1), 1, 1, at)
    assert world.due(hanoi(date(2025, 4, 9)))["reported_at"].to_list() == [first_morning]
    assert world.due(hanoi(date(2025, 4, 1), 0))["reported_at"].to_list() == [None]


def test_a_quarter_is_reported_with_its_last_month() -> None:
    """Of a monthly source, a quarterly metric's quarter is reported once a report that ends with it has arrived."""
    world = World(
        programme(units=(unit("001", "district"),), metrics=[metric(), metric("quarterly", cadence=Cadence.QUARTER)])
    )
    world.tell(["001"], date(2025, 2, 1), 1, 1, hanoi(date(2025, 3, 3)))
    asked = hanoi(date(2025, 4, 9))
    quarter = world.due(asked).filter(metric="quarterly")
    assert quarter["reported_at"].to_list() == [None]
    world.tell(["001"], date(2025, 3, 1), 1, 1, hanoi(date(2025, 4, 3)))
    assert world.due(asked).filter(metric="quarterly")["reported_at"].to_list() == [hanoi(date(2025, 4, 3))]


def test_what_a_planned_source_is_owed_is_marked() -> None:
    """Deadlines pass for a source that is only planned, so that old figures age, and each such row says so."""
    due = World(programme(sources=[source(planned=True)])).due(hanoi(date(2025, 4, 9)))
    assert not due.is_empty()
    assert due["planned"].all()


def test_every_unit_is_its_own_ancestor_and_below_all_above_it() -> None:
    """A commune is below itself, its district and the city, by code and validity."""
    district = UnitKey("001", START)
    pairs = lineage(programme(units=(unit("001", "district"), unit("00101", "commune", district))).org_units)
    assert sorted(pairs.filter(org_unit="00101")["ancestor"]) == ["001", "00101", "01"]
    assert pairs.height == 6


def test_a_circle_of_units_is_refused() -> None:
    """A unit above itself has no roll-up."""
    first, second = UnitKey("001", START), UnitKey("002", START)
    with pytest.raises(ValueError, match="its own ancestor"):
        lineage((unit("001", "district", second), unit("002", "district", first)))


def test_everybody_owes_every_ended_month() -> None:
    """Thirty districts and three ended months are ninety rows."""
    assert World().due(hanoi(date(2025, 4, 9))).height == len(codes(1, 30)) * 3


def test_days_that_touch_become_one_stretch() -> None:
    """January and February are one stretch, whatever their order and however often they are named; April is another."""
    january, february, april = (periods.period_of(date(2025, month, 1), Cadence.MONTH) for month in (1, 2, 4))
    assert periods.stretches([april, february, january, february]) == [
        Period(january.first_day, february.last_day),
        april,
    ]
    assert periods.stretches([]) == []
