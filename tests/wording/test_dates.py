"""Days, moments and periods in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targetwatch.model import Cadence, Language, Period
from targetwatch.wording import dates

VI, EN = Language.VI, Language.EN
HANOI = "Asia/Ho_Chi_Minh"


def test_a_day_in_both_languages() -> None:
    """21 November 2024 is written as each language writes it, September in three letters."""
    assert dates.day(date(2024, 11, 21), VI) == "21/11/2024"
    assert dates.day(date(2024, 11, 21), EN) == "21 Nov 2024"
    assert dates.day(date(2025, 9, 5), VI) == "05/09/2025"
    assert dates.day(date(2025, 9, 5), EN) == "5 Sep 2025"
    assert dates.day(date(2024, 4, 22), VI, year=False) == "22/04"
    assert dates.day(date(2024, 4, 22), EN, year=False) == "22 Apr"


def test_a_moment_is_read_off_the_clock_of_its_zone() -> None:
    """10:05 UTC is 17:05 in Hanoi, and after 17:00 UTC it is the next day there."""
    assert dates.moment(datetime(2024, 11, 14, 10, 5, tzinfo=UTC), HANOI, VI) == "17:05 ngày 14/11/2024"
    assert dates.moment(datetime(2024, 11, 14, 10, 5, tzinfo=UTC), HANOI, EN) == "17:05, 14 Nov 2024"
    assert dates.moment(datetime(2024, 11, 14, 20, 0, tzinfo=UTC), HANOI, EN) == "03:00, 15 Nov 2024"
    assert dates.moment(datetime(2024, 11, 14, 20, 0, tzinfo=UTC), "UTC", EN) == "20:00, 14 Nov 2024"
    assert dates.local_day(datetime(2024, 11, 14, 20, 0, tzinfo=UTC), HANOI) == date(2024, 11, 15)


@pytest.mark.parametrize(
    ("first", "last", "vi", "vi_short", "en", "en_short"),
    [
        (date(2026, 3, 1), date(2026, 3, 31), "tháng 3/2026", "3/2026", "March 2026", "Mar 2026"),
        (date(2024, 2, 1), date(2024, 2, 29), "tháng 2/2024", "2/2024", "February 2024", "Feb 2024"),
        (date(2024, 7, 1), date(2024, 9, 30), "quý III/2024", "quý III/2024", "Q3 2024", "Q3 2024"),
        (date(2024, 1, 1), date(2024, 12, 31), "năm 2024", "2024", "2024", "2024"),
        (
            date(2024, 1, 1), date(2024, 1, 14),
            "01/01/2024–14/01/2024", "01/01/2024–14/01/2024", "1 Jan 2024–14 Jan 2024", "1 Jan 2024–14 Jan 2024",
        ),
    ],
)  # fmt: skip
def test_a_period_is_called_by_its_cadence(
    first: date, last: date, vi: str, vi_short: str, en: str, en_short: str
) -> None:
    """A month, a quarter and a year have names; any other stretch is its two days."""
    period = Period(first, last)
    assert (dates.period(period, VI), dates.period(period, VI, short=True)) == (vi, vi_short)
    assert (dates.period(period, EN), dates.period(period, EN, short=True)) == (en, en_short)


def test_three_months_across_quarters_are_no_quarter() -> None:
    """February to April is not a quarter of any calendar, and twelve months from July are no year."""
    assert dates.cadence_of(Period(date(2024, 2, 1), date(2024, 4, 30))) is None
    assert dates.cadence_of(Period(date(2024, 7, 1), date(2025, 6, 30))) is None
    assert dates.cadence_of(Period(date(2024, 4, 1), date(2024, 6, 30))) is Cadence.QUARTER


@pytest.mark.parametrize(
    ("due", "today", "vi", "en"),
    [
        (date(2025, 12, 31), date(2024, 4, 12), "còn 20 tháng", "20 months left"),
        (date(2025, 12, 31), date(2024, 11, 21), "còn 13 tháng", "13 months left"),
        (date(2021, 6, 30), date(2024, 11, 21), "quá hạn 40 tháng", "40 months overdue"),
        (date(2024, 11, 30), date(2024, 11, 21), "còn 9 ngày", "9 days left"),
        (date(2024, 11, 22), date(2024, 11, 21), "còn 1 ngày", "1 day left"),
        (date(2024, 11, 20), date(2024, 11, 21), "quá hạn 1 ngày", "1 day overdue"),
        (date(2024, 11, 21), date(2024, 11, 21), "hôm nay", "today"),
    ],
)
def test_how_long_there_is(due: date, today: date, vi: str, en: str) -> None:
    """Months from two on, days below; before and after the due day."""
    assert dates.time_left(due, today, VI) == vi
    assert dates.time_left(due, today, EN) == en


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 8000))
def test_whole_months_are_whole(day: date, later: int) -> None:
    """So many months after a day is never later than the day that was counted to."""
    to = day + timedelta(days=later)
    months = dates.months_between(day, to)
    assert months >= 0
    assert 28 * months <= later
    assert later <= 31 * (months + 1)


def test_a_date_is_said_as_precisely_as_it_is_known() -> None:
    """A publication of July 2021 is not given a day."""
    assert dates.as_precise("2021-07", VI) == "7/2021"
    assert dates.as_precise("2021-07", EN) == "July 2021"
    assert dates.as_precise("2018-09-20", VI) == "20/09/2018"
    assert dates.as_precise("2021", EN) == "2021"
    assert dates.as_precise("2023-10 to 2023-12", EN) == "2023-10 to 2023-12"
    assert dates.as_precise("2021-13-45", EN) == "2021-13-45"


@pytest.mark.parametrize(
    ("seconds", "vi", "en"),
    [
        (30, "vừa xong", "just now"),
        (60, "1 phút trước", "1 minute ago"),
        (17 * 60, "17 phút trước", "17 minutes ago"),
        (119 * 60, "119 phút trước", "119 minutes ago"),
        (26 * 3600, "26 giờ trước", "26 hours ago"),
        (2 * 86400, "2 ngày trước", "2 days ago"),
        (70 * 86400, "2 tháng trước", "2 months ago"),
        (-60, "vừa xong", "just now"),
    ],
)
def test_how_long_ago_is_said_in_the_unit_that_one_would_use(seconds: int, vi: str, en: str) -> None:
    """Minutes, hours from two on, days from two on, months from two on; a clock that is ahead is no time at all."""
    now = datetime(2025, 6, 14, 1, 0, tzinfo=UTC)
    then = now - timedelta(seconds=seconds)
    assert (dates.ago(then, now, VI), dates.ago(then, now, EN)) == (vi, en)
