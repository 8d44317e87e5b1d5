"""A CSV file as cells that know where they stand.

Python's own reader does not say where a value began, and goes on reading where a quote is not closed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from targetwatch.catalogue.document import Mark
from targetwatch.catalogue.issues import Issue

MAX_COLUMNS = 100
CELL = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r\n|\n|\r|\Z)')
LINE_END = re.compile(r"\r\n|\n|\r")
QUOTED = re.compile(r'"[^"]*(?:""[^"]*)*"')


class Cell(NamedTuple):
    """A value, and how many characters stand before it in the file."""

    text: str
    offset: int


class Row(NamedTuple):
    """The values of a line, or of several where a quoted value holds line ends."""

    cells: list[Cell]
    is_whole: bool = True  # False: the values before the place at which it cannot be read


class Cells:
    """The rows of a CSV text, and what is wrong with it as CSV."""

    def __init__(self, shown: str, text: str) -> None:
        self.shown = shown
        self.issues: list[Issue] = []
        self._text = text
        self._lines = [0, *(found.end() for found in LINE_END.finditer(text))]

    def rows(self) -> Iterator[Row]:
        """Every row, as far as it can be read. A line that holds nothing is none."""
        text, length, at = self._text, len(self._text), 0
        while at < length:
            row: list[Cell] = []
            ended = ","
            while ended == ",":
                found = CELL.match(text, at)
                if found is None or len(row) == MAX_COLUMNS:
                    at = self._pass_over(at, too_wide=found is not None)
                    yield Row(row, is_whole=False)
                    break
                quoted, plain, ended = found.groups()
                if quoted is None:
                    row.append(Cell(plain, at))
                else:
                    row.append(Cell(quoted.replace('""', '"'), at + 1 if quoted else at))
                at = found.end()
            else:
                if len(row) > 1 or row[0].text:
                    yield Row(row)

    def mark(self, offset: int) -> Mark:
        """The line and column of the character that `offset` others stand before."""
        line = bisect_right(self._lines, offset)
        return Mark(line, offset - self._lines[line - 1] + 1)

    def issue(self, cell: Cell, message: str, hint: str = "") -> Issue:
        """An issue with the value of `cell`."""
        mark = self.mark(cell.offset)
        return Issue(self.shown, mark.line, mark.column, message, hint)

    def row_issue(self, row: Row, message: str, hint: str = "") -> Issue:
        """An issue with a whole row."""
        line = self.mark(row.cells[0].offset).line
        return Issue(self.shown, line, 1, message, hint)

    def _pass_over(self, at: int, *, too_wide: bool) -> int:
        """Say what is wrong with what begins at `at`; where the next line begins."""
        quoted = QUOTED.match(self._text, at)
        where, hint = at, 'Put a value that holds a comma or a quote in quotes, and write each quote in it as "".'
        if too_wide:
            message, hint = f"a row has more than {MAX_COLUMNS} values", "Delete what is not needed."
        elif quoted is None and self._text[at] != '"':
            message, where = "this is not CSV: a quote within a value", self._text.index('"', at)
        elif quoted is None or self.mark(quoted.end()).line != self.mark(at).line:
            message = "this is not CSV: the quote that is opened here is not closed"
        else:
            message, where = "this is not CSV: text behind a closing quote", quoted.end()
        self.issues.append(self.issue(Cell("", where), message, hint))
        end = LINE_END.search(self._text, where)
        return end.end() if end else len(self._text)
