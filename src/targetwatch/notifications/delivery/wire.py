"""The wire: what the outbox needs of a store that keeps its rows and of the carriers that take its messages away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from targetwatch.model import Delivery, Notification, Receiver, Text, Transport

Payload = Mapping[str, object]
Episode = tuple[str, str, int]
"""What one message stands for: its receiver, its group, and the number of the incident that it was posted for."""


class FailureKind(StrEnum):
    """What a failure to send means for the next try."""

    TRANSIENT = "transient"  # passes by itself
    BLOCKED = "blocked"  # a person must do something outside (a token, a channel); what waits is kept for that
    LOST = "lost"  # the message that is to be edited or answered is there no more
    CONTENT = "content"  # these blocks are not taken; plainer ones may be
    TERMINAL = "terminal"  # this row will never be taken


class Scope(StrEnum):
    """What else would fail in the same way now."""

    ROW = "row"
    CHANNEL = "channel"  # everything for the same address
    EVERYWHERE = "everywhere"  # everything that the carrier carries


class Showing(StrEnum):
    """How a carrier shows pictures."""

    UPLOADED = "uploaded"  # kept by it once, and named in messages
    INLINE = "inline"  # within the message
    DATA = "data"  # not at all: whoever takes the message gets what the picture is drawn from


class SendFailure(Exception):  # noqa: N818 - it is a failure of the other side's, told apart from errors of ours
    """A request was not taken, or its answer was lost. The message says what happened and what to do.

    `retry_after` is what the other side asked for, in seconds. `may_have_arrived` says that the answer was lost, not
    the request: before sending again, look. Neither has a token, a password or a secret address in it.
    """

    def __init__(
        self,
        says: Text | str,
        kind: FailureKind,
        *,
        scope: Scope = Scope.ROW,
        retry_after: float | None = None,
        may_have_arrived: bool = False,
        code: str = "",
    ) -> None:
        self.says = says if isinstance(says, Text) else Text(says, says)
        super().__init__(self.says.en)
        self.kind = kind
        self.scope = scope
        self.retry_after = retry_after
        self.may_have_arrived = may_have_arrived
        self.code = code  # the other side's own, where it gave one

    @property
    def sentence(self) -> str:
        """What happened, for a log and for those who work on the command line."""
        return self.says.en


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message is: `ts` names it within its channel. Of e-mail it is the Message-ID, of a webhook the row's id.

    `text` is its first line and `address` what it was sent to, as the catalogue writes it, where the outbox knows them.
    """

    channel: str
    ts: str
    text: str = field(default="", compare=False)
    address: str = field(default="", compare=False)


class Carrier(Protocol):
    """What takes messages to their readers. Each function may raise SendFailure."""

    @property
    def edits(self) -> bool:
        """Whether a message that is out can be edited."""
        ...

    @property
    def finds(self) -> bool:
        """Whether it can be looked up what has arrived."""
        ...

    @property
    def showing(self) -> Showing:
        """How it shows pictures."""
        ...

    @property
    def complaints(self) -> Sequence[str]:
        """What a person should put right though messages went out: an address that was refused beside others."""
        ...

    def pause(self, delivery: Delivery, channel: str) -> float:
        """Seconds until the next request of this kind may be made, by the other side's limits; 0 for now."""
        ...

    def post(self, channel: str, payload: Payload, thread: Posted | None = None) -> Posted:
        """Send a message, or a reply into the thread of another."""
        ...

    def update(self, posted: Posted, payload: Payload) -> None:
        """Edit a message in place. Doing it twice is the same as doing it once."""
        ...

    def find(self, channel: str, notification: str, since: datetime, thread: Posted | None = None) -> Posted | None:
        """The message that carries this notification's id, if it arrived after `since`."""
        ...


@runtime_checkable
class Uploads(Protocol):
    """What a carrier also is whose pictures are UPLOADED."""

    def upload(self, png: bytes, alt_text: str) -> str:
        """Keep a picture where messages can show it, and give its id. May raise SendFailure."""
        ...


class Carriers(Protocol):
    """The carriers that are set up, each connected when it is first asked for."""

    def of(self, item: Notification) -> Carrier:
        """The carrier of a row. Raises SendFailure (BLOCKED) where it is not set up."""
        ...


@dataclass(frozen=True, slots=True)
class Queued:
    """A row of the outbox that has not been sent. `attempts` counts the requests that were begun for it."""

    notification: Notification
    sequence: int
    attempts: int = 0
    not_before: datetime | None = None

    @property
    def id(self) -> str:
        """The id of its notification."""
        return self.notification.id

    @property
    def episode(self) -> Episode:
        """What its message stands for."""
        return episode_of(self.notification)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A receiver that cannot be reached until a person does something, since when, and who was told in its place."""

    number: int  # counted from 1 over all that ever were
    receiver: str
    transport: Transport
    channel: str
    since: datetime
    says: Text
    told_to: str | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is still to be sent, in the order of its sequence, and what must be known for that."""

    rows: tuple[Queued, ...]
    messages: Mapping[Episode, Posted]  # where the messages of these rows' episodes are, as far as they are out
    troubles: tuple[Trouble, ...] = ()  # that have not ended
    troubles_so_far: int = 0


class OutboxStore(Protocol):
    """Where the outbox's rows are kept. Each change outlives the process when its function returns."""

    def sending(self) -> AbstractContextManager[object]:
        """Held while rows are sent, so that over all processes one sender is at work; the next one waits its turn."""
        ...

    def waiting(self) -> Waiting:
        """What is still to be sent."""
        ...

    def mark_attempt(self, row: Queued, at: datetime) -> Queued:
        """A request for this row is about to be made; the row as it stands now."""
        ...

    def mark_sent(self, notification: str, posted: Posted, at: datetime, merged: Sequence[str] = ()) -> None:
        """It has arrived, and with it the words of the rows `merged`."""
        ...

    def mark_merged(self, notification: str, into: str, at: datetime) -> None:
        """A newer row overtook this one before it was sent."""
        ...

    def mark_suppressed(self, notification: str, why: str, at: datetime) -> None:
        """It is withheld, since its carrier has no way of telling it."""
        ...

    def mark_failed(self, notification: str, why: str, at: datetime) -> None:
        """It will never be taken."""
        ...

    def put_off(self, notification: str, not_before: datetime | None, why: str) -> None:
        """It stays pending, says why, and is not tried before a moment."""
        ...

    def lose(self, episode: Episode, at: datetime) -> None:
        """The message of an episode is there no more."""
        ...

    def revive(self, episode: Episode, channel: str, why: str) -> bool:
        """Make the newest words of an episode's lost message pending again, for `channel`; False where it has none."""
        ...

    def keep_trouble(self, trouble: Trouble, says: Sequence[Notification] = ()) -> None:
        """Write down how it stands with a trouble, and with it the messages that tell of that."""
        ...

    def picture(self, chart: str) -> str | None:
        """The id that the picture of a chart was uploaded under; `chart` is its hash."""
        ...

    def keep_picture(self, chart: str, file: str, at: datetime) -> None:
        """Remember an upload."""
        ...

    def forget_picture(self, file: str) -> None:
        """It is shown no more."""
        ...

    def add(self, notifications: Sequence[Notification]) -> int:
        """Add rows; those that are there already are left alone. How many were new."""
        ...


def episode_of(item: Notification) -> Episode:
    """What a row's message stands for."""
    return item.receiver, item.group, item.episode


def address_of(receiver: Receiver) -> str:
    """What the rows of a receiver have for a channel: Slack's channel, the addresses, or the webhook's connection."""
    if receiver.transport is Transport.EMAIL:
        return ", ".join(receiver.addresses)
    if receiver.transport is Transport.WEBHOOK:
        return receiver.connection or ""
    return receiver.channel
