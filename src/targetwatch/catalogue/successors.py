"""Who follows an org_unit that ended, and with which part: the file `successors.csv` beside the registers.

The weights of a unit add up to exactly one, so what is passed on is what there was. They are fractions: a third has no
decimal.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from targetwatch.catalogue.issues import MOST, Issue, instead
from targetwatch.catalogue.org_units import Register, units_valid_on
from targetwatch.catalogue.rows import Row, read_rows
from targetwatch.model import Basis, OrgUnit, Successor, UnitKey

HEADER = ("code", "valid_from", "successor_code", "successor_valid_from", "weight", "basis")
BASES = {basis.value: basis for basis in Basis}
WEIGHT = re.compile(r"[0-9]{1,18}(/[0-9]{1,18}|\.[0-9]{1,18})?")
IN_PARTS = (Basis.EQUAL, Basis.ASSUMED)  # they rest on nothing that could make one part larger than another


@dataclass(frozen=True, slots=True)
class _Part:
    """A sound row."""

    row: Row
    successor: Successor


def with_successors(register: Register, files: Iterable[tuple[Path, str]]) -> Register:
    """The register with the successors of its units, as the files, each with the name to show for it, have them."""
    issues: list[Issue] = []
    units = _Units(register)
    parts: dict[UnitKey, dict[UnitKey, _Part]] = defaultdict(dict)
    spoiled: set[UnitKey] = set()  # units with a row that is wrong: their weights cannot be added up
    for path, shown in files:
        for row in read_rows(path, shown, HEADER, issues):
            before = len(issues)
            unit = units.named(row, "code", "valid_from", issues)
            followed_by = units.named(row, "successor_code", "successor_valid_from", issues)
            weight, basis = _weight(row, issues), _basis(row, issues)
            if unit is None:
                continue
            if len(issues) == before:
                issues += units.problems(row, unit, followed_by, parts[unit.key])
            if len(issues) > before or followed_by is None or weight is None or basis is None:
                spoiled.add(unit.key)
            else:
                parts[unit.key][followed_by.key] = _Part(row, Successor(followed_by.key, weight, basis))
    for key, found in parts.items():
        if key not in spoiled:
            issues += _together(key, list(found.values()))
    return replace(
        register,
        units=tuple(
            replace(unit, successors=tuple(part.successor for part in parts[unit.key].values()))
            if unit.key in parts
            else unit
            for unit in register.units
        ),
        issues=(*register.issues, *issues),
    )


class _Units:
    """The units of a register as the values of a row name them."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._named = {(unit.key.code, unit.key.valid_from.isoformat()): unit for unit in register.units}
        self._by_code: dict[str, list[OrgUnit]] = defaultdict(list)
        for unit in sorted(register.units, key=lambda unit: unit.key):
            self._by_code[unit.key.code].append(unit)

    def named(self, row: Row, code_column: str, day_column: str, issues: list[Issue]) -> OrgUnit | None:
        """The unit that two values of a row name; None where there is none, with an issue if the row is to blame."""
        code, written = row.fields[HEADER.index(code_column)], row.fields[HEADER.index(day_column)]
        if (unit := self._named.get((code, written))) is not None:
            return unit
        day = row.day(day_column, written, issues)
        if not self._register.whole or code in self._register.doubtful:
            return None
        if code not in self._by_code:
            hint = instead(code, self._by_code.keys()) if len(issues) < MOST else ""  # the others are not read
            issues.append(row.issue(code_column, f"there is no unit '{code}'", hint))
        elif day is not None:
            days = " or ".join(str(unit.key.valid_from) for unit in self._by_code[code])
            issues.append(row.issue(day_column, f"no unit {code} begins on {day}", f"Write {days}."))
        return None

    def problems(
        self, row: Row, unit: OrgUnit, followed_by: OrgUnit | None, parts: dict[UnitKey, _Part]
    ) -> Iterator[Issue]:
        """Whether the unit has an end, the successor is there on the day after it, and is new among its `parts`."""
        if unit.valid_to is None:
            hint = "Only a unit that has ended is followed by others: give it a 'valid_to', or delete this line."
            yield row.issue("code", f"unit {unit.key} has no end", hint)
            return
        if followed_by is None:
            return
        after = unit.valid_to + timedelta(days=1)
        if not followed_by.is_valid_on(after):
            there = units_valid_on(self._by_code[followed_by.key.code], after).get(followed_by.key.code)
            message = f"unit {followed_by.key} does not exist on {after}, the day after {unit.key} ends"
            hint = "Name a unit that goes on with its work on that day."
            if there is not None:
                hint = f"Write {there.key.valid_from}, or name another unit."
            yield row.issue("successor_valid_from", message, hint)
        elif followed_by.key in parts:
            first = parts[followed_by.key].row.place
            message = f"unit {unit.key} passes on to {followed_by.key} twice"
            yield row.issue("successor_code", message, f"The first is in {first}. Delete one.")


def _weight(row: Row, issues: list[Issue]) -> Fraction | None:
    written = row.fields[HEADER.index("weight")]
    if (weight := _part_of_one(written)) is None:
        hint = "Write 1, a fraction such as 1/3 or a decimal such as 0.25: above 0 and at most 1."
        issues.append(row.issue("weight", f"'{written}' is no weight", hint))
    return weight


@lru_cache(maxsize=1024)
def _part_of_one(written: str) -> Fraction | None:
    """The fraction that is written, if it is one above 0 and at most 1. A register has few, again and again."""
    if not WEIGHT.fullmatch(written):
        return None
    try:
        weight = Fraction(written)
    except ZeroDivisionError:
        return None
    return weight if 0 < weight <= 1 else None


def _basis(row: Row, issues: list[Issue]) -> Basis | None:
    written = row.fields[HEADER.index("basis")]
    if (basis := BASES.get(written)) is None:
        issues.append(row.issue("basis", f"there is no basis '{written}'", instead(written, BASES.keys())))
    return basis


def _together(unit: UnitKey, parts: Sequence[_Part]) -> Iterator[Issue]:
    """Whether all parts of a unit together are the unit, and rest on what they say they rest on."""
    first, basis = parts[0], parts[0].successor.basis
    for part in parts:
        weight = part.successor.weight
        if part.successor.basis is not basis:
            message = f"unit {unit} rests on '{part.successor.basis}' here, and on '{basis}' in line {first.row.line}"
            hint = "All parts of a unit rest on the same: write 'counted' where all were counted, else 'equal'."
            yield part.row.issue("basis", message, hint)
            return
        if basis is Basis.WHOLE and weight != 1:
            message = f"the basis 'whole' says that the unit went over undivided, but the weight is {weight}"
            yield part.row.issue("basis", message, "Write the weight 1, or what the division rests on.")
            return
        if basis in IN_PARTS and weight != first.successor.weight:
            message = f"the basis '{basis}' says equal parts, but the weight is {weight} here"
            instead_of = "" if basis is Basis.ASSUMED else ", or 'counted' where they were counted"
            hint = f"In line {first.row.line} it is {first.successor.weight}. Write 1/{len(parts)}{instead_of}."
            yield part.row.issue("weight", message, hint)
            return
    if basis is Basis.EQUAL and len(parts) == 1:
        message = f"the basis 'equal' says that unit {unit} was divided, but it has one successor"
        yield first.row.issue("basis", message, "Write 'whole', or add the other parts.")
        return
    weights = Counter(part.successor.weight for part in parts)
    total = sum((weight * times for weight, times in weights.items()), Fraction(0))
    if total != 1:
        message = f"the weights of unit {unit} add up to {total} and not to 1"
        hint = f"{1 - total} is missing." if total < 1 else f"That is {total - 1} too much."
        yield parts[-1].row.issue("weight", message, hint)
