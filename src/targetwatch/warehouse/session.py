"""An open database: queries by name in, Polars frames out. Times go in and come out aware, in UTC."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from targetwatch.warehouse.errors import WarehouseBusy, WarehouseError
from targetwatch.warehouse.files import SqlFiles
from targetwatch.warehouse.staged_rows import FileRows, GoodRows


class Connection:
    """A connection inside a short open-transaction-close block. Not for keeping, and not for other threads."""

    def __init__(self, duck: duckdb.DuckDBPyConnection, files: SqlFiles) -> None:
        self._duck = duck
        self.files = files
        self.is_bounded = False

    def frame(self, query: str, **values: object) -> pl.DataFrame:
        """The rows of the product's query of that name."""
        return self._execute(self.files.query(query), values).pl()

    def run(self, query: str, **values: object) -> int:
        """Run the product's statement of that name and return how many rows it wrote."""
        row = self._execute(self.files.query(query), values).fetchone()
        return int(row[0]) if row and isinstance(row[0], int) else 0

    def measure(self, metric_sql: str, **values: object) -> pl.DataFrame:
        """The rows of the programme's measurement of that name."""
        return self._execute(self.files.metric(metric_sql), values).pl()

    def script(self, text: str, **values: object) -> None:
        """Run the statements of a file one after the other, each with those of the values that it names."""
        for statement in self._duck.extract_statements(text):
            wanted = {name: values[name] for name in statement.named_parameters}
            self._duck.execute(statement, wanted) if wanted else self._duck.execute(statement)

    def bind(self, view: str) -> None:
        """See whether a view can be answered, without answering it."""
        self._duck.view(view)

    def bound_memory(self) -> None:
        """From here on keep little in memory, and spill what does not fit: for a large batch."""
        self.script(self.files.query("bound_memory"))
        self.is_bounded = True

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block does, or nothing of it."""
        self._duck.execute("BEGIN TRANSACTION")
        try:
            yield
        except BaseException:
            self._duck.execute("ROLLBACK")
            raise
        self._duck.execute("COMMIT")

    @contextmanager
    def staged(self, rows: pl.DataFrame | FileRows | GoodRows) -> Iterator[None]:
        """While inside, `rows` can be read in SQL as the relation `staged`."""
        if isinstance(rows, pl.DataFrame):
            self._duck.register("staged", rows)
        else:
            rows.create_view(self._duck, self.files)
        try:
            yield
        finally:
            if isinstance(rows, pl.DataFrame):
                self._duck.unregister("staged")
            else:
                rows.drop_view(self._duck, self.files)

    def write(self, query: str, rows: pl.DataFrame | FileRows, **values: object) -> int:
        """Run a statement that reads `rows` as `staged`; the number of rows that it wrote."""
        if rows.is_empty():
            return 0
        with self.staged(rows):
            return self.run(query, **values)

    def _execute(self, text: str, values: dict[str, Any]) -> duckdb.DuckDBPyConnection:
        return self._duck.execute(text, values) if values else self._duck.execute(text)


class Engine:
    """DuckDB without a file, in which files are opened one at a time: starting it costs twice what opening one does.

    It is kept from block to block as long as nothing goes wrong; whoever comes while it is in use gets another one.
    """

    def __init__(self, files: SqlFiles, spill: Path) -> None:
        self._files = files
        self._spill = spill
        self._idle: duckdb.DuckDBPyConnection | None = None

    @contextmanager
    def opened(self, path: Path, name: str, *, read_only: bool = False) -> Iterator[Connection]:
        """`path`, open under `name` for as long as the block lasts. What was written is in the file itself then.

        Raises WarehouseBusy where another program has it open, and WarehouseError where it cannot be opened.
        """
        duck, self._idle = self._idle or connect(self._spill), None
        try:
            _attach(duck, path, name, read_only=read_only)
            conn = Connection(duck, self._files)
            yield conn
            duck.execute("USE memory")
            duck.execute(f"DETACH {name}")
        except BaseException:
            duck.close()
            raise
        if conn.is_bounded:
            duck.close()
        else:
            self._idle = duck


def connect(spill: Path) -> duckdb.DuckDBPyConnection:
    """Start DuckDB, with no file open and with the settings that all of targetwatch uses."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,  # nothing is fetched behind anybody's back
        "autoload_known_extensions": False,
        "memory_limit": f"{_memory_megabytes()}MB",
        "temp_directory": str(spill),
        "threads": min(os.cpu_count() or 1, 8),
    }
    duck = duckdb.connect(":memory:", config=settings)
    duck.execute("SET TimeZone = 'UTC'")
    return duck


def attach(path: Path, name: str, *, read_only: bool = True) -> str:
    """The statement that attaches a file. ATTACH takes no parameters, so the path is quoted here, and only here."""
    quoted = str(path).replace("'", "''")
    return f"ATTACH '{quoted}' AS {name} ({'READ_ONLY' if read_only else 'READ_WRITE'});"


def _attach(duck: duckdb.DuckDBPyConnection, path: Path, name: str, *, read_only: bool) -> None:
    """Open `path` under `name`, and find there what has no other name before it."""
    try:
        duck.execute(attach(path, name, read_only=read_only))
    except duckdb.IOException as failure:
        if "Could not set lock" not in str(failure):
            raise WarehouseError(f"{path} cannot be opened: {one_line(failure)}") from failure
        raise WarehouseBusy(
            f"Another program has {path} open ({one_line(failure)}). Only targetwatch may open this file: end that "
            "program and try again. For reading there are snapshots: `targetwatch sql`, or snapshots/current/."
        ) from failure
    duck.execute(f"USE {name}")


def one_line(failure: Exception) -> str:
    """DuckDB's message and its hint, without the lines that point into the query."""
    text = str(failure).partition("\n\nLINE ")[0]
    return " ".join(text.split())


def _memory_megabytes() -> int:
    """Half of the machine's memory: Great Expectations or Airflow wants the other."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(512, physical // 2 // 2**20)
