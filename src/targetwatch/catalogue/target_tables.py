"""CSV registers of targets: many targets in one table, a row for each version of a target and for each exception.

Every target of a table becomes a document of its own, in the shape of a file of targets: so it is held against the same
specs and the same rules, and whatever is wrong with it is said of the cell it stands in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from targetwatch.catalogue.cells import Cell, Cells, Row
from targetwatch.catalogue.document import read_text
from targetwatch.catalogue.issues import Issue, nearest
from targetwatch.catalogue.target_columns import COLUMNS, MEANT, REQUIRED, SELECTING, Said, TargetTable
from targetwatch.catalogue.target_rows import TargetRows

MAX_MISSHAPEN = 100  # rows of a file that are no rows of its table; with more of them it is no such table
SHAPE = f"The columns of a table of targets are {', '.join(COLUMNS)}."


def read_target_table(path: Path, shown: str) -> tuple[list[TargetTable], list[Issue]]:
    """The targets of a table, and everything that is wrong with it as a table.

    Where anything is wrong, a document without data stands for the rows that could not be read.
    """
    text = read_text(path, shown)
    if isinstance(text, Issue):
        return [TargetTable(shown)], [text]
    cells = Cells(shown, text)
    table = _Table(cells)
    documents = list(table.targets())
    issues = [*cells.issues, *table.issues]
    return (documents if not issues else [*documents, TargetTable(shown)]), issues


class _Table:
    """Reads the rows of one table."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self.issues: list[Issue] = []
        self.lacking: set[str] = set()  # required columns that are not there

    def targets(self) -> Iterator[TargetTable]:
        rows = self.cells.rows()
        header = self._header(next(rows, None))
        if header is None:
            return
        by_target: dict[str, list[Said]] = {}
        doubtful: set[str] = set()  # what is said of these is not to be blamed on their other rows
        misshapen = 0
        for row in rows:
            said = Said(header, row.cells)
            if not self._is_row(row, header, said):
                doubtful.update(cell.text.strip() for column, cell in said.items() if column == "target")
                misshapen += 1
                if misshapen == MAX_MISSHAPEN:
                    hint = "Mend the first ones, and read it again."
                    self.issues.append(self.cells.row_issue(row, "this and what follows is not read", hint))
                    break
            else:
                by_target.setdefault(said["target"].text, []).append(said)
        for target, versions in by_target.items():
            if target not in doubtful:
                yield TargetRows(self.cells, target, self.lacking, self.issues).document(versions)

    def _header(self, row: Row | None) -> list[str] | None:
        """The columns of the table, one that is not known as the one that is meant; None where they are hopeless."""
        if row is None or not row.is_whole:
            return None
        names = [cell.text.strip() for cell in row.cells]
        if len(names) == 1:
            separator = next((mark for mark in (";", "\t", "|") if mark in names[0]), None)
            hint = "Save it with commas between the values." if separator else SHAPE
            self.issues.append(self.cells.issue(row.cells[0], "the header has one column", hint))
            return None
        found = len(self.issues)
        header: list[str] = []
        for cell, name in zip(row.cells, names, strict=True):
            column = name
            if name and name != cell.text:
                self.issues.append(self._blanks(cell, name))
            if name not in COLUMNS:
                column = MEANT.get(name) or nearest(name, COLUMNS) or ""
                hint = f"Write '{column}'." if column else SHAPE
                self.issues.append(self.cells.issue(cell, f"unknown column '{name}'", hint))
                column = "" if column in names else column
            if column and column in header:
                self.issues.append(self.cells.issue(cell, f"column '{column}' is there twice", "Delete one."))
                column = ""
            header.append(column)
        unknown = len(self.issues) > found
        self.lacking = {column for column in REQUIRED if column not in header}
        if not set(SELECTING) & set(header):
            self.lacking.add("org_unit")
        if unknown and "target" in self.lacking:
            return None
        for column in COLUMNS:
            if column in self.lacking:
                name = "org_unit', 'level', 'kind' or 'parent" if column == "org_unit" else column
                self.issues.append(self.cells.row_issue(row, f"there is no column '{name}'", "Add it to the header."))
        return None if "target" in self.lacking else header

    def _blanks(self, cell: Cell, bare: str) -> Issue:
        if not bare:
            return self.cells.issue(cell, "nothing but blanks stands here", "Delete them.")
        return self.cells.issue(cell, f"'{cell.text}' has blanks around it", f"Write '{bare}'.")

    def _is_row(self, row: Row, header: Sequence[str], said: Said) -> bool:
        if not row.is_whole:
            return False
        if len(row.cells) != len(header):
            hint = "Put a value that holds a comma in double quotes." if len(row.cells) > len(header) else ""
            message = f"{len(row.cells)} values where {len(header)} are expected"
            self.issues.append(self.cells.row_issue(row, message, hint))
            return False
        for column, cell in (said | said.empty).items():
            bare = cell.text.strip()
            if bare != cell.text:
                if bare:
                    said[column] = Cell(bare, cell.offset)
                self.issues.append(self._blanks(cell, bare))
        for column in ("target", "effective_from"):
            if column in said.empty:
                self.issues.append(self.cells.issue(said.empty[column], f"'{column}' is empty", "Fill it in."))
                return False
        return True
