"""Finding units by what people call them: a code, a code with its first day, or a name, with or without its marks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from targetwatch.model import OrgUnit
from targetwatch.wording.plain import plain

ALIKE = 0.7  # share of letters from which a name may be what was meant
FEW = 5  # names that are offered in the place of one that is not known


def find_units(units: Iterable[OrgUnit], asked: str) -> tuple[OrgUnit, ...]:
    """All units that `asked` may mean, by code and first day: `00004`, `00004@2025-07-01`, `Quận Ba Đình`, `ba dinh`.

    A code that several units bore in turn finds them all, and so does a name. What finds a unit by its code is no name.
    """
    wanted = spelt(asked)
    known = sorted(units, key=lambda unit: unit.key)
    by_code = [unit for unit in known if wanted in (spelt(unit.key.code), spelt(str(unit.key)))]
    return tuple(by_code or [unit for unit in known if wanted in _names(unit)])


def nearest_units(units: Iterable[OrgUnit], asked: str) -> Sequence[OrgUnit]:
    """Those that `asked`, which finds none, was most probably meant to find, the likeliest first; a few at most."""
    wanted = spelt(asked)
    code = wanted.partition("@")[0]
    matcher = SequenceMatcher()
    matcher.set_seq2(wanted)

    def likeness(unit: OrgUnit) -> float:
        found = 1.0 if spelt(unit.key.code) == code else 0.0
        for name in (spelt(unit.key.code), *_names(unit)):
            if wanted and f" {wanted} " in f" {name} ":
                found = max(found, 0.99)
            matcher.set_seq1(name)
            if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE:
                found = max(found, matcher.ratio())
        return found

    likely = [(likeness(unit), unit) for unit in units]
    return [unit for found, unit in sorted(likely, key=lambda one: (-one[0], one[1].key)) if found >= ALIKE][:FEW]


def _names(unit: OrgUnit) -> tuple[str, ...]:
    """What a unit is called: its name, and its name without the kind of unit that it begins with."""
    name = spelt(unit.name)
    kind = spelt(unit.kind.replace("_", " ")) + " "
    return (name, name.removeprefix(kind)) if name.startswith(kind) else (name,)


def spelt(text: str) -> str:
    """A text as it is compared: small letters without marks, single blanks."""
    return " ".join(plain(text).split())
