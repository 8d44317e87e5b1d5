"""Looks at the targets: what each assessment means for the incident of its target and org_unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from zoneinfo import ZoneInfo

from targetwatch.incidents import facts as facts_
from targetwatch.model import (
    Assessment,
    Finding,
    Incident,
    IncidentKey,
    IncidentKind,
    Outlook,
    Programme,
    Reason,
    Role,
    Status,
    TargetVersion,
    UnitKey,
)

# Missing data is never good: what cannot be said holds an incident as it is.
OUTLOOKS = {
    Status.ENDED: Outlook.ENDED,
    Status.NOT_EVALUATED: Outlook.UNKNOWN,
    Status.NO_DATA: Outlook.UNKNOWN,
    Status.STALE: Outlook.UNKNOWN,
    Status.MISSED: Outlook.BAD,
    Status.BEHIND: Outlook.BAD,
    Status.AT_RISK: Outlook.GOOD,
    Status.MET: Outlook.GOOD,
    Status.ON_TRACK: Outlook.GOOD,
}

# Why a look found what it did: the reason of its assessment, or one of these.
NEW_VERSION = "new_version"
WITHDRAWN = "withdrawn"  # the catalogue no longer lists it


def outlook_of(assessment: Assessment) -> Outlook:
    """What an assessment says about its incident. At risk because units are missing is not known to be good."""
    if assessment.status is Status.AT_RISK and assessment.reason is Reason.INCOMPLETE:
        return Outlook.UNKNOWN
    return OUTLOOKS[assessment.status]


def key_of(assessment: Assessment) -> IncidentKey:
    """The incident that an assessment is about."""
    return IncidentKey(IncidentKind.BEHIND, assessment.target, assessment.org_unit, assessment.org_unit_valid_from)


def target_findings(programme: Programme, assessments: Iterable[Assessment], live: Iterable[Incident]) -> list[Finding]:
    """One look at each target and org_unit that was assessed, and at the live incidents whose target is gone.

    Where a new version of a target is judged while an incident of the old one lives, the old one is superseded first.
    """
    versions = {(target.target, target.version): target for target in programme.targets}
    targets = {target.target for target in programme.targets}
    incidents = {incident.key: incident for incident in live if incident.key.kind is IncidentKind.BEHIND}
    findings: list[Finding] = []
    for key, assessment in _current(assessments, versions):
        incident = incidents.get(key)
        outlook = outlook_of(assessment)
        if outlook is Outlook.ENDED:
            # Where no incident lives there is nothing to end, and most units that ended had none.
            ending = _ending(programme, assessment, versions) if incident is not None else {}
            findings.append(Finding(key, outlook, facts=ending, reason=assessment.reason.value))
            continue
        if incident is not None and _version(incident) != assessment.target_version:
            followed: dict[str, object] = {"followed_by": assessment.target_version}
            findings.append(Finding(key, Outlook.SUPERSEDED, facts=followed, reason=NEW_VERSION))
        found = {} if outlook is Outlook.UNKNOWN else _facts(programme, assessment, versions)
        findings.append(Finding(key, outlook, assessment.period_start, found, assessment.reason.value))
    gone = [key for key in incidents if key.subject not in targets]
    findings.extend(Finding(key, Outlook.SUPERSEDED, reason=WITHDRAWN) for key in sorted(gone, key=_order))
    return findings


def _facts(
    programme: Programme, assessment: Assessment, versions: Mapping[tuple[str, str], TargetVersion]
) -> dict[str, object]:
    """What was judged and, for those who answer, what it is called: a message must close after its target is gone."""
    found: dict[str, object] = {"judged": facts_.of_assessment(assessment)}
    target = versions.get((assessment.target, assessment.target_version))
    metric = programme.metrics.get(assessment.metric)
    if assessment.role is not Role.SHARE and target is not None and metric is not None:
        found["target"] = facts_.of_target(target)
        found["metric"] = facts_.of_metric(metric)
    return found


def _order(key: IncidentKey) -> tuple[str, str, date]:
    return key.subject, key.org_unit, key.org_unit_valid_from or date.min


def _current(
    assessments: Iterable[Assessment], versions: Mapping[tuple[str, str], TargetVersion]
) -> list[tuple[IncidentKey, Assessment]]:
    """The assessment that counts of each target and org_unit: by the newest version, those that have ended last."""

    def rank(assessment: Assessment) -> tuple[bool, date]:
        version = versions.get((assessment.target, assessment.target_version))
        return assessment.status is not Status.ENDED, version.effective_from if version else date.min

    current: dict[IncidentKey, Assessment] = {}
    for assessment in assessments:
        key = key_of(assessment)
        other = current.get(key)
        if other is None or rank(assessment) > rank(other):
            current[key] = assessment
    return sorted(current.items(), key=lambda one: _order(one[0]))


def _version(incident: Incident) -> object:
    judged = incident.facts.get("judged")
    return judged.get("target_version") if isinstance(judged, Mapping) else None


def _ending(
    programme: Programme, assessment: Assessment, versions: Mapping[tuple[str, str], TargetVersion]
) -> dict[str, object]:
    """When it ended, which of its two ends came, the version's or its units', and, where it passed on, to whom."""
    version = versions.get((assessment.target, assessment.target_version))
    day = version.effective_to if version is not None else None
    if assessment.reason in (Reason.UNIT_ENDED, Reason.UNIT_PASSED_ON):
        day = _last_day(programme, assessment) or day
    ended: dict[str, object] = {"reason": assessment.reason.value, "on": facts_.plain(day)}
    if assessment.reason is Reason.UNIT_PASSED_ON:
        ended["followed_by"] = [str(key) for key in _followers(programme, assessment)]
    return {"ended": ended}


def _followers(programme: Programme, assessment: Assessment) -> list[UnitKey]:
    """The units that go on with the work of one that has ended, at whatever remove, the largest part first."""
    day = assessment.as_of.astimezone(ZoneInfo(programme.time_zone)).date()
    parts: dict[UnitKey, Fraction] = {}

    def hand_on(key: UnitKey, part: Fraction) -> None:
        unit = programme.units.get(key)
        if unit is None:
            return
        if unit.is_valid_on(day):
            parts[key] = parts.get(key, Fraction(0)) + part
            return
        for successor in unit.successors:
            hand_on(successor.unit, part * successor.weight)

    hand_on(UnitKey(assessment.org_unit, assessment.org_unit_valid_from), Fraction(1))
    return sorted(parts, key=lambda key: (-parts[key], key))


def _last_day(programme: Programme, assessment: Assessment) -> date | None:
    """The last day of the unit itself or, where it goes on, of the bodies that handled the work of its tier."""
    own = programme.units.get(UnitKey(assessment.org_unit, assessment.org_unit_valid_from))
    if own is not None and own.valid_to is not None:
        return own.valid_to
    metric = programme.metrics.get(assessment.metric)
    source = programme.sources.get(metric.source) if metric else None
    reporters = source.reporters if source else ()
    levels = {reporter.level for reporter in reporters if reporter.tier == assessment.tier}
    ends = [unit.valid_to for unit in programme.org_units if unit.level in levels]
    return max((end for end in ends if end is not None), default=None) if None not in ends else None
