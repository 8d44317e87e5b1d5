"""Breakdowns: which receivers cannot be reached until a person does something, and who is told so in their place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from targetwatch.model import Notification, Receiver
from targetwatch.notifications.delivery import unreachable
from targetwatch.notifications.delivery.audience import Audience
from targetwatch.notifications.delivery.wire import OutboxStore, SendFailure, Trouble, Waiting


class Breakdowns:
    """What one drain finds out of it."""

    def __init__(self, store: OutboxStore, audience: Audience, now: Callable[[], datetime]) -> None:
        self._store = store
        self._audience = audience
        self._now = now
        self._found: dict[str, tuple[Notification, SendFailure]] = {}  # by receiver: a row of it, and what stops it
        self._sent: Counter[str] = Counter()

    def blocked(self, item: Notification, failure: SendFailure) -> None:
        """A row's receiver cannot be reached."""
        self._found[item.receiver] = (item, failure)

    def sent(self, item: Notification) -> None:
        """A row has reached its receiver."""
        self._sent[item.receiver] += 1

    def given_up(self, item: Notification, failure: SendFailure) -> None:
        """A row was never taken: whoever stands in for its receiver gets its words."""
        instead = self._instead(item.receiver, None)
        if instead is not None and not item.group.startswith(f"{unreachable.GROUP}/"):
            self._store.add([unreachable.given_up(item, failure.says, instead, self._now())])

    def tell(self, waiting: Waiting) -> bool:
        """Write down which receivers cannot be reached, and which are again; whether there are messages of it."""
        left = Counter(row.notification.receiver for row in waiting.rows)
        going_on = {trouble.receiver: trouble for trouble in waiting.troubles}
        number, told = waiting.troubles_so_far, False
        for receiver in sorted(self._found):
            item, failure = self._found[receiver]
            trouble = going_on.get(receiver)
            if trouble is None:
                number += 1
                address = self._audience.address(item)
                trouble = Trouble(number, receiver, item.transport, address, self._now(), failure.says)
            told = self._goes_on(replace(trouble, says=failure.says), left[receiver], trouble) or told
        for receiver, trouble in going_on.items():
            if receiver not in self._found and (self._sent[receiver] or not left[receiver]):
                told = self._is_over(trouble, left[receiver]) or told
        return told

    def problems(self, waiting: Waiting) -> list[str]:
        """A sentence for each receiver that cannot be reached."""
        left = Counter(row.notification.receiver for row in waiting.rows)
        told_to = {trouble.receiver: trouble.told_to for trouble in waiting.troubles}
        problems = []
        for receiver in sorted(self._found):
            to = told_to.get(receiver)
            heard = f"{to} was told." if to is not None and to not in self._found else "Nobody else could be told."
            problems.append(f"{receiver}: {self._found[receiver][1].sentence} {left[receiver]} waiting. {heard}")
        return problems

    def _goes_on(self, trouble: Trouble, left: int, known: Trouble) -> bool:
        """Keep a trouble, and tell whoever can hear of it, unless somebody has heard already."""
        instead = None
        if trouble.told_to is None or trouble.told_to in self._found:
            instead = self._instead(trouble.receiver, trouble.told_to)
        if instead is not None:
            trouble = replace(trouble, told_to=instead.name)
            row = unreachable.broken(trouble, instead, left, self._now(), self._audience.time_zone)
            self._store.keep_trouble(trouble, [row])
        elif trouble != known or trouble.told_to is None:
            self._store.keep_trouble(trouble)
        return instead is not None

    def _is_over(self, trouble: Trouble, left: int) -> bool:
        to = self._audience.receivers.get(trouble.told_to or "")
        now, zone = self._now(), self._audience.time_zone
        rows = []
        if to is not None:
            rows = unreachable.mended(trouble, to, self._sent[trouble.receiver], left, now, zone)
        self._store.keep_trouble(replace(trouble, ended_at=now), rows)
        return bool(rows)

    def _instead(self, receiver: str, told: str | None) -> Receiver | None:
        broken = {*self._found, *([told] if told else [])}
        return unreachable.stand_in(self._audience.receivers, self._audience.operators, broken, receiver)
