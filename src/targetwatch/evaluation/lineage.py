"""The tree of the org_units as pairs: every unit with each unit above it, and with itself."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from targetwatch.model import OrgUnit, UnitKey

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


def lineage(org_units: Iterable[OrgUnit]) -> pl.DataFrame:
    """Every unit with each of its ancestors, itself included (LINEAGE).

    A parent that is not in the register ends the line. Raises ValueError where a unit is its own ancestor.
    """
    parents = {unit.key: unit.parent for unit in org_units}
    pairs = [(unit, ancestor) for unit in parents for ancestor in _line(unit, parents)]
    return pl.DataFrame(
        [(unit.code, unit.valid_from, ancestor.code, ancestor.valid_from) for unit, ancestor in pairs],
        schema=LINEAGE,
        orient="row",
    )


def _line(unit: UnitKey, parents: dict[UnitKey, UnitKey | None]) -> list[UnitKey]:
    line: list[UnitKey] = []
    above: UnitKey | None = unit
    while above is not None and above in parents:
        if above in line:
            raise ValueError(f"The org_unit {above} is its own ancestor.")
        line.append(above)
        above = parents[above]
    return line
