"""Severity: how bad an incident is, by how far it is short and how long it has been so, as the programme's rules say.

Exact: the gap is held against the rule's share of what is needed as integers. A change of severity is no look at the
condition: it is written into what this pass found of the incident.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from targetwatch.incidents.acknowledgement import lapse, lapse_for_severity
from targetwatch.incidents.lifecycle import Advanced, Transition
from targetwatch.model import (
    MILLION,
    Incident,
    IncidentEvent,
    IncidentEventKind,
    IncidentKind,
    IncidentState,
    Matcher,
    Severity,
    SeverityRule,
    Status,
)

ORDER = {severity: place for place, severity in enumerate(Severity)}  # the worst first
OTHERWISE = Severity.WARNING  # where no rule holds
CARRIERS = (IncidentEventKind.PENDING, IncidentEventKind.OPENED, IncidentEventKind.CHANGED)

Matches = Callable[[Incident, tuple[Matcher, ...]], bool]


def severity_of(incident: Incident, rules: Iterable[SeverityRule], matches: Matches) -> Severity:
    """The severity that the first of the rules to hold gives; a rule without conditions always holds.

    While the newest looks are good an incident keeps the severity that it had when it was bad.
    """
    if incident.good_periods:
        return incident.severity
    for rule in rules:
        if _holds(rule, incident) and matches(incident, rule.match):
            return rule.severity
    return OTHERWISE


def weigh(incident: Incident, severity: Severity, now: datetime) -> Transition:
    """Give a live incident a severity. A worse one than it had ends its acknowledgement.

    One that is pending changes silently: nobody has been told of it.
    """
    if severity is incident.severity or not incident.state.is_live:
        return Transition(incident)
    weighed = replace(incident, severity=severity)
    if weighed.state is IncidentState.PENDING:
        return Transition(weighed)
    facts = incident.facts
    changed = IncidentEvent(
        IncidentEventKind.CHANGED,
        incident.number,
        incident.key,
        now,
        {**facts, "severity": incident.severity.value},
        {**facts, "severity": severity.value},
    )
    if ORDER[severity] >= ORDER[incident.severity]:
        return Transition(weighed, (changed,))
    lapsed = lapse_for_severity(weighed, now)
    return Transition(lapsed.incident, (changed, *lapsed.events))


def weigh_all(advanced: Advanced, severity_of: Callable[[Incident], Severity], now: datetime) -> Advanced:
    """Weigh every incident that goes on after a pass, and let the acknowledgements lapse whose term has passed.

    What a pass found and how bad that is are one event: where it has opened or changed the incident, that event says
    the severity too.
    """
    changed = {incident.number: incident for incident in advanced.incidents}
    known: list[Incident] = []
    events = list(advanced.events)
    carriers = {event.number: place for place, event in enumerate(events) if event.kind in CARRIERS}
    for before in advanced.known:
        after, happened = before, list[IncidentEvent]()
        if before.state.is_live:
            weighed = weigh(before, severity_of(before), now)
            lapsed = lapse(weighed.incident or before, now)
            after, happened = lapsed.incident or before, [*weighed.events, *lapsed.events]
            if (place := carriers.get(before.number)) is not None:
                events[place] = _saying(events[place], before.severity, after.severity)
                happened = [event for event in happened if event.kind is not IncidentEventKind.CHANGED]
        events.extend(happened)
        known.append(after)
        if after != before:
            changed[after.number] = after
    return replace(
        advanced,
        incidents=tuple(changed[number] for number in sorted(changed)),
        events=tuple(events),
        known=tuple(known),
    )


def _saying(event: IncidentEvent, before: Severity, after: Severity) -> IncidentEvent:
    facts_after = {**event.facts_after, "severity": after.value}
    if event.kind is not IncidentEventKind.CHANGED:
        return replace(event, facts_after=facts_after)
    return replace(event, facts_before={**event.facts_before, "severity": before.value}, facts_after=facts_after)


def _holds(rule: SeverityRule, incident: Incident) -> bool:
    if rule.short_by is None and rule.periods is None and not rule.missed:
        return True
    return (
        (rule.short_by is not None and _is_short_by(rule.short_by, incident))
        or (rule.periods is not None and _periods(incident) >= rule.periods)
        or (rule.missed and _judged(incident).get("status") == Status.MISSED.value)
    )


def _is_short_by(share: int, incident: Incident) -> bool:
    """Whether the gap is at least so many millionths of what is needed, or of what is allowed where lower is better."""
    judged = _judged(incident)
    headroom, denominator = judged.get("headroom"), judged.get("denominator")
    threshold = judged.get("required") if judged.get("required") is not None else judged.get("final")
    if not (isinstance(headroom, int) and isinstance(denominator, int) and isinstance(threshold, int)):
        return False
    # attained and needed are millionths x denominator, and so is the threshold: one unit for both sides.
    return headroom < 0 and -headroom * MILLION >= share * abs(threshold) * denominator


def _periods(incident: Incident) -> int:
    """Bad judged periods in a row; of a late source the most that any of its units has missed in a row."""
    if incident.key.kind is not IncidentKind.LATE:
        return incident.bad_periods
    silent = incident.facts.get("silent")
    lengths = [one.get("periods") for one in silent if isinstance(one, Mapping)] if isinstance(silent, list) else []
    return max([1, *(length for length in lengths if isinstance(length, int))])


def _judged(incident: Incident) -> Mapping[str, object]:
    judged = incident.facts.get("judged")
    return judged if isinstance(judged, Mapping) else {}
