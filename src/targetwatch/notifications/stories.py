"""What a message tells, before it has words: plain values that policy fills in and messages/ puts into sentences.

A story holds everything its message may say and nothing of how it is said. `as_of` and `mention` are left out when
two tellings are compared, so that time passing alone never edits a message (see policy.fingerprint).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from targetwatch.model import (
    Assessment,
    Claim,
    Discrepancy,
    Incident,
    Metric,
    Reference,
    Restatement,
    Silence,
    Source,
    TargetVersion,
    Text,
    Trend,
)


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit in a target's message."""

    name: str
    assessment: Assessment
    newly: bool = False  # it fell behind in the period that is judged now, and was not behind in the one before
    recovered_from: Assessment | None = None  # for a unit that has recovered: the judged period before, where known
    incident: Incident | None = None


@dataclass(frozen=True, slots=True)
class AcknowledgedLine:
    """An acknowledgement that is in force."""

    units: tuple[str, ...]  # names of the org_units whose incidents it is of; empty: the subject's as a whole
    by: str
    why: str  # in that person's words
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hears:
    """Who hears of it because nobody has acknowledged it, and when; or who did hear of it, and when."""

    to: Text
    at: datetime


@dataclass(frozen=True, slots=True)
class Care:
    """What is around a message: who has taken it on, who hears of it next, and what its reader can do.

    Of all this `listens` and `run` are no words: that a listener came or went, or that there was another run, edits no
    message (see `neutral`).
    """

    group: str = ""  # the group that the message stands for; the buttons give it back
    acknowledged: tuple[AcknowledgedLine, ...] = ()
    unacknowledged: int = 0  # how many incidents of the message nobody has acknowledged
    of: int = 0  # how many incidents it stands for
    next: Hears | None = None
    told: Hears | None = None  # the newest step of the escalation that was taken
    listens: bool = False  # a Slack listener runs: buttons instead of commands
    run: str | None = None  # the Airflow run that found it


@dataclass(frozen=True, slots=True)
class TargetStory:
    """A target that is behind, or was: the message of one episode, posted once and edited in place.

    `incident` is the episode's: the pooled one, or the oldest live one of a target whose units answer one by one. Its
    `state` says whether the message is about an open episode or one that is over. `judged` is the judged look that
    the episode stands on. `latest` is the newest look: it is another one while nothing can be said (its status is then
    no_data, stale, not_evaluated or at_risk because incomplete), and the message says so without calling it good.
    """

    target: TargetVersion
    metric: Metric
    level_name: Text  # plural, of the units that are counted: "đơn vị cấp huyện", "districts"
    unit_name: str  # who is judged: the city for a pooled target, the unit itself where it answers alone
    incident: Incident
    judged: Assessment
    latest: Assessment
    previous: Assessment | None  # the judged period before `judged`, if the episode has seen one
    behind: tuple[UnitLine, ...]  # the units that are behind or missed now, furthest first; empty where there are none
    units: int  # how many units are assessed in all
    missing: tuple[str, ...]  # names of the units whose report of the judged period is missing
    owner: Text
    as_of: datetime
    time_zone: str
    mention: str = ""  # Slack user-group id; only in a new message
    link: str | None = None  # the target's page on the board
    edited: bool = False  # this telling replaces an earlier one: "open since ..., updated ..."
    ended_on: date | None = None  # where the state is `ended`: the last day of the target or of its units
    followed_by: TargetVersion | None = None  # the version that took its place, where there is one
    ended_units: tuple[str, ...] = ()  # names of the units whose own end closed it; empty where a tier or version ended
    passed_on_to: tuple[str, ...] = ()  # names of the units that answer in their place
    pools: int = 1  # how many units the target pools, each by itself
    default: TargetVersion | None = None  # where units are under exceptions: the version that is for all others
    shrank: tuple[UnitLine, ...] = ()  # units whose rate rose because their denominator shrank, by name
    reference: Reference | None = None  # the document that asks for it
    absorbed: tuple[UnitLine, ...] = ()  # units below that are behind too, and have no message of their own while it is
    trend: Trend | None = None  # of `judged`; where units answer one by one, of the furthest of `behind`
    care: Care = Care()


@dataclass(frozen=True, slots=True)
class MissingUnits:
    """Units that have not reported, under the parent they have in common."""

    parent: str | None  # its name; None where the units have none
    tier: str
    units: tuple[str, ...]  # names


@dataclass(frozen=True, slots=True)
class SilentUnits:
    """Units that have not reported for several periods, the newest that is due among them."""

    since: tuple[date, date]  # first and last day of the first period that is missing
    periods: int
    units: tuple[str, ...]  # names


@dataclass(frozen=True, slots=True)
class TierCount:
    """How many units of a tier owe a source a period, and how many have reported it."""

    tier: str
    level_name: Text
    reported: int
    due: int


@dataclass(frozen=True, slots=True)
class RefusedDelivery:
    """A delivery that was refused whole."""

    delivered_as: str
    because: str  # the gate's own sentence
    known_at: datetime
    units: tuple[str, ...]  # names of the units it was for, as far as it could be read
    periods: tuple[tuple[date, date], ...]  # first and last days of the periods it was for
    rows_delivered: int
    rows_quarantined: int
    reasons: tuple[tuple[str, int], ...] = ()  # why rows were set aside, and how many for each reason, most first


@dataclass(frozen=True, slots=True)
class AffectedTarget:
    """A target that cannot be said, or is not certain, because of a source."""

    target: TargetVersion
    metric: Metric
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class LateStory:
    """A source whose units have not reported a period by its deadline."""

    source: Source
    incident: Incident
    period_start: date
    period_end: date
    deadline: datetime
    counts: tuple[TierCount, ...]
    missing: tuple[MissingUnits, ...]
    refused: tuple[RefusedDelivery, ...]  # refused deliveries of units that are missing
    affects: tuple[AffectedTarget, ...]
    owner: Text
    as_of: datetime
    time_zone: str
    mention: str = ""
    link: str | None = None
    edited: bool = False
    silent: tuple[SilentUnits, ...] = ()  # those of the missing that were missing before, the longest silence first
    care: Care = Care()


@dataclass(frozen=True, slots=True)
class QualityStory:
    """A source with refused deliveries that no later delivery has made good."""

    source: Source
    incident: Incident
    refused: tuple[RefusedDelivery, ...]  # newest first
    affects: tuple[AffectedTarget, ...]
    owner: Text
    as_of: datetime
    time_zone: str
    mention: str = ""
    link: str | None = None
    edited: bool = False
    care: Care = Care()


@dataclass(frozen=True, slots=True)
class ClaimStory:
    """A published figure that does not agree with its own numerator and denominator, or did not."""

    claim: Claim
    incident: Incident
    reference_title: str
    reference_publisher: str
    reference_published: str
    owner: Text
    as_of: datetime
    time_zone: str
    mention: str = ""
    link: str | None = None
    edited: bool = False
    care: Care = Care()


@dataclass(frozen=True, slots=True)
class CollectedStory:
    """A group of more than one subject: one message about several targets, sources or claims in trouble.

    `incident` is the oldest of them that is open: the message bears its number. `of` says what they have in common, as
    labels and values in words; it is empty where everything goes into one message.
    """

    stories: tuple[Story, ...]  # those in trouble now, the worst first
    over: tuple[Story, ...]  # those that this pass closed
    of: tuple[tuple[Text, Text], ...]
    incident: Incident
    as_of: datetime
    time_zone: str
    mention: str = ""
    link: str | None = None
    edited: bool = False
    care: Care = Care()


@dataclass(frozen=True, slots=True)
class MeanwhileStory:
    """What happened while a silence lasted, for a receiver that heard nothing of it: told once, when it has ended."""

    silence: Silence
    opened: tuple[Story, ...]  # began meanwhile and go on: their own messages follow
    over: tuple[Story, ...]  # open before or begun meanwhile, and closed by now
    as_of: datetime
    time_zone: str


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One unit whose report of itself differs from its records, or did."""

    name: str
    report: Discrepancy  # as it stands now
    before: Discrepancy | None = None  # as it stood when the episode was last told of, where it closed or moved on
    acknowledged_by: Text | None = None


@dataclass(frozen=True, slots=True)
class ReportsStory:
    """A metric of which units report something else than their records give: one message for all of them."""

    metric: Metric
    tier: str
    level_name: Text  # plural, of the units that report
    incident: Incident
    differ: tuple[ReportLine, ...]  # those whose newest report differs, furthest first
    over: tuple[ReportLine, ...]  # those whose episode this pass has closed
    compared: int  # how many units' reports have records beside them
    owner: Text
    as_of: datetime
    time_zone: str
    mention: str = ""
    link: str | None = None
    edited: bool = False
    care: Care = Care()


Story = TargetStory | LateStory | QualityStory | ClaimStory | ReportsStory | CollectedStory


class ReplyKind(StrEnum):
    """What a reply in the thread of a message is about. It is also the notification's reason."""

    WORSE = "worse"  # a new judged period, further behind
    BETTER = "better"  # a new judged period, less far behind or good again while the incident is kept open
    UNCHANGED = "unchanged"  # a new judged period, as far behind as the one before
    UNITS = "units"  # no new period of the whole: units that fell behind, recovered or passed on
    RESTATED = "restated"  # a judged period's figures were changed afterwards
    MORE = "more"  # a source: another period is late, or another delivery was refused
    ACKNOWLEDGED = "acknowledged"
    LAPSED = "lapsed"  # the term of an acknowledgement has passed
    ESCALATED = "escalated"  # nobody acknowledged it in time, and somebody else hears of it now
    REPEATED = "repeated"  # nothing has changed, and it is time to say so again
    RESOLVED = "resolved"
    ENDED = "ended"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class RestatedPeriod:
    """A period of the whole whose figures changed, and the units whose new figures did it."""

    restatement: Restatement
    name: str  # of the org_unit that was restated
    units: tuple[str, ...]  # names of the units whose own figures of that period changed
    is_judged: bool  # it is the period that the target is judged on


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A unit that ended while it was behind, and those that answer in its place."""

    name: str
    to: tuple[str, ...]  # names, the largest part first


@dataclass(frozen=True, slots=True)
class Acted:
    """What a person, or the passing of time without one, did to incidents of a message."""

    units: tuple[
        str, ...
    ] = ()  # names of the org_units whose incidents it was done to; empty: the subject's as a whole
    by: str = ""
    why: str = ""  # in that person's words
    until: datetime | None = None
    left: tuple[UnitLine, ...] = ()  # units that nobody has acknowledged, furthest first
    to: Text | None = None  # whom an escalation tells
    to_mention: str = ""
    after_working_days: int = 0
    holidays: tuple[date, ...] = ()  # within these working days, and not counted


@dataclass(frozen=True, slots=True)
class ReplyStory:
    """One reply in the thread of the message that `about` tells; `about.judged`, `about.previous` hold the figures."""

    kind: ReplyKind
    about: Story
    newly_behind: tuple[UnitLine, ...] = ()
    recovered: tuple[UnitLine, ...] = ()
    passed_on: tuple[PassedOn, ...] = ()
    superseded: tuple[str, ...] = ()  # names of the units for which a new version took the target's place
    restated: tuple[RestatedPeriod, ...] = ()
    newly_differ: tuple[ReportLine, ...] = ()
    still_differ: tuple[ReportLine, ...] = ()  # in a newer period too
    acted: Acted | None = None  # of the kinds acknowledged, lapsed, escalated and repeated
    parts: tuple[ReplyStory, ...] = ()  # about a CollectedStory: what is told of each subject, one new in it with UNITS


def with_care(story: Story, *, group: str, next: Hears | None = None, told: Hears | None = None) -> Story:
    """The story with what depends on the receiver: the group of its message, and who hears of it next."""
    return replace(story, care=replace(story.care, group=group, next=next, told=told))


def neutral(story: Story) -> Story:
    """The story without what passes: two tellings that are alike in this have the same words, and need no edit.

    That is the moment, the mention, that it is an edit, the run, whether a listener is there, and the chart: it shows
    the course up to the newest edit, and what it shows of a judged period is said in words too.
    """
    care = replace(story.care, listens=False, run=None)
    moment = story.incident.opened_at or story.incident.began_at
    still: dict[str, Any] = {"as_of": moment, "mention": "", "edited": False, "care": care}
    if isinstance(story, TargetStory):
        return replace(story, trend=None, **still)
    if isinstance(story, CollectedStory):
        still |= {"stories": tuple(map(neutral, story.stories)), "over": tuple(map(neutral, story.over))}
    return replace(story, **still)
