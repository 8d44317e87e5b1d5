"""The comparison in words: the engine's own integers, for every way to compare, whole or with units missing."""

from __future__ import annotations

from typing import Any

import pytest

from targetwatch.explaining.comparison import comparison
from tests.explaining.cases import EN, case, place, said


def told(row: dict[str, Any], **metric: Any) -> tuple[list[str], list[dict[str, Any]]]:
    """What is said of a comparison, and the comparisons as facts."""
    step = comparison(case(row, place(**metric)), EN)
    assert step is not None
    return list(step.says), list(step.facts["comparisons"])  # type: ignore[call-overload]


VALUE, ASKED = "800 × 1,000,000", "800,000 × 1,000"


@pytest.mark.parametrize(
    ("sign", "attained", "needed", "reached"),
    [
        (">=", VALUE, ASKED, True),
        (">", VALUE, f"{ASKED} + 1", False),
        ("<=", ASKED, VALUE, True),
        ("<", ASKED, f"{VALUE} + 1", False),
    ],
)
def test_on_the_threshold(sign: str, attained: str, needed: str, reached: bool) -> None:
    """A value exactly on the threshold: the sides swap where less is wanted, and strict comparisons move by one."""
    row = said(
        comparison=sign, numerator=800, value=800_000, final=800_000, required=800_000, path="hold", due=None,
        warning_margin=0, low_numerator=800, high_numerator=800, headroom=0 if reached else -1,
        headroom_units=0 if reached else -1,
    )  # fmt: skip
    says, facts = told(row)
    outcome = "800,000,000 ≥ 800,000,000: reached." if reached else "800,000,000 < 800,000,001: short."
    assert says[0] == f"What is required now (80%): attained {attained}, needed {needed}; {outcome}"
    assert [one["reached"] for one in facts] == [reached, reached]


@pytest.mark.parametrize(
    ("final", "numerator", "reached"), [(600_000, 650, False), (600_000, 550, True), (200_000, 150, False)]
)
def test_between(final: int, numerator: int, reached: bool) -> None:
    """Of a range the bound that decided is compared, the upper one downwards."""
    row = said(
        comparison="between", value=200_000, value_to=600_000, final=final, required=final, numerator=numerator,
        low_numerator=numerator, high_numerator=numerator, path="hold", due=None, warning_margin=0,
    )  # fmt: skip
    _, facts = told(row)
    assert {one["reached"] for one in facts} == {reached}


def test_missing_units_at_their_best_and_worst() -> None:
    """With units missing each threshold is compared twice, with what they could still bring."""
    row = said(
        numerator=21_000, denominator=29_000, low_numerator=21_000, high_numerator=22_000, bounds_denominator=30_000,
        missing=["282@2021-01-01"], reason="incomplete", status="at_risk",
    )  # fmt: skip
    says, facts = told(row)
    assert len(says) == 7
    assert [(one["attained"], one["needed"]) for one in facts][:2] == [
        (22_000_000_000, 21_978_630_000),
        (21_000_000_000, 21_978_630_000),
    ]
    assert "the missing units at their best" in says[0]
    assert "the missing units at their worst" in says[1]


def test_where_less_is_wanted_the_best_is_the_lowest() -> None:
    """Of a share that should be small the missing units are at their best with nothing."""
    row = said(
        comparison="<=", numerator=10, denominator=100, value=150_000, final=150_000, required=150_000,
        low_numerator=10, high_numerator=30, bounds_denominator=120, missing=["x@2021-01-01"], path="hold", due=None,
        warning_margin=0,
    )  # fmt: skip
    says, facts = told(row)
    assert "needed 10 × 1,000,000" in says[0]
    assert "needed 30 × 1,000,000" in says[1]
    assert [one["reached"] for one in facts[:2]] == [True, False]


def test_nothing_required_yet_is_held_against_the_final_value() -> None:
    """Before a due date only the final value is compared, and the distance is called that to the final value."""
    row = said(path="by_due", required=None, headroom=-150_000_000, headroom_units=-150)
    says, facts = told(row)
    assert [one["against"] for one in facts] == ["final"]
    assert says[-1] == "The distance to the final value: −15.0 points (150 more dossiers)."


def test_less_than_one_to_spare_is_not_called_exactly_reached() -> None:
    """With a part of a dossier to spare only the distance is said."""
    row = said(numerator=74, denominator=100, headroom=1_379_000, headroom_units=0, low_numerator=74, high_numerator=74)
    says, _ = told(row)
    assert says[-1] == "The distance: +1.4 points."


def test_no_value_is_not_compared() -> None:
    """An empty denominator has nothing to compare with."""
    row = said(
        numerator=0, denominator=0, headroom=None, headroom_units=None, reason="empty_denominator",
        status="not_evaluated", failed=["no_value"], bounds_denominator=0, low_numerator=0, high_numerator=0,
    )  # fmt: skip
    assert comparison(case(row), EN) is None
