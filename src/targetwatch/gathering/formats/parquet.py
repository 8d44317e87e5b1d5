"""Parquet: only the named columns are read from the file at all, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from targetwatch.gathering import reasons
from targetwatch.gathering.formats.table import Block, Header, Table, UnreadableError, match_header, rejected_rows
from targetwatch.model import Source

FOOTER = b"PAR1"
ROWS_AT_ONCE = 262_144


def read_parquet(path: Path, source: Source) -> Table:
    """The named columns of the Parquet file at `path`, with the types that they have there."""
    with path.open("rb") as file:
        file.seek(0, 2)
        if file.tell() < 12:
            raise UnreadableError(reasons.TRUNCATED_PARQUET)
        file.seek(-len(FOOTER), 2)
        if file.read() != FOOTER:
            raise UnreadableError(reasons.TRUNCATED_PARQUET)
    with _damage_said():
        names = list(pl.read_parquet_schema(path))
    header = match_header(names, source)
    if not header.named:
        raise UnreadableError(
            reasons.no_known_column(header.delivered, [column.delivered_as for column in source.columns])
        )
    return Table(header, _read(path, names, header, ROWS_AT_ONCE))


def _read(path: Path, names: list[str], header: Header, rows_at_once: int) -> Iterator[Block]:
    # One file, whatever its name: a name with * or [ in it is no pattern here.
    lazy = pl.scan_parquet(path, glob=False)
    wanted = lazy.select(pl.col(names[place]).alias(column.name) for place, column in header.named)
    with _damage_said():
        rows = lazy.select(pl.len()).collect().item()
    for offset in range(0, max(rows, 1), rows_at_once):
        with _damage_said():
            frame = wanted.slice(offset, rows_at_once).collect()
        frame = frame.with_row_index("position", offset=offset + 1).cast({"position": pl.Int64})
        yield Block(frame, rejected_rows(()))


@contextmanager
def _damage_said() -> Iterator[None]:
    try:
        yield
    except (pl.exceptions.PolarsError, OSError) as fault:
        raise UnreadableError(reasons.TRUNCATED_PARQUET) from fault
