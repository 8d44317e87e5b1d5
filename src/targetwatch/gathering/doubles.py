"""The same record twice in a delivery, in whatever blocks it stands.

Of each row a hash of its record id is kept in memory, eight bytes; only rows that share one are looked at again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from targetwatch.gathering import reasons
from targetwatch.gathering.placing import identity_of
from targetwatch.model import Source


class RecordIds:
    """The record ids of a delivery, as hashes, in its order."""

    def __init__(self) -> None:
        self._hashes: list[np.ndarray] = []

    def add(self, record_ids: pl.Series) -> None:
        """The ids of the next rows."""
        self._hashes.append(record_ids.hash().to_numpy())

    def repeated(self) -> pl.Series:
        """The hashes that stand more than once, sorted. The order of the ids is forgotten."""
        hashes = np.concatenate(self._hashes) if self._hashes else np.array([], np.uint64)
        self._hashes.clear()
        hashes.sort()
        again = hashes[1:][hashes[1:] == hashes[:-1]]
        return pl.Series(np.unique(again), dtype=pl.UInt64)


def doubles(rows: Path, ids: RecordIds, bad: list[Path], source: Source, rows_at_once: int) -> Iterator[pl.DataFrame]:
    """Rows of one identity, by their `place` in the file `rows`: all where they differ, all but the first where not.

    Rows whose place is in the files `bad` are left out. Gives frames of place, reason and column_name.
    """
    identity = identity_of(source)
    hashes = ids.repeated() if identity else pl.Series(dtype=pl.UInt64)
    if hashes.is_empty():
        return
    known = pl.concat([pl.scan_parquet(path, glob=False) for path in bad]) if bad else None
    content = [column.name for column in source.columns]
    lazy = pl.scan_parquet(rows, glob=False, row_index_name="place").with_columns(pl.col("place").cast(pl.Int64))
    hashed = pl.col("record_id").hash()
    counts = lazy.select(hash=hashed).filter(pl.col("hash").is_in(hashes.implode())).group_by("hash").len()
    for low, high in _ranges(counts.collect().sort("hash"), rows_at_once):
        candidates = lazy.filter(hashed.is_between(low, high), hashed.is_in(hashes.implode()))
        if known is not None:
            candidates = candidates.join(known, on="place", how="anti")
        yield _failing(candidates.select("place", "record_id", *content).collect().sort("place"), content, identity[0])


def _ranges(counts: pl.DataFrame, rows_at_once: int) -> Iterator[tuple[int, int]]:
    """The lowest and highest hash of ranges that hold about so many rows."""
    part = (pl.col("len").cum_sum() - pl.col("len")) // max(rows_at_once, 1)
    ranges = counts.group_by(part.alias("part")).agg(low=pl.col("hash").min(), high=pl.col("hash").max()).sort("part")
    yield from ranges.select("low", "high").iter_rows()


def _failing(candidates: pl.DataFrame, content: list[str], blamed: str) -> pl.DataFrame:
    found = candidates.filter(pl.col("record_id").is_duplicated())
    if found.is_empty():
        return pl.DataFrame(schema={"place": pl.Int64, "reason": pl.String, "column_name": pl.String})
    found = found.with_columns(same=pl.struct(content).n_unique().over("record_id") == 1)
    return found.filter(~pl.col("same") | ~pl.col("record_id").is_first_distinct()).select(
        place="place",
        reason=pl.when("same").then(pl.lit(str(reasons.REPEATED_ROW))).otherwise(pl.lit(str(reasons.CONFLICTING_ROWS))),
        column_name=pl.lit(blamed),
    )
