"""What is written down of systems that are asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from targetwatch.settings import CHECKOUT
from targetwatch.warehouse import Warehouse, records, systems
from targetwatch.warehouse.records import Batch
from targetwatch.warehouse.systems import Answer

MORNING = datetime(2025, 5, 30, 22, 30, tzinfo=UTC)  # half past five on 31 May in Hanoi
ZONE = "Asia/Ho_Chi_Minh"


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """An empty warehouse."""
    return Warehouse(tmp_path, CHECKOUT / "sql", CHECKOUT / "sql")


def day(number: int) -> datetime:
    """So many days later, at the same time."""
    return MORNING + timedelta(days=number)


def deliver(warehouse: Warehouse, at: datetime, source: str = "documents", accepted: bool = True) -> None:
    """A batch in which one unit reports May."""
    reports = pl.DataFrame(
        [("SO-TP", date(2021, 1, 1), "city", date(2025, 5, 1), date(2025, 5, 31))],
        schema=["org_unit", "org_unit_valid_from", "tier", "period_start", "period_end"],
        orient="row",
    )
    batch = Batch(f"{source}-{at}", source, None, "a file", "hash", 1, None, 1, at, (), None if accepted else "refused")
    quarantined = pl.DataFrame(
        schema=dict.fromkeys(("position", "reason", "column_name", "delivered_value"), pl.String)
    )
    touched = pl.DataFrame(schema={"period_start": pl.Date, "period_end": pl.Date})
    with warehouse.records() as conn:
        records.record_batch(
            conn, batch, staged=None, quarantined=quarantined, reports=reports, touched=touched, recorded_at=at
        )


def confirm(warehouse: Warehouse, at: datetime, source: str = "documents") -> int:
    """How many reports stand because the system has answered."""
    with warehouse.records() as conn:
        return systems.confirm_reports(conn, source, at, ZONE)


def test_what_comes_to_the_same_is_one_stretch(warehouse: Warehouse) -> None:
    """A row says since when and until when; another answer begins another row, and so does a return to the first."""
    said = [(Answer.ANSWERED, None)] * 2 + [(Answer.UNREACHABLE, "no answer")] * 2 + [(Answer.ANSWERED, None)]
    for number, (answer, says) in enumerate(said):
        with warehouse.records() as conn:
            assert (systems.newest(conn, "documents") is None) == (number == 0)
            systems.note_asked(conn, "documents", answer, day(number), says)
            found = systems.newest(conn, "documents")
        assert found is not None
        assert (found.answer, found.says, found.asked_at) == (answer, says, day(number))
    assert found.since == day(4)
    with warehouse.records() as conn:
        assert systems.in_service(conn) == {"documents"}


def test_a_system_that_is_not_connected_waits_until_it_has_answered(warehouse: Warehouse) -> None:
    """Never reached, it waits and is not in service; once it answered, the same state is no waiting any more."""
    waits = []
    for number, answer in enumerate((Answer.NOT_CONNECTED, Answer.ANSWERED, Answer.NOT_CONNECTED)):
        with warehouse.records() as conn:
            systems.note_asked(conn, "documents", answer, day(number))
            found = systems.newest(conn, "documents")
            assert found is not None
            waits.append((found.waits, systems.in_service(conn) == {"documents"}))
    assert waits == [(True, False), (False, True), (False, True)]


def test_a_source_that_delivered_by_hand_is_in_service(warehouse: Warehouse) -> None:
    """A file in the inbox of a system that is not connected counts as well."""
    with warehouse.records() as conn:
        systems.note_asked(conn, "documents", Answer.NOT_CONNECTED, MORNING)
    deliver(warehouse, MORNING)
    with warehouse.records() as conn:
        assert systems.in_service(conn) == {"documents"}


def test_what_was_reported_early_stands_once_the_system_has_answered(warehouse: Warehouse) -> None:
    """May is reported on the first of June in Hanoi, which begins at 17:00 UTC; and only once."""
    deliver(warehouse, MORNING)
    last_of_may, first_of_june = datetime(2025, 5, 31, 16, 59, tzinfo=UTC), datetime(2025, 5, 31, 17, tzinfo=UTC)
    assert confirm(warehouse, last_of_may) == 0
    assert confirm(warehouse, first_of_june) == 1
    assert confirm(warehouse, day(3)) == 0
    with warehouse.records() as conn:
        assert records.reports(conn)["known_at"].to_list() == [MORNING, first_of_june]


def test_only_what_was_accepted_from_that_source_is_confirmed(warehouse: Warehouse) -> None:
    """A refused batch reports nothing, and another source's system speaks for itself alone."""
    deliver(warehouse, MORNING, accepted=False)
    deliver(warehouse, MORNING, source="hotline_1022")
    assert confirm(warehouse, day(3)) == 0
    assert confirm(warehouse, day(3), source="hotline_1022") == 1


def test_what_came_after_the_end_needs_no_confirmation(warehouse: Warehouse) -> None:
    """A unit that delivered after the period's last day has reported already."""
    deliver(warehouse, MORNING)
    deliver(warehouse, day(2))
    assert confirm(warehouse, day(3)) == 0
