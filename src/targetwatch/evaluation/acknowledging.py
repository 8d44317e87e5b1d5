"""Acknowledging: which accepted difference a unit's report falls under, and whether it still holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from targetwatch.model import AcknowledgedDifference, Lapse, Text, UnitKey


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Why a difference is accepted, or was; nothing where nobody ever accepted it."""

    reason: Text | None = None
    by: str | None = None
    until: date | None = None
    lapsed: Lapse | None = None

    @property
    def holds(self) -> bool:
        """Whether the difference is accepted now."""
        return self.until is not None and self.lapsed is None


def acknowledged(
    differences: Iterable[AcknowledgedDifference], metric: str, unit: UnitKey, level: str | None, apart: int, day: date
) -> Acknowledged:
    """What is accepted of a metric and unit on `day`, where its report is `apart` (in the measure of tolerances).

    Of several the one that holds longest counts; else the one that ended last, and why it holds no longer. One that
    begins later says nothing yet.
    """
    found = [
        Acknowledged(one.reason, one.by, one.last_day, _lapse(one, apart, day))
        for one in differences
        if one.metric == metric and one.first_day <= day and _is_meant(one, unit, level)
    ]
    return max(found, key=_weight, default=Acknowledged())


def _weight(one: Acknowledged) -> tuple[bool, bool, date]:
    return one.holds, one.lapsed is Lapse.EXCEEDED, one.until or date.min


def _lapse(one: AcknowledgedDifference, apart: int, day: date) -> Lapse | None:
    if one.last_day < day:
        return Lapse.EXPIRED
    return Lapse.EXCEEDED if one.up_to is not None and apart > one.up_to else None


def _is_meant(one: AcknowledgedDifference, unit: UnitKey, level: str | None) -> bool:
    if one.code is None:
        return one.level == level
    return one.code == unit.code and one.code_valid_from in (None, unit.valid_from)
