"""The line of a file that an issue is about, as a terminal can show it, and where under it the caret goes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from rich.cells import cell_len

from targetwatch.catalogue.document import read_bytes
from targetwatch.catalogue.issues import Issue, legible
from targetwatch.catalogue.secrecy import is_to_be_hidden

WIDTH = 100  # cells of a line that are shown where nobody says how many there are
TAB = 4  # cells from one tab stop to the next
CUT = "..."
# What YAML counts as the end of a line is more than what a table counts as one.
YAML_LINES = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
TABLE_LINES = re.compile("\r?\n")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A line, or the part of a long one around the caret, and how many cells stand before the caret."""

    text: str
    caret: int

    def __str__(self) -> str:
        return f"{self.text}\n{' ' * self.caret}^"


def excerpt(line: str, column: int, width: int = WIDTH) -> Excerpt:
    """The part of `line` around `column` (counted from 1) that fits into `width` cells, and the caret's place.

    Tabs become blanks, characters that cannot be seen become their codes, and where something is left out stand three
    dots. A letter's marks may be characters of their own: the caret stands under the letter.
    """
    at = min(column - 1, len(line))
    first, last = max(0, at - 4 * width), at + 4 * width  # a line may have megabytes, and a letter a hundred marks
    shown, cells = _shown(line[first:last])
    at -= first
    while 0 < at < len(cells) and not cells[at]:
        at -= 1
    begin, end = 0, len(cells)
    if first or last < len(line) or sum(cells) > width:
        begin, end = _around(at, cells, width - 2 * len(CUT))
    before = CUT if first or begin else ""
    after = CUT if end < len(cells) or last < len(line) else ""
    return Excerpt(before + "".join(shown[begin:end]) + after, len(before) + sum(cells[begin:at]))


def _shown(part: str) -> tuple[list[str], list[int]]:
    """Each character of a line as it can be shown, and how many cells that takes."""
    shown: list[str] = []
    cells: list[int] = []
    taken = 0
    for character in part:
        said = " " * (TAB - taken % TAB) if character == "\t" else legible(character)
        shown.append(said)
        cells.append(cell_len(said))
        taken += cells[-1]
    return shown, cells


def _around(at: int, cells: list[int], room: int) -> tuple[int, int]:
    """From where to where the characters around `at` are shown in `room` cells, rather those before it."""
    begin = end = at
    left = room
    for goal in (room // 3, 0):  # the characters before `at` do not push out all that come after it
        while begin and left - cells[begin - 1] >= goal:
            begin -= 1
            left -= cells[begin]
        while end < len(cells) and left - cells[end] >= 0:
            left -= cells[end]
            end += 1
    return begin, end


class Excerpts:
    """Excerpts of a catalogue's files: a file is read only when a line of it is asked for."""

    def __init__(self, root: Path, width: int = WIDTH) -> None:
        self.root = root
        self.width = width
        self._path = ""
        self._lines: list[str] = []

    def of(self, issue: Issue) -> Excerpt | None:
        """The line that `issue` is about; None where it is about a file as a whole, or no line is there to be shown."""
        if issue.of_the_file:
            return None
        if issue.path != self._path:
            self._path, self._lines = issue.path, _lines(self.root / issue.path)
        if issue.line > len(self._lines) or not self._lines[issue.line - 1].strip():
            return None
        if is_to_be_hidden(issue.path, self._lines[issue.line - 1]):
            return None
        return excerpt(self._lines[issue.line - 1], issue.column, self.width)


def _lines(path: Path) -> list[str]:
    content = read_bytes(path, path.name)
    if isinstance(content, Issue):
        return []
    ends = YAML_LINES if path.suffix == ".yaml" else TABLE_LINES
    return ends.split(content.decode("utf-8-sig", "replace"))
