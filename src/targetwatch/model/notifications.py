"""What is told to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from targetwatch.model.text import Language, Text


class Delivery(StrEnum):
    """What the sender does with a notification."""

    POST = "post"  # a new message
    UPDATE = "update"  # edit the group's message in place
    REPLY = "reply"  # into the message's thread


class NotificationState(StrEnum):
    """Where a notification stands in the outbox."""

    PENDING = "pending"
    SENT = "sent"
    MERGED = "merged"  # overtaken by a newer edit of the same message before it was sent
    SUPPRESSED = "suppressed"
    FAILED = "failed"  # terminal; says why


class Transport(StrEnum):
    """How messages get to a receiver."""

    SLACK = "slack"
    EMAIL = "email"
    WEBHOOK = "webhook"


class Rhythm(StrEnum):
    """How often a digest comes."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where messages go, in which language and how. What goes there, and when, is for the routes."""

    name: str
    channel: str
    language: Language
    mention: str = ""  # a Slack user-group id, named on opening and escalation only
    title: Text | None = None  # whom an escalation names: "the Director of the Department"
    transport: Transport = Transport.SLACK
    addresses: tuple[str, ...] = ()  # of e-mail
    connection: str | None = None  # the id of the Airflow Connection with an e-mail's or webhook's address and secrets
    worse_by: int = 0  # by how much more it must be short to be told as worse: see targetwatch.evaluation.tolerance
    charts: bool = True
    digests: tuple[Rhythm, ...] = ()
    fallback: str | None = None  # the receiver that hears what this one cannot be told


@dataclass(frozen=True, slots=True)
class Notification:
    """A row of the outbox."""

    id: str
    receiver: str
    channel: str
    group: str  # behind/dossiers_district, late/procedures, ...
    episode: int  # the number of the incident that the message stands for
    delivery: Delivery
    reason: str  # opened, changed, worse, better, restated, resolved, ended, superseded, acknowledged, escalated, ...
    payload: Mapping[str, object]
    fingerprint: str  # of the words without the times: an edit that changes nothing is not sent
    created_at: datetime
    state: NotificationState = NotificationState.PENDING  # SUPPRESSED where a message was withheld
    state_reason: str = ""  # why it was withheld
    transport: Transport = Transport.SLACK
    about: tuple[int, ...] = ()  # the incidents that it tells of, or would have; none: that of its episode alone
