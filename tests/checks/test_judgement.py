"""The judgement: suites decide, guards guard, and what cannot run never passes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from targetwatch.checks.judgement import CLAIMS, TARGETS, judge
from targetwatch.checks.suite import SuiteError
from targetwatch.evaluation.comparison import SIDES
from targetwatch.model import Verdict

SHIPPED = Path(__file__).resolve().parents[2] / "expectations" / "judgement"
TARGETS_SUITE = SHIPPED / "targets.json"


def frame(*rows: dict[str, int]) -> pl.DataFrame:
    """Assessments that reach everything, but for what a row says."""
    good = {**{side: 1 if "attained" in side else 0 for side in SIDES}, "measured": 10, "days_overdue": 0}
    return pl.DataFrame(
        [
            {
                "target": "t",
                "org_unit": f"{place:03}",
                "org_unit_valid_from": date(2021, 1, 1),
                "as_of": datetime(2025, 6, 1, tzinfo=UTC),
                "period_start": date(2025, 4, 1),
                "direction": "at_least",
                **good,
                **row,
                "rows_expected": len(rows),
            }
            for place, row in enumerate(rows)
        ]
    )


def edited(tmp_path: Path, edit: Callable[[list[dict[str, Any]]], object]) -> Path:
    """The shipped suite after a data engineer has edited its expectations."""
    suite = json.loads(TARGETS_SUITE.read_text(encoding="utf-8"))
    edit(suite["expectations"])
    path = tmp_path / "targets.json"
    path.write_text(json.dumps(suite), encoding="utf-8")
    return path


def found(judged: pl.DataFrame, suite: Path = TARGETS_SUITE) -> list[tuple[int, str]]:
    """The verdicts on a frame that could be judged."""
    judgement = judge(judged, suite)
    assert judgement.failures == ()
    return judgement.verdicts.rows()


def unjudged(judged: pl.DataFrame, suite: Path = TARGETS_SUITE) -> tuple[str, ...]:
    """Why a frame could not be judged; every row of it has the one verdict `guard`."""
    judgement = judge(judged, suite)
    assert judgement.verdicts.rows() == [(row, "guard") for row in range(judged.height)]
    return judgement.failures


def test_every_verdict_names_its_rows() -> None:
    """The failing rows of an expectation are those of its verdict, by position, whatever else they fail."""
    rows = frame(
        {},
        {"attained_worst": -1},
        {"attained_worst": -1, "attained_best": -1},
        {"final_attained_best": -1, "final_attained_worst": -1},
        {"margin_attained_worst": -1, "margin_attained_best": -1},
        {"measured": 0},
        {"days_overdue": 1},
    )
    assert found(rows) == [
        (1, "short_at_worst"),
        (2, "short_at_best"),
        (2, "short_at_worst"),
        (3, "final_short_at_best"),
        (3, "final_short_at_worst"),
        (4, "margin_short_at_best"),
        (4, "margin_short_at_worst"),
        (5, "no_value"),
        (6, "stale"),
    ]


def test_equal_sides_reach() -> None:
    """Both sides equal: a value exactly on its target fails nothing."""
    assert found(frame(dict.fromkeys(SIDES, 9_000_000_000))) == []


def test_an_empty_frame_judges_to_nothing() -> None:
    """No row, no verdict, no failure: there was nothing to judge."""
    judgement = judge(frame({}).clear(), TARGETS_SUITE)
    assert judgement.verdicts.is_empty()
    assert judgement.failures == ()


def test_a_row_that_was_lost_judges_nothing() -> None:
    """Fewer rows than were assessed: a guard fails, and no row passes."""
    (failure,) = unjudged(frame({}, {}).head(1))
    assert "expect_table_row_count_to_equal is a guard, and fails" in failure


def test_a_row_that_is_there_twice_judges_nothing() -> None:
    """A join that repeats rows fails the guard on the key, even where the number of rows was expected."""
    twice = pl.concat([frame({}), frame({})]).with_columns(rows_expected=pl.lit(2))
    (failure,) = unjudged(twice)
    assert "expect_compound_columns_to_be_unique" in failure


def test_the_moments_of_a_replay_are_counted_together() -> None:
    """Two moments of one and two rows are three rows in all."""
    later = frame({}, {}).with_columns(as_of=pl.lit(datetime(2025, 7, 1, tzinfo=UTC)))
    assert found(pl.concat([frame({}), later])) == []


@pytest.mark.parametrize("side", SIDES)
def test_a_null_in_a_comparison_judges_nothing(side: str) -> None:
    """A NULL would be passed over and read as reached; a guard on each side sees it."""
    holed = frame({}, {}).with_columns(pl.when(pl.int_range(pl.len()) == 0).then(side).alias(side))
    assert any(side in failure for failure in unjudged(holed))


def test_a_missing_column_judges_nothing() -> None:
    """An expectation that raised is no verdict, although Great Expectations hides it under a metric's name."""
    assert any(
        "attained_worst" in failure and "could not run" in failure
        for failure in unjudged(frame({}, {"attained_best": -1}).drop("attained_worst"))
    )


def test_an_expectation_that_raises_judges_nothing(tmp_path: Path) -> None:
    """A regular expression held against numbers raises in the middle of the run: nobody is behind, nobody passes."""

    def add(expectations: list[dict[str, Any]]) -> None:
        expectations.append(
            {
                "type": "expect_column_values_to_match_regex",
                "kwargs": {"column": "measured", "regex": "("},
                "meta": {"verdict": "stale"},
            }
        )

    assert any("could not run" in failure for failure in unjudged(frame({"attained_best": -1}), edited(tmp_path, add)))


def test_who_edits_the_suite_changes_what_is_judged(tmp_path: Path) -> None:
    """A month of grace written into the suite makes what was stale fresh; nothing in the code knows better."""
    overdue = frame({"days_overdue": 30}, {"days_overdue": 31})
    assert found(overdue) == [(0, "stale"), (1, "stale")]

    def grant_a_month(expectations: list[dict[str, Any]]) -> None:
        (stale,) = [each for each in expectations if each["meta"]["verdict"] == "stale"]
        stale["kwargs"]["max_value"] = 30

    assert found(overdue, edited(tmp_path, grant_a_month)) == [(1, "stale")]


def test_what_mostly_tolerates_is_no_verdict(tmp_path: Path) -> None:
    """With mostly 0.5 half of the rows may fail unnamed; when more do, all that fail are named."""

    def tolerate(expectations: list[dict[str, Any]]) -> None:
        for each in expectations:
            if each["meta"]["verdict"] == "stale":
                each["kwargs"]["mostly"] = 0.5

    suite = edited(tmp_path, tolerate)
    assert found(frame({"days_overdue": 1}, {}), suite) == []
    assert found(frame({"days_overdue": 1}, {"days_overdue": 1}, {}), suite) == [(0, "stale"), (1, "stale")]


def test_two_expectations_may_stand_for_one_verdict(tmp_path: Path) -> None:
    """A row that fails either has the verdict, once."""

    def add(expectations: list[dict[str, Any]]) -> None:
        expectations.append(
            {
                "type": "expect_column_values_to_be_between",
                "kwargs": {"column": "measured", "min_value": 30},
                "meta": {"verdict": "no_value"},
            }
        )

    assert found(frame({"measured": 0}, {"measured": 29}, {"measured": 30}), edited(tmp_path, add)) == [
        (0, "no_value"),
        (1, "no_value"),
    ]


@pytest.mark.parametrize("verdict", sorted(TARGETS))
def test_a_verdict_that_the_rules_need_must_be_in_the_suite(tmp_path: Path, verdict: Verdict) -> None:
    """Without the expectation every row would seem to pass: the error names what is missing."""

    def take_out(expectations: list[dict[str, Any]]) -> None:
        expectations[:] = [each for each in expectations if each["meta"]["verdict"] != verdict]

    with pytest.raises(SuiteError, match=rf"no expectation has the meta.verdict {verdict}\."):
        judge(frame({}), edited(tmp_path, take_out))


def test_an_expectation_must_stand_for_a_known_verdict(tmp_path: Path) -> None:
    """A misspelt verdict is refused with those that there are."""

    def misspell(expectations: list[dict[str, Any]]) -> None:
        expectations[-1]["meta"]["verdict"] = "short_at_wrost"

    with pytest.raises(SuiteError, match=r"'short_at_wrost'\. Write one of .*short_at_worst"):
        judge(frame({}), edited(tmp_path, misspell))


def test_an_expectation_about_no_rows_can_only_guard(tmp_path: Path) -> None:
    """A mean that is off names no row: it cannot say who is behind, and is not taken for a pass."""

    def add(expectations: list[dict[str, Any]]) -> None:
        expectations.append(
            {
                "type": "expect_column_mean_to_be_between",
                "kwargs": {"column": "measured", "min_value": 1_000},
                "meta": {"verdict": "short_at_best"},
            }
        )

    assert any("names no rows" in failure for failure in unjudged(frame({}), edited(tmp_path, add)))


@pytest.mark.parametrize(("name", "needed"), [("targets", TARGETS), ("claims", CLAIMS)])
def test_the_shipped_suites_hold_what_the_rules_need(name: str, needed: frozenset[Verdict]) -> None:
    """Each expectation has a verdict, a severity that Great Expectations knows, and words that say what it asks."""
    suite = json.loads((SHIPPED / f"{name}.json").read_text(encoding="utf-8"))
    assert {each["meta"]["verdict"] for each in suite["expectations"]} == needed
    assert {each["severity"] for each in suite["expectations"]} <= {"critical", "warning", "info"}
    assert all(each["meta"]["notes"] for each in suite["expectations"])
