"""A changed target closes an incident only as `superseded`, and says so."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from hypothesis import given

from targetwatch.incidents import outlook_of
from targetwatch.model import (
    Assessment,
    Delivery,
    Incident,
    IncidentEventKind,
    IncidentKey,
    IncidentKind,
    IncidentState,
    Outlook,
    Role,
    Scope,
    Selector,
    Status,
    TargetVersion,
)
from targetwatch.notifications.telling.targets import is_share
from targetwatch.retracing import Course, Pass, moments, retrace
from tests.evaluation.worlds import HOLD, SUITE, hanoi, target
from tests.properties.generated import (
    DISTRICTS,
    MONTHS,
    Report,
    examples,
    histories,
    known,
    pasts_of_targets,
    small_city,
)

SAID = {  # that a new version took its place, and that this is no success
    "engineers": ("A new version took the target’s place", "the target was not reached"),
    "heads": ("Chỉ tiêu có bản mới thay thế", "không phải vì đã đạt"),
}
EVENTS = {
    IncidentState.SUPERSEDED: IncidentEventKind.SUPERSEDED,
    IncidentState.RESOLVED: IncidentEventKind.RESOLVED,
    IncidentState.ENDED: IncidentEventKind.ENDED,
}


def test_a_changed_target_supersedes_and_nothing_else_does() -> None:
    """Over generated pasts of targets: how each incident closed is what its target's versions had come to."""
    closed: set[IncidentState] = set()

    @examples(5, shrinks=False)
    @given(histories(MONTHS[:5]), pasts_of_targets())
    def held(history: list[Report], targets: list[TargetVersion]) -> None:
        made = small_city(targets)
        past = known(made, history)
        looks = moments(made, past, MONTHS[0], date(2025, 6, 20))[::2]
        (retraced,) = retrace([Course(made, past, looks)], SUITE, tell=True)
        assert retraced.check_failures == ()
        live: Mapping[IncidentKey, Incident] = {}
        for one in retraced.passes:
            found = {key(assessment): assessment for assessment in one.assessments}
            assert len(found) == len(one.assessments)
            for before in live.values():
                after = next(incident for incident in one.incidents if incident.number == before.number)
                closes_rightly(one, before, after, found[before.key])
                closed.add(after.state)
            says_so(one)
            live = {incident.key: incident for incident in targets_incidents(one.incidents) if incident.state.is_live}

    held()
    assert closed >= {*EVENTS, IncidentState.OPEN, IncidentState.PENDING}


def test_one_recovered_and_one_superseded_is_no_recovery() -> None:
    """Two districts have one message. In one pass the first recovers in March, and the second is judged by April's.

    That the first has recovered closes no message in which the other was never said to have reached it.
    """
    february, march, april = MONTHS[1:4]
    each = target(scope=Scope.EACH, selector=Selector(level="district"), trajectory=HOLD, effective_from=MONTHS[0])
    old = replace(each, version="old", effective_to=date(2025, 3, 31))
    new = replace(each, version="new", value=500_000, effective_from=april, replaces=MONTHS[0])
    history = [
        *(Report(code, february, 70, 100, 0, 3) for code in DISTRICTS[:2]),
        Report(DISTRICTS[0], march, 90, 100, 0, 40),
        Report(DISTRICTS[1], march, 70, 100, 0, 3),
        Report(DISTRICTS[1], april, 70, 100, 0, 3),
    ]
    made = small_city([old, new])
    looks = (hanoi(date(2025, 3, 10)), hanoi(date(2025, 4, 10)), hanoi(date(2025, 5, 12)))
    (retraced,) = retrace([Course(made, known(made, history), looks)], SUITE, tell=True)
    last = retraced.passes[-1]
    assert {one.key.org_unit: one.state for one in targets_incidents(last.incidents)} == {
        DISTRICTS[0]: IncidentState.RESOLVED,
        DISTRICTS[1]: IncidentState.SUPERSEDED,
    }
    about = [one for one in last.notifications if one.group == "behind/online_district"]
    assert {one.reason for one in about} == {"superseded"}
    says_so(last)


def key(assessment: Assessment) -> IncidentKey:
    """The incident that an assessment would be about."""
    return IncidentKey(IncidentKind.BEHIND, assessment.target, assessment.org_unit, assessment.org_unit_valid_from)


def targets_incidents(incidents: Iterable[Incident]) -> list[Incident]:
    """Those that are about targets, and not about sources."""
    return [one for one in incidents if one.key.kind is IncidentKind.BEHIND]


def judged_by(incident: Incident) -> object:
    """The version that the incident was last judged by."""
    judged = incident.facts["judged"]
    assert isinstance(judged, Mapping)
    return judged["target_version"]


def closes_rightly(one: Pass, before: Incident, after: Incident, found: Assessment) -> None:
    """Superseded where another version is judged by, and only there; resolved by the same one alone."""
    changed = found.target_version != judged_by(before) and found.status is not Status.ENDED
    assert (after.state is IncidentState.SUPERSEDED) is changed
    assert (after.state is IncidentState.ENDED) is (found.status is Status.ENDED)
    if changed:
        assert after.facts["followed_by"] == found.target_version
    if after.state is IncidentState.RESOLVED:
        assert (judged_by(after), outlook_of(found)) == (found.target_version, Outlook.GOOD)
    events = [event.kind for event in one.events if event.number == before.number]
    if after.state in EVENTS:
        never_opened = before.opened_at is None
        assert events == [IncidentEventKind.WITHDRAWN if never_opened else EVENTS[after.state]]
        assert after.closed_at == one.as_of
    else:
        assert set(events) <= {IncidentEventKind.OPENED, IncidentEventKind.CHANGED}


def says_so(one: Pass) -> None:
    """Whoever was told of an incident is told that it is superseded; nobody is told so of another, or of a success."""
    superseded = [
        incident
        for incident in targets_incidents(one.incidents)
        if incident.state is IncidentState.SUPERSEDED and incident.opened_at is not None and not is_share(incident)
    ]
    groups = {f"{incident.key.kind}/{incident.key.subject}" for incident in superseded}
    told: set[tuple[str, str]] = set()
    for each in one.notifications:
        new_version, no_success = SAID[each.receiver]
        said = json.dumps(each.payload, ensure_ascii=False)
        if new_version in said:
            assert each.group in groups
            told.add((each.receiver, each.group))
        if each.reason == "superseded":
            assert no_success in said
        if each.group in groups:
            assert each.reason != "resolved"
    assert told == {(receiver, group) for receiver in SAID for group in groups}
    # Where one answers for all: one edit of the message that stands, and one reply in its thread.
    for incident in superseded:
        if role(incident) is Role.POOLED:
            closing = [
                (each.receiver, each.delivery)
                for each in one.notifications
                if each.episode == incident.number and each.reason == "superseded"
            ]
            assert sorted(closing) == sorted((to, how) for to in SAID for how in (Delivery.UPDATE, Delivery.REPLY))


def role(incident: Incident) -> Role:
    """What part the unit of an incident plays."""
    judged = incident.facts["judged"]
    assert isinstance(judged, Mapping)
    return Role(judged["role"])
