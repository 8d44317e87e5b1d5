"""A pass of watch opens the databases seldom, and sees the records at one moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from targetwatch import catalogue, pipeline
from targetwatch.steps import watching
from targetwatch.warehouse import Connection, Warehouse
from tests.corridor.dossiers import APRIL, MAY, districts, hanoi, month_of
from tests.installation import Installation, install, prepare, wait_until_complete

A_MONTH = 10  # dossiers of a district
AFTER_THE_DEADLINE = hanoi(6, 16)


class Counting(Warehouse):
    """A warehouse that counts how often each of its databases is opened."""

    def __init__(self, home: Path, sql: Path, programme_sql: Path) -> None:
        super().__init__(home, sql, programme_sql)
        self.opened: Counter[str] = Counter()

    @contextmanager
    def open(self, database: str) -> Iterator[Connection]:
        """One more block."""
        self.opened[database] += 1
        with super().open(database) as conn:
            yield conn


@pytest.fixture
def watched(tmp_path: Path, programme: Path) -> Installation:
    """April of all districts has been watched; May of all but one is gathered, and that of the last lies prepared."""
    *others, last = districts()
    months = {
        "april": month_of(APRIL, dict.fromkeys([*others, last], 8), A_MONTH),
        "may": month_of(MAY, dict.fromkeys(others, 8), A_MONTH),
        "last": month_of(MAY, {last: 8}, A_MONTH),
    }
    for name, rows in months.items():
        prepare(tmp_path / "prepared" / name, {f"procedures/{name}.csv": rows.write_csv()})
    wait_until_complete(tmp_path / "prepared")
    installation = install(tmp_path / "home", programme)
    installation.deliver(tmp_path / "prepared" / "april")
    installation.run(hanoi(5, 16))
    installation.deliver(tmp_path / "prepared" / "may")
    installation.gather(hanoi(6, 10))
    return installation


def test_a_pass_opens_the_records_once_and_the_ledger_once_a_step(watched: Installation) -> None:
    """To begin, to measure, to assess and to decide: each opening costs, and each keeps others from the file."""
    settings = watched.settings
    warehouse = Counting(settings.home, settings.product_sql, settings.programme_sql)
    programme, now = catalogue.load(settings.catalogue), AFTER_THE_DEADLINE
    begun = watching.begin(warehouse, programme, now)
    measured = watching.measure(warehouse, programme, begun, now)
    found = watching.assess(settings, programme, warehouse, measured, now)
    assert watching.decide(settings, programme, warehouse, measured, found, now).batches == 1
    assert warehouse.opened == {"records": 1, "ledger": 4}


def test_what_is_delivered_during_a_pass_is_the_next_ones(watched: Installation, tmp_path: Path) -> None:
    """Its report does not count before its figures do: until the next pass its unit has not reported."""

    def deliver(said: str) -> None:
        if said == "Judging every target":
            watched.deliver(tmp_path / "prepared" / "last")
            assert [one.state for one in watched.gather(AFTER_THE_DEADLINE)] == ["accepted"]

    reported = "SELECT bodies_reported, bodies_due FROM current_status WHERE role = 'pooled'"
    pipeline.watch(watched.settings, AFTER_THE_DEADLINE, deliver)
    assert watched.row(reported) == {"bodies_reported": 29, "bodies_due": 30}
    watched.watch(AFTER_THE_DEADLINE)
    assert watched.row(reported) == {"bodies_reported": 30, "bodies_due": 30}
