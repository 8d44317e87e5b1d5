"""Parquet: only the named columns are read from the file at all."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from targetwatch.gathering import reasons
from targetwatch.gathering.formats.table import Table, UnreadableError, match_header, rejected_rows
from targetwatch.model import Source

FOOTER = b"PAR1"


def read_parquet(path: Path, source: Source) -> Table:
    """The named columns of the Parquet file at `path`, with the types that they have there."""
    with path.open("rb") as file:
        file.seek(0, 2)
        if file.tell() < 12:
            raise UnreadableError(reasons.TRUNCATED_PARQUET)
        file.seek(-len(FOOTER), 2)
        if file.read() != FOOTER:
            raise UnreadableError(reasons.TRUNCATED_PARQUET)
    try:
        header = match_header(list(pl.read_parquet_schema(path)), source)
        if not header.named:
            raise UnreadableError(
                reasons.no_known_column(header.delivered, [column.delivered_as for column in source.columns])
            )
        schema_names = list(pl.read_parquet_schema(path))
        # One file, whatever its name: a name with * or [ in it is no pattern here.
        frame = pl.read_parquet(path, columns=[schema_names[place] for place, _ in header.named], glob=False)
    except (pl.exceptions.PolarsError, OSError) as fault:
        raise UnreadableError(reasons.TRUNCATED_PARQUET) from fault
    frame = frame.rename({schema_names[place]: column.name for place, column in header.named})
    return Table(header, frame.with_row_index("position", offset=1).cast({"position": pl.Int64}), rejected_rows(()))
