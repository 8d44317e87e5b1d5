"""Deliveries are written down whole or not at all, and once."""

from dataclasses import replace

import polars as pl
import pytest

from targetwatch.incidents import outstanding
from targetwatch.model import Period
from targetwatch.warehouse import Connection, Warehouse, WarehouseError, records
from tests.warehouse.samples import (
    CITY,
    DISTRICT,
    MAY,
    TOUCHED_MAY,
    at,
    batch,
    quarantined,
    reported,
    visits,
)


def _record(
    conn: Connection, delivery: records.Batch, rows: pl.DataFrame | None, reports: pl.DataFrame | None = None
) -> bool:
    return records.record_batch(
        conn,
        delivery,
        staged=rows,
        quarantined=quarantined(7, 9),
        reports=reported(DISTRICT) if reports is None else reports,
        touched=TOUCHED_MAY,
        recorded_at=delivery.known_at,
    )


def _contents(warehouse: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    tables = ("batch", "report", "touched_period", "quarantined_row", "visit")
    warehouse.publish_records(at(30))
    with warehouse.records() as conn:
        conn.frame("tables")
    warehouse.publish_ledger(at(30))
    with warehouse.read() as reader:
        return {table: reader.query(f"FROM {table} ORDER BY ALL").rows for table in tables}


def test_a_delivery_is_written_down_whole(warehouse: Warehouse) -> None:
    """Its rows, what it reports, what it touches and what was set aside are all there."""
    with warehouse.records() as conn:
        assert _record(conn, batch(), visits(True, True, False))
        assert records.accepted_batches(conn, ["one", "two"]) == {"one"}
    assert {table: len(rows) for table, rows in _contents(warehouse).items()} == {
        "batch": 1,
        "report": 1,
        "touched_period": 1,
        "quarantined_row": 2,
        "visit": 3,
    }


def test_the_same_delivery_twice_changes_nothing(warehouse: Warehouse) -> None:
    """A batch that is there already is left alone, in every table."""
    with warehouse.records() as conn:
        _record(conn, batch(), visits(True, True, False))
    once = _contents(warehouse)
    with warehouse.records() as conn:
        assert not _record(conn, replace(batch(), known_at=at(9)), visits(False, False, False))
    assert _contents(warehouse) == once


def test_a_corrected_delivery_keeps_what_was_known_before(warehouse: Warehouse) -> None:
    """Measured as of before the correction the old figures come out, afterwards the new ones; what vanished stays."""
    with warehouse.records() as conn:
        _record(conn, batch("one"), visits(True, True, False))
        _record(conn, batch("two", known_at=at(9)), visits(False, True))
        measured = [
            records.measure(conn, "visits_by_month", *MAY, known_at).select("numerator", "denominator").rows()
            for known_at in (at(1), at(2), at(9))
        ]
        assert measured == [[], [(2, 3)], [(1, 3)]]
        assert len(records.record_rows(conn, "visit", at(9))) == 3


def test_a_measurement_has_the_columns_of_the_contract(warehouse: Warehouse) -> None:
    """Counts are integers and moments are aware, whatever DuckDB makes of them."""
    with warehouse.records() as conn:
        _record(conn, batch(), visits(True))
        measured = records.measure(conn, "visits_by_month", *MAY, at(9))
    assert measured.schema["numerator"] == pl.Int64
    assert measured["known_at"].item() == at(2)
    assert measured["batch_id"].item() == "one"


def test_a_refused_delivery_is_known_and_leaves_the_records_alone(warehouse: Warehouse) -> None:
    """The earlier data stand; what it would have reported and what was wrong is written down."""
    refused = batch("bad", refused_because="Quá nhiều dòng sai / Too many bad rows")
    with warehouse.records() as conn:
        _record(conn, refused, visits(True))
        assert records.reports(conn).is_empty()
        assert records.unmeasured(conn, []) == []
        (delivery,) = records.deliveries(conn)
    assert (delivery.accepted, delivery.rows_quarantined, len(delivery.covers)) == (False, 2, 1)
    held = _contents(warehouse)
    assert (held["visit"], held["touched_period"], len(held["quarantined_row"])) == ([], [], 2)


def test_a_delivery_that_cannot_be_merged_leaves_no_trace(warehouse: Warehouse) -> None:
    """An error half-way undoes all of it, and the next try is as if it were the first."""
    broken = visits(True).with_columns(online=pl.lit("perhaps"))
    with pytest.raises(WarehouseError, match="perhaps"), warehouse.records() as conn:
        _record(conn, batch(), broken)
    assert all(rows == [] for rows in _contents(warehouse).values())
    with warehouse.records() as conn:
        assert _record(conn, batch(), visits(True))


def test_what_was_not_measured_yet_is_known(warehouse: Warehouse) -> None:
    """Accepted batches come in the order of their arrival, each with the periods that it touches."""
    with warehouse.records() as conn:
        _record(conn, batch("later", known_at=at(5)), visits(True))
        _record(conn, batch("first"), visits(True, False))
        _record(conn, batch("measured"), visits(True))
        waiting = records.unmeasured(conn, {"measured"})
    assert [(one.batch_id, one.known_at, one.periods) for one in waiting] == [
        ("first", at(2), (Period(*MAY),)),
        ("later", at(5), (Period(*MAY),)),
    ]


def test_a_batch_that_touches_nothing_is_still_to_be_measured(warehouse: Warehouse) -> None:
    """An empty delivery has no period, and is not forgotten."""
    with warehouse.records() as conn:
        records.record_batch(
            conn,
            batch(),
            staged=visits(True).clear(),
            quarantined=quarantined(),
            reports=reported(),
            touched=TOUCHED_MAY.clear(),
            recorded_at=at(2),
        )
        assert [one.periods for one in records.unmeasured(conn, [])] == [()]


def test_reports_keep_what_can_matter(warehouse: Warehouse) -> None:
    """What came while the period ran and the first that came afterwards are given; later ones cannot matter."""
    with warehouse.records() as conn:
        for name, known_at in (("during", at(20, month=5)), ("after", at(9)), ("again", at(12)), ("early", at(1))):
            _record(conn, batch(name, known_at=known_at), visits(True))
        assert records.reports(conn)["known_at"].to_list() == [at(20, month=5), at(1), at(9)]


def test_a_refused_delivery_is_made_good_by_a_later_one(warehouse: Warehouse) -> None:
    """It is outstanding until every unit and period that it was for has been delivered again and accepted."""
    refused = batch("bad", known_at=at(3), refused_because="bad")
    both = reported(DISTRICT, CITY)
    with warehouse.records() as conn:
        _record(conn, batch("before"), visits(True), both)
        _record(conn, refused, None, both)
        assert [one.batch_id for one in outstanding(records.deliveries(conn))] == ["bad"]
        _record(conn, batch("half", known_at=at(4)), visits(True))
        assert [one.batch_id for one in outstanding(records.deliveries(conn))] == ["bad"]
        _record(conn, batch("rest", known_at=at(5)), visits(True), reported(CITY))
        assert outstanding(records.deliveries(conn)) == []


def test_the_same_refused_delivery_again_is_told_again(warehouse: Warehouse) -> None:
    """What a good delivery had made good is outstanding again, by one row of each table, at the later moment."""
    refused = batch("bad", known_at=at(3), refused_because="bad")
    with warehouse.records() as conn:
        _record(conn, refused, None)
        _record(conn, batch("good", known_at=at(4)), visits(True))
        assert outstanding(records.deliveries(conn)) == []
        assert records.accepted_batches(conn, ["bad", "good"]) == {"good"}
        assert _record(conn, replace(refused, known_at=at(5), delivered_as="again.csv"), None)
        (found,) = outstanding(records.deliveries(conn))
    assert (found.batch_id, found.delivered_as, found.known_at) == ("bad", "again.csv", at(5))
    held = {table: len(rows) for table, rows in _contents(warehouse).items()}
    assert held == {"batch": 2, "report": 2, "touched_period": 1, "quarantined_row": 4, "visit": 1}


def test_a_refused_delivery_may_be_accepted_later(warehouse: Warehouse) -> None:
    """Once what judged it is mended the same bytes are merged and measured, and nothing is left of the refusal."""
    with warehouse.records() as conn:
        _record(conn, batch("one", refused_because="bad"), None, reported(DISTRICT, CITY))
        assert _record(conn, batch("one", known_at=at(5)), visits(True, False))
        assert not _record(conn, batch("one", known_at=at(6), refused_because="bad"), None)
        assert [one.known_at for one in records.unmeasured(conn, [])] == [at(5)]
        assert records.reports(conn)["org_unit"].to_list() == [DISTRICT.code]
        assert records.deliveries(conn) == []
    held = {table: len(rows) for table, rows in _contents(warehouse).items()}
    assert held == {"batch": 1, "report": 1, "touched_period": 1, "quarantined_row": 2, "visit": 2}


def test_people_find_what_was_set_aside(published, warehouse: Warehouse) -> None:
    """The views name the file, the row, the reason and what stood there."""
    with warehouse.records() as conn:
        _record(conn, batch(), visits(True))
    with published().read() as reader:
        rows = reader.query("SELECT delivered_as, position, column_name, delivered_value FROM quarantine").rows
        counts = reader.query("SELECT rows_delivered, rows_accepted, rows_quarantined, state FROM batches").rows
    assert rows == [
        ("one tháng 5.csv", 7, "visited_on", "31/02/2025"),
        ("one tháng 5.csv", 9, "visited_on", "31/02/2025"),
    ]
    assert counts == [(3, 1, 2, "accepted")]
