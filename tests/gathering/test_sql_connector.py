"""The SQL connector against a real PostgreSQL: what it asks, how much it holds, and what it says when it cannot."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from targetwatch.gathering import FetchError, NotConnectedError, UnreachableError, spool
from targetwatch.gathering.connectors.airflow_connections import without_secrets
from targetwatch.gathering.connectors.airflow_sql import ROWS_AT_ONCE, rows_of_query
from targetwatch.gathering.spool import Row
from targetwatch.model import Column, ColumnType, Source, SqlFetch
from tests.gathering.sources import KEY, PROCEDURES
from tests.systems.postgres import Connect, Database, Postgres

NOW = datetime(2025, 6, 1, 22, 30, tzinfo=UTC)
WRONG = "no-such-secret"
MANY = 300_000
LETTERS = replace(
    PROCEDURES,
    id="letters",
    connector="sql",
    fetch=SqlFetch("letters"),
    watermark="changed_at",
    columns=(
        Column("letter_id", "letter_id", ColumnType.TEXT, keyed_hash=True),
        Column("subject", "subject", ColumnType.TEXT),
        Column("pages", "pages", ColumnType.NUMBER),
        Column("changed_at", "changed_at", ColumnType.TIMESTAMP),
    ),
)
QUERY = "SELECT letter_id, subject, pages, changed_at FROM letters WHERE changed_at >= CAST(:since AS timestamptz)"


@pytest.fixture(scope="module")
def letters(postgres: Postgres) -> Database:
    """A database with a table of letters."""
    return postgres.create(
        "CREATE SEQUENCE stamps",
        "GRANT USAGE ON SEQUENCE stamps TO reader",
        "CREATE TABLE letters (letter_id text, subject text, pages numeric(6, 2), changed_at timestamptz)",
        "INSERT INTO letters VALUES ('L-1', 'Về việc chuyển đổi số', 12.50, '2025-05-01 09:00:00+07'),"
        " ('L-2', NULL, 3, '2025-05-02 09:00:00.123456+07')",
    )


def asked(source: Source, folder: Path, query: str, since: str | None = None) -> Iterator[Row]:
    """The rows of a query that is written down as the source's own."""
    file = folder / "sources" / f"{source.id}.sql"
    file.parent.mkdir(exist_ok=True)
    file.write_text(query, encoding="utf-8")
    return rows_of_query(source, SqlFetch(source.id), since, folder, NOW)


def test_rows_come_as_the_database_has_them(letters: Database, connect: Connect, tmp_path: Path) -> None:
    """Vietnamese text, numerics, moments with a zone and NULL arrive; only what changed since the mark is asked for."""
    connect("letters", letters.uri())
    first, second = asked(LETTERS, tmp_path, f"{QUERY} ORDER BY letter_id")
    assert (first["subject"], str(first["pages"])) == ("Về việc chuyển đổi số", "12.50")
    assert first["changed_at"] == datetime(2025, 5, 1, 2, tzinfo=UTC)
    assert second["subject"] is None
    (found,) = asked(LETTERS, tmp_path, QUERY, since="2025-05-01T03:00:00+00:00")
    assert found["letter_id"] == "L-2"


def test_the_moment_of_the_pass_can_be_asked_by(letters: Database, connect: Connect, tmp_path: Path) -> None:
    """A query that speaks of :now is given the time that the pass was given, and not the server's."""
    connect("letters", letters.uri())
    (row,) = asked(LETTERS, tmp_path, "SELECT CAST(:now AS timestamptz) AS moment")
    assert row["moment"] == NOW


def test_a_source_may_name_another_connection(letters: Database, connect: Connect, tmp_path: Path) -> None:
    """Two sources of one system share its connection."""
    connect("office", letters.uri())
    assert len(list(asked(replace(LETTERS, connection="office"), tmp_path, QUERY))) == 2


@pytest.mark.parametrize("stumbles_at", [1, 15_000, 155_000, MANY])
def test_rows_are_taken_as_the_server_makes_them(
    letters: Database, connect: Connect, tmp_path: Path, stumbles_at: int
) -> None:
    """Of 300,000 rows never more than a block is ahead: where the server stumbles over one, those before are here."""
    connect("letters", letters.uri())
    taken: list[object] = []
    rows = asked(LETTERS, tmp_path, f"SELECT 1 / ({stumbles_at} - n) AS pages FROM generate_series(1, {MANY}) AS n")
    with pytest.raises(FetchError, match="division by zero"):
        taken.extend(rows)
    assert stumbles_at - ROWS_AT_ONCE <= len(taken) < stumbles_at


def test_the_spool_holds_a_part_at_a_time(
    postgres: Postgres, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """300,000 rows are spooled in parts, and no frame on the way has more rows than a part."""
    many = postgres.create("CREATE SEQUENCE unused")
    connect("letters", many.uri())
    sizes: list[int] = []

    class Counted(pl.DataFrame):
        """A frame that says how many rows it was made with."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            sizes.append(self.height)

    monkeypatch.setattr(spool, "ROWS_AT_ONCE", 20_000)
    monkeypatch.setattr(pl, "DataFrame", Counted)
    rows = asked(LETTERS, tmp_path, f"SELECT 'L-' || n AS letter_id, n AS pages FROM generate_series(1, {MANY}) AS n")
    delivery = spool.spool(rows, LETTERS, tmp_path / "spool", KEY, NOW)
    monkeypatch.undo()
    assert delivery is not None
    assert (len(sizes), max(sizes)) == (15, 20_000)
    spooled = pl.read_parquet(delivery.path)
    assert spooled.height == spooled["letter_id"].n_unique() == MANY
    assert spooled["letter_id"].is_sorted()
    assert [path.name for path in delivery.path.parent.iterdir()] == [delivery.name]


def test_the_order_of_rows_changes_no_byte(
    postgres: Postgres, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same rows in any order, merged out of parts that are cut elsewhere, are the same bytes, in one order."""
    shuffled = postgres.create(
        "CREATE TABLE letters AS SELECT 'L-' || n % 700 AS letter_id, now() AS changed_at, n % 11 AS pages,"
        " CASE WHEN n % 3 > 0 THEN 'số ' || n END AS subject FROM generate_series(1, 2000) AS n"
    )
    connect("letters", shuffled.uri())
    monkeypatch.setattr(spool, "ROWS_AT_ONCE", 300)
    contents = set()
    for place, order in enumerate(("pages", "random()", "subject DESC")):
        rows = asked(LETTERS, tmp_path, f"SELECT * FROM letters ORDER BY {order}")
        delivery = spool.spool(rows, LETTERS, tmp_path / str(place), KEY, NOW)
        assert delivery is not None
        contents.add(delivery.path.read_bytes())
    assert len(contents) == 1
    found = pl.read_parquet(delivery.path)
    assert found.height == 2000
    assert found.equals(found.sort(found.columns, nulls_last=True))


def test_what_is_spooled_is_private_hashed_and_named(letters: Database, connect: Connect, tmp_path: Path) -> None:
    """The file is its owner's alone, holds no id and no column that is not named, and says how far it goes."""
    connect("letters", letters.uri())
    query = QUERY.replace("SELECT", "SELECT 'Nguyễn Văn A' AS clerk,")
    delivery = spool.spool(asked(LETTERS, tmp_path, query), LETTERS, tmp_path / "spool", KEY, NOW)
    assert delivery is not None
    assert delivery.path.stat().st_mode & 0o777 == 0o600
    found = pl.read_parquet(delivery.path)
    assert found.columns == ["letter_id", "subject", "pages", "changed_at"]
    assert b"L-1" not in delivery.path.read_bytes()
    assert spool.watermark_of(delivery.path) == "2025-05-02T02:00:00.123456+00:00"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1e-7::float8", "0.0000001"),
        ("'NaN'::float8", "NaN"),
        ("1e20::numeric", "100000000000000000000"),
        ("true", "true"),
        ("DATE '2025-05-31'", "2025-05-31"),
        ("TIMESTAMPTZ '2025-05-31 23:30:00+07'", "2025-05-31T16:30:00+00:00"),
        ("TIMESTAMP '2025-05-31 23:30:00'", "2025-05-31T23:30:00"),
        ('\'{"b": [1, 2], "a": "số"}\'::jsonb', '{"a": "số", "b": [1, 2]}'),
        ("ARRAY[1, 2]", "[1, 2]"),
        ("convert_to('số', 'UTF8')", "số"),
        ("'0b2f7c1e-0000-4000-8000-000000000001'::uuid", "0b2f7c1e-0000-4000-8000-000000000001"),
        ("NULL::text", None),
    ],
)
def test_a_value_is_spooled_as_it_would_stand_in_a_file(
    letters: Database, connect: Connect, tmp_path: Path, value: str, text: str | None
) -> None:
    """Numbers in full, moments in UTC where their zone is known, what is nested as JSON, nothing as nothing."""
    connect("letters", letters.uri())
    (row,) = asked(LETTERS, tmp_path, f"SELECT {value} AS subject".replace("::", "\\:\\:"))
    assert spool.as_text(row["subject"]) == text


@pytest.mark.parametrize(
    ("marks", "type_", "expected"),
    [
        (["2025-05-31T16:30:00+00:00", "2999-01-01T00:00:00+00:00"], ColumnType.TIMESTAMP, "2025-05-31T16:30:00+00:00"),
        (["2025-06-02T05:30:00"], ColumnType.TIMESTAMP, "2025-06-02T05:30:00"),  # by a wall clock in Hanoi, it is now
        (["2025-06-03T05:30:00"], ColumnType.TIMESTAMP, None),
        (["2025-06-01", "2025-05-31"], ColumnType.DATE, "2025-06-01"),
        (["9", "10"], ColumnType.INTEGER, "00000000000000000010"),
        ([None, None], ColumnType.TIMESTAMP, None),
    ],
)
def test_a_mark_sorts_as_text_and_is_not_of_the_future(
    tmp_path: Path, marks: list[str | None], type_: ColumnType, expected: str | None
) -> None:
    """One row from the year 2999 does not hide all that changes until then, and 10 comes after 9."""
    source = replace(LETTERS, columns=(Column("changed_at", "changed_at", type_),))
    delivery = spool.spool(({"changed_at": mark} for mark in marks), source, tmp_path, KEY, NOW)
    assert delivery is not None
    assert spool.watermark_of(delivery.path) == expected


def failure(source: Source, folder: Path, query: str) -> FetchError:
    """What is raised when a query is asked: without secrets, with the command that comes next."""
    with pytest.raises(FetchError) as raised:
        list(asked(source, folder, query))
    said = f"{raised.value} {raised.getrepr(showlocals=False)}"
    assert WRONG not in said
    assert "`targetwatch gather letters`" in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    return raised.value


def test_a_wrong_password_is_for_a_person_to_mend(letters: Database, connect: Connect, tmp_path: Path) -> None:
    """It is terminal, names the Airflow Connection, and does not say the password."""
    connect("letters", letters.uri(password=WRONG))
    found = failure(LETTERS, tmp_path, QUERY)
    assert type(found) is FetchError
    assert "password authentication failed" in str(found)
    assert "Airflow Connection 'letters'" in str(found)


def test_a_database_that_is_not_there_is_for_a_person_to_mend(
    letters: Database, connect: Connect, tmp_path: Path
) -> None:
    """The name in the Connection is wrong: asking again does not help."""
    connect("letters", replace(letters, name="elsewhere").uri())
    found = failure(LETTERS, tmp_path, QUERY)
    assert type(found) is FetchError
    assert 'database "elsewhere" does not exist' in str(found)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT * FROM dropped", 'relation "dropped" does not exist'),
        ("SELECT nothing FROM letters", 'column "nothing" does not exist'),
        ("SELEC letter_id FROM letters", "syntax error"),
        ("DELETE FROM letters", "syntax error"),  # a query that is streamed can only read
        ("SELECT nextval('stamps')", "read-only transaction"),
        ("SELECT * FROM pg_authid", "permission denied"),
    ],
)
def test_a_query_that_is_refused_is_for_a_person_to_mend(
    letters: Database, connect: Connect, tmp_path: Path, query: str, said: str
) -> None:
    """A table that was dropped, rights that were taken, a query that would write: terminal, and the file is named."""
    connect("letters", letters.uri())
    found = failure(LETTERS, tmp_path, query)
    assert type(found) is FetchError
    assert said in str(found)
    assert "sql/sources/letters.sql" in str(found)


def test_what_stands_in_a_row_is_not_said(letters: Database, connect: Connect, tmp_path: Path) -> None:
    """The database quotes the value that it could not convert; nobody needs to read it."""
    connect("letters", letters.uri())
    found = failure(LETTERS, tmp_path, "SELECT CAST(subject AS integer) FROM letters")
    assert "invalid input syntax for type integer" in str(found)
    assert "chuyển đổi" not in str(found)


def test_a_server_that_is_down_may_be_up_the_next_time(connect: Connect, tmp_path: Path) -> None:
    """Nobody answers at the port: transient, and nothing is lost."""
    connect("letters", f"postgres://reader:{WRONG}@127.0.0.1:9/letters")
    found = failure(LETTERS, tmp_path, QUERY)
    assert type(found) is UnreachableError
    assert "Connection refused" in str(found)


def test_a_statement_timeout_cuts_short(letters: Database, connect: Connect, tmp_path: Path) -> None:
    """What the connection's extra says holds, and what it cuts short is transient and says what to do."""
    connect("letters", letters.uri(options="-c statement_timeout=30"))
    found = failure(LETTERS, tmp_path, "SELECT pg_sleep(30)")
    assert type(found) is UnreachableError
    assert "statement timeout" in str(found)
    assert "statement_timeout in the options" in str(found)


def test_a_server_that_goes_away_in_the_middle(letters: Database, connect: Connect, tmp_path: Path) -> None:
    """Its administrator ends the connection while rows are taken: transient, and nothing is left in the spool."""
    connect("letters", letters.uri())

    def interrupted() -> Iterator[Row]:
        for number, row in enumerate(
            asked(LETTERS, tmp_path, f"SELECT n AS pages FROM generate_series(1, {MANY}) AS n")
        ):
            if number == ROWS_AT_ONCE:
                letters.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader'")
            yield row

    with pytest.raises(UnreachableError, match="`targetwatch gather letters`"):
        spool.spool(interrupted(), LETTERS, tmp_path / "spool", KEY, NOW)
    assert list((tmp_path / "spool" / "letters").iterdir()) == []


def test_a_value_that_python_cannot_hold_is_for_a_person_to_mend(
    letters: Database, connect: Connect, tmp_path: Path
) -> None:
    """A moment at infinity is no moment here: the query has to say what is meant."""
    connect("letters", letters.uri())
    assert type(failure(LETTERS, tmp_path, "SELECT 'infinity'\\:\\:timestamptz AS changed_at")) is FetchError


def test_without_a_connection_it_says_how_to_set_one_up(tmp_path: Path, connect: Connect) -> None:
    """A fault of its own kind, which names both ways: Airflow's store, and the environment."""
    with pytest.raises(NotConnectedError) as raised:
        asked(LETTERS, tmp_path, QUERY)
    assert "`airflow connections add letters" in str(raised.value)
    assert "AIRFLOW_CONN_LETTERS" in str(raised.value)


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        (f"mysql://reader:{WRONG}@127.0.0.1/letters", "apache-airflow-providers-mysql"),
        (f"http://reader:{WRONG}@127.0.0.1/", "of type 'http', which is no database"),
    ],
)
def test_a_connection_that_nothing_serves(connect: Connect, tmp_path: Path, uri: str, says: str) -> None:
    """A kind of database whose provider is not installed: it says which to install. Or it is no database at all."""
    connect("letters", uri)
    with pytest.raises(FetchError, match=says) as raised:
        asked(LETTERS, tmp_path, QUERY)
    assert WRONG not in str(raised.value)


def test_a_query_that_is_not_there_or_asks_for_more(connect: Connect, tmp_path: Path) -> None:
    """The file that is missing is named, and so is a value that nobody gives."""
    with pytest.raises(FetchError, match=r"sql/sources/letters\.sql, and there is no such file"):
        rows_of_query(LETTERS, SqlFetch("letters"), None, tmp_path, NOW)
    with pytest.raises(FetchError, match=":until"):
        asked(LETTERS, tmp_path, "SELECT :until")


def test_any_database_with_a_hook_will_do(connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook for SQLite, as its provider has it (none is installed here), is asked in the same way."""
    from airflow.providers.common.sql.hooks.sql import DbApiHook
    from airflow.sdk import Connection

    class SqliteHook(DbApiHook):
        """What a provider's hook gives: an address for SQLAlchemy, and connections of the driver's own."""

        conn_name_attr = "sqlite_conn_id"

        def get_uri(self) -> str:
            return f"sqlite:///{tmp_path / 'letters.db'}"

        def get_conn(self) -> sqlite3.Connection:
            return sqlite3.connect(tmp_path / "letters.db")

    monkeypatch.setattr(Connection, "get_hook", lambda self: SqliteHook(sqlite_conn_id=self.conn_id))
    connect("letters", "sqlite:///letters.db")
    with sqlite3.connect(tmp_path / "letters.db") as database:
        database.execute("CREATE TABLE letters (letter_id TEXT, subject TEXT, changed_at TEXT)")
        database.executemany(
            "INSERT INTO letters VALUES (?, ?, ?)", [("L-1", "số", "2025-05-01"), ("L-2", None, "2025-05-03")]
        )
    database.close()
    query = "SELECT letter_id, subject, changed_at FROM letters WHERE changed_at >= :since"
    assert len(list(asked(LETTERS, tmp_path, query))) == 2
    assert [row["letter_id"] for row in asked(LETTERS, tmp_path, query, since="2025-05-02")] == ["L-2"]
    assert type(failure(LETTERS, tmp_path, "SELECT * FROM dropped")) is FetchError


def test_a_mark_that_is_a_number_begins_at_nought(postgres: Postgres, connect: Connect, tmp_path: Path) -> None:
    """A serial number serves as well as a moment: the first fetch begins before it, the next after the last."""
    numbered = postgres.create("CREATE TABLE letters AS SELECT n AS number FROM generate_series(1, 12) AS n")
    connect("letters", numbered.uri())
    source = replace(LETTERS, watermark="number", columns=(Column("number", "number", ColumnType.INTEGER),))
    query = "SELECT number FROM letters WHERE number > CAST(:since AS bigint)"
    delivery = spool.spool(asked(source, tmp_path, query), source, tmp_path / "spool", KEY, NOW)
    assert delivery is not None
    mark = spool.watermark_of(delivery.path)
    numbered.run("INSERT INTO letters VALUES (13)")
    assert [row["number"] for row in asked(source, tmp_path, query, since=mark)] == [13]


def test_days_and_dates_are_json_too() -> None:
    """A value that holds values is written as JSON, in one order, whatever it holds."""
    assert json.loads(spool.as_text({"b": date(2025, 5, 31), "a": None}) or "") == {"a": None, "b": "2025-05-31"}


def test_secrets_are_taken_out_of_what_a_database_says() -> None:
    """The password, also as it stands in an address, what the extra calls a secret, and any address with a password."""
    from airflow.sdk import Connection

    extra = json.dumps({"sslpassword": "tls-secret", "sslmode": "verify-full", "access_token": "t0ken/with=signs"})
    connection = Connection(conn_id="letters", conn_type="postgres", login="reader", password="p@ss/word", extra=extra)
    said = without_secrets(
        "no: p@ss/word, p%40ss%2Fword, tls-secret, t0ken/with=signs, t0ken%2Fwith%3Dsigns, verify-full, "
        "mysql://admin:another@10.0.0.1/x",
        connection,
    )
    assert said == "no: ***, ***, ***, ***, ***, verify-full, mysql://admin:***@10.0.0.1/x"
