"""What one pass does with a source whose system is asked: ask it, and write down what came of it.

A system that nobody has connected yet is no failure, as long as it never answered: its source waits, calmly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from targetwatch.model import ObjectFetch, Programme, Source
from targetwatch.settings import Settings

if TYPE_CHECKING:
    from targetwatch.gathering import Asked, Gathered
    from targetwatch.warehouse import Warehouse

INBOX_IS_EMPTY = "Nothing waits in the inboxes."
NOTHING_NEW = "The system has nothing new, and nothing waits in the inbox."


def ask(
    settings: Settings,
    programme: Programme,
    source: Source,
    warehouse: Warehouse,
    now: datetime,
    progress: Callable[[str], None],
) -> Asked | None:
    """Ask the system of `source` what it has that is new, which is spooled. None where it is not connected yet.

    Raises FetchError where it cannot be asked, after that was written down.
    """
    from targetwatch import gathering
    from targetwatch.warehouse import records, systems

    progress(f"{source.id}: asking its system")
    with warehouse.records() as conn:
        mark = records.watermark(conn, source.id)
    try:
        return gathering.fetch(source, programme, mark, settings.programme_sql, settings.home, now)
    except gathering.NotConnectedError as missing:
        with warehouse.records() as conn:
            systems.note_asked(conn, source.id, systems.Answer.NOT_CONNECTED, now, str(missing))
            system = systems.newest(conn, source.id)
        if system is not None and not system.waits:
            raise
        progress(str(missing))
        return None
    except Exception as failure:
        passing = isinstance(failure, gathering.UnreachableError)
        # What any other failure says may hold what stands in a row: only its kind is written down.
        says = str(failure) if isinstance(failure, gathering.FetchError) else f"{type(failure).__name__}; see the log."
        with warehouse.records() as conn:
            answer = systems.Answer.UNREACHABLE if passing else systems.Answer.FAILED
            systems.note_asked(conn, source.id, answer, now, says)
        raise


def answered(
    programme: Programme, source: Source, warehouse: Warehouse, recorded: Iterable[Gathered], now: datetime
) -> None:
    """Write down that the system has answered, and what that says of ended periods, once all of it is recorded.

    A refused delivery leaves open what the periods hold.
    """
    from targetwatch.warehouse import systems

    with warehouse.records() as conn:
        systems.note_asked(conn, source.id, systems.Answer.ANSWERED, now)
        # What lies in an object store is what units have left there: none has reported by the store's answering.
        if not isinstance(source.fetch, ObjectFetch) and all(one.state != "refused" for one in recorded):
            systems.confirm_reports(conn, source.id, now, programme.time_zone)


def why_nothing(source: Source, warehouse: Warehouse) -> str:
    """Why a pass had nothing to gather from `source`."""
    from targetwatch.warehouse import systems

    if source.fetch is None:
        return INBOX_IS_EMPTY
    with warehouse.records() as conn:
        system = systems.newest(conn, source.id)
    return (system.says if system is not None else None) or NOTHING_NEW
