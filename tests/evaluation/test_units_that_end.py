"""What becomes of a target on a unit that ends: it ends too, or it goes on with those that follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

from targetwatch.model import (
    Assessment,
    OrgUnit,
    Reason,
    Reporters,
    Role,
    Scope,
    Selector,
    Status,
    TargetVersion,
    UnitEnding,
)

from .worlds import HOLD, START, World, hanoi, programme, source, target, unit

LAST_DAY, JULY = date(2025, 6, 30), date(2025, 7, 1)
IN_JULY, IN_AUGUST, AFTER_JULY = hanoi(date(2025, 7, 5)), hanoi(date(2025, 8, 1)), hanoi(date(2025, 8, 20))
HALF = Fraction(1, 2)
NEW = unit("00004", "commune", valid_from=JULY, kind="phuong")
OTHER = unit("00008", "commune", valid_from=JULY, kind="xa")
DISTRICT = unit("001", "district", valid_to=LAST_DAY)
OLD = unit("00004", "commune", DISTRICT.key, valid_to=LAST_DAY, kind="phuong", to={NEW: HALF, OTHER: HALF})
GONE = unit("00006", "commune", DISTRICT.key, valid_to=LAST_DAY, kind="phuong")
REGISTER = (DISTRICT, OLD, GONE, NEW, OTHER)
OF_BOTH = source(reporters=(Reporters("district", "district"), Reporters("commune", "commune")))
EACH = {"tier": "commune", "scope": Scope.EACH, "trajectory": HOLD, "due": None}
PASSES_ON = UnitEnding.PASSES_ON


def world(*targets: TargetVersion, units: tuple[OrgUnit, ...] = REGISTER) -> World:
    """These targets on communes that were reorganised at the end of June 2025."""
    made = World(programme(targets, units=units, sources=[OF_BOTH]))
    made.first_day = date(2025, 6, 1)
    return made


def of_the_communes(selector: Selector, ending: UnitEnding = PASSES_ON, **changes: object) -> TargetVersion:
    """A standing target of communes, each by itself."""
    return target("communes", selector=selector, when_unit_ends=ending, **{**EACH, **changes})


def standing(found: World, at: datetime) -> dict[str, tuple[Status, Reason]]:
    """How each unit stands at a moment, by its key."""
    return {_key(each): (each.status, each.reason) for each in found.assessments(at)}


def _key(each: Assessment) -> str:
    return f"{each.org_unit}@{each.org_unit_valid_from}"


OLD_ONE, NEW_ONE, OTHER_ONE = "00004@2021-01-01", "00004@2025-07-01", "00008@2025-07-01"
NAMED = Selector(code="00004", code_valid_from=START)


def test_it_ends_with_its_unit_unless_it_says_otherwise() -> None:
    """A target on one unit that ended is ended, because the unit has; nobody else has anything to do with it."""
    of_one = world(of_the_communes(NAMED, UnitEnding.ENDS))
    assert standing(of_one, AFTER_JULY) == {OLD_ONE: (Status.ENDED, Reason.UNIT_ENDED)}


def test_it_passes_on_to_all_that_follow() -> None:
    """Where it says that it passes on, the successors answer from their first day; the old unit says that it did."""
    of_one = world(of_the_communes(NAMED))
    assert set(standing(of_one, hanoi(LAST_DAY))) == {OLD_ONE}
    early = standing(of_one, IN_JULY)
    assert early[OLD_ONE] == (Status.NO_DATA, Reason.NOTHING_DUE_YET)
    assert early[NEW_ONE] == early[OTHER_ONE] == (Status.NO_DATA, Reason.NOTHING_DUE_YET)
    assert standing(of_one, IN_AUGUST)[OLD_ONE] == (Status.ENDED, Reason.UNIT_PASSED_ON)
    of_one.tell(["00004", "00008"], JULY, 90, 100, hanoi(date(2025, 8, 5)), tier="commune")
    assert standing(of_one, AFTER_JULY) == {
        OLD_ONE: (Status.ENDED, Reason.UNIT_PASSED_ON),
        NEW_ONE: (Status.MET, Reason.FINAL_REACHED),
        OTHER_ONE: (Status.MET, Reason.FINAL_REACHED),
    }


def test_a_unit_that_nobody_followed_just_ended() -> None:
    """Passing on needs someone to pass on to."""
    found = standing(world(of_the_communes(Selector(code="00006"))), AFTER_JULY)
    assert found == {"00006@2021-01-01": (Status.ENDED, Reason.UNIT_ENDED)}


def test_it_passes_on_whatever_named_the_unit() -> None:
    """By parent and by kind too: the successors need neither the old parent nor the old kind."""
    for selector in (Selector(parent="001", parent_valid_from=START), Selector(kind="phuong", parent="001")):
        found = standing(world(of_the_communes(selector)), AFTER_JULY)
        assert set(found) == {OLD_ONE, "00006@2021-01-01", NEW_ONE, OTHER_ONE}


def test_an_unqualified_code_is_all_that_bore_it() -> None:
    """Without a first day the code names every unit that bore it while the version was in force."""
    assert set(standing(world(of_the_communes(Selector(code="00004"), UnitEnding.ENDS)), AFTER_JULY)) == {
        OLD_ONE,
        NEW_ONE,
    }


def test_a_version_that_ended_with_the_unit_passes_nothing_on() -> None:
    """On the day after, the target was not in force any more: there is nothing to answer for."""
    found = standing(world(of_the_communes(NAMED, effective_to=LAST_DAY)), AFTER_JULY)
    assert found == {OLD_ONE: (Status.ENDED, Reason.TARGET_ENDED)}


def test_of_two_ends_the_first_one_counts() -> None:
    """A unit that ended before its target did has passed on, and that stays what is said of it."""
    over = world(of_the_communes(NAMED, effective_to=date(2025, 7, 31)))
    found = standing(over, hanoi(date(2025, 9, 20)))
    assert found[OLD_ONE] == (Status.ENDED, Reason.UNIT_PASSED_ON)
    assert found[NEW_ONE] == (Status.ENDED, Reason.TARGET_ENDED)


def test_a_unit_that_was_there_already_answers_from_the_day_after() -> None:
    """A unit that took another in is not judged on a month in which the target was not its own."""
    staying = unit("00008", "commune")
    taken_in = unit("00004", "commune", valid_to=LAST_DAY, to={staying: 1})
    found = world(of_the_communes(Selector(code="00004")), units=(staying, taken_in))
    found.tell(["00008", "00004"], date(2025, 6, 1), 10, 100, hanoi(date(2025, 7, 3)), tier="commune")
    before = {_key(each): each for each in found.assessments(hanoi(date(2025, 8, 3)))}
    assert before["00008@2021-01-01"].status is Status.NO_DATA
    found.tell(["00008"], JULY, 10, 100, hanoi(date(2025, 8, 5)), tier="commune")
    after = {_key(each): each for each in found.assessments(AFTER_JULY)}["00008@2021-01-01"]
    assert (after.status, after.period_start) == (Status.BEHIND, JULY)


def test_a_pool_passes_on_with_the_units_below_it() -> None:
    """A district's communes as one, handed to a ward: its own bodies are the shares, and the old ones have ended."""
    ward = unit("01001", "ward", valid_from=JULY)
    inside = unit("00011", "commune", ward.key, valid_from=JULY)
    district = unit("001", "district", valid_to=LAST_DAY, to={ward: 1})
    old = unit("00004", "commune", district.key, valid_to=LAST_DAY, to={inside: 1})
    pooled = target(
        "pool", tier="commune", selector=Selector(code="001"), trajectory=HOLD, due=None, when_unit_ends=PASSES_ON
    )
    found = world(pooled, units=(ward, inside, district, old))
    found.tell(["00011"], JULY, 9, 10, hanoi(date(2025, 8, 5)), tier="commune")
    parts = {_key(each): (each.role, each.reason) for each in found.assessments(AFTER_JULY)}
    assert parts == {
        "001@2021-01-01": (Role.POOLED, Reason.UNIT_PASSED_ON),
        "00004@2021-01-01": (Role.SHARE, Reason.UNIT_PASSED_ON),
        "01001@2025-07-01": (Role.POOLED, Reason.FINAL_REACHED),
        "00011@2025-07-01": (Role.SHARE, Reason.FINAL_REACHED),
    }


def test_a_share_has_passed_on_only_to_another_share() -> None:
    """A commune of a district that ended without a successor: its own successors answer to nobody under this target."""
    pooled = target(
        "pool", tier="commune", selector=Selector(level="district"), trajectory=HOLD, due=None, when_unit_ends=PASSES_ON
    )
    found = standing(world(pooled), AFTER_JULY)
    assert found["001@2021-01-01"] == found[OLD_ONE] == (Status.ENDED, Reason.UNIT_ENDED)
    city = target("city", tier="commune", trajectory=HOLD, due=None, when_unit_ends=PASSES_ON)
    below_the_city = standing(world(city), AFTER_JULY)
    assert below_the_city[OLD_ONE] == (Status.ENDED, Reason.UNIT_PASSED_ON)
    assert below_the_city["00006@2021-01-01"] == (Status.ENDED, Reason.UNIT_ENDED)


def test_a_target_passes_on_at_any_remove() -> None:
    """Through a unit that lasted for a month: who is there at last answers, and both before have passed on."""
    last = unit("z", "commune", valid_from=date(2025, 8, 1))
    between = unit("y", "commune", valid_from=JULY, valid_to=date(2025, 7, 31), to={last: 1})
    first = unit("x", "commune", valid_to=LAST_DAY, to={between: 1})
    found = standing(world(of_the_communes(Selector(code="x")), units=(first, between, last)), hanoi(date(2025, 9, 3)))
    assert {key: reason for key, (_, reason) in found.items()} == {
        "x@2021-01-01": Reason.UNIT_PASSED_ON,
        "y@2025-07-01": Reason.UNIT_PASSED_ON,
        "z@2025-08-01": Reason.NOTHING_DUE_YET,
    }


def test_a_new_version_says_itself_whom_it_is_for() -> None:
    """A version that begins after a unit's end and names it is for nobody: passing on is of what was in force."""
    first = of_the_communes(NAMED, effective_to=date(2025, 7, 31))
    second = replace(
        first, version="2", effective_from=date(2025, 8, 1), effective_to=None, replaces=first.effective_from
    )
    found = world(first, second).assessments(hanoi(date(2025, 9, 20)))
    assert {each.target_version for each in found} == {"1"}
