"""The pace of requests: the pause that an operator asks for, and the limit that a service states in its answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from targetwatch.gathering.connectors.manners import Manners

EPOCH = 1_000_000_000  # a limit that is over at such a number names a moment; a smaller one is seconds from now


class Pace:
    """When the next request may go out. `heed` is told the headers of every answer."""

    def __init__(self, manners: Manners) -> None:
        self._manners = manners
        self._not_before = manners.ticks()

    @property
    def wait(self) -> float:
        """The seconds until the next request may go out."""
        return max(self._not_before - self._manners.ticks(), 0.0)

    def begin(self) -> None:
        """A request goes out now."""
        self._not_before = self._manners.ticks() + self._manners.pause

    def heed(self, headers: Mapping[str, str]) -> None:
        """Where the service says that no request is left, the next one waits until it counts anew."""
        for prefix in ("", "X-"):
            if headers.get(f"{prefix}RateLimit-Remaining", "").strip() == "0":
                until = seconds_asked(headers.get(f"{prefix}RateLimit-Reset", ""), headers)
                self._not_before = max(self._not_before, self._manners.ticks() + (until or 0.0))


def seconds_asked(text: str, headers: Mapping[str, str]) -> float | None:
    """How many seconds a header asks to wait: a number of them, or a moment by the service's own clock.

    None where it says neither, or says a moment and the service does not say which one it is now.
    """
    text = text.strip()
    try:
        moment = float(text)
    except ValueError:
        moment = _moment(text) or 0.0
        if not moment:
            return None
    if moment != moment:
        return None
    if moment < EPOCH:
        return max(moment, 0.0)
    present = _moment(headers.get("Date", ""))
    return None if present is None else max(moment - present, 0.0)


def _moment(text: str) -> float | None:
    """The moment that an HTTP date names, in seconds since 1970."""
    try:
        moment: datetime = parsedate_to_datetime(text)
        return moment.timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
