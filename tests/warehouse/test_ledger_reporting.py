"""How many reports have come: kept as the newest pass found it, and read by source, tier and period."""

from datetime import date

import polars as pl

from targetwatch.warehouse import Warehouse, fetch, ledger
from tests.warehouse.samples import MAY, MOMENT, at, observed, programme

APRIL = (date(2025, 4, 1), date(2025, 4, 30))


def counted(*rows: tuple[tuple[date, date], int, int, int]) -> pl.DataFrame:
    """What was counted of districts: period, due, reported, in time."""
    return pl.DataFrame(
        [
            ("procedures", "district", *period, at(13, 10), "complete" if due == came else "final", due, came, in_time)
            for period, due, came, in_time in rows
        ],
        schema={
            "source": pl.String, "tier": pl.String, "period_start": pl.Date, "period_end": pl.Date, "deadline": MOMENT,
            "period_state": pl.String, "due": pl.Int64, "reported": pl.Int64, "in_time": pl.Int64,
        },
        orient="row",
    )  # fmt: skip


def test_rates_are_read_by_source_tier_and_period(warehouse: Warehouse) -> None:
    """The view names the source and gives both rates in percent, and how many are missing."""
    with warehouse.ledger() as conn:
        ledger.apply_catalogue(conn, programme(), at(13))
        ledger.keep_reporting(conn, counted((APRIL, 30, 30, 30), (MAY, 30, 27, 24)))
    warehouse.publish_ledger(at(14))
    rows = fetch(warehouse.home, "FROM reporting ORDER BY period_start").to_dicts()
    assert [(row["period_state"], row["missing"], row["reporting_rate"], row["on_time_rate"]) for row in rows] == [
        ("complete", 0, 100.0, 100.0),
        ("final", 3, 90.0, 80.0),
    ]


def test_only_what_the_newest_pass_found_is_kept(warehouse: Warehouse) -> None:
    """Another count takes the place of the one before; the same one again leaves the rows as they are."""
    with warehouse.ledger() as conn:
        for counts in (counted((MAY, 30, 27, 27)), counted((MAY, 30, 30, 27)), counted((MAY, 30, 30, 27))):
            ledger.keep_reporting(conn, counts)
    with warehouse.ledger() as conn:
        ledger.keep_reporting(conn, counted())
        assert conn.frame("row_count", relation="reports_due").item() == 0


def test_the_bodies_of_some_metrics_are_read_alone(warehouse: Warehouse) -> None:
    """Of several metrics those that are asked for, each body in its newest version that was known by then."""
    with warehouse.ledger() as conn:
        for day, numerator in ((13, 0), (20, 1)):
            rows = observed(*({"metric": name, "numerator": numerator, "known_at": at(day)} for name in ("one", "two")))
            ledger.append_observations(conn, rows, run_id="r", recorded_at=at(day))
    with warehouse.ledger() as conn:
        found = {day: ledger.bodies_of(conn, ["one"], at(day)) for day in (12, 13, 20)}
    assert {day: frame.select("metric", "numerator").rows() for day, frame in found.items()} == {
        12: [],
        13: [("one", 0)],
        20: [("one", 1)],
    }
