"""Shrinkage: a rate that rose only because there is less that it is a share of. A remark; no status follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import polars as pl

from targetwatch.evaluation.coverage import OBSERVED
from targetwatch.evaluation.periods import period_of
from targetwatch.model import Assessment, Metric, MetricKind, Period, Programme, Shrinkage, UnitKey

FELL_BY = 200_000  # millionths of the denominator before: a fifth
VERSIONS = (*OBSERVED, "origin", "numerator", "denominator", "bodies_reported", "bodies_due")
Key = tuple[object, ...]


def with_shrinkage(
    programme: Programme, assessments: Sequence[Assessment], rolled: pl.DataFrame, versions: pl.DataFrame
) -> list[Assessment]:
    """The assessments, each with the figures that its rate rose from because its denominator shrank, if it did.

    A rate is held against earlier versions of the same period (records that were deleted or withdrawn), and then
    against the period before or, of a seasonal metric, the same one a year before. It is remarked where the rate rose,
    the numerator did not, and the denominator fell by at least the metric's `shrinkage` (FELL_BY where it says none).
    Both must be counts of the same origin and of as many bodies, all of which have reported: what is missing because
    nobody delivered it is coverage, and has not shrunk. `rolled` is ROLLED now, `versions` VERSIONS of the judged
    periods, the newest first.
    """
    asked = [(place, one) for place, one in enumerate(assessments) if _is_asked(programme, one)]
    if not asked:
        return list(assessments)
    wanted = {_key(one, earlier(programme.metrics[one.metric], _period(one))) for _, one in asked}
    before = _by_key(rolled, wanted)
    same = _by_key(versions, {_key(one, _period(one)) for _, one in asked})
    remarked = list(assessments)
    for place, one in asked:
        metric = programme.metrics[one.metric]
        candidates = [*same.get(_key(one, _period(one)), ()), *before.get(_key(one, earlier(metric, _period(one))), ())]
        remarked[place] = replace(one, shrank=next((c for c in candidates if _has_shrunk(metric, one, c)), None))
    return remarked


def earlier(metric: Metric, period: Period) -> Period:
    """The period that another is held against: the one before it, or of a seasonal metric the one a year before."""
    if metric.seasonal:
        return period_of(period.first_day.replace(year=period.first_day.year - 1), metric.cadence)
    return period_of(period.first_day - timedelta(days=1), metric.cadence)


def _is_asked(programme: Programme, one: Assessment) -> bool:
    metric = programme.metrics.get(one.metric)
    is_rate = metric is not None and metric.kind is MetricKind.RATIO and one.parts
    return bool(is_rate and one.period_start and one.denominator and one.bodies_reported == one.bodies_due)


def _has_shrunk(metric: Metric, now: Assessment, then: Shrinkage) -> bool:
    numerator, denominator = now.numerator or 0, now.denominator or 0
    fell_by = FELL_BY if metric.shrinkage is None else metric.shrinkage
    return (
        numerator <= then.numerator
        and numerator * then.denominator > then.numerator * denominator
        and (then.denominator - denominator) * 1_000_000 >= fell_by * then.denominator
    )


def _period(one: Assessment) -> Period:
    if one.period_start is None or one.period_end is None:
        raise ValueError("Nothing was judged, so nothing can have shrunk.")
    return Period(one.period_start, one.period_end)


def _key(one: Assessment, period: Period) -> Key:
    origin = one.origin.value if one.origin is not None else None
    unit = UnitKey(one.org_unit, one.org_unit_valid_from)
    return one.metric, one.tier, unit, period, origin, one.bodies_due


def _by_key(rows: pl.DataFrame, wanted: set[Key]) -> dict[Key, list[Shrinkage]]:
    """The figures of what is wanted, in the order of the rows: of counts, from all bodies that were due."""
    if rows.is_empty():
        return {}
    if "parts" in rows.columns:
        rows = rows.filter("parts")
    whole = rows.filter(pl.col("bodies_reported") == pl.col("bodies_due"), pl.col("denominator") > 0)
    periods = pl.DataFrame(
        sorted({(period.first_day, period.last_day) for _, _, _, period, *_ in wanted if isinstance(period, Period)}),
        schema={"period_start": pl.Date, "period_end": pl.Date},
        orient="row",
    )
    found: dict[Key, list[Shrinkage]] = {}
    for row in (
        whole.join(periods, on=["period_start", "period_end"], how="semi", maintain_order="left")
        .select(VERSIONS)
        .iter_rows(named=True)
    ):
        period = Period(row["period_start"], row["period_end"])
        unit = UnitKey(row["org_unit"], row["org_unit_valid_from"])
        key = (row["metric"], row["tier"], unit, period, row["origin"], row["bodies_due"])
        if key in wanted:
            found.setdefault(key, []).append(
                Shrinkage(period.first_day, period.last_day, row["numerator"], row["denominator"])
            )
    return found
