"""Numbers as people read them, in Vietnamese and English, from exact integers and fractions; no float anywhere.

A number that is held against another is never rounded to the wrong side of it: `decimals_apart` finds the fewest
decimals that keep it where it is, so that a miss does not read as reached (79.96 is not 80.0 against 80).
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import cache

from babel.numbers import get_decimal_symbol, get_group_symbol

from targetwatch.model import MILLION, Language

MINUS = "−"
MISSING = "–"


@cache
def _symbols(language: Language) -> tuple[str, str]:
    """The decimal and the grouping mark of a language."""
    return get_decimal_symbol(language.value), get_group_symbol(language.value)


def ratio(numerator: int, denominator: int) -> Fraction | None:
    """The exact value of a numerator over a denominator; None where the denominator is 0."""
    return Fraction(numerator, denominator) if denominator else None


def of_millionths(value: int) -> Fraction:
    """The exact number that a threshold in millionths stands for."""
    return Fraction(value, MILLION)


def rounded(number: Fraction | int, decimals: int) -> int:
    """`number` in units of its last shown digit, halves away from zero: as one would round by hand."""
    one = number.denominator
    whole = (2 * abs(number.numerator) * 10**decimals + one) // (2 * one)
    return whole if number.numerator >= 0 else -whole


def as_shown(number: Fraction, decimals: int) -> Fraction:
    """The number that a reader sees when `number` is shown with so many decimals."""
    return Fraction(rounded(number, decimals), 10**decimals)


def exact_decimals(number: Fraction) -> int | None:
    """How many decimals write `number` exactly; None where no finite number of them does."""
    rest, twos, fives = number.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def decimals_apart(
    value: Fraction,
    rounded_with_it: Iterable[Fraction] = (),
    shown_exactly: Iterable[Fraction] = (),
    *,
    at_least: int = 1,
) -> int:
    """The fewest decimals, from `at_least`, that show `value` on its own side of every threshold beside it.

    `rounded_with_it` are thresholds shown with the same decimals as the value; a distance of less than one in the last
    digit is then too small to be told from rounding (59.80 against 59.85 would read 59.8 against 59.9). `shown_exactly`
    are those shown as declared. What is equal stays equal.
    """
    distances = [abs(value - other) for other in rounded_with_it if other != value]
    sides = [(other, _side(value, other)) for other in shown_exactly]
    decimals = at_least
    if distances:
        nearest = min(distances)
        while nearest.numerator * 10**decimals < nearest.denominator:
            decimals += 1
    while any(_side(as_shown(value, decimals), other) != side for other, side in sides):
        decimals += 1
    return decimals


def _side(one: Fraction, other: Fraction) -> int:
    return (one > other) - (one < other)


def decimals_that_show(number: Fraction, *, at_least: int = 1) -> int:
    """The fewest decimals, from `at_least`, with which a number that is not zero does not read as zero."""
    decimals = at_least
    while number and not rounded(number, decimals):
        decimals += 1
    return decimals


def decimal(number: Fraction | int, decimals: int, language: Language, *, signed: bool = False) -> str:
    """`number` with exactly so many decimals: 1.986,2 in Vietnamese, 1,986.2 in English. `signed` shows a plus too."""
    point, group = _symbols(language)
    units = rounded(number, decimals)
    whole, part = divmod(abs(units), 10**decimals)
    text = f"{whole:,}".replace(",", group)
    if decimals:
        text += f"{point}{part:0{decimals}d}"
    if units < 0:
        return MINUS + text
    return f"+{text}" if signed and units > 0 else text


def exactly(number: Fraction, language: Language, *, otherwise: int = 1) -> str:
    """`number` with as many decimals as it has and no more; with `otherwise` decimals where they never end."""
    decimals = exact_decimals(number)
    return decimal(number, otherwise if decimals is None else decimals, language)


def count(number: int, language: Language, *, signed: bool = False) -> str:
    """A whole number with its thousands marked; always exact."""
    return decimal(number, 0, language, signed=signed)


def percentage(share: Fraction, decimals: int, language: Language) -> str:
    """A share as a percentage: 63,4% or 63.4%."""
    return f"{decimal(share * 100, decimals, language)}%"


def percentage_as_declared(share: Fraction, language: Language) -> str:
    """A declared share with the decimals it was declared with: 80%, 99.5%."""
    return f"{exactly(share * 100, language)}%"


def headroom(number: Fraction, language: Language) -> str:
    """A signed distance, short is negative: one decimal, more only where it would read 0.0 and is not."""
    return decimal(number, decimals_that_show(number), language, signed=True)


def distance(number: Fraction, language: Language) -> str:
    """A distance without its sign, for where a word says the direction: "3.2 points short"."""
    return headroom(abs(number), language).removeprefix("+")
