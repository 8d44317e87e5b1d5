"""Workbooks for tests: made with an office library, or changed byte by byte as no office library would make them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from targetwatch.gathering.formats import Table, UnreadableError, read_table
from targetwatch.model import Source, Text
from tests.gathering.sources import REPORTING

HEADER = [column.delivered_as for column in REPORTING.columns]
SHEET = "xl/worksheets/sheet1.xml"

Rows = Iterable[Sequence[Any]]


def saved(book: openpyxl.Workbook) -> bytes:
    """The workbook's bytes."""
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def workbook(sheets: Mapping[str, Rows], *, change: Callable[[openpyxl.Workbook], object] | None = None) -> bytes:
    """A workbook with these sheets, each with its rows from the first one on."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    if change is not None:
        change(book)
    return saved(book)


def report(unit: str = "00001", month: Any = "2025-05", done: Any = 12, of: Any = 20) -> list[Any]:
    """One row of a report in which nothing is wrong."""
    return ["online", "commune", unit, month, done, of, None]


def repacked(content: bytes, changes: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """The archive with some of its files changed, and more added."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, bytes)(old.read(name)))
        for name in changes.keys() - set(old.namelist()):
            new.writestr(name, changes[name](b""))
    return written.getvalue()


def swapped(sheet: bytes, cell: str) -> bytes:
    """The XML of a sheet with another cell C2."""
    begin = sheet.index(b'<c r="C2"')
    return sheet[:begin] + cell.encode() + sheet[sheet.index(b"</c>", begin) + len("</c>") :]


def table_of(folder: Path, content: bytes, source: Source = REPORTING) -> Table:
    """What is read of a file with this content, all at once."""
    path = folder / "delivered"
    path.write_bytes(content)
    table = read_table(path, source)
    assert table.frame is not None
    return table


def refused(folder: Path, content: bytes, source: Source = REPORTING) -> str:
    """Why a file with this content cannot be read, in English."""
    try:
        table_of(folder, content, source)
    except UnreadableError as fault:
        return fault.because.en
    raise AssertionError("It was read")


def rejected_of(table: Table) -> list[tuple[int, str, str | None, str | None]]:
    """The rejected rows: position, reason in English, column and value."""
    return [(at, Text.parse(reason).en, column, value) for at, reason, column, value in table.rejected.iter_rows()]
