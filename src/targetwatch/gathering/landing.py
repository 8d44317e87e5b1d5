"""Landing: a delivery is read, stripped of every column that its source does not name, and written down as it came.

What lands is content-addressed and never changed. Identifiers are turned into keyed hashes before anything is written.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from targetwatch.gathering import reasons
from targetwatch.gathering.delivery import (
    Delivery,
    DeliveryChangedError,
    DeliveryGoneError,
    Fingerprint,
    Landed,
    Refused,
)
from targetwatch.gathering.formats import Table, UnreadableError, read_table
from targetwatch.gathering.formats.table import rejected_rows
from targetwatch.gathering.record_key import keyed_hashes
from targetwatch.gathering.scratch import new_folder
from targetwatch.gathering.spool import unnamed_in, watermark_of
from targetwatch.gathering.time_allowed import FOREVER, TimeAllowed, TookTooLongError
from targetwatch.model import Source, Text

if TYPE_CHECKING:
    import polars as pl

    from targetwatch.gathering.blocks import Parts

BLOCK = 1024 * 1024


def land(
    delivery: Delivery,
    source: Source,
    home: Path,
    record_key: bytes,
    scratch: Path | None = None,
    allowed: TimeAllowed = FOREVER,
) -> Landed | Refused:
    """Read `delivery` and write what its source names to home/landing/<source>/<batch id>.parquet.

    It is read block by block and written in `scratch`, a folder of its own, first; without one it makes one under
    home/scratch. A delivery that cannot be read as rows and columns, or not in the time `allowed`, is Refused, with the
    reason. Raises DeliveryChangedError where the file changes or goes meanwhile, and OSError where it cannot be opened;
    both leave it where it lies.
    """
    folder = scratch or new_folder(home)
    try:
        before = delivery.fingerprint()
        if delivery.problem is not None:
            content_hash = hashlib.sha256(os.fsencode(delivery.path)).hexdigest()
            return _refused(source, content_hash, delivery.problem, before)
        content_hash = hash_content(delivery.path)
        try:
            table = read_table(delivery.path, source, ("parquet",) if delivery.spooled or delivery.correction else None)

            def between() -> None:
                allowed.check()
                _check_unchanged(delivery, before)

            read = _read(table, source, None if delivery.spooled else record_key, folder, between)
        except (UnreadableError, TookTooLongError) as fault:
            _check_unchanged(delivery, before)
            because = fault.because if isinstance(fault, UnreadableError) else reasons.took_too_long(fault.minutes)
            return _refused(source, content_hash, because, before)
        mark = watermark_of(delivery.path) if delivery.spooled else None
        unnamed = unnamed_in(delivery.path) if delivery.spooled else table.header.unnamed
        _check_unchanged(delivery, before)
    except FileNotFoundError as fault:
        if os.path.lexists(delivery.path):
            raise
        raise DeliveryGoneError(f"{delivery.name} is no longer in the inbox: something else has taken it.") from fault
    batch = batch_id(source.id, content_hash)
    path = home / "landing" / source.id / f"{batch}.parquet"
    keep_once(read.content, path)
    delivered = {column.name for _, column in table.header.named}
    missing = [column.delivered_as for column in source.columns if column.required and column.name not in delivered]
    return Landed(
        batch,
        content_hash,
        path,
        read.content,
        read.rows,
        read.rejected,
        unnamed,
        before,
        tuple(missing),
        mark,
        tuple(column.name for column in source.columns if column.name in delivered),
        table.parts,
    )


def batch_id(source_id: str, content_hash: str) -> str:
    """What identifies a batch: the hash of its source and its content, so that the same bytes twice are one batch."""
    return hashlib.sha256(f"{source_id}\0{content_hash}".encode()).hexdigest()[:32]


def hash_content(path: Path) -> str:
    """The SHA-256 of the file at `path`, read block by block."""
    hashing = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            hashing.update(block)
    return hashing.hexdigest()


def keep_once(content: Path, path: Path) -> None:
    """Let `path` be the file `content`, which is written to the end, if nothing is there: whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.link(content, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class _Read(NamedTuple):
    content: Path
    rows: int
    rejected: Parts


def _read(table: Table, source: Source, key: bytes | None, folder: Path, between: Callable[[], None]) -> _Read:
    """Read the whole of `table` and write it down in `folder`; ids as hashes under `key`, unless they are already."""
    from targetwatch.gathering.blocks import Parts, write_blocks

    rows = 0
    rejected = Parts(folder / "rejected", rejected_rows(()))

    def frames() -> Iterator[pl.DataFrame]:
        nonlocal rows
        for block in table.blocks:
            between()
            rejected.add(block.rejected)
            rows += block.frame.height
            frame = _with_all_columns(block.frame, source)
            yield frame if key is None else _hashed(frame, source, key)

    content = folder / "content.parquet"
    write_blocks(frames(), content)
    return _Read(content, rows, rejected)


def _refused(source: Source, content_hash: str, because: Text, fingerprint: Fingerprint) -> Refused:
    return Refused(batch_id(source.id, content_hash), content_hash, str(because), fingerprint)


def _with_all_columns(frame: pl.DataFrame, source: Source) -> pl.DataFrame:
    """The delivered columns in the source's order; one that was not delivered is empty."""
    import polars as pl

    delivered = set(frame.columns)
    return frame.select(
        "position",
        *(
            pl.col(column.name) if column.name in delivered else pl.lit(None, dtype=pl.String).alias(column.name)
            for column in source.columns
        ),
    )


def _hashed(frame: pl.DataFrame, source: Source, key: bytes) -> pl.DataFrame:
    return frame.with_columns(keyed_hashes(frame[column.name], key) for column in source.columns if column.keyed_hash)


def _check_unchanged(delivery: Delivery, before: Fingerprint) -> None:
    if delivery.fingerprint() != before:
        raise DeliveryChangedError(f"{delivery.name} changed while it was read. It is taken at the next pass.")
