"""The secret key behind the keyed hashes of record ids, and the hashing itself."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

KEY_BYTES = 32
HASH_BYTES = 12  # 96 bits: two of a hundred million ids meet with a chance of one in ten trillion


def record_key(home: Path) -> bytes:
    """The key of this installation, made on first use in home/record.key, readable by its owner alone.

    Without it ids cannot be matched with those of earlier deliveries: keep it with the backups, and apart from them.
    """
    path = home / "record.key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        unfinished = home / f".record.key.{secrets.token_hex(8)}"
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(unfinished, path)  # fails if another process was first, whose key then stands
        except FileExistsError:
            pass
        finally:
            unfinished.unlink()
    key = path.read_bytes()
    if len(key) < KEY_BYTES:
        raise ValueError(
            f"{path} is not a key of {KEY_BYTES} bytes. Restore it from a backup: a new key knows no earlier record."
        )
    return key


def keyed_hashes(ids: pl.Series, key: bytes) -> pl.Series:
    """The keyed hash of each id, as hexadecimal text; an id that is empty or missing stays missing."""
    import polars as pl

    stripped = ids.cast(pl.String).str.strip_chars()
    keyed = hashlib.blake2b(key=key[:64], digest_size=HASH_BYTES)
    hashes: list[str | None] = []
    for value in stripped:
        if not value:
            hashes.append(None)
            continue
        hashing = keyed.copy()
        hashing.update(value.encode())
        hashes.append(hashing.hexdigest())
    return pl.Series(ids.name, hashes, dtype=pl.String)
