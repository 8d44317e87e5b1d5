"""The columns that the deliveries of a source have had."""

from __future__ import annotations

from targetwatch.warehouse import Warehouse, columns, quarantine, records
from tests.warehouse.samples import DISTRICT, TOUCHED_MAY, at, batch, quarantined, reported, visits


def test_what_accepted_deliveries_had_is_remembered(warehouse: Warehouse) -> None:
    """Nothing is known before the first of them; a refused one is none, and each source has its own."""
    deliveries = [
        batch("one", unnamed_columns=("applicant", "phone")),
        batch("two"),
        batch("three", unnamed_columns=("phone", "region")),
        batch("four", unnamed_columns=("ward",), refused_because="No / No"),
        batch("five", unnamed_columns=("age",), source="others"),
    ]
    with warehouse.records() as conn:
        seen = [records.unnamed_before(conn, "visits")]
        for delivery in deliveries:
            records.record_batch(
                conn,
                delivery,
                staged=visits(True),
                quarantined=quarantined(),
                reports=reported(DISTRICT),
                touched=TOUCHED_MAY,
                recorded_at=delivery.known_at,
            )
            seen.append(records.unnamed_before(conn, "visits"))
    known = {"applicant", "phone"}
    assert seen == [None, known, known, known | {"region"}, known | {"region"}, known | {"region"}]


def test_what_each_of_the_last_few_deliveries_had_is_usual(warehouse: Warehouse) -> None:
    """Of the accepted ones, corrections left out; a column that one of them lacked is not missed any more."""
    deliveries = [
        batch("one", named_columns=("id", "day", "share"), known_at=at(2)),
        batch("bad", named_columns=("id",), known_at=at(3), refused_because="No / No"),
        batch("fix", named_columns=("id",), known_at=at(4)),
        batch("two", named_columns=("id", "day"), known_at=at(5)),
    ]
    usual = []
    with warehouse.records() as conn:
        assert columns.columns_before(conn, "visits") is None
        quarantine.hand_in(conn, "fix", "visits", {1: quarantine.RowKey("one", 1)}, at(4))
        for delivery in deliveries:
            records.record_batch(
                conn,
                delivery,
                staged=visits(True),
                quarantined=quarantined(),
                reports=reported(DISTRICT),
                touched=TOUCHED_MAY,
                recorded_at=delivery.known_at,
            )
            found = columns.columns_before(conn, "visits")
            assert found is not None
            usual.append(sorted(found.named))
    assert usual == [["day", "id", "share"]] * 3 + [["day", "id"]]
