"""Published figures against each other and against the records, through the real claims suite."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from targetwatch.catalogue import load
from targetwatch.checks.judgement import CLAIMS, judge
from targetwatch.evaluation.claims import claims_frame, decide_claims
from targetwatch.evaluation.coverage import by_origin
from targetwatch.model import Against, Claim, Metric, MetricKind, Programme, RatePer
from targetwatch.settings import CHECKOUT

from .worlds import CLAIMS_SUITE, IN_APRIL, MARCH, THREE, World, hanoi, metric, programme

PUBLISHED = CHECKOUT / "catalogue" / "published" / "published.csv"
VISITS = metric("visits", kind=MetricKind.LEVEL, unit_of_measure="count", cumulative=True)
A_DAY = metric("visits_a_day", kind=MetricKind.LEVEL, unit_of_measure="count", rate_of="visits", rate_per=RatePer.DAY)
TAKEDOWNS = metric("takedowns", kind=MetricKind.COUNT, unit_of_measure="count")
SHARE = metric("online")
HERE = programme(units=THREE, metrics=[VISITS, A_DAY, TAKEDOWNS, SHARE])
LAST, THIS = date(2018, 9, 30), date(2019, 9, 30)


def figure(metric_: Metric, as_of: date, published: str, reference: str = "R1", **changes: Any) -> dict[str, Any]:
    """One row of published_figures."""
    row = {
        "metric": metric_.id,
        "name_vi": "tên",
        "name_en": "name",
        "as_of": as_of,
        "numerator": None,
        "denominator": None,
        "published": published,
        "unit_of_measure": metric_.unit_of_measure,
        "compared_as": "none",
        "qualifier": "exact",
        "reference": reference,
        "tier": "city",
        "org_unit": "01",
        "org_unit_valid_from": date(2021, 1, 1),
        "published_on": as_of,
        "replaces": None,
    }
    assert set(changes) <= set(row)
    return {**row, **changes}


def claims(*rows: dict[str, Any], of: Programme = HERE, each: pl.DataFrame | None = None) -> dict[str, Claim]:
    """What is found of published figures, by the ids of their claims."""
    frame = claims_frame(pl.DataFrame(rows, infer_schema_length=None), of, each)
    judgement = judge(frame, CLAIMS_SUITE, CLAIMS)
    assert judgement.failures == ()
    return {one.id: one for one in decide_claims(frame, judgement.verdicts)}


def against(claim: Claim) -> list[str]:
    """What a figure does not agree with."""
    return [one.against.value for one in claim.contradictions]


# the earlier total and its wording, the later one and its wording -> whether the later one contradicts it
TOTALS = {
    "it grows": ("200000000", "exact", "210000000", "exact", False),
    "it stays": ("200000000", "exact", "200000000", "exact", False),
    "it falls": ("200000000", "exact", "199999999", "exact", True),
    "about so many may be 5 % less": ("200000000", "about", "190000000", "exact", False),
    "and no more than that": ("200000000", "about", "189999999", "exact", True),
    "more than so many, then fewer": ("200000000", "more than", "150000000", "nearly", True),
}


@pytest.mark.parametrize("case", TOTALS)
def test_a_cumulative_figure_never_falls(case: str) -> None:
    """What is counted since a beginning contradicts an earlier figure that is larger, but for loose wording."""
    earlier, one, later, other, is_wrong = TOTALS[case]
    found = claims(figure(VISITS, LAST, earlier, qualifier=one), figure(VISITS, THIS, later, "R2", qualifier=other))
    claim = found["visits/2019-09-30"]
    assert against(claim) == (["earlier"] if is_wrong else [])
    assert claim.finding == ("misreported" if is_wrong else "not_evaluated")
    assert claim.parts_agree
    assert found["visits/2018-09-30"].contradictions == ()


def test_what_is_counted_by_period_may_fall() -> None:
    """292 clips in one year and 220 in another contradict nothing."""
    found = claims(figure(TAKEDOWNS, LAST, "292"), figure(TAKEDOWNS, THIS, "220", "R2"))
    assert [one.contradictions for one in found.values()] == [(), ()]


# the unit, the first document's figure, the later one's -> whether the later one contradicts it
REPUBLISHED = {
    "the same": (TAKEDOWNS, "292", "292", False),
    "another": (TAKEDOWNS, "292", "293", True),
    "a share with fewer digits": (SHARE, "69.3", "69", False),
    "another share": (SHARE, "69.3", "69.4", True),
    "another in fewer digits": (SHARE, "69.3", "70", True),
}


@pytest.mark.parametrize("case", REPUBLISHED)
def test_another_figure_for_the_same_day(case: str) -> None:
    """A later document with another figure contradicts the first one, which is named; the first is left alone."""
    measured, first, later, is_wrong = REPUBLISHED[case]
    rows = [
        figure(measured, LAST, later, "R2", published_on=THIS),
        figure(measured, LAST, first, "R1"),
    ]
    found = claims(*rows)
    one, other = found[f"{measured.id}/2018-09-30"], found[f"{measured.id}/2018-09-30/R2"]
    assert (one.published, one.contradictions) == (first, ())
    assert against(other) == (["republished"] if is_wrong else [])
    if is_wrong:
        (contradiction,) = other.contradictions
        assert (contradiction.published, contradiction.reference) == (first, "R1")


def test_a_later_document_may_say_that_it_replaces_the_first() -> None:
    """Then the two contradict nothing, and the first is not held against anything any more."""
    found = claims(
        figure(TAKEDOWNS, LAST, "292"), figure(TAKEDOWNS, LAST, "293", "R2", published_on=THIS, replaces="R1")
    )
    assert [(one.reference, one.finding, one.contradictions) for one in found.values()] == [
        ("R1", "replaced", ()),
        ("R2", "not_evaluated", ()),
    ]


# the published rate and its wording, the second total -> whether they contradict each other; 365 days lie between
RATES = {
    "54,795 a day against nearly 20,000": ("20000", "nearly", "220000000", True),
    "7,300,000 in a year is 20,000 a day": ("20000", "exact", "207300000", False),
    "one visit more in the year": ("20000", "exact", "207300001", True),
    "5 % off nearly 20,000": ("20000", "nearly", "207665000", False),
    "more than that": ("20000", "nearly", "207665001", True),
}


@pytest.mark.parametrize("case", RATES)
def test_a_rate_between_two_totals(case: str) -> None:
    """How fast a published total grew between two figures is held against the rate published for that time."""
    rate, wording, total, is_wrong = RATES[case]
    found = claims(
        figure(VISITS, LAST, "200000000"),
        figure(VISITS, THIS, total, "R2"),
        figure(A_DAY, THIS, rate, "R2", qualifier=wording),
    )
    claim = found["visits_a_day/2019-09-30"]
    assert against(claim) == (["rate"] if is_wrong else [])
    if is_wrong:
        (one,) = claim.contradictions
        assert (one.since, one.as_of) == (LAST, THIS)
        assert (one.numerator or 0) * 365 == (int(total) - 200_000_000) * (one.denominator or 0)


def test_loosely_worded_totals_leave_a_rate_room() -> None:
    """Between more than 200 million and more than 220 million almost any rate may lie, so none is accused."""
    found = claims(
        figure(VISITS, LAST, "200000000", qualifier="more than"),
        figure(VISITS, THIS, "220000000", "R2", qualifier="more than"),
        figure(A_DAY, THIS, "20000", "R2", qualifier="nearly"),
    )
    assert found["visits_a_day/2019-09-30"].contradictions == ()


def recorded(numerator: int, denominator: int, units: tuple[str, ...] = ("001", "002", "003")) -> pl.DataFrame:
    """What the records of March give, of the districts that delivered."""
    here = World(HERE)
    here.tell(units, MARCH, numerator, denominator, at=IN_APRIL)
    moment = hanoi(date(2025, 4, 5), 18)
    return by_origin(here.programme, here.bodies(moment), here.due(moment), moment)


# what is published for the last day of March, its wording -> whether the records, 78.4 %, contradict it
RECORDS = {
    "92 %": ("92.0", "exact", True),
    "79.4 %, a point and what its digits allow": ("79.4", "exact", False),
    "79.5 %": ("79.5", "exact", True),
    "about 81 %": ("81", "about", False),
    "about 85 %": ("85", "about", True),
}


@pytest.mark.parametrize("case", RECORDS)
def test_a_published_figure_against_the_records(case: str) -> None:
    """What was published for a period's last day is held against what all of its records give."""
    published, wording, is_wrong = RECORDS[case]
    row = figure(SHARE, date(2025, 3, 31), published, qualifier=wording)
    (claim,) = claims(row, each=recorded(784, 1000)).values()
    assert against(claim) == (["records"] if is_wrong else [])
    if is_wrong:
        assert (claim.contradictions[0].numerator, claim.contradictions[0].denominator) == (2352, 3000)


def test_records_that_are_not_all_there_accuse_no_publication() -> None:
    """Nor do those of a period that does not end on the figure's day."""
    missing = recorded(784, 1000, ("001", "002"))
    (claim,) = claims(figure(SHARE, date(2025, 3, 31), "92.0"), each=missing).values()
    assert claim.contradictions == ()
    (claim,) = claims(figure(SHARE, date(2025, 3, 15), "92.0"), each=recorded(784, 1000)).values()
    assert claim.contradictions == ()


def test_the_order_of_delivery_changes_nothing() -> None:
    """The document that was published first is the first, whichever row came first."""
    rows = [figure(TAKEDOWNS, LAST, "292"), figure(TAKEDOWNS, LAST, "293", "R2", published_on=THIS)]
    assert claims(*rows) == claims(*reversed(rows))


@pytest.fixture(scope="module")
def hanoi_programme() -> Programme:
    """The shipped catalogue."""
    return load(CHECKOUT / "catalogue")


@pytest.fixture(scope="module")
def published(hanoi_programme: Programme) -> dict[str, Claim]:
    """Every figure that Hanoi's reports have published, with what is found of it."""
    with Path(PUBLISHED).open(encoding="utf-8", newline="") as file:
        rows = [
            {
                **row,
                "as_of": date.fromisoformat(row["as_of"]),
                "published_on": date.fromisoformat(row["published_on"]),
                "numerator": int(row["numerator"]) if row["numerator"] else None,
                "denominator": int(row["denominator"]) if row["denominator"] else None,
                "tier": row["level"],
                "unit_of_measure": row["unit"],
                "compared_as": row["check"],
                "reference": row["source"],
            }
            for row in csv.DictReader(file)
        ]
    return claims(*rows, of=hanoi_programme)


def test_two_of_hanois_published_figures_do_not_add_up(published: dict[str, Claim]) -> None:
    """410 of 579 is not 69.3 %, and 200 million visits in 15 years is not nearly 20,000 a day; no other is accused."""
    assert {one for one, claim in published.items() if claim.finding == "misreported"} == {
        "commune_websites/2021-07-15",
        "portal_visits_per_day/2018-09-30",
    }
    assert [claim.contradictions for claim in published.values()] == [()] * 30


def test_a_later_total_of_hanois_portal_would_be_held_against_the_first(
    hanoi_programme: Programme, published: dict[str, Claim]
) -> None:
    """150 million visits by 2019 contradict the more than 200 million of 2018, and a rate is held against both."""
    visits = hanoi_programme.metrics["portal_visits"]
    assert visits.cumulative
    rate = hanoi_programme.metrics["portal_visits_per_day"]
    first = published["portal_visits/2018-09-30"]
    rows = [
        figure(visits, first.as_of, first.published, "R2018", qualifier=first.qualifier),
        figure(visits, THIS, "150000000", "R2021b"),
        figure(rate, THIS, "20000", "R2021b", qualifier="nearly"),
    ]
    found = claims(*rows, of=hanoi_programme)
    assert against(found["portal_visits/2019-09-30"]) == [Against.EARLIER]
    assert found["portal_visits/2019-09-30"].contradictions[0].reference == "R2018"
    assert against(found["portal_visits_per_day/2019-09-30"]) == [Against.RATE]


def test_a_figure_that_is_held_against_nothing_is_what_its_own_parts_make_it() -> None:
    """Without a programme only the parts speak."""
    row = figure(SHARE, LAST, "69.3", numerator=410, denominator=579, compared_as="share")
    (alone,) = decide_claims(claims_frame(pl.DataFrame([row])), pl.DataFrame({"row": [0], "verdict": ["misreported"]}))
    (held,) = claims(row).values()
    assert held == replace(alone, id=held.id)
    assert (held.finding, held.parts_agree, held.contradictions) == ("misreported", False, ())
