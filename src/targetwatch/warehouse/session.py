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


@contextmanager
def opened(path: Path, files: SqlFiles, *, read_only: bool = False, spill: Path) -> Iterator[Connection]:
    """`path` opened for as long as the block lasts, without a transaction of its own."""
    duck = connect(path, read_only=read_only, spill=spill)
    try:
        yield Connection(duck, files)
    finally:
        duck.close()


def connect(path: Path | None, *, read_only: bool = False, spill: Path) -> duckdb.DuckDBPyConnection:
    """Open a database file, or with None one in memory, with the settings that all of targetwatch uses."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,  # nothing is fetched behind anybody's back
        "autoload_known_extensions": False,
        "memory_limit": f"{_memory_megabytes()}MB",
        "temp_directory": str(spill),
        "threads": min(os.cpu_count() or 1, 8),
    }
    try:
        duck = duckdb.connect(str(path) if path else ":memory:", read_only=read_only, config=settings)
    except duckdb.IOException as failure:
        if "Could not set lock" not in str(failure):
            raise WarehouseError(f"{path} cannot be opened: {one_line(failure)}") from failure
        raise WarehouseBusy(
            f"Another program has {path} open ({one_line(failure)}). Only targetwatch may open this file: end that "
            "program and try again. For reading there are snapshots: `targetwatch sql`, or snapshots/current/."
        ) from failure
    duck.execute("SET TimeZone = 'UTC'")
    return duck


def one_line(failure: Exception) -> str:
    """DuckDB's message and its hint, without the lines that point into the query."""
    text = str(failure).partition("\n\nLINE ")[0]
    return " ".join(text.split())


def _memory_megabytes() -> int:
    """Half of the machine's memory: Great Expectations or Airflow wants the other."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(512, physical // 2 // 2**20)
