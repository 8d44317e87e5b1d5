"""One engine serves block after block: each opens a file and leaves nothing of itself behind."""

import subprocess
import sys
from pathlib import Path

import pytest

from targetwatch.warehouse import Warehouse, WarehouseError, ledger, records
from tests.warehouse.samples import at

OPENED_ELSEWHERE = (
    "import duckdb, sys; print(duckdb.connect(sys.argv[1]).execute('SELECT count(*) FROM run').fetchone())"
)
KILLED_AFTER_A_COMMIT = """
import duckdb, os, sys
duck = duckdb.connect(sys.argv[1])
duck.execute("INSERT INTO run (run_id, as_of, started_at) VALUES ('killed', '2025-06-01 00:00:00+00', now())")
os._exit(0)
"""


def _elsewhere(program: str, path: Path) -> str:
    """What another process says that opens a live file."""
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _begin(warehouse: Warehouse, name: str) -> None:
    with warehouse.ledger() as conn:
        ledger.start_run(conn, name, as_of=at(1), started_at=at(1))


def test_between_blocks_the_file_is_nobodys(warehouse: Warehouse) -> None:
    """Another process opens it, and finds in the file itself, with no log beside it, what was committed."""
    for number in (1, 2):
        _begin(warehouse, f"r{number}")
        assert not warehouse.live("ledger").with_name("ledger.duckdb.wal").exists()
        assert _elsewhere(OPENED_ELSEWHERE, warehouse.live("ledger")) == f"({number},)"


def test_a_statement_that_fails_spoils_no_later_block(warehouse: Warehouse) -> None:
    """Its block is undone, the file is let go of, and the next block is answered."""

    def fail_half_way() -> None:
        with warehouse.ledger() as conn:
            ledger.start_run(conn, "undone", as_of=at(1), started_at=at(1))
            conn.script("SELECT nothing;")

    with pytest.raises(WarehouseError, match="nothing"):
        fail_half_way()
    assert _elsewhere(OPENED_ELSEWHERE, warehouse.live("ledger")) == "(0,)"
    _begin(warehouse, "r")
    assert _elsewhere(OPENED_ELSEWHERE, warehouse.live("ledger")) == "(1,)"


def test_both_databases_at_once_are_two(warehouse: Warehouse) -> None:
    """A block of the ledger within one of the records finds its own tables, and so does the other."""
    with warehouse.records() as outer, warehouse.ledger() as inner:
        of_records, of_ledger = (set(conn.frame("tables")["name"]) for conn in (outer, inner))
    assert "batch" in of_records
    assert "run" in of_ledger
    assert not of_records & of_ledger - {"schema_version", "schema_objects"}


def test_what_a_large_batch_bounds_is_bounded_for_its_block_only(warehouse: Warehouse) -> None:
    """The next block has its memory back, and keeps the order of rows."""
    settings = """
        CREATE OR REPLACE TABLE seen AS
        SELECT
          current_setting('preserve_insertion_order') AS ordered,
          current_setting('memory_limit') AS memory,
          TIMESTAMPTZ '2025-05-01 00:00:00+00' AS known_from,
          CAST(NULL AS TIMESTAMPTZ) AS known_to;
    """
    seen = []
    for is_large in (False, True, False):
        with warehouse.records() as conn:
            if is_large:
                conn.bound_memory()
            conn.script(settings)
            seen.append(records.record_rows(conn, "seen", at(1)).row(0))
    assert seen[0] == seen[2]
    assert seen[0][0] is True
    assert seen[1][:2] == (False, "381.4 MiB")


def test_a_log_that_a_killed_process_left_is_published(warehouse: Warehouse) -> None:
    """What it had committed is in the snapshot, also where this process has used the ledger before."""
    _begin(warehouse, "r")
    _elsewhere(KILLED_AFTER_A_COMMIT, warehouse.live("ledger"))
    assert warehouse.live("ledger").with_name("ledger.duckdb.wal").exists()
    warehouse.publish_ledger(at(2))
    with warehouse.read() as reader:
        assert reader.query("SELECT run_id FROM runs ORDER BY run_id").rows == [("killed",), ("r",)]


def test_a_view_that_cannot_be_answered_is_not_published(warehouse: Warehouse) -> None:
    """A snapshot is read back with its views: one that speaks of a table that is gone stops it."""
    with warehouse.ledger() as conn:
        conn.script("DROP TABLE run;")
    with pytest.raises(WarehouseError, match=r"read back.*still stands"):
        warehouse.publish_ledger(at(2))
