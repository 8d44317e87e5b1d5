"""Who is measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import wraps
from typing import TypeVar

Made = TypeVar("Made")
REMEMBERED = 4  # registers


@dataclass(frozen=True, slots=True, order=True)
class UnitKey:
    """What identifies an org_unit. Codes are re-used, so the code alone does not."""

    code: str
    valid_from: date

    def __str__(self) -> str:
        return f"{self.code}@{self.valid_from.isoformat()}"


class Basis(StrEnum):
    """What the weight of a successor rests on."""

    WHOLE = "whole"  # the unit went over undivided
    COUNTED = "counted"  # the share of what was counted: dossiers, where that is known
    EQUAL = "equal"  # it was divided, and no count is known: equal parts
    ASSUMED = "assumed"  # no source says where it went: equal parts among those it may have gone to


@dataclass(frozen=True, slots=True)
class Successor:
    """A unit to which an ended one has passed on, with its part. The weights of all its successors add up to one."""

    unit: UnitKey
    weight: Fraction
    basis: Basis


@dataclass(frozen=True, slots=True)
class OrgUnit:
    """A body that is measured, during one stretch of time in which its name and its parent stayed the same."""

    key: UnitKey
    valid_to: date | None
    level: str
    kind: str
    name: str
    parent: UnitKey | None
    successors: tuple[Successor, ...] = ()  # who goes on with its work from the day after `valid_to`

    def is_valid_on(self, day: date) -> bool:
        """Whether the unit existed on `day`."""
        return self.key.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def once_a_register(make: Callable[[tuple[OrgUnit, ...]], Made]) -> Callable[[tuple[OrgUnit, ...]], Made]:
    """`make`, with what it made of the last few registers of org_units kept, and whatever that has worked out.

    A register never changes, and a pass asks about the same one again and again, as a replay does at every moment. What
    makes it the same is being the very same tuple: to compare hundreds of units would cost as much as many an answer.
    """
    remembered: list[tuple[tuple[OrgUnit, ...], Made]] = []

    @wraps(make)
    def made(org_units: tuple[OrgUnit, ...]) -> Made:
        for known, of_known in remembered:
            if known is org_units:
                return of_known
        new = make(org_units)
        remembered[:] = [(org_units, new), *remembered[: REMEMBERED - 1]]
        return new

    return made


@once_a_register
def units_by_key(org_units: tuple[OrgUnit, ...]) -> Mapping[UnitKey, OrgUnit]:
    """A register's units by their keys."""
    return {unit.key: unit for unit in org_units}
