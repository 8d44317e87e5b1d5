"""The two sides of every comparison, as exact 64-bit integers. Which side is the greater is for the suites to say."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from targetwatch.model import MILLION, Comparison

AT_LEAST, AT_MOST = "at_least", "at_most"
STRICT = (Comparison.ABOVE.value, Comparison.BELOW.value)
THRESHOLDS = {"": "required", "final_": "final", "margin_": "margin"}
SIDES = tuple(
    f"{prefix}{side}_{outcome}"
    for prefix in THRESHOLDS
    for outcome in ("best", "worst")
    for side in ("attained", "needed")
)
LARGEST = 2**63 - 1

_higher = pl.col("direction") == AT_LEAST


def compared(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` with the SIDES of their comparisons: at the best and at the worst that the missing bodies could bring.

    Takes direction, comparison, period_start, numerator, denominator, missing_denominator (null: without bound) and,
    in millionths, required (null: nothing yet), final and warning_margin. `attained` is numerator x 10^6 and `needed`
    the threshold x denominator; where lower is better the sides swap; for `>` and `<` needed moves by one. Where
    nothing is required, and where nothing was observed, both sides are 0. Adds low_numerator, high_numerator and
    bounds_denominator too, and `too_large`: the row's figures do not fit into 64 bits, or its sides do not. Such a row
    is not compared: all its sides are 0, so that it keeps no other row from being judged, and no verdict on it counts.
    """
    margin = pl.when(_higher).then(pl.col("warning_margin")).otherwise(-pl.col("warning_margin"))
    bounded = _bounded(
        rows.lazy().with_columns(
            margin=_wide("required") + margin.cast(pl.Int128),
            low_numerator=pl.col("numerator"),
            high_numerator=_wide("numerator") + _wide("missing_denominator"),
            bounds_denominator=_wide("denominator") + _wide("missing_denominator").fill_null(0),
            endless=pl.col("missing_denominator").is_null() & pl.col("denominator").is_not_null(),
            too_large=pl.col("too_large").fill_null(value=False)
            if "too_large" in rows.columns
            else pl.lit(value=False),
        )
    )
    best = pl.when(_higher).then(pl.col("high_numerator")).otherwise(pl.col("low_numerator"))
    worst = pl.when(_higher).then(pl.col("low_numerator")).otherwise(pl.col("high_numerator"))
    sides: dict[str, pl.Expr] = {}
    for prefix, threshold in THRESHOLDS.items():
        mark = pl.col(threshold)
        # A count of which bodies are missing has no upper end: high enough it is never short, low enough always.
        endless = pl.col("endless") & mark.is_not_null()
        attained, needed = _sides(best, mark, pl.col("bounds_denominator"))
        sides[f"{prefix}attained_best"] = pl.when(endless & _higher).then(needed).otherwise(attained)
        sides[f"{prefix}needed_best"] = needed
        attained, needed = _sides(worst, mark, pl.col("bounds_denominator"))
        sides[f"{prefix}attained_worst"] = attained
        sides[f"{prefix}needed_worst"] = pl.when(endless & ~_higher).then(attained + 1).otherwise(needed)
    wide = bounded.with_columns(**sides).with_columns(too_large=pl.col("too_large") | ~_fits(sides))
    held = pl.when(~pl.col("too_large")).then(pl.col(*sides)).otherwise(0).cast(pl.Int64)
    return wide.with_columns(held).drop("margin", "endless").collect(engine="in-memory")


def measured_off(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` with attained, needed and headroom of what was observed, and the headroom in units of the numerator.

    Held against what is required, or against the final value where nothing is required yet. Null where there is no
    value, and where 64 bits cannot hold all three; headroom_units, rounded down, is null too where the parts are not
    known. Takes `parts` besides what `compared` takes.
    """
    attained, needed = _sides(pl.col("numerator"), pl.coalesce("required", "final"), pl.col("denominator"))
    has_value = pl.col("denominator") > 0
    sides: dict[str, pl.Expr] = {
        "attained": pl.when(has_value).then(attained),
        "needed": pl.when(has_value).then(needed),
        "headroom": pl.when(has_value).then(attained - needed),
    }
    held = pl.when(_fits(sides)).then(pl.col(*sides)).cast(pl.Int64)
    return (
        rows.lazy()
        .with_columns(**sides)
        .with_columns(held)
        .with_columns(headroom_units=pl.when("parts").then(pl.col("headroom") // MILLION))
        .collect(engine="in-memory")
    )


def _sides(numerator: pl.Expr, mark: pl.Expr, denominator: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """What was attained and what was needed, wide enough that no product is cut off."""
    value = numerator.cast(pl.Int128) * pl.lit(MILLION, dtype=pl.Int128)
    threshold = mark.cast(pl.Int128) * denominator.cast(pl.Int128)
    strictly = pl.col("comparison").is_in(STRICT).cast(pl.Int128)
    nothing = mark.is_null() | pl.col("period_start").is_null()
    zero = pl.lit(0, dtype=pl.Int128)
    attained = pl.when(nothing).then(zero).when(_higher).then(value).otherwise(threshold)
    needed = pl.when(nothing).then(zero).when(_higher).then(threshold + strictly).otherwise(value + strictly)
    return attained, needed


def _bounded(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The rows with what a comparison multiplies as 64-bit integers, and `too_large` where it does not fit into them.

    So the products fit into 128 bits. A figure that does not fit is null, and so is one that could not even be summed:
    `numerator` comes without a value for a period that has one.
    """
    factors = ("margin", "high_numerator", "bounds_denominator")
    unsummed = pl.col("period_start").is_not_null() & pl.col("numerator").is_null()
    return rows.with_columns(too_large=pl.col("too_large") | unsummed | ~_fits(factors)).with_columns(
        pl.col(name).cast(pl.Int64, strict=False) for name in factors
    )


def _fits(names: Iterable[str]) -> pl.Expr:
    """Whether none of these 128-bit columns is beyond 64 bits. What is null is not."""
    return pl.all_horizontal(
        pl.col(name)
        .is_between(pl.lit(-LARGEST, dtype=pl.Int128), pl.lit(LARGEST, dtype=pl.Int128))
        .fill_null(value=True)
        for name in names
    )


def _wide(name: str) -> pl.Expr:
    """A column as 128-bit integers, in which no sum and no product of two 64-bit integers is cut off."""
    return pl.col(name).cast(pl.Int128)
