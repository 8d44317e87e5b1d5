"""Messages that one person alone sees, as answers to buttons and commands are."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from targetwatch.standin.memory import Memory


@dataclass(frozen=True, slots=True)
class Aside:
    """A message to one person. `beside` is the `ts` of the message whose button it answers; None: a command's."""

    ts: int
    channel: str
    user: str
    text: str
    blocks: list[Mapping[str, object]]
    beside: int | None = None


class Asides:
    """The messages that only one person sees. `clock` gives the time in seconds."""

    def __init__(self, memory: Memory, clock: Callable[[], float]) -> None:
        self._memory = memory
        self._clock = clock

    def add(
        self, channel: str, user: str, text: str, blocks: list[Mapping[str, object]], beside: int | None = None
    ) -> Aside:
        """Show it to `user`."""
        with self._memory.writing() as connection:
            last = connection.execute("SELECT max(ts) FROM aside").fetchone()[0] or 0
            ts = max(int(self._clock() * 1_000_000), last + 1)
            connection.execute(
                "INSERT INTO aside (ts, channel, user, beside, text, blocks) VALUES (?, ?, ?, ?, ?, ?)",
                (ts, channel, user, beside, text, json.dumps(blocks)),
            )
        return Aside(ts, channel, user, text, blocks, beside)

    def of(self, user: str, channel: str | None = None) -> list[Aside]:
        """What this person sees, oldest first."""
        with self._memory.reading() as connection:
            rows = connection.execute(
                "SELECT ts, channel, user, text, blocks, beside FROM aside"
                " WHERE user = ? AND coalesce(channel = ?, TRUE) ORDER BY ts",
                (user, channel),
            ).fetchall()
        return [Aside(ts, at, who, text, json.loads(blocks), beside) for ts, at, who, text, blocks, beside in rows]
