"""Snapshots: what people, the board and BI tools read, so that nobody ever opens a live database.

A snapshot is copied aside, made durable, read back in full and only then given its name; `current/<database>.duckdb`
always points to the newest one. Whoever has an older one open keeps it: a file is removed from the folder, not from
under its readers.
"""

from __future__ import annotations

import filecmp
import hashlib
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from targetwatch.warehouse.errors import SnapshotError, WarehouseError
from targetwatch.warehouse.session import Engine, one_line


def current(folder: Path, database: str) -> Path:
    """The newest snapshot: a file that is never changed again."""
    return _pointer(folder, database).resolve(strict=True)


def newest_first(folder: Path, database: str) -> list[Path]:
    """The snapshots that are kept, the current one first and then by age."""
    pointer = _pointer(folder, database)
    present = pointer.resolve() if pointer.is_symlink() else None
    found = {path: _made_at(path) for path in folder.resolve().glob(f"{database}-*.duckdb")}
    by_age = sorted((path for path, made_at in found.items() if made_at), key=lambda path: found[path], reverse=True)
    return sorted(by_age, key=lambda path: path != present)


def taken_at(path: Path) -> datetime:
    """The moment in a snapshot's name."""
    return datetime.strptime(path.stem.split("-")[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def sweep(folder: Path, database: str) -> None:
    """Remove what a crash left half-made. The caller holds the lock for publishing."""
    for leftover in folder.glob(f".{database}-*"):
        leftover.unlink(missing_ok=True)


def log_of(live: Path) -> Path:
    """Where DuckDB keeps what was committed and is not in the live file yet."""
    return live.with_name(f"{live.name}.wal")


def copy(live: Path, folder: Path, database: str) -> Path | None:
    """Copy a live file aside that nobody has open; None where the current snapshot already holds the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    if log_of(live).exists():
        raise SnapshotError(f"{log_of(live)} is still there, so a copy of {live} would lose what it holds.")
    pointer = _pointer(folder, database)
    if pointer.exists() and filecmp.cmp(live, pointer, shallow=False):
        return None
    aside = folder / f".{database}-{os.getpid()}.part"
    shutil.copyfile(live, aside)
    return aside


def publish(copied: Path, folder: Path, database: str, moment: datetime, *, keep: int, engine: Engine) -> Path:
    """Read `copied` back, give it its name, point `current` to it and remove the oldest beyond `keep`."""
    try:
        _sync(copied)
        _read_back(copied, engine)
        with copied.open("rb") as file:
            digest = hashlib.file_digest(file, "blake2b").hexdigest()
        path = folder / f"{database}-{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}-{digest[:6]}.duckdb"
        copied.chmod(0o444)
        copied.replace(path)
    finally:
        copied.unlink(missing_ok=True)
    pointer = _pointer(folder, database)
    pointer.parent.mkdir(exist_ok=True)
    aside = folder / f".{database}-{os.getpid()}.link"
    aside.unlink(missing_ok=True)
    aside.symlink_to(os.path.relpath(path, pointer.parent))
    aside.replace(pointer)
    _sync(folder)
    _sync(pointer.parent)
    for old in newest_first(folder, database)[keep:]:
        old.unlink(missing_ok=True)
    return path


def _read_back(path: Path, engine: Engine) -> None:
    """Read every column of every table, and bind every view: a snapshot that cannot be read is not published."""
    try:
        with engine.opened(path, "copied", read_only=True) as conn:
            for table in conn.frame("tables")["name"]:
                conn.run("read_back", relation=table)
            for view in conn.frame("views")["name"]:
                conn.bind(view)
    except (duckdb.Error, WarehouseError) as failure:
        raise SnapshotError(
            f"What was to be published cannot be read back ({one_line(failure)}). The snapshot before still stands."
        ) from failure


def _made_at(path: Path) -> int:
    """When the file was written; 0 where it has been removed meanwhile, as any but the newest may be."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _pointer(folder: Path, database: str) -> Path:
    return folder / "current" / f"{database}.duckdb"


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
