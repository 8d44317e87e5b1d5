"""A sender of its own: drains the outbox of a home folder into the Slack at an address. Tests start it, and kill it.

`nursery`: a process that has everything imported, and bears a sender for each line that it is given, so that a test
that kills many need not wait for each to be started from nothing. Its pauses take no time.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from targetwatch.notifications.delivery import slack
from targetwatch.notifications.delivery.limits import SLACKS, Limits
from targetwatch.notifications.delivery.outbox import Patience, deliver
from targetwatch.settings import CHECKOUT
from targetwatch.warehouse import LedgerOutbox, Warehouse
from tests.notifications.sending import Only


class Skipped:
    """A clock that goes on by itself, and by what is slept without sleeping it."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def ticks(self) -> float:
        """Seconds."""
        return time.monotonic() + self.ahead

    def sleep(self, seconds: float) -> None:
        """Let that time have passed."""
        self.ahead += seconds


def drain(home: Path, api: str, clock: Skipped | None = None) -> int:
    """One drain; 0 where nothing is left to send."""
    limits, sleep = (Limits(SLACKS, clock.ticks), clock.sleep) if clock else (None, time.sleep)
    patience = Patience(clock.sleep, clock.ticks) if clock else None
    store = LedgerOutbox(Warehouse(home, CHECKOUT / "sql", CHECKOUT / "sql"))
    client = slack.connect("xoxb-standin", api, limits=limits, sleep=sleep)
    done = deliver(store, Only(client), lambda: datetime.now(UTC), patience=patience)
    return 0 if done.waiting == 0 and not done.failed else 1


def nursery() -> None:
    """Bear a sender for each line of JSON [home, api]; say its process id at once, its exit code when it has ended."""
    for line in sys.stdin:
        home, api = json.loads(line)
        child = os.fork()
        if child == 0:
            os._exit(drain(Path(home), api, Skipped()))
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1] == "nursery":
        nursery()
    else:
        sys.exit(drain(Path(sys.argv[1]), sys.argv[2]))
