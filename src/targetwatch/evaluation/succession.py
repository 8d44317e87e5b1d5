"""Succession: who goes on with the work of units that have ended, and what of theirs passes on, in whole numbers.

Parts follow the weights of the register, exactly. A number that is divided is divided by the largest remainder, so that
its parts add up to it: over a change of the units no total gains or loses a dossier.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from math import lcm

from targetwatch.model import OrgUnit, UnitKey, once_a_register

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Division:
    """Among whom something is divided, by key, and how many parts out of `whole` each of them gets."""

    heirs: tuple[UnitKey, ...]
    parts: tuple[int, ...]
    whole: int

    @classmethod
    def by(cls, weights: Iterable[tuple[UnitKey, Fraction]]) -> Division:
        """A division by weights that add up to one."""
        heirs = sorted(weights)
        whole = lcm(*(weight.denominator for _, weight in heirs))
        parts = (weight.numerator * (whole // weight.denominator) for _, weight in heirs)
        return cls(tuple(heir for heir, _ in heirs), tuple(parts), whole)

    def of(self, amount: int, most: Sequence[int] | None = None) -> list[int]:
        """`amount` in whole numbers that add up to it: by the largest remainder, and between equal ones by key.

        No heir gets more than `most` has for it: the division of a number that is no smaller.
        """
        shares = [amount * part // self.whole for part in self.parts]
        by_remainder = sorted(
            range(len(shares)), key=lambda place: amount * self.parts[place] % self.whole, reverse=True
        )
        left = amount - sum(shares)
        while left:
            for place in by_remainder:
                if left and (most is None or shares[place] < most[place]):
                    shares[place] += 1
                    left -= 1
        return shares


class Succession:
    """The register of org_units, asked for who follows whom. It remembers its answers."""

    def __init__(self, org_units: Iterable[OrgUnit]) -> None:
        self.units = {unit.key: unit for unit in org_units}
        ended = [(unit, unit.valid_to) for unit in self.units.values() if unit.valid_to is not None and unit.successors]
        self.ended = sorted(ended, key=lambda one: (one[1], one[0].key))  # with their last days, in this order
        self._divisions: dict[tuple[UnitKey, date], Division] = {}

    def division(self, unit: UnitKey, day: date) -> Division:
        """Who goes on with the work of `unit` on `day`, at whatever remove: itself, while it is there.

        Where the line breaks off, what would have gone further stays with the last one.
        """
        found = self._divisions.get((unit, day))
        if found is None:
            found = self._divisions[unit, day] = self._divided(unit, day)
        return found

    def followers(self, unit: UnitKey, day: date) -> list[UnitKey]:
        """The units that go on with the work of an ended one and are there on `day`, by key; none where nobody does."""
        return [heir for heir in self.division(unit, day).heirs if heir != unit and self._is_there(heir, day)]

    @cached_property
    def predecessors(self) -> dict[UnitKey, list[OrgUnit]]:
        """The units that have passed on to each unit, itself and not through another, in the order of their ends."""
        found: dict[UnitKey, list[OrgUnit]] = defaultdict(list)
        for unit, _ in self.ended:
            for successor in unit.successors:
                found[successor.unit].append(unit)
        return dict(found)

    def line_before(self, units: Iterable[UnitKey]) -> set[UnitKey]:
        """These units, and all that have passed on to them at whatever remove."""
        found: set[UnitKey] = set()
        left = set(units)
        while left:
            found |= left
            left = {before.key for unit in left for before in self.predecessors.get(unit, ())} - found
        return found

    def founders(self, unit: UnitKey) -> list[tuple[UnitKey, Fraction]]:
        """The units out of which `unit` was made, each with the part of it that went in.

        One that it took in later, when it was there already, has not made it.
        """
        return [
            (before.key, successor.weight)
            for before in self.predecessors.get(unit, ())
            if before.valid_to is not None and before.valid_to < unit.valid_from
            for successor in before.successors
            if successor.unit == unit
        ]

    def _is_there(self, unit: UnitKey, day: date) -> bool:
        return unit in self.units and self.units[unit].is_valid_on(day)

    def _divided(self, unit: UnitKey, day: date) -> Division:
        known = self.units.get(unit)
        if known is None or known.valid_to is None or known.valid_to >= day or not known.successors:
            return Division((unit,), (1,), 1)
        weights: dict[UnitKey, Fraction] = defaultdict(Fraction)
        for successor in known.successors:
            further = self.division(successor.unit, day)
            for heir, part in zip(further.heirs, further.parts, strict=True):
                weights[heir] += successor.weight * Fraction(part, further.whole)
        return Division.by(weights.items())


@once_a_register
def succession_of(org_units: tuple[OrgUnit, ...]) -> Succession:
    """The succession of a register."""
    return Succession(org_units)
