"""Landing: a delivery is read, stripped of every column that its source does not name, and written down as it came.

What lands is content-addressed and never changed. Identifiers are turned into keyed hashes before anything is written.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from targetwatch.gathering.delivery import (
    Delivery,
    DeliveryChangedError,
    DeliveryGoneError,
    Fingerprint,
    Landed,
    Refused,
)
from targetwatch.gathering.formats import Table, UnreadableError, read_table
from targetwatch.gathering.record_key import keyed_hashes
from targetwatch.gathering.spool import unnamed_in, watermark_of
from targetwatch.model import Source, Text

if TYPE_CHECKING:
    import polars as pl

BLOCK = 1024 * 1024


def land(delivery: Delivery, source: Source, home: Path, record_key: bytes) -> Landed | Refused:
    """Read `delivery` and write what its source names to home/landing/<source>/<batch id>.parquet.

    A delivery that cannot be read as rows and columns is Refused, with the reason. Raises DeliveryChangedError where
    the file changes or goes meanwhile, and OSError where it cannot be opened; both leave it where it lies.
    """
    try:
        before = delivery.fingerprint()
        if delivery.problem is not None:
            content_hash = hashlib.sha256(os.fsencode(delivery.path)).hexdigest()
            return _refused(source, content_hash, delivery.problem, before)
        content_hash = hash_content(delivery.path)
        try:
            table = read_table(delivery.path, source, ("parquet",) if delivery.spooled else None)
        except UnreadableError as fault:
            _check_unchanged(delivery, before)
            return _refused(source, content_hash, fault.because, before)
        mark = watermark_of(delivery.path) if delivery.spooled else None
        unnamed = unnamed_in(delivery.path) if delivery.spooled else table.header.unnamed
        _check_unchanged(delivery, before)
    except FileNotFoundError as fault:
        if os.path.lexists(delivery.path):
            raise
        raise DeliveryGoneError(f"{delivery.name} is no longer in the inbox: something else has taken it.") from fault
    batch = batch_id(source.id, content_hash)
    frame = _with_all_columns(table, source)
    if not delivery.spooled:
        frame = _hashed(frame, source, record_key)
    path = home / "landing" / source.id / f"{batch}.parquet"
    write_once(frame, path)
    delivered = {column.name for _, column in table.header.named}
    missing = [column.delivered_as for column in source.columns if column.required and column.name not in delivered]
    return Landed(
        batch,
        content_hash,
        path,
        frame,
        unnamed,
        table.rejected,
        before,
        tuple(missing),
        mark,
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


def write_once(frame: pl.DataFrame, path: Path) -> None:
    """Write `frame` as Parquet to `path` if nothing is there: whole or not at all, whatever dies meanwhile."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with unfinished.open("wb") as file:
            frame.write_parquet(file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _refused(source: Source, content_hash: str, because: Text, fingerprint: Fingerprint) -> Refused:
    return Refused(batch_id(source.id, content_hash), content_hash, str(because), fingerprint)


def _with_all_columns(table: Table, source: Source) -> pl.DataFrame:
    """The delivered columns in the source's order; one that was not delivered is empty."""
    import polars as pl

    delivered = set(table.frame.columns)
    return table.frame.select(
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
