"""The path in words: each shape, with the numbers of its formula, and exactly what the engine requires."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from targetwatch.evaluation.baselines import Stood
from targetwatch.evaluation.trajectory import required
from targetwatch.explaining.found import Answer, Case
from targetwatch.explaining.path import requirement
from tests.explaining.cases import EN, MAY, QUERY, VI, case, place, said

DECEMBER = {"baseline": None, "milestones": []}


def words(one: Case) -> list[str]:
    """What is said of a path."""
    step = requirement(one, EN)
    assert step is not None
    return list(step.says)


def test_a_line_from_a_declared_baseline() -> None:
    """Its ends, its days and what it asks for are named, and the formula is that of the engine."""
    assert words(case()) == [
        "A straight line from 34% on 31 Dec 2021 (assumed) to 80% on 31 Dec 2025 asks for 73.2621% on 31 May 2025.",
        "34 + (80 − 34) × 1,247 / 1,461 = 73.2621% (rounded to a millionth).",
    ]
    step = requirement(case(), VI)
    assert step is not None
    assert step.says[1] == "34 + (80 − 34) × 1.247 / 1.461 = 73,2621% (làm tròn đến một phần triệu)."
    assert step.facts["computed_millionths"] == step.facts["required_millionths"] == 732_621


def test_a_line_that_nobody_assumed() -> None:
    """A path that a document gives is not called assumed."""
    assert "assumed" not in words(case(said(assumed=False)))[0]


@pytest.mark.parametrize(
    ("on", "first", "where"),
    [
        (None, date(2021, 6, 30), "from 30% on 30 Jun 2021, the first value, to 80%"),
        (date(2021, 12, 31), date(2021, 12, 31), "from 30% on 31 Dec 2021, the value in June 2021, to 80%"),
    ],
)
def test_a_line_from_where_the_unit_stood(on: date | None, first: date, where: str) -> None:
    """A path without a declared start says whose value it begins at, and of when."""
    drawn_from = {**DECEMBER, **({"baseline_on": on.isoformat()} if on else {})}
    row = {
        "org_unit": "01", "org_unit_valid_from": date(2021, 1, 1), "period_start": date(2021, 6, 1),
        "period_end": date(2021, 6, 30), "numerator": 3, "denominator": 10,
    }  # fmt: skip
    one = case(
        said(drawn_from=drawn_from),
        began=Stood(first, Fraction(3), Fraction(10)),
        baseline=Answer((row,), QUERY),
    )
    version = one.version
    assert version is not None
    asks = required(version, MAY.last_day, (Fraction(3, 10), first))
    said_of_it = words(one)
    assert where in said_of_it[0]
    step = requirement(one, EN)
    assert step is not None
    assert step.facts["computed_millionths"] == asks
    assert [shown.rows for shown in step.shown][-1] == "what the path begins at"


def test_a_line_that_was_judged_otherwise_says_so() -> None:
    """Where the ledger's start does not give what was judged by, that is not passed over."""
    assert words(case(said(required=700_000)))[-1] == (
        "It was judged by 70%: the path then began elsewhere than the ledger shows here."
    )


def test_a_line_that_begins_better_than_it_ends() -> None:
    """It asks for the final value all along."""
    better = {"baseline": {"on": "2021-12-31", "value": 850_000}, "milestones": []}
    assert words(case(said(drawn_from=better, required=800_000))) == [
        "A straight line from 85% on 31 Dec 2021 (assumed) to 80% on 31 Dec 2025 asks for 80% on 31 May 2025.",
        "It begins better than the final value, so no more than that is asked for.",
    ]


def test_a_rank_comes_in_whole_numbers() -> None:
    """What a line asks of a rank is said exactly, and as the rank that meets it."""
    row = said(
        comparison="<=", value=5_000_000, warning_margin=0, numerator=7, denominator=1, required=7_500_000,
        final=5_000_000, drawn_from={"baseline": {"on": "2020-12-31", "value": 12_000_000}, "milestones": []},
        due=date(2028, 4, 1),
    )  # fmt: skip
    rank = place(kind="rank", unit_of_measure="rank")
    asks = required(case(row, rank).version, MAY.last_day)  # type: ignore[arg-type]
    row["required"] = asks
    said_of_it = words(case(row, rank))
    assert said_of_it[1].startswith("12 + (5 − 12) × 1,612 / 2,648 = 7.738")
    assert said_of_it[2] == "In whole numbers: rank 7."


def test_what_is_to_be_held() -> None:
    """A standing directive asks for its value every day."""
    assert words(case(said(path="hold", due=None, required=800_000))) == [
        "It is to be held all the time: 80% on 31 May 2025."
    ]


def test_what_is_only_due_on_a_day() -> None:
    """Before the due date nothing is required; from then on the final value is, whatever the path."""
    assert words(case(said(path="by_due", required=None))) == [
        "Nothing is required before 31 Dec 2025: nothing on 31 May 2025, and 80% from the due date on."
    ]
    assert words(case(said(due=date(2025, 5, 31), required=800_000))) == [
        "It was due on 31 May 2025: from that day on the final value is required, 80%."
    ]


def test_dated_milestones() -> None:
    """The last one reached counts, the next one is named, and before the first nothing is required."""
    steps = {
        "baseline": None,
        "milestones": [{"on": "2024-12-31", "value": 600_000}, {"on": "2025-06-30", "value": 700_000}],
    }
    assert words(case(said(path="steps", drawn_from=steps, required=600_000))) == [
        "By dated milestones (assumed): 60% on 31 May 2025, that of 31 Dec 2024.",
        "The next one: 70% on 30 Jun 2025.",
    ]
    ahead = {"baseline": None, "milestones": steps["milestones"][1:]}  # type: ignore[index]
    assert words(case(said(path="steps", drawn_from=ahead, required=None)))[0] == (
        "By dated milestones (assumed): none had come by 31 May 2025, so nothing was required."
    )


def test_a_path_whose_start_was_never_observed() -> None:
    """Where there is no first value, nothing is required, and that is said."""
    row = said(drawn_from=DECEMBER, period_start=None, period_end=None, origin=None, reason="source_planned")
    assert words(case(row, baseline=Answer((), QUERY))) == [
        "A straight line (assumed) from the first value to 80%; there is none yet, so nothing is required."
    ]


def test_between_is_told_by_the_bound_that_decided() -> None:
    """Of a range the path to the bound that was judged is told."""
    row = said(
        comparison="between", value=200_000, value_to=600_000, final=600_000, required=600_000, path="hold", due=None
    )
    assert words(case(row)) == ["It is to be held all the time: 60% on 31 May 2025."]
    row |= {"final": 200_000, "required": 200_000}
    assert words(case(row)) == ["It is to be held all the time: 20% on 31 May 2025."]
