"""Where deliveries come from. A connector yields the deliveries that are complete and wait to be gathered."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from targetwatch.gathering.connectors.inbox import SETTLED_AFTER, Look, look
from targetwatch.gathering.delivery import Delivery
from targetwatch.model import Source

__all__ = ["Look", "look", "waiting"]


def waiting(source: Source, inbox: Path, settled_after: timedelta = SETTLED_AFTER) -> list[Delivery]:
    """The deliveries of `source` that lie complete in `inbox`/<source id>, in order of arrival.

    Files are taken from there whatever the source's connector: a backfill by hand is one too. A file that changed
    within `settled_after` is still being written and waits for the next pass. A planned source has none.
    """
    if source.planned:
        return []
    return list(look(source.id, inbox, settled_after).complete)
