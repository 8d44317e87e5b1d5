"""Who goes on with the work of a commune that ended, and with which part of it: the rows of successors.csv.

What is known decides, in this order: dossiers that were counted, the pairs of vietnamadminunits, the code that went on
under another name, and, where no source says anything, an assumption that is marked as one. The weights of a unit are
fractions that add up to exactly one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

HEADER = ("code", "valid_from", "successor_code", "successor_valid_from", "weight", "basis")
COUNTS = (*HEADER[:4], "dossiers")
TWO_LEVELS_SINCE = date(2025, 7, 1)

Key = tuple[str, str]  # code and valid_from
Counts = Mapping[Key, Mapping[Key, int]]


class WrongSuccessorsError(Exception):
    """What is known of the successors does not fit the register. The message says where."""


class Unit(NamedTuple):
    """A row of the register."""

    code: str
    valid_from: str
    valid_to: str
    level: str
    kind: str
    name: str
    parent_code: str

    @property
    def key(self) -> Key:
        """What identifies it."""
        return self.code, self.valid_from


def succession(
    register: Iterable[Sequence[str]], pairs: Mapping[str, Sequence[str]], counts: Counts | None = None
) -> list[tuple[str, ...]]:
    """The rows under HEADER, in the order of the register.

    `pairs` names, by code, the communes of July 2025 that each commune of June 2025 went into. `counts` are the
    dossiers of the parts, as far as they are known. Raises WrongSuccessorsError.
    """
    communes = [unit for unit in (Unit(*row) for row in register) if unit.level == "commune"]
    rows = []
    unused = dict(counts or {})
    for unit in communes:
        if not unit.valid_to:
            continue
        parts, basis = _followed_by(unit, communes, pairs)
        if unit.key in unused:
            rows += _counted(unit, parts, basis, unused.pop(unit.key))
        else:
            rows += [_row(unit, part, Fraction(1, len(parts)), basis) for part in sorted(parts)]
    if unused:
        raise WrongSuccessorsError(f"counts: {'@'.join(min(unused))} is no commune of the register that has ended")
    return rows


def _followed_by(unit: Unit, communes: Sequence[Unit], pairs: Mapping[str, Sequence[str]]) -> tuple[list[Key], str]:
    """The units that went on with the work of `unit`, and what that rests on."""
    after = date.fromisoformat(unit.valid_to) + timedelta(days=1)
    there = {other.code: other for other in communes if _is_valid_on(other, after)}
    if after == TWO_LEVELS_SINCE:
        # Here a code that goes on says nothing: all 126 are codes of older communes, most with another name.
        try:
            parts = [there[code].key for code in pairs[unit.code]]
        except KeyError as missing:
            raise WrongSuccessorsError(f"{unit.code}, {unit.name}: {missing} is not among the pairs") from None
        return parts, "whole" if len(parts) == 1 else "equal"
    if unit.code in there:
        return [there[unit.code].key], "whole"
    # Every district keeps its total that way, whichever of its communes the work truly went to.
    neighbours = [other.key for other in there.values() if other.parent_code == unit.parent_code]
    if not neighbours:
        raise WrongSuccessorsError(f"{unit.code}, {unit.name}: its district {unit.parent_code} has no commune left")
    return neighbours, "assumed"


def _counted(unit: Unit, parts: Sequence[Key], basis: str, counts: Mapping[Key, int]) -> Iterator[tuple[str, ...]]:
    """The parts by their dossiers. A part that is known must be counted; one that was only assumed may be left out."""
    said = f"counts: {unit.code}@{unit.valid_from}, {unit.name}"
    if basis == "whole":
        raise WrongSuccessorsError(f"{said}: it went over undivided, there is nothing to share out")
    if strangers := sorted(set(counts) - set(parts)):
        raise WrongSuccessorsError(f"{said}: {'@'.join(strangers[0])} is none of those it went into")
    if basis == "equal" and (silent := sorted(set(parts) - set(counts))):
        raise WrongSuccessorsError(f"{said}: {'@'.join(silent[0])} is not counted; write 0 if it had none")
    total = sum(counts.values())
    if total == 0:
        raise WrongSuccessorsError(f"{said}: no dossier at all was counted, leave the unit out")
    return (_row(unit, part, Fraction(counts[part], total), "counted") for part in sorted(counts) if counts[part])


def read_counts(path: Path) -> Counts:
    """The dossiers of each part of each unit, from a CSV file under COUNTS. Raises WrongSuccessorsError."""
    counts: dict[Key, dict[Key, int]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        if (header := tuple(next(reader, ()))) != COUNTS:
            raise WrongSuccessorsError(f"{path}:1: the header is {','.join(header)} and not {','.join(COUNTS)}")
        for fields in reader:
            where = f"{path}:{reader.line_num}"
            if len(fields) != len(COUNTS):
                raise WrongSuccessorsError(f"{where}: {len(fields)} values where {len(COUNTS)} are expected")
            code, first_day, successor, successor_first_day, dossiers = fields
            if not (dossiers.isascii() and dossiers.isdigit()):
                raise WrongSuccessorsError(f"{where}: {dossiers!r} is no number of dossiers, such as 1204")
            of_unit = counts.setdefault((code, first_day), {})
            if (successor, successor_first_day) in of_unit:
                raise WrongSuccessorsError(f"{where}: the part that went to {successor} is counted twice")
            of_unit[successor, successor_first_day] = int(dossiers)
    return counts


def _is_valid_on(unit: Unit, day: date) -> bool:
    return unit.valid_from <= day.isoformat() and (not unit.valid_to or day.isoformat() <= unit.valid_to)


def _row(unit: Unit, part: Key, weight: Fraction, basis: str) -> tuple[str, ...]:
    return *unit.key, *part, str(weight), basis
