"""Fakes: an outbox and a Slack in memory, that keep what they are told and can be made to die."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from targetwatch.model import Delivery, Notification, NotificationState
from targetwatch.notifications.delivery.wire import (
    Episode,
    FailureKind,
    Posted,
    Queued,
    SendFailure,
    Showing,
    Trouble,
    Waiting,
    episode_of,
)
from targetwatch.notifications.situation import GroupMessage


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
    is_lost: bool = False


@dataclass
class MemoryOutbox:
    """An OutboxStore in memory. Each change survives the death of the process that made it."""

    rows: list[Row] = field(default_factory=list)
    fate: Fate = field(default_factory=Fate)
    busy: bool = False
    troubles: dict[int, Trouble] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)

    def add(self, notifications: Sequence[Notification]) -> int:
        """Add rows; one whose id is there already is not added again."""
        known = {row.notification.id for row in self.rows}
        new = [one for one in notifications if one.id not in known]
        self.rows.extend(Row(one) for one in new)
        return len(new)

    def group_messages(self) -> tuple[GroupMessage, ...]:
        """The newest row of each receiver's group that posts or edits, and when the group was last heard of."""
        newest: dict[tuple[str, str], Row] = {}
        heard: dict[tuple[str, str], datetime] = {}
        posts: dict[tuple[str, str, int], list[NotificationState]] = {}
        for row in self.rows:
            one = row.notification
            is_suppressed = one.state is NotificationState.SUPPRESSED
            if one.episode <= 0 or (is_suppressed and row.why != "not_editable"):
                continue
            if one.delivery is not Delivery.UPDATE:
                heard[one.receiver, one.group] = one.created_at
            if one.delivery is not Delivery.REPLY:
                newest[one.receiver, one.group] = row
            if one.delivery is Delivery.POST:
                posts.setdefault(_message(one), []).append(one.state)
        return tuple(
            GroupMessage(
                one.receiver, one.channel, one.group, one.episode, one.id, one.fingerprint, one.reason,
                post_failed=set(posts.get(_message(one), ())) == {NotificationState.FAILED},
                told_at=heard.get(group),
            )
            for group, row in newest.items()
            for one in [row.notification]
        )  # fmt: skip

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Held while rows are sent; a dead process holds nothing."""
        assert not self.busy
        self.busy = True
        try:
            yield
        finally:
            self.busy = False

    def unsent(self) -> list[Queued]:
        """The pending rows, in order."""
        return [
            Queued(row.notification, place, row.attempts, row.not_before)
            for place, row in enumerate(self.rows, 1)
            if row.notification.state is NotificationState.PENDING
        ]

    def waiting(self) -> Waiting:
        """What is still to be sent, and what must be known for that."""
        messages = {
            episode_of(row.notification): replace(row.posted, text=str(row.notification.payload.get("text", "")))
            for row in self.rows
            if row.posted is not None and row.notification.delivery is not Delivery.REPLY and not row.is_lost
        }
        going_on = tuple(trouble for trouble in self.troubles.values() if trouble.ended_at is None)
        return Waiting(tuple(self.unsent()), messages, going_on, len(self.troubles))

    def mark_attempt(self, row: Queued, at: datetime) -> Queued:
        """A request is about to be made."""
        with self.fate.step():
            self._row(row.id).attempts += 1
        return replace(row, attempts=row.attempts + 1)

    def mark_sent(self, notification: str, posted: Posted, at: datetime, merged: Sequence[str] = ()) -> None:
        """It has arrived, and with it the words of others."""
        with self.fate.step():
            self._row(notification).posted = posted
            self._settle(notification, NotificationState.SENT, "")
            for one in merged:
                self._settle(one, NotificationState.MERGED, notification)

    def mark_merged(self, notification: str, into: str, at: datetime) -> None:
        """A newer row overtook it."""
        with self.fate.step():
            self._settle(notification, NotificationState.MERGED, into)

    def mark_suppressed(self, notification: str, why: str, at: datetime) -> None:
        """It cannot be told."""
        with self.fate.step():
            self._settle(notification, NotificationState.SUPPRESSED, why)

    def mark_failed(self, notification: str, why: str, at: datetime) -> None:
        """It will never be taken."""
        with self.fate.step():
            self._settle(notification, NotificationState.FAILED, why)

    def put_off(self, notification: str, not_before: datetime | None, why: str) -> None:
        """It is not tried before a moment."""
        with self.fate.step():
            row = self._row(notification)
            row.not_before, row.why = not_before, why

    def lose(self, episode: Episode, at: datetime) -> None:
        """The message of an episode is gone."""
        with self.fate.step():
            for row in self._words(episode):
                row.is_lost = row.is_lost or row.posted is not None

    def revive(self, episode: Episode, channel: str, why: str) -> bool:
        """Its newest words are pending again."""
        with self.fate.step():
            said = (NotificationState.SENT, NotificationState.MERGED)
            rows = [row for row in self._words(episode) if row.notification.state in said]
            for row in rows[-1:]:
                row.notification = replace(row.notification, state=NotificationState.PENDING, channel=channel)
                row.attempts, row.posted, row.is_lost, row.why, row.not_before = 0, None, False, why, None
            return bool(rows)

    def keep_trouble(self, trouble: Trouble, says: Sequence[Notification] = ()) -> None:
        """How it stands with a receiver."""
        with self.fate.step():
            self.troubles[trouble.number] = trouble
            self.add(says)

    def picture(self, chart: str) -> str | None:
        """The picture of a chart."""
        return self.pictures.get(chart)

    def keep_picture(self, chart: str, file: str, at: datetime) -> None:
        """Remember an upload."""
        self.pictures[chart] = file

    def forget_picture(self, file: str) -> None:
        """It is shown no more."""
        self.pictures = {chart: known for chart, known in self.pictures.items() if known != file}

    def state_of(self, notification: str) -> NotificationState:
        """What became of a row."""
        return self._row(notification).notification.state

    def why(self, notification: str) -> str:
        """Why a row is where it is."""
        return self._row(notification).why

    def _words(self, episode: Episode) -> list[Row]:
        return [
            row
            for row in self.rows
            if episode_of(row.notification) == episode and row.notification.delivery is not Delivery.REPLY
        ]

    def _row(self, notification: str) -> Row:
        return next(row for row in self.rows if row.notification.id == notification)

    def _settle(self, notification: str, state: NotificationState, why: str) -> None:
        row = self._row(notification)
        row.notification, row.why = replace(row.notification, state=state), why


@dataclass
class MemorySlack:
    """A Slack in memory: its messages in the order in which they came, each with its edits. It is its own carriers."""

    fate: Fate = field(default_factory=Fate)
    messages: list[tuple[Posted, str | None, list[Mapping[str, object]]]] = field(default_factory=list)
    failures: dict[int, tuple[SendFailure, bool]] = field(default_factory=dict)  # by request: what, and was it done
    refusals: dict[str, SendFailure] = field(default_factory=dict)  # by channel, until they are taken out
    requests: int = 0
    edits: bool = True
    finds: bool = True
    showing: Showing = Showing.UPLOADED
    complaints: list[str] = field(default_factory=list)
    uploads: list[bytes] = field(default_factory=list)

    def of(self, item: Notification) -> MemorySlack:
        """It carries everything."""
        return self

    def pause(self, delivery: Delivery, channel: str) -> float:
        """It knows no limits."""
        return 0.0

    def post(self, channel: str, payload: Mapping[str, object], thread: Posted | None = None) -> Posted:
        """Post a message or a reply."""
        posted = Posted(channel, str(self.requests + 1))
        ts = None if thread is None else self._there(thread).ts
        self._carry_out(channel, lambda: self.messages.append((posted, ts, [payload])))
        return posted

    def update(self, posted: Posted, payload: Mapping[str, object]) -> None:
        """Edit a message."""
        there = self._there(posted)
        versions = next(versions for place, _, versions in self.messages if place == there)
        self._carry_out(posted.channel, lambda: versions.append(payload))

    def find(self, channel: str, notification: str, since: datetime, thread: Posted | None = None) -> Posted | None:
        """The message of this notification."""
        ts = None if thread is None else thread.ts
        with self.fate.step():
            for posted, in_thread, versions in self.messages:
                if (posted.channel, in_thread) == (channel, ts) and named(versions[-1]) == notification:
                    return posted
        return None

    def upload(self, png: bytes, alt_text: str) -> str:
        """Keep a picture."""
        self.uploads.append(png)
        return f"F{len(self.uploads)}"

    def _there(self, posted: Posted) -> Posted:
        if posted not in [place for place, _, _ in self.messages]:
            self.requests += 1
            with self.fate.step():
                raise SendFailure("message_not_found", FailureKind.LOST)
        return posted

    def _carry_out(self, channel: str, request: Callable[[], object]) -> None:
        self.requests += 1
        failure, done = self.failures.get(self.requests, (self.refusals.get(channel), channel not in self.refusals))
        with self.fate.step():
            if done:
                request()
        if failure is not None:
            raise failure


def named(payload: Mapping[str, object]) -> object:
    """The id of the notification that a payload carries."""
    metadata = payload.get("metadata")
    assert isinstance(metadata, dict)
    return metadata["event_payload"]["notification"]


def _message(notification: Notification) -> tuple[str, str, int]:
    return episode_of(notification)
