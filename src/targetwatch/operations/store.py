"""Where troubles are kept: a JSON file each under home/operations, because the ledger itself may be what broke."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from targetwatch.notifications.delivery.wire import Posted
from targetwatch.operations import trouble as episodes
from targetwatch.operations.trouble import Trouble

FOLDER = "operations"
STATE_WAITS = 20.0  # seconds; whoever holds the lock reads and writes one small file
MOMENTS = ("since", "newest", "recovered_at", "not_before")
UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")

Change = Callable[[Trouble], Trouble]


class Troubles:
    """The troubles of one home. Each change is on the disk when its function returns."""

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER
        self._kept = self.folder / "troubles"

    def failed(self, subject: str, error: str, at: datetime, log_url: str = "", attempt: str = "") -> Trouble:
        """Note a failure: a new episode, or one more in the episode that goes on."""
        with self._locked():
            live = self._live(subject, at)
            if live is None:
                noted = episodes.broke(subject, error, at, log_url, attempt)
            else:
                noted = episodes.broke_again(live, error, at, log_url, attempt)
            self._write(noted)
            return noted

    def recovered(self, subject: str, at: datetime) -> Trouble | None:
        """Note that a subject works again; None where it was not known to be broken."""
        if not self._kept.exists():
            return None
        with self._locked():
            for one in self._read():
                if one.subject == subject and one.recovered_at is None:
                    over = episodes.replace(one, recovered_at=max(at, one.since))
                    self._write(over)
                    return over
        return None

    def all(self) -> list[Trouble]:
        """Every trouble of which something may still be told, the oldest first."""
        if not self._kept.exists():
            return []
        with self._locked():
            return self._read()

    def change(self, name: str, change: Change) -> Trouble | None:
        """Change a trouble as it is by now; one that has been told to its end is forgotten, and None is returned."""
        with self._locked():
            for one in self._read():
                if one.id == name:
                    changed = change(one)
                    if episodes.is_told(changed):
                        self._file(changed).unlink(missing_ok=True)
                        return None
                    self._write(changed)
                    return changed
        return None

    @contextmanager
    def sending(self, wait: float) -> Iterator[bool]:
        """Held while something is told, so that one sender is at work; False where another one was all the time."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.folder / "sending.lock", timeout=wait):
                yield True
        except Timeout:
            yield False

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._kept.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / "troubles.lock", timeout=STATE_WAITS):
            yield

    def _live(self, subject: str, at: datetime) -> Trouble | None:
        return next((one for one in reversed(self._read()) if one.subject == subject and one.is_live(at)), None)

    def _read(self) -> list[Trouble]:
        read = (self._one(file) for file in self._kept.glob("*.json"))
        return sorted((one for one in read if one is not None), key=lambda one: (one.since, one.id))

    def _one(self, file: Path) -> Trouble | None:
        """The trouble that a file holds. One that nobody can read is laid aside: it must not keep the others untold."""
        try:
            return _parsed(json.loads(file.read_text(encoding="utf-8")))
        except (ValueError, TypeError, KeyError):
            file.replace(file.with_suffix(".unreadable"))
            return None

    def _write(self, trouble: Trouble) -> None:
        held = asdict(trouble)
        for moment in MOMENTS:
            held[moment] = None if held[moment] is None else held[moment].isoformat()
        write_whole(self._file(trouble), json.dumps(held, ensure_ascii=False, indent=1) + "\n")

    def _file(self, trouble: Trouble) -> Path:
        readable = UNSAFE.sub("-", trouble.subject)[:80]
        short = hashlib.sha256(trouble.id.encode()).hexdigest()[:8]
        return self._kept / f"{readable}.{short}.json"


def write_whole(path: Path, text: str) -> None:
    """Write a file so that whoever reads it finds the old text or the new one, after a power cut too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _parsed(held: Mapping[str, Any]) -> Trouble:
    values = {one.name: held[one.name] for one in fields(Trouble) if one.name in held}
    for moment in MOMENTS:
        if values.get(moment) is not None:
            values[moment] = datetime.fromisoformat(values[moment])
    values["said"] = tuple(values.get("said", ()))
    if values.get("message") is not None:
        values["message"] = Posted(**values["message"])
    return Trouble(**values)
