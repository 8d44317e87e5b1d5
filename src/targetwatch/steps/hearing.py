"""Who hears of what is live, as the newest snapshot has it: read without opening the ledger that others write to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from targetwatch.catalogue.calendar import WorkingCalendar
from targetwatch.model import Programme
from targetwatch.settings import Settings

if TYPE_CHECKING:
    import polars as pl

    from targetwatch.notifications import Situation
    from targetwatch.warehouse import Connection, Reader


class _Queries:
    """The product's queries asked of a snapshot, whose tables are those of the ledger."""

    def __init__(self, reader: Reader, settings: Settings) -> None:
        self._reader = reader
        self._folder = settings.product_sql / "queries"

    def frame(self, query: str, **values: object) -> pl.DataFrame:
        """The rows of the query of that name."""
        return self._reader.fetch((self._folder / f"{query}.sql").read_text(encoding="utf-8"), values)


def live(settings: Settings, programme: Programme, now: datetime) -> Situation:
    """The live incidents of the newest snapshot, with what their labels and silences rest on.

    Raises NoSnapshot where nothing has been published yet.
    """
    from targetwatch.notifications import Situation
    from targetwatch.warehouse import ledger, open_snapshots

    with open_snapshots(settings.home) as reader:
        published = cast("Connection", _Queries(reader, settings))
        return Situation(
            programme=programme,
            now=now,
            incidents=tuple(ledger.live_incidents(published)),
            events=(),
            assessments=tuple(ledger.latest_assessments(published)),
            silences=tuple(ledger.silences(published)),
            calendar=WorkingCalendar(programme.calendar, programme.time_zone),
            board_url=settings.board_url,
        )
