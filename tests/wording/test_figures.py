"""A value, what is needed and how far it is, said together."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targetwatch.model import MILLION, Comparison, Language, MetricKind, Text
from targetwatch.wording.figures import Figures, Measure
from tests.wording.test_numbers import read

VI, EN = Language.VI, Language.EN
PERCENT = Measure(MetricKind.RATIO, "percent", Text("hồ sơ", "dossiers"))
COUNT = Measure(MetricKind.COUNT, "count", Text("hồ sơ", "dossiers"))
RANK = Measure(MetricKind.RANK, "rank", Text("bậc", "places"))
MONEY = Measure(MetricKind.LEVEL, "thousand_billion_vnd", Text("nghìn tỷ đồng", "thousand billion VND"))


def held(
    measure: Measure,
    comparison: Comparison,
    numerator: int,
    denominator: int,
    final: int,
    required: int | None = None,
) -> Figures:
    """Figures with the headroom that the one exact comparison gives."""
    attained, needed = numerator * MILLION, (final if required is None else required) * denominator
    needed += {Comparison.ABOVE: 1, Comparison.BELOW: -1}.get(comparison, 0)
    if comparison in (Comparison.AT_MOST, Comparison.BELOW):
        attained, needed = needed, attained
    headroom = attained - needed
    return Figures(
        measure, comparison, numerator, denominator, True, required, final, None, headroom, headroom // MILLION
    )


def test_a_share_and_its_parts() -> None:
    """The October of the design: 63.4 % of what was needed, 3.2 points and some 5,000 dossiers short."""
    figures = held(PERCENT, Comparison.AT_LEAST, 99_394, 156_749, 800_000, 665_872)
    assert figures.value(VI) == "63,4%"
    assert figures.parts(VI) == "99.394/156.749 hồ sơ"
    assert figures.parts(EN) == "99,394 of 156,749 dossiers"
    assert figures.required_now(VI) == "66,6%"
    assert figures.final_value(EN) == "≥ 80%"
    assert figures.signed_gap(VI) == "−3,2"
    assert figures.gap_unit(VI) == "điểm"
    assert figures.short_by(VI) == "thiếu 3,2 điểm"
    assert figures.short_in_units(VI) == "thiếu 4.981 hồ sơ"
    assert figures.still_needed(VI) == "cần thêm 4.981 hồ sơ"
    assert figures.still_needed(EN) == "4,981 more dossiers"


def test_the_edges_of_comparison() -> None:
    """Exactly on the target meets it, except where more is asked for; a near miss reads as a miss."""
    met = held(PERCENT, Comparison.AT_LEAST, 9_000, 10_000, 900_000)
    assert (met.is_short, met.value(EN), met.still_needed(EN)) == (False, "90.0%", "exactly reached")
    strict = held(PERCENT, Comparison.ABOVE, 5_000, 10_000, 500_000)
    assert (strict.is_short, strict.value(EN), strict.final_value(EN)) == (True, "50.0%", "> 50%")
    assert strict.signed_gap(EN) == "0.0"
    assert strict.short_by(EN) == "1 dossier short"
    near = held(PERCENT, Comparison.ABOVE, 4_216_138, 8_435_650, 500_000)
    assert (near.value(VI), near.still_needed(VI)) == ("49,98%", "cần thêm 1.688 hồ sơ")


def test_a_rank_is_better_the_lower() -> None:
    """Rank 6 against at most 5 is one place short, and short is negative."""
    figures = held(RANK, Comparison.AT_MOST, 6, 1, 5 * MILLION)
    assert figures.value(VI) == "hạng 6"
    assert figures.final_value(VI) == "≤ 5"
    assert figures.signed_gap(VI) == "−1"
    assert figures.short_by(VI) == "kém 1 bậc"
    assert figures.short_by(EN) == "1 place short"
    assert figures.parts(EN) == ""
    reached = held(RANK, Comparison.AT_MOST, 5, 1, 5 * MILLION)
    assert reached.short_by(EN) == ""


def test_what_is_needed_of_whole_things_is_whole() -> None:
    """At least 12.3 of something whole is at least 13; at most 12.3 is at most 12."""
    assert held(COUNT, Comparison.AT_LEAST, 10, 1, 20 * MILLION, 12_300_000).required_now(EN) == "13"
    assert held(COUNT, Comparison.AT_LEAST, 10, 1, 20 * MILLION, 12_300_000).short_by(EN) == "3 dossiers short"
    assert held(RANK, Comparison.AT_MOST, 24, 1, 5 * MILLION, 12_300_000).required_now(EN) == "rank 12"


def test_too_many_is_said_as_too_many() -> None:
    """Where fewer is better the surplus is what has to go."""
    figures = held(COUNT, Comparison.AT_MOST, 112, 1, 100 * MILLION)
    assert figures.short_in_units(EN) == "12 dossiers too many"
    assert figures.still_needed(VI) == "cần giảm 12 hồ sơ"
    assert figures.signed_gap(EN) == "−12"


def test_a_level_names_its_unit() -> None:
    """Money is said in its own unit, whole where all of it is whole."""
    figures = held(MONEY, Comparison.AT_LEAST, 300, 1, 350 * MILLION)
    assert figures.value(VI) == "300 nghìn tỷ đồng"
    assert figures.value(EN) == "300 thousand billion VND"
    assert figures.final_value(VI) == "≥ 350 nghìn tỷ đồng"
    assert held(MONEY, Comparison.AT_LEAST, 601, 2, 350 * MILLION).value(EN) == "300.5 thousand billion VND"


def test_missing_is_a_dash() -> None:
    """No value is neither 0 nor blank, and says nothing of how far it is."""
    nothing = Figures(PERCENT, Comparison.AT_LEAST, 0, 0, True, 600_000, 800_000)
    assert nothing.value(VI) == "–"
    assert nothing.signed_gap(EN) == "–"
    assert nothing.required_now(EN) == "60%"
    assert (nothing.short_by(EN), nothing.still_needed(EN), nothing.short_in_units(EN)) == ("", "", "")


def test_a_published_share_without_parts_shows_none() -> None:
    """A share that was published alone has no dossiers to name."""
    figures = Figures(PERCENT, Comparison.AT_LEAST, 693, 1000, False, 700_000, 800_000, None, -7_000_000, None)
    assert figures.parts(EN) == ""
    assert figures.still_needed(EN) == ""
    assert figures.short_by(EN) == "0.7 points short"


def test_between_two_values() -> None:
    """A range is shown with both its ends."""
    figures = Figures(PERCENT, Comparison.BETWEEN, 1, 2, True, None, 400_000, 600_000, 0, 0)
    assert figures.final_value(EN) == "40%–60%"


@given(
    st.integers(0, 10**7),
    st.integers(1, 10**7),
    st.integers(1, MILLION),
    st.integers(1, MILLION),
    st.sampled_from([Comparison.AT_LEAST, Comparison.ABOVE, Comparison.AT_MOST, Comparison.BELOW]),
    st.sampled_from(list(Language)),
)
def test_a_miss_never_reads_as_reached(
    numerator: int, denominator: int, required: int, final: int, comparison: Comparison, language: Language
) -> None:
    """Read off the words alone, the value stands to what is needed and to the target as it really does."""
    figures = held(PERCENT, comparison, numerator, denominator, final, required)
    value = read(figures.value(language).removesuffix("%"), language)
    exact = Fraction(numerator * 100, denominator)
    for shown, threshold in (
        (figures.required_now(language), Fraction(required, 10_000)),
        (figures.final_value(language)[2:], Fraction(final, 10_000)),
    ):
        other = read(shown.removesuffix("%"), language)
        assert (value < other, value > other) == (exact < threshold, exact > threshold)
    assert bool(figures.short_by(language)) is figures.is_short


@pytest.mark.parametrize("language", list(Language), ids=str)
def test_a_bound_is_held_against_the_same_thresholds(language: Language) -> None:
    """What the missing units could make of a value is not rounded onto what is needed either."""
    figures = held(PERCENT, Comparison.AT_LEAST, 48_400, 100_000, 600_000, 477_550)
    assert read(figures.beside(47_754, 100_000, language).removesuffix("%"), language) < Fraction("47.755")
    assert figures.beside(0, 0, language) == "–"
