"""Where the stand-in keeps things: a SQLite file that several processes may have open."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

# Every table stands by itself, so that a file of an earlier release only gets the ones that it lacks.
SCHEMA = """
CREATE TABLE IF NOT EXISTS channel (id TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS channel_state (id TEXT PRIMARY KEY, state TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS revoked (token TEXT PRIMARY KEY);
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
CREATE INDEX IF NOT EXISTS reply ON message (channel, thread_ts);
CREATE INDEX IF NOT EXISTS newest ON message (ts);
CREATE TABLE IF NOT EXISTS aside (
  ts INTEGER PRIMARY KEY,
  channel TEXT NOT NULL,
  user TEXT NOT NULL,
  beside INTEGER,
  text TEXT NOT NULL,
  blocks TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS file (
  id TEXT PRIMARY KEY,
  ticket TEXT NOT NULL,
  name TEXT NOT NULL,
  length INTEGER NOT NULL,
  alt_text TEXT NOT NULL,
  title TEXT NOT NULL,
  content BLOB,
  is_complete INTEGER NOT NULL
);
"""
CLEARING = """
DELETE FROM message;
DELETE FROM aside;
DELETE FROM file;
DELETE FROM channel_state;
DELETE FROM revoked;
DELETE FROM channel;
"""


class Memory:
    """The file, opened anew for each thing that is asked of it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self.reading() as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(SCHEMA)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection of one's own."""
        with closing(sqlite3.connect(self._path, timeout=30, isolation_level=None)) as connection:
            # A write-ahead log needs no more to survive a killed process.
            connection.execute("PRAGMA synchronous=NORMAL")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it, or nothing."""
        with self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def clear(self) -> None:
        """Forget everything, as a new workspace would know nothing."""
        with self.reading() as connection:
            connection.executescript(f"BEGIN IMMEDIATE;{CLEARING}COMMIT;")
