"""Roll-up and coverage: what is summed, from which origin, and what the missing could still change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from targetwatch import model
from targetwatch.evaluation.coverage import roll_up
from targetwatch.model import (
    Comparison,
    MetricKind,
    Milestone,
    Origin,
    PeriodState,
    Reason,
    Reporters,
    Role,
    Scope,
    Selector,
    Status,
    Trajectory,
    UnitKey,
)

from .worlds import (
    AFTER_DEADLINE,
    FEBRUARY,
    HOLD,
    IN_APRIL,
    MARCH,
    START,
    World,
    codes,
    hanoi,
    metric,
    of_city,
    programme,
    source,
    target,
    three,
    unit,
)


def test_a_report_without_a_record_counts_as_none() -> None:
    """A district that reported and of which nothing was measured counts as 0 of 0, and not as missing."""
    world = three()
    world.tell(codes(1, 2), MARCH, 90, 100, IN_APRIL)
    world.tell(["003"], MARCH, 0, 0, IN_APRIL)
    measured = world.bodies(AFTER_DEADLINE).filter(pl.col("org_unit") != "003")
    rolled = roll_up(world.programme, measured, world.due(AFTER_DEADLINE), AFTER_DEADLINE)
    (city,) = rolled.filter(pl.col("org_unit") == "01").iter_rows(named=True)
    assert (city["period_state"], city["bodies_reported"], city["denominator"]) == ("complete", 3, 200)


@pytest.mark.parametrize(
    ("late", "status", "reason"),
    [
        (40, Status.BEHIND, Reason.SHORT_OF_REQUIRED),
        (95, Status.MET, Reason.FINAL_REACHED),
        (80, Status.AT_RISK, Reason.INCOMPLETE),
    ],
)
def test_what_is_missing_moves_a_status_only_if_it_decides(late: int, status: Status, reason: Reason) -> None:
    """A small district is missing: certain misses and certain hits are said, and the rest is at risk."""
    world = three()
    world.tell(codes(1, 2), FEBRUARY, 90, 100, hanoi(date(2025, 3, 5)))
    world.tell(["003"], FEBRUARY, 10, 20, hanoi(date(2025, 3, 5)))
    world.tell(codes(1, 2), MARCH, late, 100, IN_APRIL)
    final, provisional = of_city(world), of_city(world, IN_APRIL)
    assert (final.status, final.reason, final.period_start) == (status, reason, MARCH)
    assert (final.low_numerator, final.high_numerator, final.bounds_denominator) == (2 * late, 2 * late + 20, 220)
    # Before the deadline March is judged only where the missing district cannot change what is said.
    judged = FEBRUARY if reason is Reason.INCOMPLETE else MARCH
    assert (provisional.period_start, provisional.period_state) == (
        judged,
        PeriodState.COMPLETE if judged == FEBRUARY else PeriodState.PROVISIONAL,
    )


def test_a_district_never_seen_counts_as_the_mean() -> None:
    """A missing district without a past is taken to be as large as the mean of the others, rounded up."""
    world = three()
    world.tell(["001"], MARCH, 90, 100, IN_APRIL)
    world.tell(["002"], MARCH, 90, 101, IN_APRIL)
    assert of_city(world).bounds_denominator == 201 + 101


def test_a_ratio_is_pooled_and_never_a_mean() -> None:
    """90 of 100 and 100 of 900 are together 190 of 1,000: 19 %, not 50.6 %."""
    world = three()
    world.programme = replace(world.programme, org_units=world.programme.org_units[:3])
    world.tell(["001"], MARCH, 90, 100, IN_APRIL)
    world.tell(["002"], MARCH, 100, 900, IN_APRIL)
    found = of_city(world)
    assert (found.numerator, found.denominator) == (190, 1_000)


def test_tiers_do_not_mix() -> None:
    """The communes' dossiers are in the commune tier of the city and of their district, and in no other tier."""
    district = UnitKey("001", START)
    units = (unit("001", "district"), unit("00101", "commune", district), unit("00102", "commune", district))
    both = source(reporters=(Reporters("district", "district"), Reporters("commune", "commune")))
    standing = {"trajectory": HOLD, "due": None}
    world = World(
        programme(
            [
                target("districts", **standing),
                target("communes", tier="commune", **standing),
                target("communes_of", tier="commune", selector=Selector(level="district"), **standing),
            ],
            units=units,
            sources=[both],
        )
    )
    world.tell(["001"], MARCH, 5, 10, IN_APRIL)
    world.tell(["00101", "00102"], MARCH, 300, 400, IN_APRIL, tier="commune")
    found = {(each.target, each.org_unit): each for each in world.assessments(AFTER_DEADLINE)}
    figures = {key: (each.numerator, each.denominator, each.role) for key, each in found.items()}
    assert figures == {
        ("districts", "01"): (5, 10, Role.POOLED),
        ("districts", "001"): (5, 10, Role.SHARE),
        ("communes", "01"): (600, 800, Role.POOLED),
        ("communes", "00101"): (300, 400, Role.SHARE),
        ("communes", "00102"): (300, 400, Role.SHARE),
        ("communes_of", "001"): (600, 800, Role.POOLED),
        ("communes_of", "00101"): (300, 400, Role.SHARE),
        ("communes_of", "00102"): (300, 400, Role.SHARE),
    }


def test_the_best_origin_is_judged_and_said() -> None:
    """Computed before reported before published, period by period; what is behind says which it stands on."""
    world = three(scope=Scope.EACH, selector=Selector(level="district"))
    world.tell(["001"], MARCH, 90, 100, IN_APRIL, origin=Origin.REPORTED)
    world.tell(["001"], MARCH, 70, 100, IN_APRIL)
    world.tell(["002"], MARCH, 900, 1_000, IN_APRIL, origin=Origin.REPORTED, parts=False)
    world.tell(["003"], MARCH, 60, 100, IN_APRIL, origin=Origin.PUBLISHED)
    found = {each.org_unit: each for each in world.assessments(AFTER_DEADLINE)}
    assert {code: (each.origin, each.status) for code, each in found.items()} == {
        "001": (Origin.COMPUTED, Status.BEHIND),
        "002": (Origin.REPORTED, Status.MET),
        "003": (Origin.PUBLISHED, Status.BEHIND),
    }


def test_a_share_without_its_parts_has_no_real_units_and_is_not_pooled() -> None:
    """69.3 % with no parts is held against its target, says no number of dossiers, and is missing in the pool."""
    world = three(selector=Selector(level="district"), scope=Scope.EACH)
    pooled = target("pooled", trajectory=HOLD, due=None)
    world.programme = replace(world.programme, targets=(*world.programme.targets, pooled))
    world.tell(["001"], MARCH, 693, 1_000, IN_APRIL, parts=False)
    world.tell(["002"], MARCH, 80, 100, IN_APRIL)
    found = {(each.target, each.org_unit): each for each in world.assessments(AFTER_DEADLINE)}
    alone, pool = found["online_district", "001"], found["pooled", "01"]
    assert (alone.status, alone.headroom_units, alone.parts) == (Status.BEHIND, None, False)
    assert (pool.numerator, pool.denominator, pool.missing) == (80, 100, ("001@2021-01-01", "003@2021-01-01"))


def test_a_published_figure_of_the_city_stands_for_itself() -> None:
    """A source without reporters owes nothing: what is published of the city is one body of one, and never stale."""
    world = World(
        programme(
            [target(tier="city", due=None, trajectory=HOLD, effective_from=date(2021, 1, 1))],
            sources=[source(reporters=(), deadline=None, planned=True, origin=Origin.COMPUTED)],
        )
    )
    world.tell(["01"], date(2021, 7, 1), 100, 100, hanoi(date(2021, 7, 20)), tier="city", origin=Origin.PUBLISHED)
    found = of_city(world)
    assert (found.status, found.origin, found.bodies_reported, found.bodies_due) == (
        Status.MET,
        Origin.PUBLISHED,
        1,
        1,
    )


def test_counts_add_up_and_a_missing_one_has_no_upper_end() -> None:
    """Counts are added; what a missing unit would add has no bound, and what is reached is reached for certain."""
    world = three(comparison=Comparison.AT_LEAST, value=250_000_000)
    world.programme = replace(
        world.programme, metrics={"online": metric(kind=MetricKind.COUNT, unit_of_measure="count")}
    )
    world.tell(codes(1, 2), FEBRUARY, 100, 1, hanoi(date(2025, 3, 5)))
    world.tell(codes(1, 2), MARCH, 130, 1, IN_APRIL)
    february, march = world.of_the_city(hanoi(date(2025, 3, 20)), AFTER_DEADLINE)
    assert (february.status, february.reason, february.numerator, february.denominator) == (
        Status.AT_RISK,
        Reason.INCOMPLETE,
        200,
        1,
    )
    assert (march.status, march.headroom_units, march.high_numerator) == (Status.MET, 10, None)


def test_ranks_do_not_roll_up() -> None:
    """The ranks of districts say nothing of the city."""
    world = three()
    world.programme = replace(world.programme, metrics={"online": metric(kind=MetricKind.RANK, unit_of_measure="rank")})
    world.tell(codes(1, 3), MARCH, 3, 1, IN_APRIL)
    assert of_city(world).status is Status.NO_DATA


def test_a_missing_large_district_decides_between_on_track_and_within_the_margin() -> None:
    """Reached whatever is missing, but inside the margin at the worst: the margin is taken at the worst."""
    world = three(
        value=500_000,
        due=date(2025, 12, 31),
        trajectory=Trajectory(model.Path.STEPS, assumed=False, milestones=(Milestone(date(2025, 1, 31), 400_000),)),
    )
    world.tell(codes(1, 3), FEBRUARY, 45, 100, hanoi(date(2025, 3, 5)))
    world.tell(codes(1, 2), MARCH, 61, 100, IN_APRIL)
    found = of_city(world)
    assert (found.low_numerator, found.bounds_denominator) == (122, 300)
    assert (found.status, found.reason) == (Status.AT_RISK, Reason.WITHIN_MARGIN)
