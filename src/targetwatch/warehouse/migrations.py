"""What a live database must hold before it is used: its tables, the programme's record tables, macros and views.

Migrations go forward only. Views and macros are no state: they are made again whenever any of the files differs. One
that is no longer wanted is dropped by a migration.
"""

from __future__ import annotations

from pathlib import Path

from targetwatch.warehouse.errors import MigrationError
from targetwatch.warehouse.files import checksum
from targetwatch.warehouse.session import Connection


def prepare(conn: Connection, database: str, path: Path) -> None:
    """Bring `database`, open in a transaction of its own, to what the SQL files say."""
    conn.script(conn.files.query("schema_create"))
    made_by = checksum(conn.files.text(database))
    if conn.frame("schema_objects")["checksum"].to_list() == [made_by]:
        return
    _migrate(conn, database, path)
    if database == "records":
        _create_record_tables(conn)
    for item in conn.files.objects(database):
        conn.script(item.text)
    conn.run("schema_objects_forget")
    conn.run("schema_objects_made", checksum=made_by)


def schema_version(conn: Connection) -> int:
    """The number of the newest migration that was applied."""
    return int(conn.frame("schema_versions")["version"].max() or 0)  # type: ignore[arg-type]


def _migrate(conn: Connection, database: str, path: Path) -> None:
    steps = conn.files.migrations(database)
    applied = {row["version"]: row for row in conn.frame("schema_versions").iter_rows(named=True)}
    if applied and max(applied) > len(steps):
        raise MigrationError(
            f"{path} was last written by a newer targetwatch: its schema is number {max(applied)}, and this one knows "
            f"{len(steps)}. Install the newer version, or restore the database from a snapshot."
        )
    for step in steps:
        if step.version not in applied:
            conn.script(step.text)
            conn.run("schema_applied", version=step.version, name=step.name, checksum=step.checksum)
        elif applied[step.version]["checksum"] != step.checksum:
            raise MigrationError(
                f"sql/migrations/{database}/{step.name}.sql was changed after it had been applied to {path}. "
                f"Put it back as it was and write what is to change as number {len(steps) + 1}."
            )


def _create_record_tables(conn: Connection) -> None:
    existing = set(conn.frame("tables")["name"])
    for table, text in conn.files.record_tables().items():
        if table not in existing:
            conn.script(text)
