"""The gate: what becomes of good rows, which unit and which period they are of, and what a suite does to them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from targetwatch.checks.gate import GateError
from targetwatch.checks.suite import SuiteError
from targetwatch.gathering import Landed
from targetwatch.model import ColumnType, Text
from tests.gathering.sources import (
    PROCEDURES,
    PUBLISHED,
    RANKINGS,
    REPORTING,
    START,
    csv_text,
    dossier,
    gate,
    gated_of,
    landed_of,
    put_aside,
)

FIGURE = {
    "metric": "commune_websites",
    "name_vi": "Xã có trang thông tin",
    "name_en": "Communes with a web page",
    "as_of": "2018-08-31",
    "level": "city",
    "numerator": "410",
    "denominator": "579",
    "published": "69.3",
    "unit": "percent",
    "check": "share",
    "source": "R2021b",
    "qualifier": "exact",
}
REPORT = {
    "metric": "online",
    "tier": "commune",
    "org_unit": "00001",
    "period": "05/2025",
    "numerator": "12",
    "denominator": "20",
    "share": "",
}


def expectation(kind: str, severity: str = "critical", meta: Mapping[str, Any] | None = None, **kwargs: Any) -> Any:
    """One expectation of a suite."""
    return {"type": kind, "kwargs": kwargs, "severity": severity, "meta": meta or {}}


def judged(folder: Path, landed: Landed, *expectations: Any, rows_at_once: int = 1000) -> Any:
    """What landed, sorted with a suite of its own."""
    (folder / "procedures.json").write_text(json.dumps({"name": "x", "expectations": expectations}))
    return gate(landed, suites=folder, rows_at_once=rows_at_once)


def test_a_good_row_is_typed_and_placed(tmp_path: Path) -> None:
    """A good row has its types, its record id, the version of its unit on that day, its tier and its period."""
    (row,) = gated_of(tmp_path, [dossier(1, tier="Xã", channel="Trực tuyến", org_unit="00004")]).good.iter_rows(
        named=True
    )
    assert row["record_id"] == row["dossier_id"]
    assert row == {
        **row,
        "position": 2,
        "procedure": "1.004227",
        "tier": "commune",
        "org_unit": "00004",
        "org_unit_valid_from": date(2025, 1, 1),
        "received_on": date(2025, 5, 5),
        "channel": "online",
        "digitally_signed": True,
        "paid_online": None,
        "came_in_person": False,
        "satisfaction": 5,
        "period_start": date(2025, 5, 1),
        "period_end": date(2025, 5, 31),
    }


def test_a_code_means_the_unit_of_that_day(tmp_path: Path) -> None:
    """A code that passed from one unit to another is resolved by each row's own date, on the very day of the change."""
    days = ("2024-12-31", "2025-01-01")
    rows = [
        dossier(n, org_unit="00004", received_on=day, due_on="2025-02-01", finished_on="") for n, day in enumerate(days)
    ]
    assert gated_of(tmp_path, rows).good["org_unit_valid_from"].to_list() == [START, date(2025, 1, 1)]


def test_units_of_every_tier(tmp_path: Path) -> None:
    """Each tier has its own level of units: the city's tier is its departments."""
    rows = [dossier(1), dossier(2, tier="district", org_unit="001"), dossier(3, tier="city", org_unit="SO-TP")]
    assert gated_of(tmp_path, rows).good["tier"].to_list() == ["commune", "district", "city"]


def test_who_reported_what(tmp_path: Path) -> None:
    """A unit has reported the periods of its good rows, once each; a unit with bad rows alone has reported nothing."""
    rows = [
        dossier(1),
        dossier(2),
        dossier(3, received_on="2025-04-30"),
        dossier(4, org_unit="00004", channel="zalo"),
    ]
    assert gated_of(tmp_path, rows).reports.rows() == [
        ("00001", START, "commune", date(2025, 4, 1), date(2025, 4, 30)),
        ("00001", START, "commune", date(2025, 5, 1), date(2025, 5, 31)),
    ]


def test_what_a_batch_touches(tmp_path: Path) -> None:
    """A batch touches the periods of all its dates: what was received in April may be due in June."""
    rows = [dossier(1, received_on="2025-04-30", due_on="2025-06-02", finished_on="")]
    assert gated_of(tmp_path, rows).touched["period_start"].to_list() == [date(2025, 4, 1), date(2025, 6, 1)]


def test_a_figure_about_the_city_may_be_older_than_the_programme(tmp_path: Path) -> None:
    """A source without a unit column speaks of the root unit, and of days before the register begins."""
    (row,) = gated_of(tmp_path, [FIGURE], PUBLISHED).good.iter_rows(named=True)
    assert (row["org_unit"], row["org_unit_valid_from"], row["tier"]) == ("01", START, "city")
    assert (row["record_id"], row["published"]) == ("commune_websites/2018-08-31", "69.3")
    assert row["published_on"] is None


def test_the_period_is_the_metrics(tmp_path: Path) -> None:
    """Where a row names its metric, its period is of that metric's cadence."""
    rows = [FIGURE, {**FIGURE, "metric": "ict_index_rank"}]
    assert gated_of(tmp_path, rows, PUBLISHED).good.select("period_start", "period_end").rows() == [
        (date(2018, 8, 1), date(2018, 8, 31)),
        (date(2018, 1, 1), date(2018, 12, 31)),
    ]


def test_a_ranking_of_a_year(tmp_path: Path) -> None:
    """A ranking may name the year alone; its tier is the source's."""
    rows = [{"ranking": "ict_index_rank", "year": "2024", "rank": "5", "of": "63", "published_on": "2025-05-10"}]
    (row,) = gated_of(tmp_path, rows, RANKINGS).good.iter_rows(named=True)
    assert (row["period_start"], row["period_end"]) == (date(2024, 1, 1), date(2024, 12, 31))
    assert (row["tier"], row["rank"]) == ("city", 5)


def test_an_unknown_metric(tmp_path: Path) -> None:
    """A report of something that the catalogue does not know is put aside."""
    gated = gated_of(
        tmp_path,
        [REPORT, {**REPORT, "metric": "happiness"}, {**REPORT, "metric": ""}],
        replace(REPORTING, bad_rows_allowed=0.9),
    )
    reason = "The catalogue has no such metric"
    assert put_aside(gated) == [(3, reason, "metric", "happiness"), (4, reason, "metric", None)]


def test_a_report_of_one_period_twice(tmp_path: Path) -> None:
    """Two reports of one unit for one period in one batch contradict each other."""
    gated = gated_of(
        tmp_path,
        [REPORT, {**REPORT, "period": "2025-05-01", "numerator": "13"}, {**REPORT, "org_unit": "00004"}],
        replace(REPORTING, bad_rows_allowed=0.9),
    )
    assert [position for position, *_ in put_aside(gated)] == [2, 3]


def test_a_source_by_moments(tmp_path: Path) -> None:
    """Where the period's column holds moments, the day is the one in the programme's time zone."""
    columns = tuple(
        replace(column, type=ColumnType.TIMESTAMP) if column.name == "received_on" else column
        for column in PROCEDURES.columns
    )
    source = replace(PROCEDURES, columns=columns, gate=None)
    gated = gated_of(tmp_path, [dossier(1, received_on="2025-04-30T17:30:00Z")], source)
    assert gated.good["period_start"].to_list() == [date(2025, 5, 1)]
    assert gated.reports["period_start"].to_list() == [date(2025, 5, 1)]
    assert gated.touched["period_start"].to_list() == [date(2025, 5, 1)]


def test_a_row_is_put_aside_once(tmp_path: Path) -> None:
    """A row with several faults is put aside for the first, so that a count of rows is a count of rows."""
    gated = gated_of(tmp_path, [dossier(1), dossier(2, received_on="x", due_on="x", channel="zalo", org_unit="?")])
    assert put_aside(gated) == [(3, "Not a date", "received_on", "x")]


def test_every_delivered_row_is_somewhere(tmp_path: Path) -> None:
    """Good rows and rows put aside are together all that was delivered, each once."""
    rows = [
        dossier(n, channel="zalo" if n % 5 == 0 else "online", org_unit="?" if n % 7 == 0 else "00001")
        for n in range(60)
    ]
    lines = csv_text([*rows, *rows[:3]]).splitlines()
    lines[10] += ",one more"
    gated = gate(landed_of(tmp_path, "\n".join(lines)))
    assert sorted([*gated.good["position"], *gated.quarantined["position"]]) == list(range(2, 65))


def test_a_failing_expectation_puts_its_rows_aside(tmp_path: Path) -> None:
    """The rows are blamed with the suite's reason and column; what is bad already is not asked about."""
    landed = landed_of(
        tmp_path, csv_text([dossier(1, sector=""), dossier(2, org_unit="?"), dossier(3), dossier(4, satisfaction="1")])
    )
    gated = judged(
        tmp_path,
        landed,
        expectation(
            "expect_column_values_to_not_be_null",
            meta={"reason": {"vi": "Thiếu lĩnh vực", "en": "No sector"}},
            column="sector",
        ),
        expectation(
            "expect_column_values_to_be_between", meta={"column": "channel"}, column="satisfaction", min_value=2
        ),
    )
    assert put_aside(gated) == [
        (2, "No sector", "sector", None),
        (3, "No unit has this code", "org_unit", "?"),
        (5, "expect_column_values_to_be_between (satisfaction)", "channel", "online"),
    ]
    assert Text.parse(gated.quarantined["reason"][0]).vi == "Thiếu lĩnh vực"


def test_a_batch_judged_in_parts(tmp_path: Path) -> None:
    """A batch that is judged in parts has the same rows put aside as one judged whole."""
    rows = [dossier(n, channel="zalo" if n % 3 == 0 else "online") for n in range(20)]
    # Each delivery has a folder of its own, in which its rows lie sorted.
    whole = gate(landed_of(tmp_path / "whole", csv_text(rows)))
    parts = gate(landed_of(tmp_path / "parts", csv_text(rows)), rows_at_once=7)
    assert whole.quarantined.equals(parts.quarantined)
    assert whole.good.equals(parts.good)
    assert whole.quarantined.height == 7


def test_an_expectation_about_the_whole_batch(tmp_path: Path) -> None:
    """A batch that fails an expectation about all of it is refused, with the suite's reason."""
    reason = {"vi": "Thiếu dòng", "en": "Rows are missing"}
    landed = landed_of(tmp_path, csv_text([dossier(1)]))
    gated = judged(
        tmp_path, landed, expectation("expect_table_row_count_to_be_between", meta={"reason": reason}, min_value=2)
    )
    assert gated.refusal == "Thiếu dòng / Rows are missing"
    assert gated.good.is_empty()


def test_a_warning_changes_nothing(tmp_path: Path) -> None:
    """What only warns is said, and neither puts rows aside nor refuses."""
    reason = {"vi": "Có hồ sơ nộp trực tuyến", "en": "There are online dossiers"}
    landed = landed_of(tmp_path, csv_text([dossier(1)]))
    warning = expectation(
        "expect_column_values_to_be_in_set", "warning", {"reason": reason}, column="channel", value_set=["desk"]
    )
    gated = judged(tmp_path, landed, warning)
    assert (gated.good.height, gated.refusal) == (1, None)
    assert gated.warnings == ("Có hồ sơ nộp trực tuyến / There are online dossiers",)


def test_a_check_that_cannot_run_judges_nothing(tmp_path: Path) -> None:
    """A suite that speaks of a column that is not there stops the batch: it is neither taken nor refused."""
    landed = landed_of(tmp_path, csv_text([dossier(1)]))
    with pytest.raises(GateError, match='column "colour" in BatchData does not exist'):
        judged(tmp_path, landed, expectation("expect_column_values_to_not_be_null", column="colour"))


def test_a_suite_that_is_no_suite(tmp_path: Path) -> None:
    """A suite with an expectation that nobody knows, or none at all, is an error that names the file."""
    landed = landed_of(tmp_path, csv_text([dossier(1)]))
    with pytest.raises(SuiteError, match=r"procedures\.json: Great Expectations knows no expectation expect_miracles"):
        judged(tmp_path, landed, expectation("expect_miracles", column="channel"))
    with pytest.raises(SuiteError, match="There is no expectation suite"):
        gate(landed, suites=tmp_path / "nowhere")


def test_nothing_good_to_ask_about(tmp_path: Path) -> None:
    """A batch whose every row is bad already is refused without asking its suite."""
    gated = gated_of(tmp_path, [dossier(1, org_unit="?")])
    assert gated.refusal is not None
    assert "No unit has this code" in gated.refusal


def test_the_same_batch_sorts_the_same(tmp_path: Path) -> None:
    """Sorting what landed a second time, or what was read back from the landed file, gives the same."""
    rows = [dossier(1), dossier(2, channel="zalo"), dossier(3), dossier(3)]
    landed = landed_of(tmp_path, csv_text(rows))
    kept = tmp_path / "again" / landed.path.name
    kept.parent.mkdir()
    shutil.copy(landed.path, kept)
    once, twice = gate(landed), gate(replace(landed, content=kept))
    assert once.good.equals(twice.good)
    assert once.quarantined.equals(twice.quarantined)


def test_a_later_look_may_find_more(tmp_path: Path) -> None:
    """What lies in the future is told by when the batch arrived, not by when it is gated."""
    landed = landed_of(tmp_path, csv_text([dossier(1, finished_on="2025-06-11")]))
    assert gate(landed).refusal is not None
    assert gate(landed, now=datetime(2025, 6, 12, tzinfo=UTC)).refusal is None
