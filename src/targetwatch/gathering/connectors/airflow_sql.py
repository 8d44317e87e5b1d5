"""The SQL connector: the rows of a query in any database that an Airflow hook reaches, streamed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from targetwatch.gathering.connectors.airflow_connections import connection_of, without_secrets
from targetwatch.gathering.connectors.faults import FetchError, UnreachableError
from targetwatch.gathering.spool import Row
from targetwatch.model import ColumnType, Source, SqlFetch

if TYPE_CHECKING:
    from airflow.sdk import Connection
    from sqlalchemy import Engine, TextClause
    from sqlalchemy.exc import SQLAlchemyError

ROWS_AT_ONCE = 10_000
BEGINNING = "0001-01-01"  # what :since is on the first time: before everything
FIRST_NUMBER = "0"  # the same where the mark is a number

# Classes of SQLSTATE, as the standard and PostgreSQL have them.
PASSING = ("08", "40", "53", "55", "57", "58")  # connection, rollback, resources, in use, operator, system: may pass
LOGIN = ("28", "3D")  # authorization, no such database
OF_VALUES = ("22", "23")  # data, integrity: these quote what stands in a row
CUT_SHORT = "57014"  # by the server's statement timeout, or by its administrator
# Many errors have no SQLSTATE, those of PostgreSQL before there is a session among them: they are told by their words.
LOGIN_IN_WORDS = re.compile(
    r"password|authenticat|access denied|login failed|no pg_hba|unknown database|certificate"
    r"|(role|user|database) .* does not exist",
    re.IGNORECASE,
)
QUERY_IN_WORDS = re.compile(r"no such (table|column|function)|syntax error|permission denied", re.IGNORECASE)
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


def rows_of_query(source: Source, fetch: SqlFetch, since: str | None, sql: Path, now: datetime) -> Iterator[Row]:
    """The rows of sql/sources/<query>.sql, as mappings, in blocks of 10,000: never the whole of them in memory.

    The query may speak of :since, the mark of what was gathered before, and of :now, the moment of the pass, both as
    text in ISO 8601. Raises FetchError where the connection, the query or the rights are wrong, UnreachableError where
    the database does not answer. What they say has neither secrets in it nor what stands in a row.
    """
    statement, given = _statement(source, fetch, sql, {"since": since or _beginning(source), "now": _iso(now)})
    connection = connection_of(source)
    engine = _engine(source, connection)
    return _rows(source, fetch, engine, connection, statement, given)


def _rows(
    source: Source,
    fetch: SqlFetch,
    engine: Engine,
    connection: Connection,
    statement: TextClause,
    given: dict[str, str],
) -> Iterator[Row]:
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with engine.connect() as conn:
            streamed = conn.execution_options(
                stream_results=True, max_row_buffer=ROWS_AT_ONCE, postgresql_readonly=True
            )
            for row in streamed.execute(statement, given).yield_per(ROWS_AT_ONCE).mappings():
                yield dict(row)
    except SQLAlchemyError as fault:
        raise _fault(source, fetch, connection, fault) from None
    except UnicodeError:
        raise FetchError(
            f"The database of source {source.id} sent text that is not in the encoding that it declares. Convert it in "
            f"sql/sources/{fetch.query}.sql, then run `targetwatch gather {source.id}`."
        ) from None


def _statement(source: Source, fetch: SqlFetch, sql: Path, known: dict[str, str]) -> tuple[TextClause, dict[str, str]]:
    """The query, and those of the `known` values that it speaks of."""
    from sqlalchemy import text

    path = sql / "sources" / f"{fetch.query}.sql"
    if not path.is_file():
        raise FetchError(
            f"Source {source.id} asks by sql/sources/{fetch.query}.sql, and there is no such file. Write it, or name "
            f"another under 'sql:' in catalogue/sources/{source.id}.yaml."
        )
    statement = text(path.read_text(encoding="utf-8"))
    named = set(statement.compile().params)
    if unknown := sorted(named - set(known)):
        raise FetchError(
            f"sql/sources/{fetch.query}.sql speaks of :{unknown[0]}, which nobody gives it: there are :since and :now. "
            "A colon that means nothing of the kind is written with a backslash before it."
        )
    return statement, {name: known[name] for name in named}


def _engine(source: Source, connection: Connection) -> Engine:
    """SQLAlchemy over the hook's own connections: what the Connection says of TLS, options and timeouts holds."""
    from airflow.sdk.exceptions import AirflowException
    from sqlalchemy.pool import NullPool

    kind = connection.conn_type
    try:
        hook = connection.get_hook()
    except (AirflowException, ImportError):
        raise FetchError(
            f"The connection of source {source.id} is of type '{kind}', and no provider of Airflow's is installed for "
            f"it. Install it, as in `pip install apache-airflow-providers-{kind}`, or correct the type."
        ) from None
    if not hasattr(hook, "get_sqlalchemy_engine"):
        raise FetchError(f"The connection of source {source.id} is of type '{kind}', which is no database. Correct it.")
    engine: Engine = hook.get_sqlalchemy_engine({"poolclass": NullPool, "creator": hook.get_conn})
    return engine


def _fault(source: Source, fetch: SqlFetch, connection: Connection, fault: SQLAlchemyError) -> FetchError:
    """What the database said, in one line, whether it may pass, and which command comes next."""
    from sqlalchemy.exc import DataError, IntegrityError, OperationalError

    orig = getattr(fault, "orig", None)
    state = str(getattr(orig, "sqlstate", None) or getattr(orig, "pgcode", None) or "")
    said = " ".join(str(orig or fault).strip().splitlines()[:1]) or type(fault).__name__
    if state.startswith(OF_VALUES) or (not state and isinstance(fault, DataError | IntegrityError)):
        said = QUOTED.sub("…", said)
    said = without_secrets(said, connection).rstrip(".")
    query, again = f"sql/sources/{fetch.query}.sql", f"`targetwatch gather {source.id}`"
    about = f"The database of source {source.id}"
    if state == CUT_SHORT:
        return UnreachableError(
            f"{about} cut {query} short: {said}. Ask for less at once, or raise its statement_timeout in the options "
            f"of the connection's extra. The next pass asks again, and {again} at once."
        )
    if state.startswith(LOGIN) or (not state and LOGIN_IN_WORDS.search(said)):
        name = source.connection or source.id
        return FetchError(
            f"{about} turned us away: {said}. Correct the Airflow Connection '{name}' or AIRFLOW_CONN_{name.upper()}, "
            f"then run {again}."
        )
    in_words = isinstance(fault, OperationalError) and not QUERY_IN_WORDS.search(said)
    if state.startswith(PASSING) if state else in_words:
        return UnreachableError(
            f"{about} did not answer: {said}. Nothing is lost: the next pass asks again, and {again} at once."
        )
    return FetchError(f"{about} refused {query}: {said}. Mend the query, or what the login may read; then run {again}.")


def _beginning(source: Source) -> str:
    is_number = any(column.name == source.watermark and column.type is ColumnType.INTEGER for column in source.columns)
    return FIRST_NUMBER if is_number else BEGINNING


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
