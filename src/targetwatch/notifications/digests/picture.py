"""The picture that digests are told from: everything that was known at one moment, before it is anybody's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from targetwatch.model import Assessment, Incident, Period, Source
from targetwatch.notifications.digests.editions import Edition
from targetwatch.notifications.situation import Situation


@dataclass(frozen=True, slots=True)
class Figure:
    """What was known of a subject (metric|tier|code@first-day) in a period."""

    subject: str
    period: Period
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class Corrected:
    """A judged period of a subject whose figures became others afterwards: numerator and denominator of each."""

    subject: str
    period: Period
    before: tuple[int, int]
    after: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the messages to a receiver."""

    sent: int = 0
    merged: int = 0
    held_back: int = 0
    failed: int = 0

    def __add__(self, other: Sent) -> Sent:
        """Those of both."""
        return Sent(
            self.sent + other.sent,
            self.merged + other.merged,
            self.held_back + other.held_back,
            self.failed + other.failed,
        )


@dataclass(frozen=True, slots=True)
class Made:
    """A digest that is in the outbox."""

    receiver: str
    group: str


@dataclass(frozen=True, slots=True)
class NextDeadline:
    """A period that a source is owed next, and how many of those who owe it have reported it already."""

    source: Source
    period: Period
    deadline: datetime
    reported: int = 0
    due: int = 0  # 0 while the period still goes on


@dataclass(frozen=True, slots=True)
class Reported:
    """How many units of a tier owed a source a month, have reported it, and by its deadline."""

    source: str
    tier: str
    due: int
    reported: int
    in_time: int


@dataclass(frozen=True)
class Picture:
    """All that digests of one edition are made from. `situation` holds the programme and what stands at its `now`."""

    edition: Edition
    situation: Situation
    first_pass: datetime | None  # when anything was judged for the first time
    newest_pass: datetime | None
    began: tuple[Assessment, ...]  # what had been said when the edition began
    ended: tuple[Assessment, ...]  # and when it ended
    corrected: tuple[Corrected, ...] = ()
    deadlines: tuple[NextDeadline, ...] = ()
    sent: Mapping[str, Sent] = field(default_factory=dict)  # by receiver
    # Of a month alone:
    judged: tuple[Assessment, ...] = ()  # for that month
    judged_before: tuple[Assessment, ...] = ()  # for the month before it
    values: tuple[Figure, ...] = ()  # of the month before and of the same month a year before
    promised: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    """What is required of a target, code@first-day, and version at the end of the next month, in millionths."""
    reported: tuple[Reported, ...] = ()

    @property
    def as_of(self) -> datetime:
        """The moment of the digest: all that it says was known then."""
        return self.situation.now

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """Every incident that had begun by then, as it was."""
        return self.situation.incidents


def subject_of(assessment: Assessment) -> str:
    """What the observations behind an assessment are found by."""
    return f"{assessment.metric}|{assessment.tier}|{assessment.org_unit}@{assessment.org_unit_valid_from}"
