"""The warehouse: two DuckDB databases, their snapshots, and SQL for people. The only room that imports duckdb."""

from targetwatch.warehouse import ledger, records
from targetwatch.warehouse.connection import Warehouse
from targetwatch.warehouse.errors import (
    JudgedVersionEdited,
    MigrationError,
    NoSnapshot,
    SnapshotError,
    SqlError,
    WarehouseBusy,
    WarehouseError,
    WatchRunning,
)
from targetwatch.warehouse.history import history
from targetwatch.warehouse.judged_versions import judged_versions
from targetwatch.warehouse.outbox_store import LedgerOutbox
from targetwatch.warehouse.reader import Reader, Table, open_snapshots
from targetwatch.warehouse.session import Connection
from targetwatch.warehouse.shell import fetch, interactive_command

__all__ = [
    "Connection",
    "JudgedVersionEdited",
    "LedgerOutbox",
    "MigrationError",
    "NoSnapshot",
    "Reader",
    "SnapshotError",
    "SqlError",
    "Table",
    "Warehouse",
    "WarehouseBusy",
    "WarehouseError",
    "WatchRunning",
    "fetch",
    "history",
    "interactive_command",
    "judged_versions",
    "ledger",
    "open_snapshots",
    "records",
]
