"""The rules of status, in their order, through the real judgement."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from targetwatch import model
from targetwatch.evaluation.status import decide_status
from targetwatch.model import (
    Milestone,
    Origin,
    PeriodState,
    Reason,
    Role,
    Scope,
    Selector,
    Status,
    Trajectory,
)

from .worlds import (
    AFTER_DEADLINE,
    CITY,
    FEBRUARY,
    HOLD,
    IN_APRIL,
    MARCH,
    START,
    THREE,
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


def test_no_dossier_in_the_period_is_no_value() -> None:
    """0 of 0 is not evaluated, because the denominator is empty; it is neither 0 % nor 100 %."""
    world = three()
    world.tell(codes(1, 3), MARCH, 0, 0, IN_APRIL)
    found = of_city(world)
    assert (found.status, found.reason) == (Status.NOT_EVALUATED, Reason.EMPTY_DENOMINATOR)
    assert (found.numerator, found.denominator, found.headroom, found.headroom_units) == (0, 0, None, None)


def test_never_any_delivery_is_no_data() -> None:
    """Something was due and nothing was ever seen: no data, with the deadline that has passed."""
    found = of_city(three())
    assert (found.status, found.reason) == (Status.NO_DATA, Reason.NEVER_OBSERVED)
    assert found.period_start is None
    assert found.deadline == hanoi(date(2025, 4, 14), 17)


def test_before_the_first_deadline_nothing_is_due_yet() -> None:
    """Nothing seen and nothing due: no data, and the reason says that it is early."""
    world = three()
    world.first_day = MARCH
    assert (of_city(world, IN_APRIL).status, of_city(world, IN_APRIL).reason) == (
        Status.NO_DATA,
        Reason.NOTHING_DUE_YET,
    )


def test_a_planned_source_is_said() -> None:
    """A target that waits for a source that is planned says so."""
    world = three()
    world.programme = replace(world.programme, sources={"procedures": source(planned=True, connector=None)})
    assert (of_city(world).status, of_city(world).reason) == (Status.NO_DATA, Reason.SOURCE_PLANNED)


def test_a_figure_published_once_for_a_planned_source_grows_stale() -> None:
    """What was published years ago of something that no source tells about since is too old to be called met."""
    world = three()
    planned = source(planned=True, connector=None)
    world.programme = replace(world.programme, sources={"procedures": planned})
    world.tell(["01"], MARCH, 100, 100, IN_APRIL, tier="district", origin=Origin.PUBLISHED)
    found = of_city(world, hanoi(date(2025, 7, 20)))
    assert (found.status, found.reason, found.origin) == (Status.STALE, Reason.OVERDUE, Origin.PUBLISHED)


def test_nothing_since_march_is_stale_in_july() -> None:
    """The judged period is older than the newest one whose deadline has passed: stale, with what was known last."""
    world = three()
    world.tell(codes(1, 3), MARCH, 90, 100, IN_APRIL)
    found = of_city(world, hanoi(date(2025, 7, 20)))
    assert (found.status, found.reason) == (Status.STALE, Reason.OVERDUE)
    assert (found.period_start, found.numerator) == (MARCH, 270)


def test_data_of_the_running_period_is_not_judged() -> None:
    """What arrives within a period is provisional and no report: the period has not ended, or is not reported."""
    world = three()
    world.tell(codes(1, 3), FEBRUARY, 90, 100, hanoi(date(2025, 3, 5)))
    world.tell(codes(1, 3), MARCH, 10, 100, hanoi(date(2025, 3, 20)))
    running, ended = world.of_the_city(hanoi(date(2025, 3, 25)), IN_APRIL)
    assert (running.period_start, ended.period_start) == (FEBRUARY, FEBRUARY)


def test_short_after_the_due_date_is_missed() -> None:
    """Past due the final value is required and a certain miss is missed; on time it is met; undecided it is at risk."""
    world = three(due=date(2025, 3, 31), trajectory=Trajectory(model.Path.BY_DUE, assumed=False))
    world.tell(codes(1, 3), MARCH, 79, 100, IN_APRIL)
    found = of_city(world)
    assert (found.status, found.reason, found.required) == (Status.MISSED, Reason.SHORT_OF_FINAL, 800_000)


@pytest.mark.parametrize(("numerator", "status"), [(79, Status.ON_TRACK), (80, Status.MET)])
def test_by_due_requires_nothing_before_its_date(numerator: int, status: Status) -> None:
    """Before the due date nothing is required; the distance is to the final value, and reaching that is met."""
    world = three(due=date(2025, 12, 31), trajectory=Trajectory(model.Path.BY_DUE, assumed=False))
    world.tell(codes(1, 3), MARCH, numerator, 100, IN_APRIL)
    found = of_city(world)
    assert (found.status, found.required, found.headroom_units) == (status, None, 3 * (numerator - 80))


@pytest.mark.parametrize(
    ("numerator", "status"), [(49, Status.BEHIND), (50, Status.AT_RISK), (51, Status.ON_TRACK), (80, Status.MET)]
)
def test_steps_require_the_last_milestone(numerator: int, status: Status) -> None:
    """Between milestones the last one reached is required, with the margin above it."""
    steps = (Milestone(date(2025, 1, 31), 500_000), Milestone(date(2025, 6, 30), 650_000))
    world = three(due=date(2025, 12, 31), trajectory=Trajectory(model.Path.STEPS, assumed=False, milestones=steps))
    world.tell(codes(1, 3), MARCH, numerator, 100, IN_APRIL)
    assert of_city(world).status is status


def test_a_line_without_a_baseline_begins_at_the_first_value() -> None:
    """The first complete value is where the line starts: one third of the way in a third of the time."""
    line = Trajectory(model.Path.LINEAR, assumed=True)
    world = three(due=date(2025, 12, 31), trajectory=line)
    world.tell(codes(1, 3), date(2025, 1, 1), 1, 3, hanoi(date(2025, 2, 5)))
    world.tell(codes(1, 3), MARCH, 2, 3, IN_APRIL)
    (march,) = [each for each in world.assessments(AFTER_DEADLINE) if each.org_unit == "01"]
    days, length = 59, 334
    assert march.required == round(333_333 + (800_000 - 333_333.333333) * days / length)
    shares = [each for each in world.assessments(AFTER_DEADLINE) if each.role is Role.SHARE]
    assert {each.required for each in shares} == {march.required}


def test_the_version_in_force_on_the_last_day_is_the_one_that_judges() -> None:
    """March is judged by the version that was in force on 31 March, though another one has followed it."""
    first = target(trajectory=HOLD, due=None, value=700_000, effective_to=date(2025, 3, 31))
    second = replace(first, version="2", value=900_000, effective_from=date(2025, 4, 1), effective_to=None)
    world = World(programme([first, second], units=THREE))
    world.tell(codes(1, 3), MARCH, 80, 100, IN_APRIL)
    world.tell(codes(1, 3), date(2025, 4, 1), 80, 100, hanoi(date(2025, 5, 5)))
    march, waiting, april = world.of_the_city(AFTER_DEADLINE, hanoi(date(2025, 5, 2)), hanoi(date(2025, 5, 6)))
    assert (march.target_version, march.status) == ("1", Status.MET)
    assert replace(waiting, as_of=march.as_of) == march
    assert (april.target_version, april.status) == ("2", Status.BEHIND)


def test_a_target_that_begins_later_is_not_spoken_of() -> None:
    """A version that comes into force tomorrow has no assessment today."""
    assert three(effective_from=date(2025, 4, 21)).assessments(AFTER_DEADLINE) == []


def test_a_unit_that_vanished_says_that_it_ended() -> None:
    """A unit that was merged away keeps an assessment that says so; a new one is no subject before it exists."""
    gone = unit("002", "district", valid_to=date(2025, 2, 28))
    new = unit("004", "district", valid_from=MARCH)
    world = World(programme([target(trajectory=HOLD, due=None)], units=(THREE[0], gone, new)))
    world.tell(["001", "002"], FEBRUARY, 80, 100, hanoi(date(2025, 3, 5)))
    world.tell(["001", "004"], MARCH, 80, 100, IN_APRIL)
    before, after = hanoi(date(2025, 3, 20)), AFTER_DEADLINE
    found = {(each.as_of, each.org_unit): each for each in world.assessments(before, after)}
    assert (before, "004") not in found
    assert found[after, "004"].status is Status.MET
    assert found[before, "002"].status is Status.MET
    assert (found[after, "002"].status, found[after, "002"].reason) == (Status.ENDED, Reason.UNIT_ENDED)


def test_codes_are_reused_and_the_units_kept_apart() -> None:
    """Two units of one code, one after the other, do not share their history."""
    old = unit("001", "district", CITY, valid_to=date(2025, 2, 28))
    new = unit("001", "district", CITY, valid_from=MARCH)
    world = World(programme([target(trajectory=HOLD, due=None)], units=(old, new)))
    world.tell(["001"], FEBRUARY, 10, 100, hanoi(date(2025, 3, 5)))
    world.tell(["001"], MARCH, 90, 100, IN_APRIL)
    found = {each.org_unit_valid_from: each for each in world.assessments(AFTER_DEADLINE) if each.org_unit == "001"}
    assert found[START].status is Status.ENDED
    assert (found[MARCH].status, found[MARCH].numerator) == (Status.MET, 90)


def test_it_is_judged_as_it_was_known() -> None:
    """A moment in the past gives what was known then, whatever has been delivered since."""
    world = three()
    world.tell(codes(1, 3), MARCH, 70, 100, IN_APRIL)
    before = of_city(world)
    world.tell(codes(1, 3), MARCH, 90, 100, hanoi(date(2025, 5, 10)))
    assert of_city(world) == before
    assert of_city(world, hanoi(date(2025, 5, 14))).status is Status.MET


def test_a_check_that_failed_is_neither_behind_nor_a_pass() -> None:
    """With the one verdict `guard` on every row nothing is judged; only what has ended anyway is still said to have."""
    world = three()
    world.programme = replace(
        world.programme,
        targets=(
            *world.programme.targets,
            target("over", trajectory=HOLD, due=None, effective_to=date(2025, 2, 28)),
            target("without", metric="other", trajectory=HOLD, due=None),
        ),
        metrics={**world.programme.metrics, "other": metric("other")},
    )
    world.tell(codes(1, 3), MARCH, 79, 100, IN_APRIL)
    frame = world.assessed(AFTER_DEADLINE)
    guard = pl.DataFrame({"row": range(frame.height), "verdict": ["guard"] * frame.height})
    found = {each.target: each for each in decide_status(frame, guard) if each.org_unit == "01"}
    assert {name: (each.status, each.reason) for name, each in found.items()} == {
        "online_district": (Status.NOT_EVALUATED, Reason.CHECK_FAILED),
        "without": (Status.NOT_EVALUATED, Reason.CHECK_FAILED),
        "over": (Status.ENDED, Reason.TARGET_ENDED),
    }
    assert found["online_district"].failed == ("guard",)


def test_a_first_period_that_is_open_still_is_no_data() -> None:
    """The first month is in from two of three districts, and the third could turn it: nothing can be said yet."""
    world = three()
    world.first_day = MARCH
    world.tell(codes(1, 2), MARCH, 80, 100, IN_APRIL)
    found = of_city(world, IN_APRIL)
    assert (found.status, found.reason, found.period_start) == (Status.NO_DATA, Reason.NOTHING_DUE_YET, None)
    assert found.numerator is None


def test_shares_follow_a_provisional_period_that_is_judged() -> None:
    """What is certain before the deadline is judged, and those that reported are shown with the same month."""
    world = three()
    world.tell(codes(1, 3), FEBRUARY, 90, 100, hanoi(date(2025, 3, 5)))
    world.tell(codes(1, 2), MARCH, 10, 100, IN_APRIL)
    found = {each.org_unit: each for each in world.assessments(IN_APRIL)}
    assert (found["01"].status, found["01"].period_state) == (Status.BEHIND, PeriodState.PROVISIONAL)
    assert {code: each.period_start for code, each in found.items()} == {
        "01": MARCH,
        "001": MARCH,
        "002": MARCH,
        "003": FEBRUARY,
    }


def test_a_target_of_each_district_judges_every_one_by_itself() -> None:
    """No pool, no shares: each has its own period, and one that is early is judged early."""
    world = three(scope=Scope.EACH, selector=Selector(level="district", parent="01"))
    world.tell(codes(1, 3), FEBRUARY, 90, 100, hanoi(date(2025, 3, 5)))
    world.tell(["001"], MARCH, 10, 100, IN_APRIL)
    found = {each.org_unit: each for each in world.assessments(IN_APRIL)}
    assert {code: (each.role, each.period_start) for code, each in found.items()} == {
        "001": (Role.EACH, MARCH),
        "002": (Role.EACH, FEBRUARY),
        "003": (Role.EACH, FEBRUARY),
    }
