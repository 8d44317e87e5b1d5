"""Working days and deadlines, against the dates that the design works through by hand."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from targetwatch.catalogue.calendar import UnknownCountryError, WorkingCalendar, is_known_country
from targetwatch.model import Calendar, Deadline

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
WEEKEND = (5, 6)
TENTH_WORKING_DAY = Deadline(working_days=10, at=time(17, 0))


@pytest.fixture(scope="module")
def calendar() -> WorkingCalendar:
    """The calendar of Hanoi's programme."""
    return WorkingCalendar(Calendar("VN", WEEKEND), "Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("period_end", "due"),
    [
        (date(2025, 4, 30), date(2025, 5, 16)),  # 1 May and the bridged 2 May are off
        (date(2025, 5, 31), date(2025, 6, 13)),
        (date(2025, 6, 30), date(2025, 7, 14)),
        (date(2024, 3, 31), date(2024, 4, 12)),
        (date(2024, 10, 31), date(2024, 11, 14)),
        (date(2024, 11, 30), date(2024, 12, 13)),
        (date(2024, 12, 31), date(2025, 1, 15)),  # New Year's Day is off
        (date(2025, 1, 31), date(2025, 2, 14)),  # Tết lasts to 2 February
        (date(2024, 1, 31), date(2024, 2, 21)),  # Tết, 8 to 14 February
    ],
    ids=str,
)
def test_a_month_is_due_on_the_tenth_working_day_after_it(
    calendar: WorkingCalendar, period_end: date, due: date
) -> None:
    """Deadlines fall on the days that the worked example and the mock-ups name, at 17:00 in Hanoi."""
    moment = calendar.deadline(period_end, TENTH_WORKING_DAY)
    assert moment == datetime.combine(due, time(17, 0), tzinfo=HANOI)
    assert moment.tzinfo is UTC


def test_a_deadline_can_count_whole_months(calendar: WorkingCalendar) -> None:
    """The ranking of 2023 was due by the end of July 2024, working day or not."""
    moment = calendar.deadline(date(2023, 12, 31), Deadline(working_days=0, months=7))
    assert moment == datetime(2024, 7, 31, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period_end", "months", "due"),
    [
        (date(2024, 11, 30), 1, date(2024, 12, 31)),  # the month's last day stays the month's last day
        (date(2023, 12, 31), 2, date(2024, 2, 29)),
        (date(2024, 12, 31), 2, date(2025, 2, 28)),
        (date(2025, 2, 28), 12, date(2026, 2, 28)),
        (date(2025, 1, 15), 1, date(2025, 2, 15)),
        (date(2025, 1, 30), 1, date(2025, 2, 28)),
    ],
    ids=str,
)
def test_months_keep_to_the_ends_of_months(calendar: WorkingCalendar, period_end: date, months: int, due: date) -> None:
    """A last day of a month stays one, and a day that a month lacks becomes its last."""
    assert calendar.deadline(period_end, Deadline(0, months, time(0, 0))).astimezone(HANOI).date() == due


def test_working_days_follow_the_months(calendar: WorkingCalendar) -> None:
    """Months are counted first, then working days from there."""
    moment = calendar.deadline(date(2024, 11, 30), Deadline(working_days=2, months=1, at=time(9, 30)))
    assert moment == datetime(2025, 1, 3, 9, 30, tzinfo=HANOI)


def test_an_escalation_waits_out_a_holiday(calendar: WorkingCalendar) -> None:
    """Five working days from 12 April 2024 end on the 22nd, because the Hung Kings are remembered on the 18th."""
    assert calendar.add_working_days(date(2024, 4, 12), 5) == date(2024, 4, 22)
    assert calendar.add_working_days(date(2024, 4, 12), 0) == date(2024, 4, 12)
    with pytest.raises(ValueError, match="from 0 on"):
        calendar.add_working_days(date(2024, 4, 12), -1)


def test_holidays_weekends_and_bridged_days(calendar: WorkingCalendar) -> None:
    """People rest on weekends, holidays and bridged days, and work on the Saturdays that those are paid with."""
    assert calendar.is_working_day(date(2025, 6, 13))
    assert not calendar.is_working_day(date(2025, 6, 14))
    assert not calendar.is_working_day(date(2025, 1, 29))
    assert not calendar.is_working_day(date(2025, 5, 2))
    assert calendar.is_working_day(date(2025, 4, 26))


def test_the_programme_may_declare_days_of_its_own() -> None:
    """Declared days come before what the country's calendar says."""
    declared = Calendar("VN", WEEKEND, (date(2025, 6, 5),), (date(2025, 6, 7), date(2025, 9, 2)))
    calendar = WorkingCalendar(declared, "Asia/Ho_Chi_Minh")
    assert not calendar.is_working_day(date(2025, 6, 5))
    assert calendar.is_working_day(date(2025, 6, 7))
    assert calendar.is_working_day(date(2025, 9, 2))
    moment = calendar.deadline(date(2025, 5, 31), TENTH_WORKING_DAY)
    assert moment == datetime(2025, 6, 13, 17, 0, tzinfo=HANOI)  # one more and one fewer


def test_a_country_without_holidays_is_refused() -> None:
    """A country that nothing is known of is not taken for one without holidays."""
    assert is_known_country("VN")
    assert not is_known_country("XX")
    with pytest.raises(UnknownCountryError, match="XX"):
        WorkingCalendar(Calendar("XX", WEEKEND), "Asia/Ho_Chi_Minh")


def test_a_calendar_without_working_days_ends_the_search() -> None:
    """Counting by a calendar that has no working day is an error and no endless loop."""
    with pytest.raises(ValueError, match="too few working days"):
        WorkingCalendar(Calendar("VN", tuple(range(7))), "Asia/Ho_Chi_Minh").add_working_days(date(2030, 1, 1), 300)
