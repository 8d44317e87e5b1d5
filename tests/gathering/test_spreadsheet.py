"""Spreadsheets: where the table stands on the sheet, what its cells say, and formulas."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.gathering.sources import REPORTING, gate, landed_of, put_aside, refused_of

HEADER = [column.delivered_as for column in REPORTING.columns]
REPORT: list[Any] = ["online", "commune", "00001", date(2025, 5, 1), 12, 20, None]


def workbook(*rows: Sequence[Any], formats: dict[str, str] | None = None, before: int = 0) -> bytes:
    """A workbook whose second sheet has the rows under the header, below `before` rows of titles."""
    book = openpyxl.Workbook()
    book.active.append(["Hướng dẫn", "điền mẫu"])
    sheet = book.create_sheet("Báo cáo")
    for number in range(before):
        sheet.append([f"Title {number}"])
    sheet.append(HEADER)
    for row in rows:
        sheet.append(list(row))
    for cell, number_format in (formats or {}).items():
        sheet[cell].number_format = number_format
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def with_saved_values(content: bytes, saved: str) -> bytes:
    """The workbook as an office program saves it: its formulas with the value that they had."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet2.xml":
                data = data.replace(b"</f><v />", f"</f><v>{saved}</v>".encode())
                data = data.replace(b"</f><v></v>", f"</f><v>{saved}</v>".encode())
            new.writestr(name, data)
    return written.getvalue()


def test_titles_above_the_table_and_another_sheet(tmp_path: Path) -> None:
    """The table is found by its header, on whatever sheet and below whatever titles; positions are the sheet's rows."""
    landed = landed_of(tmp_path, workbook(REPORT, before=4), "báo cáo.xlsx", REPORTING)
    assert landed.frame.rows() == [(6, "online", "commune", "00001", "2025-05-01", "12", "20", None)]
    assert gate(landed, REPORTING).good.height == 1


def test_what_cells_say(tmp_path: Path) -> None:
    """Whole numbers stay whole, a percentage is what is shown, a moment keeps its time, empty rows are no rows."""
    moment = datetime(2025, 5, 1, 10, 30)  # noqa: DTZ001 - the cells of a spreadsheet know no zone
    content = workbook(
        ["online", "commune", 4.0, moment, 12.0, 20, 0.693],
        [],
        ["online", "commune", " 00004 ", "05/2025", True, 0.1 + 0.2, 1 / 3],
        formats={"G2": "0.0%"},
    )
    landed = landed_of(tmp_path, content, "x.xlsx", REPORTING)
    assert landed.frame.drop("metric", "tier").rows() == [
        (2, "4", "2025-05-01 10:30:00", "12", "20", "69.3"),
        (4, " 00004 ", "05/2025", "true", "0.3", "0.333333333333333"),
    ]


def test_a_formula_with_a_saved_value(tmp_path: Path) -> None:
    """Of a formula its saved value is taken."""
    content = with_saved_values(workbook([*REPORT[:4], "=10+2", *REPORT[5:]]), "12")
    assert landed_of(tmp_path, content, "x.xlsx", REPORTING).frame["numerator"].to_list() == ["12"]


def test_a_formula_without_a_saved_value(tmp_path: Path) -> None:
    """A formula that no program has computed puts its row aside and says what to do; it is never read as empty."""
    gated = gate(
        landed_of(tmp_path, workbook(REPORT, [*REPORT[:4], "=10+2", 20, None]), "x.xlsx", REPORTING), REPORTING
    )
    reason = "A formula without a saved value: open the spreadsheet, save it and deliver it again"
    assert put_aside(gated) == [(3, reason, "numerator", None)]
    assert gated.good.height == 1


def test_a_row_of_nothing_but_formulas(tmp_path: Path) -> None:
    """A row whose every value is a formula without a saved value is not taken for an empty row."""
    landed = landed_of(tmp_path, workbook(REPORT, [None] * 4 + ["=1", "=2", None]), "x.xlsx", REPORTING)
    assert landed.rejected.frame()["position"].to_list() == [3]


def test_a_formula_in_a_column_that_is_not_kept(tmp_path: Path) -> None:
    """A formula beside the table harms nothing."""
    content = workbook([*REPORT, "=1+1"])
    assert landed_of(tmp_path, content, "x.xlsx", REPORTING).frame.height == 1


def test_a_cell_with_an_error(tmp_path: Path) -> None:
    """A spreadsheet's own error puts the row aside and is shown."""
    gated = gate(
        landed_of(tmp_path, workbook(REPORT, [*REPORT[:4], "#DIV/0!", 20, None]), "x.xlsx", REPORTING), REPORTING
    )
    assert put_aside(gated) == [(3, "The cell holds a spreadsheet error", "numerator", "#DIV/0!")]


def test_a_spreadsheet_without_the_table(tmp_path: Path) -> None:
    """A spreadsheet of something else says what it has and what is wanted."""
    book = openpyxl.Workbook()
    book.active.append(["Họ tên", "Điện thoại"])
    written = io.BytesIO()
    book.save(written)
    because = refused_of(tmp_path, written.getvalue(), "x.xlsx", REPORTING)
    assert because.en.startswith(
        "The header has none of the source's columns: it has “Họ tên”, “Điện thoại”; wanted are"
    )


def test_a_spreadsheet_with_nothing_in_it(tmp_path: Path) -> None:
    """A spreadsheet that is there and blank has no rows."""
    written = io.BytesIO()
    openpyxl.Workbook().save(written)
    assert refused_of(tmp_path, written.getvalue(), "x.xlsx", REPORTING).en == "The file has no rows of data"


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_truncated_spreadsheet(tmp_path: Path, kept: float) -> None:
    """A spreadsheet that was cut short is refused."""
    content = workbook(REPORT)
    because = refused_of(tmp_path, content[: int(len(content) * kept)], "x.xlsx", REPORTING)
    assert because.en == "The spreadsheet is damaged or no .xlsx: save it as .xlsx"


def test_a_spreadsheet_damaged_inside(tmp_path: Path) -> None:
    """An archive that looks like a spreadsheet and is none is refused."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("xl/workbook.xml", "no workbook")
    because = refused_of(tmp_path, written.getvalue(), "x.xlsx", REPORTING)
    assert because.en == "The spreadsheet is damaged or no .xlsx: save it as .xlsx"
