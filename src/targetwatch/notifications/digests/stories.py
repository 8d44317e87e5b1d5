"""What a digest tells, before it has words: plain values, for one receiver, that are rendered in either language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from targetwatch.model import Assessment, Discrepancy, Metric, Period, Rhythm, Status, TargetVersion, Text
from targetwatch.notifications.digests.editions import Edition
from targetwatch.notifications.digests.picture import NextDeadline, Sent
from targetwatch.notifications.stories import ClaimStory, RefusedDelivery, UnitLine


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a target stands: the pooled look, that of its only unit or, of many that answer alone, the worst."""

    target: TargetVersion
    metric: Metric
    lead: Assessment
    unit_name: str
    is_many: bool  # each unit answers for itself, and `lead` stands for no other
    units: int  # under it, or answering, without those that have ended
    behind: tuple[UnitLine, ...]  # of these, furthest first
    level_name: Text

    @property
    def status(self) -> Status:
        """How the target stands."""
        return self.lead.status


@dataclass(frozen=True, slots=True)
class Change:
    """A target, or some of its units, that stood otherwise when the edition ended than when it began."""

    standing: Standing
    units: tuple[str, ...]  # names of the units that it is about; empty where the target answers as one
    before: Assessment | None  # None: it was judged for the first time
    after: Assessment
    since: Status | None = None  # what it has become by the moment of the digest, where that is another status
    behind_before: int = 0  # how many units were behind under it
    behind_after: int = 0
    who: tuple[UnitLine, ...] = ()  # those behind when the edition ended, furthest first


@dataclass(frozen=True, slots=True)
class Closing:
    """The units that would close most of a target's gap."""

    standing: Standing
    units: tuple[UnitLine, ...]  # the fewest that close at least half of it
    closes: int  # in whole units of the numerator; 0 where nothing is counted
    whole: int  # the target's gap, likewise; 0 where it is not one figure


@dataclass(frozen=True, slots=True)
class Missing:
    """A source whose units have not reported a period whose deadline has passed."""

    source: str
    name: Text
    period: Period
    missing: int
    due: int
    level_name: Text
    parents: tuple[tuple[str, int], ...]  # names of units, and how many below each are missing; most first
    units: tuple[str, ...]  # names of those missing, where no parent groups them
    longest_silence: int  # in periods
    undecided: int  # targets that cannot be said, or not for certain, because of it


@dataclass(frozen=True, slots=True)
class Refusal:
    """A source with refused deliveries that nothing has made good."""

    source: str
    name: Text
    newest: RefusedDelivery
    deliveries: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Incidents that nobody has acknowledged."""

    groups: int  # subjects in trouble: as many as there are messages about them
    incidents: int
    oldest: datetime | None = None  # since when the oldest is open
    about: Text | None = None  # what it is about


@dataclass(frozen=True, slots=True)
class Differing:
    """Units of a tier that report something else of a metric than their records give."""

    metric: Metric
    level_name: Text
    reports: tuple[tuple[str, Discrepancy], ...]  # furthest first, with the units' names


@dataclass(frozen=True, slots=True)
class Restated:
    """A judged period of a target and unit whose figures became others."""

    target: TargetVersion
    metric: Metric
    unit_name: str  # empty where the target answers as one
    period: Period
    before: tuple[int, int]
    after: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Digest:
    """What every digest begins and ends with."""

    edition: Edition
    receiver: str | None  # whose it is; None: everybody's
    as_of: datetime
    time_zone: str
    counts: Mapping[Status, int]  # of targets
    waiting_for_sources: int  # of the targets that cannot be judged: their source is not gathered yet
    watched_since: datetime | None  # where that is later than the edition's beginning
    newest_pass: datetime | None
    restated: tuple[Restated, ...]
    missing: tuple[Missing, ...]  # most units first
    refused: tuple[Refusal, ...]
    not_begun: int  # sources from which nothing has ever come
    waiting: Waiting
    claims: tuple[ClaimStory, ...]
    differing: tuple[Differing, ...]
    due: tuple[Standing, ...]  # targets whose due date comes, the next first
    sent: Sent
    link: str | None
    is_part: bool  # its receiver hears of a part of the programme only

    @property
    def targets(self) -> int:
        """How many targets there are in it."""
        return sum(self.counts.values())

    @property
    def rhythm(self) -> Rhythm:
        """Whether it is of a week or of a month."""
        return self.edition.rhythm


@dataclass(frozen=True, slots=True)
class WeeklyStory:
    """What changed in a week, what to do first, who has not reported, and what is due next."""

    digest: Digest
    changes: tuple[Change, ...]
    closing: tuple[Closing, ...]
    deadlines: tuple[NextDeadline, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What a target came to in a month, beside the month and the year before, and what the next month asks for."""

    standing: Standing
    is_of_month: bool  # its lead was judged for that very month
    month_before: tuple[int, int] | None  # numerator and denominator, as known at the moment of the digest
    year_before: tuple[int, int] | None
    fell: tuple[str, ...]  # names of units that were not behind in the month before, and are
    recovered: tuple[str, ...]  # and the other way round
    promised: int | None  # what is required at the end of the next month, in millionths


@dataclass(frozen=True, slots=True)
class Lives:
    """Incidents that opened or closed within an edition, and how long the resolved ones took."""

    opened: int
    resolved: int
    ended: int  # closed without success: ended or superseded
    live: int  # at the moment of the digest
    median: tuple[datetime, datetime] | None = None  # from opening to closing, of the one in the middle
    longest: tuple[datetime, datetime] | None = None
    about: Text | None = None  # of the longest


@dataclass(frozen=True, slots=True)
class Rate:
    """How many units of a source's tier have reported the month, and in time."""

    name: Text
    level_name: Text
    due: int
    reported: int
    in_time: int


@dataclass(frozen=True, slots=True)
class MonthlyStory:
    """A month's results for the heads of units."""

    digest: Digest
    results: tuple[Result, ...]
    newly_met: tuple[str, ...]  # ids of targets that were not met when the edition began, and are
    rates: tuple[Rate, ...]  # lowest first
    lives: Lives
    next_month: Period


DigestStory = WeeklyStory | MonthlyStory
