"""What `doctor` wants to know of the warehouse: sizes, rows, schema versions and the age of the snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from targetwatch.warehouse import migrations, snapshot
from targetwatch.warehouse.connection import DATABASES, Warehouse


@dataclass(frozen=True, slots=True)
class DatabaseHealth:
    """A live database and what was published of it. Before the first gathering there is neither."""

    name: str
    path: Path
    bytes: int | None  # of the live file; None where it does not exist yet
    schema_version: int | None
    rows: Mapping[str, int]  # table -> number of rows
    snapshot: Path | None
    snapshot_bytes: int | None
    snapshot_taken_at: datetime | None
    snapshot_age: timedelta | None
    snapshots_kept: int


def examine(warehouse: Warehouse, now: datetime) -> tuple[DatabaseHealth, ...]:
    """Look at both databases. Takes the lock of each for a moment; raises WarehouseBusy where somebody keeps it."""
    return tuple(_examine(warehouse, name, now) for name in DATABASES)


def _examine(warehouse: Warehouse, name: str, now: datetime) -> DatabaseHealth:
    live = warehouse.live(name)
    rows: dict[str, int] = {}
    version = None
    if live.exists():
        with warehouse.open(name) as conn:
            version = migrations.schema_version(conn)
            rows = {table: conn.frame("row_count", relation=table).item() for table in conn.frame("tables")["name"]}
    kept = snapshot.newest_first(warehouse.snapshots, name)
    newest = kept[0] if kept else None
    taken_at = snapshot.taken_at(newest) if newest else None
    return DatabaseHealth(
        name=name,
        path=live,
        bytes=live.stat().st_size if live.exists() else None,
        schema_version=version,
        rows=rows,
        snapshot=newest,
        snapshot_bytes=newest.stat().st_size if newest else None,
        snapshot_taken_at=taken_at,
        snapshot_age=now - taken_at if taken_at else None,
        snapshots_kept=len(kept),
    )
