"""Commands that only read: what they answer, in which form, and that they can change nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.cli.calls import CommandLine, command_line
from tests.cli.conftest import Judged
from tests.installation import VIEWS

GOLDEN = Path(__file__).parent / "golden"
QUERY = (
    "SELECT 'Quận | “Ba Đình”, ' || chr(10) || 'a line' AS \"a, name\", CAST(NULL AS INTEGER) AS nothing, "
    "DATE '2025-06-30' AS day, 42 AS number, 0.5 AS half, true AS yes"
)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("status.en", ("status",)),
        ("status.vi", ("status", "--lang", "vi")),
        ("status.units.en", ("status", "--units")),
        ("incidents.en", ("incidents",)),
        ("incidents.units.vi", ("incidents", "--all", "--units", "--lang", "vi")),
        ("sql.table", ("sql", "SELECT org_unit_name, status, headroom_units FROM current_status ORDER BY 1 LIMIT 3")),
    ],
)
def test_golden_answers(
    targetwatch: CommandLine, golden: Callable[[Path, str], None], name: str, arguments: tuple[str, ...]
) -> None:
    """What people read is word for word what was read and found good."""
    answer = targetwatch(*arguments)
    assert answer.code == 0, answer.errors
    golden(GOLDEN / f"{name}.txt", answer.out)


def test_status_is_json_where_a_machine_reads_it(targetwatch: CommandLine) -> None:
    """`status --json` is one JSON list with every column, and nothing else on standard output."""
    (city,) = json.loads(targetwatch("status", "--json").out)
    assert (city["target"], city["status"], city["reason"]) == ("dossiers_district", "behind", "short_of_required")
    assert (city["numerator"], city["denominator"], city["period_end"]) == (2_175, 2_999, "2025-05-31")
    everyone = json.loads(targetwatch("status", "--units", "--json").out)
    assert len(everyone) == 31


def test_incidents_are_json_where_a_machine_reads_it(targetwatch: CommandLine) -> None:
    """`incidents --json` lists what lives: the target, and the delivery that was refused; units where asked for."""
    live = json.loads(targetwatch("incidents", "--json").out)
    assert sorted((one["kind"], one["subject"]) for one in live) == [
        ("behind", "dossiers_district"),
        ("quality", "procedures"),
    ]
    assert len(json.loads(targetwatch("incidents", "--units", "--json").out)) == 6


def test_a_query_as_csv(targetwatch: CommandLine) -> None:
    """CSV has a header, quotes what must be quoted, and leaves nothing empty."""
    header, row = csv.reader(io.StringIO(targetwatch("sql", QUERY, "--format", "csv").out))
    assert header == ["a, name", "nothing", "day", "number", "half", "yes"]
    assert row == ["Quận | “Ba Đình”, \na line", "", "2025-06-30", "42", "0.5", "true"]


def test_a_query_as_json(targetwatch: CommandLine) -> None:
    """JSON keeps numbers, truths and nothing as what they are, and Vietnamese as it is written."""
    answer = targetwatch("sql", QUERY, "-f", "json")
    assert "Quận" in answer.out
    (row,) = json.loads(answer.out)
    assert (row["nothing"], row["number"], row["yes"], row["day"]) == (None, 42, True, "2025-06-30")
    assert row["half"] == 0.5


def test_what_is_no_number_is_null(targetwatch: CommandLine) -> None:
    """JSON has no NaN and no infinity: a strict reader can read every answer."""
    query = "SELECT CAST('nan' AS DOUBLE) AS none, [CAST('inf' AS DOUBLE)] AS inside, CAST(7 AS DECIMAL(9, 2)) AS seven"

    def refuse(word: str) -> None:
        raise AssertionError(word)

    (row,) = json.loads(targetwatch("sql", query, "-f", "json").out, parse_constant=refuse)
    assert row == {"none": None, "inside": [None], "seven": 7}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("form", ["csv", "json", "markdown", "parquet"])
def test_every_view_in_every_form(targetwatch: CommandLine, view: str, form: str) -> None:
    """Whatever a view holds, lists and structures among it, each form can hold it."""
    answer = targetwatch("sql", f"FROM {view} LIMIT 3", "--format", form)
    assert (answer.code, answer.errors) == (0, "")
    assert answer.raw


def test_what_a_cell_cannot_hold(targetwatch: CommandLine) -> None:
    """A list or a structure is one cell of CSV, written as JSON; a stretch of time is said in words."""
    query = "SELECT ['Ba Vì', 'Mê Linh'], {'a': DATE '2025-06-30'}, CAST(NULL AS INTEGER[]), INTERVAL 25 HOUR"
    _, row = csv.reader(io.StringIO(targetwatch("sql", query, "--format", "csv").out))
    assert [json.loads(row[0]), json.loads(row[1])] == [["Ba Vì", "Mê Linh"], {"a": "2025-06-30"}]
    assert row[2:] == ["", "1 day, 1:00:00"]


def test_a_query_as_markdown(targetwatch: CommandLine) -> None:
    """A Markdown table stays a table whatever stands in a cell."""
    lines = targetwatch("sql", QUERY, "--format", "markdown").out.splitlines()
    assert lines[0].startswith("| a, name | nothing |")
    assert set(lines[1]) <= set("| -")
    assert lines[2].startswith("| Quận \\| “Ba Đình”,  a line |  | 2025-06-30 | 42 |")
    assert len(lines) == 3


def test_a_query_as_a_table(targetwatch: CommandLine) -> None:
    """The table shows a dash for nothing; how many rows there are is said beside it, not in it."""
    answer = targetwatch("sql", "SELECT 1 AS one, CAST(NULL AS INTEGER) AS none, '[red]x[/red]' AS markup")
    assert [line.split() for line in answer.out.splitlines()] == [["one", "none", "markup"], ["1", "–", "[red]x[/red]"]]
    assert answer.errors.strip() == "1 rows"


@pytest.mark.parametrize("form", ["csv", "json", "markdown", "table", "parquet"])
def test_a_query_into_a_file(targetwatch: CommandLine, tmp_path: Path, form: str) -> None:
    """With --output the answer is in the file, whole, and nothing is on standard output."""
    file = tmp_path / f"câu trả lời.{form}"
    answer = targetwatch("sql", "SELECT 'Quận Ba Đình [1/2]' AS unit", "--format", form, "--output", str(file))
    assert (answer.code, answer.raw) == (0, b"")
    if form == "parquet":
        assert pl.read_parquet(file).to_dicts() == [{"unit": "Quận Ba Đình [1/2]"}]
    else:
        assert "Quận Ba Đình [1/2]" in file.read_text(encoding="utf-8")


def test_parquet_through_a_pipe(targetwatch: CommandLine) -> None:
    """Parquet goes through a pipe as bytes, types and all."""
    answer = targetwatch("sql", "SELECT DATE '2025-06-30' AS day, 42 AS number", "--format", "parquet")
    assert pl.read_parquet(io.BytesIO(answer.raw)).rows() == [(date(2025, 6, 30), 42)]


def snapshots(judged: Judged) -> list[bytes]:
    """What was published, byte by byte."""
    return [path.read_bytes() for path in sorted((judged.installation.home / "snapshots").glob("*.duckdb"))]


@pytest.mark.parametrize(
    "query",
    [
        "CREATE TABLE mine (x INTEGER)",
        "DELETE FROM batches",
        "INSERT INTO ledger.run VALUES ('x')",
        "UPDATE ledger.incident SET state = 'resolved'",
        "DROP VIEW current_status",
        "COPY (SELECT 1) TO '{file}'",
        "ATTACH '{file}' AS mine",
        "SELECT 1; DROP TABLE ledger.run",
    ],
)
def test_sql_cannot_write(judged: Judged, tmp_path: Path, query: str) -> None:
    """What would change or write something is refused with exit code 2 and what to do instead; nothing has changed."""
    before = snapshots(judged)
    answer = judged.targetwatch("sql", query.format(file=tmp_path / "mine"))
    assert (answer.code, answer.out) == (2, "")
    assert "Only queries are answered here" in answer.errors
    assert list(tmp_path.iterdir()) == []
    assert snapshots(judged) == before


@pytest.mark.parametrize("query", ["FROM read_text('{file}')", "FROM '{file}'", "FROM read_csv('{file}')"])
def test_sql_reaches_no_file(targetwatch: CommandLine, tmp_path: Path, query: str) -> None:
    """A query sees the snapshots and nothing else of the machine."""
    file = tmp_path / "secret.csv"
    file.write_text("secret\n1\n")
    answer = targetwatch("sql", query.format(file=file))
    assert (answer.code, answer.out) == (2, "")
    assert "secret\n" not in answer.errors


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT * FROM curent_status", "current_status"),
        ("SELEC 1", "syntax error"),
        ("SELECT nothing FROM batches", "nothing"),
        ("", "There is no query"),
    ],
)
def test_a_query_that_cannot_be_answered(targetwatch: CommandLine, query: str, said: str) -> None:
    """A wrong query is wrong input: exit code 2, one readable line, and no traceback."""
    answer = targetwatch("sql", query)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.errors
    assert "Traceback" not in answer.errors
    assert len(answer.errors.strip().splitlines()) == 1


def test_every_view_is_listed_and_every_column_explained(targetwatch: CommandLine) -> None:
    """SHOW TABLES lists the views by their bare names, and each of their columns has a comment."""
    listed = {row["name"] for row in json.loads(targetwatch("sql", "SHOW TABLES", "-f", "json").out)}
    wanted = {"current_status", "observations", "assessments", "incidents", "notifications", "quarantine", "batches"}
    assert wanted <= listed
    unexplained = (
        "SELECT table_name, column_name FROM duckdb_columns() WHERE comment IS NULL AND NOT internal"
        " AND table_name IN (SELECT view_name FROM duckdb_views() WHERE NOT internal)"
    )
    assert json.loads(targetwatch("sql", unexplained, "-f", "json").out) == []


def test_the_shell_is_read_only(targetwatch: CommandLine) -> None:
    """Without a query DuckDB's own shell opens on the snapshots; what is typed is answered, and cannot change them."""
    typed = "SELECT 'rows: ' || count(*) FROM current_status;\nCREATE TABLE mine (x INTEGER);\n"
    answer = targetwatch.as_a_program("sql", typed=typed)
    assert "rows: 31" in answer.out
    assert "read-only" in answer.errors


@pytest.mark.parametrize(
    "arguments", [("status",), ("status", "--json"), ("incidents",), ("sql", "SELECT 1"), ("sql",)]
)
def test_before_the_first_pass(tmp_path: Path, programme: Path, arguments: tuple[str, ...]) -> None:
    """Where nothing has been published yet that is said, with the command that comes next: exit code 2."""
    answer = command_line(tmp_path / "home", programme)(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert "Nothing has been published" in answer.errors
    assert "targetwatch run" in answer.errors
