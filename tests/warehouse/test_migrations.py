"""Live databases are brought to what the SQL files say, forward only, and never to something else in silence."""

import shutil
from pathlib import Path

import pytest

from targetwatch.settings import CHECKOUT
from targetwatch.warehouse import MigrationError, Warehouse, WarehouseError, health
from tests.warehouse.conftest import PROGRAMME_SQL
from tests.warehouse.samples import at


@pytest.fixture
def sql(tmp_path: Path) -> Path:
    """A copy of the product's SQL that a test may change."""
    return Path(shutil.copytree(CHECKOUT / "sql", tmp_path / "sql"))


def _add(sql: Path, database: str, name: str, text: str, skip: int = 0) -> int:
    """Write the next migration of a database, or a later one; its number."""
    folder = sql / "migrations" / database
    number = len(list(folder.glob("*.sql"))) + 1 + skip
    (folder / f"{number:04d}_{name}.sql").write_text(text)
    return number


def _opened(home: Path, sql: Path, programme_sql: Path = PROGRAMME_SQL) -> Warehouse:
    warehouse = Warehouse(home, sql, programme_sql)
    for database in ("ledger", "records"):
        with warehouse.open(database):
            pass
    return warehouse


def test_a_new_migration_is_applied_to_what_is_there(tmp_path: Path, sql: Path) -> None:
    """Its step runs once, the data stay, and views may speak of what it added."""
    _opened(tmp_path / "home", sql)
    number = _add(
        sql, "ledger", "weather", "CREATE TABLE weather (day DATE);\nINSERT INTO weather VALUES ('2025-06-01');\n"
    )
    (sql / "views" / "ledger" / "days.sql").write_text("CREATE OR REPLACE VIEW days AS SELECT day FROM weather;\n")
    for _ in range(2):
        warehouse = _opened(tmp_path / "home", sql)
    warehouse.publish_ledger(at(1))
    with warehouse.read() as reader:
        assert reader.query("SELECT count(*) FROM days").rows == [(1,)]
    assert next(iter(health.examine(warehouse, at(1)))).schema_version == number


def test_a_migration_that_was_applied_cannot_be_edited(tmp_path: Path, sql: Path) -> None:
    """The error names the file, and what to write instead."""
    _opened(tmp_path / "home", sql)
    edited = Path(shutil.copytree(sql, tmp_path / "edited"))
    step = edited / "migrations" / "ledger" / "0001_ledger.sql"
    step.write_text(step.read_text() + "CREATE TABLE more (a INTEGER);\n")
    after = len(list(step.parent.glob("*.sql"))) + 1
    with pytest.raises(MigrationError, match=rf"ledger/0001_ledger\.sql was changed.*as number {after}"):
        _opened(tmp_path / "home", edited)


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path, sql: Path) -> None:
    """An older program says so, and does not touch it."""
    newer = Path(shutil.copytree(sql, tmp_path / "newer"))
    number = _add(newer, "records", "more", "CREATE TABLE more (a INTEGER);\n")
    _opened(tmp_path / "home", newer)
    said = f"newer targetwatch: its schema is number {number}, and this one knows {number - 1}"
    with pytest.raises(MigrationError, match=said):
        _opened(tmp_path / "home", sql)


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path, sql: Path) -> None:
    """Its statements are undone together, and the next try starts from where the last good one ended."""
    warehouse = _opened(tmp_path / "home", sql)
    broken = Path(shutil.copytree(sql, tmp_path / "broken"))
    _add(broken, "ledger", "x", "CREATE TABLE x (a INTEGER);\nSELECT nothing;\n")
    with pytest.raises(WarehouseError, match="nothing"):
        _opened(tmp_path / "home", broken)
    with warehouse.ledger() as conn:
        assert "x" not in conn.frame("tables")["name"].to_list()


def test_a_new_record_table_appears(tmp_path: Path, sql: Path) -> None:
    """A programme that adds a source needs no migration: the table is made when the records are opened."""
    programme = Path(shutil.copytree(PROGRAMME_SQL, tmp_path / "programme"))
    _opened(tmp_path / "home", sql, programme)
    (programme / "records" / "call.sql").write_text("CREATE TABLE IF NOT EXISTS call (record_id VARCHAR);\n")
    warehouse = _opened(tmp_path / "home", sql, programme)
    with warehouse.records() as conn:
        assert {"call", "visit"} <= set(conn.frame("tables")["name"])


def test_a_view_follows_its_file(tmp_path: Path, sql: Path) -> None:
    """Views are no state: a changed file is a changed view, without a migration."""
    _opened(tmp_path / "home", sql)
    changed = Path(shutil.copytree(sql, tmp_path / "changed"))
    (changed / "views" / "ledger" / "runs.sql").write_text("CREATE OR REPLACE VIEW runs AS SELECT 42 AS answer;\n")
    warehouse = _opened(tmp_path / "home", changed)
    warehouse.publish_ledger(at(1))
    with warehouse.read() as reader:
        assert reader.query("FROM runs").rows == [(42,)]


def test_migrations_are_numbered_without_gaps(tmp_path: Path, sql: Path) -> None:
    """Two steps of one number, or a missing one, are found before anything is opened."""
    number = _add(sql, "records", "late", "SELECT 1;\n", skip=1)
    with pytest.raises(ValueError, match=rf"numbered 1, 2, 3.*{number - 2}, {number}\]"):
        _opened(tmp_path / "home", sql)
