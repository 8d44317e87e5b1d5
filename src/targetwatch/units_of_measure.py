"""Units of measure: the closed list of what a metric's number may count in.

`percent`, `percentage_points`, `count`, `rank`, `days`, `hours`, `minutes`, and money: a currency by its ISO 4217 code
in small letters, with a scale before it where its natural number counts more than one of it (`vnd`, `million_usd`,
`thousand_billion_vnd`). How each is said is for `targetwatch.wording`; here is only which there are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from targetwatch.model import MetricKind

PERCENT, PERCENTAGE_POINTS, COUNT, RANK = "percent", "percentage_points", "count", "rank"
DURATIONS = ("days", "hours", "minutes")
PLAIN = (PERCENT, PERCENTAGE_POINTS, COUNT, RANK, *DURATIONS)

SCALES: Mapping[str, tuple[int, ...]] = {
    "thousand": (3,),
    "million": (6,),
    "billion": (9,),
    "thousand_billion": (3, 9),
    "trillion": (12,),
}
"""The powers of ten that a scale says, one after the other: a thousand billion is said in two words."""

PATTERN = f"^({'|'.join(PLAIN)}|(({'|'.join(SCALES)})_)?[a-z]{{3}})$"
"""What all of them look like, for editors; which three letters are a currency is not in it."""

KINDS: Mapping[str, MetricKind] = {
    PERCENT: MetricKind.RATIO,
    PERCENTAGE_POINTS: MetricKind.LEVEL,  # a difference of shares: it is no share of anything, and has no parts
    RANK: MetricKind.RANK,
}
"""The one kind of metric that is counted in a unit, where there is only one."""

MEANT: Mapping[str, str] = {"%": PERCENT, "pp": PERCENTAGE_POINTS, "points": PERCENTAGE_POINTS, "number": COUNT}
ANY_OF_THEM = f"Write one of {', '.join(PLAIN)}, or money, as in vnd, million_vnd or usd."
ALIKE = 0.7  # of 1: how like a word must be to what is written, to have been meant


@dataclass(frozen=True, slots=True)
class Money:
    """A currency, and how many of it one is."""

    currency: str  # ISO 4217, in capitals
    scale: str | None = None  # one of SCALES; None: one


@cache
def currencies() -> frozenset[str]:
    """The codes of all currencies that Babel knows, in capitals; those that are no longer paid with too."""
    from babel.numbers import list_currencies  # not needed to import a catalogue, and it takes its time

    return frozenset(list_currencies())


def money(unit_of_measure: str) -> Money | None:
    """The currency and the scale that a unit of measure names; None where it is no money."""
    scale, _, currency = unit_of_measure.rpartition("_")
    if currency != currency.lower() or currency.upper() not in currencies() or (scale and scale not in SCALES):
        return None
    return Money(currency.upper(), scale or None)


def is_known(unit_of_measure: str) -> bool:
    """Whether there is such a unit of measure."""
    return unit_of_measure in PLAIN or money(unit_of_measure) is not None


def nearest(written: str) -> str | None:
    """The unit of measure that `written` was most probably meant to be; None where none is like it."""
    word = written.strip().lower().replace("-", "_").replace(" ", "_").replace("đ", "d")
    if is_known(word):
        return word
    if word in MEANT:
        return MEANT[word]
    if (of_money := _nearest_money(word)) is not None:
        return of_money
    return _most_like(word, PLAIN)


def per_one(unit_of_measure: str) -> int:
    """How many of the unit the natural number 1 is: 100 per cent, and 100 percentage points.

    So the difference of two shares is a number of percentage points as it stands, and needs no factor to be one.
    """
    return 100 if unit_of_measure in (PERCENT, PERCENTAGE_POINTS) else 1


def bounds(unit_of_measure: str) -> tuple[int, int] | None:
    """The least and the greatest number of the unit that makes sense; None where there is no end."""
    return {PERCENT: (0, 100), PERCENTAGE_POINTS: (-100, 100)}.get(unit_of_measure)


def _nearest_money(word: str) -> str | None:
    """The money that was meant: with the currency in the wrong place, or the scale or the currency misspelt."""
    parts = word.split("_")
    for place, part in enumerate(parts):
        if part.upper() in currencies():
            scale = "_".join(parts[:place] + parts[place + 1 :])
            meant = _most_like(scale, SCALES)
            return None if meant is None else f"{meant}_{part}"
    scale, _, currency = word.rpartition("_")
    if scale not in SCALES or len(currency) != 3:
        return None
    codes = sorted(code.lower() for code in currencies())
    turned = [code for code in codes if sorted(code) == sorted(currency)]  # two letters exchanged
    meant = turned[0] if turned else _most_like(currency, codes, 0.6)
    return None if meant is None else f"{scale}_{meant}"


def _most_like(word: str, words: Collection[str], at_least: float = ALIKE) -> str | None:
    return next(iter(get_close_matches(word, words, n=1, cutoff=at_least)), None)
