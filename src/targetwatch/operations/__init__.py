"""Operations: what broke of the pipeline itself, told to its operators and kept apart from the targets' messages.

It keeps small files of its own under home/operations, and needs neither the warehouse nor Airflow nor a sound
catalogue: each of them may be what broke.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime, timedelta

from targetwatch.model import Language, Programme
from targetwatch.operations import heartbeats
from targetwatch.operations.heartbeats import last_evaluated, last_look
from targetwatch.operations.operators import DEAD_AFTER, Operators, is_fresh, operators_of, remember, remembered
from targetwatch.operations.scrubbing import known_secrets, scrubbed
from targetwatch.operations.sending import PATIENCE, Told, tell
from targetwatch.operations.store import Troubles
from targetwatch.operations.trouble import EVALUATION, Trouble
from targetwatch.operations.watchdog import PAUSE
from targetwatch.settings import Settings
from targetwatch.wording.dates import lasting

__all__ = [
    "DEAD_AFTER",
    "Operators",
    "Told",
    "Trouble",
    "Troubles",
    "described",
    "evaluated",
    "failed",
    "known_operators",
    "last_evaluated",
    "last_look",
    "one_line",
    "recovered",
    "send",
    "troubles",
    "watchdog_of",
]


def evaluated(settings: Settings, programme: Programme, as_of: datetime) -> None:
    """Note that everything was evaluated, and who is to be told when that stops."""
    remember(settings.home, operators_of(programme))
    heartbeats.evaluated(settings.home, as_of)


def failed(settings: Settings, subject: str, error: str, at: datetime, log_url: str = "", attempt: str = "") -> None:
    """Note that a subject (dag/task) failed. `attempt` names the try: told of twice it counts once. Sends nothing."""
    Troubles(settings.home).failed(subject, one_line(settings, error), at, log_url, attempt)


def recovered(settings: Settings, subject: str, at: datetime) -> None:
    """Note that a subject works again. Sends nothing."""
    Troubles(settings.home).recovered(subject, at)


def troubles(settings: Settings) -> list[Trouble]:
    """What is broken, or was and has not been told to its end."""
    return Troubles(settings.home).all()


def send(settings: Settings, now: datetime, wait: float = PATIENCE) -> Told:
    """Tell the operators what is to be told. What cannot be told now is told by whoever calls this next."""
    from targetwatch.notifications.delivery import carriers

    known, operators = Troubles(settings.home), remembered(settings.home)
    if not known.all():
        return Told()
    receivers = {} if operators is None else {one.name: one for one in operators.receivers}
    with carriers.connected(settings, receivers, now) as reached:
        return tell(known, operators, reached.to, now, wait=wait)


def known_operators(settings: Settings) -> Operators | None:
    """The operators that the catalogue names now, or, where it cannot be read, those that it named last."""
    if is_fresh(settings.home, settings.catalogue):
        return remembered(settings.home)
    from targetwatch import catalogue

    with suppress(Exception):  # whatever is wrong with it, `targetwatch validate` says; here the last one counts
        remember(settings.home, operators_of(catalogue.load(settings.catalogue)))
    return remembered(settings.home)


def described(trouble: Trouble) -> str:
    """What is broken since when, for who looks for what is wrong, and why nobody has been told."""
    since = f"{trouble.since:%Y-%m-%d %H:%M} UTC"
    waits = f" It is not told yet: {trouble.why}" if trouble.message is None and trouble.why else ""
    if trouble.subject == EVALUATION:
        return f"nothing has been evaluated since {since}. In Airflow, look at the DAG watch.{waits}"
    times = "once" if trouble.times == 1 else f"{trouble.times} times"
    return f"{trouble.subject}: broken since {since}, {times}: {trouble.error.rstrip('.')}.{waits}"


def watchdog_of(settings: Settings, now: datetime) -> tuple[bool, str]:
    """Whether the watchdog watches, and what it saw."""
    newest = last_look(settings.home)
    if newest is None:
        return True, "no watchdog has ever run here. `targetwatch up` runs one; else `targetwatch watchdog` by itself."
    says = f"the watchdog looked {lasting(newest.looked_at, now, Language.EN)} ago: {newest.says}"
    if newest.every is None or now - newest.looked_at < PAUSE + timedelta(seconds=newest.every):
        return True, says
    return False, f"{says}. It does not run any more: start `targetwatch watchdog`, or the service that runs it."


def one_line(settings: Settings, error: str) -> str:
    """The first line of an error, without any secret that is known or that looks like one."""
    first = next((line.strip() for line in error.splitlines() if line.strip()), "")
    return scrubbed(first, known_secrets(settings, os.environ))
