"""How a target names a unit: by its code, and by the unit's first day where several bear that code in turn."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

from targetwatch.catalogue.fields import Code, Names, wrong
from targetwatch.catalogue.issues import FEW, instead
from targetwatch.model import OrgUnit, UnitKey

CODE = "org_unit code"
LONGEST = 8  # digits that a number may have lost zeros of
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class UnitCode:
    """`00004`, or `00004@2025-07-01`."""

    code: str
    valid_from: date | None = None


def unit_code(text: str, codes: Container[str]) -> UnitCode | None:
    """What `text` names; None where what stands behind its @ is no date. `codes` are those that units bear."""
    code, at, day = text.rpartition("@")
    if not at or text in codes:
        return UnitCode(text)
    try:
        return UnitCode(code, date.fromisoformat(day if DAY.fullmatch(day) else ""))
    except ValueError:
        return None


class Bearers:
    """Who bears which code, and when."""

    def __init__(self, units: Iterable[OrgUnit]) -> None:
        self.units = tuple(units)
        self._by_code: dict[str, list[OrgUnit]] = defaultdict(list)
        for unit in sorted(self.units, key=lambda unit: unit.key):
            self._by_code[unit.key.code].append(unit)

    def named(self, text: str) -> UnitCode:
        """What `text`, which has been checked, names."""
        return unit_code(text, self._by_code) or UnitCode(text)

    def of(self, code: str) -> tuple[OrgUnit, ...]:
        """All units that ever bore `code`, the earliest first."""
        return tuple(self._by_code.get(code, ()))

    def meant(self, code: UnitCode, first: date, last: date) -> tuple[OrgUnit, ...]:
        """The units that `code` may mean between two days: the one that it names if it names one."""
        return tuple(
            unit
            for unit in self.of(code.code)
            if exists_between(unit, first, last) and code.valid_from in (None, unit.key.valid_from)
        )


def exists_between(unit: OrgUnit, first: date, last: date) -> bool:
    """Whether a unit existed on any of the days from `first` to `last`."""
    return unit.key.valid_from <= last and (unit.valid_to is None or unit.valid_to >= first)


def written(keys: Iterable[UnitKey]) -> str:
    """Units as a hint names them: '00004@2021-01-01' or '00004@2025-07-01'."""
    return " or ".join(f"'{key}'" for key in keys)


def known_unit(text: str, info: ValidationInfo) -> str:
    """A validator for the code of a unit that is in the register, with its first day or without."""
    names: Names = info.context if isinstance(info.context, Names) else Names()
    codes = names.declared.get(CODE)
    named = unit_code(text, codes or ())
    if named is None:
        day = text.rpartition("@")[2]
        raise wrong(f"'{day}' is not a date", "Write the unit's first day behind the @, as in 00004@2025-07-01.")
    if codes is not None and named.code not in codes:
        raise wrong(f"there is no {CODE} '{named.code}'", lambda: _instead(named.code, codes))
    return text


def _instead(code: str, codes: Collection[str]) -> str:
    """Which code to write. Codes are many and all alike: only one that differs in one place can have been meant."""
    if len(codes) <= FEW:
        return instead(code, codes)
    # Spreadsheets drop the zeros that a number begins with.
    filled = [code.zfill(length) for length in range(len(code) + 1, LONGEST + 1)]
    letters = _letters(frozenset(codes))
    pairs = [(code[:at], code[at:]) for at in range(len(code) + 1)]
    exchanged = [head + tail[1] + tail[0] + tail[2:] for head, tail in pairs if len(tail) > 1]
    replaced = [head + letter + tail[1:] for head, tail in pairs if tail for letter in letters]
    left_out = [head + tail[1:] for head, tail in pairs if tail]
    added = [head + letter + tail for head, tail in pairs for letter in letters]
    near = (*filled, code.upper(), code.lower(), *exchanged, *replaced, *left_out, *added)
    if (meant := next((one for one in near if one in codes), None)) is not None:
        return f"Write '{meant}'."
    return f"None of the {len(codes)} that are declared is like it."


@lru_cache(maxsize=4)
def _letters(codes: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(set("".join(codes))))


KnownUnit = Annotated[Code, AfterValidator(known_unit)]
