"""Spreadsheets (.xlsx): the values that a person sees in the cells, as text.

A formula is never computed here. Its saved value is taken; where none was saved, the cell is bad and says so.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl

from targetwatch.gathering import reasons
from targetwatch.gathering.formats.table import (
    Header,
    Table,
    UnreadableError,
    count_matches,
    match_header,
    rejected_rows,
)
from targetwatch.model import Source, Text

HEADER_WITHIN = 30  # rows: titles stand above many a table
MOST_BYTES = 2 * 1024**3  # unpacked
EXCEL_DIGITS = 15  # a spreadsheet shows no more of a number


def read_spreadsheet(path: Path, source: Source) -> Table:
    """The named columns of the first sheet that has them, all as text; `position` is the row of the sheet."""
    with zipfile.ZipFile(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > MOST_BYTES:
            raise UnreadableError(reasons.OVERSIZED_SPREADSHEET)
    with _opened(path, data_only=True) as book:
        title, header_row, header = _find_header(book, source)
        rows = list(_rows(book[title], header_row, header))
    with _opened(path, data_only=False) as book:
        formulas = dict(_formulas(book[title], header_row, header))
    names = [column.name for _, column in header.named]
    rejects: list[tuple[int, Text, str | None, str | None]] = []
    kept: list[tuple[int, list[str | None]]] = []
    for position, cells in rows:
        formula_columns = formulas.get(position, frozenset())
        if not formula_columns and all(cell.value is None for cell in cells):
            continue
        bad = next(_bad_cells(names, cells, formula_columns), None)
        if bad is None:
            kept.append((position, [_as_text(cell) for cell in cells]))
        else:
            rejects.append((position, *bad))
    columns = {name: [values[place] for _, values in kept] for place, name in enumerate(names)}
    schema = {"position": pl.Int64, **dict.fromkeys(names, pl.String)}
    frame = pl.DataFrame({"position": [position for position, _ in kept], **columns}, schema=schema)
    return Table(header, frame, rejected_rows(rejects))


@contextmanager
def _opened(path: Path, data_only: bool) -> Iterator[Any]:
    """The workbook at `path`, read row by row. Raises UnreadableError where it is none."""
    try:
        with warnings.catch_warnings():
            # It warns of every style and extension that it leaves out; only values are read here.
            warnings.simplefilter("ignore", UserWarning)
            book = openpyxl.load_workbook(path, read_only=True, data_only=data_only, keep_links=False)
    except Exception as fault:
        raise UnreadableError(reasons.BROKEN_SPREADSHEET) from fault
    try:
        yield book
    finally:
        book.close()


def _find_header(book: Any, source: Source) -> tuple[str, int, Header]:
    """The sheet and row whose cells name most of the source's columns."""
    best: tuple[int, str, int, list[str]] = (0, "", 0, [])
    seen: list[str] = []
    for sheet in book.worksheets:
        for number, row in enumerate(sheet.iter_rows(max_row=HEADER_WITHIN, values_only=True), start=1):
            names = ["" if value is None else str(value) for value in row]
            seen = seen or [name for name in names if name]
            matches = count_matches(names, source)
            if matches > best[0]:
                best = (matches, sheet.title, number, names)
    if best[0] == 0:
        wanted = [column.delivered_as for column in source.columns]
        raise UnreadableError(reasons.no_known_column(seen, wanted) if seen else reasons.NO_ROWS)
    return best[1], best[2], match_header(best[3], source)


def _rows(sheet: Any, header_row: int, header: Header) -> Iterator[tuple[int, list[Any]]]:
    """Each row below the header: its number, and the cells of the named columns."""
    for number, row in enumerate(sheet.iter_rows(min_row=header_row + 1), start=header_row + 1):
        yield number, [_cell(row, place) for place, _ in header.named]


def _formulas(sheet: Any, header_row: int, header: Header) -> Iterator[tuple[int, frozenset[str]]]:
    """The rows that have formulas in named columns, and in which."""
    for number, row in enumerate(sheet.iter_rows(min_row=header_row + 1), start=header_row + 1):
        columns = frozenset(column.name for place, column in header.named if _cell(row, place).data_type == "f")
        if columns:
            yield number, columns


def _cell(row: Sequence[Any], place: int) -> Any:
    from openpyxl.cell.read_only import EMPTY_CELL

    return row[place] if place < len(row) else EMPTY_CELL


def _bad_cells(
    names: Sequence[str], cells: Sequence[Any], formula_columns: frozenset[str]
) -> Iterator[tuple[Text, str, str | None]]:
    for name, cell in zip(names, cells, strict=True):
        if cell.value is None and name in formula_columns:
            yield reasons.FORMULA_WITHOUT_VALUE, name, None
        elif cell.data_type == "e":
            yield reasons.CELL_ERROR, name, str(cell.value)


def _as_text(cell: Any) -> str | None:
    """A cell's value, written so that nothing is lost: 12 and not 12.0, 69.3 for what is shown as 69.3%, ISO dates."""
    value = cell.value
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value, percent="%" in (cell.number_format or ""))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _number(value: float, percent: bool) -> str:
    exact = Decimal(value if isinstance(value, int) else f"{value:.{EXCEL_DIGITS}g}") * (100 if percent else 1)
    if exact == exact.to_integral_value():
        return str(int(exact))
    return format(exact.normalize(), "f")
