"""Ad-hoc SQL for people: one query, or DuckDB's own shell, over the newest snapshots."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import polars as pl

from targetwatch.warehouse import snapshot
from targetwatch.warehouse.errors import NoSnapshot
from targetwatch.warehouse.reader import nothing_published, open_snapshots
from targetwatch.warehouse.session import attach


def fetch(home: Path, sql: str) -> pl.DataFrame:
    """The answer to one query over the newest snapshots."""
    with open_snapshots(home) as reader:
        return reader.fetch(sql)


def interactive_command(home: Path) -> list[str]:
    """The command line of DuckDB's shell on the newest snapshots, opened read-only.

    The shell keeps the snapshots that it opened: what is published later is seen by the next shell.
    """
    folder = home / "snapshots"
    pointers = {name: folder / "current" / f"{name}.duckdb" for name in ("ledger", "records")}
    if not pointers["ledger"].exists():
        raise NoSnapshot(nothing_published(home))
    first = "SET TimeZone = 'UTC';"
    if pointers["records"].exists():
        first += f" {attach(snapshot.current(folder, 'records'), 'records')} SET search_path = 'ledger,records';"
    # Through the pointer, so that the database is called `ledger` and not after the file.
    shell = Path(sysconfig.get_path("scripts")) / "duckdb"
    return [str(shell), "-readonly", "-no-init", "-cmd", first, str(pointers["ledger"])]
