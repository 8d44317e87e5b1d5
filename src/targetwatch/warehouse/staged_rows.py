"""Rows that lie in Parquet files and are read from there by the statements that record them: never all in memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from targetwatch.warehouse.files import SqlFiles


@dataclass(frozen=True, slots=True)
class FileRows:
    """The rows of some Parquet files, as they stand there."""

    files: tuple[Path, ...]
    height: int

    def is_empty(self) -> bool:
        """Whether there are none."""
        return self.height == 0

    def create_view(self, duck: duckdb.DuckDBPyConnection, files: SqlFiles) -> None:
        """Let the rows be the relation `staged`. There is at least one."""
        duck.read_parquet([str(path) for path in self.files]).create_view("staged")

    def drop_view(self, duck: duckdb.DuckDBPyConnection, files: SqlFiles) -> None:
        """Let `staged` be nothing again."""
        for statement in duck.extract_statements(files.query("unstage")):
            duck.execute(statement)


@dataclass(frozen=True, slots=True)
class GoodRows:
    """The rows of one Parquet file but for some, each with the batch it came in and when that became known.

    `bad` are files with the places (`place`, from 0) of the rows that are left out: at least one file, with or without
    any. The file's column `row` is left out too.
    """

    rows: Path
    bad: tuple[Path, ...]
    height: int
    batch_id: str
    known_from: datetime

    def is_empty(self) -> bool:
        """Whether no good row is left."""
        return self.height == 0

    def create_view(self, duck: duckdb.DuckDBPyConnection, files: SqlFiles) -> None:
        """Let the rows be the relation `staged`."""
        duck.read_parquet(str(self.rows), file_row_number=True).create_view("staged_file")
        duck.read_parquet([str(path) for path in self.bad]).create_view("staged_bad")
        duck.register("staged_stamp", self._stamp())
        duck.execute(files.query("stage_good_rows"))

    def drop_view(self, duck: duckdb.DuckDBPyConnection, files: SqlFiles) -> None:
        """Let `staged` be nothing again."""
        for statement in duck.extract_statements(files.query("unstage")):
            duck.execute(statement)
        duck.unregister("staged_stamp")

    def frame(self) -> pl.DataFrame:
        """All of them at once: for batches that are known to be small."""
        rows = pl.read_parquet(self.rows, glob=False).with_row_index("place").cast({"place": pl.Int64})
        bad = pl.concat([pl.read_parquet(path, glob=False) for path in self.bad])
        good = rows.join(bad, on="place", how="anti", maintain_order="left").drop("place", "row")
        return good.join(self._stamp(), how="cross", maintain_order="left")

    def _stamp(self) -> pl.DataFrame:
        known_from = pl.Series("known_from", [self.known_from], dtype=pl.Datetime("us", "UTC"))
        return pl.DataFrame([pl.Series("batch_id", [self.batch_id]), known_from])
