"""The table of WORKED_EXAMPLE.md: one target followed for five months, through the real judgement."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import polars as pl
import pytest

from targetwatch.evaluation.restatements import restated
from targetwatch.model import Assessment, PeriodState, Reason, Restatement, Role, Status

from .worlds import World, codes, hanoi, programme, target

APRIL, MAY, JUNE = date(2025, 4, 1), date(2025, 5, 1), date(2025, 6, 1)
MOMENTS = {
    "31 May": hanoi(date(2025, 5, 31)),
    "10 June": hanoi(date(2025, 6, 10)),
    "13 June": hanoi(date(2025, 6, 13), 23, 59),
    "16 June": hanoi(date(2025, 6, 16)),
    "17 June": hanoi(date(2025, 6, 17)),
    "17 June, later": hanoi(date(2025, 6, 17), 20),
    "20 June": hanoi(date(2025, 6, 20)),
    "14 July": hanoi(date(2025, 7, 14), 18),
    "1 August": hanoi(date(2025, 8, 1)),
}


def example(june_numerator: int = 22_400) -> World:
    """Everything that is delivered in the example."""
    world = World(programme([target(effective_to=None)]))
    world.tell(codes(1, 30), APRIL, 730, 1_000, hanoi(date(2025, 5, 9)))
    # 12 of the 30 by 10 June, 29 by the deadline, together 21,000 of 29,000.
    world.tell(codes(1, 12), MAY, 724, 1_000, hanoi(date(2025, 6, 9)))
    world.tell(codes(13, 28), MAY, 724, 1_000, hanoi(date(2025, 6, 12)))
    world.tell(["029"], MAY, 21_000 - 28 * 724, 1_000, hanoi(date(2025, 6, 12)))
    world.tell(["030"], MAY, 650, 1_000, hanoi(date(2025, 6, 16), 9))
    # One district had counted 400 too many in April.
    world.tell(["007"], APRIL, 330, 1_000, hanoi(date(2025, 6, 20), 9))
    for number in range(1, 31):
        share = june_numerator // 30 + (number <= june_numerator % 30)
        world.tell(codes(number, number), JUNE, share, 1_000, hanoi(date(2025, 7, 10)))
    return world


@pytest.fixture(scope="module")
def followed() -> dict[str, Assessment]:
    """The city's assessment at each moment of the table."""
    return dict(zip(MOMENTS, example().of_the_city(*MOMENTS.values()), strict=True))


def points(assessment: Assessment) -> float:
    """Headroom in points, as the table has it."""
    assert assessment.headroom is not None
    assert assessment.denominator
    return round(100 * assessment.headroom / (1_000_000 * assessment.denominator), 2)


def test_april_is_reached_within_the_margin(followed: dict[str, Assessment]) -> None:
    """31 May: 21,900 of 30,000 against 72.2861 % is 214 dossiers to spare, and inside the margin of a point."""
    april = followed["31 May"]
    assert (april.status, april.reason) == (Status.AT_RISK, Reason.WITHIN_MARGIN)
    assert (april.period_start, april.period_state) == (APRIL, PeriodState.COMPLETE)
    assert (april.numerator, april.denominator, april.required) == (21_900, 30_000, 722_861)
    assert (april.attained, april.needed) == (21_900_000_000, 21_685_830_000)
    assert (points(april), april.headroom_units) == (0.71, 214)


def test_a_landing_alone_moves_nothing(followed: dict[str, Assessment]) -> None:
    """10 June: 12 of 30 districts are in, the others could turn May either way, so April stays the judged period."""
    assert replace(followed["10 June"], as_of=followed["31 May"].as_of) == followed["31 May"]


def test_the_missing_district_decides(followed: dict[str, Assessment]) -> None:
    """13 June, deadline: 21,000 to 22,000 of 30,000 around 21,978.63 is at risk, incomplete, and names the district."""
    may = followed["13 June"]
    assert (may.status, may.reason) == (Status.AT_RISK, Reason.INCOMPLETE)
    assert (may.period_start, may.period_state) == (MAY, PeriodState.FINAL)
    assert (may.numerator, may.denominator, may.required) == (21_000, 29_000, 732_621)
    assert (may.low_numerator, may.high_numerator, may.bounds_denominator) == (21_000, 22_000, 30_000)
    assert (may.bodies_reported, may.bodies_due, may.missing) == (29, 30, ("030@2021-01-01",))
    assert may.deadline == hanoi(date(2025, 6, 13), 17)


def test_it_delivers_and_the_target_is_behind(followed: dict[str, Assessment]) -> None:
    """16 June: 21,650 of 30,000 is 329 dossiers, 1.10 points short."""
    may = followed["16 June"]
    assert (may.status, may.reason) == (Status.BEHIND, Reason.SHORT_OF_REQUIRED)
    assert (may.attained, may.needed) == (21_650_000_000, 21_978_630_000)
    assert (may.headroom_units, points(may)) == (-329, -1.10)
    assert may.missing == ()


def test_looking_again_changes_nothing(followed: dict[str, Assessment]) -> None:
    """17 June: however often it is watched, the judged period and what is said of it stay the same."""
    first = followed["16 June"]
    for moment in ("17 June", "17 June, later"):
        assert replace(followed[moment], as_of=first.as_of) == first


def test_a_restated_april_leaves_the_status(followed: dict[str, Assessment]) -> None:
    """20 June: the judged period is still May, and its status the same."""
    assert replace(followed["20 June"], as_of=followed["17 June"].as_of) == followed["17 June"]


def test_june_is_judged_though_the_districts_have_ended(followed: dict[str, Assessment]) -> None:
    """14 July: 22,400 of 30,000 against 74.2067 %, by the version in force on 30 June; 0.46 points to spare."""
    june = followed["14 July"]
    assert (june.status, june.reason) == (Status.AT_RISK, Reason.WITHIN_MARGIN)
    assert (june.period_start, june.required) == (JUNE, 742_067)
    assert (june.attained, june.needed) == (22_400_000_000, 22_262_010_000)
    assert (points(june), june.headroom_units) == (0.46, 137)


def test_without_districts_it_has_ended(followed: dict[str, Assessment]) -> None:
    """1 August: no district is left, so the target has ended: nothing is judged, nothing is stale, nothing is met."""
    ended = followed["1 August"]
    assert (ended.status, ended.reason) == (Status.ENDED, Reason.UNIT_ENDED)
    assert (ended.period_start, ended.numerator, ended.required, ended.headroom) == (None, None, None, None)
    assert ended.missing == ()


def test_a_version_that_ends_with_its_units_says_so() -> None:
    """1 August, where the version itself ends on 30 June: it is the target that has ended."""
    world = example()
    world.programme = replace(world.programme, targets=(target(effective_to=date(2025, 6, 30)),))
    july, august = world.of_the_city(MOMENTS["14 July"], MOMENTS["1 August"])
    assert (july.status, july.period_start) == (Status.AT_RISK, JUNE)
    assert (august.status, august.reason) == (Status.ENDED, Reason.TARGET_ENDED)


def test_a_june_that_falls_short_stays_behind_until_the_end() -> None:
    """Had June been 22,000 of 30,000 it would be behind on 14 July, and ended on 1 August."""
    july, august = example(june_numerator=22_000).of_the_city(MOMENTS["14 July"], MOMENTS["1 August"])
    assert (july.status, july.headroom_units) == (Status.BEHIND, -263)
    assert august.status is Status.ENDED


def test_every_district_has_its_share_of_the_same_period() -> None:
    """Under the pooled target each district is assessed too, on the period that its pool is judged on."""
    shares = [each for each in example().assessments(MOMENTS["16 June"]) if each.role is Role.SHARE]
    assert len(shares) == 30
    assert {each.period_start for each in shares} == {MAY}
    pool = example().of_the_city(MOMENTS["16 June"])[0]
    assert sum(each.headroom or 0 for each in shares) == pool.headroom


def test_a_district_that_is_in_early_waits_for_its_pool() -> None:
    """10 June: the twelve that have delivered May are still shown with April, as their pool is."""
    shares = [each for each in example().assessments(MOMENTS["10 June"]) if each.role is Role.SHARE]
    assert {each.period_start for each in shares} == {APRIL}


def test_the_district_that_is_late_is_stale() -> None:
    """13 June: May is past its deadline, and of the missing district only April is known."""
    (late,) = [each for each in example().assessments(MOMENTS["13 June"]) if each.org_unit == "030"]
    assert (late.status, late.reason, late.period_start) == (Status.STALE, Reason.OVERDUE, APRIL)
    assert late.deadline == hanoi(date(2025, 6, 13), 17)


def test_a_district_ends_with_its_validity() -> None:
    """1 August: each of the districts has ended too, one by one."""
    shares = [each for each in example().assessments(MOMENTS["1 August"]) if each.role is Role.SHARE]
    assert len(shares) == 30
    assert {(each.status, each.reason) for each in shares} == {(Status.ENDED, Reason.UNIT_ENDED)}


def restated_on(moment: datetime, before: datetime, judged_before: list[Assessment]) -> list[Restatement]:
    """What a pass says of restatements that follows one at `before`."""
    world = example()
    ledger = pl.DataFrame(
        [
            {
                "target": each.target,
                "org_unit": each.org_unit,
                "org_unit_valid_from": each.org_unit_valid_from,
                "metric": each.metric,
                "tier": each.tier,
                "comparison": each.comparison.value,
                "status": each.status.value,
                "period_start": each.period_start,
                "period_end": each.period_end,
                "numerator": each.numerator,
                "attained": each.attained,
                "required": each.required,
                "final": each.final,
            }
            for each in judged_before
        ]
    )
    return restated(ledger, world.rolled(before), world.rolled(moment), world.assessments(moment))


def test_the_restatement_of_april_is_said_with_before_and_after() -> None:
    """20 June: April went from 21,900, with 214 to spare, to 21,500 of 30,000, which would have been behind."""
    judged = example().assessments(MOMENTS["31 May"]) + example().assessments(MOMENTS["17 June"])
    said = restated_on(MOMENTS["20 June"], MOMENTS["17 June"], judged)
    assert [(each.org_unit, each.period_start) for each in said] == [("007", APRIL), ("01", APRIL)]
    assert said[1] == Restatement(
        target="online_district",
        org_unit="01",
        org_unit_valid_from=date(2021, 1, 1),
        period_start=APRIL,
        period_end=date(2025, 4, 30),
        numerator_before=21_900,
        denominator_before=30_000,
        headroom_units_before=214,
        numerator_after=21_500,
        denominator_after=30_000,
        headroom_units_after=-186,
    )


def test_a_restatement_is_said_once() -> None:
    """The pass after the one that said it finds nothing new, and the period being judged is no restatement."""
    judged = example().assessments(MOMENTS["31 May"]) + example().assessments(MOMENTS["17 June"])
    assert restated_on(MOMENTS["20 June"], MOMENTS["20 June"], judged) == []
    assert restated_on(MOMENTS["16 June"], MOMENTS["13 June"], judged) == []
