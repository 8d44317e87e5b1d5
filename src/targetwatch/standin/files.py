"""Files that were uploaded, in the three steps of Slack: ask for an address, send the bytes there, complete."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from targetwatch.standin.memory import Memory

ONE = "SELECT id, name, title, alt_text, length, content, is_complete FROM file WHERE id = ?"
LONGEST_ALT_TEXT = 1000  # of an upload; that of an image block may be longer
LARGEST = 1_000_000_000  # bytes


@dataclass(frozen=True, slots=True)
class File:
    """A file. `content` is None until its bytes have come."""

    id: str
    name: str
    title: str
    alt_text: str
    length: int
    content: bytes | None
    is_complete: bool

    @property
    def kind(self) -> str:
        """Its media type, by what it begins with: what a browser may be told that it is."""
        for beginning, kind in ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg")):
            if self.content is not None and self.content.startswith(beginning):
                return kind
        return "application/octet-stream"


class Files:
    """The files of a workspace."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._unsettled = 0

    def ticket(self, name: str, length: int, alt_text: str) -> tuple[str, str]:
        """The id of a file that is going to be uploaded, and the secret part of the address to send it to."""
        file_id, ticket = f"F{secrets.token_hex(5).upper()}", secrets.token_urlsafe(24)
        with self._memory.writing() as connection:
            connection.execute(
                "INSERT INTO file (id, ticket, name, length, alt_text, title, is_complete)"
                " VALUES (?, ?, ?, ?, ?, ?, 0)",
                (file_id, ticket, name, length, alt_text, name),
            )
        return file_id, ticket

    def upload(self, ticket: str, content: bytes) -> bool:
        """Keep the bytes; False where nobody asked for this address, or they are not as many as were said."""
        with self._memory.writing() as connection:
            changed = connection.execute(
                "UPDATE file SET content = ? WHERE ticket = ? AND length = ?", (content, ticket, len(content))
            )
            return changed.rowcount == 1

    def complete(self, wanted: Sequence[tuple[str, str]]) -> list[File] | None:
        """Make files known under their titles; None, and nothing done, where one has not been uploaded."""
        with self._memory.writing() as connection:
            if any(_find(connection, file_id, uploaded=True) is None for file_id, _ in wanted):
                return None
            for file_id, title in wanted:
                connection.execute(
                    "UPDATE file SET is_complete = 1, title = coalesce(nullif(?, ''), title) WHERE id = ?",
                    (title, file_id),
                )
            return [file for file_id, _ in wanted if (file := _find(connection, file_id)) is not None]

    def get(self, file_id: str) -> File | None:
        """One file."""
        with self._memory.reading() as connection:
            return _find(connection, file_id)

    def settle_after(self, uses: int) -> None:
        """Refuse the next uses of complete files: Slack takes a moment to look at a file before it shows it."""
        self._unsettled = uses

    def is_usable(self, file_id: str) -> bool:
        """Whether a block may show it."""
        file = self.get(file_id)
        if file is None or not file.is_complete:
            return False
        if self._unsettled > 0:
            self._unsettled -= 1
            return False
        return True


def _find(connection: sqlite3.Connection, file_id: str, *, uploaded: bool = False) -> File | None:
    row = connection.execute(ONE, (file_id,)).fetchone()
    if row is None or (uploaded and row[5] is None):
        return None
    file_id, name, title, alt_text, length, content, is_complete = row
    return File(file_id, name, title, alt_text, length, content, is_complete=bool(is_complete))
