"""Despatch: how one row is sent, in which words, and how it is found out whether it was already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from targetwatch.model import Delivery, Notification
from targetwatch.notifications.delivery import lateness, merging, pictures
from targetwatch.notifications.delivery.audience import Audience
from targetwatch.notifications.delivery.merging import Errand
from targetwatch.notifications.delivery.wire import Carrier, Episode, OutboxStore, Payload, Posted

SETTLING = 1.5  # seconds that a request which a dead process had begun is given to arrive, before it is looked for
# How far before a row was made its message is looked for: our clock may be ahead of Slack's.
CLOCK_SKEW = timedelta(days=1)


@dataclass(slots=True)
class Task:
    """An errand on its way through one drain."""

    errand: Errand
    ready_at: float = 0.0  # by the drain's ticks
    tries: int = 0  # in this drain; pauses that were asked for are not counted
    look_first: bool = False  # it was begun, and may have arrived
    awaits_pictures: bool = False  # they were refused once: Slack looks at a file for a moment before it shows it
    without_pictures: bool = False
    is_plain: bool = False
    why: str = ""  # it waits

    @property
    def item(self) -> Notification:
        """The notification that is to be settled."""
        return self.errand.row.notification

    @property
    def episode(self) -> Episode:
        """What its message stands for."""
        return self.errand.row.episode


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a row's message is, and which other rows it settles. `was_found`: it had arrived already."""

    posted: Posted
    settles: tuple[str, ...] = ()
    was_found: bool = False


class Despatch:
    """Sends rows one by one, and remembers where the messages of their episodes are."""

    def __init__(
        self,
        store: OutboxStore,
        audience: Audience,
        shown: pictures.Pictures,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        self._store = store
        self._audience = audience
        self._pictures = shown
        self._now = now
        self._sleep = sleep
        self._settled = False
        self.messages: dict[Episode, Posted] = {}

    def channel_of(self, task: Task) -> str:
        """What its carrier's limits go by: where the row's message is or will be, as the catalogue writes it."""
        message = self.messages.get(task.episode)
        return self._audience.address(task.item) if message is None else message.address or message.channel

    def send(self, task: Task, carrier: Carrier) -> Sent:
        """Send a row, unless it has arrived already. Raises SendFailure."""
        item, message = task.item, self.messages.get(task.episode)
        if item.delivery is Delivery.UPDATE and message is not None and not task.errand.as_reply:
            payload = self._payload(task, carrier, is_edit=True)
            self._begin(task)
            carrier.update(message, payload)
            return Sent(replace(message, text=first_line(payload)))
        sent = self._post(task, carrier, None if item.delivery is Delivery.POST else message)
        if item.delivery is not Delivery.REPLY and not task.errand.as_reply:
            self.messages[task.episode] = sent.posted
        return sent

    def _post(self, task: Task, carrier: Carrier, thread: Posted | None) -> Sent:
        item, edit = task.item, task.errand.edit
        address = self._audience.address(item)
        channel = address if thread is None else thread.channel
        replies = tuple(row.id for row in task.errand.stands_for)
        if task.look_first and carrier.finds:
            found = self._find(task, carrier, (channel,) if thread else (channel, item.channel), thread)
            if found is not None:
                # It may have gone out in its own words: then its edit is still to be made.
                return Sent(replace(found, text=first_line(item.payload), address=address), replies, was_found=True)
        payload = self._payload(task, carrier, is_edit=False)
        self._begin(task)
        posted = carrier.post(channel, payload, thread)
        settles = (*replies, edit.id) if edit is not None else replies
        return Sent(replace(posted, text=first_line(payload), address=address), settles)

    def _find(self, task: Task, carrier: Carrier, channels: tuple[str, ...], thread: Posted | None) -> Posted | None:
        """Where a row's message is, that was begun; its channel may be another one by now."""
        if not self._settled and task.tries == 0:  # a dead process began it; after one of ours there was a pause
            self._sleep(SETTLING)
            self._settled = True
        since = task.item.created_at - CLOCK_SKEW
        for channel in dict.fromkeys(channels):
            found = carrier.find(channel, task.item.id, since, thread)
            if found is not None:
                return found
        return None

    def _begin(self, task: Task) -> None:
        """Write down that a request is about to be made."""
        row = self._store.mark_attempt(task.errand.row, self._now())
        task.errand = replace(task.errand, row=row, words=task.errand.edit or row)

    def _payload(self, task: Task, carrier: Carrier, *, is_edit: bool) -> dict[str, object]:
        """What is sent of a row: its own words or newer ones, with what it must say of its lateness."""
        item, words = task.item, task.errand.words.notification
        payload: Payload = item.payload
        if task.errand.edit is not None:
            payload = lateness.in_newer_words(item, words, is_open=words.reason not in merging.CLOSINGS)
        if task.without_pictures:
            payload = pictures.without(payload)
        if not is_edit:
            earlier = [] if task.errand.as_reply else [row.notification for row in task.errand.stands_for]
            language = self._audience.language(item.receiver)
            said = lateness.remarks(words, earlier, self._now(), language, self._audience.time_zone)
            payload = lateness.noted(payload, said)
        return lateness.plain(payload) if task.is_plain else self._pictures.shown(payload, carrier)


def first_line(payload: Payload) -> str:
    """The first line of a message, by which it is known."""
    return (str(payload.get("text") or "").splitlines() or [""])[0]
