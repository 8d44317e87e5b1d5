"""Several processes share a warehouse: they wait for each other, readers wait for nobody, and a death loses nothing."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from targetwatch.settings import CHECKOUT
from targetwatch.warehouse import Warehouse, WarehouseBusy, WatchRunning, ledger
from tests.warehouse.conftest import PROGRAMME_SQL
from tests.warehouse.samples import at

IDLE_SHELL = "import duckdb, sys; shell = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"


@contextmanager
def _process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT
    )
    try:
        with process:
            yield process
            process.kill()
    finally:
        process.kill()


def _writer(
    warehouse: Warehouse, name: str, pairs: int, publish_every: int = 0, *more: str
) -> AbstractContextManager[subprocess.Popen[str]]:
    module = "tests.warehouse.writer"
    return _process("-m", module, str(warehouse.home), name, str(pairs), str(publish_every), *more)


def _runs(warehouse: Warehouse) -> list[str]:
    warehouse.publish_ledger(at(17))
    with warehouse.read() as reader:
        return [str(name) for (name,) in reader.query("SELECT run_id FROM runs ORDER BY run_id").rows]


def _waiting(path: Path) -> Warehouse:
    return Warehouse(path, CHECKOUT / "sql", PROGRAMME_SQL, wait_seconds=0.2)


def test_writers_wait_for_each_other_and_readers_for_nobody(warehouse: Warehouse) -> None:
    """Two processes write and publish while a reader reads all the while: no error, whole pairs only, no row lost."""
    warehouse.publish_ledger(at(1))
    with _writer(warehouse, "x", 8, 3) as one, _writer(warehouse, "y", 8, 3) as two:
        seen = 0
        while any(process.poll() is None for process in (one, two)):
            with warehouse.read() as reader:
                runs = [str(name) for (name,) in reader.query("SELECT run_id FROM runs").rows]
            assert len(runs) >= seen
            assert len(runs) % 2 == 0
            seen = len(runs)
        assert [process.returncode for process in (one, two)] == [0, 0]
    assert len(_runs(warehouse)) == 2 * 8 * 2


def test_a_process_killed_inside_a_transaction_loses_only_that(warehouse: Warehouse) -> None:
    """Everything that was committed is there, nothing of what was not, and the lock is free again."""
    with _writer(warehouse, "x", 2, 0, "hold") as process:
        assert process.stdout is not None
        for expected in ("committed 0", "committed 1", "inside"):
            assert process.stdout.readline().strip() == expected
        process.kill()
        process.wait()
        assert _runs(warehouse) == ["x-0000-a", "x-0000-b", "x-0001-a", "x-0001-b"]


@pytest.mark.parametrize("lines", [1, 4, 7])
def test_a_process_killed_at_any_time_loses_nothing_committed(warehouse: Warehouse, lines: int) -> None:
    """Whatever it was doing, all that it said it had committed is there, and every pair is whole."""
    with _writer(warehouse, "x", 1000, 2) as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline().strip() for _ in range(lines)]
        process.kill()
        acknowledged += process.stdout.read().split("\n")
        process.wait()
    runs = _runs(warehouse)
    count = sum(line.startswith("committed") for line in acknowledged)
    assert runs[: 2 * count] == [f"x-{number:04}-{half}" for number in range(count) for half in "ab"]
    assert len(runs) in (2 * count, 2 * count + 2)  # a commit can be durable and not yet said


def test_a_foreign_program_on_the_live_file_is_named(warehouse: Warehouse) -> None:
    """An idle shell on the live ledger is no mystery: the message says which file, which process and what to do."""
    with warehouse.ledger():
        pass
    with _process("-c", IDLE_SHELL, str(warehouse.live("ledger"))) as shell:
        assert shell.stdout is not None
        shell.stdout.readline()
        with pytest.raises(WarehouseBusy) as busy, warehouse.ledger():
            pass
        for part in (str(warehouse.live("ledger")), f"PID {shell.pid}", "snapshots", "end that program"):
            assert part in str(busy.value)


def test_a_lock_that_stays_held_is_named(warehouse: Warehouse) -> None:
    """Whoever waits in vain is told which lock it is, and that ending its holder loses nothing."""
    with _writer(warehouse, "x", 1, 0, "hold") as process:
        assert process.stdout is not None
        assert [process.stdout.readline().strip() for _ in range(2)] == ["committed 0", "inside"]
        with pytest.raises(WarehouseBusy, match=r"ledger\.lock.*nothing is lost"), _waiting(warehouse.home).ledger():
            pass


def test_one_pass_at_a_time(warehouse: Warehouse) -> None:
    """A second pass does not wait: it says that one is running and what that means. Afterwards the lock is free."""
    other = _waiting(warehouse.home)
    with warehouse.run_lock():
        with pytest.raises(WatchRunning, match=r"run\.lock.*Try again"), other.run_lock():
            pass
        with other.ledger():  # the run lock keeps nobody from the ledger
            pass
    with other.run_lock():
        pass


def test_an_error_undoes_the_block(warehouse: Warehouse) -> None:
    """What was written before an exception is not there afterwards, and the ledger can be opened again."""

    def die_half_way() -> None:
        with warehouse.ledger() as conn:
            ledger.start_run(conn, "r", as_of=at(1), started_at=at(1))
            raise LookupError

    with pytest.raises(LookupError):
        die_half_way()
    assert _runs(warehouse) == []
