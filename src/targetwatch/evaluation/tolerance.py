"""Tolerance: how far what is reported or published may be off what the records give, in exact whole numbers.

A tolerance is held in millionths, of what depends on the metric: of a share (10,000 is one percentage point) where its
number is one; of the computed value (10,000 is one per cent of it) for counts, days and money; of a place for ranks.
"""

from __future__ import annotations

import polars as pl

from targetwatch.model import MILLION, Metric, MetricKind, Origin, Programme
from targetwatch.units_of_measure import PERCENTAGE_POINTS

DEFAULT = 10_000  # one percentage point, or one per cent of the computed count; a rank has to be the same
LARGEST_COMPARED = 10**12  # of a numerator or denominator: products of such figures fit into 128 bits


def is_relative(metric: Metric) -> bool:
    """Whether a difference is seen as a share of the computed value, and not as it is."""
    of_its_own = metric.kind in (MetricKind.RATIO, MetricKind.RANK) or metric.unit_of_measure == PERCENTAGE_POINTS
    return not of_its_own


def tolerance_of(programme: Programme, metric: Metric, origin: Origin) -> int:
    """How far a figure of `origin` may be off: as its metric says, else its source, else DEFAULT. In millionths."""
    if metric.tolerance is not None:
        return metric.tolerance
    if metric.kind is MetricKind.RANK:
        return 0
    declared = [
        source.tolerance
        for source in programme.sources.values()
        if source.origin is origin and not source.planned and source.tolerance is not None
    ]
    return min(declared, default=DEFAULT)


def deviation(said: tuple[pl.Expr, pl.Expr], held: tuple[pl.Expr, pl.Expr], *, rounded: pl.Expr) -> pl.Expr:
    """How far numerator / denominator `said` is from `held`, in millionths, rounded up to a whole one.

    A tolerance is a whole number, so that what is rounded up is above it exactly where the difference itself is. Where
    `rounded`, `said` was given to its last digit only, and half a unit of that is no difference. The column `relative`
    says whether the difference is a share of what is `held`; where that is nothing, each one of `said` counts whole.
    """
    said_n, said_d, held_n, held_d = (one.cast(pl.Int128) for one in (*said, *held))
    apart = 2 * (said_n * held_d - held_n * said_d).abs() - pl.when(rounded).then(held_d).otherwise(0)
    base = pl.when(pl.col("relative") & (held_n != 0)).then(held_n.abs() * said_d).otherwise(said_d * held_d)
    return (apart.clip(0) * MILLION + 2 * base - 1) // (2 * base)
