"""Telling the operators: every trouble is brought to where its message says what is the case, each step once.

As in the outbox, a request is written down before it is made and its answer after it; one that was begun and has no
answer is looked up before it is made again. What cannot be told now stays, for whoever comes next.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from targetwatch.model import Delivery, Receiver
from targetwatch.notifications.delivery import wire
from targetwatch.notifications.delivery.wire import Carrier, FailureKind, Posted, Scope, SendFailure
from targetwatch.operations import messages
from targetwatch.operations.operators import Operators
from targetwatch.operations.store import Troubles
from targetwatch.operations.trouble import Request, Telling, Trouble, next_request

TRIES = 3  # of one request in one turn
FIRST_PAUSE = 0.5  # seconds; doubled from try to try
PATIENCE = 12.0  # seconds that one turn pauses in all: Airflow ends a task that lingers for twenty
SETTLING = 1.5  # seconds that a request which a dead process had begun is given to arrive, before it is looked for
FIRST_DELAY, LONGEST_DELAY = timedelta(minutes=1), timedelta(hours=1)
BLOCKED_FOR = timedelta(minutes=10)
CLOCK_SKEW = timedelta(days=1)
NOBODY = "Nobody is told: catalogue/receivers.yaml names no `operators`, or was never read yet."

Connect = Callable[[Receiver], Carrier]


@dataclass(slots=True)
class Told:
    """What a turn of sending did. `problems` are sentences for the log, each said once."""

    sent: int = 0
    waiting: int = 0
    problems: list[str] = field(default_factory=list)

    def note(self, problem: str) -> None:
        """Remember a problem."""
        if problem not in self.problems:
            self.problems.append(problem)


def tell(
    troubles: Troubles,
    operators: Operators | None,
    connect: Connect,
    now: datetime,
    *,
    wait: float = PATIENCE,
    sleep: Callable[[float], None] = time.sleep,
    jitter: Callable[[], float] = random.random,
) -> Told:
    """Tell what is to be told of every trouble.

    `wait` is how many seconds another sender is given to end; after that it is left to that one, or to the next.
    """
    told = Told()
    if not troubles.all():
        return told
    if operators is None or not operators.receivers:
        told.note(NOBODY)
        told.waiting = len(troubles.all())
        return told
    with troubles.sending(wait) as mine:
        if mine:
            _Turn(troubles, operators, connect, now, sleep, jitter, told).run()
    return told


class _Turn:
    """One sender's turn."""

    def __init__(
        self,
        troubles: Troubles,
        operators: Operators,
        connect: Connect,
        now: datetime,
        sleep: Callable[[float], None],
        jitter: Callable[[], float],
        told: Told,
    ) -> None:
        self.troubles = troubles
        self.operators = operators
        self.connect = connect
        self.now = now
        self.sleep = sleep
        self.jitter = jitter
        self.told = told
        self.paused = 0.0
        self.settled = False
        self.stopped = False

    def run(self) -> None:
        for trouble in self.troubles.all():
            if self.stopped:
                self.told.waiting += 1
            else:
                self._bring_up_to_date(trouble)

    def _bring_up_to_date(self, trouble: Trouble) -> None:
        tried: list[str] = []
        next_one: Trouble | None = trouble
        while (current := next_one) is not None:
            receiver = self._receiver(current, tried)
            request = next_request(current, self._fingerprint(current, receiver), self.now)
            if request is None:
                return
            if current.not_before is not None and self.now < current.not_before:
                self.told.waiting += 1
                self.told.note(current.why)
                return
            try:
                next_one = self._carry_out(current, receiver, request)
            except SendFailure as failure:
                tried.append(receiver.name)
                next_one = self._given_up(current, failure, request, tried)

    def _receiver(self, trouble: Trouble, tried: list[str]) -> Receiver:
        """Who hears of it: whoever was told before, else the first that was not tried in vain."""
        known = self.operators.receivers
        if trouble.message is not None or trouble.begun:
            return next((one for one in known if one.name == trouble.via), known[0])
        return next((one for one in known if one.name not in tried), known[0])

    def _carry_out(self, trouble: Trouble, receiver: Receiver, request: Request) -> Trouble | None:
        """Make a request, with a few tries, and write down what came of it. Raises SendFailure."""
        carrier = self.connect(receiver)
        if request.telling is Telling.UPDATE and not carrier.edits:
            return self._shown(trouble, receiver)
        look_first = trouble.begun == request.id
        for attempt in range(1, TRIES + 1):
            try:
                posted = self._send(trouble, receiver, carrier, request, look_first, attempt)
            except SendFailure as failure:
                look_first = look_first or failure.may_have_arrived
                pause = failure.retry_after
                if pause is None:
                    pause = FIRST_PAUSE * 2 ** (attempt - 1) * (0.5 + self.jitter() / 2)
                in_vain = failure.kind is not FailureKind.TRANSIENT or attempt == TRIES
                if in_vain or not self._has_paused(pause):
                    raise
            else:
                self.told.sent += 1
                return self._written_down(trouble, receiver, request, posted)
        return None

    def _send(
        self, trouble: Trouble, receiver: Receiver, carrier: Carrier, request: Request, look_first: bool, attempt: int
    ) -> Posted:
        if request.telling is Telling.UPDATE and trouble.message is not None:
            self._has_paused(carrier.pause(Delivery.UPDATE, trouble.message.channel))
            carrier.update(trouble.message, self._payload(trouble, receiver, request))
            return trouble.message
        thread = None if request.telling is Telling.POST else trouble.message
        channel = wire.address_of(receiver) if thread is None else thread.channel
        if look_first and carrier.finds:
            if attempt == 1 and not self.settled:
                self.sleep(SETTLING)
                self.settled = True
            found = carrier.find(channel, request.id, trouble.since - CLOCK_SKEW, thread)
            if found is not None:
                return found
        self._has_paused(carrier.pause(Delivery.POST if thread is None else Delivery.REPLY, channel))
        self.troubles.change(trouble.id, lambda one: replace(one, begun=request.id, via=receiver.name))
        return carrier.post(channel, self._payload(trouble, receiver, request), thread)

    def _has_paused(self, seconds: float) -> bool:
        """Pause for so long, if this turn has the patience left."""
        if self.paused + seconds > PATIENCE:
            return False
        if seconds > 0:
            self.paused += seconds
            self.sleep(seconds)
        return True

    def _payload(self, trouble: Trouble, receiver: Receiver, request: Request) -> dict[str, object]:
        mentions = receiver.mention if request.telling is Telling.POST else ""
        if request.telling is Telling.REPLY:
            payload = messages.reply(
                trouble, self.operators, receiver.language, request.reply, self.now, receiver.mention
            )
        else:
            payload = messages.message(trouble, self.operators, receiver.language, mentions=mentions)
        return messages.marked(payload, request.id, trouble)

    def _fingerprint(self, trouble: Trouble, receiver: Receiver) -> str:
        return messages.fingerprint(messages.message(trouble, self.operators, receiver.language))

    def _written_down(self, trouble: Trouble, receiver: Receiver, request: Request, posted: Posted) -> Trouble | None:
        """What was told. It may have gone on meanwhile: what the message says is what was known when it was made."""
        shown = trouble.shown if request.telling is Telling.REPLY else self._fingerprint(trouble, receiver)

        def change(one: Trouble) -> Trouble:
            said = (*one.said, request.reply) if request.reply else one.said
            message = posted if request.telling is Telling.POST else one.message
            return replace(
                one, message=message, shown=shown, said=said, via=receiver.name,
                begun="", held_up=0, not_before=None, why="",
            )  # fmt: skip

        return self.troubles.change(trouble.id, change)

    def _shown(self, trouble: Trouble, receiver: Receiver) -> Trouble | None:
        """Where nothing can be edited, what was sent stays as it is; its end is told by itself."""
        shown = self._fingerprint(trouble, receiver)
        return self.troubles.change(trouble.id, lambda one: replace(one, shown=shown))

    def _given_up(self, trouble: Trouble, failure: SendFailure, request: Request, tried: list[str]) -> Trouble | None:
        """What becomes of a request that failed: another receiver, done without, or later. None: nothing now."""
        self.told.note(failure.sentence)
        lasting = failure.kind is not FailureKind.TRANSIENT
        if lasting and request.telling is Telling.POST and len(tried) < len(self.operators.receivers):
            return self.troubles.change(trouble.id, lambda one: replace(one, begun="", via="", why=failure.sentence))
        if failure.kind in (FailureKind.LOST, FailureKind.TERMINAL) and request.telling is not Telling.POST:
            # The message or its thread is gone: somebody has deleted it, and so has seen it.
            posted = trouble.message or Posted("", "")
            return self._written_down(trouble, self._receiver(trouble, tried), request, posted)
        self.stopped = failure.scope is not Scope.ROW
        delay = min(LONGEST_DELAY, FIRST_DELAY * 2 ** min(trouble.held_up, 10))
        if failure.kind is FailureKind.BLOCKED:
            delay = BLOCKED_FOR
        if failure.retry_after is not None:
            delay = max(delay, timedelta(seconds=failure.retry_after))
        self.troubles.change(
            trouble.id,
            lambda one: replace(one, held_up=one.held_up + 1, not_before=self.now + delay, why=failure.sentence),
        )
        self.told.waiting += 1
        return None
