"""How a value went over time: what a message's chart is drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

TrendKey = tuple[str, str, date]
"""A target, and the code and first day of an org_unit."""


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """What was observed in one period, as it is known now. A denominator of 0 gives no value."""

    period_start: date
    period_end: date
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class Trend:
    """The periods that were observed, the oldest first; a period of which nothing is known is not among them."""

    points: tuple[TrendPoint, ...]
