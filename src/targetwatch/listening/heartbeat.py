"""The heartbeat of the listener: a file that says when it last had a connection to Slack.

Where there is none, messages show commands instead of buttons. The moments are the programme's (a demo's clock stands
still and leaps), so that a beat is held against the same clock as everything else.
"""

from __future__ import annotations

import contextlib
import os
from datetime import datetime, timedelta
from pathlib import Path

STALE = timedelta(minutes=1)


def path_in(home: Path) -> Path:
    """The file in a home folder."""
    return home / "listener"


def is_listening(home: Path, now: datetime) -> bool:
    """Whether a listener had a connection to Slack within the last minute before `now`."""
    try:
        beat_at = datetime.fromisoformat(path_in(home).read_text(encoding="utf-8").strip())
        return now - beat_at < STALE
    except (OSError, ValueError, TypeError):  # none, torn, or without a time zone
        return False


def beat(home: Path, now: datetime) -> None:
    """Say that the listener has a connection at `now`."""
    home.mkdir(parents=True, exist_ok=True)
    fresh = home / f".listener.{os.getpid()}"
    fresh.write_text(now.isoformat(), encoding="utf-8")
    fresh.replace(path_in(home))


def stop(home: Path) -> None:
    """Say that nobody listens any more."""
    with contextlib.suppress(FileNotFoundError):
        path_in(home).unlink()
