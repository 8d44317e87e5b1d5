"""Telling: from an incident and what is known around it to the story that its message tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

from targetwatch.incidents import facts as facts_
from targetwatch.incidents import is_about_reports
from targetwatch.model import (
    Assessment,
    Incident,
    IncidentKind,
    OrgUnit,
    Reason,
    Role,
    Status,
    TargetVersion,
    Trend,
    UnitKey,
)
from targetwatch.notifications.situation import Situation
from targetwatch.notifications.stories import (
    Story,
    TargetStory,
    UnitLine,
)
from targetwatch.notifications.telling import reports as telling_reports
from targetwatch.notifications.telling import sources as telling_sources
from targetwatch.notifications.telling.care import care_of

SHORT = (Status.BEHIND, Status.MISSED)


def tell(situation: Situation, incident: Incident) -> Story:
    """The story of an incident's episode, as it stands now, without a mention and not yet as an edit.

    What depends on the receiver is not in it yet: its group, and who hears of it next (see stories.with_care).
    """
    story = _tell(situation, incident)
    return replace(story, care=care_of(situation, incident)) if situation.worded else story


def _tell(situation: Situation, incident: Incident) -> Story:
    match incident.key.kind:
        case IncidentKind.BEHIND:
            return _target(situation, incident)
        case IncidentKind.LATE:
            return telling_sources.late(situation, incident)
        case IncidentKind.QUALITY:
            return telling_sources.quality(situation, incident)
        case IncidentKind.MISREPORTED:
            if is_about_reports(incident.key):
                return telling_reports.reports(situation, incident)
            return telling_sources.claim(situation, incident)


def judged_in(facts: Mapping[str, object], as_of: datetime) -> Assessment | None:
    """The judged look that is kept in an incident's facts."""
    judged = facts.get("judged")
    return facts_.to_assessment(judged, as_of) if isinstance(judged, Mapping) else None


def previous_in(facts: Mapping[str, object], as_of: datetime) -> Assessment | None:
    """The look at the judged period before, as far as the episode has seen one."""
    previous = facts.get("previous")
    return judged_in(previous, as_of) if isinstance(previous, Mapping) else None


def is_share(incident: Incident) -> bool:
    """Whether the incident is a unit's share of a pooled target: it has no message of its own."""
    judged = incident.facts.get("judged")
    return isinstance(judged, dict) and judged.get("role") == Role.SHARE


def is_pooled(incident: Incident) -> bool:
    """Whether the incident is a target's as a whole, with units that have their shares of it."""
    judged = incident.facts.get("judged")
    return isinstance(judged, dict) and judged.get("role") == Role.POOLED


def distance(assessment: Assessment | None) -> Fraction | None:
    """How far a judged value is from what was needed, in millionths; negative is short, whichever way is better."""
    if assessment is None or assessment.headroom is None or not assessment.denominator:
        return None
    return Fraction(assessment.headroom, assessment.denominator)


def unit_line(situation: Situation, incident: Incident, newly: bool = False) -> UnitLine | None:
    """The line of a unit in a reply, out of its own incident."""
    judged = judged_in(incident.facts, situation.now)
    if judged is None:
        return None
    return UnitLine(
        name=situation.name_of(_unit(incident)),
        assessment=judged,
        newly=newly,
        recovered_from=None if newly else previous_in(incident.facts, situation.now),
        incident=incident,
    )


def _unit(incident: Incident) -> UnitKey:
    return UnitKey(incident.key.org_unit, incident.key.org_unit_valid_from or date.min)


def _target(situation: Situation, incident: Incident) -> TargetStory:
    judged = judged_in(incident.facts, situation.now)
    if judged is None:
        raise ValueError(f"Incident {incident.name} of target {incident.key.subject} has no judged look in its facts.")
    target = _version(situation, incident)
    metric = situation.programme.metrics.get(target.metric) or facts_.to_metric(
        facts_.mapping(incident.facts, "metric")
    )
    of_target = [item for item in situation.assessments if item.target == target.target]
    units = [item for item in of_target if item.role is not Role.POOLED and item.status is not Status.ENDED]
    alone = judged.role is Role.EACH and len(units) <= 1
    of_units = (known for item in units if (known := situation.units.get(_key(item))) is not None)
    level = next((unit.level for unit in of_units), target.selector.level or target.tier)
    ended = facts_of_its_end(incident)
    ended_on = ended.get("on")
    whose, name = (incident.key.org_unit, incident.key.org_unit_valid_from), situation.name_of(_unit(incident))
    own = situation.units.get(_unit(incident))
    listed = units if situation.worded else []
    behind = () if alone or not listed else _behind(situation, incident, listed, target.patience)
    return TargetStory(
        target=target,
        metric=metric,
        level_name=situation.level_name(level),
        unit_name=name,
        incident=incident,
        judged=judged,
        latest=next((item for item in of_target if (item.org_unit, item.org_unit_valid_from) == whose), judged),
        previous=previous_in(incident.facts, situation.now),
        behind=behind,
        units=len(units),
        missing=situation.names_of(judged.missing),
        owner=situation.owner_name(target.owner),
        as_of=situation.now,
        time_zone=situation.programme.time_zone,
        link=situation.link(incident.key.kind, incident.key.subject),
        ended_on=date.fromisoformat(str(ended_on)) if ended_on else None,
        followed_by=_following(situation, incident, target),
        ended_units=(name,) if ended and own is not None and _is_over(own, ended) else (),
        passed_on_to=followers(situation, incident),
        pools=sum(item.role is Role.POOLED and item.status is not Status.ENDED for item in of_target),
        default=_default(situation, target, listed),
        shrank=_shrank(situation, judged, listed),
        reference=situation.programme.references.get(target.reference),
        trend=_trend(situation, judged, behind, len(units)),
    )


def _shrank(situation: Situation, judged: Assessment, units: Sequence[Assessment]) -> tuple[UnitLine, ...]:
    """The units of the same period whose rate rose because their denominator shrank."""
    lines = [
        UnitLine(situation.name_of(_key(item)), item)
        for item in units
        if item.shrank is not None and item.period_start == judged.period_start and item.role is not Role.POOLED
    ]
    return tuple(sorted(lines, key=lambda line: line.name))


def facts_of_its_end(incident: Incident) -> Mapping[str, object]:
    """What an incident keeps of the end that closed it: the reason, the day and who followed. Empty where none came."""
    ended = incident.facts.get("ended")
    return ended if isinstance(ended, Mapping) else {}


def followers(situation: Situation, incident: Incident) -> tuple[str, ...]:
    """The names of the units to which the incident's ended one has passed on, the largest part first."""
    keys = facts_of_its_end(incident).get("followed_by")
    return situation.names_of([str(key) for key in keys]) if isinstance(keys, (list, tuple)) else ()


def closed_with(situation: Situation, story: Story, closed: Sequence[Incident]) -> Story:
    """The story of an episode that closes because its unit ended, with the units that ended with it."""
    if not isinstance(story, TargetStory) or not story.ended_units:
        return story
    others = [one for one in closed if one.number != story.incident.number and facts_of_its_end(one)]
    days = {facts_of_its_end(one).get("on") for one in [story.incident, *others]}
    names = [*story.ended_units, *sorted(situation.name_of(_unit(one)) for one in others)]
    to = [*story.passed_on_to, *(name for one in others for name in followers(situation, one))]
    return replace(
        story,
        ended_units=tuple(names),
        passed_on_to=tuple(dict.fromkeys(to)),
        ended_on=story.ended_on if len(days) == 1 else None,
    )


def _is_over(unit: OrgUnit, ended: Mapping[str, object]) -> bool:
    """Whether it was the unit's own end, and not that of a version or of the bodies below it."""
    return unit.valid_to is not None and ended.get("reason") in (Reason.UNIT_ENDED, Reason.UNIT_PASSED_ON)


def _default(situation: Situation, target: TargetVersion, units: Sequence[Assessment]) -> TargetVersion | None:
    """The version that is for all units without an exception, where some of the `units` are under one."""
    hashes = {item.target_version for item in units} | {target.version}
    judged = [one for one in situation.programme.targets if one.target == target.target and one.version in hashes]
    defaults = [one for one in judged if one.selector.except_for and one.effective_from == target.effective_from]
    return defaults[0] if defaults and len(judged) > 1 else None


def _key(assessment: Assessment) -> UnitKey:
    return UnitKey(assessment.org_unit, assessment.org_unit_valid_from)


def _version(situation: Situation, incident: Incident) -> TargetVersion:
    """The version that was judged: as the catalogue has it, or as it was kept if the catalogue no longer does."""
    kept = facts_.mapping(incident.facts, "judged")
    for target in situation.programme.targets:
        if target.target == incident.key.subject and target.version == kept.get("target_version"):
            return target
    return facts_.to_target(facts_.mapping(incident.facts, "target"))


def _following(situation: Situation, incident: Incident, target: TargetVersion) -> TargetVersion | None:
    """The version by which the unit is judged since then or, where it is none yet, the next one but for exceptions."""
    of_target = [other for other in situation.programme.targets if other.target == target.target]
    judged_by = incident.facts.get("followed_by")
    later = [other for other in of_target if other.effective_from > target.effective_from]
    exceptions = {(key.code, other.effective_from) for other in later for key in other.selector.except_for}
    for_all = [other for other in later if (other.selector.code, other.effective_from) not in exceptions]
    named = [other for other in of_target if other.version == judged_by]
    return named[0] if named else min(for_all, key=lambda other: other.effective_from, default=None)


def _behind(situation: Situation, incident: Incident, units: list[Assessment], patience: int) -> tuple[UnitLine, ...]:
    """The units that are short now, furthest in real things first.

    A unit is new in the message while it stands on the period in which it fell behind, if the episode was open before.
    """
    incidents = {
        _unit(other): other
        for other in situation.incidents
        if other.key.kind is IncidentKind.BEHIND and other.key.subject == incident.key.subject and other.state.is_live
    }
    lines = []
    for item in units:
        if item.status not in SHORT:
            continue
        key = _key(item)
        own = incidents.get(key)
        newly = (
            own is not None
            and own.opened_at is not None
            and incident.opened_at is not None
            and incident.state.is_live
            and own.opened_at > incident.opened_at
            and 0 < own.bad_periods <= patience + 1
        )
        lines.append(UnitLine(situation.name_of(key), item, newly, incident=own))
    return tuple(sorted(lines, key=_furthest))


def _furthest(line: UnitLine) -> tuple[int, Fraction, str]:
    short = line.assessment.headroom_units
    return (0 if short is None else short, distance(line.assessment) or Fraction(0), line.name)


def furthest_first(assessment: Assessment, situation: Situation) -> tuple[int, Fraction, str]:
    """What sorts units that are short, the furthest in real things first."""
    return _furthest(UnitLine(situation.name_of(_key(assessment)), assessment))


def _trend(situation: Situation, judged: Assessment, behind: Sequence[UnitLine], units: int) -> Trend | None:
    """The course of what the message is about; where units answer one by one, of the furthest of them."""
    of = judged if judged.role is Role.POOLED or units <= 1 or not behind else behind[0].assessment
    known = situation.trends.get((of.target, of.org_unit, of.org_unit_valid_from))
    return known if known is not None and len(known.points) > 1 else None
