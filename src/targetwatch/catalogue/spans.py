"""Spans of time as they are written: 30m, 4h, 3d, 5 working days; and shares as 10 %."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

from targetwatch.catalogue.fields import NUMBER, WHOLE, as_text, number, shape, wrong
from targetwatch.model import MILLION, Span

CLOCK = r"[0-9]{1,4}(m|h|d)"
WORKING_DAYS = r"[0-9]{1,3} working days?"
SPAN = f"{CLOCK}|{WORKING_DAYS}"
PERIODS_OR_TIME = f"{WHOLE}|{CLOCK}"
PER_CENT = f"{NUMBER} ?%"
OF_LETTER = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
ALL_FORMS = "Write it as in 30m, 4h, 3d or 5 working days."
CLOCK_FORMS = "Write it as in 30m, 4h or 3d."


def duration(written: str) -> timedelta | None:
    """The time that 30m, 4h or 3d stands for; None for anything else."""
    if re.fullmatch(CLOCK, written) is None:
        return None
    return int(written[:-1]) * OF_LETTER[written[-1]]


def _span(value: Any) -> Span:
    written = as_text(value, "a span of time")
    if re.fullmatch(WORKING_DAYS, written) is not None:
        return Span(working_days=int(written.split()[0]))
    if (time := duration(written)) is None:
        raise wrong(f"'{written}' is no span of time", ALL_FORMS)
    return Span(time)


def _duration(value: Any) -> timedelta:
    written = as_text(value, "a span of time")
    if (time := duration(written)) is None:
        in_days = re.fullmatch(WORKING_DAYS, written) is not None
        said = "is counted by the clock here, not in working days" if in_days else "is no span of time"
        raise wrong(f"'{written}' {said}", CLOCK_FORMS)
    return time


def _working_days(value: Any) -> int:
    written = as_text(value, "a number of working days")
    if re.fullmatch(WORKING_DAYS, written) is None:
        raise wrong(f"'{written}' is no number of working days", "Write it as in 5 working days.")
    if (count := int(written.split()[0])) == 0:
        raise wrong("0 working days are none", "Write 1 or more.")
    return count


def _periods_or_time(value: Any) -> int | timedelta:
    """So many judged periods, or a time."""
    written = as_text(value, "a number of periods or a span of time")
    if re.fullmatch(WHOLE, written) is not None:
        return int(written)
    if (time := duration(written)) is None:
        raise wrong(f"'{written}' is neither a number of periods nor a span of time", "Write it as in 2, 36h or 3d.")
    return time


def _per_cent(value: Any) -> int:
    """A share in millionths."""
    written = as_text(value, "a share")
    if re.fullmatch(PER_CENT, written) is None:
        raise wrong(f"'{written}' is no share", "Write it in per cent, as in 10 %.")
    exact = number(written.rstrip("% ")) * MILLION / 100
    if exact < 0 or exact != int(exact):
        raise wrong(f"'{written}' is below 0 or finer than is kept", "Write 0 or more, with at most four decimals.")
    return int(exact)


OneSpan = Annotated[Span, BeforeValidator(_span), shape(SPAN)]
Duration = Annotated[timedelta, BeforeValidator(_duration), shape(CLOCK)]
WorkingDays = Annotated[int, BeforeValidator(_working_days), shape(WORKING_DAYS)]
PeriodsOrTime = Annotated[
    int | timedelta, BeforeValidator(_periods_or_time), shape(PERIODS_OR_TIME, "integer", "string")
]
PerCent = Annotated[int, BeforeValidator(_per_cent), shape(PER_CENT)]
