"""The spool: interactions that Slack was told have been heard, kept until they are done.

What is acknowledged is on the disk before, so that a listener which dies in the middle of one finds it when it starts
again. The same interaction delivered twice is kept once, and one that is done is not kept again.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from targetwatch.listening.asked import Asked

REMEMBERED = 1000  # interactions that are done, by which one that is delivered again is known


class AnotherListener(Exception):  # noqa: N818 - named after what is the case
    """Another listener works for the same home folder: two would do everything twice."""

    exit_code = 2


class Spool:
    """The interactions of a home folder, in the order in which they came."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting, self._done = folder / "waiting", folder / "done"
        for one in (self._waiting, self._done):
            one.mkdir(parents=True, exist_ok=True)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold it for this process. Raises AnotherListener."""
        with (self._folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as held:
                raise AnotherListener(
                    f"Another `targetwatch listen` works for {self._folder.parent}. One is enough: it answers all."
                ) from held
            yield

    def keep(self, asked: Asked) -> bool:
        """Keep one, for good once this returns; False where it is there already, or done."""
        if (self._done / asked.key).exists() or any(file.name.endswith(asked.key) for file in self._files()):
            return False
        number = max((int(file.name.partition("-")[0]) for file in self._files()), default=0) + 1
        torn = self._folder / f".{asked.key}"
        with torn.open("w", encoding="utf-8") as file:
            file.write(asked.as_json())
            file.flush()
            os.fsync(file.fileno())
        torn.replace(self._waiting / f"{number:09d}-{asked.key}")
        return True

    def first(self) -> Asked | None:
        """The oldest that waits. What cannot be read is laid aside as done: nobody can do anything about it."""
        for file in self._files():
            try:
                return Asked.from_json(file.read_text(encoding="utf-8"))
            except ValueError:
                file.replace(self._done / file.name.partition("-")[2])
        return None

    def finish(self, asked: Asked) -> None:
        """Say that one is done. What it held is forgotten, and that it was done is not."""
        (self._done / asked.key).touch()
        for file in self._files():
            if file.name.endswith(asked.key):
                file.unlink(missing_ok=True)
        done = sorted(self._done.iterdir(), key=lambda file: file.stat().st_mtime_ns)
        for file in done[:-REMEMBERED]:
            file.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return sorted(self._waiting.iterdir())
