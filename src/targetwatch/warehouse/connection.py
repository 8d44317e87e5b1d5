"""The warehouse on disk: two live files that nobody else opens, in short blocks under a file lock each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from targetwatch.warehouse import migrations, snapshot
from targetwatch.warehouse.errors import WarehouseBusy, WarehouseError, WatchRunning
from targetwatch.warehouse.files import SqlFiles
from targetwatch.warehouse.reader import Reader, open_snapshots
from targetwatch.warehouse.session import Connection, Engine, one_line

DATABASES = ("ledger", "records")


class Warehouse:
    """The live databases under `home`, their locks, and the snapshots that everybody else reads."""

    def __init__(
        self,
        home: Path,
        product_sql: Path,
        programme_sql: Path,
        snapshots_kept: int = 3,
        wait_seconds: float = 120,
    ) -> None:
        self.home = home
        self.files = SqlFiles(product_sql, programme_sql)
        self.folder = home / "warehouse"
        self.snapshots = home / "snapshots"
        self._kept = snapshots_kept
        self._wait_seconds = wait_seconds
        self._engine = Engine(self.files, self.folder / "spill")
        self._prepared: dict[str, int] = {}  # database -> the file that was

    def live(self, database: str) -> Path:
        """The live file of `ledger` or `records`. Only the warehouse opens it."""
        return self.folder / f"{database}.duckdb"

    @contextmanager
    def ledger(self) -> Iterator[Connection]:
        """The live ledger for one short transaction: committed when the block ends, undone when it raises."""
        with self.open("ledger") as conn:
            yield conn

    @contextmanager
    def records(self) -> Iterator[Connection]:
        """The live records for one short transaction. Where both are needed, open the records first."""
        with self.open("records") as conn:
            yield conn

    @contextmanager
    def open(self, database: str) -> Iterator[Connection]:
        """The live `ledger` or `records` for one short transaction."""
        with self._held(database), self._prepared_connection(database) as conn, conn.transaction():
            yield conn

    @contextmanager
    def run_lock(self, wait_seconds: float = 0) -> Iterator[None]:
        """Hold off every other pass of `watch`, on this machine, for as long as the block lasts."""
        with self._lock("run", wait_seconds) as held:
            if not held:
                raise WatchRunning(
                    f"Another pass of watch is running and holds {self.folder / 'run.lock'}. Nothing was done: it sees "
                    "what has been gathered so far. Try again when it is done."
                )
            yield

    @contextmanager
    def sending(self, wait_seconds: float | None = None) -> Iterator[None]:
        """Hold off every other sender of messages. This lock keeps nobody from the ledger."""
        with self._lock("sending", self._wait_seconds if wait_seconds is None else wait_seconds) as held:
            if not held:
                raise WarehouseBusy(f"Another process is sending messages and holds {self.folder / 'sending.lock'}.")
            yield

    def publish_ledger(self, moment: datetime) -> Path:
        """Publish the ledger as it stands, named after `moment`, and return the snapshot's path."""
        return self._publish("ledger", moment)

    def publish_records(self, moment: datetime) -> Path:
        """Publish the records as they stand, named after `moment`, and return the snapshot's path."""
        return self._publish("records", moment)

    def read(self) -> Reader:
        """The newest snapshots, read-only. Close it when done, or use it in a `with`."""
        return open_snapshots(self.home)

    def _publish(self, database: str, moment: datetime) -> Path:
        # Two locks: whoever publishes keeps the other publishers off, but writers only while the file is copied.
        with self._lock(f"publish-{database}", self._wait_seconds) as held:
            if not held:
                raise WarehouseBusy(f"Another process is publishing the {database} and holds a lock in {self.folder}.")
            snapshot.sweep(self.snapshots, database)
            with self._held(database):
                self._settle(database)
                copy = snapshot.copy(self.live(database), self.snapshots, database)
            if copy is None:
                return snapshot.current(self.snapshots, database)
            return snapshot.publish(copy, self.snapshots, database, moment, keep=self._kept, engine=self._engine)

    def _settle(self, database: str) -> None:
        """Bring all that was committed into the live file itself. Only a block that was killed leaves any outside."""
        path = self.live(database)
        if snapshot.log_of(path).exists() or not self._is_prepared(database):
            with self._prepared_connection(database):
                pass

    @contextmanager
    def _prepared_connection(self, database: str) -> Iterator[Connection]:
        path = self.live(database)
        try:
            with self._engine.opened(path, database) as conn:
                if not self._is_prepared(database):
                    with conn.transaction():
                        migrations.prepare(conn, database, path)
                    self._prepared[database] = path.stat().st_ino
                yield conn
        except duckdb.Error as failure:
            raise WarehouseError(f"The {database} in {path}: {one_line(failure)}") from failure

    def _is_prepared(self, database: str) -> bool:
        path = self.live(database)
        return path.exists() and self._prepared.get(database) == path.stat().st_ino

    @contextmanager
    def _held(self, database: str) -> Iterator[None]:
        with self._lock(database, self._wait_seconds) as held:
            if not held:
                raise WarehouseBusy(
                    f"The {database} stayed locked for {self._wait_seconds:g} s: another targetwatch process holds "
                    f"{self.folder / f'{database}.lock'}. If it hangs, end it: the lock goes with it, nothing is lost."
                )
            yield

    @contextmanager
    def _lock(self, name: str, wait_seconds: float) -> Iterator[bool]:
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / f"{name}.lock")
        try:
            lock.acquire(timeout=wait_seconds)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()
