"""Slack's rate limits, by method: a switch that is off unless a test, or `--strict`, turns it on.

https://docs.slack.dev/apis/web-api/rate-limits says how often each tier may be asked in a minute, and that messages
come one a second and channel, with short bursts. How long a burst may be it does not say: the stand-in takes three.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Tier:
    """So many requests at once, and one more every so many seconds."""

    burst: int
    seconds: float
    by_channel: bool = False


ONE, TWO, THREE, FOUR = (Tier(number, MINUTE / number) for number in (1, 20, 50, 100))
MESSAGES = Tier(3, 1.0, by_channel=True)
TIERS = {
    "apps.connections.open": Tier(10, MINUTE),  # tier 1, and as many at once as an app may have connections
    "chat.delete": THREE,
    "chat.postEphemeral": FOUR,
    "chat.postMessage": MESSAGES,
    "chat.update": THREE,
    "conversations.history": THREE,
    "conversations.list": TWO,
    "conversations.replies": THREE,
    "files.completeUploadExternal": FOUR,
    "files.getUploadURLExternal": FOUR,
    "files.info": FOUR,
    "users.info": FOUR,
}


class Tiers:
    """How much of each limit has been used. `clock` gives seconds that never go back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.enabled = False
        self.clock = clock
        self.refusals = 0
        self._left: dict[tuple[str, str], tuple[float, float]] = {}
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Turn them off, and forget what was used."""
        with self._lock:
            self.enabled = False
            self.refusals = 0
            self._left.clear()

    def refuses(self, method: str, channel: str) -> int | None:
        """After how many seconds this request may come again; None where it may go on, and counts."""
        tier = TIERS.get(method)
        if not self.enabled or tier is None:
            return None
        with self._lock:
            now = self.clock()
            bucket = (method, channel if tier.by_channel else "")
            left, at = self._left.get(bucket, (float(tier.burst), now))
            left = min(float(tier.burst), left + (now - at) / tier.seconds)
            allowed = left >= 1.0
            self._left[bucket] = (left - 1.0 if allowed else left, now)
            if allowed:
                return None
            self.refusals += 1
            return max(1, math.ceil((1.0 - left) * tier.seconds))
