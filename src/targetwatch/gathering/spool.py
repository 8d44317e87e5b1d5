"""The spool: what was fetched from a system, written down as one delivery that goes the way of all others.

Only the columns that the source names are written, ids as keyed hashes, and whole or not at all. The same rows make
the same bytes, whatever order they came in, and so the same batch. However many there are, only so many are held in
memory: they are sorted part by part, and the parts are merged.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from heapq import merge
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from targetwatch.gathering.delivery import Delivery
from targetwatch.gathering.record_key import keyed_hashes
from targetwatch.model import ColumnType, ObjectFetch, Source

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

ROWS_AT_ONCE = 100_000
UNFINISHED = ".part"
WATERMARK = "targetwatch.watermark"  # the key under which a spooled file says how far it goes
UNNAMED = "targetwatch.unnamed"  # and the one for the fields that the system gave and the source does not name
NAMES_KEPT = 200  # of those fields, so that data in the place of names fills neither memory nor file
DIGITS = 20  # a mark that is a number is written with so many, so that marks sort as text
LAST = 2 * chr(0x10FFFF)  # sorts behind all text that anybody writes
ZONES_AHEAD = timedelta(hours=14)  # the farthest that a wall clock is ahead of UTC

Row = Mapping[str, Any]


def spool(rows: Iterable[Row], source: Source, folder: Path, key: bytes, now: datetime) -> Delivery | None:
    """Write the fetched `rows`, keyed by the names that the source's columns are delivered under, to `folder`.

    None where there are none. A value that is no text, number, truth value, date or moment is written as JSON text,
    for the gate to judge. `now` names the file. What raises while the rows are fetched leaves nothing behind.
    """
    place = folder / source.id
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = place / f"{source.id}-{now:%Y%m%dT%H%M%S%fZ}.parquet"
    seen: set[str] = set()
    mark: str | None = None
    with ExitStack() as parts:
        files: list[Path] = []
        for part in _parts(rows, ROWS_AT_ONCE):
            frame = _frame(part, source, key, seen)
            mark = max(filter(None, (mark, _mark(frame, source, now))), default=None)
            files.append(parts.enter_context(_unfinished(path)))
            with _private(files[-1]) as file:
                frame.sort(frame.columns, nulls_last=True).write_parquet(file, compression="lz4")
        if not files:
            return None
        # A column that no row has is left out, so that the gate misses it.
        names = [column.delivered_as for column in source.columns if column.delivered_as in seen]
        whole = parts.enter_context(_unfinished(path))
        with _private(whole) as file:
            _write(_merged(files, names), names, mark, _unnamed(seen, source), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(whole, path)
    return Delivery(path, source.id, path.name, path.stat().st_size, spooled=True)


def spooled(source: Source, folder: Path) -> list[Delivery]:
    """The deliveries of `source` that lie complete in the spool `folder`: those of a pass that died, and the newest."""
    place = folder / source.id
    if not place.is_dir():
        return []
    found = sorted(path for path in place.iterdir() if not path.name.startswith("."))
    if isinstance(source.fetch, ObjectFetch):  # as they came, and so read by their formats
        return [
            Delivery(path, source.id, path.name.split("-", 2)[-1], path.stat().st_size, is_copy=True) for path in found
        ]
    return [Delivery(path, source.id, path.name, path.stat().st_size, spooled=True) for path in found]


def sweep(source: Source, folder: Path) -> None:
    """Remove what a pass that died left unfinished in the spool. Only whoever holds off other passes may do so."""
    for unfinished in (folder / source.id).glob(f".*{UNFINISHED}"):
        unfinished.unlink(missing_ok=True)


def watermark_of(path: Path) -> str | None:
    """How far the spooled file at `path` goes: the largest mark among its rows, bad ones too, as text that sorts.

    A mark from the future says nothing of how far was gathered, and does not count: one wrong row would hide all that
    comes after it.
    """
    import polars as pl

    return pl.read_parquet_metadata(path).get(WATERMARK)


def unnamed_in(path: Path) -> tuple[str, ...]:
    """The fields that the system gave beside those that the source names, by the spooled file at `path`."""
    import polars as pl

    return tuple(json.loads(pl.read_parquet_metadata(path).get(UNNAMED, "[]")))


def as_text(value: Any) -> str | None:
    """A fetched value as it would stand in a file, moments with a zone in UTC; None where there is none."""
    if value is None or isinstance(value, str):
        return value
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
        case date():
            return value.isoformat()
        case float():
            # In full, never as 1e-07; what is no number stays so, and is put aside by the gate.
            return format(Decimal(repr(value)), "f")
        case Decimal():
            return format(value, "f")
        case bytes() | bytearray() | memoryview():
            return bytes(value).decode("utf-8", "replace")
        case dict() | list() | tuple():
            return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return str(value)


def _parts(rows: Iterable[Row], size: int) -> Iterator[Sequence[Row]]:
    remaining = iter(rows)
    while part := list(islice(remaining, size)):
        yield part


def _frame(rows: Sequence[Row], source: Source, key: bytes, seen: set[str]) -> pl.DataFrame:
    """The named columns of `rows` as text, ids hashed; the names that the rows have go into `seen`."""
    import polars as pl

    named = {column.delivered_as for column in source.columns}
    for row in rows:
        seen.update(row.keys() if len(seen) < NAMES_KEPT + len(named) else named & row.keys())
    columns = {}
    for column in source.columns:
        values = pl.Series(column.delivered_as, [as_text(row.get(column.delivered_as)) for row in rows], pl.String)
        columns[column.delivered_as] = keyed_hashes(values, key) if column.keyed_hash else values
    return pl.DataFrame(columns)


def _mark(frame: pl.DataFrame, source: Source, now: datetime) -> str | None:
    """The largest mark among the rows of `frame` that is not from the future."""
    import polars as pl

    column = next((column for column in source.columns if column.name == source.watermark), None)
    if column is None:
        return None
    marks = frame[column.delivered_as].drop_nulls()
    if column.type is ColumnType.INTEGER:
        marks = marks.filter(marks.str.contains(r"^\d+$")).str.zfill(DIGITS)
    else:
        # A moment without a zone is by a wall clock, which may be ahead of UTC.
        has_zone = marks.str.contains(r"T.*(Z|[+-]\d{2}:\d{2})$")
        latest = (pl.lit(_utc(now)), pl.lit(_utc(now + ZONES_AHEAD)))
        marks = marks.to_frame("mark").filter(pl.col("mark") <= pl.when(has_zone).then(latest[0]).otherwise(latest[1]))[
            "mark"
        ]
    largest = marks.max()
    return None if largest is None else str(largest)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _merged(files: Sequence[Path], names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """The rows of the sorted `files`, sorted among each other, in blocks."""
    import pyarrow as pa

    schema = pa.schema([(name, pa.string()) for name in names])
    parts = [_rows(file, names, max(ROWS_AT_ONCE // len(files), 1_000)) for file in files]
    rows = iter(merge(*parts, key=_in_order)) if len(parts) > 1 else parts[0]
    while block := list(islice(rows, ROWS_AT_ONCE)):
        columns = [pa.array(values, pa.string()) for values in zip(*block, strict=True)]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _rows(file: Path, names: Sequence[str], at_once: int) -> Iterator[tuple[str | None, ...]]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(file) as part:
        for block in part.iter_batches(at_once, columns=list(names)):
            yield from zip(*(block.column(name).to_pylist() for name in names), strict=True)


def _in_order(row: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """What rows are sorted by, as Polars does within a part: what is missing comes last."""
    return tuple(LAST if value is None else value for value in row) if None in row else row


def _unnamed(seen: set[str], source: Source) -> list[str]:
    """Of the names that were `seen` those that the source does not name, the first so many by the alphabet."""
    return sorted(name[:100] for name in seen - {column.delivered_as for column in source.columns})[:NAMES_KEPT]


def _write(
    blocks: Iterable[pa.RecordBatch], names: Sequence[str], mark: str | None, unnamed: Sequence[str], file: IO[bytes]
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    about = {UNNAMED: json.dumps(unnamed)} if unnamed else {}
    schema = pa.schema([(name, pa.string()) for name in names], about | ({WATERMARK: mark} if mark is not None else {}))
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for block in blocks:
            writer.write_batch(block)


@contextmanager
def _unfinished(path: Path) -> Iterator[Path]:
    """A name beside `path` that is nobody's yet, and that is gone afterwards unless it was given another."""
    name = path.with_name(f".{path.name}.{secrets.token_hex(4)}{UNFINISHED}")
    try:
        yield name
    finally:
        name.unlink(missing_ok=True)


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """A new file that its owner alone can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
