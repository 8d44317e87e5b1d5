"""The wire: what the outbox needs of a store that keeps its rows and of a Slack that takes its messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from targetwatch.model import Notification


class FailureKind(StrEnum):
    """What a failure to send means for the next try."""

    TRANSIENT = "transient"  # passes by itself
    BLOCKED = "blocked"  # a person must do something outside (a token, a channel); the row waits for it
    TERMINAL = "terminal"  # Slack will never take this row


class SlackFailure(Exception):  # noqa: N818 - it is a failure of Slack's, told apart from errors of ours
    """Slack did not take a request, or its answer was lost. The message says what happened and what to do.

    `retry_after` is what Slack asked for, in seconds. `may_have_arrived` says that the answer was lost, not the
    request: before sending again, look. `is_everywhere` says that every other row would fail in the same way now.
    """

    def __init__(
        self,
        sentence: str,
        kind: FailureKind,
        *,
        retry_after: float | None = None,
        may_have_arrived: bool = False,
        is_everywhere: bool = False,
        code: str = "",
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.kind = kind
        self.retry_after = retry_after
        self.may_have_arrived = may_have_arrived
        self.is_everywhere = is_everywhere
        self.code = code  # Slack's own, where it gave one


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message is in Slack: `ts` names it within its channel."""

    channel: str
    ts: str


class Slack(Protocol):
    """What the outbox does with Slack. Each may raise SlackFailure."""

    def post(self, channel: str, payload: Mapping[str, object], thread_ts: str | None = None) -> Posted:
        """Post a message, or a reply into the thread of `thread_ts`."""
        ...

    def update(self, posted: Posted, payload: Mapping[str, object]) -> None:
        """Edit a message in place. Doing it twice is the same as doing it once."""
        ...

    def find(self, channel: str, notification: str, since: datetime, thread_ts: str | None = None) -> Posted | None:
        """The message that carries this notification's id in its metadata, if it arrived after `since`."""
        ...


@dataclass(frozen=True, slots=True)
class Queued:
    """A row of the outbox that has not been sent. `attempts` counts the requests that were begun for it."""

    notification: Notification
    sequence: int
    attempts: int = 0
    not_before: datetime | None = None


class OutboxStore(Protocol):
    """Where the outbox's rows are kept. Each change is durable when its function returns."""

    def sending(self) -> AbstractContextManager[object]:
        """Held while rows are sent, so that over all processes one sender is at work; the next one waits its turn."""
        ...

    def unsent(self) -> Sequence[Queued]:
        """The pending rows, in the order of their sequence."""
        ...

    def posted(self, receiver: str, group: str, episode: int) -> Posted | None:
        """Where the message of an episode is; None if it was not sent."""
        ...

    def mark_attempt(self, notification: str, at: datetime) -> None:
        """A request for this row is about to be made."""
        ...

    def mark_sent(self, notification: str, posted: Posted, at: datetime) -> None:
        """Slack has it."""
        ...

    def mark_merged(self, notification: str, into: str, at: datetime) -> None:
        """A newer edit of the same message overtook this one before it was sent."""
        ...

    def mark_failed(self, notification: str, why: str, at: datetime) -> None:
        """Slack will never take it."""
        ...

    def reschedule(self, notification: str, not_before: datetime, why: str) -> None:
        """It stays pending, and is not tried before a moment."""
        ...
