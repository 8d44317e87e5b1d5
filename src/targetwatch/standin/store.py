"""The stand-in's memory: channels and messages, in a SQLite file that several processes may have open."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from base64 import b32encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS channel (id TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS message (
  channel TEXT NOT NULL,
  ts INTEGER NOT NULL,
  thread_ts INTEGER,
  text TEXT NOT NULL,
  blocks TEXT NOT NULL,
  metadata TEXT NOT NULL,
  edited INTEGER,
  PRIMARY KEY (channel, ts)
);
"""
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
        self._path = path
        self._clock = clock
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._open()) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(SCHEMA)

    def channel(self, named: str) -> Channel:
        """The channel of this id or name. One that is new is made; an id that is new is its own name."""
        name = named.removeprefix("#").strip()
        channel_id = name if CHANNEL_ID.fullmatch(name) else channel_id_of(name)
        with self._writing() as connection:
            connection.execute("INSERT OR IGNORE INTO channel (id, name) VALUES (?, ?)", (channel_id, name))
            row = connection.execute("SELECT id, name FROM channel WHERE id = ?", (channel_id,)).fetchone()
        return Channel(*row)

    def channels(self) -> list[Channel]:
        """Every channel, in the order in which they came."""
        with closing(self._open()) as connection:
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
        with self._writing() as connection:
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
        with self._writing() as connection:
            edited = max(int(self._clock() * 1_000_000), message.ts)
            connection.execute(
                "UPDATE message SET text = ?, blocks = ?, metadata = ?, edited = ? WHERE channel = ? AND ts = ?",
                (text, json.dumps(blocks), json.dumps(metadata), edited, message.channel, message.ts),
            )
        found = self.get(message.channel, message.ts)
        return found if found is not None else message

    def delete(self, channel: str, ts: int) -> None:
        """Delete a message, as a person may."""
        with self._writing() as connection:
            connection.execute("DELETE FROM message WHERE channel = ? AND ts = ?", (channel, ts))

    def clear(self) -> None:
        """Forget every channel and message, as a new workspace would know none."""
        with self._writing() as connection:
            connection.execute("DELETE FROM message")
            connection.execute("DELETE FROM channel")

    def get(self, channel: str, ts: int) -> Message | None:
        """One message, with how many replies it has."""
        found = [message for message in self.messages(channel) if message.ts == ts]
        return found[0] if found else None

    def messages(self, channel: str) -> list[Message]:
        """Every message and reply of a channel, oldest first."""
        with closing(self._open()) as connection:
            rows = connection.execute(
                "SELECT m.channel, m.ts, m.text, m.blocks, m.metadata, m.thread_ts, m.edited,"
                " count(r.ts), max(r.ts)"
                " FROM message AS m"
                " LEFT JOIN message AS r ON r.channel = m.channel AND r.thread_ts = m.ts AND r.ts <> m.ts"
                " WHERE m.channel = ? GROUP BY m.channel, m.ts ORDER BY m.ts",
                (channel,),
            ).fetchall()
        return [
            Message(channel, ts, text, json.loads(blocks), json.loads(metadata), thread_ts, edited, replies, latest)
            for channel, ts, text, blocks, metadata, thread_ts, edited, replies, latest in rows
        ]

    def version(self) -> str:
        """Something that is another whenever what the page shows is."""
        with closing(self._open()) as connection:
            row = connection.execute("SELECT count(*), max(ts), max(edited), count(edited) FROM message").fetchone()
        return "-".join(str(value or 0) for value in row)

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        connection.execute("PRAGMA synchronous=NORMAL")  # a write-ahead log needs no more to survive a killed process
        return connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with closing(self._open()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


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
