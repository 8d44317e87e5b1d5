"""How a service is asked: how often, how fast, how long, and how much of it is taken."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Manners:
    """Bounds of one fetch. Seconds and bytes; `pause` is what an operator of the service asks for between requests."""

    attempts: int = 5  # of one request
    first_wait: float = 1.0  # doubled with every further attempt, and taken at random from half of it on
    longest_wait: float = 60.0
    pause: float = 0.0
    connect_timeout: float = 10.0
    answer_timeout: float = 60.0  # without a single byte
    time_limit: float = 1800.0  # of the whole fetch
    largest_page: int = 64 * MEBIBYTE  # unpacked
    largest_fetch: int = 2048 * MEBIBYTE  # unpacked, all pages together
    most_redirects: int = 5
    sleep: Callable[[float], None] = time.sleep
    ticks: Callable[[], float] = time.monotonic

    def wait_after(self, attempt: int) -> float:
        """Seconds to wait after the failed `attempt`, counted from 1: random, so that many do not come back at once."""
        whole = min(self.first_wait * 2 ** (attempt - 1), self.longest_wait)
        return random.uniform(whole / 2, whole)
