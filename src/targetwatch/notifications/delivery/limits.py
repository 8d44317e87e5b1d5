"""Limits: how many requests Slack takes of each method, kept so that it never has to say so; and heeded where it does.

The figures are those of https://docs.slack.dev/apis/web-api/rate-limits for apps of the workspace's own: tier 2 is 20
requests a minute, tier 3 is 50, tier 4 is 100, each for a method and the whole workspace, with sporadic bursts;
chat.postMessage takes about one a second for each channel, with short bursts. A 429 stops its method, and of
chat.postMessage its channel, for as long as Retry-After says: nothing else waits for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests a second, and so many at once after a rest; of each channel by itself or of all together."""

    rate: float
    burst: float
    by_channel: bool = False


TIER_2, TIER_3, TIER_4 = Limit(20 / 60, 5), Limit(50 / 60, 10), Limit(100 / 60, 20)
SLACKS: Mapping[str, Limit] = {
    "chat.postMessage": Limit(1.0, 3, by_channel=True),
    "chat.update": TIER_3,
    "conversations.list": TIER_2,
    "conversations.history": TIER_3,
    "conversations.replies": TIER_3,
    "files.getUploadURLExternal": TIER_4,
    "files.completeUploadExternal": TIER_4,
}


@dataclass(slots=True)
class _Bucket:
    """Requests that may be made at once, and when that was counted."""

    tokens: float
    at: float


class Limits:
    """What may be asked when. `ticks` gives seconds of a clock that never goes back."""

    def __init__(self, limits: Mapping[str, Limit] | None = None, ticks: Callable[[], float] = time.monotonic) -> None:
        self._limits = SLACKS if limits is None else limits
        self._ticks = ticks
        self._buckets: dict[tuple[str, str], _Bucket] = {}
        self._stopped: dict[tuple[str, str], float] = {}  # until when the other side wants none

    def wait(self, method: str, channel: str = "") -> float:
        """Seconds until a request of `method` may be made; 0 for now."""
        key, limit = self._key(method, channel), self._limits.get(method)
        now = self._ticks()
        stopped = max(0.0, self._stopped.get(key, now) - now)
        if limit is None:
            return stopped
        missing = 1 - self._tokens(key, limit, now)
        # What is missing by rounding alone is not waited for: nobody could sleep so short.
        return max(stopped, missing / limit.rate if missing > 1e-6 else 0.0)

    def take(self, method: str, channel: str = "") -> None:
        """A request of `method` is made now."""
        limit = self._limits.get(method)
        if limit is not None:
            key, now = self._key(method, channel), self._ticks()
            self._buckets[key] = _Bucket(self._tokens(key, limit, now) - 1, now)

    def stop(self, method: str, channel: str, seconds: float) -> None:
        """The other side wants no more of `method` for so many seconds."""
        key = self._key(method, channel)
        self._stopped[key] = max(self._stopped.get(key, 0.0), self._ticks() + seconds)

    def _key(self, method: str, channel: str) -> tuple[str, str]:
        limit = self._limits.get(method)
        by_channel = limit.by_channel if limit is not None else method == "chat.postMessage"
        return method, channel.removeprefix("#") if by_channel else ""

    def _tokens(self, key: tuple[str, str], limit: Limit, now: float) -> float:
        bucket = self._buckets.get(key)
        if bucket is None:
            return limit.burst
        return min(limit.burst, bucket.tokens + (now - bucket.at) * limit.rate)
