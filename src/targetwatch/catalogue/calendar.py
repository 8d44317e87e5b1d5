"""Working days, and the moments by which periods are due."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from targetwatch.catalogue.document import plain, read_document
from targetwatch.model import Calendar, Deadline

if TYPE_CHECKING:
    from holidays import HolidayBase

ONE_DAY = timedelta(days=1)
MAX_DAYS = 10_000  # a search that long has met a calendar without working days


class UnknownCountryError(ValueError):
    """No public holidays are known for a country."""


def is_known_country(country: str) -> bool:
    """Whether the public holidays of `country` (two letters) are known."""
    from holidays import country_holidays

    try:
        country_holidays(country)
    except NotImplementedError:
        return False
    return True


def day_of(root: Path, moment: datetime) -> date:
    """The day that it is at `moment` where the programme of the catalogue in `root` is.

    Whatever else is wrong with the catalogue; where its time zone cannot be read, the day in UTC.
    """
    document, _ = read_document(root / "programme.yaml", "programme.yaml")
    try:
        return moment.astimezone(ZoneInfo(str(plain(document).get("time_zone")))).date()
    except (KeyError, ValueError, OSError):
        return moment.astimezone(UTC).date()


class WorkingCalendar:
    """The working days of a programme, in its time zone.

    A day is a working day if the programme declares it one; else if the country moved a working day onto it (Vietnam
    has people work on a Saturday for a bridged holiday); else if it is neither weekend nor holiday.
    """

    def __init__(self, calendar: Calendar, time_zone: str) -> None:
        from holidays import country_holidays

        try:
            self._holidays: HolidayBase = country_holidays(calendar.country)
        except NotImplementedError:
            raise UnknownCountryError(f"No public holidays are known for the country {calendar.country!r}.") from None
        self._weekend = frozenset(calendar.weekend)
        self._extra_holidays = frozenset(calendar.extra_holidays)
        self._extra_working_days = frozenset(calendar.extra_working_days)
        self._zone = ZoneInfo(time_zone)

    def is_working_day(self, day: date) -> bool:
        """Whether people work on `day`."""
        if day in self._extra_working_days:
            return True
        if day in self._extra_holidays:
            return False
        if day in self._holidays:  # looking a day up is also what makes the library work its year out
            return False
        return day.weekday() not in self._weekend or day in self._holidays.weekend_workdays

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; `day` itself for 0."""
        if count < 0:
            raise ValueError(f"A number of working days from 0 on is expected, not {count}.")
        at, left = day, count
        for _ in range(MAX_DAYS):
            if left == 0:
                return at
            at += ONE_DAY
            left -= self.is_working_day(at)
        raise ValueError("The calendar has too few working days to count by.")

    def deadline(self, period_end: date, deadline: Deadline) -> datetime:
        """The moment, in UTC, by which the period that ends on `period_end` is due.

        First the whole months: the month's last day stays the month's last day (31 December and 2 months is 28 or 29
        February). Then the working days after that day. Then the time of day, in the programme's time zone.
        """
        day = self.add_working_days(_months_later(period_end, deadline.months), deadline.working_days)
        return datetime.combine(day, deadline.at, tzinfo=self._zone).astimezone(UTC)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    is_last = day.day == monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if is_last else min(day.day, last))
