"""The page that shows the messages, about as Slack does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from targetwatch.standin import mrkdwn
from targetwatch.standin.store import Channel, Message, Store

ENVIRONMENT = Environment(
    loader=PackageLoader("targetwatch.standin", "templates"), autoescape=True, undefined=StrictUndefined
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as the page shows it."""

    anchor: str
    time: str
    moment: str
    html: Markup
    edited: str | None
    replies: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A channel as the page shows it."""

    channel: Channel
    messages: tuple[Shown, ...]


def columns(store: Store, zone: tzinfo | None) -> list[Column]:
    """Every channel with its messages, oldest first, and under each its thread."""
    shown = []
    for channel in store.channels():
        messages = store.messages(channel.id)
        threads: dict[int, list[Message]] = {}
        for message in messages:
            if message.is_reply and message.thread_ts is not None:
                threads.setdefault(message.thread_ts, []).append(message)
        top = tuple(_shown(message, threads, zone) for message in messages if not message.is_reply)
        shown.append(Column(channel, top))
    return shown


def render(store: Store, zone: tzinfo | None, nonce: str) -> str:
    """The whole page."""
    template = ENVIRONMENT.get_template("page.html")
    return template.render(columns=columns(store, zone), version=store.version(), nonce=nonce)


def render_messages(store: Store, zone: tzinfo | None) -> str:
    """The part of the page that changes."""
    return ENVIRONMENT.get_template("messages.html").render(columns=columns(store, zone))


def _shown(message: Message, threads: Mapping[int, list[Message]], zone: tzinfo | None) -> Shown:
    moment = _moment(message.ts, zone)
    return Shown(
        anchor=f"{message.channel}-{message.ts}",
        time=f"{moment:%H:%M}, {moment.day} {moment:%b %Y}",
        moment=moment.isoformat(timespec="seconds"),
        html=_html(message),
        edited=None if message.edited is None else f"{_moment(message.edited, zone):%H:%M, %d/%m/%Y}",
        replies=tuple(_shown(reply, {}, zone) for reply in threads.get(message.ts, [])),
    )


def _moment(ts: int, zone: tzinfo | None) -> datetime:
    return datetime.fromtimestamp(ts / 1_000_000, zone).astimezone(zone)


def _html(message: Message) -> Markup:
    if not message.blocks:
        return Markup("<p>{}</p>").format(mrkdwn.to_html(message.text))
    return Markup("").join(_block(block) for block in message.blocks)


def _block(block: Mapping[str, object]) -> Markup:
    match block.get("type"):
        case "header":
            return Markup("<h3>{}</h3>").format(_text(block.get("text")))
        case "section":
            return _section(block)
        case "actions":
            return Markup('<p class="ac">{}</p>').format(Markup("").join(_button(item) for item in _items(block)))
        case "context":
            remarks = Markup("").join(Markup("<span>{}</span>").format(_text(item)) for item in _items(block))
            return Markup('<p class="cx">{}</p>').format(remarks)
        case "divider":
            return Markup("<hr>")
        case kind:
            return Markup("<p><code>{}</code></p>").format(kind)


def _section(block: Mapping[str, object]) -> Markup:
    html = Markup("")
    if block.get("text") is not None:
        html += Markup("<p>{}</p>").format(_text(block.get("text")))
    fields = block.get("fields")
    if isinstance(fields, list) and fields:
        each = Markup("").join(Markup("<div>{}</div>").format(_text(field)) for field in fields)
        html += Markup('<div class="fl">{}</div>').format(each)
    return html


def _items(block: Mapping[str, object]) -> list[Mapping[str, object]]:
    elements = block.get("elements")
    return [item for item in elements if isinstance(item, Mapping)] if isinstance(elements, list) else []


def _button(element: Mapping[str, object]) -> Markup:
    url = str(element.get("url") or "")
    if not url.startswith(("https://", "http://")):
        return Markup('<span class="bt">{}</span>').format(_text(element.get("text")))
    link = Markup('<a class="bt" href="{}" rel="noopener noreferrer" target="_blank">{}</a>')
    return link.format(url, _text(element.get("text")))


def _text(text: object) -> Markup:
    if not isinstance(text, Mapping):
        return Markup("")
    said = str(text.get("text") or "")
    return mrkdwn.to_html(said) if text.get("type") == "mrkdwn" else mrkdwn.plain_to_html(said)
