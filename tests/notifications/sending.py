"""What tests of sending have in common: rows, a clock that moves when somebody sleeps, and one drain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from targetwatch.model import Delivery, Notification, Transport
from targetwatch.notifications.delivery.audience import Audience
from targetwatch.notifications.delivery.outbox import Delivered, Patience, deliver
from targetwatch.notifications.delivery.wire import Carrier, Carriers, OutboxStore
from tests.fakes import MemoryOutbox

START = datetime(2025, 6, 16, 10, 5, tzinfo=UTC)
POST, UPDATE, REPLY = Delivery.POST, Delivery.UPDATE, Delivery.REPLY


@dataclass
class Clock:
    """A clock that moves when somebody sleeps."""

    now: datetime = START
    slept: list[float] = field(default_factory=list)

    def read(self) -> datetime:
        """The time."""
        return self.now

    def ticks(self) -> float:
        """The same in seconds."""
        return self.now.timestamp()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    @property
    def patience(self) -> Patience:
        """The patience of a drain that lives by this clock."""
        return Patience(self.sleep, self.ticks, lambda: 0.5)


@dataclass
class Only:
    """Carriers of which there is one."""

    carrier: Carrier

    def of(self, item: Notification) -> Carrier:
        """The one there is."""
        return self.carrier


def row(
    name: str,
    delivery: Delivery,
    group: str = "behind/a",
    episode: int = 1,
    *,
    channel: str = "c",
    receiver: str = "r",
    reason: str = "changed",
    at: datetime = START,
    blocks: Sequence[object] = (),
    transport: Transport = Transport.SLACK,
) -> Notification:
    """A row of the outbox; its words are its name."""
    payload = {
        "text": name,
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": name}}, *blocks],
        "unfurl_links": False,
        "unfurl_media": False,
        "metadata": {
            "event_type": "targetwatch_notification",
            "event_payload": {"notification": name, "group": group, "reason": reason},
        },
    }
    return Notification(
        name, receiver, channel, group, episode, delivery, reason, payload, name, at, transport=transport
    )


def filled(*rows: Notification) -> MemoryOutbox:
    """An outbox with these rows."""
    outbox = MemoryOutbox()
    outbox.add(rows)
    return outbox


def send(
    outbox: OutboxStore, carriers: Carriers, clock: Clock | None = None, audience: Audience | None = None
) -> Delivered:
    """One drain."""
    clock = clock or Clock()
    return deliver(outbox, carriers, clock.read, audience, clock.patience)
