"""The gate: sorts the rows of a landed delivery into good ones and bad ones, each bad one with its reason.

First comes what holds for every source: a value is what its column says, a row has a period, a unit that existed
then, and an identity. Then the source's own expectation suite. Last, among what is left, the same record twice. A row
is put aside for the first thing that is wrong with it. More bad rows than the source allows, and the batch is refused
whole.
"""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from targetwatch.checks.gate import judge_rows
from targetwatch.gathering import reasons
from targetwatch.gathering.casting import as_text, cast, unreadable
from targetwatch.gathering.delivery import Gated, Landed, Refused
from targetwatch.gathering.formats.table import rejected_rows
from targetwatch.gathering.outcome import nothing_of
from targetwatch.gathering.periods import first_day, last_day
from targetwatch.gathering.units import resolve
from targetwatch.model import Cadence, ColumnType, Programme, Source, Text

METRIC_COLUMN = "metric"  # a source with a column of this name says of each row what it measures
REPORT = ("org_unit", "org_unit_valid_from", "tier", "period_start", "period_end")
CAUSES_SAID = 3
Fault = tuple[pl.Expr, pl.Expr, str | None]  # which rows, why, and the column to blame


def sort_rows(
    landed: Landed | Refused,
    source: Source,
    programme: Programme,
    suite_folder: Path,
    known_at: datetime,
    rows_at_once: int = 2_000_000,
) -> Gated:
    """Sort the rows of `landed`, which arrived at `known_at`; `suite_folder` holds the gate suites, <gate>.json.

    What could not be read has no rows, and keeps its refusal. Raises SuiteError or GateError (of targetwatch.checks)
    where the suite is wrong or could not run: nothing is known of the batch then, and it is to be gated again once
    the suite is mended.
    """
    if isinstance(landed, Refused):
        return nothing_of(landed)
    today = known_at.astimezone(ZoneInfo(programme.time_zone)).date()
    typed = _typed(landed.frame, source, programme.time_zone)
    faults = _unreadable_values(landed.frame, typed, source)
    rows = _blame_each_row(_placed(typed, source, programme), faults, source, programme, today)
    readable = rows.filter(pl.col("org_unit_valid_from").is_not_null() & pl.col("period_start").is_not_null())
    refused_outright = _refused_outright(landed)
    if refused_outright is not None:
        return _refused(refused_outright, rejected_rows(()), readable, source, programme)
    refusals: tuple[Text, ...] = ()
    warnings: tuple[Text, ...] = ()
    if source.gate is not None:
        rows, refusals, warnings = _judge(
            rows, suite_folder / f"{source.gate}.json", today, programme.start, rows_at_once
        )
    rows = _blame_doubles(rows, source)
    bad = rows.filter(pl.col("reason").is_not_null())
    quarantined = pl.concat([landed.rejected, _with_values(bad, landed.frame, source)]).sort("position")
    because = _combined(refusals) or _too_many(quarantined, landed.rows_delivered, source.bad_rows_allowed)
    if because is not None:
        return _refused(because, quarantined, readable, source, programme)
    good = rows.filter(pl.col("reason").is_null()).drop("reason", "column_name")
    said = tuple(str(warning) for warning in warnings)
    return Gated(good, quarantined, None, _reports(good), _touched(good, source, programme), said)


def identity_of(source: Source) -> tuple[str, ...]:
    """The columns that together name one record: those that the source says, else its keyed-hash columns."""
    return source.identified_by or tuple(column.name for column in source.columns if column.keyed_hash)


def _typed(delivered: pl.DataFrame, source: Source, time_zone: str) -> pl.DataFrame:
    of_period = source.period_column if source.period_column in identity_of(source) else None
    typed = [
        cast(delivered[column.name], column, time_zone, whole_periods=column.name == of_period)
        for column in source.columns
    ]
    return pl.DataFrame([delivered["position"], *typed])


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
    usual = source.cadence or next(iter(_cadences(source, programme)), Cadence.MONTH)
    start, end = first_day(pl.col("day"), usual), last_day(pl.col("day"), usual)
    if METRIC_COLUMN in rows.columns:
        for cadence in Cadence:
            metrics = [metric.id for metric in programme.metrics.values() if metric.cadence is cadence]
            is_this = pl.col(METRIC_COLUMN).is_in(metrics)
            start = pl.when(is_this).then(first_day(pl.col("day"), cadence)).otherwise(start)
            end = pl.when(is_this).then(last_day(pl.col("day"), cadence)).otherwise(end)
    return {"period_start": start, "period_end": end}


def _cadences(source: Source, programme: Programme) -> list[Cadence]:
    return sorted({metric.cadence for metric in programme.metrics.values() if metric.source == source.id})


def _unreadable_values(delivered: pl.DataFrame, typed: pl.DataFrame, source: Source) -> list[Fault]:
    faults: list[Fault] = []
    for column in source.columns:
        mask = unreadable(delivered[column.name], typed[column.name])
        if mask.any():
            faults.append((pl.lit(mask), pl.lit(str(reasons.UNREADABLE[column.type])), column.name))
    return faults


def _blame_each_row(
    rows: pl.DataFrame, faults: list[Fault], source: Source, programme: Programme, today: date
) -> pl.DataFrame:
    """Add `reason` and `column_name`: the first thing wrong with a row by the rules that hold for every source."""
    reason, column_name = pl.lit(None, dtype=pl.String), pl.lit(None, dtype=pl.String)
    faults = list(faults)
    if METRIC_COLUMN in rows.columns:
        known = pl.col(METRIC_COLUMN).is_in(list(programme.metrics)).fill_null(False)
        faults.append((~known, pl.lit(str(reasons.UNKNOWN_METRIC)), METRIC_COLUMN))
    faults.append((pl.col("day").is_null(), pl.lit(str(reasons.NO_DATE)), source.period_column))
    faults.append((pl.col("day") > today, pl.lit(str(reasons.IN_FUTURE)), source.period_column))
    if source.unit_column is not None:  # a figure about the city may be older than the programme
        faults.append((pl.col("day") < programme.start, pl.lit(str(reasons.BEFORE_START)), source.period_column))
    tier_reasons = [str(reason) for reason in (reasons.NO_TIER, reasons.UNKNOWN_TIER)]
    is_tier = pl.col("unit_reason").is_in(tier_reasons)
    faults.append((is_tier.fill_null(False), pl.col("unit_reason"), source.tier_column))
    faults.append((pl.col("unit_reason").is_not_null(), pl.col("unit_reason"), source.unit_column))
    faults += [(pl.col(name).is_null(), pl.lit(str(reasons.NO_IDENTITY)), name) for name in identity_of(source)]
    for mask, why, column in reversed(faults):
        reason = pl.when(mask).then(why).otherwise(reason)
        column_name = pl.when(mask).then(pl.lit(column, dtype=pl.String)).otherwise(column_name)
    return rows.with_columns(reason=reason, column_name=column_name).drop("unit_reason", "day")


def _judge(
    rows: pl.DataFrame, suite: Path, today: date, start: date, rows_at_once: int
) -> tuple[pl.DataFrame, tuple[Text, ...], tuple[Text, ...]]:
    """Blame the rows that fail the source's own suite; what is bad already is not asked about."""
    places = rows.select(pl.arg_where(pl.col("reason").is_null())).to_series()
    if places.is_empty():
        return rows, (), ()
    findings = judge_rows(rows[places].drop("reason", "column_name"), suite, today, start, rows_at_once)
    failing = findings.failing.with_columns(place=places.gather(findings.failing["row"]))
    return _blame(rows, failing), findings.refusals, findings.warnings


def _blame_doubles(rows: pl.DataFrame, source: Source) -> pl.DataFrame:
    """Blame rows with one identity: all where they differ, all but the first where they say the same."""
    identity = identity_of(source)
    if not identity:
        return rows
    candidates = rows.with_row_index("place").filter(pl.col("reason").is_null())
    doubles = candidates.filter(pl.col("record_id").is_duplicated())
    if doubles.is_empty():
        return rows
    content = [column.name for column in source.columns]
    doubles = doubles.with_columns(same=pl.struct(content).n_unique().over("record_id") == 1)
    failing = doubles.filter(~pl.col("same") | ~pl.col("record_id").is_first_distinct()).select(
        place="place",
        reason=pl.when("same").then(pl.lit(str(reasons.REPEATED_ROW))).otherwise(pl.lit(str(reasons.CONFLICTING_ROWS))),
        column_name=pl.lit(identity[0]),
    )
    return _blame(rows, failing)


def _blame(rows: pl.DataFrame, failing: pl.DataFrame) -> pl.DataFrame:
    """Write the reasons in `failing` (place, reason, column_name) onto the rows at those places."""
    if failing.is_empty():
        return rows
    reason = rows["reason"].scatter(failing["place"], failing["reason"])
    column_name = rows["column_name"].scatter(failing["place"], failing["column_name"])
    return rows.with_columns(reason, column_name)


def _with_values(bad: pl.DataFrame, delivered: pl.DataFrame, source: Source) -> pl.DataFrame:
    """The bad rows as they are put aside, with the value as it was delivered; never that of an id kept as a hash."""
    shown = {column.name for column in source.columns if not column.keyed_hash}
    parts = [rejected_rows(())]
    for (column,), rows in bad.select("position", "reason", "column_name").group_by("column_name"):
        value = pl.lit(None, dtype=pl.String).alias("delivered_value")
        if column in shown:
            positions = delivered.select("position", delivered_value=as_text(delivered[str(column)]))
            parts.append(rows.join(positions, on="position", how="left"))
        else:
            parts.append(rows.with_columns(value))
    return pl.concat(parts)


def _refused_outright(landed: Landed) -> Text | None:
    if landed.missing_columns:
        return reasons.columns_missing(landed.missing_columns)
    return reasons.NO_ROWS if landed.rows_delivered == 0 else None


def _combined(refusals: tuple[Text, ...]) -> Text | None:
    if not refusals:
        return None
    return Text("; ".join(refusal.vi for refusal in refusals), "; ".join(refusal.en for refusal in refusals))


def _too_many(quarantined: pl.DataFrame, rows: int, allowed: float) -> Text | None:
    """Why the batch is refused, if more of its rows are bad than is allowed, or all of them."""
    bad = quarantined.height
    if bad < rows and bad <= Fraction(str(allowed)) * rows:
        return None
    causes = (
        quarantined.group_by("reason")
        .agg(pl.len().alias("rows"), pl.col("position").min().alias("first"))
        .sort(["rows", "first"], descending=[True, False])
        .head(CAUSES_SAID)
    )
    return reasons.too_many_bad(
        bad, rows, allowed, [(Text.parse(reason), count, first) for reason, count, first in causes.iter_rows()]
    )


def _refused(
    because: Text, quarantined: pl.DataFrame, readable: pl.DataFrame, source: Source, programme: Programme
) -> Gated:
    none = readable.clear().drop("reason", "column_name")
    return Gated(none, quarantined, str(because), _reports(readable), _touched(readable, source, programme))


def _reports(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("tier").is_not_null()).select(REPORT).unique().sort(REPORT)


def _touched(rows: pl.DataFrame, source: Source, programme: Programme) -> pl.DataFrame:
    """The periods that any date of any row lies in, by each cadence that is measured from this source."""
    periods = [rows.select("period_start", "period_end")]
    for column in source.columns:
        if column.type not in (ColumnType.DATE, ColumnType.TIMESTAMP):
            continue
        day = pl.col(column.name)
        if column.type is ColumnType.TIMESTAMP:
            day = day.dt.convert_time_zone(programme.time_zone).dt.date()
        days = rows.select(day.alias("day")).unique().drop_nulls()
        for cadence in {*_cadences(source, programme), source.cadence or Cadence.MONTH}:
            start, end = first_day(pl.col("day"), cadence), last_day(pl.col("day"), cadence)
            periods.append(days.select(period_start=start, period_end=end))
    return pl.concat(periods).drop_nulls().unique().sort("period_start", "period_end")
