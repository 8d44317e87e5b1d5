"""The spool: what was fetched from a system, written down as one delivery that goes the way of all others.

Only the columns that the source names are written, ids as keyed hashes, and whole or not at all. The same rows make
the same bytes, whatever order they came in, and so the same batch.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from targetwatch.gathering.delivery import Delivery
from targetwatch.gathering.record_key import keyed_hashes
from targetwatch.model import Source

if TYPE_CHECKING:
    import polars as pl

ROWS_AT_ONCE = 100_000
UNFINISHED = ".part"

Row = Mapping[str, Any]


def spool(rows: Iterable[Row], source: Source, folder: Path, key: bytes, now: datetime) -> Delivery | None:
    """Write the fetched `rows`, keyed by the names that the source's columns are delivered under, to `folder`.

    None where there are none. A value that is no text, number, truth value, date or moment is written as JSON text,
    for the gate to judge. `now` names the file. What raises while the rows are fetched leaves nothing behind.
    """
    import polars as pl

    seen: set[str] = set()
    parts = [_frame(part, source, key, seen) for part in _parts(rows, ROWS_AT_ONCE)]
    if not parts:
        return None
    # A column that no row has is left out, so that the gate misses it.
    frame = pl.concat(parts, how="vertical").select(
        column.delivered_as for column in source.columns if column.delivered_as in seen
    )
    return _write(frame.sort(frame.columns, nulls_last=True), source, folder, now)


def spooled(source: Source, folder: Path) -> list[Delivery]:
    """The deliveries of `source` that lie complete in the spool `folder`: those of a pass that died, and the newest.

    What a pass that died left unfinished is removed.
    """
    place = folder / source.id
    if not place.is_dir():
        return []
    for unfinished in place.glob(f".*{UNFINISHED}"):
        unfinished.unlink(missing_ok=True)
    found = sorted(path for path in place.iterdir() if not path.name.startswith("."))
    return [Delivery(path, source.id, path.name, path.stat().st_size, spooled=True) for path in found]


def _parts(rows: Iterable[Row], size: int) -> Iterator[Sequence[Row]]:
    remaining = iter(rows)
    while part := list(islice(remaining, size)):
        yield part


def _frame(rows: Sequence[Row], source: Source, key: bytes, seen: set[str]) -> pl.DataFrame:
    """The named columns of `rows` as text, ids hashed; the names that the rows have go into `seen`."""
    import polars as pl

    for row in rows:
        seen.update(row)
    columns = {}
    for column in source.columns:
        values = pl.Series(column.delivered_as, [as_text(row.get(column.delivered_as)) for row in rows], pl.String)
        columns[column.delivered_as] = keyed_hashes(values, key) if column.keyed_hash else values
    return pl.DataFrame(columns)


def as_text(value: Any) -> str | None:
    """A fetched value as it would stand in a file; None where there is none."""
    import json
    from datetime import date

    match value:
        case None:
            return None
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case datetime() | date():
            return value.isoformat()
        case dict() | list() | tuple():
            return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return str(value)


def _write(frame: pl.DataFrame, source: Source, folder: Path, now: datetime) -> Delivery:
    place = folder / source.id
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = place / f"{source.id}-{now:%Y%m%dT%H%M%S%fZ}.parquet"
    unfinished = place / f".{path.name}.{secrets.token_hex(4)}{UNFINISHED}"
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            frame.write_parquet(file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
    return Delivery(path, source.id, path.name, path.stat().st_size, spooled=True)
