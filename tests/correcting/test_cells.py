"""Cells of a sheet that goes out and comes back: harmless in every program, and the same value again."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from targetwatch.correcting.cells import meant, shown
from targetwatch.correcting.sheet import Sheet, SheetRow, write_sheet
from targetwatch.model import Language, Text
from tests.gathering.sources import PROCEDURES

BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
ATTACKS = [
    "=1+1",
    "+84 912 345 678",
    "-12",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "'=1",
    "''=1",
    '=HYPERLINK("http://example.org", "click")',
    "=cmd|'/C calc'!A0",
    "＝1",
]


@pytest.mark.parametrize("value", ATTACKS)
def test_what_a_program_takes_for_a_formula_begins_with_an_apostrophe(value: str) -> None:
    """And comes back as it was, whether anybody touched the cell or typed the whole of it anew."""
    assert shown(value).startswith("'")
    assert not shown(value).lstrip("'").startswith("'")
    assert meant(shown(value), value) == value
    assert meant(shown(value), "something else") == value


@given(st.text(st.characters(codec="utf-8")) | st.sampled_from(ATTACKS))
def test_a_cell_that_nobody_changed_is_what_was_delivered(value: str) -> None:
    """Whatever stood there: line breaks, control characters, apostrophes; and nothing dangerous begins a cell."""
    cell = shown(value)
    assert meant(cell, value) == value
    assert not cell.lstrip().startswith(BEGINNINGS)
    assert not cell.startswith(BEGINNINGS)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=50))
def test_what_is_typed_is_what_is_meant(value: str) -> None:
    """A corrected cell says what was typed; one apostrophe comes off where the sheet would have put one."""
    assert meant(value, "before") == (value[1:] if shown(value[1:]) == value != value[1:] else value) or value == ""
    assert meant("", "before") is None


def test_a_value_that_no_cell_holds_comes_back_all_the_same() -> None:
    """Longer than a cell may be, or with signs that XML has no place for: unchanged, it is the delivered one."""
    for value in ("x" * 40_000, "a\x00b\x07", "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace")):
        assert len(shown(value)) <= 32_767
        assert meant(shown(value), value) == value


def test_a_sheet_is_text_without_links_and_its_owners_alone(tmp_path: Path) -> None:
    """Every cell is stored as text and formatted as text, whatever it begins with; the file is for its owner."""
    values = {column.name: ATTACKS[place % len(ATTACKS)] for place, column in enumerate(PROCEDURES.columns)}
    row = SheetRow("0123456789ab:2", "=evil.csv, row 2", Text("=lý do", "=reason"), "channel", values)
    path = tmp_path / "sheet.xlsx"
    write_sheet(Sheet(PROCEDURES, Language.EN, [row], ["=evil.csv"], "+owner", hashed=False), path)
    assert path.stat().st_mode & 0o777 == 0o600
    cells = [cell for sheet in load_workbook(path) for line in sheet for cell in line if cell.value is not None]
    assert {(cell.data_type, cell.number_format, cell.hyperlink) for cell in cells} == {("s", "@", None)}
    assert [cell.value for cell in cells if str(cell.value).startswith(BEGINNINGS)] == []
    assert sorted(tmp_path.iterdir()) == [path]
