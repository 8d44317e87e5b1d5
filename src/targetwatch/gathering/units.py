"""Which org_unit a code means on a day. Codes are re-used, so a code alone says nothing."""

from __future__ import annotations

from datetime import date

import polars as pl

from targetwatch.gathering import reasons
from targetwatch.model import OrgUnit, Programme, Source

OPEN_END = date(9999, 12, 31)


def register(units: tuple[OrgUnit, ...]) -> pl.DataFrame:
    """The units as a frame: org_unit, org_unit_valid_from, valid_to (the far future where it is open), level."""
    return pl.DataFrame(
        [(unit.key.code, unit.key.valid_from, unit.valid_to or OPEN_END, unit.level) for unit in units],
        schema={"org_unit": pl.String, "org_unit_valid_from": pl.Date, "valid_to": pl.Date, "level": pl.String},
        orient="row",
    )


def resolve(rows: pl.DataFrame, source: Source, programme: Programme) -> pl.DataFrame:
    """For each row of `code`, `day` and `tier`: org_unit, org_unit_valid_from, tier, and `reason`, what is wrong first.

    A source without a unit column speaks of the programme's root, which it may do of days before the register begins.
    """
    units = register(programme.org_units)
    if source.unit_column is None:
        return _resolve_root(rows, units, source, programme)
    asked = rows.unique()
    valid = (
        asked.join(units, left_on="code", right_on="org_unit", how="inner")
        .filter(pl.col("day").is_between("org_unit_valid_from", "valid_to"))
        .unique(["code", "day", "tier"], keep="first", maintain_order=True)
    )
    wanted = pl.DataFrame(
        [(reporters.tier, reporters.level) for reporters in source.reporters],
        schema={"tier": pl.String, "wanted_level": pl.String},
        orient="row",
    )
    tiers = wanted["tier"].unique()
    fits = wanted.with_columns(fits=pl.lit(True)).rename({"wanted_level": "level"}).unique()
    answered = (
        asked.join(valid, on=["code", "day", "tier"], how="left", nulls_equal=True)
        .join(fits, on=["tier", "level"], how="left")
        .with_columns(reason=_reason(units["org_unit"].unique(), tiers))
        .with_columns(org_unit=pl.when(pl.col("org_unit_valid_from").is_not_null()).then("code"))
        .select("code", "day", "tier", "org_unit", "org_unit_valid_from", "reason")
    )
    return rows.join(answered, on=["code", "day", "tier"], how="left", nulls_equal=True, maintain_order="left").select(
        "org_unit", "org_unit_valid_from", "tier", "reason"
    )


def _reason(codes: pl.Series, tiers: pl.Series) -> pl.Expr:
    """What is wrong with a code, day and tier, if anything."""
    why = (
        pl.when(pl.col("code").is_null())
        .then(pl.lit(str(reasons.NO_UNIT)))
        .when(~pl.col("code").is_in(codes.implode()))
        .then(pl.lit(str(reasons.UNKNOWN_UNIT)))
        .when(pl.col("org_unit_valid_from").is_null())
        .then(pl.lit(str(reasons.UNIT_NOT_IN_FORCE)))
        .when(pl.col("tier").is_null())
        .then(pl.lit(str(reasons.NO_TIER)))
    )
    if tiers.is_empty():
        return why.otherwise(None)
    not_here = ~pl.col("tier").is_in(tiers.implode())
    return (
        why.when(not_here)
        .then(pl.lit(str(reasons.UNKNOWN_TIER)))
        .when(pl.col("fits").is_null())
        .then(pl.lit(str(reasons.WRONG_LEVEL)))
        .otherwise(None)
    )


def _resolve_root(rows: pl.DataFrame, units: pl.DataFrame, source: Source, programme: Programme) -> pl.DataFrame:
    """The root unit as it stood on each row's day; before it was registered, as it was first."""
    versions = units.filter(pl.col("org_unit") == programme.root_unit).sort("org_unit_valid_from")
    first = versions["org_unit_valid_from"].min()
    valid_from = pl.lit(first, dtype=pl.Date)
    for version in versions["org_unit_valid_from"].to_list():
        valid_from = pl.when(pl.col("day") >= version).then(pl.lit(version)).otherwise(valid_from)
    missing_tier = pl.when(pl.col("tier").is_null()).then(pl.lit(str(reasons.NO_TIER)))
    return rows.select(
        org_unit=pl.lit(programme.root_unit),
        org_unit_valid_from=valid_from,
        tier="tier",
        reason=missing_tier.otherwise(None),
    )
