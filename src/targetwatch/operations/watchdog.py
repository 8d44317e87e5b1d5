"""The dead-man's signal: that nothing has been evaluated for too long is itself a message.

It depends on nothing that evaluates: no database, no Airflow, no catalogue. How long it has been is measured in real
time, in a demo too, since Airflow works in real time whatever moment the demo's clock holds.
"""

from __future__ import annotations

import http.client
import urllib.request
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from targetwatch.operations import heartbeats
from targetwatch.operations.heartbeats import Watching
from targetwatch.operations.store import Troubles
from targetwatch.operations.trouble import EVALUATION, NEVER, SILENT

PAUSE = timedelta(minutes=10)  # a longer one between two looks: the machine slept, or nobody looked
GRACE = timedelta(minutes=20)  # what slept is given to evaluate before it is called dead
PING_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look found. `sound`: evaluations come, or have not been missing for long."""

    sound: bool
    says: str


def look(home: Path, dead_after: timedelta, now: datetime, real: datetime, every: timedelta | None = None) -> Looked:
    """Look when something was last evaluated, and note the trouble or its end. It sends nothing.

    `now` is the home's clock, by which messages are dated, `real` the time by which things are found to be missing.
    `every` is how long it is to the next look, None where something outside starts each.
    """
    watching = _watching(heartbeats.last_look(home), real, every)
    last = heartbeats.last_evaluated(home)
    if last is not None and last > real + PAUSE:  # the clock has been put back: that file's time says nothing
        last = watching.awake_since
    reference = last or watching.began
    age = max(real - reference, timedelta())
    troubles = Troubles(home)
    if age <= dead_after:
        if last is not None:
            troubles.recovered(EVALUATION, now - age)
            found = Looked(True, f"evaluated {_minutes(age)} ago")
        else:
            found = Looked(True, f"nothing was evaluated yet; watched for {_minutes(age)}")
    elif every is not None and real - watching.awake_since < min(GRACE, dead_after):
        found = Looked(True, f"not evaluated for {_minutes(age)}, but nobody looked for a while: waiting")
    else:
        since = now - age
        troubles.failed(EVALUATION, NEVER if last is None else SILENT, since, attempt=reference.isoformat())
        missing = "nothing was ever evaluated; watched" if last is None else "nothing has been evaluated"
        found = Looked(False, f"{missing} for {_minutes(age)}, since {since:%Y-%m-%d %H:%M} UTC")
    seconds = None if every is None else every.total_seconds()
    heartbeats.looked(home, Watching(watching.began, watching.awake_since, real, now, seconds, found.says))
    return found


def ping(url: str) -> str:
    """Tell a dead-man's service outside that all is well; what was wrong, or nothing. The address is a secret."""
    try:
        with urllib.request.urlopen(url, timeout=PING_SECONDS) as answer:  # noqa: S310 (the operator's own address)
            answer.read(1024)
    except (OSError, ValueError, http.client.HTTPException) as error:
        return f"TARGETWATCH_WATCHDOG_URL could not be reached ({type(error).__name__}); tried again at the next look."
    return ""


def _watching(before: Watching | None, real: datetime, every: timedelta | None) -> Watching:
    """Since when it has been looked without a long pause."""
    if before is None:
        return Watching(real, real, real, real, None, "")
    pause = real - before.real
    slept = pause < -PAUSE or pause > PAUSE + (every or timedelta())
    return Watching(min(before.began, real), real if slept else before.awake_since, real, real, None, "")


def _minutes(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
