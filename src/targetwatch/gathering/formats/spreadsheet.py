"""Spreadsheets (.xlsx): the sheets that have the source's table, each below its header, as blocks of rows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import takewhile
from pathlib import Path

import polars as pl

from targetwatch.gathering import reasons
from targetwatch.gathering.formats import refusals
from targetwatch.gathering.formats.cells import Cell, Row, merged_cells, rows_of
from targetwatch.gathering.formats.headers import DEEPEST, WITHIN, Found, find_header, numbers_the_columns
from targetwatch.gathering.formats.table import Block, Header, Table, UnreadableError, match_header, rejected_rows
from targetwatch.gathering.formats.workbook import BOUNDS, Sheet, Workbook, opened
from targetwatch.gathering.parts import position_in
from targetwatch.model import Column, ColumnType, Source, Text

ROWS_AT_ONCE = 50_000
TEXT_AT_ONCE = 32 * 1024**2  # characters of a block
MOST_NOTES = 20  # rows of words below a table: remarks and signatures
NUMBERS = (ColumnType.INTEGER, ColumnType.NUMBER)
EITHER = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{3})+")  # 1.234 is a thousand and more, or one and a bit

Reject = tuple[int, Text, str | None, str | None]


@dataclass(frozen=True, slots=True)
class _Place:
    """The table on one sheet."""

    sheet: Sheet
    found: Found
    header: Header


@dataclass(slots=True)
class _Filling:
    """The block that is being filled."""

    names: Sequence[str]
    positions: list[int] = field(default_factory=list)
    rows: list[Sequence[str | None]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    text: int = 0

    def is_full(self) -> bool:
        return len(self.rows) + len(self.rejects) >= ROWS_AT_ONCE or self.text >= TEXT_AT_ONCE

    def block(self) -> Block:
        columns = {name: [row[place] for row in self.rows] for place, name in enumerate(self.names)}
        schema = {"position": pl.Int64, **dict.fromkeys(self.names, pl.String)}
        return Block(pl.DataFrame({"position": self.positions, **columns}, schema=schema), rejected_rows(self.rejects))


def read_spreadsheet(path: Path, source: Source) -> Table:
    """The named columns of the sheets that have the table, all as text; `position` says the sheet and its row.

    The source may name its sheets; else it is every visible one with the table's header.
    """
    with ExitStack() as stack:
        book = stack.enter_context(opened(path))
        places = _places(book, source)
        delivered = list(dict.fromkeys(name for place in places for name in place.header.delivered))
        header = match_header(delivered, source)
        blocks = _blocks(book, places, header, stack.pop_all())
    return Table(header, blocks, parts=tuple(place.sheet.title for place in places))


def _places(book: Workbook, source: Source) -> list[_Place]:
    """Where the tables are. Raises UnreadableError where there is none, or one sheet lacks what another has."""
    if source.sheet is not None:
        sheets = [sheet for sheet in book.sheets if fnmatchcase(_plain(sheet.title), _plain(source.sheet))]
        if not sheets:
            raise UnreadableError(refusals.no_such_sheet(source.sheet, [sheet.title for sheet in book.sheets]))
    else:
        sheets = [sheet for sheet in book.sheets if sheet.visible]
    found = [(sheet, *_header_of(book, sheet, source)) for sheet in sheets]
    best = max((one.matches for _, one, _ in found if one is not None), default=0)
    if best == 0:
        raise _no_table(book, source, [names for *_, names in found])
    places = [
        _Place(sheet, one, match_header(one.names, source))
        for sheet, one, _ in found
        # A sheet that lists a few of the columns, as instructions do, has no table.
        if one is not None and (source.sheet is not None or one.matches * 2 > best)
    ]
    had = {column.name for place in places for _, column in place.header.named}
    for place in places:
        has = {column.name for _, column in place.header.named}
        missing = [one.delivered_as for one in source.columns if one.required and one.name in had - has]
        if missing:
            raise UnreadableError(refusals.lacks_columns(place.sheet.title, missing))
    return places


def _header_of(book: Workbook, sheet: Sheet, source: Source) -> tuple[Found | None, list[str]]:
    """The header on a sheet, and the words of its first row, for a message where there is none."""
    rows = list(takewhile(lambda row: row[0] < WITHIN + DEEPEST, rows_of(book, sheet)))
    found = find_header(rows, (), source)
    if found is None or found.matches < len(source.columns):
        found = find_header(rows, merged_cells(book, sheet, WITHIN + DEEPEST), source)
    return found, [cell.text for cell in rows[0][1].values() if cell.text] if rows else []


def _no_table(book: Workbook, source: Source, seen: Sequence[Sequence[str]]) -> UnreadableError:
    hidden = [sheet for sheet in book.sheets if not sheet.visible] if source.sheet is None else []
    for sheet in hidden:
        if _header_of(book, sheet, source)[0] is not None:
            return UnreadableError(refusals.hidden_table(sheet.title))
    names = next((names for names in seen if names), [])
    wanted = [column.delivered_as for column in source.columns]
    return UnreadableError(reasons.no_known_column(names, wanted) if names else reasons.NO_ROWS)


def _blocks(book: Workbook, places: Sequence[_Place], header: Header, stack: ExitStack) -> Iterator[Block]:
    names = [column.name for _, column in header.named]
    filling = _Filling(names)
    text = 0
    with stack:
        for part, place in enumerate(places):
            by_name = {column.name: (at, column) for at, column in place.header.named}
            columns = [by_name.get(name) for name in names]
            for number, cells in _rows(book, place):
                text += _fill(filling, position_in(part, number), cells, columns)
                if filling.is_full():
                    if text > BOUNDS.bytes:  # words that many cells share are many times what they were packed as
                        raise UnreadableError(reasons.OVERSIZED_SPREADSHEET)
                    yield filling.block()
                    filling = _Filling(names)
        yield filling.block()


def _rows(book: Workbook, place: _Place) -> Iterator[Row]:
    """The rows of data below a header: no numbering of the columns, and no remarks or signatures below the table."""
    required = [at for at, column in place.header.named if column.required]
    named = [at for at, _ in place.header.named]
    held: list[Row] = []
    for number, cells in rows_of(book, place.sheet):
        if number <= place.found.last_row or not any(at in cells for at in named):
            continue
        if number == place.found.last_row + 1 and numbers_the_columns(cells):
            continue
        if _may_be_note(cells, named, required) and len(held) < MOST_NOTES:
            held.append((number, cells))
            continue
        yield from held
        held = []
        yield number, cells
    # What is held at the end stands below the table.


def _may_be_note(cells: Mapping[int, Cell], named: Iterable[int], required: Sequence[int]) -> bool:
    """Whether a row is of words alone, and of too few for a record."""
    if sum(at in cells for at in required) * 2 >= len(required):
        return False
    return not any(cells[at].typed or cells[at].wrong for at in named if at in cells)


def _fill(
    filling: _Filling, position: int, cells: Mapping[int, Cell], columns: Sequence[tuple[int, Column] | None]
) -> int:
    """Put one row into the block, or among what is rejected; gives the length of its text."""
    values: list[str | None] = []
    for place in columns:
        cell = cells.get(place[0]) if place is not None else None
        if place is None or cell is None:
            values.append(None)
            continue
        column = place[1]
        wrong = cell.wrong or (refusals.AMBIGUOUS_NUMBER if _is_ambiguous(cell, column) else None)
        if wrong is not None:
            filling.rejects.append((position, wrong, column.name, cell.text))
            return 0
        values.append(_written(cell, column))
    length = sum(len(value) for value in values if value)
    filling.positions.append(position)
    filling.rows.append(values)
    filling.text += length
    return length


def _is_ambiguous(cell: Cell, column: Column) -> bool:
    if cell.typed or column.number_format is not None or column.type not in NUMBERS or not cell.text:
        return False
    return EITHER.fullmatch(cell.text.strip()) is not None


def _written(cell: Cell, column: Column) -> str | None:
    """A cell's text; a number that is one, with the decimal mark that the column's words are read by."""
    if cell.typed and column.number_format == "vi" and column.type in NUMBERS and cell.text:
        return cell.text.replace(".", ",")
    return cell.text


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()
