"""Working days and deadlines, against the dates that the design works through by hand."""

from datetime import UTC, date, datetime, time, timedelta
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


# Official days off on which offices would be open otherwise, as the yearly decisions have them, weekends left out.
DAYS_OFF = {
    2024: (
        "01-01",
        *("02-08", "02-09", "02-12", "02-13", "02-14"),  # Tết, from the 29th of the last month
        "04-18",  # the Hung Kings: the tenth of the third lunar month
        *("04-29", "04-30", "05-01"),  # 29 April in exchange for Saturday 4 May
        *("09-02", "09-03"),
    ),
    2025: (
        "01-01",
        *("01-27", "01-28", "01-29", "01-30", "01-31"),
        "04-07",
        *("04-30", "05-01", "05-02"),  # 2 May in exchange for Saturday 26 April
        *("09-01", "09-02"),
    ),
    2026: (
        "01-01",
        *("02-16", "02-17", "02-18", "02-19", "02-20"),
        "04-27",  # the Hung Kings' day is a Sunday: the Monday after it instead
        *("04-30", "05-01"),
        *("08-31", "09-01", "09-02"),  # 31 August in exchange for Saturday 22 August
        "11-24",  # the day of Vietnamese culture, off from 2026 on
    ),
}
SATURDAYS_WORKED = (date(2024, 5, 4), date(2025, 4, 26), date(2026, 8, 22))


@pytest.mark.parametrize("year", DAYS_OFF)
def test_every_day_off_of_a_year_is_known_and_no_other(calendar: WorkingCalendar, year: int) -> None:
    """Of all days of a year those are worked that are no weekend and no day off, and the Saturdays paid with."""
    off = {date.fromisoformat(f"{year}-{day}") for day in DAYS_OFF[year]}
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(366)]
    days = [day for day in days if day.year == year]
    expected = {day for day in days if (day.weekday() < 5 and day not in off) or day in SATURDAYS_WORKED}
    assert {day for day in days if calendar.is_working_day(day)} == expected


@pytest.mark.parametrize(
    ("period_end", "due"),
    [
        (date(2024, 1, 31), date(2024, 2, 21)),  # five days of Tết
        (date(2024, 3, 31), date(2024, 4, 12)),  # the Hung Kings come after
        (date(2024, 4, 30), date(2024, 5, 14)),  # 1 May is off, and Saturday 4 May is worked
        (date(2024, 8, 31), date(2024, 9, 17)),  # 2 and 3 September
        (date(2025, 3, 31), date(2025, 4, 15)),  # the Hung Kings, on 7 April
        (date(2025, 8, 31), date(2025, 9, 16)),
        (date(2026, 1, 31), date(2026, 2, 13)),  # the last day before Tết
        (date(2026, 2, 28), date(2026, 3, 13)),
        (date(2026, 3, 31), date(2026, 4, 14)),
        (date(2026, 4, 30), date(2026, 5, 15)),
        (date(2026, 8, 31), date(2026, 9, 16)),
    ],
    ids=str,
)
def test_deadlines_around_the_holidays(calendar: WorkingCalendar, period_end: date, due: date) -> None:
    """The tenth working day after a month, where Tết, the Hung Kings, 30 April, 1 May or 2 September lie between."""
    assert calendar.deadline(period_end, TENTH_WORKING_DAY) == datetime.combine(due, time(17, 0), tzinfo=HANOI)


def test_a_swap_that_the_library_does_not_know_is_declared() -> None:
    """A Friday off for a Saturday worked moves a deadline that lies between the two by a day, and no other."""
    declared = Calendar("VN", WEEKEND, (date(2026, 1, 2),), (date(2026, 1, 10),))
    without, with_it = (WorkingCalendar(one, "Asia/Ho_Chi_Minh") for one in (Calendar("VN", WEEKEND), declared))
    december = date(2025, 12, 31)
    moved = [one.deadline(december, Deadline(working_days=5)).astimezone(HANOI).date() for one in (without, with_it)]
    assert moved == [date(2026, 1, 8), date(2026, 1, 9)]
    same = [one.deadline(december, TENTH_WORKING_DAY).astimezone(HANOI).date() for one in (without, with_it)]
    assert same == [date(2026, 1, 15), date(2026, 1, 15)]


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
