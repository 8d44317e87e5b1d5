"""The register of org_units: CSV files of who exists, on which days, below whom."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from targetwatch.catalogue.document import read_text
from targetwatch.catalogue.issues import Issue, instead, nearest
from targetwatch.model import OrgUnit, UnitKey

HEADER = ("code", "valid_from", "valid_to", "level", "kind", "name", "parent_code")
OPTIONAL = ("valid_to", "parent_code")


class _Row:
    """A line of a register, which knows where it stands."""

    __slots__ = ("fields", "line", "shown", "text")

    def __init__(self, shown: str, line: int, fields: Sequence[str], text: str) -> None:
        self.shown, self.line, self.fields, self.text = shown, line, fields, text

    def issue(self, column: str, message: str, hint: str = "") -> Issue:
        position = 1
        for value, header in zip(self.fields, HEADER, strict=False):
            if header == column:
                break
            found = self.text.find(value, position - 1)
            position = self.text.find(",", found + len(value)) + 2
        return Issue(self.shown, self.line, max(position, 1), message, hint)


@dataclass(frozen=True, slots=True)
class Register:
    """All units of all registers, and everything wrong with them. `codes` has those of wrong rows too."""

    units: tuple[OrgUnit, ...]
    issues: tuple[Issue, ...]
    codes: frozenset[str]


def read_units(files: Iterable[tuple[Path, str]], levels: Collection[str] | None) -> Register:
    """Read registers, each a file and the name to show for it. Where the levels are not known they are not checked."""
    issues: list[Issue] = []
    rows: list[tuple[_Row, date, date]] = []
    doubtful: set[str] = set()  # what is said of these is not to be blamed on others
    for path, shown in files:
        for row in _rows(path, shown, issues):
            dates = _dates(row, issues)
            sound = _checked(row, levels, issues)
            if dates is not None and sound:
                rows.append((row, *dates))
            else:
                doubtful.add(row.fields[0])
    by_code: dict[str, list[tuple[date, date, _Row]]] = defaultdict(list)
    for row, first, last in rows:
        by_code[row.fields[0]].append((first, last, row))
    for stretches in by_code.values():
        stretches.sort(key=lambda stretch: stretch[0])
        issues.extend(_overlaps(stretches))
    units = []
    for row, first, last in rows:
        above = row.fields[6]
        parent = None if not above or above in doubtful else _parent(row, first, last, by_code, issues)
        code, _, _, level, kind, name, _ = row.fields
        units.append(OrgUnit(UnitKey(code, first), None if last == date.max else last, level, kind, name, parent))
    issues.extend(_circles(units, {row.fields[0] + str(first): row for row, first, _ in rows}))
    return Register(tuple(units), tuple(issues), frozenset(by_code) | doubtful)


def _rows(path: Path, shown: str, issues: list[Issue]) -> Iterable[_Row]:
    text = read_text(path, shown)
    if isinstance(text, Issue):
        issues.append(text)
        return
    lines = text.splitlines()
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        header = next(reader)
        if tuple(header) != HEADER:
            issues.append(_wrong_header(shown, header))
            return
        before = reader.line_num
        for fields in reader:
            line, before = before + 1, reader.line_num
            if not fields:
                continue
            row = _Row(shown, line, fields, lines[line - 1] if line <= len(lines) else "")
            if len(fields) != len(HEADER):
                hint = "Put a value that holds a comma in double quotes." if len(fields) > len(HEADER) else ""
                issues.append(Issue(shown, line, 1, f"{len(fields)} values where {len(HEADER)} are expected", hint))
                continue
            yield row
    except csv.Error as error:
        issues.append(Issue(shown, reader.line_num, 1, f"this is not CSV: {error}", "Mind the double quotes."))


def _wrong_header(shown: str, header: Sequence[str]) -> Issue:
    column = 1
    for name, expected in zip(header, HEADER, strict=False):
        if name != expected:
            message, hint = f"unknown column '{name}'", f"Write '{nearest(name, HEADER) or expected}'."
            if name in HEADER:
                message, hint = f"column '{name}' stands where '{expected}' is expected", ""
            break
        column += len(name) + 1
    else:
        message, hint = f"{len(header)} columns where {len(HEADER)} are expected", ""
    return Issue(shown, 1, column, message, f"{hint} The header is {','.join(HEADER)}.".strip())


def _checked(row: _Row, levels: Collection[str] | None, issues: list[Issue]) -> bool:
    found = len(issues)
    for name, value in zip(HEADER, row.fields, strict=True):
        if not value.strip() and name not in OPTIONAL and name != "valid_from":
            issues.append(row.issue(name, f"'{name}' is empty", "Fill it in."))
        elif value != value.strip():
            issues.append(row.issue(name, f"'{value}' has blanks around it", f"Write '{value.strip()}'."))
    level = row.fields[3]
    if levels is not None and level.strip() and level not in levels:
        issues.append(row.issue("level", f"there is no level '{level}'", instead(level, levels)))
    return len(issues) == found


def _dates(row: _Row, issues: list[Issue]) -> tuple[date, date] | None:
    found = len(issues)
    days = []
    for name, value in (("valid_from", row.fields[1]), ("valid_to", row.fields[2])):
        if not value and name == "valid_to":
            days.append(date.max)
            continue
        try:
            if len(value) != len("2021-01-01") or value[4] != "-":
                raise ValueError
            days.append(date.fromisoformat(value))
        except ValueError:
            issues.append(row.issue(name, f"'{value}' is not a date", "Write year-month-day, as in 2025-12-31."))
    if len(issues) > found:
        return None
    first, last = days
    if last < first:
        issues.append(
            row.issue("valid_to", f"the unit ends on {last}, before it begins on {first}", "Mend one of the two.")
        )
        return None
    return first, last


def _overlaps(stretches: Sequence[tuple[date, date, _Row]]) -> Iterable[Issue]:
    """Codes are used again, but never by two at one time: then a record could not say whom it means."""
    for (first, last, earlier), (next_first, _, later) in pairwise(stretches):
        code, where = later.fields[0], f"{earlier.shown}:{earlier.line}"
        if first == next_first:
            yield later.issue(
                "code", f"unit {code} from {first} is there twice", f"The first is in {where}. Delete one."
            )
        elif next_first <= last:
            until = "has no end" if last == date.max else f"ends on {last}"
            yield later.issue(
                "valid_from",
                f"unit {code} is there twice from {next_first} on: the one in {where} {until}",
                "Let the earlier end the day before.",
            )


def _parent(
    row: _Row, first: date, last: date, by_code: dict[str, list[tuple[date, date, _Row]]], issues: list[Issue]
) -> UnitKey | None:
    code = row.fields[6]
    if code not in by_code:
        issues.append(row.issue("parent_code", f"there is no unit '{code}'", instead(code, by_code.keys())))
        return None
    for parent_first, parent_last, _ in by_code[code]:
        if parent_first <= first <= parent_last:
            if parent_last < last:
                issues.append(
                    row.issue(
                        "parent_code",
                        f"unit {code} ends on {parent_last}, before the unit below it",
                        "End this one too.",
                    )
                )
            return UnitKey(code, parent_first)
    issues.append(
        row.issue("parent_code", f"unit {code} does not exist on {first}", "Name the unit above it on that day.")
    )
    return None


def _circles(units: Sequence[OrgUnit], rows: dict[str, _Row]) -> Iterable[Issue]:
    above = {unit.key: unit.parent for unit in units}
    sound: set[UnitKey] = set()
    for unit in units:
        passed: list[UnitKey] = []
        at: UnitKey | None = unit.key
        while at is not None and at not in sound:
            if at in passed:
                row = rows[at.code + str(at.valid_from)]
                yield row.issue("parent_code", f"unit {at.code} lies below itself", "Name the unit above it.")
                break
            passed.append(at)
            at = above.get(at)
        sound.update(passed)


def units_valid_on(units: Iterable[OrgUnit], day: date) -> dict[str, OrgUnit]:
    """The units that existed on `day`, by code."""
    return {unit.key.code: unit for unit in units if unit.is_valid_on(day)}
