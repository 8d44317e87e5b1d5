"""The page that shows the messages, about as Slack does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from targetwatch.standin import mrkdwn
from targetwatch.standin.asides import Aside
from targetwatch.standin.people import Person
from targetwatch.standin.states import ChannelState
from targetwatch.standin.store import Channel, Message, Store, write_ts

ENVIRONMENT = Environment(
    loader=PackageLoader("targetwatch.standin", "templates"), autoescape=True, undefined=StrictUndefined
)
FILE_ID = re.compile(r"F[A-Z0-9]{6,}")
WHISPERS = 2  # the newest answers beside each message


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a button stands, and whether anybody hears when it is pressed."""

    channel: str
    ts: str
    is_heard: bool


@dataclass(frozen=True, slots=True)
class View:
    """What the page is of: the messages as `user` sees them, and how many connections the app has."""

    store: Store
    people: Mapping[str, Person]
    listeners: int
    zone: tzinfo | None
    user: str = ""

    @property
    def reader(self) -> str:
        """Who reads: the person chosen, or the first one there is."""
        return self.user if self.user in self.people else next(iter(self.people), "")

    @property
    def version(self) -> str:
        """Something that is another whenever what the page shows is."""
        return f"{self.store.version()}-{min(self.listeners, 1)}-{self.reader}"


@dataclass(frozen=True, slots=True)
class Whisper:
    """A message that only the reader sees."""

    anchor: str
    time: str
    moment: str
    html: Markup


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as the page shows it."""

    anchor: str
    time: str
    moment: str
    html: Markup
    edited: str | None
    whispers: tuple[Whisper, ...] = ()
    replies: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A channel as the page shows it. `whispers` answer commands."""

    channel: Channel
    state: ChannelState
    messages: tuple[Shown, ...]
    whispers: tuple[Whisper, ...] = ()


def columns(view: View) -> list[Column]:
    """Every channel with its messages, oldest first, and under each its thread."""
    shown = []
    for channel in view.store.channels():
        messages = view.store.messages(channel.id)
        threads: dict[int, list[Message]] = {}
        for message in messages:
            if message.is_reply and message.thread_ts is not None:
                threads.setdefault(message.thread_ts, []).append(message)
        whispers: dict[int | None, list[Whisper]] = {}
        for aside in view.store.asides.of(view.reader, channel.id):
            whispers.setdefault(aside.beside, []).append(_whisper(aside, view))
        top = tuple(_shown(message, threads, whispers, view) for message in messages if not message.is_reply)
        shown.append(Column(channel, view.store.state(channel.id), top, _newest(whispers.get(None))))
    return shown


def render(view: View, nonce: str) -> str:
    """The whole page."""
    template = ENVIRONMENT.get_template("page.html")
    return template.render(columns=columns(view), view=view, nonce=nonce)


def render_messages(view: View) -> str:
    """The part of the page that changes."""
    return ENVIRONMENT.get_template("messages.html").render(columns=columns(view), view=view)


def _shown(
    message: Message, threads: Mapping[int, list[Message]], whispers: Mapping[int | None, list[Whisper]], view: View
) -> Shown:
    moment = _moment(message.ts, view.zone)
    return Shown(
        anchor=f"{message.channel}-{message.ts}",
        time=_time(moment),
        moment=moment.isoformat(timespec="seconds"),
        html=_html(message.text, message.blocks, _Place(message.channel, write_ts(message.ts), view.listeners > 0)),
        edited=None if message.edited is None else f"{_moment(message.edited, view.zone):%H:%M, %d/%m/%Y}",
        whispers=_newest(whispers.get(message.ts)),
        replies=tuple(_shown(reply, {}, whispers, view) for reply in threads.get(message.ts, [])),
    )


def _whisper(aside: Aside, view: View) -> Whisper:
    moment = _moment(aside.ts, view.zone)
    html = _html(aside.text, aside.blocks, _Place(aside.channel, write_ts(aside.ts), is_heard=False))
    return Whisper(f"aside-{aside.ts}", _time(moment), moment.isoformat(timespec="seconds"), html)


def _newest(whispers: list[Whisper] | None) -> tuple[Whisper, ...]:
    return tuple((whispers or [])[-WHISPERS:])


def _time(moment: datetime) -> str:
    return f"{moment:%H:%M}, {moment.day} {moment:%b %Y}"


def _moment(ts: int, zone: tzinfo | None) -> datetime:
    return datetime.fromtimestamp(ts / 1_000_000, zone).astimezone(zone)


def _html(text: str, blocks: Sequence[Mapping[str, object]], place: _Place) -> Markup:
    if not blocks:
        return Markup("<p>{}</p>").format(mrkdwn.to_html(text))
    return Markup("").join(_block(block, place) for block in blocks)


def _block(block: Mapping[str, object], place: _Place) -> Markup:
    match block.get("type"):
        case "header":
            return Markup("<h3>{}</h3>").format(_text(block.get("text")))
        case "section":
            return _section(block)
        case "actions":
            buttons = Markup("").join(_button(item, place) for item in _items(block))
            return Markup('<p class="ac">{}</p>').format(buttons)
        case "context":
            remarks = Markup("").join(Markup("<span>{}</span>").format(_text(item)) for item in _items(block))
            return Markup('<p class="cx">{}</p>').format(remarks)
        case "image":
            return _image(block)
        case "divider":
            return Markup("<hr>")
        case kind:
            return Markup("<p><code>{}</code></p>").format(kind)


def _image(block: Mapping[str, object]) -> Markup:
    """A file of the workspace as a picture; what lies elsewhere is not loaded, and its alt text says what it is."""
    alt, file = str(block.get("alt_text") or ""), block.get("slack_file")
    title = block.get("title")
    caption = Markup("<figcaption>{}</figcaption>").format(_text(title)) if title is not None else Markup("")
    file_id = str(file.get("id") or "") if isinstance(file, Mapping) else ""
    if not FILE_ID.fullmatch(file_id):
        return Markup("<figure>{}<p>{}</p></figure>").format(caption, alt)
    return Markup('<figure>{}<img src="/files/{}" alt="{}"></figure>').format(caption, file_id, alt)


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


def _button(element: Mapping[str, object], place: _Place) -> Markup:
    """A button: one with an address opens it, and the app hears of both."""
    url, action = str(element.get("url") or ""), str(element.get("action_id") or "")
    style = {"primary": " pr", "danger": " dg"}.get(str(element.get("style")), "")
    data = Markup('data-channel="{}" data-ts="{}" data-action="{}"').format(place.channel, place.ts, action)
    if url.startswith(("https://", "http://")):
        link = Markup('<a class="bt{}" href="{}" {} rel="noopener noreferrer" target="_blank">{}</a>')
        return link.format(style, url, data, _text(element.get("text")))
    button = Markup('<button type="button" class="bt{}" {}{}>{}</button>')
    return button.format(style, data, "" if place.is_heard and action else " disabled", _text(element.get("text")))


def _text(text: object) -> Markup:
    if not isinstance(text, Mapping):
        return Markup("")
    said = str(text.get("text") or "")
    return mrkdwn.to_html(said) if text.get("type") == "mrkdwn" else mrkdwn.plain_to_html(said)
