"""The sender's journal: what it has begun and done since the ledger last heard of it.

A sender must write down each request before it makes it, and each answer. In the ledger that is a transaction for each,
which opens and rewrites a file that others wait for. So it is appended here, a line each, and goes into the ledger by
the dozen. Only the sender writes and reads it, under the lock that makes it the only one; a dead one's lines are the
first thing that its follower puts into the ledger.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from targetwatch.model import NotificationState
from targetwatch.notifications.delivery.wire import Posted
from targetwatch.warehouse.ledger.sending import Standing


class SendingJournal:
    """Lines of JSON in a file: each says how one row stands from then on."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, *standings: tuple[str, Standing]) -> None:
        """Add how rows stand. It outlives this process, and the machine's power, when the function returns."""
        lines = "".join(json.dumps([name, _plain(one)], ensure_ascii=False) + "\n" for name, one in standings)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(handle, lines.encode())
            os.fsync(handle)
        finally:
            os.close(handle)

    def read(self) -> dict[str, Standing]:
        """How each row stands after all that was added. A last line that was cut off was never added."""
        standings: dict[str, Standing] = {}
        try:
            text = self._path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return standings
        for line in text.split("\n")[:-1]:
            try:
                name, plain = json.loads(line)
            except ValueError:
                continue  # the machine lost its power while it was written
            standings[name] = _later(standings.get(name, Standing()), _standing(plain))
        return standings

    def clear(self) -> None:
        """Forget everything: the ledger knows it."""
        if self._path.exists():
            os.truncate(self._path, 0)

    def __bool__(self) -> bool:
        """Whether anything is in it."""
        return self._path.exists() and self._path.stat().st_size > 0


def _later(before: Standing, now: Standing) -> Standing:
    """How a row stands after both."""
    if before.state is not NotificationState.PENDING:
        return before
    return replace(
        now,
        attempts=before.attempts if now.attempts is None else now.attempts,
        attempted_at=before.attempted_at if now.attempted_at is None else now.attempted_at,
        is_said=before.is_said or now.is_said,
        why=now.why if now.is_said else before.why,
        not_before=now.not_before if now.is_said else before.not_before,
    )


def _plain(one: Standing) -> dict[str, Any]:
    posted = one.posted
    values: dict[str, Any] = {
        "state": one.state.value,
        "is_said": one.is_said,
        "why": one.why,
        "attempts": one.attempts,
        "attempted_at": _text(one.attempted_at),
        "not_before": _text(one.not_before),
        "settled_at": _text(one.settled_at),
        "posted": [posted.channel, posted.ts, posted.text, posted.address] if posted else None,
    }
    return {name: value for name, value in values.items() if value not in (None, False)}


def _standing(plain: Mapping[str, Any]) -> Standing:
    return Standing(
        state=NotificationState(plain["state"]),
        is_said=bool(plain.get("is_said")),
        why=plain.get("why"),
        attempts=plain.get("attempts"),
        attempted_at=_moment(plain.get("attempted_at")),
        not_before=_moment(plain.get("not_before")),
        settled_at=_moment(plain.get("settled_at")),
        posted=Posted(*plain["posted"]) if plain.get("posted") else None,
    )


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
