"""The tree of the org_units: every unit with each unit above it and below it, and with itself."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import polars as pl

from targetwatch.model import OrgUnit, UnitKey, once_a_register

UNIT = ("org_unit", "org_unit_valid_from")
ABOVE = {"org_unit": "ancestor", "org_unit_valid_from": "ancestor_valid_from"}
LINEAGE = pl.Schema(
    {
        "org_unit": pl.String,
        "org_unit_valid_from": pl.Date,
        "ancestor": pl.String,
        "ancestor_valid_from": pl.Date,
    }
)

SPANS = pl.Schema(
    {
        "place": pl.UInt32,
        "org_unit": pl.String,
        "org_unit_valid_from": pl.Date,
        "org_unit_valid_to": pl.Date,
        "level": pl.String,
    }
)


def lineage(org_units: Iterable[OrgUnit]) -> pl.DataFrame:
    """Every unit with each of its ancestors, itself included (LINEAGE).

    A parent that is not in the register ends the line. Raises ValueError where a unit is its own ancestor.
    """
    return tree_of(tuple(org_units)).pairs


class Tree:
    """A register of org_units by who stands above and below whom. See `lineage` for where a line ends."""

    def __init__(self, org_units: Iterable[OrgUnit]) -> None:
        units = {unit.key: unit for unit in org_units}
        parents = {key: unit.parent for key, unit in units.items()}
        self.above = {key: _line(key, parents) for key in units}  # itself first, and then upwards
        self.below: dict[UnitKey, list[OrgUnit]] = {key: [] for key in units}  # itself among them
        self.units = list(units.values())
        self.places = {key: place for place, key in enumerate(units)}
        self.of_level: dict[str, list[OrgUnit]] = {}
        self.of_code: dict[str, list[OrgUnit]] = {}
        for unit in self.units:
            self.of_level.setdefault(unit.level, []).append(unit)
            self.of_code.setdefault(unit.key.code, []).append(unit)
        for key, line in self.above.items():
            for upper in line:
                self.below[upper].append(units[key])

    @cached_property
    def pairs(self) -> pl.DataFrame:
        """Every unit with each of its ancestors, itself included (LINEAGE)."""
        return pl.DataFrame(
            [
                (unit.code, unit.valid_from, ancestor.code, ancestor.valid_from)
                for unit, line in self.above.items()
                for ancestor in line
            ],
            schema=LINEAGE,
            orient="row",
        )

    @cached_property
    def pairs_apart(self) -> pl.DataFrame:
        """Every unit with each of its ancestors, and not with itself (LINEAGE)."""
        return self.pairs.filter(~pl.all_horizontal(pl.col(ours) == pl.col(above) for ours, above in ABOVE.items()))

    @cached_property
    def spans(self) -> pl.DataFrame:
        """Every unit with its place in the register, its level and its last day (SPANS)."""
        return pl.DataFrame(
            [
                (place, unit.key.code, unit.key.valid_from, unit.valid_to, unit.level)
                for place, unit in enumerate(self.units)
            ],
            schema=SPANS,
            orient="row",
        )


@once_a_register
def tree_of(org_units: tuple[OrgUnit, ...]) -> Tree:
    """The tree of a register."""
    return Tree(org_units)


def _line(unit: UnitKey, parents: dict[UnitKey, UnitKey | None]) -> list[UnitKey]:
    line: list[UnitKey] = []
    above: UnitKey | None = unit
    while above is not None and above in parents:
        if above in line:
            raise ValueError(f"The org_unit {above} is its own ancestor.")
        line.append(above)
        above = parents[above]
    return line
