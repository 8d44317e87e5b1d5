"""Reported against computed: how far apart, by exact integers, through the real reports suite, and what is accepted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from targetwatch.checks.judgement import CLAIMS, judge
from targetwatch.evaluation.coverage import by_origin
from targetwatch.evaluation.discrepancies import REPORTS, decide_reports, newest_of_each, reports_frame
from targetwatch.evaluation.tolerance import deviation
from targetwatch.model import (
    MILLION,
    AcknowledgedDifference,
    Discrepancy,
    Lapse,
    Metric,
    MetricKind,
    Origin,
    Programme,
    ReportFinding,
    Source,
    Text,
    Verdict,
)

from .worlds import IN_APRIL, MARCH, SUITE, THREE, World, hanoi, metric, programme, source

REPORTS_SUITE = SUITE.with_name("reports.json")
WHY = Text("hai phần mềm", "two systems")
COUNT = metric("lines", kind=MetricKind.COUNT, unit_of_measure="count")
RANK = metric("rank", kind=MetricKind.RANK, unit_of_measure="rank")


def world(*metrics: Metric, reporting: Source | None = None, **changes: object) -> World:
    """Three districts that deliver their records and may report of themselves as well."""
    made = programme(
        units=THREE,
        metrics=metrics or (metric(),),
        sources=(source(), reporting or source("reporting", origin=Origin.REPORTED, deadline=None)),
    )
    return World(replace(made, **changes))


def told(
    here: World, code: str, said: tuple[int, int], held: tuple[int, int], month: date = MARCH, **more: object
) -> None:
    """One district's records of a month, and what it reports of it."""
    here.tell([code], month, *held, at=IN_APRIL, **{"metric": "online", **more, "parts": True})
    here.tell([code], month, *said, at=IN_APRIL, origin=Origin.REPORTED, **{"metric": "online", **more})


def found(here: World, programme_: Programme | None = None, as_of: date = date(2025, 4, 5)) -> list[Discrepancy]:
    """What is found on a day, through the suite."""
    moment = hanoi(as_of, 18)
    frame = reports_frame(
        programme_ or here.programme, by_origin(here.programme, here.bodies(moment), here.due(moment), moment)
    )
    judgement = judge(frame, REPORTS_SUITE, CLAIMS)
    assert judgement.failures == ()
    return decide_reports(programme_ or here.programme, frame, judgement.verdicts, moment)


# what is reported, what the records give, the metric, how far apart in millionths -> what is found
CASES = {
    "92 % against 78.4 %": ((920, 1000), (784, 1000), metric(), 136_000, "misreported"),
    "the same": ((784, 1000), (784, 1000), metric(), 0, "agrees"),
    "exactly one point off": ((794, 1000), (784, 1000), metric(), 10_000, "agrees"),
    "a hair more than one point off": ((7_940_001, 10_000_000), (784, 1000), metric(), 10_001, "misreported"),
    "too low is as wrong": ((700, 1000), (784, 1000), metric(), 84_000, "misreported"),
    "other parts and the same share": ((392, 500), (784, 1000), metric(), 0, "agrees"),
    "a tolerance of the metric": ((920, 1000), (784, 1000), metric(tolerance=136_000), 136_000, "agrees"),
    "a third, which no decimal writes": ((1, 3), (333_333, 1_000_000), metric(tolerance=0), 1, "misreported"),
    "a count, one per cent off": ((101, 1), (100, 1), COUNT, 10_000, "agrees"),
    "a count, two per cent off": ((102, 1), (100, 1), COUNT, 20_000, "misreported"),
    "a rank has to be the same": ((3, 1), (4, 1), RANK, 1_000_000, "misreported"),
    "nothing counted": ((5, 10), (0, 0), metric(), None, "not_evaluated"),
    "too large to be compared exactly": ((10**13, 10**13), (1, 2), metric(), None, "not_evaluated"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_report_beside_its_records(case: str) -> None:
    """Each report is found to be what its records make of it, to the millionth."""
    said, held, measured, apart, finding = CASES[case]
    here = world(measured)
    told(here, "001", said, held, metric=measured.id)
    (one,) = found(here)
    assert (one.finding, one.deviation) == (finding, apart)
    assert (one.reported_numerator, one.computed_denominator) == (said[0], held[1])


def test_a_share_without_parts_is_as_exact_as_its_last_digit() -> None:
    """78.4 % may stand for anything that rounds to it; 78.3 % may not."""
    here = world(metric(tolerance=0))
    told(here, "001", (784, 1000), (78_435, 100_000), parts=False)
    told(here, "002", (783, 1000), (78_435, 100_000), parts=False)
    assert [one.finding for one in found(here)] == ["agrees", "misreported"]


def test_a_tolerance_of_the_source_holds_where_the_metric_says_none() -> None:
    """The source of the reports says how far they may be off; the metric's own word goes before it."""
    lax = source("reporting", origin=Origin.REPORTED, deadline=None, tolerance=200_000)
    here, strict = world(reporting=lax), world(metric(tolerance=0), reporting=lax)
    for each in (here, strict):
        told(each, "001", (920, 1000), (784, 1000))
    assert [found(each)[0].finding for each in (here, strict)] == ["agrees", "misreported"]


def test_only_what_is_both_reported_and_computed_is_compared() -> None:
    """A report without records says nothing, nor do records without a report."""
    here = world()
    here.tell(["001"], MARCH, 9, 10, at=IN_APRIL)
    here.tell(["002"], MARCH, 9, 10, at=IN_APRIL, origin=Origin.REPORTED)
    assert found(here) == []


def test_records_that_are_still_to_come_accuse_nobody() -> None:
    """What the city reports is compared once all districts have delivered, even where the deadline has passed."""
    here = world()
    here.tell(["001", "002"], MARCH, 70, 100, at=IN_APRIL)
    here.tell(["01"], MARCH, 95, 100, at=IN_APRIL, origin=Origin.REPORTED)
    late = date(2025, 4, 30)
    assert [one.finding for one in found(here, as_of=late)] == ["not_evaluated"]
    here.tell(["003"], MARCH, 70, 100, at=hanoi(date(2025, 4, 29)))
    assert [(one.finding, one.computed_denominator) for one in found(here, as_of=late)] == [("misreported", 300)]


def test_the_newest_period_that_could_be_compared_counts() -> None:
    """Of each unit one period is what incidents are about: the newest with a finding."""
    here = world()
    told(here, "001", (95, 100), (78, 100), month=date(2025, 2, 1))
    told(here, "001", (78, 100), (78, 100))
    told(here, "002", (95, 100), (78, 100), month=date(2025, 2, 1))
    told(here, "002", (95, 100), (0, 0))
    newest = newest_of_each(found(here))
    assert [(one.org_unit, one.period_start.month, one.finding.value) for one in newest] == [
        ("001", 3, "agrees"),
        ("002", 2, "misreported"),
    ]


def accepted(**changes: object) -> AcknowledgedDifference:
    """An accepted difference of the first district, from April to June."""
    first, last = date(2025, 4, 1), date(2025, 6, 30)
    return replace(AcknowledgedDifference("online", None, "001", None, WHY, "office", first, last, None), **changes)


# what is accepted, the day -> what is found, and why it is told again
ACKNOWLEDGED = {
    "while it holds": (accepted(), date(2025, 4, 5), "acknowledged", None),
    "on its last day": (accepted(last_day=date(2025, 4, 5)), date(2025, 4, 5), "acknowledged", None),
    "on the day after": (accepted(last_day=date(2025, 4, 4)), date(2025, 4, 5), "misreported", Lapse.EXPIRED),
    "before it begins": (accepted(first_day=date(2025, 4, 6)), date(2025, 4, 5), "misreported", None),
    "within its bound": (accepted(up_to=170_000), date(2025, 4, 5), "acknowledged", None),
    "beyond its bound": (accepted(up_to=169_999), date(2025, 4, 5), "misreported", Lapse.EXCEEDED),
    "of another metric": (accepted(metric="lines"), date(2025, 4, 5), "misreported", None),
    "of another unit": (accepted(code="002"), date(2025, 4, 5), "misreported", None),
    "of the unit's namesake": (accepted(code_valid_from=date(2025, 1, 1)), date(2025, 4, 5), "misreported", None),
    "of its level": (accepted(code=None, level="district"), date(2025, 4, 5), "acknowledged", None),
    "of another level": (accepted(code=None, level="commune"), date(2025, 4, 5), "misreported", None),
}


@pytest.mark.parametrize("case", ACKNOWLEDGED)
def test_a_difference_that_is_acknowledged(case: str) -> None:
    """It is accepted for whom, for how long and up to how much the catalogue says, and says why it no longer is."""
    acknowledgement, day, finding, lapsed = ACKNOWLEDGED[case]
    here = world(acknowledged=(acknowledgement,))
    told(here, "001", (95, 100), (78, 100))
    (one,) = found(here, as_of=day)
    assert (one.finding, one.lapsed) == (finding, lapsed)
    assert (one.reason == WHY) == (finding == "acknowledged" or lapsed is not None)


def test_of_several_the_one_that_holds_counts() -> None:
    """An acknowledgement that has ended is overtaken by the one that follows it."""
    old, new = accepted(last_day=date(2025, 4, 4)), accepted(first_day=date(2025, 4, 5), reason=Text("mới", "new"))
    here = world(acknowledged=(new, old))
    told(here, "001", (95, 100), (78, 100))
    (one,) = found(here)
    assert (one.finding, one.reason) == (ReportFinding.ACKNOWLEDGED, new.reason)


def test_a_check_that_could_not_run_judges_nothing() -> None:
    """A frame that a guard refuses leaves every report unevaluated, whatever its figures."""
    here = world()
    told(here, "001", (95, 100), (78, 100))
    moment = hanoi(date(2025, 4, 5), 18)
    once = reports_frame(here.programme, by_origin(here.programme, here.bodies(moment), here.due(moment), moment))
    frame = pl.concat([once, once])
    judgement = judge(frame, REPORTS_SUITE, CLAIMS)
    assert judgement.failures
    decided = decide_reports(here.programme, frame, judgement.verdicts, moment)
    assert [(one.finding, one.deviation) for one in decided] == [(ReportFinding.NOT_EVALUATED, None)] * 2
    assert newest_of_each(decided) == []


def test_the_verdict_of_the_suite_is_all_that_makes_a_report_differ() -> None:
    """Nothing compares again: what the suite accuses is misreported, and what it passes agrees."""
    here = world()
    told(here, "001", (95, 100), (78, 100))
    told(here, "002", (78, 100), (78, 100))
    moment = hanoi(date(2025, 4, 5), 18)
    frame = reports_frame(here.programme, by_origin(here.programme, here.bodies(moment), here.due(moment), moment))
    assert frame.schema == REPORTS
    accused = pl.DataFrame({"row": [1], "verdict": [Verdict.MISREPORTED.value]})
    assert [one.finding for one in decide_reports(here.programme, frame, accused, moment)] == ["agrees", "misreported"]


FIGURE = st.integers(1, 10**12)


@given(said=st.tuples(FIGURE, FIGURE), held=st.tuples(FIGURE, FIGURE), allowed=st.integers(0, MILLION))
def test_rounding_up_changes_no_comparison(said: tuple[int, int], held: tuple[int, int], allowed: int) -> None:
    """However large the figures, the whole number is above a tolerance exactly where the difference is."""
    row = pl.DataFrame([(*said, *held, False)], schema=["a", "b", "c", "d", "relative"], orient="row")
    whole = row.select(
        deviation((pl.col("a"), pl.col("b")), (pl.col("c"), pl.col("d")), rounded=pl.lit(value=False))
    ).item()
    apart = abs(Fraction(*said) - Fraction(*held)) * MILLION
    assert (whole > allowed) == (apart > allowed)
