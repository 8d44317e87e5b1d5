"""What is known when it is decided whom to tell what: the programme, the incidents, and the messages already out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from urllib.parse import quote

from targetwatch.model import (
    Assessment,
    Discrepancy,
    Incident,
    IncidentEvent,
    IncidentEventKind,
    IncidentKey,
    IncidentKind,
    Label,
    OrgUnit,
    Programme,
    Restatement,
    Role,
    Silence,
    Span,
    TargetVersion,
    Text,
    Trend,
    TrendKey,
    UnitKey,
)
from targetwatch.notifications.policy.timing import DeclaredDays, WorkingDays, after
from targetwatch.notifications.register import Register, register_of

# An edit with one of these reasons says that the episode is over; nothing more is written into its message.
CLOSING_REASONS = frozenset({"resolved", "ended", "superseded"})

CLOSINGS = frozenset({IncidentEventKind.RESOLVED, IncidentEventKind.ENDED, IncidentEventKind.SUPERSEDED})
OF_THE_PROGRAMME = ("register", "versions", "newest_versions")  # the same for every narrower view

# The board's pages, under its address. Claims are all on one page: their ids have slashes in them.
PAGES = {
    IncidentKind.BEHIND: "targets/",
    IncidentKind.LATE: "sources/",
    IncidentKind.QUALITY: "sources/",
    IncidentKind.MISREPORTED: "claims#",
}


@dataclass(frozen=True, slots=True)
class GroupMessage:
    """The message of a receiver's group: its newest row in the outbox that posts or edits, sent or still to be sent."""

    receiver: str
    channel: str
    group: str
    episode: int
    last_id: str
    fingerprint: str
    reason: str
    post_failed: bool = False  # the post of this episode was refused for good, so there is nothing to edit
    told_at: datetime | None = None  # when the group's newest message or reply was decided; an edit is none

    @property
    def is_out(self) -> bool:
        """Whether it is there to be edited and replied to, and its episode goes on."""
        return not self.is_closed and not self.post_failed

    @property
    def is_closed(self) -> bool:
        """Whether it says that its episode is over."""
        return self.reason in CLOSING_REASONS


@dataclass(frozen=True, slots=True)
class Told:
    """That a receiver hears of an incident in a group's message: it does until the end, wherever its labels lead then.

    What happened to the incident from `held_since` on waits to be told, and `held_because` says why. `worse_since` is
    from when on it got worse by too little to be told as that: figures are compared with those of before.
    """

    receiver: str
    group: str
    number: int
    held_since: datetime | None = None
    held_because: str = ""
    worse_since: datetime | None = None


@dataclass(frozen=True)
class Situation:
    """Everything that policy looks at. `now` is the moment of the pass."""

    programme: Programme
    now: datetime
    incidents: tuple[Incident, ...]  # those that live after this pass, and those that it closed
    events: tuple[IncidentEvent, ...]  # of this pass, in their order
    assessments: tuple[Assessment, ...]  # the newest of every target and org_unit
    restatements: tuple[Restatement, ...] = ()  # found in this pass
    discrepancies: tuple[Discrepancy, ...] = ()  # every report that has records beside it
    out: tuple[GroupMessage, ...] = ()
    board_url: str | None = None
    trends: Mapping[TrendKey, Trend] = field(default_factory=dict)  # of what charts are drawn from: see trends.wanted
    silences: tuple[Silence, ...] = ()  # one that is over and summed up changes nothing
    told: tuple[Told, ...] = ()  # who hears of which incident. Those that are held for somebody are in `incidents` too
    earlier: tuple[IncidentEvent, ...] = ()  # of the passes before, as far as they wait to be told to somebody
    earlier_restatements: tuple[tuple[datetime, Restatement], ...] = ()  # with the moment at which each was found
    calendar: WorkingDays | None = None  # None: the programme's own days, without the country's public holidays
    listens: bool = False  # a Slack listener runs: messages have buttons instead of commands
    run_url: str | None = None  # the page of the Airflow run that this pass is
    worded: bool = True  # somebody reads it. Else stories hold no more than what is decided by: see rows.unsaid

    @cached_property
    def register(self) -> Register:
        """The programme's org_units, their names and who stands above whom."""
        return register_of(self.programme.org_units)

    @property
    def units(self) -> Mapping[UnitKey, OrgUnit]:
        """The programme's org_units by key."""
        return self.register.units

    @cached_property
    def days(self) -> WorkingDays:
        """The working days by which spans and hours are counted."""
        return self.calendar or DeclaredDays(self.programme.calendar)

    def has_passed(self, since: datetime, span: Span) -> bool:
        """Whether a span that began at `since` is over."""
        return not span or after(since, span, self.days, self.programme.time_zone) <= self.now

    @cached_property
    def labels(self) -> dict[int, tuple[Incident, Mapping[Label, tuple[str, ...]]]]:
        """The labels of incidents by number, as far as they have been worked out: see notifications.labels."""
        return {}

    @cached_property
    def messages(self) -> dict[tuple[str, str], GroupMessage]:
        """The message of every receiver's group."""
        return {(message.receiver, message.group): message for message in self.out}

    @cached_property
    def by_number(self) -> dict[int, Incident]:
        """The incidents by number."""
        return {incident.number: incident for incident in self.incidents}

    @cached_property
    def live(self) -> dict[IncidentKey, Incident]:
        """The incidents that go on, by key."""
        return {incident.key: incident for incident in self.incidents if incident.state.is_live}

    @cached_property
    def events_of(self) -> dict[int, tuple[IncidentEvent, ...]]:
        """What this pass did to each incident."""
        return _by_incident(self.events)

    @cached_property
    def earlier_of(self) -> dict[int, tuple[IncidentEvent, ...]]:
        """What earlier passes did to each incident, as far as it waits to be told to somebody."""
        return _by_incident(self.earlier)

    @cached_property
    def told_of(self) -> dict[tuple[str, str], dict[int, Told]]:
        """Of which incidents a receiver hears in a group, by number."""
        of: dict[tuple[str, str], dict[int, Told]] = defaultdict(dict)
        for one in self.told:
            of[one.receiver, one.group][one.number] = one
        return dict(of)

    def is_closed_now(self, incident: Incident) -> bool:
        """Whether this pass closed it."""
        return any(event.kind in CLOSINGS for event in self.events_of.get(incident.number, ()))

    def assessments_of(self, target: str, unit: UnitKey | None = None) -> tuple[Assessment, ...]:
        """The newest assessments of a target, of all org_units or of one."""
        if unit is None:
            return tuple(self._by_target.get(target, ()))
        return tuple(self._by_unit.get((target, unit.code, unit.valid_from), ()))

    def newest_of(self, target: str, unit: UnitKey) -> Assessment | None:
        """The newest assessment of a target and org_unit."""
        theirs = self._by_unit.get((target, unit.code, unit.valid_from))
        return theirs[-1] if theirs else None

    @cached_property
    def _by_target(self) -> dict[str, list[Assessment]]:
        of: dict[str, list[Assessment]] = defaultdict(list)
        for one in self.assessments:
            of[one.target].append(one)
        return dict(of)

    @cached_property
    def _by_unit(self) -> dict[tuple[str, str, date], list[Assessment]]:
        of: dict[tuple[str, str, date], list[Assessment]] = defaultdict(list)
        for one in self.assessments:
            of[one.target, one.org_unit, one.org_unit_valid_from].append(one)
        return dict(of)

    def pool_of(self, target: str, unit: UnitKey) -> UnitKey | None:
        """The org_unit whose pooled value a unit has its share of: the nearest above it that answers for the target."""
        at: UnitKey | None = unit
        while at is not None:
            one = self.newest_of(target, at)
            if one is not None and one.role is Role.POOLED:
                return at
            above = self.units.get(at)
            at = above.parent if above is not None else None
        return None

    def narrowed(
        self,
        *,
        incidents: tuple[Incident, ...] | None = None,
        events: tuple[IncidentEvent, ...] | None = None,
        assessments: tuple[Assessment, ...] | None = None,
        restatements: tuple[Restatement, ...] | None = None,
    ) -> Situation:
        """The same moment, with a part of what is known: what one message is about."""
        narrow = replace(
            self,
            incidents=self.incidents if incidents is None else incidents,
            events=self.events if events is None else events,
            assessments=self.assessments if assessments is None else assessments,
            restatements=self.restatements if restatements is None else restatements,
        )
        narrow.__dict__.update((name, getattr(self, name)) for name in OF_THE_PROGRAMME)
        return narrow

    def beside(self, kind: IncidentKind, subject: str) -> tuple[Incident, ...]:
        """Every incident of a kind and subject, live or closed by this pass."""
        return tuple(self._by_subject.get((kind, subject), ()))

    @cached_property
    def _by_subject(self) -> dict[tuple[IncidentKind, str], list[Incident]]:
        of: dict[tuple[IncidentKind, str], list[Incident]] = defaultdict(list)
        for incident in self.incidents:
            of[incident.key.kind, incident.key.subject].append(incident)
        return dict(of)

    @cached_property
    def versions(self) -> dict[tuple[str, str], TargetVersion]:
        """The programme's target versions by target and version."""
        return {(target.target, target.version): target for target in self.programme.targets}

    @cached_property
    def newest_versions(self) -> dict[str, TargetVersion]:
        """The newest version of every target."""
        by_age = sorted(self.programme.targets, key=lambda target: target.effective_from)
        return {target.target: target for target in by_age}

    def levels_reporting(self, source: str, tier: str) -> tuple[str, ...]:
        """The levels of the bodies that report a tier to a source."""
        known = self.programme.sources.get(source)
        reporters = known.reporters if known is not None else ()
        return tuple(dict.fromkeys(one.level for one in reporters if one.tier == tier))

    @cached_property
    def sources_in_trouble(self) -> frozenset[str]:
        """The sources that are late, or of which a delivery was refused, for the time being."""
        return frozenset(
            incident.key.subject
            for incident in self.incidents
            if incident.key.kind in (IncidentKind.LATE, IncidentKind.QUALITY)
            and incident.state.is_live
            and incident.opened_at is not None
        )

    def lineage_of(self, key: UnitKey) -> tuple[str, ...]:
        """An org_unit and all those above it, each as its code and as code@first-day."""
        return self.register.lineage_of(key)

    def name_of(self, key: UnitKey) -> str:
        """What a unit is called, also where others are called the same."""
        return self.register.name_of(key)

    def names_of(self, keys: list[str] | tuple[str, ...]) -> tuple[str, ...]:
        """The names of units whose keys are given as text."""
        return tuple(self.name_of(parse_key(key)) for key in keys)

    def level_name(self, level: str | None) -> Text:
        """The plural name of a level: "đơn vị cấp huyện", "districts"."""
        named = self.programme.levels.get(level or "")
        return named if named is not None else Text(vi=level or "đơn vị", en=level or "units")

    def owner_name(self, owner: str) -> Text:
        """The name of a role that answers."""
        known = self.programme.owners.get(owner)
        return known.name if known is not None else Text(vi=owner, en=owner)

    def link(self, kind: IncidentKind, subject: str) -> str | None:
        """The page on the board of a target, a source or a claim; None where no board is known."""
        if not self.board_url:
            return None
        return f"{self.board_url.rstrip('/')}/{PAGES[kind]}{quote(subject, safe='')}"

    def link_to_reports(self, subject: str) -> str | None:
        """The page of what units report of themselves beside their records; None where no board is known."""
        return f"{self.board_url.rstrip('/')}/reports/{quote(subject)}" if self.board_url else None


def _by_incident(events: tuple[IncidentEvent, ...]) -> dict[int, tuple[IncidentEvent, ...]]:
    of: dict[int, list[IncidentEvent]] = defaultdict(list)
    for event in events:
        of[event.number].append(event)
    return {number: tuple(theirs) for number, theirs in of.items()}


def key_of(assessment: Assessment) -> UnitKey:
    """The org_unit that was assessed."""
    return UnitKey(assessment.org_unit, assessment.org_unit_valid_from)


def parse_key(text: str) -> UnitKey:
    """The unit key that was written as 001@2021-01-01."""
    code, _, valid_from = text.rpartition("@")
    return UnitKey(code, date.fromisoformat(valid_from))
