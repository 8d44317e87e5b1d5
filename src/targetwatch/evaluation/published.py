"""Published figures as numbers: what their digits say, and how far they are from their own parts."""

from __future__ import annotations

import re
from typing import NamedTuple

PLAIN_NUMBER = re.compile(r"(?P<whole>-?\d+)(?:[.,](?P<decimals>\d+))?")
LOOSE = ("about", "nearly", "more than")
LOOSE_ALLOWANCE = 20  # 5 % is one part in twenty


class Distance(NamedTuple):
    """How far a published figure is from what it is held against, and how far it may be, in steps that are whole."""

    deviation: int
    allowed: int


def share_distance(numerator: int, denominator: int, published: str) -> Distance | None:
    """100 x numerator / denominator against what was published, give or take half a unit of its last digit."""
    return _rounded(100 * numerator, denominator, published)


def quotient_distance(numerator: int, denominator: int, published: str, qualifier: str) -> Distance | None:
    """Numerator / denominator against what was published: 5 % of that for about, nearly, more than, else rounding."""
    if qualifier not in LOOSE:
        return _rounded(numerator, denominator, published)
    number = number_of(published)
    if number is None:
        return None
    digits, scale = number
    off = abs(numerator * scale - digits * denominator)
    return Distance(LOOSE_ALLOWANCE * off, abs(digits) * denominator)


def _rounded(numerator: int, denominator: int, published: str) -> Distance | None:
    number = number_of(published)
    if number is None:
        return None
    digits, scale = number
    return Distance(2 * abs(numerator * scale - digits * denominator), denominator)


def number_of(published: str) -> tuple[int, int] | None:
    """The digits of a plain decimal number as an integer, and the power of ten they are to be divided by."""
    found = PLAIN_NUMBER.fullmatch(published.strip())
    if found is None:
        return None
    decimals = found["decimals"] or ""
    return int(found["whole"] + decimals), 10 ** len(decimals)
