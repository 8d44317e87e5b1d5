"""CSV files of the catalogue with a fixed header, row by row; each row knows where it stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from targetwatch.catalogue.days import too_far_away
from targetwatch.catalogue.document import read_text
from targetwatch.catalogue.issues import Issue, nearest


class Row:
    """A line of a file, which can say where each of its values stands."""

    __slots__ = ("fields", "header", "line", "shown", "text")

    def __init__(self, shown: str, header: Sequence[str], line: int, fields: Sequence[str], text: str) -> None:
        self.shown, self.header, self.line, self.fields, self.text = shown, header, line, fields, text

    @property
    def place(self) -> str:
        """File and line, to point to from elsewhere."""
        return f"{self.shown}:{self.line}"

    def issue(self, column: str, message: str, hint: str = "") -> Issue:
        """An issue with the value in `column`."""
        position = 1
        for value, name in zip(self.fields, self.header, strict=False):
            if name == column:
                break
            found = self.text.find(value, position - 1)
            position = self.text.find(",", found + len(value)) + 2
        return Issue(self.shown, self.line, max(position, 1), message, hint)

    def day(self, column: str, value: str, issues: list[Issue]) -> date | None:
        """The day that `value`, which stands in `column`, says; None, with an issue, where it says none."""
        try:
            if len(value) != len("2021-01-01") or value[4] != "-" or value[7] != "-":
                raise ValueError  # ISO 8601 has other spellings too, such as weeks
            day = date.fromisoformat(value)
        except ValueError:
            issues.append(self.issue(column, f"'{value}' is not a date", "Write year-month-day, as in 2025-12-31."))
            return None
        if (far := too_far_away(day.year)) is not None:
            issues.append(self.issue(column, *far))
            return None
        return day


def read_rows(path: Path, shown: str, header: Sequence[str], issues: list[Issue]) -> Iterator[Row]:
    """The rows of a file that has exactly the columns of `header`; what is wrong with it as CSV goes to `issues`."""
    text = read_text(path, shown)
    if isinstance(text, Issue):
        issues.append(text)
        return
    lines = text.splitlines()
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        found = next(reader)
        if found != list(header):
            issues.append(_wrong_header(shown, found, header))
            return
        before = reader.line_num
        for fields in reader:
            line, before = before + 1, reader.line_num
            if not fields:
                continue
            row = Row(shown, header, line, fields, lines[line - 1] if line <= len(lines) else "")
            if len(fields) != len(header):
                hint = "Put a value that holds a comma in double quotes." if len(fields) > len(header) else ""
                issues.append(Issue(shown, line, 1, f"{len(fields)} values where {len(header)} are expected", hint))
                continue
            yield row
    except csv.Error as error:
        issues.append(Issue(shown, reader.line_num, 1, f"this is not CSV: {error}", "Mind the double quotes."))


def _wrong_header(shown: str, found: Sequence[str], header: Sequence[str]) -> Issue:
    column = 1
    for name, expected in zip(found, header, strict=False):
        if name != expected:
            message, hint = f"unknown column '{name}'", f"Write '{nearest(name, header) or expected}'."
            if name in header:
                message, hint = f"column '{name}' stands where '{expected}' is expected", ""
            break
        column += len(name) + 1
    else:
        message, hint = f"{len(found)} columns where {len(header)} are expected", ""
    return Issue(shown, 1, column, message, f"{hint} The header is {','.join(header)}.".strip())
