"""Deliveries of several sheets or files, from the inbox to the records: where a bad row stands is told everywhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from targetwatch.gathering import Delivery, batch, staged
from targetwatch.model import Text
from targetwatch.settings import CHECKOUT
from targetwatch.warehouse import Warehouse, fetch, records
from tests.gathering.sources import NOW, REPORTING, gate, landed_of
from tests.gathering.workbooks import HEADER, report, workbook

SHEETS = {
    "Ba Đình": [HEADER, report("00001"), report("no-unit", "2025-04")],
    "Đống Đa": [["Quận Đống Đa"], HEADER, report("00004"), report("00004", "2025-04", done="mười")],
}


def test_the_message_names_the_sheet(tmp_path: Path) -> None:
    """A refused delivery of several sheets says of each reason on which sheet and row it was first met."""
    source = replace(REPORTING, bad_rows_allowed=0.0)
    gated = gate(landed_of(tmp_path, workbook(SHEETS), "x.xlsx", source), source)
    assert gated.refusal is not None
    refusal = Text.parse(gated.refusal)
    assert "No unit has this code (1 row, first at “Ba Đình” 3)" in refusal.en
    assert "Not a whole number (1 row, first at “Đống Đa” 4)" in refusal.en
    assert "đầu tiên “Đống Đa” dòng 4" in refusal.vi


def test_the_quarantine_names_the_sheet(tmp_path: Path) -> None:
    """What people see of the quarantine has the sheet and the row in it, for every row that was set aside."""
    warehouse = Warehouse(tmp_path / "home", CHECKOUT / "sql", CHECKOUT / "sql", 2)
    landed = landed_of(tmp_path, workbook(SHEETS), "x.xlsx", REPORTING)
    gated = gate(landed, REPORTING)
    delivery = Delivery(tmp_path / "x.xlsx", "reporting", "x.xlsx", 1)
    with warehouse.records() as conn:
        records.record_batch(
            conn,
            batch(delivery, REPORTING, landed, gated, NOW),
            staged=staged(landed, gated, NOW),
            quarantined=gated.quarantined,
            reports=gated.reports,
            touched=gated.touched,
            recorded_at=NOW,
        )
    warehouse.publish_records(NOW)
    warehouse.publish_ledger(NOW)
    told = fetch(tmp_path / "home", "SELECT part, position, column_name FROM quarantine ORDER BY part, position")
    assert told.rows() == [("Ba Đình", 3, "org_unit"), ("Đống Đa", 4, "numerator")]
