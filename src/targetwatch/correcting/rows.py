"""Whole rows as they were delivered: out of the original while it is kept, else out of what landed of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from targetwatch.gathering.casting import as_text
from targetwatch.gathering.formats import UnreadableError, read_table, sniff_format
from targetwatch.model import Source

if TYPE_CHECKING:
    import polars as pl

Values = Mapping[str, str | None]  # by the column's name in the warehouse


@dataclass(frozen=True, slots=True)
class Delivered:
    """Rows of a batch by their positions, as far as they could be split into columns.

    `hashed`: its ids are known as keyed hashes alone.
    """

    rows: Mapping[int, Values]
    hashed: bool


def rows_of(
    home: Path, source: Source, batch_id: str, landed_as: str | None, positions: Collection[int] | None = None
) -> Delivered:
    """The rows of a batch at these positions, or all of them. A row that could not be split into columns is missing."""
    original = original_of(home, source, batch_id)
    if original is not None:
        try:
            found: dict[int, Values] = {}
            for block in read_table(original, source, (sniff_format(original),)).blocks:
                found |= _picked(block.frame, source, positions)
            return Delivered(found, hashed=False)
        except UnreadableError:  # the source has other columns than it had: what landed has the old ones
            pass
    has_ids = any(column.keyed_hash for column in source.columns)
    landed = home / landed_as if landed_as else None
    if landed is None or not landed.exists():
        return Delivered({}, hashed=has_ids)
    import polars as pl

    rows = pl.scan_parquet(landed, glob=False)
    if positions is not None:
        rows = rows.filter(pl.col("position").is_in(list(positions)))
    return Delivered(_picked(rows.collect(), source, positions), hashed=has_ids)


def original_of(home: Path, source: Source, batch_id: str) -> Path | None:
    """The kept original of a batch; None where it went with time, or never was one."""
    folder = home / "originals" / source.id
    if not folder.is_dir():
        return None
    start = f"{batch_id[:12]}-"
    return next((path for path in sorted(folder.iterdir()) if path.name.startswith(start)), None)


def _picked(frame: pl.DataFrame, source: Source, positions: Collection[int] | None) -> dict[int, Values]:
    import polars as pl

    if positions is not None:
        frame = frame.filter(pl.col("position").is_in(list(positions)))
    names = [column.name for column in source.columns if column.name in frame.columns]
    places = frame["position"].to_list()
    columns = {name: _as_delivered(frame[name]).to_list() for name in names}
    return {place: {name: columns[name][number] for name in names} for number, place in enumerate(places)}


def _as_delivered(column: pl.Series) -> pl.Series:
    """The values as text, to the letter: what an id is hashed from must come back as it was."""
    import polars as pl

    if column.dtype == pl.String:
        return column
    if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object):
        return as_text(column)
    return column.cast(pl.String)
