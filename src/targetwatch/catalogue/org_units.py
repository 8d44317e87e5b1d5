"""The register of org_units: CSV files of who exists, on which days, below whom. Who follows whom is read apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from targetwatch.catalogue.issues import MOST, Issue, instead
from targetwatch.catalogue.rows import Row, read_rows
from targetwatch.model import OrgUnit, UnitKey

HEADER = ("code", "valid_from", "valid_to", "level", "kind", "name", "parent_code")
OPTIONAL = ("valid_to", "parent_code")


@dataclass(frozen=True, slots=True)
class Register:
    """All units of all registers, and everything wrong with them. `codes` has those of wrong rows too."""

    units: tuple[OrgUnit, ...]
    issues: tuple[Issue, ...]
    codes: frozenset[str]
    doubtful: frozenset[str] = frozenset()  # the codes of wrong rows: what is said of them elsewhere is not to blame
    whole: bool = True  # whether every row could be read; if not, a unit that is not found may be among the others


def read_units(files: Iterable[tuple[Path, str]], levels: Collection[str] | None) -> Register:
    """Read registers, each a file and the name to show for it. Where the levels are not known they are not checked."""
    issues: list[Issue] = []
    unread: list[Issue] = []
    rows: list[tuple[Row, date, date]] = []
    doubtful: set[str] = set()  # what is said of these is not to be blamed on others
    for path, shown in files:
        for row in read_rows(path, shown, HEADER, unread):
            dates = _dates(row, issues)
            sound = _checked(row, levels, issues)
            if dates is not None and sound:
                rows.append((row, *dates))
            else:
                doubtful.add(row.fields[0])
    by_code: dict[str, list[tuple[date, date, Row]]] = defaultdict(list)
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
    codes = frozenset(by_code) | doubtful
    return Register(tuple(units), (*unread, *issues), codes, frozenset(doubtful), whole=not unread)


def _checked(row: Row, levels: Collection[str] | None, issues: list[Issue]) -> bool:
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


def _dates(row: Row, issues: list[Issue]) -> tuple[date, date] | None:
    first = row.day("valid_from", row.fields[1], issues)
    last = row.day("valid_to", row.fields[2], issues) if row.fields[2] else date.max
    if first is None or last is None:
        return None
    if last < first:
        issues.append(
            row.issue("valid_to", f"the unit ends on {last}, before it begins on {first}", "Mend one of the two.")
        )
        return None
    return first, last


def _overlaps(stretches: Sequence[tuple[date, date, Row]]) -> Iterable[Issue]:
    """Codes are used again, but never by two at one time: then a record could not say whom it means."""
    for (first, last, earlier), (next_first, _, later) in pairwise(stretches):
        code, where = later.fields[0], earlier.place
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
    row: Row, first: date, last: date, by_code: dict[str, list[tuple[date, date, Row]]], issues: list[Issue]
) -> UnitKey | None:
    code = row.fields[6]
    if code not in by_code:
        hint = instead(code, by_code.keys()) if len(issues) < MOST else ""  # the others are not read
        issues.append(row.issue("parent_code", f"there is no unit '{code}'", hint))
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


def _circles(units: Sequence[OrgUnit], rows: dict[str, Row]) -> Iterable[Issue]:
    above = {unit.key: unit.parent for unit in units}
    sound: set[UnitKey] = set()
    for unit in units:
        passed: set[UnitKey] = set()
        at: UnitKey | None = unit.key
        while at is not None and at not in sound:
            if at in passed:
                row = rows[at.code + str(at.valid_from)]
                yield row.issue("parent_code", f"unit {at.code} lies below itself", "Name the unit above it.")
                break
            passed.add(at)
            at = above.get(at)
        sound.update(passed)


def units_valid_on(units: Iterable[OrgUnit], day: date) -> dict[str, OrgUnit]:
    """The units that existed on `day`, by code."""
    return {unit.key.code: unit for unit in units if unit.is_valid_on(day)}
