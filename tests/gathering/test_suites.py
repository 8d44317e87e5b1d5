"""The gate suites that are shipped: every expectation of each is failed once, and gives its reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from targetwatch.model import Source, Text
from tests.gathering.sources import DOSSIER, GATES, PROCEDURES, PUBLISHED, RANKINGS, REPORTING, gated_of, put_aside
from tests.gathering.test_gate import FIGURE, REPORT

RANK = {"ranking": "ict_index_rank", "year": "2024", "rank": "5", "of": "63", "published_on": "2025-05-10"}
PUBLISHED_THEN = {**FIGURE, "published_on": "2021-07-20"}
CASES = [
    (PROCEDURES, DOSSIER, {"procedure": ""}, "The procedure is missing", "procedure"),
    (PROCEDURES, DOSSIER, {"channel": ""}, "The channel is missing", "channel"),
    (PROCEDURES, DOSSIER, {"due_on": ""}, "The due date is missing", "due_on"),
    (PROCEDURES, DOSSIER, {"channel": "zalo"}, "Unknown channel", "channel"),
    (PROCEDURES, DOSSIER, {"due_on": "2025-05-04"}, "Due before received", "due_on"),
    (PROCEDURES, DOSSIER, {"finished_on": "2025-05-04"}, "Closed before received", "finished_on"),
    (PROCEDURES, DOSSIER, {"finished_on": "2025-06-11"}, "Closed in the future", "finished_on"),
    (PROCEDURES, DOSSIER, {"due_on": "2052-05-20"}, "Due more than five years ahead", "due_on"),
    (PROCEDURES, DOSSIER, {"satisfaction": "6"}, "Satisfaction is not from 1 to 5", "satisfaction"),
    (REPORTING, REPORT, {"numerator": "", "denominator": ""}, "Neither a denominator nor a share", "denominator"),
    (REPORTING, REPORT, {"denominator": "", "share": "60"}, "A numerator without a denominator", "denominator"),
    (REPORTING, REPORT, {"numerator": ""}, "A denominator without a numerator", "numerator"),
    (REPORTING, REPORT, {"numerator": "-1"}, "A negative numerator", "numerator"),
    (REPORTING, REPORT, {"numerator": "-2", "denominator": "-1"}, "A negative numerator", "numerator"),
    (REPORTING, REPORT, {"numerator": "0", "denominator": "-1"}, "A negative denominator", "denominator"),
    (REPORTING, REPORT, {"numerator": "21"}, "The numerator is greater than the denominator", "numerator"),
    (REPORTING, REPORT, {"numerator": str(10**9 + 1)}, "The numerator is above a thousand million", "numerator"),
    (REPORTING, REPORT, {"denominator": str(10**9 + 1)}, "The denominator is above a thousand million", "denominator"),
    (REPORTING, REPORT, {"denominator": str(2**63 - 1)}, "The denominator is above a thousand million", "denominator"),
    (REPORTING, REPORT, {"share": "101"}, "The share is no number from 0 to 100", "share"),
    (REPORTING, REPORT, {"share": "69,3%"}, "The share is no number from 0 to 100", "share"),
    (PUBLISHED, PUBLISHED_THEN, {"name_vi": ""}, "The Vietnamese name is missing", "name_vi"),
    (PUBLISHED, PUBLISHED_THEN, {"name_en": ""}, "The English name is missing", "name_en"),
    (PUBLISHED, PUBLISHED_THEN, {"published": ""}, "The published figure is missing", "published"),
    (PUBLISHED, PUBLISHED_THEN, {"unit": ""}, "The unit of measure is missing", "unit_of_measure"),
    (PUBLISHED, PUBLISHED_THEN, {"source": ""}, "The document that says so is missing", "reference"),
    (PUBLISHED, PUBLISHED_THEN, {"check": ""}, "How it compares with its parts is missing", "compared_as"),
    (PUBLISHED, PUBLISHED_THEN, {"qualifier": ""}, "The qualifier is missing", "qualifier"),
    (PUBLISHED, PUBLISHED_THEN, {"published": "1.234.567"}, "The published figure is no number", "published"),
    (PUBLISHED, PUBLISHED_THEN, {"check": "ratio"}, "An unknown way of comparing", "compared_as"),
    (PUBLISHED, PUBLISHED_THEN, {"qualifier": "roughly"}, "An unknown qualifier", "qualifier"),
    (PUBLISHED, PUBLISHED_THEN, {"numerator": "-1"}, "A negative numerator", "numerator"),
    (PUBLISHED, PUBLISHED_THEN, {"denominator": "0"}, "The denominator is not above zero", "denominator"),
    (
        PUBLISHED,
        PUBLISHED_THEN,
        {"numerator": str(10**9 + 1)},
        "The numerator is above a thousand million",
        "numerator",
    ),
    (
        PUBLISHED,
        PUBLISHED_THEN,
        {"denominator": str(10**9 + 1)},
        "The denominator is above a thousand million",
        "denominator",
    ),
    (PUBLISHED, PUBLISHED_THEN, {"published_on": "2025-06-11"}, "Published in the future", "published_on"),
    (RANKINGS, RANK, {"rank": ""}, "The rank is missing", "rank"),
    (RANKINGS, RANK, {"rank": "0"}, "The rank is not above zero", "rank"),
    (RANKINGS, RANK, {"rank": "64"}, "The rank is beyond the number ranked", "rank"),
    (RANKINGS, RANK, {"rank": str(10**6 + 1), "of": ""}, "The rank is above a million", "rank"),
    (RANKINGS, RANK, {"published_on": "2025-06-11"}, "Published in the future", "published_on"),
]


def expectations(source: Source) -> list[Mapping[str, Mapping[str, Mapping[str, str]]]]:
    """The expectations of the source's shipped suite."""
    return json.loads((GATES / f"{source.gate}.json").read_text(encoding="utf-8"))["expectations"]


@pytest.mark.parametrize(("source", "good", "changes", "reason", "column"), CASES)
def test_a_row_that_fails(
    tmp_path: Path, source: Source, good: Mapping[str, str], changes: Mapping[str, str], reason: str, column: str
) -> None:
    """A row that is good but for one thing is put aside for that thing, with the column to blame."""
    delivered_as = {one.name: one.delivered_as for one in source.columns}
    bad = {**good, **changes}
    identity = next(iter(source.identified_by), "dossier_id")
    other = {**good, **({"dossier_id": "H26-9999"} if identity == "dossier_id" else {}), **_another_day(source)}
    gated = gated_of(tmp_path, [other, bad], source)
    assert put_aside(gated) == [(3, reason, column, bad[delivered_as[column]] or None)]
    assert gated.good.height == 1


def _another_day(source: Source) -> Mapping[str, str]:
    """What makes a second record of the same row, where a record is named by its day."""
    days = {"reporting": {"period": "2025-04"}, "published": {"as_of": "2018-09-30"}, "rankings": {"year": "2023"}}
    return days.get(source.id, {})


@pytest.mark.parametrize("source", [PROCEDURES, REPORTING, PUBLISHED, RANKINGS], ids=lambda source: source.id)
def test_every_expectation_has_a_case_and_says_why(source: Source) -> None:
    """Each expectation that puts rows aside is in the cases above, with a reason in both languages."""
    shown = {reason for case_source, _, _, reason, _ in CASES if case_source is source}
    for expectation in expectations(source):
        reason = expectation["meta"]["reason"]
        assert set(reason) == {"vi", "en"}
        assert expectation["meta"]["condition"] in ("complete", "clean", "live")
        assert expectation["severity"] == "warning" or reason["en"] in shown


@pytest.mark.parametrize(
    ("source", "row"),
    [
        (REPORTING, {**REPORT, "numerator": str(10**9), "denominator": str(10**9)}),
        (PUBLISHED, {**PUBLISHED_THEN, "numerator": str(10**9), "denominator": str(10**9)}),
        (RANKINGS, {**RANK, "rank": str(10**6), "of": ""}),
    ],
    ids=lambda value: getattr(value, "id", ""),
)
def test_what_can_be_true_of_a_city_is_taken(tmp_path: Path, source: Source, row: Mapping[str, str]) -> None:
    """The bounds keep out what no sum could hold, and let in the largest counts that are real."""
    assert gated_of(tmp_path, [row], source).good.height == 1


def test_dossiers_of_long_ago_are_taken_with_a_warning(tmp_path: Path) -> None:
    """A delivery of nothing recent is taken, since it may be a correction, and says that it is old."""
    old = {**DOSSIER, "received_on": "2024-05-05", "due_on": "2024-05-20", "finished_on": ""}
    gated = gated_of(tmp_path, [old], replace(PROCEDURES, bad_rows_allowed=0))
    assert gated.good.height == 1
    assert [Text.parse(warning).en for warning in gated.warnings] == ["No dossier was received in the last 100 days"]
