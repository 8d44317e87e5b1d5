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
    """What lies in `inbox`/<source_id>. Links are followed inside the inbox only; folders and hidden files are left alone.

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
        seen = _status(entry, root)
        if seen is None:
            continue
        if seen == "outside":
            there = entry.lstat()
            found.append((there.st_ctime_ns, Delivery(entry, source_id, name, 0, reasons.SYMLINK_OUT)))
            continue
        # The inode's change time moves with every write and, unlike the modification time, no copying tool sets it back.
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


def _status(entry: Path, root: Path) -> os.stat_result | str | None:
    """The regular file behind `entry`; "outside" for a link out of the inbox or to nowhere; None for anything else."""
    try:
        if entry.is_symlink():
            target = entry.resolve()
            if not target.is_relative_to(root) or not target.exists():
                return "outside"
        seen = entry.stat()
    except FileNotFoundError:  # taken away meanwhile
        return None
    except (OSError, RuntimeError):  # a ring of links, by the version of Python
        return "outside"
    return seen if stat.S_ISREG(seen.st_mode) else None


def _file_system_time(folder: Path) -> int:
    """The present moment by the clock that stamps files in `folder`, in nanoseconds: a file server's may differ from ours."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".age-") as probe:
        return os.fstat(probe.fileno()).st_ctime_ns


def _name(entry: Path) -> str:
    """The file's name as people write it: bytes that are no UTF-8 and control characters are replaced."""
    readable = os.fsencode(entry.name).decode("utf-8", "replace")
    plain = "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(sign) == "Cc" else sign for sign in readable)
    return unicodedata.normalize("NFC", plain)
