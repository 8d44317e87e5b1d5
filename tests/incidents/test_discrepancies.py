"""Looks at what units report of themselves: when an incident opens, what holds it, and what ends it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from targetwatch.incidents import advance_all, claim_findings, discrepancy_findings, facts, patience_of
from targetwatch.model import (
    Discrepancy,
    Incident,
    IncidentKind,
    IncidentState,
    Lapse,
    Programme,
    ReportFinding,
    Text,
)
from tests.incidents.programmes import BA_VI, DISTRICTS_END, LONG_BIEN, PROGRAMME

NOW = datetime(2025, 5, 20, tzinfo=UTC)
AFTER_THE_END = datetime(2025, 7, 20, tzinfo=UTC)
APRIL, MAY = (date(2025, 4, 1), date(2025, 4, 30)), (date(2025, 5, 1), date(2025, 5, 31))
MISREPORTED, AGREES = ReportFinding.MISREPORTED, ReportFinding.AGREES


def report(finding: ReportFinding = MISREPORTED, **changes: object) -> Discrepancy:
    """Ba Vi's report of April: 95 %, where its records show 78 %."""
    made = Discrepancy(
        metric="dossiers_online",
        tier="district",
        org_unit=BA_VI.code,
        org_unit_valid_from=BA_VI.valid_from,
        period_start=APRIL[0],
        period_end=APRIL[1],
        reported_numerator=95,
        reported_denominator=100,
        reported_parts=True,
        reported_at=NOW,
        computed_numerator=78,
        computed_denominator=100,
        computed_parts=True,
        computed_at=NOW,
        deviation=170_000,
        allowed=10_000,
        finding=finding,
    )
    return replace(made, **changes)


ACCEPTED = report(
    ReportFinding.ACKNOWLEDGED, reason=Text("hai phần mềm", "two systems"), acknowledged_by="chairs",
    acknowledged_until=date(2025, 5, 31),
)  # fmt: skip
EXPIRED = replace(ACCEPTED, finding=MISREPORTED, lapsed=Lapse.EXPIRED)
OF_MAY = {"period_start": MAY[0], "period_end": MAY[1]}


def looked(
    *looks: Iterable[Discrepancy], programme: Programme = PROGRAMME, now: datetime = NOW
) -> tuple[list[Incident], list[str]]:
    """The incidents after some looks, and everything that happened to them."""
    held: dict[int, Incident] = {}
    events: list[str] = []
    for newest in looks:
        live = [one for one in held.values() if one.state.is_live]
        found = discrepancy_findings(programme, newest, live, now)
        advanced = advance_all(live, found, patience_of(programme), now, len(held) + 1)
        held |= {one.number: one for one in advanced.incidents}
        events += [event.kind.value for event in advanced.events]
    return list(held.values()), events


# the looks, one after the other -> what happened
STORIES = {
    "it opens at the first look": ([[report()]], ["opened"]),
    "looking again changes nothing": ([[report()], [report()], [report(reported_at=AFTER_THE_END)]], ["opened"]),
    "a corrected report resolves it": ([[report()], [report(AGREES, reported_numerator=78)]], ["opened", "resolved"]),
    "completed records resolve it": ([[report()], [report(AGREES, computed_numerator=95)]], ["opened", "resolved"]),
    "other figures change it": ([[report()], [report(reported_numerator=90)]], ["opened", "changed"]),
    "a new period that differs goes on with it": ([[report()], [report(**OF_MAY)]], ["opened", "changed"]),
    "a new period that agrees resolves it": ([[report()], [report(AGREES, **OF_MAY)]], ["opened", "resolved"]),
    "an older period moves nothing": ([[report(**OF_MAY)], [report(AGREES)]], ["opened"]),
    "what cannot be judged holds it": ([[report()], []], ["opened"]),
    "acknowledged before it was told, it never opens": ([[ACCEPTED]], []),
    "acknowledged, it is over and no success": ([[report()], [ACCEPTED], [ACCEPTED]], ["opened", "superseded"]),
    "expired, it is told anew": ([[report()], [ACCEPTED], [EXPIRED]], ["opened", "superseded", "opened"]),
    "what agrees opens nothing": ([[report(AGREES)]], []),
}


@pytest.mark.parametrize("story", STORIES)
def test_the_life_of_an_incident(story: str) -> None:
    """Each look does what the rules say, and once."""
    looks, events = STORIES[story]
    assert looked(*looks)[1] == events


def test_each_unit_has_an_incident_of_its_own() -> None:
    """Its key is the metric, the tier and the unit."""
    other = {"org_unit": LONG_BIEN.code, "org_unit_valid_from": LONG_BIEN.valid_from}
    incidents, _ = looked([report(), report(**other)])
    assert [(one.key.kind, one.key.subject, one.key.org_unit) for one in incidents] == [
        (IncidentKind.MISREPORTED, "dossiers_online/district", BA_VI.code),
        (IncidentKind.MISREPORTED, "dossiers_online/district", LONG_BIEN.code),
    ]


def test_a_unit_that_has_ended_can_correct_nothing() -> None:
    """Its incident ends with it, and none is opened."""
    assert looked([report()], now=AFTER_THE_END)[1] == []
    incidents, _ = looked([report()])
    (finding,) = discrepancy_findings(PROGRAMME, [report()], incidents, AFTER_THE_END)
    advanced = advance_all(incidents, [finding], patience_of(PROGRAMME), AFTER_THE_END, 2)
    assert [one.state for one in advanced.incidents] == [IncidentState.ENDED]
    assert AFTER_THE_END.date() > DISTRICTS_END


def test_a_metric_that_is_gone_is_superseded() -> None:
    """A catalogue without the metric closes its incidents, and says that this is no success."""
    incidents, _ = looked([report()])
    without = replace(PROGRAMME, metrics={})
    (finding,) = discrepancy_findings(without, [], incidents, NOW)
    advanced = advance_all(incidents, [finding], patience_of(without), NOW, 2)
    assert [one.state for one in advanced.incidents] == [IncidentState.SUPERSEDED]


def test_claims_and_reports_leave_each_other_alone() -> None:
    """Both are misreported; looking at published figures closes no incident about a unit's report."""
    incidents, _ = looked([report()])
    assert claim_findings([], incidents) == []
    assert [one.key.org_unit for one in discrepancy_findings(PROGRAMME, [report()], incidents, NOW)] == [BA_VI.code]


@pytest.mark.parametrize("one", [report(), ACCEPTED, EXPIRED, report(deviation=None)], ids=str)
def test_facts_come_back_as_they_were(one: Discrepancy) -> None:
    """What is kept with an incident is the discrepancy, but for when its figures arrived."""
    again = facts.to_discrepancy(facts.of_discrepancy(one), NOW)
    assert again == one
    assert "reported_at" not in facts.of_discrepancy(one)
