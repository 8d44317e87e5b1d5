"""Mail: a message's payload as an e-mail, in plain text and in HTML. Pure.

What Slack's marks say is said in HTML's; mentions and buttons that only Slack can answer are left out, and where one
would acknowledge an incident the command stands that does. Nothing of a message can become a header or a tag.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from targetwatch.notifications.delivery.wire import Payload, Posted

SUBJECT = 200  # characters
ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
SPECIAL = re.compile(r" ?<(?P<inside>[^<>\n]*)>|`(?P<code>[^`\n]+)`|:(?P<emoji>[a-z0-9_+-]+): ?")
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
BOLD = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])")
EMOJI = {
    "arrow_up": "⬆",
    "arrow_up_small": "🔼",
    "chart_with_downwards_trend": "📉",
    "chart_with_upwards_trend": "📈",
    "eyes": "👀",
    "heavy_minus_sign": "➖",
    "heavy_multiplication_x": "✖",
    "hourglass": "⌛",
    "large_orange_diamond": "🔶",
    "no_bell": "🔕",
    "no_entry_sign": "🚫",
    "pencil2": "✏",
    "rotating_light": "🚨",
    "small_red_triangle_down": "🔻",
    "warning": "⚠",
    "white_check_mark": "✅",
    "white_circle": "⚪",
}
BODY = "font-family:Segoe UI,Roboto,Noto Sans,sans-serif;font-size:14px;line-height:1.45;color:#1b1f24;max-width:720px"
SMALL = "color:#474e57;font-size:12px"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: words, which may be bold or code, or a link to somewhere."""

    text: str
    link: str = ""
    bold: bool = False
    code: bool = False


@dataclass(frozen=True, slots=True)
class Letterhead:
    """From whom to whom, and in answer to what."""

    sender: str  # the address alone
    addresses: tuple[str, ...]
    thread: Posted | None
    at: datetime


def message(payload: Payload, notification: str, head: Letterhead) -> EmailMessage:
    """The e-mail of a payload. Raises ValueError where an address is none.

    Its Message-ID follows from the notification's id: a copy that was sent twice can be known as one. An answer has
    the subject and the References of the message that it answers, so that readers show an episode as one thread.
    """
    mail = EmailMessage(policy=SMTP)
    thread = head.thread
    subject = f"Re: {thread.text}" if thread is not None and thread.text else str(payload.get("text") or "")
    mail["Subject"] = plain(subject)[:SUBJECT]
    mail["From"] = Address("targetwatch", addr_spec=_address(head.sender).addr_spec)
    mail["To"] = [_address(address) for address in head.addresses]
    mail["Date"] = format_datetime(head.at)
    mail["Message-ID"] = message_id(notification, head.sender)
    if thread is not None:
        mail["In-Reply-To"] = thread.ts
        mail["References"] = thread.ts
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    blocks = _blocks(payload)
    mail.set_content("\n\n".join(_as_text(blocks)) or plain(str(payload.get("text") or "")))
    pictures: dict[str, bytes] = {}
    shown = "".join(_as_html(blocks, pictures, notification)) or f"<p>{html.escape(plain(str(payload['text'])))}</p>"
    mail.add_alternative(f'<!doctype html><html><body style="{BODY}">{shown}</body></html>', subtype="html")
    related = mail.get_payload()[1]  # type: ignore[index]
    for name, png in pictures.items():
        related.add_related(png, "image", "png", cid=f"<{name}>", disposition="inline")  # type: ignore[union-attr]
    return mail


def _address(text: str) -> Address:
    if not ADDRESS.fullmatch(text):
        raise ValueError(f"{text!r} is no address of e-mail")
    return Address(addr_spec=text)


def message_id(notification: str, sender: str) -> str:
    """The Message-ID of a notification."""
    return f"<{re.sub(r'[^A-Za-z0-9.-]', '-', notification)}@{sender.rpartition('@')[2]}>"


def plain(text: str) -> str:
    """Slack's text as one line of words alone."""
    return " ".join("".join(piece.text for piece in pieces(text)).split())


def pieces(text: str) -> Iterator[Piece]:
    """The parts of a text with Slack's marks."""
    at = 0
    for match in SPECIAL.finditer(text):
        yield from _words(text[at : match.start()])
        at = match.end()
        if match["code"] is not None:
            yield Piece(_unescape(match["code"]), code=True)
        elif match["emoji"] is not None:
            shown = EMOJI.get(match["emoji"])
            yield Piece(match[0] if shown is None else match[0].replace(f":{match['emoji']}:", shown))
        else:
            target, _, label = match["inside"].partition("|")
            if target.startswith(("https://", "http://")):
                yield Piece(" " if match[0].startswith(" ") else "")
                yield Piece(_unescape(label or target), link=_unescape(target))
    yield from _words(text[at:])


def _words(text: str) -> Iterator[Piece]:
    at = 0
    for match in BOLD.finditer(text):
        yield Piece(_unescape(text[at : match.start()]))
        yield Piece(_unescape(match[1]), bold=True)
        at = match.end()
    yield Piece(_unescape(text[at:]))


def _as_text(blocks: Sequence[Mapping[str, object]]) -> Iterator[str]:
    for block in blocks:
        lines = [_lines(said) for said in _said(block)]
        if block.get("type") == "header":
            lines = [f"{line}\n{'=' * min(len(line), 72)}" for line in lines]
        elif block.get("type") == "image":
            lines = [f"[{block.get('alt_text') or ''}]"]
        elif block.get("type") == "actions":
            lines = [f"{label}: {link}" if link else label for label, link in _actions(block)]
        if lines:
            yield "\n".join(lines)


def _lines(text: str) -> str:
    return "".join(
        f"{piece.text} ({piece.link})" if piece.link and piece.link != piece.text else piece.text
        for piece in pieces(text)
    )


def _as_html(blocks: Sequence[Mapping[str, object]], pictures: dict[str, bytes], seed: str) -> Iterator[str]:
    for block in blocks:
        said = [_html(text) for text in _said(block)]
        match block.get("type"):
            case "header":
                yield from (f'<h2 style="font-size:17px">{one}</h2>' for one in said)
            case "context":
                yield f'<p style="{SMALL}">{" · ".join(said)}</p>' if said else ""
            case "divider":
                yield "<hr>"
            case "actions":
                links = [
                    f'<a href="{html.escape(link)}">{html.escape(label)}</a>'
                    if link
                    else f"<code>{html.escape(label)}</code>"
                    for label, link in _actions(block)
                ]
                yield f"<p>{' · '.join(links)}</p>" if links else ""
            case "image":
                alt_text, png = html.escape(str(block.get("alt_text") or "")), block.get("png")
                if isinstance(png, bytes):
                    name = f"{re.sub(r'[^A-Za-z0-9]', '', seed)}.{len(pictures)}@targetwatch"
                    pictures[name] = png
                    yield f'<p><img src="cid:{name}" alt="{alt_text}" width="720" style="max-width:100%"></p>'
                else:
                    yield f"<p>{alt_text}</p>"
            case _:
                yield "".join(f"<p>{one}</p>" for one in said)


def _html(text: str) -> str:
    shown = []
    for piece in pieces(text):
        words = html.escape(piece.text).replace("\n", "<br>")
        if piece.link:
            words = f'<a href="{html.escape(piece.link)}">{words}</a>'
        tag = "b" if piece.bold else "code" if piece.code else ""
        shown.append(f"<{tag}>{words}</{tag}>" if tag else words)
    return "".join(shown)


def _said(block: Mapping[str, object]) -> Iterator[str]:
    """The texts of a block, with Slack's marks."""
    held = block.get("elements") if block.get("type") == "context" else block.get("fields")
    for item in [block.get("text"), *(held if isinstance(held, list) else [])]:
        if isinstance(item, Mapping) and isinstance(item.get("text"), str):
            yield item["text"]


def _actions(block: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Buttons: what stands on them, and where they lead; a command where only Slack could answer one."""
    elements = block.get("elements")
    for element in elements if isinstance(elements, list) else []:
        text, link = element.get("text"), str(element.get("url") or "")
        if link.startswith(("https://", "http://")) and isinstance(text, Mapping):
            yield str(text.get("text") or link), link
        elif element.get("action_id") == "acknowledge" and (number := _incident(element)) is not None:
            yield f"targetwatch ack TW-{number}", ""


def _incident(element: Mapping[str, object]) -> int | None:
    try:
        number = json.loads(str(element.get("value")))["incident"]
    except (ValueError, KeyError, TypeError):
        return None
    return number if isinstance(number, int) else None


def _blocks(payload: Payload) -> Sequence[Mapping[str, object]]:
    blocks = payload.get("blocks")
    return [block for block in blocks if isinstance(block, Mapping)] if isinstance(blocks, list) else []


def _unescape(text: str) -> str:
    for entity, character in ENTITIES:
        text = text.replace(entity, character)
    return text
