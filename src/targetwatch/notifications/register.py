"""The register of org_units as people are told of it: who is who, what each is called, and who stands above whom."""

from __future__ import annotations

from collections import defaultdict

from targetwatch.model import OrgUnit, UnitKey, once_a_register, units_by_key


class Register:
    """A programme's org_units: by key, with the name of each and with those above it."""

    def __init__(self, org_units: tuple[OrgUnit, ...]) -> None:
        self.units = units_by_key(org_units)
        self._bearers: dict[tuple[str, str], list[OrgUnit]] = defaultdict(list)
        for unit in org_units:
            self._bearers[unit.level, unit.name].append(unit)
        self._lineages: dict[UnitKey, tuple[str, ...]] = {}

    def lineage_of(self, key: UnitKey) -> tuple[str, ...]:
        """An org_unit and all those above it, each as its code and as code@first-day."""
        known = self._lineages.get(key)
        if known is None:
            unit = self.units.get(key)
            above = self.lineage_of(unit.parent) if unit is not None and unit.parent is not None else ()
            known = self._lineages[key] = (key.code, str(key), *above)
        return known

    def name_of(self, key: UnitKey) -> str:
        """What a unit is called; with its parent's name where another of its level is called the same at the time."""
        unit = self.units.get(key)
        if unit is None:
            return key.code
        bearers = self._bearers[unit.level, unit.name]
        if any(other.key.code != key.code and _overlap(unit, other) for other in bearers):
            parent = self.units.get(unit.parent) if unit.parent is not None else None
            return f"{unit.name} ({parent.name})" if parent is not None else f"{unit.name} ({key.code})"
        return unit.name


@once_a_register
def register_of(org_units: tuple[OrgUnit, ...]) -> Register:
    """The register of a programme's org_units."""
    return Register(org_units)


def _overlap(one: OrgUnit, other: OrgUnit) -> bool:
    return (one.valid_to is None or other.key.valid_from <= one.valid_to) and (
        other.valid_to is None or one.key.valid_from <= other.valid_to
    )
