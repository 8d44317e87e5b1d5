"""Channels and messages, and the states that a test may put a workspace into."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b32encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from targetwatch.standin.asides import Asides
from targetwatch.standin.files import Files
from targetwatch.standin.memory import Memory
from targetwatch.standin.states import ChannelState

MESSAGES = (
    "SELECT m.channel, m.ts, m.text, m.blocks, m.metadata, m.thread_ts, m.edited, count(r.ts), max(r.ts)"
    " FROM message AS m"
    " LEFT JOIN message AS r ON r.channel = m.channel AND r.thread_ts = m.ts AND r.ts <> m.ts"
    " WHERE m.channel = ? AND m.ts BETWEEN ? AND ? GROUP BY m.channel, m.ts ORDER BY m.ts"
)
EVER = (0, 2**62)
CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{8,}")


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel. Its id follows from its name, so that it is the same in every stand-in."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message, or a reply where `thread_ts` is another's `ts`. Moments are microseconds since 1970."""

    channel: str
    ts: int
    text: str
    blocks: list[Mapping[str, object]] = field(default_factory=list)
    metadata: Mapping[str, object] = field(default_factory=dict)
    thread_ts: int | None = None
    edited: int | None = None
    replies: int = 0
    latest_reply: int | None = None

    @property
    def is_reply(self) -> bool:
        """Whether it stands in the thread of another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts


class Store:
    """Channels and messages. `clock` gives the time in seconds; a message's `ts` is unique and grows."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._memory = Memory(path)
        self._clock = clock
        self.files = Files(self._memory)
        self.asides = Asides(self._memory, clock)

    def channel(self, named: str) -> Channel:
        """The channel of this id or name. One that is new is made; an id that is new is its own name."""
        name = named.removeprefix("#").strip()
        channel_id = name if CHANNEL_ID.fullmatch(name) else channel_id_of(name)
        with self._memory.writing() as connection:
            connection.execute("INSERT OR IGNORE INTO channel (id, name) VALUES (?, ?)", (channel_id, name))
            row = connection.execute("SELECT id, name FROM channel WHERE id = ?", (channel_id,)).fetchone()
        return Channel(*row)

    def channels(self) -> list[Channel]:
        """Every channel, in the order in which they came."""
        with self._memory.reading() as connection:
            return [Channel(*row) for row in connection.execute("SELECT id, name FROM channel ORDER BY rowid")]

    def add(
        self,
        channel: str,
        text: str,
        blocks: list[Mapping[str, object]],
        metadata: Mapping[str, object],
        thread_ts: int | None = None,
    ) -> Message:
        """Post a message."""
        with self._memory.writing() as connection:
            last = connection.execute("SELECT max(ts) FROM message").fetchone()[0] or 0
            ts = max(int(self._clock() * 1_000_000), last + 1)
            values = (channel, ts, thread_ts, text, json.dumps(blocks), json.dumps(metadata))
            connection.execute(
                "INSERT INTO message (channel, ts, thread_ts, text, blocks, metadata) VALUES (?, ?, ?, ?, ?, ?)", values
            )
        return Message(channel, ts, text, blocks, metadata, thread_ts)

    def edit(
        self,
        message: Message,
        text: str,
        blocks: list[Mapping[str, object]],
        metadata: Mapping[str, object],
    ) -> Message:
        """Edit a message in place."""
        with self._memory.writing() as connection:
            edited = max(int(self._clock() * 1_000_000), message.ts)
            connection.execute(
                "UPDATE message SET text = ?, blocks = ?, metadata = ?, edited = ? WHERE channel = ? AND ts = ?",
                (text, json.dumps(blocks), json.dumps(metadata), edited, message.channel, message.ts),
            )
        found = self.get(message.channel, message.ts)
        return found if found is not None else message

    def delete(self, channel: str, ts: int) -> None:
        """Delete a message, as a person may."""
        with self._memory.writing() as connection:
            connection.execute("DELETE FROM message WHERE channel = ? AND ts = ?", (channel, ts))

    def clear(self) -> None:
        """Forget everything, as a new workspace would know nothing."""
        self._memory.clear()
        self.files.settle_after(0)

    def set_state(self, named: str, state: ChannelState) -> None:
        """Let this become of a channel, given by its id or name; OPEN undoes it."""
        channel = self.channel(named)
        with self._memory.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO channel_state (id, state) VALUES (?, ?)", (channel.id, state))

    def state(self, channel_id: str) -> ChannelState:
        """What has become of a channel."""
        with self._memory.reading() as connection:
            row = connection.execute("SELECT state FROM channel_state WHERE id = ?", (channel_id,)).fetchone()
        return ChannelState.OPEN if row is None else ChannelState(row[0])

    def revoke(self, token: str) -> None:
        """Let a token be valid no more."""
        with self._memory.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO revoked (token) VALUES (?)", (token,))

    def restore(self, token: str) -> None:
        """Let a token be valid again."""
        with self._memory.writing() as connection:
            connection.execute("DELETE FROM revoked WHERE token = ?", (token,))

    def is_revoked(self, token: str) -> bool:
        """Whether a token is valid no more."""
        with self._memory.reading() as connection:
            return connection.execute("SELECT 1 FROM revoked WHERE token = ?", (token,)).fetchone() is not None

    def get(self, channel: str, ts: int) -> Message | None:
        """One message, with how many replies it has."""
        with self._memory.reading() as connection:
            row = connection.execute(MESSAGES, (channel, ts, ts)).fetchone()
        return None if row is None else _message(row)

    def messages(self, channel: str) -> list[Message]:
        """Every message and reply of a channel, oldest first."""
        with self._memory.reading() as connection:
            return [_message(row) for row in connection.execute(MESSAGES, (channel, *EVER))]

    def version(self) -> str:
        """Something that is another whenever what the page shows is."""
        with self._memory.reading() as connection:
            row = connection.execute("SELECT count(*), max(ts), max(edited), count(edited) FROM message").fetchone()
            (aside,) = connection.execute("SELECT max(ts) FROM aside").fetchone()
            (states,) = connection.execute("SELECT group_concat(id || state, '') FROM channel_state").fetchone()
        return "-".join(str(value or 0) for value in (*row, aside, states))


def _message(row: tuple[Any, ...]) -> Message:
    channel, ts, text, blocks, metadata, thread_ts, edited, replies, latest = row
    return Message(channel, ts, text, json.loads(blocks), json.loads(metadata), thread_ts, edited, replies, latest)


def channel_id_of(name: str) -> str:
    """The id of a channel of this name."""
    return "C" + b32encode(hashlib.sha256(name.encode()).digest()).decode()[:10].replace("=", "0")


def write_ts(ts: int) -> str:
    """A moment as Slack writes it: 1712916300.000100."""
    return f"{ts // 1_000_000}.{ts % 1_000_000:06d}"


def read_ts(text: str) -> int | None:
    """The moment that Slack's way of writing it says; None where it says none."""
    whole, _, part = text.strip().partition(".")
    if not whole.isdigit() or (part and not part.isdigit()):
        return None
    return int(whole) * 1_000_000 + int((part + "000000")[:6])
