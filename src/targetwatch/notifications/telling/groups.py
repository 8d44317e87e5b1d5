"""Telling, of groups: from the incidents that one message stands for to its story, of one subject or of several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import attrgetter

from targetwatch.model import (
    Incident,
    IncidentEvent,
    IncidentKind,
    IncidentState,
    Label,
    Restatement,
    Role,
    Route,
    Severity,
    Silence,
    Text,
    UnitKey,
)
from targetwatch.notifications.policy.grouping import KINDS, Group, group_name
from targetwatch.notifications.policy.inhibiting import Inhibited
from targetwatch.notifications.policy.labels import labels_of, unit_of
from targetwatch.notifications.policy.matching import Labels
from targetwatch.notifications.policy.routing import routed
from targetwatch.notifications.situation import Situation, key_of, parse_key
from targetwatch.notifications.stories import CollectedStory, MeanwhileStory, Story, TargetStory, UnitLine
from targetwatch.notifications.telling.targets import closed_with, is_share, tell, unit_line

Subject = tuple[IncidentKind, str]

WHOSE = attrgetter("key.org_unit", "key.org_unit_valid_from")
PARTING = frozenset({Label.UNIT, Label.LEVEL, Label.SEVERITY, Label.CAUSE})  # in which units of one target may differ
SEVERITIES = tuple(Severity)
NAMES = {
    Label.KIND: Text("loại cảnh báo", "kind"),
    Label.SUBJECT: Text("đối tượng", "subject"),
    Label.METRIC: Text("chỉ số", "metric"),
    Label.SOURCE: Text("nguồn số liệu", "source"),
    Label.TIER: Text("cấp xử lý", "tier"),
    Label.LEVEL: Text("cấp đơn vị", "level"),
    Label.UNIT: Text("đơn vị", "unit"),
    Label.OWNER: Text("chịu trách nhiệm", "owner"),
    Label.SEVERITY: Text("mức độ", "severity"),
    Label.CAUSE: Text("nguyên nhân", "cause"),
}
KIND_NAMES = {
    IncidentKind.BEHIND: Text("chậm tiến độ", "behind"),
    IncidentKind.LATE: Text("nộp muộn", "late"),
    IncidentKind.QUALITY: Text("số liệu bị từ chối", "refused data"),
    IncidentKind.MISREPORTED: Text("báo cáo sai lệch", "misreported"),
}
SEVERITY_NAMES = {
    Severity.CRITICAL: Text("nghiêm trọng", "critical"),
    Severity.WARNING: Text("cảnh báo", "warning"),
    Severity.NOTICE: Text("lưu ý", "notice"),
}


def subjects_of(incidents: Iterable[Incident]) -> list[Subject]:
    """The targets, sources and claims that incidents are about, in the order of kinds and names."""
    found = {(one.key.kind, one.key.subject) for one in incidents}
    return sorted(found, key=lambda subject: (KINDS.index(subject[0]), subject[1]))


@dataclass(frozen=True, slots=True)
class Telling:
    """What a group's message tells: `inside` are the open incidents that it is about, `over` those that end with it.

    `events` and `restatements` are what happened since its receiver was last told of it.
    """

    group: Group
    inside: tuple[Incident, ...]
    over: tuple[Incident, ...] = ()
    events: tuple[IncidentEvent, ...] = ()
    restatements: tuple[Restatement, ...] = ()

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """All of which it tells."""
        return (*self.inside, *self.over)

    @property
    def subjects(self) -> list[Subject]:
        """What it is about."""
        return subjects_of((*self.inside, *self.over))


@dataclass(frozen=True)
class Teller:
    """Tells the groups of one situation. `inhibited` are the incidents that others account for."""

    situation: Situation
    inhibited: Mapping[int, Inhibited] = field(default_factory=dict)
    _scopes: dict[tuple[str, int, str], Mapping[str, frozenset[UnitKey]]] = field(default_factory=dict)
    _counted: dict[int, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, one in self.inhibited.items():
            if one.is_below:
                self._counted.setdefault(one.by.number, []).append(number)

    def story(self, told: Telling, lead: Incident) -> Story:
        """The story of a group's message; `lead` is the incident that it bears the number of."""
        subjects = told.subjects
        if len(subjects) == 1:
            return self.of_subject(told, subjects[0], lead)
        in_trouble = subjects_of(told.inside)
        stories = [self.of_subject(told, subject) for subject in in_trouble]
        over = [self.of_subject(told, subject) for subject in subjects if subject not in in_trouble]
        return CollectedStory(
            stories=tuple(sorted(stories, key=_worst_first)),
            over=tuple(over),
            of=self._in_common(told.group, lead),
            incident=lead,
            as_of=self.situation.now,
            time_zone=self.situation.programme.time_zone,
        )

    def of_subject(self, told: Telling, subject: Subject, lead: Incident | None = None) -> Story:
        """What a group's message says of one of its subjects."""
        inside = [one for one in told.inside if (one.key.kind, one.key.subject) == subject]
        over = [one for one in told.over if (one.key.kind, one.key.subject) == subject]
        lead = lead if lead is not None else (inside or over)[0]
        view = self.view(told, subject)
        story = tell(view, lead)
        if not lead.state.is_live:
            story = closed_with(view, story, over)
        return self._with_absorbed(_named(story) if self._is_split(told.group) else story, inside)

    def view(self, told: Telling, subject: Subject) -> Situation:
        """The situation as far as a group's message is about a subject: with its own incidents and units alone."""
        kind, name = subject
        group = told.group
        members = {one.number for one in (*told.inside, *told.over, *group.shares)}
        beside = self.situation.beside(kind, name)
        scope = self._scope(group, subject, (*told.inside, *told.over)) if kind is IncidentKind.BEHIND else None
        if scope is None:
            incidents = tuple(one for one in beside if one.number in members or is_share(one) or not _is_told(one))
        else:
            incidents = tuple(one for one in group.incidents if one.number in members)
        if kind is not IncidentKind.BEHIND:
            return self.situation.narrowed(incidents=incidents, events=told.events)
        answering = self._answering.get(subject, frozenset())
        if scope is None:
            theirs = set(map(WHOSE, incidents)) if answering else set()
            others = {unit for unit in answering if (unit.code, unit.valid_from) not in theirs}
            shown = self.situation.assessments_of(name)
            assessments = tuple(one for one in shown if key_of(one) not in others) if others else shown
        else:
            units = {unit_of(one) for one in incidents} | (scope - answering)
            assessments = tuple(one for unit in sorted(units) for one in self.situation.assessments_of(name, unit))
        return self.situation.narrowed(
            incidents=incidents, events=told.events, assessments=assessments, restatements=told.restatements
        )

    @cached_property
    def _answering(self) -> Mapping[Subject, frozenset[UnitKey]]:
        """The units of each subject that answer with an open incident."""
        found: dict[Subject, set[UnitKey]] = defaultdict(set)
        for one in self.situation.incidents:
            if one.state.is_live and _is_told(one) and one.key.org_unit and not is_share(one):
                found[one.key.kind, one.key.subject].add(unit_of(one))
        return {subject: frozenset(units) for subject, units in found.items()}

    def _scope(self, group: Group, subject: Subject, members: Sequence[Incident]) -> frozenset[UnitKey] | None:
        """The units of a target of which the group would tell if they were behind; None where that is all of them."""
        if not self._is_split(group):
            return None
        lead = min(members, key=lambda one: one.number)
        key = (group.receiver.name, id(group.route), subject[1])
        if key not in self._scopes:
            self._scopes[key] = self._scopes_of(group, subject[1], labels_of(self.situation, lead))
        return self._scopes[key].get(group.name, frozenset())

    def _is_split(self, group: Group) -> bool:
        """Whether a message of the group may be about some of a target's units and not about others."""
        return bool(PARTING.intersection(group.route.group_by)) or self._parts

    @cached_property
    def _parts(self) -> bool:
        """Whether the routes may send units of one target different ways."""
        return _sends_apart(self.situation.programme.routing.root)

    def _scopes_of(self, group: Group, target: str, labels: Labels) -> Mapping[str, frozenset[UnitKey]]:
        found: dict[str, set[UnitKey]] = defaultdict(set)
        for one in self.situation.assessments_of(target):
            unit = key_of(one)
            answers = self.situation.pool_of(target, unit) if one.role is Role.SHARE else unit
            known = self.situation.units.get(unit)
            if answers is None or known is None:
                continue
            theirs = {**labels, Label.UNIT: self.situation.lineage_of(answers)}
            if one.role is Role.EACH:
                theirs[Label.LEVEL] = (known.level,)
            nodes = routed(self.situation.programme.routing, theirs)
            if any(node.route.receiver == group.receiver.name for node in nodes):
                found[group_name(group.route.group_by, theirs)].add(unit)
        return {name: frozenset(units) for name, units in found.items()}

    def _with_absorbed(self, story: Story, inside: Sequence[Incident]) -> Story:
        """The story of a target with the units below whose own message it stands for."""
        if not isinstance(story, TargetStory):
            return story
        numbers = [number for one in inside for number in self._counted.get(one.number, ())]
        lines = [unit_line(self.situation, self.situation.by_number[number]) for number in sorted(numbers)]
        return replace(story, absorbed=tuple(line for line in lines if line is not None)) if lines else story

    def _in_common(self, group: Group, lead: Incident) -> tuple[tuple[Text, Text], ...]:
        """What the incidents of a group have in common, in words."""
        labels = labels_of(self.situation, lead)
        by = set(group.route.group_by)
        asked = [label for label in Label if label in by and labels.get(label)]
        return tuple((NAMES[label], self._in_words(label, labels[label])) for label in asked)

    def _in_words(self, label: Label, values: Sequence[str]) -> Text:
        programme, value = self.situation.programme, values[0]
        match label:
            case Label.KIND:
                return KIND_NAMES[IncidentKind(value)]
            case Label.SEVERITY:
                return SEVERITY_NAMES[Severity(value)]
            case Label.METRIC if value in programme.metrics:
                return programme.metrics[value].name
            case Label.SOURCE if value in programme.sources:
                return programme.sources[value].name
            case Label.LEVEL:
                return self.situation.level_name(value)
            case Label.OWNER:
                return self.situation.owner_name(value)
            case Label.UNIT:
                name = self.situation.name_of(parse_key(values[1]))
                return Text(name, name)
        return Text(value, value)


def meanwhile(teller: Teller, silence: Silence, opened: Sequence[Telling], over: Sequence[Telling]) -> MeanwhileStory:
    """What happened while a silence lasted, of the groups of one receiver."""
    return MeanwhileStory(
        silence=silence,
        opened=tuple(teller.of_subject(told, subject) for told in opened for subject in told.subjects),
        over=tuple(teller.of_subject(told, subject) for told in over for subject in told.subjects),
        as_of=teller.situation.now,
        time_zone=teller.situation.programme.time_zone,
    )


def unacknowledged(story: Story) -> tuple[UnitLine, ...]:
    """The units of a target's message whose incidents nobody has taken on, furthest first."""
    if not isinstance(story, TargetStory):
        return ()
    return tuple(
        line for line in story.behind if line.incident is None or line.incident.state is not IncidentState.ACKNOWLEDGED
    )


def _is_told(incident: Incident) -> bool:
    """Whether it is open or was: what is pending is told to nobody."""
    return incident.opened_at is not None


def _sends_apart(route: Route | None) -> bool:
    if route is None:
        return False
    return any(matcher.label in PARTING for matcher in route.match) or any(map(_sends_apart, route.routes))


def _named(story: Story) -> Story:
    """The story of one of the units that answer for a target, with the unit's name in the headline."""
    if not isinstance(story, TargetStory) or story.judged.role is not Role.EACH or story.units > 1:
        return story
    name = story.target.short_name
    named = Text(f"{name.vi} – {story.unit_name}", f"{name.en} – {story.unit_name}")
    return replace(story, target=replace(story.target, short_name=named))


def _worst_first(story: Story) -> tuple[int, int, int]:
    incident = story.incident
    return SEVERITIES.index(incident.severity), KINDS.index(incident.key.kind), incident.number
