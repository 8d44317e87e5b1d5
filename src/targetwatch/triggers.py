"""What rings Airflow: the watcher of the inbox, and the assets that tie the DAGs together.

An event is a doorbell. It says that something lies in a source's inbox; the task that answers looks at the inbox
itself. So an event may come twice, may be lost (the DAGs have a clock too) and need not be remembered over a restart:
what still lies there then is announced again.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from airflow.sdk import Asset, AssetWatcher
from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from targetwatch.gathering import connectors
from targetwatch.gathering.delivery import Delivery

POLL_SECONDS = 0.5
FIRST_REMINDER = 30.0  # seconds until a file that still lies there is announced again; doubled each time
LAST_REMINDER = 1800.0


def inbox_asset(source: str, inbox: Path) -> Asset:
    """The deliveries of `source` that wait in `inbox`, and the watcher that sees them arrive."""
    watcher = AssetWatcher(name=f"inbox-{source}", trigger=InboxTrigger(inbox=str(inbox), source=source))
    return Asset(name=f"inbox/{source}", uri=f"targetwatch://inbox/{source}", watchers=[watcher])


def records_asset(source: str) -> Asset:
    """The records of `source`: what gathering it brings up to date."""
    return Asset(name=f"records/{source}", uri=f"targetwatch://records/{source}")


@dataclass(frozen=True, slots=True, order=True)
class Sighting:
    """A file as it lay in a source's inbox. A file that was delivered anew under the same name is another sighting."""

    name: str
    bytes: int
    changed: int  # nanoseconds since the epoch, as the file system has it


@dataclass
class Doorbell:
    """Decides when to ring for the files of one source: at once for a new one, ever more seldom for one that stays."""

    _next: dict[Sighting, tuple[float, float]] = field(default_factory=dict)  # sighting -> (next ring, wait after it)

    def rings(self, lying: frozenset[Sighting], now: float) -> bool:
        """Whether to ring, given the complete files that lie there at `now` (monotonic seconds)."""
        self._next = {sighting: due for sighting, due in self._next.items() if sighting in lying}
        due = [sighting for sighting in lying if now >= self._next.get(sighting, (now, 0.0))[0]]
        for sighting in due:
            wait = self._next[sighting][1] if sighting in self._next else FIRST_REMINDER
            self._next[sighting] = (now + wait, min(2 * wait, LAST_REMINDER))
        return bool(due)


def scan(inbox: Path) -> dict[str, frozenset[Sighting]]:
    """The files that lie complete in each source's folder of `inbox`, by the same look that gathering takes.

    A folder that cannot be read is left out: the clock's run of its DAG will fail on it, in red.
    """
    found: dict[str, frozenset[Sighting]] = {}
    for folder in _folders(inbox):
        with contextlib.suppress(OSError):
            lying = connectors.look(folder, inbox).complete
            if sightings := frozenset(_sighting(delivery) for delivery in lying):
                found[folder] = sightings
    return found


def _folders(inbox: Path) -> list[str]:
    """The sources that have anything in their folder at all. Most polls end here."""
    occupied = []
    with contextlib.suppress(OSError), os.scandir(inbox) as folders:
        for folder in folders:
            with contextlib.suppress(OSError), os.scandir(folder) as entries:
                if next(entries, None) is not None:
                    occupied.append(folder.name)
    return occupied


def _sighting(delivery: Delivery) -> Sighting:
    return Sighting(delivery.name, delivery.bytes, delivery.path.lstat().st_ctime_ns)


class InboxTrigger(BaseEventTrigger):
    """Fires when a delivery lies complete in a source's inbox. One scan serves the triggers of all sources."""

    def __init__(self, *, inbox: str, source: str, poll_seconds: float = POLL_SECONDS) -> None:
        super().__init__()
        self.inbox = inbox
        self.source = source
        self.poll_seconds = poll_seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """The class path and the arguments that make this trigger again in the triggerer."""
        arguments = {"inbox": self.inbox, "source": self.source, "poll_seconds": self.poll_seconds}
        return "targetwatch.triggers.InboxTrigger", arguments

    def shared_stream_key(self) -> Hashable:
        """Triggers on one inbox at one pace share one scan."""
        return ("targetwatch-inbox", os.path.realpath(self.inbox), self.poll_seconds)

    @classmethod
    async def open_shared_stream(cls, kwargs: dict[str, Any]) -> AsyncIterator[dict[str, frozenset[Sighting]]]:
        """What lies in the inbox, source by source, again and again."""
        inbox = Path(kwargs["inbox"])
        while True:
            yield await asyncio.to_thread(scan, inbox)
            await asyncio.sleep(kwargs["poll_seconds"])

    async def filter_shared_stream(
        self, shared_stream: AsyncIterator[dict[str, frozenset[Sighting]]]
    ) -> AsyncIterator[TriggerEvent]:
        """Ring for this trigger's own source."""
        doorbell = Doorbell()
        async for lying in shared_stream:
            mine = lying.get(self.source, frozenset())
            if doorbell.rings(mine, time.monotonic()):
                yield TriggerEvent({"source": self.source, "files": len(mine)})

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """The same with a scan of its own, where nothing is shared."""
        async for event in self.filter_shared_stream(self.open_shared_stream(self.serialize()[1])):
            yield event
