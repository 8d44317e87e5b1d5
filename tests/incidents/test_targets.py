"""Looks at the targets: what each status means for an incident, and what ends one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from targetwatch.incidents import advance_all, facts, patience_of, target_findings
from targetwatch.model import Incident, IncidentState, Outlook, Reason, Role, Status
from tests.incidents.programmes import (
    BA_VI,
    CITY,
    CO_DO,
    DISTRICT_TARGET,
    DOSSIERS,
    FOLLOWERS,
    PROGRAMME,
    QUANG_OAI,
    SUOI_HAI,
    UNITS,
    assessed,
    followed,
    hanoi,
    unsaid,
)

OUTLOOKS = [
    (Status.BEHIND, Reason.SHORT_OF_REQUIRED, Outlook.BAD),
    (Status.MISSED, Reason.SHORT_OF_FINAL, Outlook.BAD),
    (Status.AT_RISK, Reason.WITHIN_MARGIN, Outlook.GOOD),
    (Status.MET, Reason.FINAL_REACHED, Outlook.GOOD),
    (Status.ON_TRACK, Reason.REQUIRED_REACHED, Outlook.GOOD),
    (Status.AT_RISK, Reason.INCOMPLETE, Outlook.UNKNOWN),
    (Status.STALE, Reason.OVERDUE, Outlook.UNKNOWN),
    (Status.NO_DATA, Reason.NEVER_OBSERVED, Outlook.UNKNOWN),
    (Status.NOT_EVALUATED, Reason.CHECK_FAILED, Outlook.UNKNOWN),
    (Status.ENDED, Reason.TARGET_ENDED, Outlook.ENDED),
    (Status.ENDED, Reason.UNIT_PASSED_ON, Outlook.ENDED),
]


def opened(assessment=None) -> Incident:
    """The incident that a pooled miss in May opens."""
    miss = assessment or assessed(CITY, 5, 21_650, 30_000, 732_621, role=Role.POOLED)
    found = target_findings(PROGRAMME, [miss], [])
    return advance_all([], found, patience_of(PROGRAMME), hanoi(2025, 6, 16), 1).incidents[0]


@pytest.mark.parametrize(("status", "reason", "outlook"), OUTLOOKS)
def test_outlook_of_each_status(status: Status, reason: Reason, outlook: Outlook):
    """Missing data is never good, and what is at risk only because units are missing is not known to be good."""
    item = assessed(CITY, 5, 1, 1, 0, role=Role.POOLED, status=status, reason=reason)
    assert [finding.outlook for finding in target_findings(PROGRAMME, [item], [])] == [outlook]


def test_every_status_has_an_outlook():
    """No status is left without a meaning for incidents."""
    assert {status for status, _, _ in OUTLOOKS} == set(Status)


@pytest.mark.parametrize("status", [Status.STALE, Status.NO_DATA, Status.NOT_EVALUATED])
def test_missing_data_resolves_nothing(status: Status):
    """An open incident stays open, with its facts, when nothing can be said any more."""
    incident = opened()
    looks = target_findings(PROGRAMME, [unsaid(CITY, status, Reason.OVERDUE)], [incident])
    assert advance_all([incident], looks, patience_of(PROGRAMME), hanoi(2025, 9, 1), 2).incidents == ()


def test_the_end_of_the_units_ends_the_incident_and_says_when():
    """Districts that no longer exist end their target's incident on their last day; nothing is called a success."""
    incident = opened()
    looks = target_findings(PROGRAMME, [unsaid(CITY, Status.ENDED, Reason.UNIT_ENDED)], [incident])
    closed = advance_all([incident], looks, patience_of(PROGRAMME), hanoi(2025, 8, 1), 2).incidents[0]
    assert closed.state is IncidentState.ENDED
    assert closed.facts["ended"] == {"reason": "unit_ended", "on": "2025-06-30"}
    assert closed.facts["judged"] == incident.facts["judged"]


def test_a_unit_that_passed_on_says_who_followed():
    """Its incident ends and names those that answer in its place, the largest part first, at whatever remove."""
    parts = ((QUANG_OAI, Fraction(1, 5)), (SUOI_HAI, Fraction(4, 5)))
    between = replace(FOLLOWERS[1], valid_to=date(2025, 7, 20))
    between = followed(between, (CO_DO, Fraction(1, 2)), (QUANG_OAI, Fraction(1, 2)))
    register = [followed(one, *parts) if one.key == BA_VI else one for one in UNITS]
    programme = replace(PROGRAMME, org_units=(*register, FOLLOWERS[0], between, FOLLOWERS[2]))
    incident = opened(assessed(BA_VI, 5, 1, 2, 732_621, role=Role.EACH))
    passed_on = unsaid(BA_VI, Status.ENDED, Reason.UNIT_PASSED_ON, role=Role.EACH)

    def looked(at):
        looks = target_findings(programme, [replace(passed_on, as_of=at)], [incident])
        return advance_all([incident], looks, patience_of(programme), at, 2).incidents[0]

    early, late = looked(hanoi(2025, 7, 10)), looked(hanoi(2025, 8, 1))
    assert (early.state, late.state) == (IncidentState.ENDED, IncidentState.ENDED)
    ended = {"reason": "unit_passed_on", "on": "2025-06-30"}
    assert early.facts["ended"] == {**ended, "followed_by": ["09630@2025-07-01", "09619@2025-07-01"]}
    assert late.facts["ended"] == {**ended, "followed_by": ["09619@2025-07-01", "09635@2025-07-01"]}
    assert json.loads(json.dumps(late.facts)) == late.facts


def test_the_end_of_the_version_is_its_own_day():
    """A target whose version ran out ended on the version's last day."""
    programme = replace(PROGRAMME, targets=(replace(DISTRICT_TARGET, effective_to=date(2025, 12, 31)),))
    looks = target_findings(programme, [unsaid(CITY, Status.ENDED, Reason.TARGET_ENDED)], [opened()])
    assert looks[0].facts == {"ended": {"reason": "target_ended", "on": "2025-12-31"}}


def test_a_new_version_supersedes_and_begins_anew():
    """When a new version is judged, the old one's incident is superseded and a miss of the new one is another."""
    second = replace(DISTRICT_TARGET, version="v2", effective_from=date(2025, 6, 1))
    programme = replace(PROGRAMME, targets=(replace(DISTRICT_TARGET, effective_to=date(2025, 5, 31)), second))
    looks = target_findings(programme, [assessed(CITY, 6, 1, 2, 700_000, role=Role.POOLED, target=second)], [opened()])
    assert [look.outlook for look in looks] == [Outlook.SUPERSEDED, Outlook.BAD]
    assert looks[0].facts == {"followed_by": "v2"}


def test_an_ended_version_beside_the_new_one_is_superseded_not_ended():
    """Of two versions of one target the one that goes on counts."""
    second = replace(DISTRICT_TARGET, version="v2", effective_from=date(2025, 6, 1))
    programme = replace(PROGRAMME, targets=(replace(DISTRICT_TARGET, effective_to=date(2025, 5, 31)), second))
    both = [
        unsaid(CITY, Status.ENDED, Reason.TARGET_ENDED),
        assessed(CITY, 6, 9, 10, 700_000, role=Role.POOLED, target=second),
    ]
    looks = target_findings(programme, both, [opened()])
    assert [look.outlook for look in looks] == [Outlook.SUPERSEDED, Outlook.GOOD]


def test_a_target_that_left_the_catalogue_is_superseded():
    """No incident outlives its target: it closes, and not as resolved."""
    incident = opened()
    looks = target_findings(replace(PROGRAMME, targets=()), [], [incident])
    assert [(look.key, look.outlook) for look in looks] == [(incident.key, Outlook.SUPERSEDED)]


def test_nothing_found_about_a_live_target_holds_it():
    """A target that was not assessed in a pass keeps its incident as it is."""
    assert target_findings(PROGRAMME, [], [opened()]) == []


def test_facts_are_plain_json_and_read_back():
    """What an incident keeps survives being stored as JSON, and reads back as what was judged."""
    incident = opened()
    stored = json.loads(json.dumps(incident.facts))
    assert stored == incident.facts
    judged = assessed(CITY, 5, 21_650, 30_000, 732_621, role=Role.POOLED)
    assert facts.to_assessment(stored["judged"], judged.as_of) == replace(judged, known_at=None)
    assert facts.to_target(stored["target"]).name == DISTRICT_TARGET.name
    assert facts.to_metric(stored["metric"]) == replace(DOSSIERS, sql=None)


def test_looking_later_at_the_same_figures_is_no_change():
    """The moments of looking and of arrival are no facts: the same figures later are the same finding."""
    first = assessed(BA_VI, 5, 1, 2, 700_000, as_of=hanoi(2025, 6, 16))
    later = assessed(BA_VI, 5, 1, 2, 700_000, as_of=hanoi(2025, 6, 18))
    assert target_findings(PROGRAMME, [first], []) == target_findings(PROGRAMME, [later], [])
