"""Delivered originals: taken out of the inbox once they are recorded, and kept for a while."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from datetime import datetime
from pathlib import Path

from targetwatch.gathering.delivery import Delivery, Landed, Refused

LONGEST_NAME = 255  # bytes, on every file system in use


def original_path(delivery: Delivery, batch_id: str, home: Path) -> Path:
    """Where the original of a batch is kept: home/originals/<source>/<start of the batch id>-<name>."""
    return home / "originals" / delivery.source / _short_enough(f"{batch_id[:12]}-{delivery.name}".replace("/", "_"))


def retire(delivery: Delivery, landed: Landed | Refused, home: Path) -> Path | None:
    """Move the original of a recorded batch out of the inbox, and say where to. Running it again changes nothing.

    None where the file that was landed is no longer there. One that has taken its name, or was written to since, stays
    in the inbox for the next pass; one that is gone, another process has put away. What was spooled is removed: it can
    be fetched again, and what landed of it is kept.
    """
    if delivery.spooled or delivery.is_copy:
        delivery.path.unlink(missing_ok=True)
        return None
    kept = original_path(delivery, landed.batch_id, home)
    kept.parent.mkdir(parents=True, exist_ok=True)
    # Renamed within the inbox first: whatever takes the old name from now on is another file, and what was renamed can
    # be looked at without haste. The new name is one that is gathered, so that a crash here loses no delivery.
    aside = delivery.path.with_name(_short_enough(f"{secrets.token_hex(4)}-{delivery.name}"))
    try:
        if delivery.fingerprint() != landed.fingerprint:
            return None
        os.rename(delivery.path, aside)
        if not delivery.fingerprint(aside).is_same_file(landed.fingerprint):
            return None
        _move(aside, kept)
    except FileNotFoundError:
        if os.path.lexists(delivery.path) or os.path.lexists(aside):
            raise
        return None
    return kept


def remove_originals(home: Path, before: datetime) -> int:
    """Remove the originals that were retired before that moment, and say how many."""
    removed = 0
    for original in (home / "originals").glob("*/*"):
        # Moving a file changes its inode, and so says when it was retired; its own age is the deliverer's.
        if original.lstat().st_ctime < before.timestamp():
            original.unlink()
            removed += 1
    return removed


def _move(path: Path, kept: Path) -> None:
    try:
        os.replace(path, kept)
    except OSError as fault:
        if fault.errno != errno.EXDEV:
            raise
        _move_between_file_systems(path, kept)


def _move_between_file_systems(path: Path, kept: Path) -> None:
    """Copy whole under another name, then rename, so that a crash leaves the original or both, never half of one."""
    unfinished = kept.with_name(f".{kept.name[:12]}.tmp")
    unfinished.unlink(missing_ok=True)
    shutil.copy2(path, unfinished, follow_symlinks=False)
    os.replace(unfinished, kept)
    path.unlink()


def _short_enough(name: str) -> str:
    """`name` cut to what a file system takes, its ending kept."""
    if len(name.encode()) <= LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    tail = f"{dot}{ending}" if dot and len(ending) <= 10 else ""
    return (stem if tail else name).encode()[: LONGEST_NAME - len(tail.encode())].decode("utf-8", "ignore") + tail
