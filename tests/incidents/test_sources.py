"""Looks at the sources and the published figures: lateness, refused deliveries, figures that do not add up."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from targetwatch.incidents import (
    Covered,
    DeliveryRecord,
    Owed,
    advance_all,
    claim_findings,
    late_findings,
    outstanding,
    owed_from,
    patience_of,
    quality_findings,
)
from targetwatch.model import Claim, IncidentKey, IncidentKind, IncidentState, Outlook, Period, Text, UnitKey
from tests.incidents.programmes import BA_VI, DONG_ANH, LONG_BIEN, PROGRAMME, START, hanoi, key

APRIL = Period(date(2025, 4, 1), date(2025, 4, 30))
MAY = Period(date(2025, 5, 1), date(2025, 5, 31))
JUNE = Period(date(2025, 6, 1), date(2025, 6, 30))
DEADLINE = hanoi(2025, 6, 13, 17)
AFTER = hanoi(2025, 6, 13, 18)


def owed(unit: UnitKey, reported: bool, tier: str = "district", period: Period = MAY, deadline=DEADLINE) -> Owed:
    """What a unit owed procedures for May."""
    return Owed("procedures", tier, unit, period, deadline, hanoi(2025, 6, 5) if reported else None)


def delivery(batch: str, accepted: bool, day: int, *covers: Covered) -> DeliveryRecord:
    """A delivery to procedures on a day of June."""
    because = None if accepted else "column closed_on is missing"
    name = f"{batch}.csv"
    return DeliveryRecord(batch, "procedures", name, accepted, because, hanoi(2025, 6, day), 10, 2, frozenset(covers))


def covered(unit: UnitKey, period: Period = MAY) -> Covered:
    """A district and period."""
    return Covered("district", unit, period)


def test_units_past_the_deadline_are_late_and_named():
    """The finding names the missing units under their parent, with how many were due and how many came."""
    all_owed = [owed(BA_VI, True), owed(DONG_ANH, True), owed(LONG_BIEN, False)]
    (finding,) = late_findings(PROGRAMME, all_owed, [], [], AFTER)
    assert (finding.key, finding.outlook) == (IncidentKey(IncidentKind.LATE, "procedures"), Outlook.BAD)
    assert finding.facts == json.loads(json.dumps(finding.facts))
    assert finding.facts["counts"] == [{"tier": "district", "level": "district", "reported": 2, "due": 3}]
    assert finding.facts["missing"] == [
        {"tier": "district", "parent": "01@2021-01-01", "count": 1, "units": ["004@2021-01-01"]}
    ]
    assert finding.facts["deadline"] == "2025-06-13T10:00:00+00:00"


def test_who_is_silent_for_longer_is_told_since_when():
    """Beside who is missing the finding says for whom it is not the first period, the longest silence first."""
    march = Period(date(2025, 3, 1), date(2025, 3, 31))
    all_owed = [
        replace(owed(BA_VI, False), silent_since=APRIL, silent_for=2),
        replace(owed(DONG_ANH, False), silent_since=march, silent_for=3),
        replace(owed(LONG_BIEN, False), silent_since=MAY, silent_for=1),
    ]
    (finding,) = late_findings(PROGRAMME, all_owed, [], [], AFTER)
    assert finding.facts["silent"] == [
        {"since": ["2025-03-01", "2025-03-31"], "periods": 3, "units": ["017@2021-01-01"]},
        {"since": ["2025-04-01", "2025-04-30"], "periods": 2, "units": ["271@2021-01-01"]},
    ]


def due_in_spring(*reported: tuple[UnitKey, Period, int]) -> pl.DataFrame:
    """What three districts owe of April and May, and who reported what on which day of June."""
    moment = pl.Datetime("us", "UTC")
    came = {(unit, period): hanoi(2025, 6, day) for unit, period, day in reported}
    deadlines = {APRIL: hanoi(2025, 5, 16, 17), MAY: DEADLINE}
    return pl.DataFrame(
        [
            ("dossiers_online", "district", unit.code, START, period.first_day, period.last_day, deadline,
             came.get((unit, period)))
            for unit in (BA_VI, DONG_ANH, LONG_BIEN)
            for period, deadline in deadlines.items()
        ],
        schema={
            "metric": pl.String, "tier": pl.String, "org_unit": pl.String, "org_unit_valid_from": pl.Date,
            "period_start": pl.Date, "period_end": pl.Date, "deadline": moment, "reported_at": moment,
        },
        orient="row",
    )  # fmt: skip


def test_a_backfill_of_an_old_period_leaves_a_source_late():
    """April, brought by all on 14 June, makes nobody report May: all are late still, and silent for one period only."""
    backfilled = due_in_spring(*((unit, APRIL, 14) for unit in (BA_VI, DONG_ANH, LONG_BIEN)))
    before, after = (
        late_findings(PROGRAMME, owed_from(PROGRAMME, due, hanoi(2025, 6, 15)), [], [], hanoi(2025, 6, 15))[0]
        for due in (due_in_spring(), backfilled)
    )
    assert (before.outlook, after.outlook) == (Outlook.BAD, Outlook.BAD)
    assert before.facts["missing"] == after.facts["missing"]
    assert (after.facts["period_start"], after.facts["counts"][0]["reported"]) == ("2025-05-01", 0)
    assert (len(before.facts["silent"]), after.facts["silent"]) == (1, [])


def test_a_unit_that_reported_an_older_period_only_is_named():
    """Who brought April after the deadline of May is missing beside who brought nothing; who brought May is not."""
    due = due_in_spring((BA_VI, APRIL, 14), (LONG_BIEN, MAY, 14))
    (finding,) = late_findings(PROGRAMME, owed_from(PROGRAMME, due, hanoi(2025, 6, 15)), [], [], hanoi(2025, 6, 15))
    assert finding.facts["missing"][0]["units"] == ["017@2021-01-01", "271@2021-01-01"]
    assert [one["units"] for one in finding.facts["silent"]] == [["017@2021-01-01"]]


def test_a_source_that_never_delivered_is_late_and_its_facts_say_so():
    """Not to have begun is no excuse: the incident opens, with `begun` false, until something has come."""
    never, begun = (
        late_findings(PROGRAMME, [owed(BA_VI, False)], [], [], AFTER, begun)[0] for begun in ((), ("procedures",))
    )
    assert (never.outlook, never.facts["begun"]) == (Outlook.BAD, False)
    assert (begun.outlook, begun.facts["begun"]) == (Outlook.BAD, True)


def test_many_communes_are_grouped_by_district():
    """Missing communes are listed by the district they have in common, tier after tier."""
    communes = [owed(key(code), False, "commune") for code in ("09620", "09619", "00454")]
    (finding,) = late_findings(PROGRAMME, [owed(BA_VI, False), *communes], [], [], AFTER)
    groups = [(group["tier"], group["parent"], group["count"]) for group in finding.facts["missing"]]
    assert groups == [
        ("district", "01@2021-01-01", 1),
        ("commune", "017@2021-01-01", 1),
        ("commune", "271@2021-01-01", 2),
    ]


def test_before_the_deadline_nobody_is_late():
    """A period whose deadline is still to come says nothing."""
    assert late_findings(PROGRAMME, [owed(BA_VI, False)], [], [], DEADLINE - timedelta(seconds=1)) == []


def test_all_reported_is_good():
    """When the newest due period is complete the source is not late."""
    (finding,) = late_findings(PROGRAMME, [owed(BA_VI, True)], [], [], AFTER)
    assert finding.outlook is Outlook.GOOD


def test_only_the_newest_period_counts():
    """A source that has the newest period is not late for an older one."""
    june = owed(BA_VI, True, period=JUNE, deadline=hanoi(2025, 7, 14, 17))
    (finding,) = late_findings(PROGRAMME, [owed(BA_VI, False), june], [], [], hanoi(2025, 7, 15))
    assert finding.outlook is Outlook.GOOD


def test_what_is_complete_is_the_newest_period():
    """A source that is good again says which period it has; an older one that was missing may never come."""
    june = owed(BA_VI, True, period=JUNE, deadline=hanoi(2025, 7, 14, 17))
    (finding,) = late_findings(PROGRAMME, [owed(BA_VI, False), june], [], [], hanoi(2025, 7, 15))
    assert (finding.facts["period_start"], finding.facts["missing"]) == (JUNE.first_day.isoformat(), [])


def test_a_refused_delivery_of_a_late_unit_is_named():
    """A unit that is late because its delivery was refused is told why."""
    refused = delivery("b1", False, 12, covered(LONG_BIEN))
    other = delivery("b2", False, 12, covered(BA_VI))
    (finding,) = late_findings(PROGRAMME, [owed(LONG_BIEN, False), owed(BA_VI, True)], [refused, other], [], AFTER)
    assert [item["batch_id"] for item in finding.facts["refused"]] == ["b1"]


def test_units_that_are_gone_are_late_for_a_while_and_then_ended():
    """June's report is still owed in July, when the districts are no more; a period later nobody is left to send it."""
    june = [owed(BA_VI, False, period=JUNE, deadline=hanoi(2025, 7, 14, 17))]
    (late,) = late_findings(PROGRAMME, june, [], [], hanoi(2025, 7, 15))
    (ended,) = late_findings(PROGRAMME, june, [], [], hanoi(2025, 8, 1))
    assert (late.outlook, ended.outlook) == (Outlook.BAD, Outlook.ENDED)


def test_a_planned_source_is_never_late_and_a_lost_one_is_superseded():
    """Sources that are not gathered owe nothing, and an incident of one that left the catalogue closes."""
    (finding,) = late_findings(PROGRAMME, [owed(BA_VI, False)], [], [], AFTER)
    incident = advance_all([], [finding], patience_of(PROGRAMME), AFTER, 1).incidents[0]
    programme = replace(PROGRAMME, sources={})
    (gone,) = late_findings(programme, [owed(BA_VI, False)], [], [incident], AFTER)
    assert gone == replace(gone, key=incident.key, outlook=Outlook.SUPERSEDED)
    planned = replace(owed(BA_VI, False), source="portal")
    assert late_findings(PROGRAMME, [planned], [], [], AFTER) == []


def test_a_late_source_that_delivers_is_resolved_and_remembered():
    """The incident closes at the first look without missing units, and still knows what it was about."""
    looks = late_findings(PROGRAMME, [owed(BA_VI, False)], [], [], AFTER)
    looks += late_findings(PROGRAMME, [owed(BA_VI, True)], [], [], AFTER)
    (incident,) = advance_all([], looks, patience_of(PROGRAMME), AFTER, 1).incidents
    assert incident.state is IncidentState.RESOLVED
    assert incident.facts["period_start"] == "2025-05-01"


def test_owed_is_taken_from_the_due_frame():
    """Of the newest passed period of each working source, once a unit and tier, with since when a unit is silent."""
    moment = pl.Datetime("us", "UTC")
    due = pl.DataFrame(
        [
            ("dossiers_online", "district", "271", START, MAY.first_day, MAY.last_day, DEADLINE, None),
            ("dossiers_online", "district", "017", START, MAY.first_day, MAY.last_day, DEADLINE, hanoi(2025, 6, 5)),
            ("dossiers_online", "district", "271", START, APRIL.first_day, APRIL.last_day, hanoi(2025, 5, 15), None),
            ("dossiers_online", "district", "271", START, JUNE.first_day, JUNE.last_day, hanoi(2025, 7, 14), None),
            ("rank", "city", "01", START, MAY.first_day, MAY.last_day, None, None),
        ],
        schema={
            "metric": pl.String, "tier": pl.String, "org_unit": pl.String, "org_unit_valid_from": pl.Date,
            "period_start": pl.Date, "period_end": pl.Date, "deadline": moment, "reported_at": moment,
        },
        orient="row",
    )  # fmt: skip
    silent = replace(owed(BA_VI, False), silent_since=APRIL, silent_for=2)
    assert owed_from(PROGRAMME, due, AFTER) == [owed(DONG_ANH, True), silent]


REFUSALS = [
    ("nothing came since", [delivery("a", False, 10)], ["a"]),
    ("it named nothing, and anything accepted came since", [delivery("a", False, 10), delivery("b", True, 11)], []),
    ("what was accepted before does not count", [delivery("b", True, 9), delivery("a", False, 10)], ["a"]),
    (
        "the same units and periods came since",
        [delivery("a", False, 10, covered(BA_VI)), delivery("b", True, 11, covered(BA_VI))],
        [],
    ),
    (
        "other units came since",
        [delivery("a", False, 10, covered(BA_VI)), delivery("b", True, 11, covered(DONG_ANH))],
        ["a"],
    ),
    (
        "its units came since, one by one",
        [
            delivery("a", False, 10, covered(BA_VI), covered(DONG_ANH)),
            delivery("b", True, 11, covered(BA_VI)),
            delivery("c", True, 12, covered(DONG_ANH)),
        ],
        [],
    ),
    (
        "another period of the unit came since",
        [delivery("a", False, 10, covered(BA_VI)), delivery("b", True, 11, covered(BA_VI, JUNE))],
        ["a"],
    ),
    ("what came at the same moment is not later", [delivery("a", False, 10), delivery("b", True, 10)], ["a"]),
    ("the newest is told first", [delivery("a", False, 10), delivery("b", False, 11)], ["b", "a"]),
]


@pytest.mark.parametrize(("claim", "deliveries", "expected"), REFUSALS)
def test_what_makes_a_refused_delivery_good(claim: str, deliveries: list[DeliveryRecord], expected: list[str]):
    """A refused delivery is outstanding until later accepted ones cover what it was for."""
    for order in (deliveries, deliveries[::-1]):
        assert [one.batch_id for one in outstanding(order)] == expected, claim


def test_another_source_makes_nothing_good():
    """Only deliveries of the same source count."""
    other = replace(delivery("b", True, 11), source="rankings")
    assert [one.batch_id for one in outstanding([delivery("a", False, 10), other])] == ["a"]


def test_quality_opens_and_resolves():
    """A refused delivery opens an incident with its reason; a good one of the source resolves it."""
    refused = delivery("a", False, 10, covered(BA_VI))
    opened = advance_all([], quality_findings(PROGRAMME, [refused], []), patience_of(PROGRAMME), AFTER, 1)
    (incident,) = opened.incidents
    assert incident.facts["refused"][0]["because"] == "column closed_on is missing"
    looks = quality_findings(PROGRAMME, [refused, delivery("b", True, 11, covered(BA_VI))], [incident])
    (closed,) = advance_all([incident], looks, patience_of(PROGRAMME), AFTER, 2).incidents
    assert closed.state is IncidentState.RESOLVED


def claim(finding: str) -> Claim:
    """The published figure of communes with a page of their own."""
    return Claim(
        "commune_websites/2021-07-15", "rank", Text("Xã có trang", "Communes with a page"), date(2021, 7, 15),
        410, 579, "69.3", "percent", "share", "exact", "R2021b", finding,
    )  # fmt: skip


def test_claims_open_resolve_hold_and_leave():
    """A figure that does not add up opens; one that does resolves; one not compared holds; one gone is superseded."""
    (bad,) = claim_findings([claim("misreported")], [])
    assert bad.outlook is Outlook.BAD
    assert bad.facts["claim"]["published"] == "69.3"
    (incident,) = advance_all([], [bad], patience_of(PROGRAMME), datetime(2025, 1, 1, tzinfo=UTC), 1).incidents
    outlooks = [claim_findings([claim(found)], [incident])[0].outlook for found in ("adds_up", "not_compared")]
    assert outlooks == [Outlook.GOOD, Outlook.UNKNOWN]
    assert claim_findings([], [incident])[0].outlook is Outlook.SUPERSEDED
