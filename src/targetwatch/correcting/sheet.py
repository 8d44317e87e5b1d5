"""The spreadsheet that goes back to a unit: each row as it was delivered, why it was set aside, the bad cell marked.

All cells are text, so that no program makes dates or formulas of them. The last column is the key by which a row is
known when the sheet comes back; a second sheet says what to do.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from targetwatch.correcting import words
from targetwatch.correcting.cells import shown
from targetwatch.model import Column, ColumnType, Language, Source, Text

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MOST_ROWS = 50_000
WIDEST, NARROWEST = 48, 12  # characters
LONGEST_LIST = 250  # characters that Excel takes for the values of a list
AS_TEXT = "@"
BAD, HEADING, QUIET = "FFE3C7", "E7EBEF", "F4F4F1"  # fills


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of the sheet. `values` is None where the row could not be split into columns."""

    key: str
    place: str  # where it stands in what was delivered
    reason: Text
    column: str | None  # the one to blame, by its name in the warehouse
    values: Mapping[str, str | None] | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What goes back."""

    source: Source
    language: Language
    rows: Sequence[SheetRow]
    deliveries: Sequence[str]  # name, moment and id of each, as people read them
    send_to: str
    hashed: bool  # the originals are gone: ids are shown as codes
    unit: str | None = None


def write_sheet(sheet: Sheet, path: Path) -> None:
    """Write the spreadsheet to `path`, readable by its owner alone, whole or not at all."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    _write_rows(book.create_sheet(words.SHEET.in_(sheet.language)), sheet)
    _write_how_to(book.create_sheet(words.HOW_TO.in_(sheet.language)), sheet)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            book.save(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def _write_rows(table: Worksheet, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    language, columns = sheet.language, sheet.source.columns
    called = {column.name: column.delivered_as for column in columns}
    own = [one.in_(language) for one in (words.REASON, words.COLUMN, words.PLACE, words.KEY)]
    headings = [*(column.delivered_as for column in columns), *own]
    widths = [len(heading) for heading in headings]
    for place, heading in enumerate(headings, start=1):
        cell = _text(table, 1, place, shown(heading))
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=HEADING)
    bad = PatternFill("solid", fgColor=BAD)
    quiet = PatternFill("solid", fgColor=QUIET)
    for number, row in enumerate(sheet.rows, start=2):
        values = row.values or {}
        at_fault = called.get(row.column or "", row.column or "")
        said = row.reason.in_(language) if row.values is not None else words.unsplit(row.reason).in_(language)
        written = [shown(values.get(column.name)) for column in columns]
        written += [shown(said), shown(at_fault), shown(row.place), row.key]
        for place, text in enumerate(written, start=1):
            cell = _text(table, number, place, text)
            widths[place - 1] = max(widths[place - 1], len(text))
            if place > len(columns):
                cell.fill, cell.alignment = quiet, Alignment(wrap_text=place == len(columns) + 1, vertical="top")
            elif columns[place - 1].name == row.column:
                cell.fill, cell.font = bad, Font(bold=True)
    for place, width in enumerate(widths, start=1):
        table.column_dimensions[get_column_letter(place)].width = min(max(width + 2, NARROWEST), WIDEST)
    table.freeze_panes = "A2"
    table.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{len(sheet.rows) + 1}"
    for place, column in enumerate(columns, start=1):
        _explain_column(table, get_column_letter(place), column, sheet)


def _explain_column(table: Worksheet, letter: str, column: Column, sheet: Sheet) -> None:
    """Say beside a cell that is being filled in what its column holds; offer its values where there are few."""
    from openpyxl.worksheet.datavalidation import DataValidation

    listed = ",".join(_offered(column))
    hidden = sheet.hashed and column.keyed_hash
    if column.type is ColumnType.TEXT and not listed and not hidden:
        return  # anything may stand there
    rule = DataValidation(
        type="list" if listed else None,
        formula1=f'"{listed}"' if listed else None,
        allow_blank=True,
        errorStyle="warning",
        showErrorMessage=False,  # what may stand there the gate says, and not the sheet
    )
    rule.showInputMessage = True
    rule.promptTitle = column.delivered_as[:32]
    rule.prompt = (words.CODE_OF_ID if hidden else words.TYPES[column.type]).in_(sheet.language)[:255]
    rule.add(f"{letter}2:{letter}{len(sheet.rows) + 1}")
    table.add_data_validation(rule)


def _offered(column: Column) -> list[str]:
    """The values of a column that has few: each once, as it is kept."""
    if column.type is ColumnType.BOOLEAN and not column.values:
        return ["có", "không"]
    values = list(dict.fromkeys(column.values.values()))
    fits = sum(len(value) + 1 for value in values) <= LONGEST_LIST
    return values if fits and not any("," in value or '"' in value for value in values) else []


def _write_how_to(page: Worksheet, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font

    for number, (said, strong) in enumerate(_how_to(sheet), start=1):
        cell = _text(page, number, 1, shown(said))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if strong:
            cell.font = Font(bold=True)
    page.column_dimensions["A"].width = 100


def _how_to(sheet: Sheet) -> Iterator[tuple[str, bool]]:
    """The lines of the second sheet, and which of them are headings."""
    language = sheet.language
    yield words.TITLE.in_(language).format(sheet.source.name.in_(language)), True
    if sheet.unit:
        yield words.OF_UNIT.in_(language).format(sheet.unit), False
    yield words.DELIVERED.in_(language), True
    yield from ((delivery, False) for delivery in sheet.deliveries)
    yield words.WHAT_TO_DO.in_(language), True
    for number, step in enumerate(words.STEPS, start=1):
        yield f"{number}. {step.in_(language)}", False
    if sheet.hashed and any(column.keyed_hash for column in sheet.source.columns):
        yield words.IDS_ARE_CODES.in_(language), False
    yield words.SEND_TO.in_(language).format(sheet.send_to), True
    yield words.COMMAND.in_(language), False


def _text(page: Worksheet, row: int, column: int, text: str) -> Any:
    """A cell that holds text and nothing else, whatever it begins with."""
    cell: Any = page.cell(row, column)
    if text:
        cell.value = text
        cell.data_type = "s"
    cell.number_format = AS_TEXT
    return cell
