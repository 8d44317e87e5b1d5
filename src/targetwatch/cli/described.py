"""An incident that somebody describes on the command line: made into one as the rules would see it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from types import MappingProxyType
from zoneinfo import ZoneInfo

from targetwatch.catalogue.calendar import WorkingCalendar
from targetwatch.catalogue.finding import find_units, nearest_units
from targetwatch.catalogue.matchers import MatcherError, parse_matcher
from targetwatch.cli.failures import WrongInput
from targetwatch.model import (
    Incident,
    IncidentKey,
    IncidentKind,
    IncidentState,
    Label,
    OrgUnit,
    Programme,
    Role,
    Scope,
    Severity,
    TargetVersion,
)
from targetwatch.notifications import Situation

OF_SOURCES = (IncidentKind.LATE, IncidentKind.QUALITY)
ANYTHING = "..."  # the subject of what is described without one
MORNING = time(8, 0)  # of a day that is given without a time
ASKING = "Say what it is about: --target, --source, --metric, or --kind with other labels."


@dataclass(frozen=True, slots=True)
class Description:
    """What the options say of an incident. None: nothing."""

    target: str | None = None
    unit: str | None = None
    kind: str | None = None
    metric: str | None = None
    source: str | None = None
    owner: str | None = None
    tier: str | None = None
    level: str | None = None
    severity: str | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Described:
    """The incident that was meant, as it would open, and the labels that were said to be other than the catalogue's."""

    situation: Situation
    incident: Incident
    otherwise: Mapping[Label, tuple[str, ...]]
    remark: str = ""


def described(programme: Programme, said: Description, at: datetime) -> Described:
    """The incident that the options describe, as one that opens at `at`. Raises WrongInput where there is none such."""
    calendar = WorkingCalendar(programme.calendar, programme.time_zone)
    situation = Situation(programme, at, (), (), (), calendar=calendar)
    day = at.astimezone(ZoneInfo(programme.time_zone)).date()
    unit = None if said.unit is None else _unit(programme, said.unit, day)
    otherwise: dict[Label, tuple[str, ...]] = {
        label: (_known(programme, label, value),)
        for label, value in (
            (Label.KIND, said.kind),
            (Label.METRIC, said.metric),
            (Label.SOURCE, said.source),
            (Label.OWNER, said.owner),
            (Label.TIER, said.tier),
            (Label.LEVEL, said.level),
            (Label.SEVERITY, said.severity),
            (Label.CAUSE, said.cause),
        )
        if value is not None
    }
    kind = IncidentKind(said.kind) if said.kind is not None else None
    remark, facts = "", dict[str, object]()
    target = said.target or _only_target(programme, said, kind)
    if target is not None:
        if kind not in (None, IncidentKind.BEHIND):
            raise WrongInput(f"An incident of kind '{kind}' is about no target. Leave out --target, or write behind.")
        version = _version(programme, target, day)
        answering, remark = _answering(programme, version, unit, day)
        key = _key(IncidentKind.BEHIND, version.target, answering)
        role = Role.POOLED if version.scope is Scope.POOLED else Role.EACH
        facts = {"judged": {"target_version": version.version, "role": role.value}}
    elif said.source is not None and said.metric is None and kind is not IncidentKind.BEHIND:
        kind = kind or IncidentKind.LATE
        if kind is IncidentKind.MISREPORTED or unit is not None:
            raise WrongInput("An incident of a source is late or quality, and of no org_unit.")
        key = _key(kind, said.source, None)
    elif said.metric is not None and kind is IncidentKind.MISREPORTED:
        key = _key(IncidentKind.MISREPORTED, f"{said.metric}/{said.tier or day}", unit)
    elif kind is not None:
        return _loosely(situation, programme, kind, unit, otherwise, at)
    else:
        raise WrongInput(ASKING)
    otherwise = {label: value for label, value in otherwise.items() if label is not Label.KIND}
    return Described(situation, _opening(key, otherwise, at, facts), otherwise, remark)


def _only_target(programme: Programme, said: Description, kind: IncidentKind | None) -> str | None:
    """The target of a metric that is meant where none is named: the only one there is."""
    if said.metric is None or kind not in (None, IncidentKind.BEHIND):
        return None
    of_metric = [one for one in programme.targets if one.metric == said.metric and said.tier in (None, one.tier)]
    targets = sorted({one.target for one in of_metric})
    if len(targets) != 1:
        which = f"has {len(targets)} targets: name one, as in --target {targets[0]}" if targets else "has no target"
        raise WrongInput(f"Metric '{said.metric}' {which}; or write --kind misreported.")
    return targets[0]


def _loosely(
    situation: Situation,
    programme: Programme,
    kind: IncidentKind,
    unit: OrgUnit | None,
    otherwise: dict[Label, tuple[str, ...]],
    at: datetime,
) -> Described:
    """An incident of which only labels are known."""
    if kind is IncidentKind.MISREPORTED:
        otherwise = {Label.METRIC: (), **otherwise}  # the subject that it has not would say one
    if unit is not None and kind not in OF_SOURCES:
        otherwise = {Label.LEVEL: (unit.level,), Label.UNIT: situation.lineage_of(unit.key), **otherwise}
    return Described(situation, _opening(_key(kind, ANYTHING, None), otherwise, at), otherwise)


def _opening(
    key: IncidentKey,
    otherwise: Mapping[Label, tuple[str, ...]],
    at: datetime,
    facts: Mapping[str, object] = MappingProxyType({}),
) -> Incident:
    severity = Severity(otherwise[Label.SEVERITY][0]) if Label.SEVERITY in otherwise else Severity.WARNING
    return Incident(0, key, IncidentState.OPEN, at, at, facts=facts, severity=severity)


def _key(kind: IncidentKind, subject: str, unit: OrgUnit | None) -> IncidentKey:
    return (
        IncidentKey(kind, subject) if unit is None else IncidentKey(kind, subject, unit.key.code, unit.key.valid_from)
    )


def _known(programme: Programme, label: Label, value: str) -> str:
    try:
        (known,) = parse_matcher(f"{label}={value}", programme).values
    except MatcherError as unknown:
        raise WrongInput(str(unknown)) from unknown
    except ValueError:
        raise WrongInput(f"'{value}' is more than one. Write one --{label}.") from None
    return known


def _version(programme: Programme, target: str, day: date) -> TargetVersion:
    _known(programme, Label.SUBJECT, target)
    versions = sorted(
        (one for one in programme.targets if one.target == target), key=lambda version: version.effective_from
    )
    if not versions:
        raise WrongInput(f"'{target}' is a source, and no target. Write --source {target}.")
    in_force = [one for one in versions if one.effective_from <= day]
    return in_force[-1] if in_force else versions[0]


def _answering(
    programme: Programme, version: TargetVersion, unit: OrgUnit | None, day: date
) -> tuple[OrgUnit | None, str]:
    """The unit whose incident tells of `unit`: itself, or the one that answers for it under a pooled target."""
    if version.scope is not Scope.POOLED:
        return unit, ""
    answering = _pool(programme, version, unit, day)
    if unit is None or answering is None or answering == unit:
        return answering, ""
    return answering, (
        f"{unit.name} has its share of what {version.target} is as a whole: it is told in the message of "
        f"{answering.name}, and only while that is behind."
    )


def _pool(programme: Programme, version: TargetVersion, unit: OrgUnit | None, day: date) -> OrgUnit | None:
    """The unit that answers for a pooled target: the one that is named, or the nearest above that is of its level."""
    units = {one.key: one for one in programme.org_units}
    selector = version.selector
    if selector.code is not None:
        bearers = [one for one in programme.org_units if one.key.code == selector.code and one.is_valid_on(day)]
        return bearers[0] if bearers else None
    at = unit
    while at is not None and not (
        (selector.level is None or at.level == selector.level) and (selector.kind is None or at.kind == selector.kind)
    ):
        at = units.get(at.parent) if at.parent is not None else None
    return at


def _unit(programme: Programme, asked: str, day: date) -> OrgUnit:
    found = find_units(programme.org_units, asked)
    there = [one for one in found if one.is_valid_on(day)] or list(found)
    if len(there) == 1:
        return there[0]
    if there:
        raise WrongInput(f"'{asked}' may be {_listed(there)}. Write the code, or the code with the first day.")
    likely = nearest_units(programme.org_units, asked)
    said = f"Did you mean {_listed(likely)}?" if likely else "`targetwatch units` lists those there are."
    raise WrongInput(f"No unit has the code or the name '{asked}'. {said}")


def _listed(units: Collection[OrgUnit]) -> str:
    return ", ".join(f"{unit.name} ({unit.key})" for unit in units)


def moment(text: str, programme: Programme) -> datetime:
    """A moment of the programme's time zone: 2025-06-13 17:30, or the morning of a day. Raises WrongInput."""
    zone = ZoneInfo(programme.time_zone)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise WrongInput(f"'{text}' is no moment. Write --at 2025-06-13, or --at '2025-06-13 17:30'.") from None
    if len(text.strip()) == len("2025-06-13"):
        found = datetime.combine(found.date(), MORNING)
    return found.replace(tzinfo=zone) if found.tzinfo is None else found
