"""Signs of life: that something was evaluated, and that the watchdog looked. Each is a small file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from targetwatch.operations.store import FOLDER, write_whole

EVALUATED = "evaluated"
WATCHDOG = "watchdog.json"


@dataclass(frozen=True, slots=True)
class Watching:
    """What the watchdog remembers from look to look. All but `looked_at` is real time, even in a demo."""

    began: datetime  # its first look ever
    awake_since: datetime  # since when it has looked without a long pause
    real: datetime  # its newest look
    looked_at: datetime  # the same by the home's clock
    every: float | None  # seconds from look to look; None where something outside starts each
    says: str


def evaluated(home: Path, as_of: datetime) -> None:
    """Note that everything has just been evaluated, as of a moment. The file's own time is the real one."""
    write_whole(home / FOLDER / EVALUATED, as_of.isoformat() + "\n")


def last_evaluated(home: Path) -> datetime | None:
    """When that was noted, in real time; None if it never was.

    There is no second witness: snapshots are published by senders too, and not at all by a pass that changed nothing.
    """
    try:
        return datetime.fromtimestamp((home / FOLDER / EVALUATED).stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def looked(home: Path, watching: Watching) -> None:
    """Note that the watchdog looked."""
    held = {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(watching).items()
    }
    write_whole(home / FOLDER / WATCHDOG, json.dumps(held, ensure_ascii=False, indent=1) + "\n")


def last_look(home: Path) -> Watching | None:
    """The watchdog's newest look; None if there was none, or if nobody can read it."""
    try:
        held = json.loads((home / FOLDER / WATCHDOG).read_text(encoding="utf-8"))
        moments = {name: datetime.fromisoformat(held[name]) for name in ("began", "awake_since", "real", "looked_at")}
        return Watching(**moments, every=held["every"], says=held["says"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
