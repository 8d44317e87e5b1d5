"""Corrections: rows of a quarantine that come back, as deliveries of their source that wait in a folder of their own.

Of an accepted batch only the corrected rows are handed in, and any of them may be wrong still; of a refused one, whose
good rows were never recorded, all that it had. They are Parquet, whatever the source takes, and hold only its columns.
What could only be read from what had landed has its ids as keyed hashes already.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from targetwatch.gathering.delivery import Delivery
from targetwatch.gathering.landing import batch_id, hash_content
from targetwatch.model import Source

Kind = Literal["rows", "whole"]

# What lies in which folder under corrections/<source>: what it brings back, and whether its ids are hashed already. The
# name and the content of a file are its deliverer's, and decide nothing.
FOLDERS: Mapping[str, tuple[Kind | None, bool]] = {
    "again": (None, False),  # originals, as they were delivered
    "rows": ("rows", False),
    "rows-hashed": ("rows", True),
    "whole": ("whole", False),
    "whole-hashed": ("whole", True),
}
UNFINISHED = ".part"
ANY_MAY_BE_BAD = 2.0  # as the share of bad rows that is allowed: even all of them
_ABOUT = "targetwatch.corrects"  # the key under which such a file says which rows it corrects
_CORRECTED = re.compile(r"\.sua-[0-9a-f]{8}$")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A correction that is written and not handed in yet: the batch that it will be."""

    batch_id: str
    path: Path
    folder: Path  # from which it is to be gathered


@contextmanager
def prepared(
    rows: Sequence[Mapping[str, str | None]],
    source: Source,
    home: Path,
    corrects: Sequence[tuple[str, int]],
    *,
    whole: bool,
    hashed: bool,
) -> Iterator[Prepared]:
    """Write `rows`, keyed by warehouse names, where nothing is gathered from yet; gone afterwards if not handed in.

    The same rows for the same places in quarantine, `corrects`, are the same bytes, and so the same batch.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = _folder(source, home, f"{'whole' if whole else 'rows'}{'-hashed' if hashed else ''}")
    about = [f"{batch}:{position}" for batch, position in corrects]
    columns = source.columns
    schema = pa.schema([(column.delivered_as, pa.string()) for column in columns], {_ABOUT: json.dumps(about)})
    values = [pa.array([row.get(column.name) for row in rows], pa.string()) for column in columns]
    unfinished = folder / f".{secrets.token_hex(8)}{UNFINISHED}"
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            pq.write_table(pa.Table.from_arrays(values, schema=schema), file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        yield Prepared(batch_id(source.id, hash_content(unfinished)), unfinished, folder)
    finally:
        unfinished.unlink(missing_ok=True)


def hand_in(one: Prepared, delivered_as: str) -> Path:
    """Let a prepared correction be gathered, under a name that says what it corrects."""
    stem = _CORRECTED.sub("", Path(delivered_as).stem)[:60] or "correction"
    path = one.folder / f"{stem}.sua-{one.batch_id[:8]}.parquet"
    os.replace(one.path, path)
    return path


def hand_in_again(original: Path, source: Source, home: Path, name: str) -> Path:
    """Let the original of a refused batch be gathered once more, as it was delivered, under its name."""
    folder = _folder(source, home, "again")
    path = folder / (name.replace("/", "_").lstrip(".") or "delivery")
    unfinished = folder / f".{secrets.token_hex(8)}{UNFINISHED}"
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with original.open("rb") as content:
                while block := content.read(1024 * 1024):
                    file.write(block)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def handed_in(source: Source, home: Path) -> list[Delivery]:
    """The corrections of `source` that wait to be gathered, the oldest first."""
    found: list[tuple[int, Delivery]] = []
    for name, (kind, hashed) in FOLDERS.items():
        for path in (home / "corrections" / source.id / name).glob("*"):
            if not path.name.startswith("."):
                seen = path.stat()
                delivery = Delivery(path, source.id, path.name, seen.st_size, spooled=hashed, correction=kind)
                found.append((seen.st_mtime_ns, delivery))
    return [delivery for _, delivery in sorted(found, key=lambda one: (one[0], one[1].name))]


def gated_as(delivery: Delivery, source: Source) -> Source:
    """The source by whose rules a delivery is gated: of single rows that come back any may be wrong still."""
    if delivery.correction != "rows":
        return source
    return replace(source, bad_rows_allowed=ANY_MAY_BE_BAD, total_rows=None)


def _folder(source: Source, home: Path, name: str) -> Path:
    folder = home / "corrections" / source.id / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
