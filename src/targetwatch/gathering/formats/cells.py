"""The cells of a sheet, row by row: the values that a person sees, as text.

It is one pass, and no row is held longer than it takes to hand it on; empty rows cost the reading of their XML alone.
A formula is never computed here. Its saved value is taken; where none was saved, the cell is bad and says so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from targetwatch.gathering import reasons
from targetwatch.gathering.formats import refusals
from targetwatch.gathering.formats.table import UnreadableError
from targetwatch.gathering.formats.workbook import (
    DEEPEST,
    LONGEST,
    Sheet,
    Shown,
    Workbook,
    blocks_of,
    local,
    safe_parser,
    unescaped,
)
from targetwatch.model import Text

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384  # what a sheet has
EXCEL_DIGITS = 15  # a spreadsheet shows no more of a number
KINDS = ("row", "c", "v", "f", "t", "is", "rPh", "sheetData")
MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?\bref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']")
MOST_MERGED = 10_000  # of which a header may take: those beyond are of the table's own rows
EMPTY_CELLS = rb'(?:<c r="[A-Z]{1,3}\d{1,7}"(?: s="\d{1,6}")?(?:/>| />|></c>))'
EMPTY = re.compile(rb'<row r="\d{1,7}"[^<>]*(?:/>|>' + EMPTY_CELLS + rb"*</row>)|" + EMPTY_CELLS + rb"+")
LONGEST_TAG = 64 * LONGEST  # bytes that are held back for what is between two tags


class Cell(NamedTuple):
    """What a cell says, or what is wrong with it. `typed` is a number, date or truth value and no words."""

    text: str | None
    typed: bool = False
    wrong: Text | None = None


Row = tuple[int, dict[int, Cell]]  # its number from 1, and its cells by column, from 0


@dataclass(frozen=True, slots=True)
class Merged:
    """Cells that are shown as one: rows and columns from and to, both included; columns from 0, rows from 1."""

    top: int
    left: int
    bottom: int
    right: int


def rows_of(book: Workbook, sheet: Sheet) -> Iterator[Row]:
    """The rows of `sheet` that have anything in them. Raises UnreadableError where it is damaged or not safe."""
    reader = _Reader(book)
    parser = safe_parser()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    left_over = b""
    plain: bool | None = None
    with book.archive.open(sheet.part) as file:
        for read in blocks_of(file):
            block = read
            if plain is None:
                plain = _is_plain(block)
            if plain:
                # Formatted cells with nothing in them are most of many a sheet: they are taken out before XML is read.
                whole, mark, left_over = (left_over + block).rpartition(b"<")
                block, taken_out = EMPTY.subn(b"", whole)
                reader.has_gaps |= taken_out > 0
                left_over = mark + left_over
                if len(left_over) > LONGEST_TAG:
                    block += left_over
                    left_over = b""
            parser.Parse(block, False)
            yield from reader.taken()
    parser.Parse(left_over, True)
    yield from reader.taken()


def merged_cells(book: Workbook, sheet: Sheet, down_to: int) -> list[Merged]:
    """The merged cells that begin above row `down_to`: they stand behind all rows in the file."""
    found: list[Merged] = []
    kept = b""
    with book.archive.open(sheet.part) as file:
        for block in blocks_of(file):
            text = kept + block
            last = 0
            for match in MERGED.finditer(text):
                last = match.end()
                left, top, right, bottom = match.groups()
                if int(top) <= down_to and len(found) < MOST_MERGED:
                    found.append(Merged(int(top), _place(left.decode()), int(bottom), _place(right.decode())))
            kept = text[max(last, len(text) - 200) :]
    return found


def _is_plain(start: bytes) -> bool:
    """Whether the sheet's XML is UTF-8 as every office program writes it, so that its bytes can be looked at."""
    declared = re.match(rb"<\?xml[^>]*encoding=[\"']([^\"']+)", start[:200].removeprefix(b"\xef\xbb\xbf"))
    return b"\0" not in start[:200] and (declared is None or declared[1].lower() in (b"utf-8", b"us-ascii"))


def _place(letters: str) -> int:
    """The number of a column from 0: A is 0, AA is 26."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


class _Reader:
    """Takes the cells together as the parser comes upon their pieces."""

    def __init__(self, book: Workbook) -> None:
        self.has_gaps = False  # what was empty was taken out: a row or cell that does not say where it is has no place
        self._book = book
        self._kinds: dict[str, str | None] = {}
        self._places: dict[str, int] = {}
        self._rows: list[Row] = []
        self._row = self._depth = 0
        self._column = -1
        self._cells: dict[int, Cell] = {}
        self._about: Mapping[str, str] = {}
        self._text: list[str] | None = None  # None: the parser is in no element whose words count
        self._length = 0
        self._value: str | None = None
        self._formula = False
        self._phonetic = False

    def taken(self) -> list[Row]:
        """The rows that were completed since this was asked last."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise UnreadableError(refusals.HOSTILE_XML)
        kind = self._kind(name)
        if kind == "c":
            self._begin_cell(attributes)
        elif kind == "row":
            self._begin_row(attributes.get("r"))
        elif kind == "v" or (kind == "t" and not self._phonetic):
            self._text = []
        elif kind == "f":
            self._formula = True
        elif kind == "rPh":
            self._phonetic = True

    def end(self, name: str) -> None:
        self._depth -= 1
        kind = self._kind(name)
        if kind == "c":
            if self._value is not None or self._formula:
                self._end_cell()
        elif kind in ("v", "t") and self._text is not None:
            self._value = (self._value or "") + "".join(self._text)
            self._text = None
        elif kind == "rPh":
            self._phonetic = False
        elif kind == "row" and self._cells:
            self._rows.append((self._row, self._cells))
            self._cells = {}

    def data(self, text: str) -> None:
        if self._text is not None and self._length <= LONGEST:
            self._length += len(text)
            self._text.append(text)

    def _kind(self, name: str) -> str | None:
        if name not in self._kinds:
            if len(self._kinds) > 1_000:
                raise UnreadableError(reasons.BROKEN_SPREADSHEET)
            self._kinds[name] = local(name) if local(name) in KINDS else None
        return self._kinds[name]

    def _begin_row(self, said: str | None) -> None:
        number = int(said) if said is not None else 0 if self.has_gaps else self._row + 1
        if not self._row < number <= MOST_ROWS:
            raise UnreadableError(reasons.BROKEN_SPREADSHEET)
        self._row, self._column = number, -1

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        self._about = attributes
        self._value, self._formula, self._length = None, False, 0
        reference = attributes.get("r")
        if reference is None:
            self._column = MOST_COLUMNS if self.has_gaps else self._column + 1
        else:
            letters = reference.rstrip("0123456789")
            place = self._places.get(letters)
            if place is None:
                place = self._places.setdefault(letters, _place(letters)) if letters.isalpha() else -1
            self._column = place
        if not 0 <= self._column < MOST_COLUMNS:
            raise UnreadableError(reasons.BROKEN_SPREADSHEET)

    def _end_cell(self) -> None:
        cell = self._cell(self._value or "", self._about.get("t", "n"))
        if cell.text is not None or cell.wrong is not None:
            self._cells[self._column] = cell

    def _cell(self, value: str, kind: str) -> Cell:
        if self._length > LONGEST:
            return Cell(None, wrong=refusals.HUGE_CELL)
        if kind == "s":
            words = self._book.words[int(value)]
            return Cell(words or None, wrong=refusals.HUGE_CELL if words is None else None)
        if kind in ("str", "inlineStr"):
            if self._formula and self._value is None:
                return Cell(None, wrong=reasons.FORMULA_WITHOUT_VALUE)
            return Cell(unescaped(value) or None)
        if kind == "e":
            return Cell(value, wrong=reasons.CELL_ERROR)
        if not value:
            return Cell(None, wrong=reasons.FORMULA_WITHOUT_VALUE if self._formula else None)
        if kind == "b":
            return Cell("true" if value == "1" else "false", typed=True)
        if kind == "d":
            return Cell(value.removesuffix("T00:00:00").replace("T", " "), typed=True)
        return Cell(self._number(value), typed=True)

    def _number(self, value: str) -> str:
        number = float(value)
        if not math.isfinite(number):
            return value
        style = int(self._about.get("s", 0))
        shown = self._book.shown[style] if style < len(self._book.shown) else Shown.NUMBER
        if shown is Shown.DATE and (moment := _moment(number, self._book.since_1904)) is not None:
            return moment
        exact = Decimal(int(value) if value.isdigit() and len(value) <= EXCEL_DIGITS else f"{number:.{EXCEL_DIGITS}g}")
        exact *= 100 if shown is Shown.PERCENT else 1
        return str(int(exact)) if exact == exact.to_integral_value() else format(exact.normalize(), "f")


def _moment(serial: float, since_1904: bool) -> str | None:
    """A day number as a date, with a time where it has one; None where there is no such day.

    Days count from 1900, in which Excel has a 29 February: until then they are one less.
    """
    first = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30 if serial >= 60 else 31)  # noqa: DTZ001
    try:
        moment = first + timedelta(milliseconds=round(serial * 86_400_000))
    except OverflowError:
        return None
    if serial < 0 or moment.year > 9999:
        return None
    if 0 <= serial < 1:
        return moment.time().isoformat()
    return moment.date().isoformat() if moment.time() == time() else moment.isoformat(sep=" ")
