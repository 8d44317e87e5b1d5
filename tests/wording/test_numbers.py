"""Numbers read right, and never better than they are."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targetwatch.model import Language
from targetwatch.wording import numbers

VI, EN = Language.VI, Language.EN
LANGUAGES = st.sampled_from(list(Language))
WHOLE = st.integers(-(2**63), 2**63 - 1)
SHARES = st.builds(lambda part, whole: Fraction(part * 100, whole), st.integers(0, 10**7), st.integers(1, 10**7))
THRESHOLDS = st.integers(0, 10**8).map(lambda millionths: Fraction(millionths, 10**6))


def read(text: str, language: Language) -> Fraction:
    """The number that a reader takes from `text`."""
    point, group = (",", ".") if language is VI else (".", ",")
    return Fraction(text.replace(group, "").replace(point, ".").replace("−", "-").removeprefix("+"))


def test_counts_are_exact_in_both_languages() -> None:
    """1,986,214 is written with the marks of each language."""
    assert numbers.count(1_986_214, VI) == "1.986.214"
    assert numbers.count(1_986_214, EN) == "1,986,214"
    assert numbers.count(-4_981, EN) == "−4,981"
    assert numbers.count(1_040, VI, signed=True) == "+1.040"
    assert numbers.count(0, VI, signed=True) == "0"


def test_percentages_in_both_languages() -> None:
    """99,394 of 156,749 is 63.4 %."""
    share = Fraction(99_394, 156_749)
    assert numbers.percentage(share, 1, VI) == "63,4%"
    assert numbers.percentage(share, 1, EN) == "63.4%"
    assert numbers.percentage(Fraction(1), 1, EN) == "100.0%"
    assert numbers.percentage_as_declared(Fraction(8, 10), VI) == "80%"
    assert numbers.percentage_as_declared(Fraction(995, 1000), EN) == "99.5%"


@pytest.mark.parametrize(
    ("value", "together", "declared", "decimals"),
    [
        ("59.80", ["59.85"], [], 2),
        ("59.8009", ["59.8494"], ["80"], 2),
        ("49.98", [], ["50"], 2),
        ("79.96", [], ["80"], 2),
        ("79.94", [], ["80"], 1),
        ("63.41", ["66.59"], ["80"], 1),
        ("80", ["80"], ["80"], 1),
        ("99.9999", [], ["100"], 4),
        ("66.65", [], ["66.65"], 2),
        ("63.44", ["63.46"], [], 2),
        ("69.9", ["70"], [], 1),
    ],
)
def test_the_fewest_decimals_that_keep_the_side(
    value: str, together: list[str], declared: list[str], decimals: int
) -> None:
    """59.80 against 59.85 and 49.98 against 50 take two decimals, and what is far takes one."""
    assert numbers.decimals_apart(Fraction(value), map(Fraction, together), map(Fraction, declared)) == decimals


@given(SHARES, st.lists(THRESHOLDS, max_size=3), st.lists(THRESHOLDS, max_size=2))
def test_what_is_shown_stays_on_its_own_side(
    value: Fraction, together: list[Fraction], declared: list[Fraction]
) -> None:
    """Less than a threshold is shown as less, more as more, equal as equal, whichever way the threshold is shown."""
    decimals = numbers.decimals_apart(value, together, declared)
    shown = numbers.as_shown(value, decimals)
    for threshold in together:
        beside = numbers.as_shown(threshold, decimals)
        assert (value < threshold, value > threshold) == (shown < beside, shown > beside)
    for threshold in declared:
        assert (value < threshold, value > threshold) == (shown < threshold, shown > threshold)


@given(SHARES, THRESHOLDS)
def test_no_decimal_is_shown_in_vain(value: Fraction, threshold: Fraction) -> None:
    """With one decimal fewer a value against a declared threshold would stand on another side."""
    decimals = numbers.decimals_apart(value, shown_exactly=[threshold])
    if decimals > 1:
        fewer = numbers.as_shown(value, decimals - 1)
        assert (value < threshold, value > threshold) != (fewer < threshold, fewer > threshold)


@given(st.fractions(), st.integers(0, 9), LANGUAGES, st.booleans())
def test_what_is_written_is_read_back(number: Fraction, decimals: int, language: Language, signed: bool) -> None:
    """A written number, read again, is the number rounded to what was shown, and less than half a digit off."""
    back = read(numbers.decimal(number, decimals, language, signed=signed), language)
    assert back == numbers.as_shown(number, decimals)
    assert abs(back - number) * 2 <= Fraction(1, 10**decimals)


@given(WHOLE, LANGUAGES)
def test_a_count_is_read_back_exactly(number: int, language: Language) -> None:
    """Every 64-bit count is written to the last unit."""
    assert read(numbers.count(number, language), language) == number


@given(st.integers(-(10**12), 10**12), st.integers(0, 6), LANGUAGES)
def test_a_declared_number_is_written_whole(scaled: int, decimals: int, language: Language) -> None:
    """A number with an end is written to its end."""
    number = Fraction(scaled, 10**decimals)
    assert read(numbers.exactly(number, language), language) == number


@pytest.mark.parametrize(
    ("points", "vi", "en"),
    [
        ("-3.18", "−3,2", "−3.2"),
        ("-0.049", "−0,05", "−0.05"),
        ("-0.004", "−0,004", "−0.004"),
        ("0.71", "+0,7", "+0.7"),
        ("0", "0,0", "0.0"),
        ("-27.4", "−27,4", "−27.4"),
    ],
)
def test_headroom_is_signed_and_never_reads_zero_unless_it_is(points: str, vi: str, en: str) -> None:
    """One decimal, more only where it would read 0.0; the minus is the typographic one."""
    assert numbers.headroom(Fraction(points), VI) == vi
    assert numbers.headroom(Fraction(points), EN) == en


@given(st.fractions(), LANGUAGES)
def test_headroom_shows_on_which_side_it_is(number: Fraction, language: Language) -> None:
    """The sign that is shown is the sign that it has."""
    text = numbers.headroom(number, language)
    assert text.startswith("−") is (number < 0)
    assert text.startswith("+") is (number > 0)
    assert numbers.distance(number, language) == text.lstrip("−+")


def test_halves_are_rounded_as_by_hand() -> None:
    """2.5 is 3 and −2.5 is −3."""
    assert [numbers.rounded(Fraction(number, 2), 0) for number in (5, 3, 1, -1, -3, -5)] == [3, 2, 1, -1, -2, -3]


def test_a_number_without_an_end_says_so() -> None:
    """A third has no last decimal; an eighth has three."""
    assert numbers.exact_decimals(Fraction(1, 3)) is None
    assert numbers.exact_decimals(Fraction(1, 8)) == 3
    assert numbers.exactly(Fraction(1, 3), EN) == "0.3"


def test_nothing_over_nothing_has_no_value() -> None:
    """A zero denominator gives no value."""
    assert numbers.ratio(0, 0) is None
    assert numbers.ratio(410, 579) == Fraction(410, 579)
