"""Snapshots are whole, readable and never changed; whoever reads one keeps it."""

import os
import stat
from pathlib import Path

import pytest

from targetwatch.settings import CHECKOUT
from targetwatch.warehouse import NoSnapshot, SnapshotError, Warehouse, health, ledger, snapshot
from targetwatch.warehouse.session import Engine
from tests.warehouse.conftest import PRODUCT_SQL, PROGRAMME_SQL
from tests.warehouse.samples import at


def _change(warehouse: Warehouse, name: str) -> None:
    with warehouse.ledger() as conn:
        ledger.start_run(conn, name, as_of=at(1), started_at=at(1))


def _names(warehouse: Warehouse) -> list[str]:
    return sorted(path.name for path in warehouse.snapshots.iterdir())


def test_a_snapshot_is_named_after_its_moment_and_content(warehouse: Warehouse) -> None:
    """Its name says what, when and which; it cannot be written, and `current` points to it."""
    path = warehouse.publish_ledger(at(16, 10))
    assert path.name.startswith("ledger-20250616T100000Z-")
    assert len(path.stem.rpartition("-")[2]) == 6
    assert snapshot.taken_at(path) == at(16, 10)
    assert not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    assert (warehouse.snapshots / "current" / "ledger.duckdb").resolve() == path.resolve()


def test_an_unchanged_database_is_not_published_again(warehouse: Warehouse) -> None:
    """The snapshot that is there is the answer, also after the database was opened and closed."""
    first = warehouse.publish_ledger(at(16))
    with warehouse.ledger() as conn:
        conn.frame("tables")
    assert warehouse.publish_ledger(at(17)) == first
    _change(warehouse, "r")
    assert warehouse.publish_ledger(at(18)) != first


def test_what_is_published_can_be_read_at_once(warehouse: Warehouse) -> None:
    """A snapshot holds everything that was committed before it."""
    for number in range(3):
        _change(warehouse, f"r{number}")
        warehouse.publish_ledger(at(16, number))
        with warehouse.read() as reader:
            assert reader.query("SELECT count(*) FROM runs").rows == [(number + 1,)]
            assert reader.taken_at == at(16, number)


def test_a_reader_keeps_its_snapshot(warehouse: Warehouse) -> None:
    """While newer ones are published and its own is removed, it reads on, and sees what it saw."""
    _change(warehouse, "r")
    old = warehouse.publish_ledger(at(16))
    with warehouse.read() as reader:
        for hour in range(1, 6):
            _change(warehouse, f"r{hour}")
            warehouse.publish_ledger(at(16, hour))
        assert not old.exists()
        assert reader.query("SELECT run_id FROM runs").rows == [("r",)]


def test_the_last_few_are_kept(tmp_path: Path) -> None:
    """Older ones go, those of the other database stay, and the current one is always among those that are kept."""
    warehouse = Warehouse(tmp_path, CHECKOUT / "sql", PROGRAMME_SQL, snapshots_kept=2)
    warehouse.publish_records(at(1))
    for hour in (9, 8, 7, 6):  # a clock that is set back changes nothing
        _change(warehouse, f"r{hour}")
        newest = warehouse.publish_ledger(at(16, hour))
    kept = snapshot.newest_first(warehouse.snapshots, "ledger")
    assert len(kept) == 2
    assert kept[0].resolve() == newest.resolve()
    assert len(snapshot.newest_first(warehouse.snapshots, "records")) == 1


def test_what_a_crash_left_is_swept_away(warehouse: Warehouse) -> None:
    """Half-made files go with the next publishing, and those of the other database are not touched."""
    warehouse.snapshots.mkdir(parents=True)
    for name in (".ledger-123.part", ".ledger-123.link", ".records-123.part"):
        (warehouse.snapshots / name).write_bytes(b"half")
    warehouse.publish_ledger(at(16))
    assert [name for name in _names(warehouse) if name.startswith(".")] == [".records-123.part"]


def test_a_crash_before_current_was_moved_is_made_good(warehouse: Warehouse) -> None:
    """A snapshot that has its name but is not pointed to yet: the next publishing points to one that is as new."""
    old = warehouse.publish_ledger(at(16))
    _change(warehouse, "r")
    lost = warehouse.publish_ledger(at(17))
    pointer = warehouse.snapshots / "current" / "ledger.duckdb"
    pointer.unlink()
    pointer.symlink_to(os.path.relpath(old, pointer.parent))
    assert warehouse.publish_ledger(at(17)) == lost
    with warehouse.read() as reader:
        assert reader.query("SELECT count(*) FROM runs").rows == [(1,)]


def test_what_cannot_be_read_back_is_not_published(warehouse: Warehouse, tmp_path: Path) -> None:
    """The snapshot before still stands, and nothing half-made is left."""
    good = warehouse.publish_ledger(at(16))
    spoiled = warehouse.snapshots / ".ledger-1.part"
    spoiled.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    with pytest.raises(SnapshotError, match="still stands"):
        snapshot.publish(
            spoiled, warehouse.snapshots, "ledger", at(17), keep=3, engine=Engine(warehouse.files, tmp_path)
        )
    assert _names(warehouse) == ["current", good.name]
    assert snapshot.current(warehouse.snapshots, "ledger").resolve() == good.resolve()


def test_a_spoiled_snapshot_is_passed_over(warehouse: Warehouse) -> None:
    """The one before is shown, with what is wrong with the newest."""
    _change(warehouse, "r1")
    warehouse.publish_ledger(at(16))
    _change(warehouse, "r2")
    newest = warehouse.publish_ledger(at(17))
    newest.chmod(0o644)
    newest.write_bytes(b"no database")
    with warehouse.read() as reader:
        assert reader.query("SELECT run_id FROM runs").rows == [("r1",)]
        assert reader.problem is not None
        assert newest.name in reader.problem


def test_without_a_snapshot_the_command_is_named(warehouse: Warehouse) -> None:
    """A stranger is told what to run."""
    with pytest.raises(NoSnapshot, match="targetwatch run"):
        warehouse.read()


def test_the_health_of_a_warehouse(tmp_path: Path) -> None:
    """Before anything was gathered there is nothing to measure; afterwards sizes, rows, versions and ages are known."""
    warehouse = Warehouse(tmp_path, PRODUCT_SQL, PROGRAMME_SQL)
    before = health.examine(warehouse, at(16))
    assert [(one.name, one.bytes, one.snapshot) for one in before] == [("ledger", None, None), ("records", None, None)]
    _change(warehouse, "r")
    path = warehouse.publish_ledger(at(16, 10))
    about, _ = health.examine(warehouse, at(16, 12))
    steps = list((PRODUCT_SQL / "migrations" / "ledger").glob("*.sql"))
    assert (about.rows["run"], about.schema_version, about.snapshots_kept) == (1, len(steps), 1)
    assert about.snapshot is not None
    assert about.snapshot.resolve() == path.resolve()
    assert about.snapshot_age == at(16, 12) - at(16, 10)
    assert about.bytes == about.snapshot_bytes == path.stat().st_size
