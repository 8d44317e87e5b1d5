"""Days, moments and periods as people read them. The time zone is an argument; nothing here reads a clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import get_month_names

from targetwatch.model import Cadence, Language, Period, Text

QUARTERS = ("I", "II", "III", "IV")


@cache
def _months(width: str) -> dict[int, str]:
    return dict(get_month_names(width, "format", "en"))


def day(when: date, language: Language, *, year: bool = True) -> str:
    """A day: 21/11/2024 or 21 Nov 2024; without its year where the year is plain from the text around it."""
    if language is Language.VI:
        return f"{when.day:02d}/{when.month:02d}/{when.year}" if year else f"{when.day:02d}/{when.month:02d}"
    text = f"{when.day} {_months('abbreviated')[when.month]}"
    return f"{text} {when.year}" if year else text


def moment(when: datetime, time_zone: str, language: Language) -> str:
    """A moment on the wall clock of `time_zone`: 17:05 ngày 14/11/2024 or 17:05, 14 Nov 2024."""
    local = when.astimezone(ZoneInfo(time_zone))
    clock = f"{local.hour:02d}:{local.minute:02d}"
    return f"{clock} ngày {day(local, language)}" if language is Language.VI else f"{clock}, {day(local, language)}"


def local_day(when: datetime, time_zone: str) -> date:
    """The day that a moment falls on in `time_zone`."""
    return when.astimezone(ZoneInfo(time_zone)).date()


def cadence_of(period: Period) -> Cadence | None:
    """The cadence that `period` is a whole period of; None where it is none."""
    first, after = period.first_day, period.last_day + timedelta(days=1)
    if first.day != 1 or after.day != 1:
        return None
    months = 12 * (after.year - first.year) + after.month - first.month
    if months == 1:
        return Cadence.MONTH
    if months == 3 and first.month % 3 == 1:
        return Cadence.QUARTER
    return Cadence.YEAR if months == 12 and first.month == 1 else None


def period(which: Period, language: Language, *, short: bool = False) -> str:
    """A period: tháng 10/2024 or October 2024; `short`: 10/2024 or Oct 2024. Quarters and years likewise."""
    first, cadence, vi = which.first_day, cadence_of(which), language is Language.VI
    if cadence is Cadence.MONTH:
        if vi:
            return f"{first.month}/{first.year}" if short else f"tháng {first.month}/{first.year}"
        return f"{_months('abbreviated' if short else 'wide')[first.month]} {first.year}"
    if cadence is Cadence.QUARTER:
        quarter = (first.month - 1) // 3
        return f"quý {QUARTERS[quarter]}/{first.year}" if vi else f"Q{quarter + 1} {first.year}"
    if cadence is Cadence.YEAR:
        return f"năm {first.year}" if vi and not short else str(first.year)
    return f"{day(first, language)}–{day(which.last_day, language)}"


def months_between(earlier: date, later: date) -> int:
    """How many whole months lie between two days."""
    months = 12 * (later.year - earlier.year) + later.month - earlier.month
    return months - 1 if later.day < earlier.day else months


def time_left(due: date, today: date, language: Language) -> str:
    """How long there is to a due day, or how long it has passed: months from two on, days below that."""
    vi = language is Language.VI
    if due == today:
        return "hôm nay" if vi else "today"
    months, days = months_between(min(due, today), max(due, today)), abs((due - today).days)
    if months >= 2:
        length = f"{months} tháng" if vi else f"{months} months"
    else:
        length = f"{days} ngày" if vi else f"{days} {'day' if days == 1 else 'days'}"
    if due > today:
        return f"còn {length}" if vi else f"{length} left"
    return f"quá hạn {length}" if vi else f"{length} overdue"


def lasting(earlier: datetime, later: datetime, language: Language) -> str:
    """How long it is from one moment to another: minutes, hours from two on, days from two on, months from two on."""
    minutes = max(int((later - earlier).total_seconds()) // 60, 0)
    days = minutes // (24 * 60)
    months = months_between(earlier.date(), later.date())
    if months >= 2:
        number, one = months, Text("tháng", "month")
    elif days >= 2:
        number, one = days, Text("ngày", "day")
    elif minutes >= 2 * 60:
        number, one = minutes // 60, Text("giờ", "hour")
    else:
        number, one = minutes, Text("phút", "minute")
    return f"{number} {one.vi}" if language is Language.VI else f"{number} {one.en}{'' if number == 1 else 's'}"


def ago(earlier: datetime, later: datetime, language: Language) -> str:
    """How long ago, seen from the later moment: 17 phút trước, 17 minutes ago."""
    if (later - earlier).total_seconds() < 60:
        return "vừa xong" if language is Language.VI else "just now"
    return f"{lasting(earlier, later, language)} {'trước' if language is Language.VI else 'ago'}"


def as_precise(written: str, language: Language) -> str:
    """A date as precise as it is known (2021, 2021-07 or 2021-07-15), said as precisely; all else as it is written."""
    parts = written.split("-")
    lengths = [len(part) for part in parts]
    if lengths not in ([4], [4, 2], [4, 2, 2]) or not all(part.isdecimal() and part.isascii() for part in parts):
        return written
    year, month, which = (*map(int, parts), *(1, 1)[len(parts) - 1 :])
    try:
        known = date(year, month, which)
    except ValueError:
        return written
    if len(parts) == 3:
        return day(known, language)
    if len(parts) == 2:
        return f"{month}/{year}" if language is Language.VI else f"{_months('wide')[month]} {year}"
    return written
