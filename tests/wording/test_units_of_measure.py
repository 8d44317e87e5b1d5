"""Every unit of measure said in both languages: the value, what is needed, how far it is, and what it asks for."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targetwatch import units_of_measure
from targetwatch.catalogue.versions import millionths
from targetwatch.model import MILLION, Comparison, Language, MetricKind, Text
from targetwatch.units_of_measure import Money
from targetwatch.wording.amounts import unit_words
from targetwatch.wording.figures import Figures, Measure
from tests.wording.test_figures import held
from tests.wording.test_numbers import read

VI, EN = Language.VI, Language.EN
AT_LEAST, ABOVE, AT_MOST, BELOW = Comparison.AT_LEAST, Comparison.ABOVE, Comparison.AT_MOST, Comparison.BELOW
RATIO, LEVEL, COUNT, RANK = MetricKind.RATIO, MetricKind.LEVEL, MetricKind.COUNT, MetricKind.RANK
PEOPLE = Text("người", "people")


def figures(
    unit: str, kind: MetricKind, comparison: Comparison, value: tuple[int, int], required: str, final: str
) -> Figures:
    """A value held against what is written in its unit of measure."""
    needed, asked = (millionths(Decimal(number), unit) for number in (required, final))
    assert needed is not None
    assert asked is not None
    return held(Measure(kind, unit, PEOPLE), comparison, *value, asked, needed)


# unit, kind, comparison, numerator and denominator, required now, final; then in Vietnamese and in English:
# value | needed now | final | signed gap | short by
CASES = [
    (
        ("percent", RATIO, AT_LEAST, (99_394, 156_749), "66.5872", "80"),
        "63,4% | 66,6% | ≥ 80% | −3,2 điểm | thiếu 3,2 điểm",
        "63.4% | 66.6% | ≥ 80% | −3.2 points | 3.2 points short",
    ),
    (
        ("percent", RATIO, AT_MOST, (8, 100), "5", "5"),
        "8,0% | 5,0% | ≤ 5% | −3,0 điểm | quá 3,0 điểm",
        "8.0% | 5.0% | ≤ 5% | −3.0 points | 3.0 points over",
    ),
    (
        ("percentage_points", LEVEL, AT_LEAST, (25, 1_000), "3", "3.5"),
        "2,5 điểm phần trăm | 3,0 điểm phần trăm | ≥ 3,5 điểm phần trăm | −0,5 điểm phần trăm | "
        "thiếu 0,5 điểm phần trăm",
        "2.5 percentage points | 3.0 percentage points | ≥ 3.5 percentage points | −0.5 percentage points | "
        "0.5 percentage points short",
    ),
    (
        ("percentage_points", LEVEL, AT_LEAST, (-1, 100), "0", "1"),
        "−1 điểm phần trăm | 0 điểm phần trăm | ≥ 1 điểm phần trăm | −1 điểm phần trăm | thiếu 1 điểm phần trăm",
        "−1 percentage point | 0 percentage points | ≥ 1 percentage point | −1 percentage point | "
        "1 percentage point short",
    ),
    (
        ("percentage_points", LEVEL, AT_LEAST, (29_999, 1_000_000), "3", "3"),
        "2,9999 điểm phần trăm | 3,0000 điểm phần trăm | ≥ 3 điểm phần trăm | −0,0001 điểm phần trăm | "
        "thiếu 0,0001 điểm phần trăm",
        "2.9999 percentage points | 3.0000 percentage points | ≥ 3 percentage points | −0.0001 percentage points | "
        "0.0001 percentage points short",
    ),
    (
        ("count", COUNT, AT_LEAST, (1_986, 1), "2500", "10000"),
        "1.986 | 2.500 | ≥ 10.000 | −514 người | thiếu 514 người",
        "1,986 | 2,500 | ≥ 10,000 | −514 people | 514 people short",
    ),
    (
        ("count", COUNT, AT_MOST, (101, 1), "100", "100"),
        "101 | 100 | ≤ 100 | −1 người | thừa 1 người",
        "101 | 100 | ≤ 100 | −1 person | 1 person too many",
    ),
    (
        ("count", LEVEL, AT_LEAST, (1, 1), "2", "255"),
        "1 người | 2 người | ≥ 255 người | −1 người | thiếu 1 người",
        "1 person | 2 people | ≥ 255 people | −1 person | 1 person short",
    ),
    (
        ("rank", RANK, AT_MOST, (24, 1), "12.3", "5"),
        "hạng 24 | hạng 12 | ≤ 5 | −12 bậc | kém 12 bậc",
        "rank 24 | rank 12 | ≤ 5 | −12 places | 12 places short",
    ),
    (
        ("days", LEVEL, AT_MOST, (5, 1), "3", "1"),
        "5 ngày | 3 ngày | ≤ 1 ngày | −2 ngày | quá 2 ngày",
        "5 days | 3 days | ≤ 1 day | −2 days | 2 days over",
    ),
    (
        ("days", LEVEL, AT_MOST, (4, 1), "3", "3"),
        "4 ngày | 3 ngày | ≤ 3 ngày | −1 ngày | quá 1 ngày",
        "4 days | 3 days | ≤ 3 days | −1 day | 1 day over",
    ),
    (
        ("days", RATIO, AT_MOST, (7_503, 2_500), "3", "3"),
        "3,001 ngày | 3,000 ngày | ≤ 3 ngày | −0,001 ngày | quá 0,001 ngày",
        "3.001 days | 3.000 days | ≤ 3 days | −0.001 days | 0.001 days over",
    ),
    (
        ("hours", RATIO, BELOW, (36, 24), "1.5", "1.5"),
        "1,5 giờ | 1,5 giờ | < 1,5 giờ | 0,0 giờ | đúng bằng ngưỡng",
        "1.5 hours | 1.5 hours | < 1.5 hours | 0.0 hours | exactly on the threshold",
    ),
    (
        ("minutes", LEVEL, AT_MOST, (1, 1), "1", "30"),
        "1 phút | 1 phút | ≤ 30 phút | 0 phút | ",
        "1 minute | 1 minute | ≤ 30 minutes | 0 minutes | ",
    ),
    (
        ("thousand_billion_vnd", COUNT, AT_LEAST, (300, 1), "320", "350"),
        "300 nghìn tỷ đồng | 320 nghìn tỷ đồng | ≥ 350 nghìn tỷ đồng | −20 nghìn tỷ đồng | thiếu 20 nghìn tỷ đồng",
        "300 thousand billion VND | 320 thousand billion VND | ≥ 350 thousand billion VND | "
        "−20 thousand billion VND | 20 thousand billion VND short",
    ),
    (
        ("billion_vnd", LEVEL, AT_LEAST, (12_345, 10), "1000.55", "2000"),
        "1.234,5 tỷ đồng | 1.000,6 tỷ đồng | ≥ 2.000 tỷ đồng | +234,0 tỷ đồng | ",
        "1,234.5 billion VND | 1,000.6 billion VND | ≥ 2,000 billion VND | +234.0 billion VND | ",
    ),
    (
        ("vnd", LEVEL, ABOVE, (1_000_000, 1), "1000000", "1000000"),
        "1.000.000 đồng | 1.000.000 đồng | > 1.000.000 đồng | 0 đồng | đúng bằng ngưỡng",
        "1,000,000 VND | 1,000,000 VND | > 1,000,000 VND | 0 VND | exactly on the threshold",
    ),
    (
        ("usd", RATIO, AT_MOST, (3, 2), "1", "1"),
        "1,5 đô la Mỹ | 1,0 đô la Mỹ | ≤ 1 đô la Mỹ | −0,5 đô la Mỹ | quá 0,5 đô la Mỹ",
        "1.5 US dollars | 1.0 US dollars | ≤ 1 US dollar | −0.5 US dollars | 0.5 US dollars over",
    ),
    (
        ("million_usd", LEVEL, AT_LEAST, (1, 1), "2", "2"),
        "1 triệu đô la Mỹ | 2 triệu đô la Mỹ | ≥ 2 triệu đô la Mỹ | −1 triệu đô la Mỹ | thiếu 1 triệu đô la Mỹ",
        "1 million US dollars | 2 million US dollars | ≥ 2 million US dollars | −1 million US dollars | "
        "1 million US dollars short",
    ),
]


@pytest.mark.parametrize(("written", "vi", "en"), CASES, ids=[f"{case[0][0]} {case[0][2]}" for case in CASES])
def test_what_is_said_in_each_unit(
    written: tuple[str, MetricKind, Comparison, tuple[int, int], str, str], vi: str, en: str
) -> None:
    """The value, what is needed now, the final value, the signed gap and how short it is, each in the right unit."""
    said = figures(*written)
    for language, expected in ((VI, vi), (EN, en)):
        parts = (
            said.value(language),
            said.required_now(language),
            said.final_value(language),
            f"{said.signed_gap(language)} {said.gap_unit(language)}",
            said.short_by(language),
        )
        assert " | ".join(parts) == expected


@pytest.mark.parametrize(
    ("unit", "kind", "value"),
    [("days", RATIO, (1_200, 400)), ("billion_vnd", LEVEL, (300, 1)), ("percentage_points", LEVEL, (25, 1_000))],
)
def test_what_counts_nothing_by_itself_names_no_things(unit: str, kind: MetricKind, value: tuple[int, int]) -> None:
    """1,200 days for 400 dossiers are not 1,200 of 400 people, and nobody is "350 people short" of money."""
    said = figures(unit, kind, AT_LEAST, value, "90", "90")
    for language in Language:
        assert said.parts(language) == said.still_needed(language) == said.short_in_units(language) == ""


def between(value: tuple[int, int], low: int, high: int, unit: str = "days", *, is_upper: bool) -> Figures:
    """A value held against one of two bounds, as an assessment of `between` is."""
    bound = high if is_upper else low
    numerator, denominator = value
    sides = (numerator * MILLION, bound * denominator)
    headroom = sides[1] - sides[0] if is_upper else sides[0] - sides[1]
    measure = Measure(COUNT if unit == "count" else LEVEL, unit, PEOPLE)
    return Figures(
        measure, Comparison.BETWEEN, numerator, denominator, True, bound, low, high, headroom, headroom // MILLION
    )


def test_between_says_which_of_its_bounds_is_broken() -> None:
    """Below the lower one it is short, above the upper one it is over; both are shown, and the one that matters."""
    over = between((7, 1), 2 * MILLION, 5 * MILLION, is_upper=True)
    assert (over.value(EN), over.required_now(EN), over.final_value(EN)) == ("7 days", "≤ 5 days", "2 to 5 days")
    assert (over.short_by(EN), over.short_by(VI), over.signed_gap(VI)) == ("2 days over", "quá 2 ngày", "−2")
    assert over.final_value(VI) == "từ 2 đến 5 ngày"
    short = between((1, 1), 2 * MILLION, 5 * MILLION, is_upper=False)
    assert (short.required_now(VI), short.short_by(VI), short.short_by(EN)) == (
        "≥ 2 ngày",
        "thiếu 1 ngày",
        "1 day short",
    )
    people = between((7, 1), 2 * MILLION, 5_500_000, "count", is_upper=True)
    assert (people.required_now(EN), people.still_needed(EN)) == ("≤ 5", "2 fewer people")
    assert people.short_by(EN) == "2 people too many"


@given(
    st.sampled_from(["percentage_points", "days", "hours", "billion_vnd", "usd"]),
    st.integers(-(10**7), 10**7),
    st.integers(1, 10**7),
    st.integers(-MILLION, MILLION),
    st.integers(-MILLION, MILLION),
    st.sampled_from([AT_LEAST, ABOVE, AT_MOST, BELOW]),
    st.sampled_from(list(Language)),
)
def test_a_miss_never_reads_as_reached_in_any_unit(
    unit: str, numerator: int, denominator: int, required: int, final: int, comparison: Comparison, language: Language
) -> None:
    """Read off the words alone, the value stands to what is needed and to the target as it really does."""
    said = held(Measure(LEVEL, unit, PEOPLE), comparison, numerator, denominator, final, required)
    value = read(said.value(language).split(" ")[0], language)
    exact = Fraction(numerator, denominator)
    for shown, threshold in ((said.required_now(language), required), (said.final_value(language)[2:], final)):
        other = read(shown.split(" ")[0], language)
        mark = Fraction(threshold, MILLION)
        assert (value < other, value > other) == (exact < mark, exact > mark)
    signed = said.signed_gap(language)
    assert said.gap is not None
    assert (signed[0] == "−", signed[0] == "+") == (said.gap < 0, said.gap > 0)
    assert bool(said.short_by(language)) is said.is_short


@pytest.mark.parametrize(
    ("number", "decimals", "vi", "en"),
    [("1", 0, "ngày", "day"), ("1", 1, "ngày", "days"), ("-1", 0, "ngày", "day"), ("0", 0, "ngày", "days")],
)
def test_the_form_goes_with_the_number_as_it_is_shown(number: str, decimals: int, vi: str, en: str) -> None:
    """1 day and 1.0 days, by CLDR's rules of English; Vietnamese has one form."""
    said = {language: unit_words("days", PEOPLE, Fraction(number), decimals, language) for language in Language}
    assert said == {VI: vi, EN: en}


def test_no_currency_is_without_a_name() -> None:
    """Every unit that may be written has words in both languages, in every scale."""
    for code in units_of_measure.currencies():
        for scale in (None, *units_of_measure.SCALES):
            unit = code.lower() if scale is None else f"{scale}_{code.lower()}"
            assert units_of_measure.money(unit) == Money(code, scale)
            for language in Language:
                assert unit_words(unit, PEOPLE, Fraction(2), 0, language)
    assert unit_words("trillion_eur", PEOPLE, Fraction(2), 0, EN) == "trillion euros"
    assert unit_words("trillion_eur", PEOPLE, Fraction(2), 0, VI) == "nghìn tỷ euro"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("percents", "percent"), ("%", "percent"), ("percent_points", "percentage_points"), ("day", "days"),
        ("VND", "vnd"), ("vnđ", "vnd"), ("bilion_vnd", "billion_vnd"), ("billion_vdn", "billion_vnd"),
        ("vnd_billion", "billion_vnd"), ("thousand billion VND", "thousand_billion_vnd"), ("litres", None),
        ("dozens_usd", None), ("million", None), ("", None),
    ],
)  # fmt: skip
def test_the_nearest_right_word(written: str, meant: str | None) -> None:
    """What is misspelt finds its word; what is like none finds none rather than a wrong one."""
    assert not units_of_measure.is_known(written)
    assert units_of_measure.nearest(written) == meant


def test_a_percentage_point_is_a_hundredth() -> None:
    """As a per cent is: a difference of two shares needs no factor. All else is written as it is measured."""
    assert millionths(Decimal("2.5"), "percentage_points") == millionths(Decimal("2.5"), "percent") == 25_000
    assert millionths(Decimal("-0.0001"), "percentage_points") == -1
    assert millionths(Decimal("0.00001"), "percentage_points") is None
    assert millionths(Decimal("2.5"), "billion_vnd") == millionths(Decimal("2.5"), "days") == 2_500_000
