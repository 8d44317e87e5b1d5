"""The SQL connector: the rows of a query in any database that an Airflow hook reaches, streamed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from targetwatch.gathering.connectors.airflow_connections import connection_of, without_secrets
from targetwatch.gathering.connectors.faults import FetchError, UnreachableError
from targetwatch.gathering.spool import Row
from targetwatch.model import Source, SqlFetch

if TYPE_CHECKING:
    from airflow.sdk import Connection
    from sqlalchemy import Engine

ROWS_AT_ONCE = 10_000
BEGINNING = "0001-01-01"  # what :since is on the first time: before everything


def rows_of_query(source: Source, fetch: SqlFetch, since: str | None, sql: Path) -> Iterator[Row]:
    """The rows of sql/sources/<query>.sql, as mappings, in blocks of 10,000: never the whole of them in memory.

    The query may speak of :since, the mark of what was gathered before, as text that sorts. Raises FetchError where
    the query or the rights are wrong, UnreachableError where the database does not answer.
    """
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

    path = sql / "sources" / f"{fetch.query}.sql"
    if not path.is_file():
        raise FetchError(f"Source {source.id} asks by sql/sources/{fetch.query}.sql, and there is no such file.")
    statement = text(path.read_text(encoding="utf-8"))
    given = {"since": since or BEGINNING} if "since" in statement._bindparams else {}
    connection = connection_of(source)
    try:
        with _engine(source, connection).connect() as conn:
            streamed = conn.execution_options(stream_results=True, max_row_buffer=ROWS_AT_ONCE)
            for row in streamed.execute(statement, given).yield_per(ROWS_AT_ONCE).mappings():
                yield dict(row)
    except OperationalError as fault:
        raise UnreachableError(_said(source, "did not answer", fault, connection)) from None
    except (DBAPIError, SQLAlchemyError) as fault:
        raise FetchError(_said(source, f"refused sql/sources/{fetch.query}.sql", fault, connection)) from None


def _engine(source: Source, connection: Connection) -> Engine:
    from sqlalchemy.pool import NullPool

    hook = connection.get_hook()
    if not hasattr(hook, "get_sqlalchemy_engine"):
        kind = connection.conn_type
        raise FetchError(f"The connection of source {source.id} is of type '{kind}', which is no database.")
    engine: Engine = hook.get_sqlalchemy_engine({"poolclass": NullPool})
    return engine


def _said(source: Source, what: str, fault: Exception, connection: Connection) -> str:
    """What the database said, in one line and without secrets."""
    said = str(getattr(fault, "orig", None) or fault).strip().splitlines()
    return without_secrets(f"The database of source {source.id} {what}: {said[0] if said else fault!r}", connection)
