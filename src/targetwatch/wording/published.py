"""Published figures: as they were published, what their own parts really make, and what would have made them."""

from __future__ import annotations

from fractions import Fraction

from targetwatch.model import Claim, Language, Text
from targetwatch.wording import numbers
from targetwatch.wording.nouns import of

QUALIFIERS = {
    "about": Text("khoảng ", "about "),
    "nearly": Text("gần ", "nearly "),
    "more than": Text("hơn ", "more than "),
    "more_than": Text("hơn ", "more than "),
}


def recomputed(claim: Claim) -> Fraction | None:
    """The published figure worked out anew from its own parts; None where they are not given."""
    if claim.numerator is None or not claim.denominator:
        return None
    value = Fraction(claim.numerator, claim.denominator)
    return value * 100 if claim.check == "share" else value


def would_have_to_be(claim: Claim) -> int | None:
    """The whole numerator nearest to the published one that would give the published figure; None where none would."""
    published = _number(claim)
    if published is None or not claim.denominator:
        return None
    value, decimals = published
    scale = 100 if claim.check == "share" else 1
    nearest = numbers.rounded(value * claim.denominator / scale, 0)
    gives = numbers.as_shown(Fraction(nearest * scale, claim.denominator), decimals)
    return nearest if gives == value else None


def figure(claim: Claim, language: Language) -> str:
    """The figure as it was published: gần 20.000; 69,3%. Where it is no plain number, its own words."""
    number = _number(claim)
    if number is None:
        return claim.published
    qualifier = QUALIFIERS.get(claim.qualifier, Text("", "")).in_(language)
    return f"{qualifier}{numbers.decimal(*number, language)}{_percent(claim)}"


def parts(claim: Claim, language: Language) -> str:
    """The numerator and denominator that were published with it; a dash where they were not."""
    if claim.numerator is None or claim.denominator is None:
        return numbers.MISSING
    if claim.check == "quotient":  # not a part of a whole
        return f"{numbers.count(claim.numerator, language)} / {numbers.count(claim.denominator, language)}"
    return of(claim.numerator, claim.denominator, language)


def really(claim: Claim, language: Language) -> str:
    """What the parts make, with the decimals that tell it from what was published; empty where that cannot be said."""
    value, number = recomputed(claim), _number(claim)
    if value is None or number is None:
        return ""
    published, decimals = number
    shown = numbers.decimals_apart(value, [published], at_least=decimals)
    return f"{numbers.decimal(value, shown, language)}{_percent(claim)}"


def correction(claim: Claim, language: Language) -> str:
    """What the numerator would have to be for the figure that was published, as a sentence; empty where none would do.

    A figure that is only about so much is made by many numerators, so none is named.
    """
    other = would_have_to_be(claim)
    if other is None or claim.numerator is None or claim.qualifier in QUALIFIERS or other == claim.numerator:
        return ""
    said, number = figure(claim, language), numbers.count(other, language)
    differs = numbers.count(abs(other - claim.numerator), language)
    fewer = other < claim.numerator
    if language is Language.VI:
        return f"Muốn ra {said} thì tử số phải là {number}, {'ít' if fewer else 'nhiều'} hơn {differs}."
    return f"For {said} the numerator would have to be {number}, {differs} {'fewer' if fewer else 'more'}."


def _number(claim: Claim) -> tuple[Fraction, int] | None:
    """The published number, and how many decimals it was published with."""
    try:
        value = Fraction(claim.published)
    except (ValueError, ZeroDivisionError):
        return None
    return value, len(claim.published.partition(".")[2])


def _percent(claim: Claim) -> str:
    return "%" if claim.unit_of_measure == "percent" else ""
