"""Scratch folders: where a delivery lies in pieces while it is read and gated."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock


@contextmanager
def scratch(home: Path) -> Iterator[Path]:
    """A new folder under home/scratch, gone when the block ends. Those of processes that died are removed first."""
    place = home / "scratch"
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    with FileLock(place / ".lock"):
        for left in place.iterdir():
            if left.is_dir():
                _remove_if_left(left)
        folder = new_folder(home)
        held = _hold(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def new_folder(home: Path) -> Path:
    """A new folder under home/scratch that nobody holds: whoever makes the next one with `scratch` removes it."""
    folder = home / "scratch" / secrets.token_hex(8)
    folder.mkdir(parents=True, mode=0o700)
    return folder


def _hold(folder: Path) -> int:
    """Lock the folder for as long as this process lives or until what is returned is closed."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        raise
    return held


def _remove_if_left(folder: Path) -> None:
    try:
        held = _hold(folder)
    except OSError:  # its process lives, or has just removed it
        return
    shutil.rmtree(folder, ignore_errors=True)
    os.close(held)
