"""Fetching: what a source's system has that is new, spooled as one delivery."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from targetwatch.gathering.connectors.faults import FetchError
from targetwatch.gathering.record_key import record_key
from targetwatch.gathering.spool import Row, spool, spooled
from targetwatch.model import CkanFetch, HttpFetch, ObjectFetch, Programme, PrometheusFetch, Source, SqlFetch


def fetch(
    source: Source, programme: Programme, mark: str | None, sql: Path, inbox: Path, home: Path, now: datetime
) -> None:
    """Fetch what the system of `source` has since `mark`, less the overlap: rows into its spool, files into the inbox.

    `mark` is how far it was gathered before, None on the first time; `sql` holds the programme's queries. What lies in
    the spool already is gathered before more is fetched. Raises FetchError where it is no use to try again.
    """
    if source.fetch is None or spooled(source, home / "spool"):
        return
    if isinstance(source.fetch, ObjectFetch):
        from targetwatch.gathering.connectors.airflow_objects import bring

        bring(source, source.fetch, inbox, home)
        return
    spool(_rows(source, programme, since(source, mark), sql, now), source, home / "spool", record_key(home), now)


def since(source: Source, mark: str | None) -> str | None:
    """Where the next fetch begins: the mark less the overlap. A mark that is no moment or date is taken as it is."""
    if mark is None or not source.overlap_hours:
        return mark
    try:
        moment = datetime.fromisoformat(mark)
    except ValueError:
        return mark
    begun = moment - timedelta(hours=source.overlap_hours)
    return begun.date().isoformat() if len(mark) == len("2025-12-31") else begun.isoformat()


def _rows(source: Source, programme: Programme, begin: str | None, sql: Path, now: datetime) -> Iterator[Row]:
    """The rows, by the source's connector; what a connector needs is imported when it is used."""
    match source.fetch:
        case SqlFetch():
            from targetwatch.gathering.connectors.airflow_sql import rows_of_query

            return rows_of_query(source, source.fetch, begin, sql)
        case HttpFetch():
            from targetwatch.gathering.connectors.airflow_http import rows_of_service

            return rows_of_service(source, source.fetch, begin)
        case CkanFetch():
            from targetwatch.gathering.connectors.airflow_ckan import rows_of_portal

            return rows_of_portal(source, source.fetch, now)
        case PrometheusFetch():
            from targetwatch.gathering.connectors.airflow_prometheus import rows_of_availability

            return rows_of_availability(source, programme, source.fetch, begin, now)
    raise FetchError(f"Source {source.id} names nothing that can be fetched.")
