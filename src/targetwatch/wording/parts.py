"""Parts of a whole, and what they rest on: half, 1/17, 21.7% (5/23)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from targetwatch.model import Basis, Language, Text
from targetwatch.wording.numbers import count, decimals_apart, percentage

NOTHING_AND_ALL = (Fraction(0), Fraction(100))  # per cent; no part reads as either
NAMED: Mapping[Fraction, Text] = {
    Fraction(1): Text("toàn bộ", "all"),
    Fraction(1, 2): Text("một nửa", "half"),
    Fraction(1, 3): Text("một phần ba", "a third"),
    Fraction(2, 3): Text("hai phần ba", "two thirds"),
    Fraction(1, 4): Text("một phần tư", "a quarter"),
    Fraction(3, 4): Text("ba phần tư", "three quarters"),
}
RESTS_ON: Mapping[Basis, Text] = {
    Basis.WHOLE: Text("không bị chia tách", "undivided"),
    Basis.COUNTED: Text("theo số lượng đã đếm", "by what was counted"),
    Basis.EQUAL: Text("chia đều vì chưa có số đếm", "in equal parts, no count is known"),
    Basis.ASSUMED: Text("giả định: không nguồn nào cho biết đã nhập về đâu", "assumed: no source says where it went"),
}


def part(weight: Fraction, language: Language) -> str:
    """A part as people say it; one without a simple name comes as a percentage too, exact beside it."""
    if weight in NAMED:
        return NAMED[weight].in_(language)
    exact = f"{count(weight.numerator, language)}/{count(weight.denominator, language)}"
    if weight.numerator == 1:
        return exact
    decimals = decimals_apart(weight * 100, shown_exactly=NOTHING_AND_ALL)
    return f"{percentage(weight, decimals, language)} ({exact})"


def rests_on(basis: Basis, language: Language) -> str:
    """What a part rests on."""
    return RESTS_ON[basis].in_(language)
