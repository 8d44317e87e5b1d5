"""Episodes of trouble, and what happened to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum


class IncidentKind(StrEnum):
    """What an incident is about."""

    BEHIND = "behind"  # a target and org_unit: behind or missed
    LATE = "late"  # a source: units have not delivered by the deadline
    QUALITY = "quality"  # a source: a delivery was refused
    MISREPORTED = "misreported"  # a published claim; or a metric, tier and org_unit: what it reports of itself


class IncidentState(StrEnum):
    """Where an incident stands."""

    PENDING = "pending"
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    SUPERSEDED = "superseded"
    ENDED = "ended"

    @property
    def is_live(self) -> bool:
        """Whether the episode still goes on."""
        return self in LIVE


LIVE = frozenset({IncidentState.PENDING, IncidentState.OPEN, IncidentState.ACKNOWLEDGED})


@dataclass(frozen=True, slots=True, order=True)
class IncidentKey:
    """At most one live incident has this key.

    `subject` is a target, a source, a claim or, of what an org_unit reports of itself, metric/tier.
    """

    kind: IncidentKind
    subject: str
    org_unit: str = ""
    org_unit_valid_from: date | None = None


class Outlook(StrEnum):
    """What one look at an incident's condition found. UNKNOWN holds the state: missing data is never good."""

    BAD = "bad"
    GOOD = "good"
    UNKNOWN = "unknown"
    SUPERSEDED = "superseded"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Finding:
    """One look at the condition of one incident. `period_start` is the judged period; None for sources and claims."""

    key: IncidentKey
    outlook: Outlook
    period_start: date | None = None
    facts: Mapping[str, object] = field(default_factory=dict)  # plain JSON: what the message needs to say
    reason: str = ""  # why it looks so, in a closed list of its kind: of a target that of its assessment


class Severity(StrEnum):
    """How bad it is, the worst first."""

    CRITICAL = "critical"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a breach must hold before its incident opens, and stay good before it closes.

    In judged periods, in time, or both: then both must have passed.
    """

    open_after: int = 0
    keep_open_for: int = 0
    open_after_time: timedelta = timedelta()
    keep_open_for_time: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Incident:
    """An episode of trouble."""

    number: int
    key: IncidentKey
    state: IncidentState
    began_at: datetime
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    last_period: date | None = None  # the newest judged period that was counted
    bad_periods: int = 0  # judged periods in a row
    good_periods: int = 0
    run_before: int = 0  # judged periods in a row before `last_period`: bad ones above 0, good ones below
    facts: Mapping[str, object] = field(default_factory=dict)
    severity: Severity = Severity.WARNING
    good_since: datetime | None = None  # since when every look was good; None while it is bad
    acknowledged_at: datetime | None = None  # the newest acknowledgement; in force while the state says so
    acknowledged_by: str = ""
    acknowledged_because: str = ""
    acknowledged_until: datetime | None = None  # None, while acknowledged: until it closes
    escalated: int = 0  # steps of its escalation that have been taken
    held_since: datetime | None = None  # since when missing data has held a time that was being counted
    held_for: timedelta = timedelta()  # how long it was held before that, and counts for nothing

    @property
    def name(self) -> str:
        """What people call it: TW-147."""
        return f"TW-{self.number}"


class IncidentEventKind(StrEnum):
    """A step in an incident's life."""

    PENDING = "pending"
    OPENED = "opened"
    CHANGED = "changed"  # a new judged period, or other facts, while it is open
    RESOLVED = "resolved"
    SUPERSEDED = "superseded"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"  # was pending, never opened
    ACKNOWLEDGED = "acknowledged"
    LAPSED = "lapsed"  # the term of its acknowledgement has passed, and it is open again
    ESCALATED = "escalated"  # a step of its escalation was taken; `why` names the receiver


@dataclass(frozen=True, slots=True)
class IncidentEvent:
    """Something that happened to an incident."""

    kind: IncidentEventKind
    number: int
    key: IncidentKey
    at: datetime
    facts_before: Mapping[str, object]
    facts_after: Mapping[str, object]
    by: str = ""  # who did it; empty: a pass of watch found it
    why: str = (
        ""  # in that person's words; of a lapse that nobody caused `term` or `severity`; of an escalation to whom
    )
    until: datetime | None = None  # of an acknowledgement: when it lapses by itself
