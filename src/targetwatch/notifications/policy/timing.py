"""Timing: spans of the clock and of working days, and the hours in which messages are sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from targetwatch.model import Calendar, Span, TimeWindow

ONE_DAY = timedelta(days=1)
SATURDAY = 5  # Monday is 0
MOST_DAYS = 10_000  # a count that goes on for longer has met a calendar without working days


class WorkingDays(Protocol):
    """Which days are working days. `targetwatch.catalogue.calendar.WorkingCalendar` is one, with public holidays."""

    def is_working_day(self, day: date) -> bool:
        """Whether people work on `day`."""
        ...

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; `day` itself for 0."""
        ...


class DeclaredDays:
    """The working days that a programme declares by itself: no weekends, and no public holidays but its own."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar

    def is_working_day(self, day: date) -> bool:
        """Whether people work on `day`."""
        if day in self._calendar.extra_working_days:
            return True
        return day.weekday() not in self._calendar.weekend and day not in self._calendar.extra_holidays

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; `day` itself for 0."""
        at = day
        for _ in range(MOST_DAYS):
            if count <= 0:
                return at
            at += ONE_DAY
            count -= self.is_working_day(at)
        raise ValueError("The calendar has too few working days to count by.")


def after(moment: datetime, span: Span, days: WorkingDays, time_zone: str) -> datetime:
    """When a span that begins at `moment` is over: first its working days, to the same time of day, then its time."""
    if span.working_days:
        local = moment.astimezone(ZoneInfo(time_zone))
        day = days.add_working_days(local.date(), span.working_days)
        moment = datetime.combine(day, local.time(), local.tzinfo).astimezone(moment.tzinfo)
    return moment + span.time


def is_within(
    names: Iterable[str], windows: Mapping[str, TimeWindow], now: datetime, days: WorkingDays, time_zone: str
) -> bool:
    """Whether `now` is within one of the windows of these names; without any name, always.

    A window that ends before it begins goes over midnight, and belongs to the day on which it begins.
    """
    asked = [windows[name] for name in names]
    local = now.astimezone(ZoneInfo(time_zone))
    return not asked or any(_is_open(window, local, days) for window in asked)


def _is_open(window: TimeWindow, local: datetime, days: WorkingDays) -> bool:
    today, at = local.date(), local.time()
    if window.begins <= window.to:
        return window.begins <= at < window.to and _is_day(window, today, days)
    return (at >= window.begins and _is_day(window, today, days)) or (
        at < window.to and _is_day(window, today - ONE_DAY, days)
    )


def _is_day(window: TimeWindow, day: date, days: WorkingDays) -> bool:
    if window.weekdays and day.weekday() not in window.weekdays:
        return False
    return not window.working_days or days.is_working_day(day)


def holidays_between(first: datetime, last: datetime, days: WorkingDays, time_zone: str) -> tuple[date, ...]:
    """The days from `first` to `last` that are no weekend (Saturday, Sunday) and on which nobody works."""
    zone = ZoneInfo(time_zone)
    begin, end = first.astimezone(zone).date(), last.astimezone(zone).date()
    between = (begin + ONE_DAY * count for count in range(min((end - begin).days, MOST_DAYS) + 1))
    return tuple(day for day in between if day.weekday() < SATURDAY and not days.is_working_day(day))
