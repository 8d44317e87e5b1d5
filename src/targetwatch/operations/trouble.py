"""Trouble with the pipeline itself: an episode of something that broke, and what of it is still to be told."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from targetwatch.notifications.delivery.wire import Posted

EVALUATION = "evaluation"  # the subject of the dead-man's signal: nothing is evaluated any more
# What stands in the place of an error where nothing failed, but nothing happened either.
SILENT, NEVER = "silent", "never"
SETTLED = timedelta(minutes=30)  # what works again and breaks within this is the same episode, and the same message
A_DAY = timedelta(days=1)
OVER = "over"
ERROR_LENGTH = 300


class Telling(StrEnum):
    """What is done to tell it."""

    POST = "post"
    UPDATE = "update"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One episode: from the first failure of a subject until it has worked again for a while."""

    id: str
    subject: str  # dag/task, or `evaluation`
    since: datetime
    newest: datetime  # of its failures
    times: int
    error: str  # one line, without secrets
    log_url: str = ""
    attempt: str = ""  # the newest one that failed; it is counted once, whoever tells of it
    recovered_at: datetime | None = None
    via: str = ""  # the receiver that hears of it, once that is settled
    message: Posted | None = None
    shown: str = ""  # the fingerprint of what the message says now
    said: tuple[str, ...] = ()  # the replies that it has got
    begun: str = ""  # the request that was begun, and whose answer nobody has seen
    held_up: int = 0  # turns of sending, one after the other, that could not tell it
    not_before: datetime | None = None
    why: str = ""  # it is not told yet

    @property
    def is_over(self) -> bool:
        """Whether what broke works again."""
        return self.recovered_at is not None

    def is_live(self, at: datetime) -> bool:
        """Whether a failure at `at` belongs to this episode."""
        return self.recovered_at is None or at - self.recovered_at < SETTLED


@dataclass(frozen=True, slots=True)
class Request:
    """The next thing to be told. `id` names it in Slack for good, and `reply` in what was said."""

    telling: Telling
    id: str
    reply: str = ""


def broke(subject: str, error: str, at: datetime, log_url: str = "", attempt: str = "") -> Trouble:
    """A new episode."""
    named = hashlib.sha256(f"{subject}\n{at.isoformat()}".encode()).hexdigest()[:16]
    return Trouble(f"operations-{named}", subject, at, at, 1, error[:ERROR_LENGTH], log_url, attempt)


def broke_again(trouble: Trouble, error: str, at: datetime, log_url: str = "", attempt: str = "") -> Trouble:
    """The same episode after one more failure; the same attempt told of twice changes nothing."""
    if attempt and attempt == trouble.attempt:
        return trouble
    return replace(
        trouble,
        newest=max(at, trouble.newest),
        times=trouble.times + 1,
        error=error[:ERROR_LENGTH],
        log_url=log_url or trouble.log_url,
        attempt=attempt,
        recovered_at=None,
    )


def next_request(trouble: Trouble, fingerprint: str, now: datetime) -> Request | None:
    """What is to be told next of an episode whose message should read as `fingerprint` says; None: nothing now."""
    if trouble.message is None:
        return Request(Telling.POST, trouble.id)
    if trouble.shown != fingerprint:
        return Request(Telling.UPDATE, trouble.id)
    if trouble.recovered_at is None:
        days = (now - trouble.since) // A_DAY
        reminder = f"day-{days}"
        if days >= 1 and reminder not in trouble.said:
            return Request(Telling.REPLY, f"{trouble.id}-{reminder}", reminder)
        return None
    if OVER not in trouble.said and now - trouble.recovered_at >= settling_of(trouble):
        return Request(Telling.REPLY, f"{trouble.id}-{OVER}", OVER)
    return None


def settling_of(trouble: Trouble) -> timedelta:
    """How long it must work again until that is said: an evaluation is good at once, since its absence takes hours."""
    return timedelta() if trouble.subject == EVALUATION else SETTLED


def is_told(trouble: Trouble) -> bool:
    """Whether nothing is left to be told of it, ever."""
    return trouble.is_over and OVER in trouble.said
