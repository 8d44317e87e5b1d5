"""Ad-hoc SQL reads everything and changes nothing, and every column that it finds is explained."""

import subprocess
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from targetwatch.warehouse import NoSnapshot, SqlError, Warehouse, fetch, interactive_command, open_snapshots
from tests.warehouse.conftest import PRODUCT_SQL, PROGRAMME_SQL
from tests.warehouse.samples import at

VIEWS = {
    "assessments",
    "batches",
    "claims",
    "current_status",
    "discrepancies",
    "incident_history",
    "incidents",
    "notifications",
    "observations",
    "org_unit_successors",
    "org_units",
    "quarantine",
    "runs",
    "target_versions",
}
WRITING = [
    "CREATE TABLE x (a INTEGER)",
    "CREATE TABLE memory.x (a INTEGER)",
    "CREATE VIEW x AS SELECT 1",
    "CREATE MACRO f(x) AS x",
    "INSERT INTO run SELECT * FROM run",
    "UPDATE incident SET state = 'resolved'",
    "DELETE FROM notification",
    "TRUNCATE assessment",
    "MERGE INTO run USING run AS other ON false WHEN NOT MATCHED THEN INSERT BY NAME",
    "DROP TABLE assessment",
    "ALTER TABLE run ADD COLUMN x INTEGER",
    "COMMENT ON VIEW runs IS 'x'",
    "COPY runs TO 'x.csv'",
    "EXPORT DATABASE 'x'",
    "ATTACH 'x.duckdb'",
    "DETACH records",
    "INSTALL httpfs",
    "LOAD httpfs",
    "VACUUM",
    "SELECT 1; DROP TABLE run",
    "DROP TABLE run; SELECT 1",
]
REACHING_OUT = [
    "FROM '/etc/passwd'",
    "FROM read_csv('/etc/passwd')",
    "FROM read_text('/etc/hostname')",
    "FROM read_parquet('x.parquet')",
    "FROM glob('/etc/*')",
    "IMPORT DATABASE '/etc'",
    "SET enable_external_access = true",
    "SET threads = 1",
    "RESET ALL",
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with snapshots of an empty warehouse, which no test can change."""
    warehouse = Warehouse(tmp_path_factory.mktemp("published"), PRODUCT_SQL, PROGRAMME_SQL)
    warehouse.publish_ledger(at(1))
    warehouse.publish_records(at(1))
    return warehouse.home


def test_every_view_and_column_is_explained(home: Path) -> None:
    """Whoever looks at a view finds what it holds in words, for each of its columns."""
    with open_snapshots(home) as reader:
        views = reader.query("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal").rows
        columns = reader.fetch(
            "SELECT c.table_name, c.column_name, c.comment FROM duckdb_columns() AS c JOIN duckdb_views() AS v "
            "ON v.view_name = c.table_name AND v.database_name = c.database_name WHERE NOT v.internal"
        )
    assert {name for name, _ in views} >= VIEWS
    assert all(comment for _, comment in views)
    assert columns.filter(columns["comment"].fill_null("") == "")["column_name"].to_list() == []
    assert columns.height > 150


@pytest.mark.parametrize("view", sorted(VIEWS))
def test_views_answer_on_an_empty_warehouse(home: Path, view: str) -> None:
    """Before anything was gathered every view is there and empty, by its bare name."""
    with open_snapshots(home) as reader:
        assert reader.fetch(f"FROM {view}").is_empty()


@pytest.mark.parametrize("sql", WRITING)
def test_nothing_can_be_written(home: Path, sql: str) -> None:
    """Whatever writes is refused in a sentence that says why and how an answer is kept."""
    with open_snapshots(home) as reader, pytest.raises(SqlError, match=r"Only queries are answered here.*--output"):
        reader.fetch(sql)


@pytest.mark.parametrize("sql", REACHING_OUT)
def test_no_file_can_be_read(home: Path, sql: str) -> None:
    """A query sees the snapshots and nothing else of the machine, and cannot talk itself out of it."""
    with open_snapshots(home) as reader:
        with pytest.raises(SqlError):
            reader.fetch(sql)
        assert reader.query("SELECT current_setting('enable_external_access')").rows == [(False,)]


@pytest.mark.parametrize(
    "sql",
    [
        "SHOW TABLES",
        "DESCRIBE current_status",
        "SUMMARIZE runs",
        "EXPLAIN FROM runs",
        "PIVOT runs ON as_of USING count(*)",
        "FROM observations_as_of(TIMESTAMPTZ '2025-06-16 10:00:00+07')",
        "WITH x AS (FROM runs) SELECT * FROM x",
        "FROM records.batches",
        "FROM ledger.runs",
    ],
)
def test_everything_that_only_reads_is_answered(home: Path, sql: str) -> None:
    """DuckDB's ways to look around work too."""
    with open_snapshots(home) as reader:
        assert reader.query(sql).columns


def test_an_error_is_one_line_with_a_hint(home: Path) -> None:
    """A misspelt column is answered with those that it might have been."""
    with open_snapshots(home) as reader, pytest.raises(SqlError) as error:
        reader.fetch("SELECT statu FROM current_status")
    assert "\n" not in str(error.value)
    assert "statu" in str(error.value)
    assert '"status"' in str(error.value)
    assert error.value.exit_code == 2


def test_no_query_is_no_answer(home: Path) -> None:
    """An empty text, or one of comments, is answered with something to try."""
    with open_snapshots(home) as reader, pytest.raises(SqlError, match="FROM current_status"):
        reader.query("-- nothing")


def test_two_readers_at_once(home: Path) -> None:
    """The same process may read the same snapshots twice, as the board does."""
    with open_snapshots(home) as one, open_snapshots(home) as two:
        assert one.query("FROM runs").rows == two.query("FROM runs").rows


def test_the_records_may_be_missing(warehouse: Warehouse) -> None:
    """Before the first delivery was published the ledger is read alone."""
    warehouse.publish_ledger(at(1))
    assert fetch(warehouse.home, "FROM runs").is_empty()
    with pytest.raises(SqlError, match="batches"):
        fetch(warehouse.home, "FROM batches")


def test_the_interactive_shell_is_read_only_and_sees_both(home: Path) -> None:
    """DuckDB's own shell finds the views of both databases by their bare names, and can change none."""
    command = interactive_command(home)
    ask = "SELECT count(*) AS found FROM batches, runs, current_status;\nSELECT current_setting('TimeZone');\n"
    answer = subprocess.run(command, input=ask, capture_output=True, text=True, timeout=60)
    assert answer.returncode == 0, answer.stderr
    assert "found" in answer.stdout
    assert "UTC" in answer.stdout
    refused = subprocess.run(command, input="CREATE TABLE x (a INTEGER);\n", capture_output=True, text=True, timeout=60)
    assert "read-only" in refused.stderr


def test_the_interactive_shell_needs_a_snapshot(tmp_path: Path) -> None:
    """Without one, the command to run is named."""
    with pytest.raises(NoSnapshot, match="targetwatch run"):
        interactive_command(tmp_path)


def test_sums_are_integers_and_durations_are_answered(home: Path) -> None:
    """What DuckDB widens or cannot hand over as it is comes out as what a person means by it."""
    with open_snapshots(home) as reader:
        frame = reader.fetch("SELECT sum(n) AS total, INTERVAL 90 MINUTE AS took FROM (SELECT unnest([20, 22]) AS n)")
        assert frame["took"].to_list() == [timedelta(minutes=90)]
        assert reader.fetch("SELECT sum(n) AS total FROM (SELECT unnest([20, 22]) AS n)").rows() == [(42,)]
        assert reader.fetch("SELECT sum(n) AS total FROM (SELECT 1 AS n) WHERE false")["total"].dtype == pl.Int64
        assert reader.fetch("SELECT as_of - started_at AS took FROM runs").columns == ["took"]
