"""How long one delivery may take to be read and gated, so that none keeps the others of its source waiting for ever."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta


class TookTooLongError(Exception):
    """The time that was allowed is over."""

    def __init__(self, minutes: float) -> None:
        super().__init__(f"more than {minutes:g} minutes")
        self.minutes = minutes


class TimeAllowed:
    """So much time from now on, looked at between blocks: what is under way is never torn off in the middle."""

    def __init__(self, allowed: timedelta, ticks: Callable[[], float] = time.monotonic) -> None:
        self._allowed = allowed
        self._ticks = ticks
        self._began = ticks()

    def check(self) -> None:
        """Raise TookTooLongError if it is over."""
        if self._ticks() - self._began > self._allowed.total_seconds():
            raise TookTooLongError(self._allowed.total_seconds() / 60)


FOREVER = TimeAllowed(timedelta.max)
