"""Published figures: as they were published, what their own parts really make, and what would have made them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from targetwatch.model import Against, Claim, Contradiction, Language, Period, Text
from targetwatch.units_of_measure import per_one
from targetwatch.wording import dates, numbers
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


def contradiction(claim: Claim, other: Contradiction, language: Language) -> str:
    """What else a published figure does not agree with, as a sentence."""
    own = figure(claim, language)
    if other.against is Against.RECORDS and other.as_of is not None and other.since is not None:
        when, value = dates.period(Period(other.since, other.as_of), language), _value(claim, other, language)
        return Text(
            f"Công bố {own}, hồ sơ {when} cho thấy {value}.", f"Published as {own}; the records of {when} show {value}."
        ).in_(language)
    theirs, day = _other(claim, other, language), dates.day(other.as_of or claim.as_of, language)
    document = f" ({other.reference})" if other.reference else ""
    if other.against is Against.REPUBLISHED:
        said = f"văn bản khác{document} công bố {theirs}; văn bản này nêu {own}, không nói là thay thế"
        vi = f"Cho cùng ngày {day}, {said}."
        en = f"For the same day, {day}, another document{document} published {theirs}; this one says {own}, and does "
        return Text(vi, f"{en}not say that it replaces it.").in_(language)
    if other.against is Against.EARLIER:
        return Text(
            f"Số cộng dồn không thể giảm: {own}, trong khi cho ngày {day} đã công bố {theirs}{document}.",
            f"A cumulative figure cannot fall: {own}, and {theirs} was published for {day}{document}.",
        ).in_(language)
    since = dates.day(other.since or claim.as_of, language)
    grown = _value(claim, other, language)
    return Text(
        f"Từ {since} đến {day} tổng số đã công bố tăng với mức {grown}, không phải {own}.",
        f"From {since} to {day} the published total grew at a rate of {grown}, not {own}.",
    ).in_(language)


def _other(claim: Claim, other: Contradiction, language: Language) -> str:
    """The other figure, as it was published."""
    return figure(replace(claim, published=other.published or "", qualifier=other.qualifier), language)


def _value(claim: Claim, other: Contradiction, language: Language) -> str:
    """What the other figures make, with the decimals that tell it from what was published."""
    value, number = numbers.ratio(other.numerator or 0, other.denominator or 0), _number(claim)
    if value is None or number is None:
        return numbers.MISSING
    if other.against is Against.RECORDS:
        value *= per_one(claim.unit_of_measure)
    if value.denominator == 1 and number[0].denominator == 1:
        return f"{numbers.count(int(value), language)}{_percent(claim)}"
    shown = numbers.decimals_apart(value, [number[0]], at_least=number[1] if abs(value) >= 1000 else max(number[1], 1))
    return f"{numbers.decimal(value, shown, language)}{_percent(claim)}"


def _number(claim: Claim) -> tuple[Fraction, int] | None:
    """The published number, and how many decimals it was published with."""
    try:
        value = Fraction(claim.published)
    except (ValueError, ZeroDivisionError):
        return None
    return value, len(claim.published.partition(".")[2])


def _percent(claim: Claim) -> str:
    return "%" if claim.unit_of_measure == "percent" else ""
