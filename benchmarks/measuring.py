"""Measuring all dossiers from the records, and rolling them up, against one statement that does the same by hand."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.sample import KNOWN_AT
from targetwatch.catalogue.calendar import WorkingCalendar
from targetwatch.evaluation.coverage import roll_up
from targetwatch.evaluation.due import due
from targetwatch.model import Origin, Programme
from targetwatch.warehouse import Connection, Warehouse, records

SQL = Path(__file__).parent / "sql"
ROUNDS = 5
METRICS = ("procedures_received", "procedures_due")
AFTER_THE_MERGERS = (date(2025, 1, 1), date(2025, 2, 1))
PARTS = {
    "dossiers_processed_online": ("online", "received"),
    "dossiers_identity_verified": ("verified", "verified_or_not"),
    "dossiers_paid_online": ("paid", "paid_or_not"),
    "dossiers_signed_digitally": ("signed", "signed_or_not"),
    "dossiers_without_coming": ("without_coming", "came_or_not"),
    "dossiers_on_time": ("on_time", "answered_for"),
}


def run(warehouse: Warehouse, programme: Programme, say: Callable[[str], None]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Time both in turn and print medians and ratios. Gives back what was rolled up, and who owed what."""
    programme = replace(programme, metrics={name: programme.metrics[name] for name in PARTS})
    duck = duckdb.connect(str(warehouse.live("records")), read_only=True)
    duck.execute("SET TimeZone = 'UTC'")
    duck.register("unit", _districts(programme))
    conn = Connection(duck, warehouse.files)
    owed = due(programme, records.reports(conn), _deadlines(programme), KNOWN_AT, date(2021, 6, 1))
    ways: dict[str, Callable[[], pl.DataFrame]] = {
        "sql/metrics and roll_up": lambda: _ours(conn, programme, owed),
        "one statement by hand": lambda: _by_hand(duck, "by_hand"),
        "the same, straight GROUPING SETS": lambda: _by_hand(duck, "by_hand_straight"),
    }
    answers = {name: way() for name, way in ways.items()}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            seconds[name].append(time.perf_counter() - began)
    began = time.perf_counter()
    _measured(conn)
    alone = time.perf_counter() - began
    duck.close()
    ours, *others = ways
    median = {name: statistics.median(each) for name, each in seconds.items()}
    compared = _compare(answers[ours], answers[others[0]])
    say(f"  {ours}: {median[ours]:.2f} s (sql/metrics alone {alone:.2f} s); {compared:,} values agree")
    for name in others:
        say(f"  {name}: {median[name]:.2f} s; ratio {median[ours] / median[name]:.2f} (aim: at most 1.5)")
    return answers[ours], owed


def _measured(conn: Connection) -> pl.DataFrame:
    return pl.concat([records.measure(conn, name, date(2021, 6, 1), date(2025, 5, 31), KNOWN_AT) for name in METRICS])


def _ours(conn: Connection, programme: Programme, owed: pl.DataFrame) -> pl.DataFrame:
    bodies = _measured(conn).with_columns(origin=pl.lit(Origin.COMPUTED.value))
    return roll_up(programme, bodies, owed, KNOWN_AT)


def _by_hand(duck: duckdb.DuckDBPyConnection, name: str) -> pl.DataFrame:
    return duck.execute((SQL / f"{name}.sql").read_text(encoding="utf-8"), {"known_at": KNOWN_AT}).pl()


def _deadlines(programme: Programme) -> Callable[..., object]:
    return WorkingCalendar(programme.calendar, programme.time_zone).deadline


def _districts(programme: Programme) -> pl.DataFrame:
    """The district that each body counts for: its own for a district's office, none for a department."""
    rows = [
        (
            unit.key.code,
            unit.key.valid_from,
            {"district": unit.key.code, "commune": unit.parent.code}.get(unit.level) if unit.parent else None,
        )
        for unit in programme.org_units
    ]
    names = {"org_unit": pl.String, "org_unit_valid_from": pl.Date, "district": pl.String}
    return pl.DataFrame(rows, schema=names, orient="row")


def _compare(ours: pl.DataFrame, by_hand: pl.DataFrame) -> int:
    """How many values both found. Raises where one differs.

    Left out is what was due just after its commune had been dissolved, which targetwatch's roll-up does not count.
    """
    compared = 0
    for metric, (numerator, denominator) in PARTS.items():
        month = "due_in" if metric == "dossiers_on_time" else "received_in"
        theirs = by_hand.filter(pl.col(month).is_not_null()).select(
            "tier",
            org_unit=pl.coalesce("org_unit", "district", pl.lit("01")),
            org_unit_valid_from=pl.col("org_unit_valid_from").fill_null(date(2021, 1, 1)),
            period_start=pl.col(month).cast(pl.Date),
            numerator_by_hand=pl.col(numerator).cast(pl.Int64),
            denominator_by_hand=pl.col(denominator).cast(pl.Int64),
        )
        both = ours.filter(pl.col("metric") == metric).join(
            theirs.unique(), on=["tier", "org_unit", "org_unit_valid_from", "period_start"], validate="1:1"
        )
        dissolved = (pl.col("metric") == "dossiers_on_time") & pl.col("period_start").is_between(*AFTER_THE_MERGERS)
        differ = both.filter(
            ~dissolved,
            (pl.col("numerator") != pl.col("numerator_by_hand"))
            | (pl.col("denominator") != pl.col("denominator_by_hand")),
        )
        assert differ.is_empty(), f"{metric}: {differ}"
        compared += both.height
    assert compared > 0.95 * ours.height, f"only {compared} of {ours.height} values are found by both"
    return compared
