"""Blocks as Slack takes them, each well within its limits: header 150, section 3,000, field 2,000, whole 12,000."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from targetwatch.model import Incident, Language, Text
from targetwatch.notifications.messages import mrkdwn
from targetwatch.wording import dates
from targetwatch.wording.numbers import MISSING

HEADER = 150
SECTION = 1700  # a whole message stays under 12,000 with four of these
FIELD = 300
CONTEXT = 250
FALLBACK = 400
FIELDS = 10
ELEMENTS = 10
ADDRESS = 3000

# Slack reads a line that begins with this as a quotation.
QUOTE = re.compile(r"^&gt;", re.MULTILINE)
SHAPE = re.compile(r"^:[a-z0-9_]+: ")

Block = dict[str, object]


def header(before: str, name: str, after: str) -> Block:
    """The first line. Where it is too long the name gives way, so that what happened and how far stay."""
    room = HEADER - len(before) - len(after)
    text = f"{before}{mrkdwn.escape(name, max(room, 20))}{after}"
    return {"type": "header", "text": {"type": "plain_text", "text": shorten(text, HEADER), "emoji": True}}


def section(lines: Sequence[str]) -> Block:
    """Lines, already escaped. Those that do not fit are left out whole, and an ellipsis says so."""
    kept: list[str] = []
    room = SECTION
    for line in lines:
        if len(line) + 3 > room:
            kept.append("…")
            break
        kept.append(line)
        room -= len(line) + 1
    return {"type": "section", "text": _mrkdwn("\n".join(kept))}


def fields(pairs: Sequence[tuple[str, str]]) -> Block:
    """Labelled facts side by side, already escaped."""
    said = [shorten(f"*{label}*\n{text or MISSING}", FIELD) for label, text in pairs[:FIELDS]]
    return {"type": "section", "fields": [_mrkdwn(one) for one in said]}


def buttons(
    labels_and_links: Sequence[tuple[str, str | None]], answering: Sequence[tuple[str, str, str]] = ()
) -> list[Block]:
    """Buttons that open pages, and those that a listener answers: id, label and value. Without an address, none."""
    elements: list[Block] = [
        {"type": "button", "action_id": f"open_{at}", "text": {"type": "plain_text", "text": label}, "url": link}
        for at, (label, link) in enumerate(labels_and_links)
        if link is not None and _is_address(link)
    ]
    elements += [
        {"type": "button", "action_id": action, "text": {"type": "plain_text", "text": label}, "value": value}
        for action, label, value in answering
    ]
    return [{"type": "actions", "elements": elements}] if elements else []


def context(remarks: Sequence[str]) -> Block:
    """Small print, already escaped; empty remarks are left out."""
    said = [shorten(remark, CONTEXT) for remark in remarks if remark]
    return {"type": "context", "elements": [_mrkdwn(remark) for remark in said[:ELEMENTS]]}


def when(incident: Incident, as_of: datetime, time_zone: str, language: Language, *, edited: bool) -> str:
    """What moment a message speaks of: as of now when new, and since when it has been open, or was, once edited."""
    now = dates.moment(as_of, time_zone, language)
    opened = incident.opened_at
    if not edited or opened is None:
        return Text(f"Tính đến {now}", f"As of {now}").in_(language)
    since = dates.day(dates.local_day(opened, time_zone), language)
    if incident.closed_at is None:
        return Text(f"Mở từ {since}, cập nhật {now}", f"Open since {since}, updated {now}").in_(language)
    closed = dates.moment(incident.closed_at, time_zone, language)
    return Text(f"Mở từ {since}, đóng lúc {closed}", f"Opened {since}, closed {closed}").in_(language)


def message(text: str, blocks: Sequence[Block]) -> dict[str, object]:
    """A message's payload. `text` is what a notification on a phone shows; nothing in it or in the blocks unfurls."""
    return {"text": shorten(text, FALLBACK), "blocks": list(blocks), "unfurl_links": False, "unfurl_media": False}


def unmarked(line: str) -> str:
    """A line without its shape and its bold, for where marks are not read."""
    return SHAPE.sub("", line).replace("*", "")


def shorten(escaped: str, limit: int) -> str:
    """Text that is already escaped, cut to `limit` with an ellipsis and never inside an entity or a mention."""
    if len(escaped) <= limit:
        return escaped
    cut = escaped[: limit - 1]
    for opens, closes in (("&", ";"), ("<", ">")):
        start = cut.rfind(opens)
        if start > cut.rfind(closes):
            cut = cut[:start]
    return cut.rstrip() + "…"


def _mrkdwn(text: str) -> Block:
    # `verbatim`: Slack links and mentions nothing that is not marked as a link or a mention.
    return {"type": "mrkdwn", "text": QUOTE.sub("›", text), "verbatim": True}


def _is_address(link: str) -> bool:
    plain = link.startswith(("https://", "http://")) and mrkdwn.clean(link) == link
    return plain and " " not in link and len(link) <= ADDRESS
