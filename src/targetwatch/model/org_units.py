"""Who is measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction


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
