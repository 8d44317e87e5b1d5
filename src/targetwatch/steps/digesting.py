"""Digests made: the picture of a moment put into words, and its rows into the outbox.

Nothing is judged here and no clock is read: the same moment gives the same words whenever it is asked for, as long as
the catalogue is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from targetwatch.catalogue.calendar import WorkingCalendar
from targetwatch.model import Language, Programme, Receiver, Rhythm, Text
from targetwatch.steps import picturing

if TYPE_CHECKING:
    from targetwatch.notifications.digests import Page
    from targetwatch.notifications.digests.editions import Almanac, Edition
    from targetwatch.settings import Settings
    from targetwatch.warehouse import Warehouse

NOTHING_JUDGED = Text(
    "Chưa có gì được đánh giá trong kỳ này, nên chưa có bản tổng hợp.",
    "Nothing had been judged by then, so that there is no digest of it.",
)


@dataclass(frozen=True, slots=True)
class Digested:
    """What a call made. `why_nothing` says for each rhythm of which nothing was made, why."""

    made: tuple[str, ...] = ()  # groups: digest/weekly/2024-W47
    rows: int = 0  # put into the outbox, those of overtaken digests among them
    overtaken: int = 0  # digests that nobody made in their time
    why_nothing: tuple[str, ...] = ()


def almanac(programme: Programme) -> Almanac:
    """The almanac by which the programme's digests are dated."""
    from targetwatch.notifications.digests.editions import Almanac

    calendar = WorkingCalendar(programme.calendar, programme.time_zone)
    return Almanac(programme, calendar, calendar.deadline)


def make(
    settings: Settings, programme: Programme, warehouse: Warehouse, rhythms: Iterable[Rhythm], now: datetime
) -> Digested:
    """Put the newest digests into the outbox, of those rhythms of which it has none yet, each for all who want it.

    An edition is made once, for all receivers in one transaction: one that is added later gets the next. Older editions
    that nobody made are written down as overtaken.
    """
    from targetwatch.notifications.digests import Ears, render, rows, tell
    from targetwatch.warehouse import ledger

    made: list[str] = []
    why: list[str] = []
    added = missed = 0
    dates_ = almanac(programme)
    for rhythm in rhythms:
        edition = dates_.newest(rhythm, now)
        receivers = [one for one in programme.receivers if rhythm in one.digests]
        with warehouse.ledger() as conn:
            before = ledger.digests_made(conn)
        if reason := _why_not(warehouse, edition, receivers, {one.group for one in before}, now):
            why.append(reason)
            continue
        picture = picturing.look(settings, programme, warehouse, edition, now)
        ears = Ears(picture.situation)
        late = list(rows.overtaken(dates_, edition, receivers, before, now))
        pages = [(one, render(tell(picture, ears, one.name), one.language)) for one in receivers]
        wanted = [rows.row(edition, one, page, now) for one, page in pages]
        with warehouse.ledger() as conn:
            added += ledger.add_notifications(conn, [*late, *wanted], run_id=edition.group)
        made.append(edition.group)
        missed += len(late)
    return Digested(tuple(made), added, missed, tuple(why))


def page(
    settings: Settings,
    programme: Programme,
    warehouse: Warehouse,
    rhythm: Rhythm,
    as_of: datetime,
    language: Language,
    receiver: Receiver | None = None,
) -> Page | None:
    """The newest digest of a rhythm at `as_of`, as it was known then, for a receiver or of everything; None before any.

    Nothing is written.
    """
    from targetwatch.notifications.digests import Ears, render, tell

    edition = almanac(programme).newest(rhythm, as_of)
    if not _had_begun(warehouse, edition, as_of):
        return None
    picture = picturing.look(settings, programme, warehouse, edition, as_of)
    return render(tell(picture, Ears(picture.situation), receiver.name if receiver else None), language)


def _why_not(
    warehouse: Warehouse, edition: Edition, receivers: Sequence[Receiver], made: set[str], now: datetime
) -> str:
    """Why an edition is not to be made; empty where it is."""
    if not receivers:
        return f"No receiver of the catalogue wants a {edition.rhythm.value} digest."
    if edition.group in made:
        return f"{edition.group} has been made already."
    if not _had_begun(warehouse, edition, now):
        return f"{edition.group}: {NOTHING_JUDGED.en}"
    return ""


def _had_begun(warehouse: Warehouse, edition: Edition, as_of: datetime) -> bool:
    """Whether anything had been judged before the edition ended."""
    from targetwatch.warehouse import ledger

    if not warehouse.live("ledger").exists():
        return False
    with warehouse.ledger() as conn:
        first, _ = ledger.passes(conn, as_of)
    return first is not None and first < edition.ends
