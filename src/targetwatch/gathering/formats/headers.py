"""Where a table begins on a sheet: below titles, with a header of up to three rows whose cells may be merged.

A header of several rows names a column by all its levels: under "Hồ sơ" the column "trực tuyến" is "Hồ sơ / trực
tuyến". One level alone names it as well, where no other column of the sheet has a level of that name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from targetwatch.gathering.formats.cells import Cell, Merged, Row
from targetwatch.gathering.formats.table import count_matches, fold
from targetwatch.model import Source

WITHIN = 30  # rows: titles stand above many a table
DEEPEST = 3  # rows of a header
BETWEEN = " / "


@dataclass(frozen=True, slots=True)
class Found:
    """A header: its last row, the names of the columns from the first on, and how many of them the source knows."""

    last_row: int
    names: tuple[str, ...]
    matches: int


def find_header(rows: Sequence[Row], merged: Sequence[Merged], source: Source) -> Found | None:
    """The header among the first rows of a sheet that names most of the source's columns; the shortest, the first.

    None where no row names any of them.
    """
    cells = dict(rows)
    wanted = {fold(column.delivered_as) for column in source.columns}
    best: Found | None = None
    for depth in range(1, DEEPEST + 1):
        for top, _ in rows:
            if top > WITHIN:
                break
            levels = _levels([cells.get(top + down, {}) for down in range(depth)], top, merged)
            names = _names(levels, wanted)
            matches = count_matches(names, source)
            if matches and (best is None or matches > best.matches):
                best = Found(top + depth - 1, tuple(names), matches)
    return best


def numbers_the_columns(cells: Mapping[int, Cell]) -> bool:
    """Whether a row below a header only numbers its columns: (1), (2), (3), or A, B, 1, 2 = 1 + 3 and the like."""
    texts = [cell.text.strip() for _, cell in sorted(cells.items()) if cell.text]
    marks = [text.split("=", 1)[0].strip(" ()[].") for text in texts]
    numbers = [int(mark) for mark in marks if mark.isdecimal()]
    letters = [mark for mark in marks if len(mark) == 1 and mark.isalpha()]
    return (
        len(marks) >= 3
        and len(numbers) + len(letters) == len(marks)
        and numbers == list(range(1, len(numbers) + 1))
        and [ord(letter.upper()) - 65 for letter in letters] == list(range(len(letters)))
    )


def _levels(rows: Sequence[Mapping[int, Cell]], top: int, merged: Sequence[Merged]) -> list[list[str]]:
    """The names above one another of each column, from the first to the last one that has any."""
    width = max((max(row, default=-1) for row in rows), default=-1) + 1
    spans = [one for one in merged if one.top < top + len(rows) and one.bottom >= top]
    width = min(max([width, *(one.right + 1 for one in spans if one.right - one.left < 200)]), 2_000)
    columns: list[list[str]] = []
    for place in range(width):
        levels: list[str] = []
        for down, row in enumerate(rows):
            text = _text(row, place)
            if not text and down < len(rows) - 1:
                text = _spanning(rows, top, down, place, spans)
            if text and text not in levels:
                levels.append(text)
        columns.append(levels)
    return columns


def _spanning(rows: Sequence[Mapping[int, Cell]], top: int, down: int, place: int, spans: Sequence[Merged]) -> str:
    """What stands over an empty cell of an upper row: the merged cell that it is part of, else what is to its left."""
    for one in spans:
        if one.left <= place <= one.right and one.top <= top + down <= one.bottom:
            return _text(rows[one.top - top], one.left) if one.top >= top else ""
    if spans or not _text(rows[down + 1], place):
        return ""
    return next((text for left in range(place - 1, -1, -1) if (text := _text(rows[down], left))), "")


def _text(row: Mapping[int, Cell], place: int) -> str:
    cell = row.get(place)
    return " ".join(cell.text.split()) if cell is not None and cell.text else ""


def _names(levels: Sequence[Sequence[str]], wanted: set[str]) -> list[str]:
    """What each column is called: by all its levels, or by the one of them that the source wants and no other has."""
    counted: dict[str, int] = {}
    for column in levels:
        for level in {fold(level) for level in column}:
            counted[level] = counted.get(level, 0) + 1
    names = []
    for column in levels:
        whole = BETWEEN.join(column)
        alone = [level for level in column if fold(level) in wanted and counted[fold(level)] == 1]
        names.append(whole if len(column) < 2 or fold(whole) in wanted or len(alone) != 1 else alone[0])
    return names
