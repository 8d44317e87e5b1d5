"""Faults: what a test makes go wrong on the way to Slack and back."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What goes wrong with one request."""

    RATE_LIMITED = "rate_limited"  # 429 with Retry-After; nothing is done
    SERVER_ERROR = "server_error"  # 500; nothing is done
    REFUSED = "refused"  # 200 and an error code; nothing is done
    LOST_ANSWER = "lost_answer"  # it is done, and the connection breaks before the answer is through
    FAILED_ANSWER = "failed_answer"  # it is done, and the answer is a 500
    HELD_REQUEST = "held_request"  # it arrives, waits until `release`, and is dropped
    HELD_ANSWER = "held_answer"  # it is done, and the answer waits until `release`


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of one request to `method`, or of the next request whatever its method."""

    kind: FaultKind
    method: str | None = None
    retry_after: int = 1
    error: str = "fatal_error"


class Faults:
    """Faults that wait for their requests, each met once, and a count of the requests that came."""

    def __init__(self) -> None:
        self._waiting: deque[Fault] = deque()
        self._lock = threading.Lock()
        self.held = threading.Event()  # a request waits
        self.released = threading.Event()
        self.requests: list[str] = []

    def plan(self, *faults: Fault) -> None:
        """Let the next fitting requests meet these, in order."""
        with self._lock:
            self._waiting.extend(faults)

    def clear(self) -> None:
        """Plan nothing any more, and forget the requests."""
        with self._lock:
            self._waiting.clear()
            self.requests.clear()

    def release(self) -> None:
        """Let what waits go on, and make ready for the next one."""
        self.held.clear()
        self.released.set()

    def meet(self, method: str) -> Fault | None:
        """The fault that this request meets."""
        with self._lock:
            self.requests.append(method)
            for fault in self._waiting:
                if fault.method in (None, method):
                    self._waiting.remove(fault)
                    return fault
        return None
