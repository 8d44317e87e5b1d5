"""The outbox: its rows go to Slack in order, each exactly once, through rate limits, outages and deaths half-way.

Before a request is made, that is written down; after Slack's answer, where the message is. So a row that was begun and
has no answer may or may not have arrived: it is looked up by the id in its metadata before it is sent again. Edits
need no looking up, since editing twice is editing once.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from targetwatch.model import Delivery
from targetwatch.notifications.wire import FailureKind, OutboxStore, Posted, Queued, Slack, SlackFailure

ATTEMPTS = 5  # requests for one row in one drain
FIRST_PAUSE = 0.5  # seconds; doubled from try to try
LONGEST_PAUSE = 20.0
PATIENCE = 90.0  # seconds that one drain pauses in all before it leaves the rest to the next
SETTLING = 1.5  # seconds that a request which a dead process had begun is given to arrive, before it is looked for
BLOCKED_FOR = timedelta(minutes=10)
# How far before a row was made its message is looked for: our clock may be ahead of Slack's.
CLOCK_SKEW = timedelta(days=1)
NEVER_POSTED = "The message that this belongs to was never posted."


@dataclass(slots=True)
class Delivered:
    """What a drain did. `problems` are sentences for a person, each said once."""

    sent: int = 0
    merged: int = 0
    failed: int = 0
    waiting: int = 0
    problems: list[str] = field(default_factory=list)

    def note(self, problem: str) -> None:
        """Remember a problem."""
        if problem not in self.problems:
            self.problems.append(problem)


def deliver(
    store: OutboxStore,
    slack: Slack,
    now: Callable[[], datetime],
    sleep: Callable[[float], None] = time.sleep,
    jitter: Callable[[], float] = random.random,
) -> Delivered:
    """Send what waits, and return when nothing is left that can be sent now.

    Rows that Slack cannot take at present stay where they are, each with the reason, for the next drain.
    """
    with store.sending():
        return _Drain(store, slack, now, sleep, jitter).run()


class _Drain:
    """One sender's turn."""

    def __init__(
        self,
        store: OutboxStore,
        slack: Slack,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        jitter: Callable[[], float],
    ) -> None:
        self.store = store
        self.slack = slack
        self.now = now
        self.sleep = sleep
        self.jitter = jitter
        self.done = Delivered()
        self.paused = 0.0
        self.settled = False
        self.stopped = False
        self.held_groups: set[tuple[str, str]] = set()  # one row waits, so those behind it do
        self.held_channels: set[str] = set()

    def run(self) -> Delivered:
        seen: set[str] = set()
        while not self.stopped:
            # Read again until nothing new is there: a pass may have added rows while this drain was sending.
            rows = [row for row in self.store.unsent() if row.notification.id not in seen]
            if not rows:
                break
            seen.update(row.notification.id for row in rows)
            for row in self._merge(rows):
                if not self.stopped:
                    self._deliver(row)
        self.done.waiting = len(self.store.unsent())
        return self.done

    def _merge(self, rows: Sequence[Queued]) -> list[Queued]:
        """Drop the edits that a newer edit of the same message has overtaken."""
        newest = {_message(row): row for row in rows if row.notification.delivery is Delivery.UPDATE}
        kept = []
        for row in rows:
            overtaking = newest.get(_message(row))
            if row.notification.delivery is Delivery.UPDATE and overtaking is not None and overtaking is not row:
                self.store.mark_merged(row.notification.id, overtaking.notification.id, self.now())
                self.done.merged += 1
            else:
                kept.append(row)
        return kept

    def _deliver(self, row: Queued) -> None:
        item = row.notification
        group = (item.receiver, item.group)
        too_early = row.not_before is not None and self.now() < row.not_before
        if too_early or group in self.held_groups or item.channel in self.held_channels:
            self.held_groups.add(group)
            return
        message = None
        if item.delivery is not Delivery.POST:
            message = self.store.posted(item.receiver, item.group, item.episode)
            if message is None:
                self._fail(row, NEVER_POSTED)
                return
        # What an earlier drain had begun may have arrived.
        look_first = row.attempts > 0
        for attempt in range(1, ATTEMPTS + 1):
            try:
                posted = self._send(row, message, look_first, attempt)
            except SlackFailure as failure:
                look_first = look_first or failure.may_have_arrived
                if not self._try_again(row, failure, attempt):
                    return
            else:
                self.store.mark_sent(item.id, posted, self.now())
                self.done.sent += 1
                return

    def _send(self, row: Queued, message: Posted | None, look_first: bool, attempt: int) -> Posted:
        item = row.notification
        if item.delivery is Delivery.UPDATE and message is not None:
            self.store.mark_attempt(item.id, self.now())
            self.slack.update(message, item.payload)
            return message
        channel = item.channel if message is None else message.channel
        thread = None if message is None else message.ts
        if look_first:
            if attempt == 1 and not self.settled:
                self.sleep(SETTLING)
                self.settled = True
            found = self.slack.find(channel, item.id, item.created_at - CLOCK_SKEW, thread)
            if found is not None:
                return found
        self.store.mark_attempt(item.id, self.now())
        return self.slack.post(channel, item.payload, thread)

    def _try_again(self, row: Queued, failure: SlackFailure, attempt: int) -> bool:
        """Pause and say whether to try this row again now; if not, what becomes of it has been written down."""
        item = row.notification
        if failure.kind is FailureKind.TERMINAL:
            self._fail(row, failure.sentence)
            return False
        self.done.note(failure.sentence)
        if failure.kind is FailureKind.TRANSIENT:
            pause = failure.retry_after
            if pause is None:
                pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1)) * (0.5 + self.jitter() / 2)
            if attempt < ATTEMPTS and self.paused + pause <= PATIENCE:
                self.paused += pause
                self.sleep(pause)
                return True
            not_before = self.now() + timedelta(seconds=pause)
        else:
            not_before = self.now() + BLOCKED_FOR
        self.store.reschedule(item.id, not_before, failure.sentence)
        self.held_groups.add((item.receiver, item.group))
        self.held_channels.add(item.channel)
        self.stopped = failure.is_everywhere
        return False

    def _fail(self, row: Queued, why: str) -> None:
        self.store.mark_failed(row.notification.id, why, self.now())
        self.done.failed += 1
        self.done.note(why)


def _message(row: Queued) -> tuple[str, str, int]:
    return row.notification.receiver, row.notification.group, row.notification.episode
