"""What stands behind a number: ngày, days, tỷ đồng, million US dollars; in the form that goes with the number.

Durations, scales and currencies are called what Babel's data (Unicode's CLDR) calls them.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache

from babel import Locale
from babel.numbers import get_currency_name
from babel.units import format_unit

from targetwatch.model import Language, Text
from targetwatch.units_of_measure import DURATIONS, PERCENTAGE_POINTS, SCALES, Money, money
from targetwatch.wording import numbers
from targetwatch.wording.nouns import noun

OF_PERCENT = Text("điểm phần trăm", "percentage points")
# CLDR's full names tell it from the money of others; here it is the money that everybody thinks of.
SHORTER: Mapping[str, Text] = {"VND": Text("đồng", "VND")}
# Babel has the long form of Vietnamese as a reference to the short one, and does not follow it.
LENGTHS: Mapping[Language, str] = {Language.VI: "short", Language.EN: "long"}
ONE, MANY = 1, 2  # how many stand for each form that a word can have


def unit_words(unit_of_measure: str, counted: Text, number: Fraction, decimals: int, language: Language) -> str:
    """What stands behind `number` where it is shown with so many decimals: 1 day, 2 days, 1.0 days.

    What is measured in no unit of its own is `counted`.
    """
    many = _how_many(number, decimals, language)
    if unit_of_measure in DURATIONS:
        return _duration(unit_of_measure, many, language)
    if (paid := money(unit_of_measure)) is not None:
        return _money(paid, many, language)
    return noun(many, OF_PERCENT if unit_of_measure == PERCENTAGE_POINTS else counted, language)


def _how_many(number: Fraction, decimals: int, language: Language) -> int:
    """One or many, by the form that the language has for the number as it is shown: 1 is one and 1.0 is not."""
    shown = Decimal(numbers.rounded(abs(number), decimals)).scaleb(-decimals)
    return ONE if Locale(language.value).plural_form(shown) == "one" else MANY


@cache
def _duration(unit_of_measure: str, many: int, language: Language) -> str:
    name = f"duration-{unit_of_measure.removesuffix('s')}"
    return format_unit(many, name, LENGTHS[language], locale=language.value).split(maxsplit=1)[1]


@cache
def _money(paid: Money, many: int, language: Language) -> str:
    scale = [_scale(power, language) for power in SCALES.get(paid.scale or "", ())]
    # A million of it is many.
    name = get_currency_name(paid.currency, count=MANY if scale else many, locale=language.value)
    called = SHORTER.get(paid.currency)
    return " ".join([*scale, called.in_(language) if called else name])


def _scale(power: int, language: Language) -> str:
    """What ten to the `power` is called: nghìn, million."""
    pattern = Locale(language.value).compact_decimal_formats["long"]["other"][str(10**power)].pattern
    return str(pattern).replace("0", "").strip()
