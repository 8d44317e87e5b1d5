"""Periods: the closed stretches of days of a cadence, in the programme's time zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from targetwatch.model import Cadence, Period

MONTHS = {Cadence.MONTH: 1, Cadence.QUARTER: 3, Cadence.YEAR: 12}


def today(as_of: datetime, time_zone: str) -> date:
    """The day that it is in `time_zone` at `as_of`. Raises ValueError for a moment without a time zone."""
    if as_of.tzinfo is None:
        raise ValueError(f"The moment {as_of.isoformat()} has no time zone.")
    return as_of.astimezone(ZoneInfo(time_zone)).date()


def period_of(day: date, cadence: Cadence) -> Period:
    """The period of `cadence` that holds `day`."""
    months = MONTHS[cadence]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(first, _first_day_after(first, months) - timedelta(days=1))


def following(period: Period, cadence: Cadence) -> Period:
    """The period of `cadence` that begins on the day after `period`."""
    return period_of(period.last_day + timedelta(days=1), cadence)


def last_ended(day: date, cadence: Cadence) -> Period:
    """The newest period that had ended before `day`: on its own last day a period still runs."""
    return period_of(period_of(day, cadence).first_day - timedelta(days=1), cadence)


def between(first: date, last: date, cadence: Cadence) -> list[Period]:
    """The periods from the one that holds `first` to the one that holds `last`; none where `last` is before `first`."""
    periods: list[Period] = []
    period = period_of(first, cadence)
    while period.first_day <= last:
        periods.append(period)
        period = following(period, cadence)
    return periods


def _first_day_after(first: date, months: int) -> date:
    later = first.month - 1 + months
    return date(first.year + later // 12, later % 12 + 1, 1)


def stretches(periods: Iterable[Period]) -> list[Period]:
    """The same days in as few stretches as there are: periods that touch or overlap become one."""
    joined: list[Period] = []
    for period in sorted(periods):
        if joined and period.first_day <= joined[-1].last_day + timedelta(days=1):
            joined[-1] = Period(joined[-1].first_day, max(joined[-1].last_day, period.last_day))
        else:
            joined.append(period)
    return joined
