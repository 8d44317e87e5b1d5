"""What holds for the rows of every source: values of their type, a unit in force that day, a period, an identity.

A block of rows at a time; each row that fails is told with the first thing that is wrong with it.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import polars as pl

from targetwatch.gathering import reasons
from targetwatch.gathering.casting import cast, unreadable
from targetwatch.gathering.periods import first_day, last_day
from targetwatch.gathering.units import resolve
from targetwatch.model import Cadence, Programme, Source

METRIC_COLUMN = "metric"  # a source with a column of this name says of each row what it measures
Fault = tuple[pl.Expr, str | None, str | None]  # which rows, why (None: as `unit_reason` says), and the column to blame


class Placed(NamedTuple):
    """A block of rows, typed and placed, in the order delivered. `bad` have a reason and column_name besides."""

    good: pl.DataFrame
    bad: pl.DataFrame


def place(delivered: pl.DataFrame, source: Source, programme: Programme, today: date) -> Placed:
    """Type and place the rows of `delivered`: see `Sorted` for the columns that they then have, `row` among them."""
    typed = _typed(delivered, source, programme.time_zone)
    faults = _unreadable_values(delivered, typed, source)
    rows = _placed(typed, source, programme)
    faults += _faults(rows, source, programme, today)
    number = pl.lit(None, dtype=pl.Int16)
    for place, (mask, _, _) in reversed(list(enumerate(faults))):
        number = pl.when(mask).then(pl.lit(place, dtype=pl.Int16)).otherwise(number)
    rows = rows.with_columns(fault=number)
    good = rows.filter(pl.col("fault").is_null()).drop("fault", "unit_reason", "day")
    bad = rows.filter(pl.col("fault").is_not_null())
    return Placed(good, _with_reasons(bad, faults).drop("fault", "unit_reason", "day"))


def identity_of(source: Source) -> tuple[str, ...]:
    """The columns that together name one record: those that the source says, else its keyed-hash columns."""
    return source.identified_by or tuple(column.name for column in source.columns if column.keyed_hash)


def cadences(source: Source, programme: Programme) -> list[Cadence]:
    """By which cadences something is measured from the source."""
    return sorted({metric.cadence for metric in programme.metrics.values() if metric.source == source.id})


def _typed(delivered: pl.DataFrame, source: Source, time_zone: str) -> pl.DataFrame:
    of_period = source.period_column if source.period_column in identity_of(source) else None
    typed = [
        cast(delivered[column.name], column, time_zone, whole_periods=column.name == of_period)
        for column in source.columns
    ]
    return pl.DataFrame([delivered["row"], delivered["position"], *typed])


def _placed(rows: pl.DataFrame, source: Source, programme: Programme) -> pl.DataFrame:
    """Add each row's record_id, unit, tier and period, as far as they can be told, and what is wrong with the unit."""
    if source.period_column is None:
        raise ValueError(f"Source {source.id} names no period column: its rows belong to no period.")
    day = pl.col(source.period_column)
    if rows[source.period_column].dtype == pl.Datetime:
        day = day.dt.convert_time_zone(programme.time_zone).dt.date()
    tier = pl.col(source.tier_column) if source.tier_column else pl.lit(source.tier, dtype=pl.String)
    code = pl.col(source.unit_column) if source.unit_column else pl.lit(programme.root_unit)
    where = resolve(rows.select(code=code, day=day, tier=tier), source, programme)
    identity = identity_of(source)
    record_id = (
        pl.concat_str([pl.col(name).cast(pl.String) for name in identity], separator="/")
        if identity
        else pl.concat_str(
            [pl.col(column.name).cast(pl.String).fill_null("") for column in source.columns], separator="/"
        )
    )
    rows = rows.with_columns(where.rename({"reason": "unit_reason"})).with_columns(record_id=record_id, day=day)
    return rows.with_columns(**_period(rows, source, programme))


def _period(rows: pl.DataFrame, source: Source, programme: Programme) -> dict[str, pl.Expr]:
    """Each row's period, of its metric's cadence where it names a metric, else of the source's."""
    usual = source.cadence or next(iter(cadences(source, programme)), Cadence.MONTH)
    start, end = first_day(pl.col("day"), usual), last_day(pl.col("day"), usual)
    if METRIC_COLUMN in rows.columns:
        for cadence in Cadence:
            metrics = [metric.id for metric in programme.metrics.values() if metric.cadence is cadence]
            is_this = pl.col(METRIC_COLUMN).is_in(metrics)
            start = pl.when(is_this).then(first_day(pl.col("day"), cadence)).otherwise(start)
            end = pl.when(is_this).then(last_day(pl.col("day"), cadence)).otherwise(end)
    return {"period_start": start, "period_end": end}


def _unreadable_values(delivered: pl.DataFrame, typed: pl.DataFrame, source: Source) -> list[Fault]:
    faults: list[Fault] = []
    for column in source.columns:
        mask = unreadable(delivered[column.name], typed[column.name])
        if mask.any():
            faults.append((pl.lit(mask), str(reasons.UNREADABLE[column.type]), column.name))
    return faults


def _faults(rows: pl.DataFrame, source: Source, programme: Programme, today: date) -> list[Fault]:
    """What else can be wrong with a row by the rules that hold for every source, the first to be told first."""
    faults: list[Fault] = []
    if METRIC_COLUMN in rows.columns:
        known = pl.col(METRIC_COLUMN).is_in(list(programme.metrics)).fill_null(False)
        faults.append((~known, str(reasons.UNKNOWN_METRIC), METRIC_COLUMN))
    faults.append((pl.col("day").is_null(), str(reasons.NO_DATE), source.period_column))
    faults.append((pl.col("day") > today, str(reasons.IN_FUTURE), source.period_column))
    if source.unit_column is not None:  # a figure about the city may be older than the programme
        faults.append((pl.col("day") < programme.start, str(reasons.BEFORE_START), source.period_column))
    tier_reasons = [str(reason) for reason in (reasons.NO_TIER, reasons.UNKNOWN_TIER)]
    faults.append((pl.col("unit_reason").is_in(tier_reasons).fill_null(False), None, source.tier_column))
    faults.append((pl.col("unit_reason").is_not_null(), None, source.unit_column))
    faults += [(pl.col(name).is_null(), str(reasons.NO_IDENTITY), name) for name in identity_of(source)]
    return faults


def _with_reasons(bad: pl.DataFrame, faults: list[Fault]) -> pl.DataFrame:
    why = dict(enumerate(reason for _, reason, _ in faults))
    blamed = dict(enumerate(column for _, _, column in faults))
    fault = pl.col("fault")
    return bad.with_columns(
        reason=fault.replace_strict(why, return_dtype=pl.String).fill_null(pl.col("unit_reason")),
        column_name=fault.replace_strict(blamed, return_dtype=pl.String),
    )
