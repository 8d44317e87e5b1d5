"""Columns that a source does not name: one that earlier deliveries did not have is new."""

from __future__ import annotations

from pathlib import Path

from targetwatch.gathering import gathered
from targetwatch.gathering.delivery import Delivery, Fingerprint, Refused
from targetwatch.gathering.outcome import nothing_of
from targetwatch.model import Text
from targetwatch.warehouse import Warehouse, records
from tests.gathering.sources import PROCEDURES
from tests.warehouse.samples import DISTRICT, TOUCHED_MAY, batch, quarantined, reported, visits


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


def test_a_new_column_is_a_warning_and_one_that_was_always_there_is_none() -> None:
    """The first delivery shows what there is besides; from then on each new column is named once."""
    landed = Refused("id", "hash", "No / No", Fingerprint(1, 1, 1, 1), ("applicant", "region", "ward"))
    delivery = Delivery(Path("file.csv"), PROCEDURES.id, "file.csv", 1)

    def warned(before: frozenset[str] | None) -> list[str]:
        found = gathered(delivery, PROCEDURES, landed, nothing_of(landed), before)
        return [Text.parse(warning).en for warning in found.warnings]

    assert warned(None) == []
    assert warned(frozenset({"applicant", "region", "ward"})) == []
    assert warned(frozenset({"applicant"})) == [
        "New columns that the source does not name, and so are not kept: “region”, “ward”"
    ]
