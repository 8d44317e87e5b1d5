"""A time limit that holds whatever the other side does: one that sends a byte a minute is cut off too."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self

CONNECTIONS_WATCHED = 4  # the newest ones: a fetch uses one at a time, and a second one for tokens


class TimeLimit:
    """So many seconds for a whole fetch. When they are over, its connections are shut, and whoever waits on one wakes.

    A timeout of the socket alone does not do that: it begins anew with every byte that comes.
    """

    def __init__(self, seconds: float, ticks: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._ticks = ticks
        self._ends = ticks() + seconds
        self._timer = threading.Timer(seconds, self._shut)
        self._timer.daemon = True
        self._watched: deque[socket.socket] = deque()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._ends = self._ticks() + self.seconds
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()
        with self._lock:
            while self._watched:
                self._watched.popleft().close()

    @property
    def left(self) -> float:
        """The seconds that are left; none of them is negative."""
        return max(self._ends - self._ticks(), 0.0)

    @property
    def is_over(self) -> bool:
        """Whether no time is left."""
        return self.left <= 0

    def watch(self, connected: socket.socket) -> None:
        """Shut the connection behind this socket too when the time is over, under TLS or not."""
        with self._lock:
            # A duplicate: TLS takes the socket itself away from whoever made it.
            self._watched.append(connected.dup())
            if len(self._watched) > CONNECTIONS_WATCHED:
                self._watched.popleft().close()
        if self.is_over:
            self._shut()

    def _shut(self) -> None:
        with self._lock:
            for one in self._watched:
                with contextlib.suppress(OSError):  # the other side was faster
                    one.shutdown(socket.SHUT_RDWR)
