"""Lateness: what a message says of itself that could not be sent when it was written. Pure.

It may be hours old when Slack takes it again. So that nobody reads it as news of this moment, it says when it was
written, and for how many earlier messages it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from targetwatch.model import Language, Notification, Text
from targetwatch.notifications.delivery.wire import Payload
from targetwatch.wording import dates

LATE = timedelta(hours=1)
BLOCKS = 50  # as many as Slack takes
ELEMENTS = 10
# Nothing else in a payload can look like this: in data the sign < is written &lt;.
MENTIONS = re.compile(r"<!subteam\^[A-Z0-9]+>|<@[UW][A-Z0-9]+>")
PLAIN = 3000


def remarks(
    words: Notification, earlier: Sequence[Notification], now: datetime, language: Language, time_zone: str
) -> list[str]:
    """What a message says of its own lateness, and of earlier ones that it stands for; none where it is fresh."""
    said = []
    if now - words.created_at >= LATE:
        written = dates.moment(words.created_at, time_zone, language)
        said.append(
            Text(
                f"Viết lúc {written}, đến nay mới gửi được.", f"Written at {written}; it could not be sent until now."
            ).in_(language)
        )
    if earlier:
        since = dates.moment(earlier[0].created_at, time_zone, language)
        count = len(earlier)
        en = "an earlier message" if count == 1 else f"{count} earlier messages"
        said.append(
            Text(f"Thay cho {count} tin trước, từ {since}.", f"It stands for {en}, since {since}.").in_(language)
        )
    return said


def in_newer_words(post: Notification, edit: Notification, *, is_open: bool) -> dict[str, object]:
    """The payload of a message that was never sent, in the words of its edit, and with its own id.

    An edit mentions nobody. So where the episode goes on, those whom the message would have mentioned still are.
    """
    payload = {**post.payload, **edit.payload, "metadata": post.payload.get("metadata")}
    mentioned = dict.fromkeys(MENTIONS.findall(str(post.payload.get("blocks")))) if is_open else {}
    already = str(edit.payload.get("blocks"))
    missing = [one for one in mentioned if one not in already]
    return noted(payload, [" ".join(missing)]) if missing else payload


def noted(payload: Payload, said: Sequence[str]) -> dict[str, object]:
    """A payload with remarks at its end, as small print. They are ours, or already escaped."""
    blocks = list(_blocks(payload))
    if not said:
        return dict(payload)
    elements = [{"type": "mrkdwn", "text": one, "verbatim": True} for one in said]
    if len(blocks) < BLOCKS:
        return {**payload, "blocks": [*blocks, {"type": "context", "elements": elements}]}
    last = blocks[-1]
    held = last.get("elements")
    if last.get("type") == "context" and isinstance(held, list):
        blocks[-1] = {**last, "elements": [*held[: ELEMENTS - len(elements)], *elements]}
    return {**payload, "blocks": blocks}


def plain(payload: Payload) -> dict[str, object]:
    """The same message without its blocks, for where they are not taken: what a phone would show of it."""
    kept = {name: value for name, value in payload.items() if name != "blocks"}
    return {**kept, "text": str(payload.get("text", ""))[:PLAIN]}


def _blocks(payload: Payload) -> Sequence[Mapping[str, object]]:
    blocks = payload.get("blocks")
    return blocks if isinstance(blocks, list) else []
