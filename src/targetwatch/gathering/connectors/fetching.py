"""Fetching: what a source's system has that is new, spooled as one delivery."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from targetwatch.gathering.connectors.faults import FetchError
from targetwatch.gathering.record_key import record_key
from targetwatch.gathering.spool import Row, spool, spooled, sweep
from targetwatch.model import CkanFetch, HttpFetch, ObjectFetch, Programme, PrometheusFetch, Source, SqlFetch


class Asked(StrEnum):
    """What came of asking a system, where it was asked."""

    DELIVERED = "delivered"
    NOTHING_NEW = "nothing_new"
    LEFT_OVER = "left_over"  # not asked: what lies in the spool from before is to be gathered first
    BUSY = "busy"  # not asked: another pass is asking it


def fetch(source: Source, programme: Programme, mark: str | None, sql: Path, home: Path, now: datetime) -> Asked:
    """Fetch what the system of `source` has since `mark`, less the overlap, into its spool.

    `mark` is how far it was gathered before, None on the first time; `sql` holds the programme's queries. One pass asks
    at a time. Raises NotConnectedError where no connection is set up, UnreachableError where the system does not
    answer, FetchError where it is no use to try again.
    """
    from filelock import FileLock, Timeout

    from targetwatch.gathering.connectors import airflow_connections

    airflow_connections.prepare(home)
    folder = home / "spool"
    (folder / source.id).mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(folder / source.id / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return Asked.BUSY
    try:
        sweep(source, folder)
        if spooled(source, folder):
            return Asked.LEFT_OVER
        if isinstance(source.fetch, ObjectFetch):
            from targetwatch.gathering.connectors.airflow_objects import take_objects

            taken = take_objects(source, source.fetch, folder / source.id, now)
            return Asked.DELIVERED if taken else Asked.NOTHING_NEW
        rows = _rows(source, programme, since(source, mark), sql, now)
        return Asked.DELIVERED if spool(rows, source, folder, record_key(home), now) else Asked.NOTHING_NEW
    finally:
        lock.release()


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

            return rows_of_query(source, source.fetch, begin, sql, now)
        case HttpFetch():
            from targetwatch.gathering.connectors.airflow_http import rows_of_service

            return rows_of_service(source, source.fetch, begin)
        case CkanFetch():
            from targetwatch.gathering.connectors.airflow_ckan import rows_of_portal

            today = now.astimezone(ZoneInfo(programme.time_zone)).date()
            return rows_of_portal(source, source.fetch, sql.parent / "catalogue", today)
        case PrometheusFetch():
            from targetwatch.gathering.connectors.airflow_prometheus import rows_of_monitoring

            return rows_of_monitoring(source, source.fetch, programme, begin, sql, now)
    raise FetchError(f"Source {source.id} names nothing that can be fetched.")
