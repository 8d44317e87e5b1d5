"""Fakes: an outbox and a Slack in memory, that keep what they are told and can be made to die."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from targetwatch.model import Delivery, Notification, NotificationState
from targetwatch.notifications.situation import GroupMessage
from targetwatch.notifications.wire import Posted, Queued, SlackFailure


class Killed(BaseException):
    """The process dies here: nothing of ours catches it."""


@dataclass
class Fate:
    """What happens at each step on the way: by its number, counted from 1 over all that share this fate."""

    deaths_before: frozenset[int] = frozenset()
    deaths_after: frozenset[int] = frozenset()
    steps: int = 0

    @contextmanager
    def step(self) -> Iterator[None]:
        """One step: it may never begin, or its end may never be known."""
        self.steps += 1
        here = self.steps
        if here in self.deaths_before:
            raise Killed
        yield
        if here in self.deaths_after:
            raise Killed


@dataclass
class Row:
    """A row of the outbox in memory."""

    notification: Notification
    attempts: int = 0
    not_before: datetime | None = None
    posted: Posted | None = None
    why: str = ""


@dataclass
class MemoryOutbox:
    """An OutboxStore in memory. Each change survives the death of the process that made it."""

    rows: list[Row] = field(default_factory=list)
    fate: Fate = field(default_factory=Fate)
    busy: bool = False

    def add(self, notifications: Sequence[Notification]) -> int:
        """Add rows; one whose id is there already is not added again."""
        known = {row.notification.id for row in self.rows}
        new = [one for one in notifications if one.id not in known]
        self.rows.extend(Row(one) for one in new)
        return len(new)

    def group_messages(self) -> tuple[GroupMessage, ...]:
        """The newest row of each receiver's group that posts or edits."""
        newest: dict[tuple[str, str], GroupMessage] = {}
        for row in self.rows:
            one = row.notification
            if one.delivery is Delivery.REPLY or one.state is NotificationState.SUPPRESSED:
                continue
            posts = [
                other.notification.state
                for other in self.rows
                if _message(other.notification) == _message(one) and other.notification.delivery is Delivery.POST
            ]
            newest[one.receiver, one.group] = GroupMessage(
                one.receiver, one.channel, one.group, one.episode, one.id, one.fingerprint, one.reason,
                post_failed=bool(posts) and all(state is NotificationState.FAILED for state in posts),
            )  # fmt: skip
        return tuple(newest.values())

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Held while rows are sent; a dead process holds nothing."""
        assert not self.busy
        self.busy = True
        try:
            yield
        finally:
            self.busy = False

    def unsent(self) -> Sequence[Queued]:
        """The pending rows, in order."""
        return [
            Queued(row.notification, place, row.attempts, row.not_before)
            for place, row in enumerate(self.rows)
            if row.notification.state is NotificationState.PENDING
        ]

    def posted(self, receiver: str, group: str, episode: int) -> Posted | None:
        """Where the message of an episode is."""
        for row in self.rows:
            one = row.notification
            if _message(one) == (receiver, group, episode) and one.delivery is Delivery.POST and row.posted is not None:
                return row.posted
        return None

    def mark_attempt(self, notification: str, at: datetime) -> None:
        """A request is about to be made."""
        with self.fate.step():
            self._row(notification).attempts += 1

    def mark_sent(self, notification: str, posted: Posted, at: datetime) -> None:
        """Slack has it."""
        with self.fate.step():
            self._row(notification).posted = posted
            self._settle(notification, NotificationState.SENT, "")

    def mark_merged(self, notification: str, into: str, at: datetime) -> None:
        """A newer edit overtook it."""
        with self.fate.step():
            self._settle(notification, NotificationState.MERGED, into)

    def mark_failed(self, notification: str, why: str, at: datetime) -> None:
        """Slack will never take it."""
        with self.fate.step():
            self._settle(notification, NotificationState.FAILED, why)

    def reschedule(self, notification: str, not_before: datetime, why: str) -> None:
        """It is not tried before a moment."""
        with self.fate.step():
            row = self._row(notification)
            row.not_before, row.why = not_before, why

    def state_of(self, notification: str) -> NotificationState:
        """What became of a row."""
        return self._row(notification).notification.state

    def why(self, notification: str) -> str:
        """Why a row is where it is."""
        return self._row(notification).why

    def _row(self, notification: str) -> Row:
        return next(row for row in self.rows if row.notification.id == notification)

    def _settle(self, notification: str, state: NotificationState, why: str) -> None:
        row = self._row(notification)
        row.notification, row.why = replace(row.notification, state=state), why


@dataclass
class MemorySlack:
    """A Slack in memory: its messages in the order in which they came, each with its edits."""

    fate: Fate = field(default_factory=Fate)
    messages: list[tuple[Posted, str | None, list[Mapping[str, object]]]] = field(default_factory=list)
    failures: dict[int, tuple[SlackFailure, bool]] = field(default_factory=dict)  # by request: what, and was it done
    requests: int = 0

    def post(self, channel: str, payload: Mapping[str, object], thread_ts: str | None = None) -> Posted:
        """Post a message or a reply."""
        posted = Posted(channel, str(len(self.messages) + 1))
        self._carry_out(lambda: self.messages.append((posted, thread_ts, [payload])))
        return posted

    def update(self, posted: Posted, payload: Mapping[str, object]) -> None:
        """Edit a message."""
        versions = next(versions for place, _, versions in self.messages if place == posted)
        self._carry_out(lambda: versions.append(payload))

    def find(self, channel: str, notification: str, since: datetime, thread_ts: str | None = None) -> Posted | None:
        """The message of this notification."""
        with self.fate.step():
            for posted, thread, versions in self.messages:
                if (posted.channel, thread) == (channel, thread_ts) and versions[0]["id"] == notification:
                    return posted
        return None

    def _carry_out(self, request) -> None:
        self.requests += 1
        failure, done = self.failures.get(self.requests, (None, True))
        with self.fate.step():
            if done:
                request()
        if failure is not None:
            raise failure


def _message(notification: Notification) -> tuple[str, str, int]:
    return notification.receiver, notification.group, notification.episode
