"""The life of an incident: pending until its condition has held, then open, and closed once it has been good as long.

The meaning of `for` and `keep_open_for` is that of Prometheus' alerting rules. Counted in judged periods: with `for` N
an incident opens at the (N+1)th bad judged period in a row, and with `keep_open_for` K it closes at the (K+1)th good
one. Judging one period again and again counts once; when a late delivery turns the judgement of the newest period, its
newest look replaces its count. In time: it opens at the first look at which the condition has held for at least so long
since it was first found, and closes at the first at which every look has been good for at least so long since the first
good one. Where both are given, both must have passed. What is pending is withdrawn at its first good look, and a bad
look starts the time of the good ones anew. Only a look moves anything: nothing opens or closes between two of them.

Missing data holds the state, and it holds time: from the first look that cannot tell to the next one that can, no time
passes for `for` and `keep_open_for`. So an incident opens after so long of known trouble, and closes after so long of
known good. A look at an older period than the newest that was counted cannot tell either.

Sources and claims have no periods: of their patience only time counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from targetwatch.model import (
    Finding,
    Incident,
    IncidentEvent,
    IncidentEventKind,
    IncidentKey,
    IncidentKind,
    IncidentState,
    Outlook,
    Patience,
    Programme,
)

CLOSING = {
    Outlook.SUPERSEDED: (IncidentState.SUPERSEDED, IncidentEventKind.SUPERSEDED),
    Outlook.ENDED: (IncidentState.ENDED, IncidentEventKind.ENDED),
}


@dataclass(frozen=True, slots=True)
class Transition:
    """What one look did: the incident as it stands now (None: there is none), and what happened to it."""

    incident: Incident | None
    events: tuple[IncidentEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Advanced:
    """What a pass did: the incidents that it made or changed, in order, and everything that happened to them.

    `known` are all that go on after it, changed or not, and those that it closed: what messages are about.
    """

    incidents: tuple[Incident, ...]
    events: tuple[IncidentEvent, ...]
    next_number: int
    known: tuple[Incident, ...] = ()


def advance(
    incident: Incident | None, finding: Finding, patience: Patience, now: datetime, next_number: int
) -> Transition:
    """Take one look into account. `incident` is the live one of the finding's key, if there is one."""
    if incident is None:
        if finding.outlook is not Outlook.BAD:
            return Transition(None)
        return _begin(finding, patience, now, next_number)
    if finding.outlook in CLOSING:
        state, kind = CLOSING[finding.outlook]
        return _close(incident, state, kind, {**incident.facts, **finding.facts}, now)
    if finding.outlook is Outlook.UNKNOWN or _is_older(finding, incident):
        return Transition(_hold(incident, now))
    looked = _count(incident, finding, now)
    if looked.state is IncidentState.PENDING:
        if looked.good_periods:
            return _close(looked, IncidentState.RESOLVED, IncidentEventKind.RESOLVED, looked.facts, now)
        periods = None if looked.last_period is None else looked.bad_periods
        if _has_held(patience, periods, now - looked.began_at - looked.held_for):
            return _event(incident, _opened(looked, now), now, "OPENED")
        return Transition(looked)
    if looked.good_since is not None and _is_over(looked, looked.good_since, patience, now):
        return _close(looked, IncidentState.RESOLVED, IncidentEventKind.RESOLVED, looked.facts, now, before=incident)
    if _says_the_same(looked, incident):
        return Transition(looked)
    return _event(incident, looked, now, "CHANGED")


def advance_all(
    live: Iterable[Incident],
    findings: Iterable[Finding],
    patience_of: Callable[[IncidentKey], Patience],
    now: datetime,
    next_number: int,
) -> Advanced:
    """Take a pass's looks into account, in their order. An incident that nothing was found about stays as it is.

    A key may be looked at more than once: a target whose version has changed is first superseded and then begins anew.
    """
    current = {incident.key: incident for incident in live if incident.state.is_live}
    known = {incident.number: incident for incident in current.values()}
    changed: dict[int, Incident] = {}
    events: list[IncidentEvent] = []
    for finding in findings:
        before = current.get(finding.key)
        transition = advance(before, finding, patience_of(finding.key), now, next_number)
        after = transition.incident
        events.extend(transition.events)
        if after is None or after == before:
            continue
        changed[after.number] = known[after.number] = after
        if after.number == next_number:
            next_number += 1
        if after.state.is_live:
            current[finding.key] = after
        else:
            current.pop(finding.key, None)
    return Advanced(
        tuple(changed[number] for number in sorted(changed)),
        tuple(events),
        next_number,
        tuple(known[number] for number in sorted(known)),
    )


def patience_of(programme: Programme) -> Callable[[IncidentKey], Patience]:
    """How patient the programme's targets (the newest version) and sources are; what is misreported opens at once."""
    of_targets = {
        one.target: Patience(one.patience, one.keep_open_for, one.patience_time, one.keep_open_for_time)
        for one in sorted(programme.targets, key=lambda target: target.effective_from)
    }
    of_sources = {
        name: Patience(0, 0, one.patience_time, one.keep_open_for_time) for name, one in programme.sources.items()
    }
    of_kinds = {IncidentKind.BEHIND: of_targets, IncidentKind.LATE: of_sources, IncidentKind.QUALITY: of_sources}
    none = Patience()
    return lambda key: of_kinds.get(key.kind, {}).get(key.subject, none)


def _is_older(finding: Finding, incident: Incident) -> bool:
    """Whether the look is at a period before the newest one that was counted: a restatement never moves an incident."""
    return (
        finding.period_start is not None
        and incident.last_period is not None
        and finding.period_start < incident.last_period
    )


def _hold(incident: Incident, now: datetime) -> Incident:
    """The incident after a look that cannot tell: where a time was being counted, it stands still from now on."""
    is_counted = incident.state is IncidentState.PENDING or incident.good_since is not None
    return replace(incident, held_since=now) if is_counted and incident.held_since is None else incident


def _count(incident: Incident, finding: Finding, now: datetime) -> Incident:
    """The incident with this look counted, in place of an earlier look at the same period."""
    again = finding.period_start is None or finding.period_start == incident.last_period
    run = incident.run_before if again else incident.bad_periods - incident.good_periods
    held_for = incident.held_for if incident.held_since is None else incident.held_for + (now - incident.held_since)
    good_since: datetime | None = None
    if finding.outlook is Outlook.BAD:
        bad, good = max(run, 0) + 1, 0
        turned = incident.good_since is not None
    else:
        bad, good = 0, max(-run, 0) + 1
        turned = incident.good_since is None
        good_since = incident.good_since or now
    return replace(
        incident,
        last_period=finding.period_start,
        bad_periods=bad,
        good_periods=good,
        run_before=run,
        facts=_facts(incident.facts, finding, again),
        good_since=good_since,
        held_since=None,
        held_for=timedelta() if turned else held_for,
    )


def _has_held(patience: Patience, periods: int | None, time: timedelta) -> bool:
    """Whether a condition has held for long enough: for so many judged periods (None: it has none), and for a time."""
    return (periods is None or periods > patience.open_after) and time >= patience.open_after_time


def _is_over(incident: Incident, good_since: datetime, patience: Patience, now: datetime) -> bool:
    """Whether an open incident has been good for long enough."""
    counted = incident.last_period is None or incident.good_periods > patience.keep_open_for
    return counted and now - good_since - incident.held_for >= patience.keep_open_for_time


def _opened(incident: Incident, now: datetime) -> Incident:
    return replace(incident, state=IncidentState.OPEN, opened_at=now, held_for=timedelta())


def _says_the_same(incident: Incident, before: Incident) -> bool:
    """Whether a look brought no news. That time goes on again after it stood still is none."""
    if (incident.held_since, incident.held_for) != (before.held_since, before.held_for):
        incident = replace(incident, held_since=before.held_since, held_for=before.held_for)
    return incident == before


def _facts(held: Mapping[str, object], finding: Finding, again: bool) -> dict[str, object]:
    """The finding's facts, with those of the judged period before under `previous`. A look without facts keeps them."""
    if not finding.facts:
        return dict(held)
    facts = dict(finding.facts)
    if again:
        if "previous" in held:
            facts["previous"] = held["previous"]
    else:
        facts["previous"] = {name: value for name, value in held.items() if name != "previous"}
    return facts


def _begin(finding: Finding, patience: Patience, now: datetime, number: int) -> Transition:
    opens = _has_held(patience, None if finding.period_start is None else 1, timedelta())
    incident = Incident(
        number=number,
        key=finding.key,
        state=IncidentState.OPEN if opens else IncidentState.PENDING,
        began_at=now,
        opened_at=now if opens else None,
        last_period=finding.period_start,
        bad_periods=1,
        facts=dict(finding.facts),
    )
    return _event(None, incident, now, "OPENED" if opens else "PENDING")


def _event(before: Incident | None, after: Incident, now: datetime, kind: str) -> Transition:
    held = {} if before is None else before.facts
    event = IncidentEvent(IncidentEventKind[kind], after.number, after.key, now, held, after.facts)
    return Transition(after, (event,))


def _close(
    incident: Incident,
    state: IncidentState,
    kind: IncidentEventKind,
    facts: Mapping[str, object],
    now: datetime,
    before: Incident | None = None,
) -> Transition:
    """Close an episode. One that never opened is withdrawn: nobody was told of it, and it is no success."""
    if incident.state is IncidentState.PENDING:
        kind = IncidentEventKind.WITHDRAWN
    closed = replace(incident, state=state, closed_at=now, facts=facts)
    held = (before or incident).facts
    return Transition(closed, (IncidentEvent(kind, incident.number, incident.key, now, held, facts),))
