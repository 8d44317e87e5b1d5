"""Unreachable: what is told, and to whom, when a receiver cannot be reached until a person does something. Pure.

One message for each such receiver, to the one that stands in for it, edited and answered when it is reached again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime

from targetwatch.model import Delivery, Notification, Receiver, Text
from targetwatch.notifications.delivery.wire import Trouble, address_of
from targetwatch.wording import dates

GROUP = "unreachable"
ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
TEXT = 300


def stand_in(
    receivers: Mapping[str, Receiver], operators: str | None, broken: Collection[str], receiver: str
) -> Receiver | None:
    """Who hears what `receiver` cannot be told: its fallback, that one's, and so on; at last the operators."""
    asked = {receiver}
    name = receivers[receiver].fallback if receiver in receivers else None
    while name is not None and name in receivers and name not in asked:
        if name not in broken:
            return receivers[name]
        asked.add(name)
        name = receivers[name].fallback
    if operators in receivers and operators not in asked and operators not in broken:
        return receivers[str(operators)]
    return None


def broken(trouble: Trouble, to: Receiver, waiting: int, now: datetime, time_zone: str) -> Notification:
    """The message that a receiver cannot be reached."""
    language = to.language
    name, since = _plain(trouble.receiver), dates.moment(trouble.since, time_zone, language)
    title = Text(f"Không gửi được tin cho {name}", f"Messages to {name} cannot be sent").in_(language)
    says = Text(
        f"{_plain(trouble.says.vi)}\n{waiting} tin đang chờ, không tin nào bị bỏ; khi khắc phục xong sẽ gửi lần lượt.",
        f"{_plain(trouble.says.en)}\n{_count_en(waiting)}; none is dropped: they go out in order once it is mended.",
    ).in_(language)
    small = Text(
        f"Nơi nhận: {_plain(trouble.channel)}, từ {since}", f"It goes to {_plain(trouble.channel)}, since {since}"
    ).in_(language)
    return _row(trouble, to, Delivery.POST, "unreachable", title, says, small, now)


def mended(
    trouble: Trouble, to: Receiver, sent: int, waiting: int, now: datetime, time_zone: str
) -> list[Notification]:
    """The edit and the reply that say that it is reached again."""
    language = to.language
    name, at = _plain(trouble.receiver), dates.moment(now, time_zone, language)
    since = dates.moment(trouble.since, time_zone, language)
    title = Text(f"Đã gửi được tin cho {name}", f"Messages to {name} are sent again").in_(language)
    still_vi = f"; còn {waiting} tin, được gửi ở lượt sau" if waiting else ""
    still_en = f"; {waiting} are still to go, at the next pass" if waiting else ""
    says = Text(
        f"Từ {at} gửi được trở lại: đã gửi {sent} tin theo thứ tự{still_vi}.",
        f"They are since {at}: {sent} went out, in their order{still_en}.",
    ).in_(language)
    small = Text(f"Không gửi được từ {since}", f"It could not be reached from {since} on").in_(language)
    return [
        _row(trouble, to, Delivery.UPDATE, "reached", title, says, small, now),
        _row(trouble, to, Delivery.REPLY, "reached", title, says, small, now),
    ]


def given_up(item: Notification, why: Text, to: Receiver, now: datetime) -> Notification:
    """The message that one row will never be taken, with its words: nothing is lost by it."""
    language = to.language
    name = _plain(item.receiver)
    title = Text(f"Có một tin không gửi được cho {name}", f"A message to {name} was not taken").in_(language)
    words = _plain(str(item.payload.get("text", "")))[:TEXT]
    says = f"{_plain(why.in_(language))}\n&gt; {words}"
    fake = Trouble(0, item.receiver, item.transport, item.channel, item.created_at, why)
    row = _row(fake, to, Delivery.POST, "refused", title, says, "", now, seed=item.id)
    return row


def _row(
    trouble: Trouble,
    to: Receiver,
    delivery: Delivery,
    reason: str,
    title: str,
    says: str,
    small: str,
    now: datetime,
    seed: str = "",
) -> Notification:
    group = f"{GROUP}/{trouble.receiver}"
    identity = "\n".join((to.name, group, str(trouble.number), seed, delivery.value, reason))
    row_id = hashlib.sha256(identity.encode()).hexdigest()[:32]
    blocks: list[object] = [
        {"type": "header", "text": {"type": "plain_text", "text": title[:150], "emoji": True}},
        {"type": "section", "text": {"type": "mrkdwn", "text": says[:2900], "verbatim": True}},
    ]
    if small:
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": small, "verbatim": True}]})
    if delivery is Delivery.REPLY:
        blocks = blocks[1:2]
    payload = {
        "text": title,
        "blocks": blocks,
        "unfurl_links": False,
        "unfurl_media": False,
        "metadata": {
            "event_type": "targetwatch_notification",
            "event_payload": {"notification": row_id, "group": group, "reason": reason},
        },
    }
    return Notification(
        id=row_id,
        receiver=to.name,
        channel=address_of(to),
        group=group,
        episode=-trouble.number,  # below every incident's number
        delivery=delivery,
        reason=reason,
        payload=payload,
        fingerprint=row_id,
        created_at=now,
        transport=to.transport,
    )


def _plain(text: str) -> str:
    return " ".join(text.split()).translate(ENTITIES)


def _count_en(count: int) -> str:
    return "1 message waits" if count == 1 else f"{count} messages wait"
