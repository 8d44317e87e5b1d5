"""Telling, of what units report of themselves: from the incidents of a metric and tier to one story."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from targetwatch.incidents import facts as facts_
from targetwatch.incidents import is_about_reports
from targetwatch.model import (
    Discrepancy,
    Incident,
    IncidentEvent,
    IncidentEventKind,
    IncidentKey,
    ReportFinding,
    Text,
    UnitKey,
)
from targetwatch.notifications.situation import Situation
from targetwatch.notifications.stories import ReplyKind, ReplyStory, ReportLine, ReportsStory

OVER = (IncidentEventKind.RESOLVED, IncidentEventKind.SUPERSEDED, IncidentEventKind.ENDED)
FINDINGS = (IncidentEventKind.OPENED, IncidentEventKind.CHANGED, *OVER)


def reports(situation: Situation, incident: Incident) -> ReportsStory:
    """The reports of a metric and tier that differ from the records, out of the facts of their incidents."""
    of_group = [
        one for one in situation.incidents if is_about_reports(one.key) and one.key.subject == incident.key.subject
    ]
    metric, tier = incident.key.subject.split("/", 1)
    known = situation.programme.metrics.get(metric) or facts_.to_metric(facts_.mapping(incident.facts, "metric"))
    compared = {
        one.unit
        for one in situation.discrepancies
        if (one.metric, one.tier) == (metric, tier) and one.finding is not ReportFinding.NOT_EVALUATED
    }
    live = [one for one in of_group if one.state.is_live and one.opened_at is not None]
    events = _found(situation, of_group)
    closed = [one for one in of_group if one.number in events and events[one.number].kind in OVER]
    unit = situation.units.get(_unit(incident.key))
    return ReportsStory(
        metric=known,
        tier=tier,
        level_name=situation.level_name(unit.level if unit is not None else tier),
        incident=incident,
        differ=tuple(sorted((_line(situation, one) for one in live), key=_furthest)),
        over=tuple(sorted((_closed(situation, one, events[one.number]) for one in closed), key=_furthest)),
        compared=max(len(compared), len(live)),
        owner=situation.owner_name(known.owner),
        as_of=situation.now,
        time_zone=situation.programme.time_zone,
        link=situation.link_to_reports(incident.key.subject),
    )


def moved(situation: Situation, story: ReportsStory) -> list[ReplyStory]:
    """The reply about a message that is out: which units differ since this pass, still do, or no longer do."""
    live = [
        one
        for one in situation.incidents
        if one.key.subject == story.incident.key.subject and is_about_reports(one.key) and one.state.is_live
    ]
    events = _found(situation, live)
    newly, still = [], []
    for one in live:
        event = events.get(one.number)
        if event is None:
            continue
        if event.kind is IncidentEventKind.OPENED:
            newly.append(_line(situation, one))
        elif (before := _report(event.facts_before, situation)) and before.period_start != one.last_period:
            still.append(_line(situation, one, before))
    reply = ReplyStory(
        ReplyKind.UNITS, story, newly_differ=tuple(sorted(newly, key=_furthest)),
        still_differ=tuple(sorted(still, key=_furthest)),
    )  # fmt: skip
    return [reply] if newly or still or story.over else []


def _found(situation: Situation, incidents: Iterable[Incident]) -> dict[int, IncidentEvent]:
    """What was found of each of the incidents since its receiver was told: several steps are one, from first to last.

    What people did, or did not do, to an incident is no finding.
    """
    numbers = {one.number for one in incidents}
    found: dict[int, IncidentEvent] = {}
    for event in situation.events:
        if event.number not in numbers or event.kind not in FINDINGS:
            continue
        first = found.get(event.number, event)
        kind = first.kind if event.kind is IncidentEventKind.CHANGED else event.kind
        found[event.number] = replace(event, kind=kind, facts_before=first.facts_before)
    return found


def _line(situation: Situation, incident: Incident, before: Discrepancy | None = None) -> ReportLine:
    report = _report(incident.facts, situation)
    if report is None:
        raise ValueError(f"Incident {incident.name} about {incident.key.subject} has no report in its facts.")
    by = situation.owner_name(report.acknowledged_by) if report.acknowledged_by else None
    return ReportLine(situation.name_of(_unit(incident.key)), report, before, by)


def _closed(situation: Situation, incident: Incident, event: IncidentEvent) -> ReportLine:
    """A unit whose episode is over: what it came to, beside what it was."""
    accepted = incident.facts.get("accepted")
    was = _report(event.facts_before, situation)
    if isinstance(accepted, Mapping):
        report = facts_.to_discrepancy(accepted, situation.now)
        by: Text | None = situation.owner_name(report.acknowledged_by or "")
        return ReportLine(situation.name_of(_unit(incident.key)), report, was, by)
    return _line(situation, incident, was)


def _report(facts: Mapping[str, object], situation: Situation) -> Discrepancy | None:
    held = facts.get("report")
    return facts_.to_discrepancy(held, situation.now) if isinstance(held, Mapping) else None


def _unit(key: IncidentKey) -> UnitKey:
    if key.org_unit_valid_from is None:
        raise ValueError(f"An incident about reports names no org_unit: {key}.")
    return UnitKey(key.org_unit, key.org_unit_valid_from)


def _furthest(line: ReportLine) -> tuple[int, str]:
    return -(line.report.deviation or 0), line.name
