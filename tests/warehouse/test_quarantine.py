"""What empties a quarantine, and what does not: see docs/adr/0013-quarantine.md."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl
import pytest

from targetwatch.warehouse import Connection, Warehouse, quarantine, records
from targetwatch.warehouse.quarantine import PUT_RIGHT, SET_ASIDE_AGAIN, RowKey
from tests.warehouse.samples import CITY, DISTRICT, TOUCHED_MAY, at, batch, reported, visits

BAD = "Ngày sai / Wrong date"
THIRD = at(3)
SCHEMA = {
    "position": pl.Int64,
    "reason": pl.String,
    "column_name": pl.String,
    "delivered_value": pl.String,
    "record_id": pl.String,
    "org_unit": pl.String,
}


def bad(rows: Mapping[int, str | None]) -> pl.DataFrame:
    """Bad rows by position, each with the record that it names."""
    held = [(position, BAD, "visited_on", "31/02", record, DISTRICT.code) for position, record in rows.items()]
    return pl.DataFrame(held, schema=SCHEMA, orient="row")


def deliver(
    conn: Connection,
    name: str,
    good: int = 0,
    wrong: Mapping[int, str | None] | None = None,
    known_at: datetime = THIRD,
    **changes: Any,
) -> None:
    """Record a delivery of so many good visits, `visit 0` and on, and of these bad rows."""
    refused = changes.get("refused_because") is not None
    reports = changes.pop("reports", reported(DISTRICT))
    usual = {"delivered_as": "visits.csv", "rows_delivered": good + len(wrong or {}), "source": "visits"}
    records.record_batch(
        conn,
        batch(name, known_at=known_at, **{**usual, **changes}),
        staged=None if refused else visits(*[True] * good) if good else visits(True).clear(),
        quarantined=bad(wrong or {}),
        reports=reports,
        touched=TOUCHED_MAY,
        recorded_at=known_at,
    )


def became(conn: Connection) -> dict[tuple[str, int], tuple[str | None, str | None]]:
    """How each row that was ever set aside left quarantine, and by which batch."""
    return {
        (row.key.batch_id, row.key.position): (row.emptied_how, row.emptied_by)
        for row in quarantine.rows_set_aside(conn, every=True)
    }


def test_a_good_row_of_the_same_record_empties_it(warehouse: Warehouse) -> None:
    """In the transaction that records it; when and by what is kept, and rows of other records stay."""
    with warehouse.records() as conn:
        deliver(conn, "one", 0, {7: "visit 0", 8: "visit 9"})
        deliver(conn, "two", 2, known_at=at(5), delivered_as="another name.csv")
        assert became(conn) == {("one", 7): (PUT_RIGHT, "two"), ("one", 8): (None, None)}
    warehouse.publish_ledger(at(6))
    warehouse.publish_records(at(6))
    with warehouse.read() as reader:
        assert reader.query("SELECT position FROM quarantine").rows == [(8,)]
        left = (
            "SELECT position, emptied_at, emptied_by_delivery FROM quarantine_history WHERE emptied_how = 'put_right'"
        )
        assert reader.query(left).rows == [(7, at(5), "another name.csv")]
        counts = "SELECT rows_quarantined, rows_in_quarantine, rows_put_right FROM batches ORDER BY batch_id"
        assert reader.query(counts).rows == [(2, 1, 1), (0, 0, 0)]


def test_another_source_and_a_refused_delivery_put_nothing_right(warehouse: Warehouse) -> None:
    """The same record id of another source is another record; what was refused was not recorded."""
    with warehouse.records() as conn:
        deliver(conn, "one", 0, {7: "visit 0"})
        deliver(conn, "other", 1, source="others")
        deliver(conn, "refused", 0, {}, refused_because="bad")
        assert became(conn) == {("one", 7): (None, None)}


def test_a_record_that_is_set_aside_again_is_listed_once(warehouse: Warehouse) -> None:
    """It stands where it was delivered last; once it is good, nothing is left."""
    with warehouse.records() as conn:
        deliver(conn, "one", 0, {7: "visit 0"})
        deliver(conn, "two", 0, {3: "visit 0"}, known_at=at(4))
        assert [row.key for row in quarantine.rows_set_aside(conn)] == [RowKey("two", 3)]
        assert quarantine.followed(conn, "visits", [RowKey("one", 7)])[RowKey("one", 7)].key == RowKey("two", 3)
        deliver(conn, "three", 1, known_at=at(5))
        assert became(conn) == {("one", 7): (SET_ASIDE_AGAIN, "two"), ("two", 3): (PUT_RIGHT, "three")}


def test_a_refused_delivery_that_is_gated_anew_gives_back_what_it_took_over(warehouse: Warehouse) -> None:
    """Its rows took the place of older ones; accepted at last without them, the older ones are in quarantine again."""
    with warehouse.records() as conn:
        deliver(conn, "one", 0, {7: "visit 5"})
        deliver(conn, "two", 0, {3: "visit 5"}, refused_because="bad", known_at=at(4))
        assert became(conn)["one", 7] == (SET_ASIDE_AGAIN, "two")
        deliver(conn, "two", 1, known_at=at(5))
        assert became(conn) == {("one", 7): (None, None)}


@pytest.mark.parametrize(
    ("later", "how"),
    [
        ({"good": 3}, PUT_RIGHT),
        ({"good": 3, "wrong": {4: None}}, SET_ASIDE_AGAIN),
        ({"good": 3, "delivered_as": "other.csv"}, None),
        ({"good": 2, "rows_delivered": 2}, None),
        ({"good": 3, "reports": reported(CITY)}, None),
        ({"good": 1, "wrong": {9: "visit 7", 10: "visit 8"}}, None),
    ],
    ids=["whole", "still_broken", "other_name", "fewer_rows", "other_units", "other_records"],
)
def test_a_row_without_a_record_needs_its_delivery_again(
    warehouse: Warehouse, later: Mapping[str, Any], how: str | None
) -> None:
    """A broken line leaves only where the same is said again: name, rows, units, records; else nothing is claimed."""
    with warehouse.records() as conn:
        deliver(conn, "one", 2, {4: None})
        deliver(conn, "two", known_at=at(5), **later)
        assert became(conn)["one", 4] == (how, "two" if how else None)


def test_a_correction_empties_the_very_row_that_it_corrects(warehouse: Warehouse) -> None:
    """Whatever its record: a good one puts it right, a bad one takes its place; handing in twice is as once."""
    with warehouse.records() as conn:
        deliver(conn, "one", 1, {4: None, 5: None, 6: None})
        for _ in range(2):
            quarantine.hand_in(conn, "fix", "visits", {1: RowKey("one", 4), 2: RowKey("one", 5)}, at(4))
        deliver(conn, "fix", 1, {2: None}, known_at=at(5), delivered_as="visits.sua.parquet")
        assert became(conn) == {
            ("fix", 2): (None, None),
            ("one", 4): (PUT_RIGHT, "fix"),
            ("one", 5): (SET_ASIDE_AGAIN, "fix"),
            ("one", 6): (None, None),
        }
        held = quarantine.rows_set_aside(conn)
        first = quarantine.first_of(conn, "visits", held)
        assert {row.key: first[row.key].key for row in held} == {
            RowKey("fix", 2): RowKey("one", 5),
            RowKey("one", 6): RowKey("one", 6),
        }


def test_a_correction_that_died_before_it_was_gathered_changes_nothing(warehouse: Warehouse) -> None:
    """What it would correct is written down first, and means nothing until its batch is."""
    with warehouse.records() as conn:
        deliver(conn, "one", 0, {4: None})
        quarantine.hand_in(conn, "fix", "visits", {1: RowKey("one", 4)}, at(4))
        deliver(conn, "two", 1, known_at=at(5), delivered_as="other.csv")
        assert became(conn) == {("one", 4): (None, None)}


def test_what_is_asked_for(warehouse: Warehouse) -> None:
    """Rows by source, by the start of a batch's id, and by unit."""
    with warehouse.records() as conn:
        deliver(conn, "one", 0, {4: "visit 0"})
        deliver(conn, "two", 0, {4: "visit 1"}, source="others")
        assert [row.source for row in quarantine.rows_set_aside(conn, batch="tw")] == ["others"]
        assert [row.source for row in quarantine.rows_set_aside(conn, source="visits")] == ["visits"]
        assert quarantine.rows_set_aside(conn, unit="009") == []
        assert len(quarantine.rows_set_aside(conn, unit=DISTRICT.code)) == 2
