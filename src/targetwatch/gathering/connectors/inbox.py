"""The file connector: what lies in a source's folder of the inbox, and whether it is all there."""

from __future__ import annotations

import os
import stat
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from targetwatch.gathering import reasons
from targetwatch.gathering.delivery import Delivery

SETTLED_AFTER = timedelta(seconds=1)
UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart")
HIDDEN = (".", "~$")  # of Unix, and the lock files that office programs leave beside an open document


@dataclass(frozen=True, slots=True)
class Look:
    """One look at an inbox: the deliveries that are complete, and the names of files that are still being written."""

    complete: tuple[Delivery, ...]
    unsettled: tuple[str, ...]


def look(source_id: str, inbox: Path, settled_after: timedelta = SETTLED_AFTER) -> Look:
    """What lies in `inbox`/<source_id>: files, and links within the inbox; folders and hidden files are left alone.

    Raises OSError where the source's folder cannot be read or is itself a link out of the inbox.
    """
    folder = inbox / source_id
    if not folder.exists():
        return Look((), ())
    root = inbox.resolve()
    if not folder.resolve().is_relative_to(root):
        raise NotADirectoryError(
            f"{folder} is a link that leads out of the inbox: make it a folder, or mount it there."
        )
    present = _file_system_time(folder)
    found: list[tuple[int, Delivery]] = []
    unsettled: list[str] = []
    for entry in _files(folder):
        name = _name(entry)
        if _leads_out(entry, root):
            found.append((entry.lstat().st_ctime_ns, Delivery(entry, source_id, name, 0, reasons.SYMLINK_OUT)))
            continue
        seen = _regular_file(entry)
        if seen is None:
            continue
        # The inode's change time moves with every write; unlike the modification time, no copying tool sets it back.
        if present - seen.st_ctime_ns < settled_after / timedelta(microseconds=1) * 1000:
            unsettled.append(name)
        else:
            found.append((seen.st_ctime_ns, Delivery(entry, source_id, name, seen.st_size)))
    found.sort(key=lambda arrived: (arrived[0], arrived[1].name))
    return Look(tuple(delivery for _, delivery in found), tuple(sorted(unsettled)))


def _files(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if not entry.name.startswith(HIDDEN) and not entry.name.lower().endswith(UNFINISHED):
            yield entry


def _leads_out(entry: Path, root: Path) -> bool:
    """Whether `entry` is a link out of the inbox, or to nothing at all."""
    if not entry.is_symlink():
        return False
    try:
        return not entry.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):  # to nowhere, or round in a ring: which of the two depends on Python's version
        return True


def _regular_file(entry: Path) -> os.stat_result | None:
    """The state of the file behind `entry`; None where it is no regular file, or was taken away meanwhile."""
    try:
        seen = entry.stat()
    except FileNotFoundError:
        return None
    return seen if stat.S_ISREG(seen.st_mode) else None


def _file_system_time(folder: Path) -> int:
    """The present moment by the clock that stamps files in `folder`, in nanoseconds: it may differ from ours."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".age-") as probe:
        return os.fstat(probe.fileno()).st_ctime_ns


def _name(entry: Path) -> str:
    """The file's name as people write it: bytes that are no UTF-8 and control characters are replaced."""
    readable = os.fsencode(entry.name).decode("utf-8", "replace")
    plain = "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(sign) == "Cc" else sign for sign in readable)
    return unicodedata.normalize("NFC", plain)
