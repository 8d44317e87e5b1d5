"""Terms: which incidents are meant, and until when something is to last, as people write it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from targetwatch.incidents.refusals import no_number, no_term

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
NUMBER = re.compile(r"(?:TW-?)?([0-9]{1,12})", re.IGNORECASE)
LENGTH = re.compile(r"([0-9]{1,5})\s*([mhdw])")
LONGEST = timedelta(days=3660)


def numbers(words: Iterable[str]) -> tuple[int, ...]:
    """The numbers of incidents, each written TW-147, tw147 or 147. ActionRefused where one is none of these."""
    found = [(word, NUMBER.fullmatch(word.strip())) for word in words]
    for word, number in found:
        if number is None:
            raise no_number(word)
    return tuple(int(number[1]) for _, number in found if number is not None)


def until(text: str, now: datetime, time_zone: str) -> datetime:
    """The moment meant by a day (to its end), a moment, or a length of time from `now` on: 30m, 4h, 3d, 2w.

    Days and moments without a zone are those of `time_zone`. ActionRefused where the text is none of these.
    """
    written = text.strip()
    zone = ZoneInfo(time_zone)
    if (length := LENGTH.fullmatch(written)) is not None:
        term = int(length[1]) * UNITS[length[2]]
        if term > LONGEST:
            raise no_term(text)
        return now + term
    try:
        if len(written) == len("2025-06-20"):
            return datetime.combine(date.fromisoformat(written) + timedelta(days=1), time(), tzinfo=zone)
        moment = datetime.fromisoformat(written)
    except (ValueError, OverflowError):
        raise no_term(text) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
