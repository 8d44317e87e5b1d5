"""The outbox: its rows go out in order, each exactly once, through rate limits, outages and deaths half-way.

Before a request is made, that is written down; after its answer, where the message is. So a row that was begun and has
no answer may or may not have arrived: it is looked up by the id that it carries before it is sent again. Edits need no
looking up, since editing twice is editing once.

Order is kept within a group: while one row of it waits, so do those behind it. Other groups go on. What cannot be sent
stays where it is and says why; nothing is ever dropped.
"""

from __future__ import annotations

import random
import time
from bisect import insort
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from targetwatch.model import Delivery, Notification, Transport
from targetwatch.notifications.delivery import merging, pictures
from targetwatch.notifications.delivery.audience import Audience
from targetwatch.notifications.delivery.breakdowns import Breakdowns
from targetwatch.notifications.delivery.despatch import Despatch, Task
from targetwatch.notifications.delivery.wire import (
    Carriers,
    Episode,
    FailureKind,
    OutboxStore,
    Scope,
    SendFailure,
    Waiting,
)

ATTEMPTS = 5  # requests for one row in one drain, pauses that the other side asked for not counted
FIRST_PAUSE = 0.5  # seconds; doubled from try to try
LONGEST_PAUSE = 20.0
LONGEST = 240.0  # seconds that one drain goes on before it leaves the rest to the next
FOR_PICTURES = 2.0  # seconds until a message whose picture was refused is tried with it once more
NOT_EDITABLE = "not_editable"
POSTED_ANEW = "Its message was gone; it is posted anew."


@dataclass(frozen=True, slots=True)
class Patience:
    """How a drain waits, and for how long: all of it arguments, so that a test needs no time."""

    sleep: Callable[[float], None] = time.sleep
    ticks: Callable[[], float] = time.monotonic  # seconds of a clock that never goes back
    jitter: Callable[[], float] = random.random
    longest: float = LONGEST


@dataclass(slots=True)
class Delivered:
    """What a drain did. `problems` say what waits for a person or was never taken, `remarks` what was left out."""

    sent: int = 0
    merged: int = 0
    failed: int = 0
    waiting: int = 0
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def note(self, problem: str) -> None:
        """Remember a problem, each once."""
        if problem not in self.problems:
            self.problems.append(problem)


def deliver(
    store: OutboxStore,
    carriers: Carriers,
    now: Callable[[], datetime],
    audience: Audience | None = None,
    patience: Patience | None = None,
    draw: pictures.Draw | None = None,
) -> Delivered:
    """Send what waits, and return when nothing is left that can be sent now, or the time for it is over."""
    with store.sending():
        return _Drain(store, carriers, now, audience or Audience(), patience or Patience(), draw).run()


@dataclass(slots=True)
class _Line:
    """What fails together, and how it does."""

    failures: int = 0  # in a row
    ready_at: float = 0.0


_Group = tuple[str, str]
_Heads = list[tuple[int, _Group]]  # the first rows of groups, in the order of their sequence


class _Drain:
    """One sender's turn."""

    def __init__(
        self,
        store: OutboxStore,
        carriers: Carriers,
        now: Callable[[], datetime],
        audience: Audience,
        patience: Patience,
        draw: pictures.Draw | None,
    ) -> None:
        self.store = store
        self.carriers = carriers
        self.now = now
        self.audience = audience
        self.patience = patience
        self.pictures = pictures.Pictures(store, draw or _nothing_drawn, now)
        self.despatch = Despatch(store, audience, self.pictures, now, patience.sleep)
        self.breakdowns = Breakdowns(store, audience, now)
        self.done = Delivered()
        self.began = patience.ticks()
        self.tasks: dict[str, Task] = {}
        self.lines: dict[str, _Line] = {}
        self.held: set[str] = set()  # ids of rows that this drain tries no more
        self.lost: set[Episode] = set()  # whose message was found gone in this drain
        self.out_of_time = False
        self.reread = False

    def run(self) -> Delivered:
        more = True
        while more and not self.out_of_time:
            # Read again until nothing new is there: a pass may have added rows while this drain was sending.
            self.reread = False
            more = self._round(self.store.waiting()) or self.reread
            if self.out_of_time or not self.reread:
                more = self.breakdowns.tell(self.store.waiting()) or more
        waiting = self.store.waiting()
        self.done.waiting = len(waiting.rows)
        for problem in self.breakdowns.problems(waiting):
            self.done.note(problem)
        self.done.remarks += [one for one in self.pictures.remarks if one not in self.done.remarks]
        return self.done

    def _round(self, waiting: Waiting) -> bool:
        """Send what these rows allow; whether there was anything to send."""
        self.despatch.messages = dict(waiting.messages)
        groups = self._groups(merging.plan(waiting.rows, waiting.messages))
        heads: _Heads = []
        for key, tasks in groups.items():
            row = tasks[0].errand.row
            if row.id not in self.held and not (row.not_before is not None and self.now() < row.not_before):
                insort(heads, (tasks[0].errand.place, key))
        tried = bool(heads)
        while heads and not self.reread and (at := self._next(heads, groups)) is not None:
            sequence, key = heads.pop(at)
            if self._try(groups[key][0]):
                groups[key].popleft()
                if groups[key]:
                    insort(heads, (groups[key][0].errand.place, key))
            elif groups[key][0].item.id not in self.held:
                insort(heads, (sequence, key))
        return tried

    def _groups(self, plan: merging.Plan) -> dict[_Group, deque[Task]]:
        """What is to be sent, by group; what needs no sending is settled."""
        for row, newer in plan.overtaken:
            self.store.mark_merged(row.id, newer.id, self.now())
            self.done.merged += 1
        for row in plan.untellable:
            self.store.mark_suppressed(row.id, NOT_EDITABLE, self.now())
        groups: dict[_Group, deque[Task]] = {}
        for errand in plan.errands:
            task = self.tasks.setdefault(errand.row.id, Task(errand, look_first=errand.row.attempts > 0))
            task.errand = errand
            groups.setdefault((task.item.receiver, task.item.group), deque()).append(task)
        return groups

    def _next(self, heads: _Heads, groups: Mapping[_Group, deque[Task]]) -> int | None:
        """The place of the first row that may be sent, after having slept until one may; None if time is over."""
        while True:
            ticks = self.patience.ticks()
            soonest = self.patience.longest
            pauses: dict[tuple[str, Delivery, str], float] = {}
            for at, (_, key) in enumerate(heads):
                wait = self._wait(groups[key][0], ticks, pauses)
                if wait <= 0 and ticks - self.began < self.patience.longest:
                    return at
                soonest = min(soonest, wait)
            if ticks + soonest - self.began >= self.patience.longest:
                break
            self.patience.sleep(soonest)
        self.out_of_time = True
        for _, key in heads:  # those that were asked for a pause keep to it over the end of this drain
            task = groups[key][0]
            if task.why:
                pause = timedelta(seconds=max(0.0, task.ready_at - ticks))
                self.store.put_off(task.item.id, self.now() + pause, task.why)
        return None

    def _wait(self, task: Task, ticks: float, known: dict[tuple[str, Delivery, str], float]) -> float:
        """Seconds until a row may be sent: after its own pause, that of its line, and by its carrier's limits."""
        key = (_line_of(task.item), task.item.delivery, self.despatch.channel_of(task))
        if key not in known:
            known[key] = self.lines[key[0]].ready_at - ticks if key[0] in self.lines else 0.0
            with suppress(SendFailure):  # of one that is not set up: sending says so
                carrier = self.carriers.of(task.item)
                known[key] = max(known[key], carrier.pause(task.item.delivery, key[2]))
        return max(task.ready_at - ticks, known[key])

    def _try(self, task: Task) -> bool:
        """Try to send a row; whether it is settled. If not it is tried again, or held."""
        message_is_gone = task.episode not in self.despatch.messages
        if task.item.delivery is Delivery.REPLY and message_is_gone and self._revived(task):
            return False
        try:
            carrier = self.carriers.of(task.item)
            sent = self.despatch.send(task, carrier)
        except SendFailure as failure:
            return self._failed(task, failure)
        self.store.mark_sent(task.item.id, sent.posted, self.now(), sent.settles)
        self.done.sent += 1
        self.done.merged += len(sent.settles)
        self.breakdowns.sent(task.item)
        for complaint in carrier.complaints:
            self.done.note(complaint)
        self.reread = sent.was_found and task.errand.edit is not None
        if line := self.lines.get(_line_of(task.item)):
            line.failures = 0
        return True

    def _revived(self, task: Task) -> bool:
        """Whether the words of a message that is gone are pending again, to be posted before this reply to them."""
        if task.episode in self.lost:
            return False
        self.lost.add(task.episode)
        self.reread = self.store.revive(task.episode, self.audience.address(task.item), POSTED_ANEW)
        return self.reread

    def _failed(self, task: Task, failure: SendFailure) -> bool:
        """Decide what becomes of a row that was not taken; whether it is settled."""
        task.look_first = task.look_first or failure.may_have_arrived
        match self._means(task, failure):
            case FailureKind.TRANSIENT:
                self._later(task, failure)
            case FailureKind.LOST:
                self.store.lose(task.episode, self.now())
                del self.despatch.messages[task.episode]
                if task.item.delivery is not Delivery.REPLY:
                    self.lost.add(task.episode)
            case FailureKind.CONTENT:
                self._simplify(task, failure)
            case FailureKind.TERMINAL:
                self.store.mark_failed(task.item.id, failure.sentence, self.now())
                self.done.failed += 1
                self.done.note(f"{task.item.receiver}: a message was not taken. {failure.sentence}")
                self.breakdowns.given_up(task.item, failure)
                return True
            case FailureKind.BLOCKED:
                self._hold(task, failure)
        return False

    def _means(self, task: Task, failure: SendFailure) -> FailureKind:
        """What a failure means, with what is known of the row."""
        message = self.despatch.messages.get(task.episode)
        if failure.kind is FailureKind.LOST and (message is None or task.episode in self.lost):
            return FailureKind.BLOCKED  # there was none to lose, or it was lost again
        if failure.kind is FailureKind.CONTENT and task.is_plain:
            return FailureKind.TERMINAL
        if failure.kind is FailureKind.BLOCKED and failure.scope is Scope.CHANNEL and message is not None:
            # Its receiver has moved: the episode goes on where it is now.
            has_moved = message.address not in ("", self.audience.address(task.item))
            return FailureKind.LOST if has_moved and task.episode not in self.lost else failure.kind
        return failure.kind

    def _simplify(self, task: Task, failure: SendFailure) -> None:
        """Try a row once more, with less in it that may be refused."""
        if pictures.has_pictures(task.errand.words.notification.payload) and not task.without_pictures:
            task.without_pictures = task.awaits_pictures
            task.awaits_pictures = True
            if task.without_pictures:
                self.pictures.forget(task.errand.words.notification.payload)
            task.ready_at = self.patience.ticks() + FOR_PICTURES
            said = f"A message was sent without its pictures. {failure.sentence}"
        else:
            task.is_plain = True
            said = f"A message was sent in plain words. {failure.sentence}"
        if (task.without_pictures or task.is_plain) and said not in self.done.remarks:
            self.done.remarks.append(said)

    def _later(self, task: Task, failure: SendFailure) -> None:
        """Try a row again after a pause: the one that was asked for, or one that grows from try to try, and ends."""
        ticks = self.patience.ticks()
        line = self.lines.setdefault(_line_of(task.item), _Line())
        task.why = failure.sentence
        if failure.retry_after is not None:
            task.ready_at = ticks + failure.retry_after
            if failure.scope is Scope.EVERYWHERE:
                line.ready_at = task.ready_at
            return
        task.tries += 1
        tries = task.tries
        if failure.scope is Scope.EVERYWHERE:
            line.failures += 1
            tries = max(tries, line.failures)
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (tries - 1)) * (0.5 + self.patience.jitter() / 2)
        task.ready_at = ticks + pause
        if failure.scope is Scope.EVERYWHERE:
            line.ready_at = task.ready_at
        if tries >= ATTEMPTS:
            self.done.note(failure.sentence)
            self._hold(task, failure)

    def _hold(self, task: Task, failure: SendFailure) -> None:
        """Leave a row where it is, with all that would fail in the same way; each says why it waits."""
        line, address = _line_of(task.item), self.audience.address(task.item)
        alike = [task.item]
        if failure.scope is not Scope.ROW:
            rows = [row.notification for row in self.store.waiting().rows if _line_of(row.notification) == line]
            alike = [one for one in rows if failure.scope is Scope.EVERYWHERE or self.audience.address(one) == address]
            self.reread = True
        for item in alike:
            if item.id not in self.held:
                self.held.add(item.id)
                self.store.put_off(item.id, None, failure.sentence)
                if failure.kind is not FailureKind.TRANSIENT:
                    self.breakdowns.blocked(item, failure)
        self.held.add(task.item.id)


def _line_of(item: Notification) -> str:
    """What fails together: all of Slack, the mail of one receiver, one webhook."""
    if item.transport is Transport.SLACK:
        return item.transport.value
    return f"{item.transport.value}:{item.receiver}"


def _nothing_drawn(chart: Mapping[str, object]) -> bytes:
    raise ValueError("nothing here draws pictures")
