"""Workbooks as people fill them in: headers over several rows, several sheets, remarks, dates and numbers as words."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from targetwatch.gathering.parts import PART, part_of, row_of
from targetwatch.model import Column, ColumnType
from tests.gathering.sources import REPORTING
from tests.gathering.workbooks import (
    HEADER,
    SHEET,
    refused,
    rejected_of,
    repacked,
    report,
    swapped,
    table_of,
    workbook,
)

WORDS = ColumnType.TEXT
FORM = replace(
    REPORTING,
    columns=(
        Column("org_unit", "Mã đơn vị", WORDS),
        Column("month", "Tháng", ColumnType.DATE),
        Column("online", "Hồ sơ / trực tuyến", ColumnType.INTEGER),
        Column("total", "Hồ sơ / tổng số", ColumnType.INTEGER),
        Column("score", "Điểm hài lòng", ColumnType.NUMBER, required=False),
    ),
)


def merged_form(book: openpyxl.Workbook) -> None:
    """Merge the header of the form as its author would."""
    for cells in ("A1:F1", "A2:A3", "B2:B3", "C2:D2", "E2:F2"):
        book.worksheets[0].merge_cells(cells)


FORM_ROWS: list[list[Any]] = [
    ["BÁO CÁO GIẢI QUYẾT HỒ SƠ"],
    ["Mã đơn vị", "Tháng", "Hồ sơ", None, "Phản ánh", None],
    [None, None, "trực tuyến", "tổng số", "tổng số", "Điểm\nhài lòng"],
    ["(1)", "(2)", "(3)", "(4)", "(5) = (3) / (4)", "(6)"],
    ["00001", "tháng 5/2025", 12, 20, 3, "4,5"],
]


@pytest.mark.parametrize("merged", [True, False])
def test_a_header_of_two_rows_with_merged_cells(tmp_path: Path, merged: bool) -> None:
    """Columns under a common head are named by both, others by their own row; a row that numbers columns is none."""
    content = workbook({"BC": FORM_ROWS}, change=merged_form if merged else None)
    table = table_of(tmp_path, content, FORM)
    assert table.frame.rows() == [(5, "00001", "tháng 5/2025", "12", "20", "4,5")]
    assert "Phản ánh / tổng số" in table.header.unnamed


def test_a_level_that_stands_once_names_its_column_alone(tmp_path: Path) -> None:
    """Of a header of two rows one level is enough where no other column has it; where two do, it names neither."""
    columns = tuple(replace(one, delivered_as=one.delivered_as.rpartition(" / ")[2]) for one in FORM.columns)
    table = table_of(tmp_path, workbook({"BC": FORM_ROWS}, change=merged_form), replace(FORM, columns=columns))
    assert [column.name for _, column in table.header.named] == ["org_unit", "month", "online", "score"]


def test_every_visible_sheet_with_the_table_is_read(tmp_path: Path) -> None:
    """One sheet a district: all are read, each row's position tells sheet and row, and other sheets are left alone."""
    sheets = {
        "Hướng dẫn": [["metric", "là mã chỉ tiêu"]],
        "Ba Đình": [HEADER, report("00001")],
        "Đống Đa": [["Quận Đống Đa"], HEADER, report("00004"), report("00007", of="#N/A")],
    }
    table = table_of(tmp_path, workbook(sheets))
    assert table.parts == ("Ba Đình", "Đống Đa")
    assert [(part_of(at, table.parts), row_of(at)) for at in table.frame["position"]] == [
        ("Ba Đình", 2),
        ("Đống Đa", 3),
    ]
    assert rejected_of(table) == [(PART + 4, "The cell holds a spreadsheet error", "denominator", "#N/A")]


def test_a_sheet_that_lacks_a_column_of_the_others(tmp_path: Path) -> None:
    """A sheet with the table's header but for one column is not left out in silence: the file is refused."""
    sheets = {"Ba Đình": [HEADER, report()], "Đống Đa": [[*HEADER[:5], "mẫu số"], report("00004")]}
    assert refused(tmp_path, workbook(sheets)) == "“Đống Đa”: Missing column “denominator”"


@pytest.mark.parametrize(("sheet", "units"), [("quận *", ["00001", "00004"]), ("Quận Ba Đình", ["00001"])])
def test_a_source_may_name_its_sheets(tmp_path: Path, sheet: str, units: list[str]) -> None:
    """A name or a pattern says which sheets are read, whatever the case."""
    sheets = {
        "Mẫu": [HEADER, report("00009")],
        "Quận Ba Đình": [HEADER, report("00001")],
        "Quận Đống Đa": [HEADER, report("00004")],
    }
    table = table_of(tmp_path, workbook(sheets), replace(REPORTING, sheet=sheet))
    assert table.frame["org_unit"].to_list() == units


def test_a_sheet_that_is_not_there(tmp_path: Path) -> None:
    """Where no sheet has the name that the source says, the message lists those that there are."""
    content = workbook({"Trang 1": [HEADER, report()]})
    because = refused(tmp_path, content, replace(REPORTING, sheet="Báo cáo"))
    assert because == "No sheet is called “Báo cáo”: there are “Trang 1”"


def hide(book: openpyxl.Workbook) -> None:
    """Hide the last sheet, so that people cannot even show it, and two rows of the first."""
    book.worksheets[-1].sheet_state = "veryHidden"
    book.worksheets[0].row_dimensions[2].hidden = True


def test_hidden_sheets_are_not_read_and_hidden_rows_are(tmp_path: Path) -> None:
    """What a filter hides is data; a hidden sheet is an old copy or a list, and is read only where it is named."""
    sheets = {"Báo cáo": [HEADER, report("00001"), report("00004")], "cũ": [HEADER, report("00007")]}
    content = workbook(sheets, change=hide)
    assert table_of(tmp_path, content).frame["org_unit"].to_list() == ["00001", "00004"]
    assert table_of(tmp_path, content, replace(REPORTING, sheet="cũ")).frame["org_unit"].to_list() == ["00007"]


def test_a_table_on_a_hidden_sheet_alone(tmp_path: Path) -> None:
    """A table that only a hidden sheet has is refused with a message that says so."""
    content = workbook({"Bìa": [["Báo cáo"]], "cũ": [HEADER, report()]}, change=hide)
    assert refused(tmp_path, content) == "Only the hidden sheet “cũ” has the table: show it"


def test_remarks_below_the_table_are_no_rows_and_totals_are(tmp_path: Path) -> None:
    """Signatures and remarks below the table are left out; a row of totals has numbers, and goes on to the gate."""
    rows = [
        HEADER,
        report("00001"),
        [],
        ["Ghi chú giữa bảng"],
        report("00004"),
        ["Tổng cộng", None, None, None, 24, 40],
        [],
        ["Người lập biểu", None, None, "Thủ trưởng đơn vị"],
        [None, "(Ký, ghi rõ họ tên)"],
    ]
    table = table_of(tmp_path, workbook({"BC": rows}))
    assert table.frame["position"].to_list() == [2, 4, 5, 6]
    assert table.frame["metric"].to_list() == ["online", "Ghi chú giữa bảng", "online", "Tổng cộng"]


def since_1904(book: openpyxl.Workbook) -> None:
    """Count days from 1904, as workbooks from old Macs do."""
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904


@pytest.mark.parametrize("change", [None, since_1904])
def test_dates_and_times_in_cells(tmp_path: Path, change: Any) -> None:
    """Day numbers become the days that are shown, counted from 1900 or from 1904; durations and plain numbers stay."""
    cells = [date(2025, 5, 31), datetime(2025, 5, 31, 23, 59, 59), time(7, 30), timedelta(hours=30), 45808]  # noqa: DTZ001
    content = workbook({"BC": [HEADER, [*cells, 20, None]]}, change=change)
    assert table_of(tmp_path, content).frame.row(0)[1:6] == (
        "2025-05-31",
        "2025-05-31 23:59:59",
        "07:30:00",
        "1.25",
        "45808",
    )


def test_the_day_that_1900_did_not_have(tmp_path: Path) -> None:
    """Day numbers of January and February 1900 are one off from those after, since Excel has a 29 February there."""
    cells = [date(1900, 1, 1), date(1900, 2, 28), date(1900, 3, 1)]
    frame = table_of(tmp_path, workbook({"BC": [HEADER, [*cells, None, 1, 2, None]]})).frame
    assert frame.row(0)[1:4] == ("1900-01-01", "1900-02-28", "1900-03-01")


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ('"ngày" dd" tháng "mm', "2025-05-31"),
        ("[$-42A]d mmmm yyyy", "2025-05-31"),
        ("0.0%", "4580800"),
        ("0\\d", "45808"),
    ],
)
def test_what_a_number_format_makes_of_a_number(tmp_path: Path, shown: str, text: str) -> None:
    """A format of days makes a date and one of per cent a hundredfold; letters that are shown as such do neither."""

    def style(book: openpyxl.Workbook) -> None:
        book.worksheets[0]["D2"].number_format = shown

    content = workbook({"BC": [HEADER, report(month=45808)]}, change=style)
    assert table_of(tmp_path, content).frame["reported_for"].item() == text


@pytest.mark.parametrize(("said", "read"), [(None, None), ("vi", "1.234"), ("en", "1.234")])
def test_a_number_in_words_that_could_be_two(tmp_path: Path, said: str | None, read: str | None) -> None:
    """The words 1.234 are read by the source's number format; without one the row is put aside and says why."""
    columns = tuple(replace(one, number_format=said) for one in REPORTING.columns)
    content = workbook({"BC": [HEADER, report(done="1.234"), report("00004")]})
    table = table_of(tmp_path, content, replace(REPORTING, columns=columns))
    assert table.frame["numerator"].to_list() == ([read] if read else []) + ["12"]
    reasons = [reason for _, reason, *_ in rejected_of(table)]
    assert [reason[:40] for reason in reasons] == ([] if read else ["The mark may part thousands or decimals:"])


def test_a_number_that_is_one_needs_no_format(tmp_path: Path) -> None:
    """A cell that holds a number is exact, whatever the format of the source's words."""
    columns = tuple(replace(one, number_format="vi") for one in FORM.columns)
    rows = [[one.delivered_as for one in FORM.columns], ["00001", "2025-05", 12, 20, 4.125]]
    assert table_of(tmp_path, workbook({"BC": rows}), replace(FORM, columns=columns)).frame["score"].item() == "4,125"


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("<si><t xml:space='preserve'> 00001 </t></si>", " 00001 "),
        ("<si><r><t>00</t></r><r><rPr><b/></rPr><t>001</t></r><rPh sb='0' eb='1'><t>x</t></rPh></si>", "00001"),
        ("<si><t>a_x0041_b_x005F_x0041_</t></si>", "aAb_x0041_"),
        ("<si><t/></si>", None),
    ],
)
def test_words_that_cells_share(tmp_path: Path, words: str, read: str | None) -> None:
    """Of a text in several styles all runs are read and no phonetic reading; what is escaped is unescaped."""
    shared = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>no</t></si>{words}</sst>'
    link = b'<Relationship Id="r9" Type="http://x/relationships/sharedStrings" Target="/xl/words.xml"/></Relationships>'
    content = repacked(
        workbook({"BC": [HEADER, report("CELL")]}),
        {
            SHEET: lambda old: swapped(old, '<c r="C2" t="s"><v>1</v></c>'),
            "xl/words.xml": lambda _: shared.encode(),
            "xl/_rels/workbook.xml.rels": lambda old: old.replace(b"</Relationships>", link),
        },
    )
    assert table_of(tmp_path, content).frame["org_unit"].item() == read


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="C2" t="inlineStr"><is><r><t>000</t></r><r><t>01</t></r></is></c>', "00001"),
        ('<c r="C2" t="str"><f>"0"&amp;1</f><v>01</v></c>', "01"),
        ('<c r="C2" t="str"><f>IF(1,"")</f><v></v></c>', None),
        ('<c r="C2" t="b"><v>1</v></c>', "true"),
        ('<c r="C2" t="d"><v>2025-05-31T00:00:00</v></c>', "2025-05-31"),
        ('<c r="C2"><v>1E+2</v></c>', "100"),
        ('<c r="C2"><v>NaN</v></c>', "NaN"),
        ('<c r="C2"><v>1E+999</v></c>', "1E+999"),
        ("<c r=\"C2\"><f>cmd|' /c calc'!A0</f><v>7</v></c>", "7"),
        ('<c r="C2"><f>[1]Sheet1!$A$1</f><v>8</v></c>', "8"),
    ],
)
def test_cells_as_other_programs_write_them(tmp_path: Path, cell: str, value: str | None) -> None:
    """Inline text, saved results of formulas, truth values, ISO dates; a formula that calls out is never followed."""
    content = repacked(workbook({"BC": [HEADER, report()]}), {SHEET: lambda old: swapped(old, cell)})
    assert table_of(tmp_path, content).frame["org_unit"].item() == value


def test_the_cells_are_those_that_an_office_library_reads(tmp_path: Path) -> None:
    """Of 400 rows of words, numbers, gaps and dates every value is what openpyxl has in the cell."""
    rows: list[list[Any]] = [
        [f"m{n}", None if n % 7 == 0 else f"Xã {n}", n, date(2025, 1, 1) + timedelta(n), n * 3, n / 8, "ấ"]
        for n in range(400)
    ]
    table = table_of(tmp_path, workbook({"BC": [HEADER, *rows]}))
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "delivered").read_bytes()))
    for (at, *found), cells in zip(table.frame.rows(), book.worksheets[0].iter_rows(min_row=2), strict=True):
        assert at == cells[0].row
        assert found == [
            None
            if cell.value is None
            else cell.value.date().isoformat()
            if cell.is_date
            else f"{cell.value:g}"
            if isinstance(cell.value, float)
            else str(cell.value)
            for cell in cells
        ]


def test_prefixed_xml_is_read_too(tmp_path: Path) -> None:
    """Elements with a prefix, as some exporters write them, are the same elements."""
    content = workbook({"BC": [HEADER, report()]})

    def prefix(old: bytes) -> bytes:
        for name in (b"worksheet", b"sheetData", b"row", b"c", b"v", b"f"):
            for mark in (b" ", b">", b"/"):
                old = old.replace(b"<" + name + mark, b"<x:" + name + mark).replace(
                    b"</" + name + b">", b"</x:" + name + b">"
                )
        return old.replace(b"xmlns=", b"xmlns:x=")

    assert table_of(tmp_path, repacked(content, {SHEET: prefix})).frame["org_unit"].item() == "00001"


def test_rows_beyond_what_the_sheet_says_of_itself(tmp_path: Path) -> None:
    """A sheet that says it ends at its second row is read to its end all the same: nothing is lost in silence."""
    content = workbook({"BC": [HEADER, report("00001"), report("00004")]})
    lied = repacked(content, {SHEET: lambda old: old.replace(b'<dimension ref="A1:G3"', b'<dimension ref="A1:G2"')})
    assert lied != content
    assert table_of(tmp_path, lied).frame["org_unit"].to_list() == ["00001", "00004"]
