"""Rows: what is written into the outbox, also of what is withheld.

The id of a row follows from what it says and what it comes after: deciding again gives it again, and adds nothing.
What says it is handed in: `messages.render`, or `unsaid` where nobody reads it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from targetwatch.model import Delivery, Incident, Language, Notification, NotificationState, Receiver
from targetwatch.notifications.delivery.wire import address_of
from targetwatch.notifications.situation import CLOSING_REASONS, GroupMessage
from targetwatch.notifications.stories import MeanwhileStory, ReplyStory, Story, neutral

EVENT_TYPE = "targetwatch_notification"
OPENED, MEANWHILE = "opened", "meanwhile"


class Say(Protocol):
    """What makes the payload of a story."""

    def __call__(
        self, story: Story | ReplyStory | MeanwhileStory, language: Language, *, charts: bool = True
    ) -> Mapping[str, object]:
        """The payload that tells `story` in `language`, without `charts` in words alone."""
        ...


def unsaid(
    story: Story | ReplyStory | MeanwhileStory, language: Language, *, charts: bool = True
) -> Mapping[str, object]:
    """What stands for a story where only who is told why is asked for: the moment that it speaks of.

    As with words, every reply is another one. But no message is edited, except to close it. That changes nothing of who
    is told what: edits are silent, and what people are told is posted or replied.
    """
    return {"as_of": (story.about if isinstance(story, ReplyStory) else story).as_of.isoformat()}


def fingerprint(story: Story, receiver: Receiver, say: Say) -> str:
    """What stands for the words of a story. The moment, the mention and "updated" do not count as words."""
    return _hash_of(say(neutral(story), receiver.language, charts=receiver.charts))


def post(
    receiver: Receiver,
    group: str,
    story: Story,
    now: datetime,
    say: Say,
    *,
    after: GroupMessage | None,
    reason: str = OPENED,
) -> Notification:
    """A new message, which comes `after` the group's last one."""
    payload = say(story, receiver.language, charts=receiver.charts)
    words = fingerprint(story, receiver, say)
    last = after.last_id if after is not None else ""
    return _row(receiver, group, story.incident.number, Delivery.POST, reason, payload, words, last, now)


def edit(
    receiver: Receiver, message: GroupMessage, story: Story, now: datetime, say: Say, reason: str
) -> Notification | None:
    """The edit that makes a message tell `story`; None where its words are those that are out already."""
    words = fingerprint(story, receiver, say)
    if words == message.fingerprint and reason not in CLOSING_REASONS:
        return None
    payload = say(story, receiver.language, charts=receiver.charts)
    return _row(
        receiver, message.group, message.episode, Delivery.UPDATE, reason, payload, words, message.last_id, now
    )  # fmt: skip


def reply(
    receiver: Receiver,
    message: GroupMessage | None,
    episode: int,
    group: str,
    story: ReplyStory,
    now: datetime,
    say: Say,
) -> Notification:
    """A reply in the thread of an episode's message, which may be about to be posted."""
    payload = say(story, receiver.language, charts=receiver.charts)
    last = message.last_id if message is not None else ""
    return _row(
        receiver, group, episode, Delivery.REPLY, story.kind.value, payload, _hash_of(payload), last, now
    )  # fmt: skip


def summary(receiver: Receiver, story: MeanwhileStory, now: datetime, say: Say) -> Notification:
    """What happened while a silence lasted: once, whatever its words."""
    payload = say(story, receiver.language, charts=receiver.charts)
    group = f"silence/{story.silence.id}"
    return _row(receiver, group, 0, Delivery.POST, MEANWHILE, payload, "", "", now)


def withheld(
    receiver: Receiver,
    group: str,
    incident: Incident,
    delivery: Delivery,
    reason: str,
    because: str,
    now: datetime,
    what: str = "",
) -> Notification:
    """A row that says why nothing was sent about an incident. `what` tells apart what may be withheld of it twice."""
    row = _row(receiver, group, incident.number, delivery, reason, {}, f"{because}\n{what}", "", now)
    return replace(row, fingerprint="", state=NotificationState.SUPPRESSED, state_reason=because)


def about(row: Notification, incidents: Iterable[Incident]) -> Notification:
    """The row as one that tells of these incidents, or would have told of them."""
    return replace(row, about=tuple(sorted(one.number for one in incidents)))


def _row(
    receiver: Receiver,
    group: str,
    episode: int,
    delivery: Delivery,
    reason: str,
    rendered: Mapping[str, object],
    words: str,
    after: str,
    now: datetime,
) -> Notification:
    address = address_of(receiver)
    identity = (receiver.name, address, group, str(episode), delivery.value, reason, words, after)
    row_id = _hash("\n".join(identity))[:32]
    payload: dict[str, object] = {}
    if rendered:
        payload = {
            **rendered,
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": {
                "event_type": EVENT_TYPE,
                "event_payload": {"notification": row_id, "group": group, "reason": reason},
            },
        }
    return Notification(
        id=row_id,
        receiver=receiver.name,
        channel=address,
        group=group,
        episode=episode,
        delivery=delivery,
        reason=reason,
        payload=payload,
        fingerprint=words,
        created_at=now,
        transport=receiver.transport,
    )


def _hash_of(payload: Mapping[str, object]) -> str:
    return _hash(json.dumps(payload, sort_keys=True, ensure_ascii=False))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
