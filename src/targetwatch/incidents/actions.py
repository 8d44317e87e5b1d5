"""Actions: what a person can do about incidents, from the command line, from Airflow or from Slack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from targetwatch.model import Matcher


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Somebody is on it: no repeats and no escalation of these incidents, until they close or until a moment."""

    numbers: tuple[int, ...]
    by: str
    why: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unacknowledge:
    """Nobody is on it after all: the incidents are open again."""

    numbers: tuple[int, ...]
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class SilenceThat:
    """Withhold the messages about what matches, from `begins` (None: at once) until `ends`."""

    match: tuple[Matcher, ...]
    author: str
    reason: str
    ends: datetime
    begins: datetime | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    """End a silence before its time."""

    silence: str
    by: str


Action = Acknowledge | Unacknowledge | SilenceThat | Withdraw
