"""Tables on disk that are written and read block by block, so that one of any size goes through a bounded memory."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Literal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 131_072
ROWS_AT_ONCE = 2 * ROW_GROUP  # whole row groups, so that each is unpacked once


def write_blocks(blocks: Iterator[pl.DataFrame], path: Path, compression: Literal["zstd", "lz4"] = "zstd") -> None:
    """Write the blocks, at least one and all with the same columns, as one Parquet file at `path`, to the disk."""
    first = next(blocks)
    if (second := next(blocks, None)) is None:
        first.write_parquet(path, compression=compression, row_group_size=ROW_GROUP)
    else:
        # One after the other: a writer with a queue would let them pile up wherever it is slower than what makes them.
        with pq.ParquetWriter(path, _arrow(first).schema, compression=compression) as writer:
            for block in chain((first, second), blocks):
                writer.write_table(_arrow(block), row_group_size=ROW_GROUP)
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _arrow(block: pl.DataFrame) -> pa.Table:
    return block.to_arrow(compat_level=pl.CompatLevel.oldest())


def read_blocks(
    path: Path, rows_at_once: int = ROWS_AT_ONCE, columns: Sequence[str] | None = None
) -> Iterator[tuple[int, pl.DataFrame]]:
    """The rows of the Parquet file at `path` in blocks, each with the number (from 0) of its first row."""
    lazy = pl.scan_parquet(path, glob=False)
    height = lazy.select(pl.len()).collect().item()
    wanted = lazy if columns is None else lazy.select(columns)
    for offset in range(0, max(height, 1), rows_at_once):
        yield offset, wanted.slice(offset, rows_at_once).collect()


class Parts:
    """A table in as many files as it was added to, in a folder of its own; empty ones leave no file."""

    def __init__(self, folder: Path, nothing: pl.DataFrame) -> None:
        self.folder = folder
        self.height = 0
        self.nothing = nothing
        self.paths: list[Path] = []

    def add(self, frame: pl.DataFrame) -> None:
        """Write `frame` down as the next part, with the columns of `nothing`."""
        if not frame.is_empty():
            self._write(frame)

    def add_empty(self) -> None:
        """Let there be a file even if nothing was added: for readers that take no empty list of files."""
        if not self.paths:
            self._write(self.nothing)

    def frame(self) -> pl.DataFrame:
        """All of it at once."""
        return pl.concat([self.nothing, *(pl.read_parquet(path, glob=False) for path in self.paths)])

    def _write(self, frame: pl.DataFrame) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{len(self.paths):06}.parquet"
        frame.select(self.nothing.columns).write_parquet(path, compression="lz4")
        self.paths.append(path)
        self.height += frame.height
