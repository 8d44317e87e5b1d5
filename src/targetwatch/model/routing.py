"""Who hears of what, when, and who hears of it next: the routing tree and the rules beside it.

The words are Prometheus Alertmanager's wherever it has one: https://prometheus.io/docs/alerting/latest/configuration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from targetwatch.model.incidents import Severity


class Label(StrEnum):
    """What rules can ask of an incident."""

    KIND = "kind"
    SUBJECT = "subject"  # the id of its target, source or claim; metric/tier of what units report of themselves
    METRIC = "metric"
    SOURCE = "source"  # of a target, that of its metric
    TIER = "tier"
    LEVEL = "level"  # of its org_unit; of a pooled target, of the units that answer under it
    UNIT = "unit"  # its org_unit and all those above it, each as a code and as code@first-day
    OWNER = "owner"
    SEVERITY = "severity"
    CAUSE = "cause"  # missing_data: nothing is known to be behind but that data is missing; else empty


@dataclass(frozen=True, slots=True)
class Matcher:
    """A question about one label: whether it is one of `values`, or, negated, none of them."""

    label: Label
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: of the clock, or in working days of the programme's calendar."""

    time: timedelta = timedelta()
    working_days: int = 0

    def __bool__(self) -> bool:
        """Whether it is any time at all."""
        return bool(self.time or self.working_days)


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """Hours of certain days, in the programme's time zone. `to` is not part of it."""

    name: str
    working_days: bool = True  # only on working days of the calendar
    weekdays: tuple[int, ...] = ()  # Monday is 0; empty: any
    begins: time = time(0, 0)
    to: time = time(23, 59, 59, 999999)


@dataclass(frozen=True, slots=True)
class Route:
    """A node of the routing tree. What a child does not say in the catalogue it has from its parent, filled in here.

    An incident goes down to the first child that it matches, and from one that `goes_on` also to the next; it is told
    by the deepest nodes that it comes to.
    """

    receiver: str
    match: tuple[Matcher, ...] = ()  # all must hold
    group_by: tuple[Label, ...] = (Label.KIND, Label.SUBJECT)
    group_wait: Span = Span()  # from the opening of a group's first incident to its message
    group_interval: Span = Span()  # from one telling of a group to the next
    repeat_interval: Span | None = None  # after which a group that is as it was is told again; None: never
    active_in: tuple[str, ...] = ()  # names of time windows; outside all of them messages wait. Empty: always
    escalation: str | None = None
    goes_on: bool = False  # `continue` of Alertmanager's
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True, slots=True)
class Inhibition:
    """While an open incident matches `by`, those that match `mutes` are not told: their labels in `equal` are the same.

    `below` asks besides that the muted one's org_unit lies below the other's.
    """

    name: str
    by: tuple[Matcher, ...]
    mutes: tuple[Matcher, ...]
    equal: tuple[Label, ...] = ()
    below: bool = False


@dataclass(frozen=True, slots=True)
class SeverityRule:
    """When an incident has a severity: by how far it is short, or by how long it has been. One of them suffices.

    `short_by` is the gap as a share of what is needed, in millionths (of what is allowed, where lower is better).
    `periods` are judged periods, or missing ones of a source, in a row.
    """

    severity: Severity
    match: tuple[Matcher, ...] = ()  # of all labels but severity
    short_by: int | None = None
    periods: int | None = None
    missed: bool = False  # the due date has passed


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """Who hears of an incident that nobody has acknowledged so many working days after it opened."""

    after_working_days: int
    receiver: str


@dataclass(frozen=True, slots=True)
class Holder:
    """A Slack user, and a role that they hold: for one org_unit and those below it, or for all."""

    user: str  # U0123456789
    owner: str
    unit: str | None = None  # code, or code@first-day


@dataclass(frozen=True, slots=True)
class Routing:
    """The whole policy of a programme. Without a `root` nobody is told anything."""

    root: Route | None = None
    windows: Mapping[str, TimeWindow] = field(default_factory=dict)
    inhibitions: tuple[Inhibition, ...] = ()
    severities: tuple[SeverityRule, ...] = ()  # the most severe first; the first that holds counts
    escalations: Mapping[str, tuple[EscalationStep, ...]] = field(default_factory=dict)  # steps in their order
    holders: tuple[Holder, ...] = ()
    operators: str | None = None  # the receiver of what broke, and of the dead-man's signal
    operator_users: tuple[str, ...] = ()  # Slack users who may acknowledge and silence anything
    dead_after: timedelta = timedelta(hours=3)  # without an evaluation


@dataclass(frozen=True, slots=True)
class Silence:
    """Messages about what matches are withheld from `begins` until `ends`. It mutes messages, never the judgement."""

    id: str
    match: tuple[Matcher, ...]
    author: str
    reason: str
    created_at: datetime
    begins: datetime
    ends: datetime
    withdrawn_at: datetime | None = None  # somebody ended it before its time
    summed_up_at: datetime | None = None  # what happened meanwhile has been told
    withdrawn_by: str = ""

    @property
    def ended_at(self) -> datetime:
        """When it ended or is going to end."""
        return self.ends if self.withdrawn_at is None else min(self.ends, self.withdrawn_at)

    def is_active(self, now: datetime) -> bool:
        """Whether it mutes at `now`."""
        return self.begins <= now < self.ended_at
