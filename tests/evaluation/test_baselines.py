"""Baselines: where a path begins that leaves from where each unit stood."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from targetwatch import model
from targetwatch.evaluation.trajectory import required
from targetwatch.model import (
    Comparison,
    MetricKind,
    OrgUnit,
    Reporters,
    Scope,
    Selector,
    Status,
    TargetVersion,
    Trajectory,
    UnitEnding,
    UnitKey,
)

from .worlds import HOLD, START, World, hanoi, metric, programme, source, target, unit

DUE = date(2025, 12, 31)
YEAR_END = date(2021, 12, 31)
ONE, TWO = unit("1", "commune"), unit("2", "commune")
MONTHS = {month: date(2021 + (month - 1) // 12, (month - 1) % 12 + 1, 1) for month in range(1, 61)}
JUNE_2025 = 54


def world(*units: OrgUnit, kind: MetricKind = MetricKind.RATIO, on: date | None = YEAR_END, **changes: object) -> World:
    """A target of each commune, along a line from where it stood, by default on 31 December 2021."""
    line = Trajectory(model.Path.LINEAR, assumed=False, baseline_on=on)
    values = {"trajectory": line, "due": DUE, "scope": Scope.EACH, "selector": Selector(level="commune")}
    made = World(
        programme(
            [target("communes", tier="commune", effective_from=START, **{**values, **changes})],
            units=units or (ONE, TWO),
            sources=[source(reporters=(Reporters("commune", "commune"),))],
            metrics=[metric(kind=kind)],
        )
    )
    made.first_day = START
    return made


def tell(made: World, code: str, month: int, numerator: int, denominator: int, **more: object) -> None:
    """A month of a commune, told on the fifth of the next; months are counted from January 2021."""
    told_on = MONTHS[month + 1].replace(day=5)
    made.tell([code], MONTHS[month], numerator, denominator, hanoi(told_on), tier="commune", **more)


def needed(made: World, at: date) -> dict[str, int | None]:
    """What was required of each unit at noon of a day, by its code, of those that were judged."""
    return {
        each.org_unit: each.required
        for each in made.assessments(hanoi(at))
        if each.period_start is not None and each.status is not Status.ENDED
    }


def on_line(start: Fraction, since: date, day: date) -> int:
    """What the line of the target requires on a day, from where it starts."""
    line = target(trajectory=Trajectory(model.Path.LINEAR, assumed=False), due=DUE)
    found = required(line, day, (start, since))
    assert found is not None
    return found


MARCH_2022 = date(2022, 3, 31)
SEEN = date(2022, 4, 20)


def test_each_unit_starts_where_it_stood_on_the_day() -> None:
    """The newest settled value of a period that had ended by the day, each unit's own; the line begins on the day."""
    made = world()
    for month, one, two in ((11, 10, 30), (12, 20, 40), (13, 90, 90), (15, 50, 50)):
        tell(made, "1", month, one, 100)
        if month != 12:
            tell(made, "2", month, two, 100)
    assert needed(made, SEEN) == {
        "1": on_line(Fraction(20, 100), YEAR_END, MARCH_2022),
        "2": on_line(Fraction(30, 100), YEAR_END, MARCH_2022),
    }


def test_without_a_value_by_the_day_it_starts_at_the_first_one() -> None:
    """A unit that was first observed later starts there and then."""
    made = world()
    tell(made, "1", 14, 25, 100)
    tell(made, "1", 15, 50, 100)
    assert needed(made, SEEN)["1"] == on_line(Fraction(1, 4), date(2022, 2, 28), MARCH_2022)


def test_a_month_without_a_dossier_is_no_place_to_start() -> None:
    """0 of 0 is no value: the newest one by the day that has a value is."""
    made = world()
    tell(made, "1", 10, 30, 100)
    tell(made, "1", 12, 0, 0)
    tell(made, "1", 15, 50, 100)
    assert needed(made, SEEN)["1"] == on_line(Fraction(30, 100), YEAR_END, MARCH_2022)


def test_a_restated_baseline_moves_the_line() -> None:
    """What is known of the day is what counts, as it is known at the moment that is asked for."""
    made = world()
    tell(made, "1", 12, 20, 100)
    tell(made, "1", 15, 50, 100)
    before = needed(made, SEEN)
    made.tell(["1"], MONTHS[12], 30, 100, hanoi(date(2022, 4, 25)), tier="commune")
    assert needed(made, SEEN) == before
    assert needed(made, date(2022, 4, 28))["1"] == on_line(Fraction(30, 100), YEAR_END, MARCH_2022)


def test_shares_are_on_the_line_of_their_pool() -> None:
    """A share is held against what is required of the whole, wherever it stood itself."""
    made = world(scope=Scope.POOLED, selector=Selector(code="01"))
    for month, one, two in ((12, 20, 40), (15, 50, 60)):
        tell(made, "1", month, one, 100)
        tell(made, "2", month, two, 100)
    assert set(needed(made, SEEN).values()) == {on_line(Fraction(60, 200), YEAR_END, MARCH_2022)}


def test_of_versions_in_force_at_once_each_has_its_own_start() -> None:
    """A default from the first value and an exception from a day, of the same metric and months."""
    made = world(ONE, TWO, on=None)
    (default,) = made.programme.targets
    exception = replace(
        default, version="2", selector=Selector(code="2"),
        trajectory=Trajectory(model.Path.LINEAR, assumed=False, baseline_on=YEAR_END),
    )  # fmt: skip
    default = replace(default, selector=replace(default.selector, except_for=(TWO.key,)))
    made.programme = replace(made.programme, targets=(default, exception))
    for month, value in ((11, 10), (12, 20), (15, 50)):
        tell(made, "1", month, value, 100)
        tell(made, "2", month, value, 100)
    assert needed(made, SEEN) == {
        "1": on_line(Fraction(10, 100), date(2021, 11, 30), MARCH_2022),
        "2": on_line(Fraction(20, 100), YEAR_END, MARCH_2022),
    }


def test_both_bounds_of_between_leave_from_where_it_stood() -> None:
    """Above both bounds the upper one comes down from the baseline while the lower one stands still."""
    made = world(ONE, comparison=Comparison.BETWEEN, value=300_000, value_to=500_000)
    tell(made, "1", 12, 90, 100)
    tell(made, "1", 15, 95, 100)
    (found,) = [each for each in made.assessments(hanoi(SEEN)) if each.org_unit == "1"]
    down = Fraction(90, 100) - Fraction(40, 100) * Fraction((MARCH_2022 - YEAR_END).days, (DUE - YEAR_END).days)
    assert (found.status, found.final, found.required) == (Status.BEHIND, 500_000, round(down * 1_000_000))


LAST_DAY, JULY = date(2025, 6, 30), date(2025, 7, 1)
NEW, REST = unit("n", "commune", valid_from=JULY), unit("r", "commune", valid_from=JULY)
HEIRS: dict[str, dict[OrgUnit, Fraction | int]] = {
    "1": {NEW: Fraction(1, 3), REST: Fraction(2, 3)},
    "2": {NEW: 1},
}
OLD = tuple(unit(code, "commune", valid_to=LAST_DAY, to=heirs) for code, heirs in HEIRS.items())
AFTER_JULY = date(2025, 8, 20)
JULY_ENDS = date(2025, 7, 31)


def reorganised(ending: UnitEnding = UnitEnding.PASSES_ON, **changes: object) -> World:
    """Two communes that stood at 20 of 100 and 30 of 50, and were made into two others at the end of June 2025."""
    made = world(*OLD, NEW, REST, when_unit_ends=ending, **changes)
    for month in (12, JUNE_2025):
        tell(made, "1", month, 20, 100)
        tell(made, "2", month, 30, 50)
    for code in ("n", "r"):
        tell(made, code, JUNE_2025 + 1, 70, 100)
    return made


TOGETHER = (Fraction(20, 3) + 30) / (Fraction(100, 3) + 50)


@pytest.mark.parametrize("on", [YEAR_END, None])
def test_history_passes_on_by_weights(on: date | None) -> None:
    """A third of 20 of 100 and all of 30 of 50 make 44 %: there the line of their successor begins, when theirs did."""
    assert needed(reorganised(on=on), AFTER_JULY) == {
        "n": on_line(TOGETHER, YEAR_END, JULY_ENDS),
        "r": on_line(Fraction(20, 100), YEAR_END, JULY_ENDS),
    }


def test_history_does_not_pass_on_where_the_target_ends() -> None:
    """Under a target that ends with its units the new ones have a path of their own, from their own first value."""
    assert set(needed(reorganised(UnitEnding.ENDS), AFTER_JULY).values()) == {
        on_line(Fraction(70, 100), JULY_ENDS, JULY_ENDS)
    }


def test_only_those_that_were_observed_are_weighed() -> None:
    """A predecessor that was never observed leaves the others as they are; without any, it is the first own value."""
    made = reorganised()
    made.told = [each for each in made.told if each.org_unit.code != "2"]
    assert needed(made, AFTER_JULY)["n"] == on_line(Fraction(20, 100), YEAR_END, JULY_ENDS)
    made.told = [each for each in made.told if each.org_unit.code != "1"]
    assert needed(made, AFTER_JULY)["n"] == on_line(Fraction(70, 100), JULY_ENDS, JULY_ENDS)


def test_those_that_began_later_begin_the_common_line_later() -> None:
    """Of first values of several months the line begins with the last: from there on all of them had been observed."""
    made = reorganised(on=None)
    made.told = [each for each in made.told if (each.org_unit.code, each.month) != ("2", MONTHS[12])]
    tell(made, "2", 20, 30, 50)
    assert needed(made, AFTER_JULY)["n"] == on_line(TOGETHER, date(2022, 8, 31), JULY_ENDS)


def test_a_unit_that_took_another_in_keeps_its_own_start() -> None:
    """It stood somewhere itself: a small unit that came to it later does not move its line."""
    big = unit("b", "commune")
    small = unit("s", "commune", valid_to=LAST_DAY, to={big: 1})
    made = world(big, small, when_unit_ends=UnitEnding.PASSES_ON, on=None)
    tell(made, "s", 12, 90, 100)
    tell(made, "b", 14, 10, 100)
    tell(made, "b", JUNE_2025 + 1, 70, 100)
    assert needed(made, AFTER_JULY)["b"] == on_line(Fraction(10, 100), date(2022, 2, 28), JULY_ENDS)


def test_history_passes_on_at_any_remove() -> None:
    """Through a unit that was there for one month and was never observed."""
    last = unit("z", "commune", valid_from=date(2025, 8, 1))
    between = unit("y", "commune", valid_from=JULY, valid_to=JULY_ENDS, to={last: 1})
    first = unit("x", "commune", valid_to=LAST_DAY, to={between: 1})
    made = world(first, between, last, when_unit_ends=UnitEnding.PASSES_ON)
    tell(made, "x", 12, 1, 7)
    tell(made, "z", JUNE_2025 + 2, 1, 2)
    assert needed(made, date(2025, 9, 20))["z"] == on_line(Fraction(1, 7), YEAR_END, date(2025, 8, 31))


def test_counts_are_added_up_and_not_averaged() -> None:
    """100 of one and a third of 90 of another are 130, out of which the line leads; a rank is handed down to nobody."""
    changes = {"kind": MetricKind.COUNT, "value": 1_000_000_000}
    made = world(*OLD, NEW, REST, when_unit_ends=UnitEnding.PASSES_ON, **changes)
    for month in (12, JUNE_2025):
        tell(made, "1", month, 90, 1)
        tell(made, "2", month, 100, 1)
    tell(made, "n", JUNE_2025 + 1, 70, 1)
    passed = Fraction((JULY_ENDS - YEAR_END).days, (DUE - YEAR_END).days)
    assert needed(made, AFTER_JULY)["n"] == round((130 + (1000 - 130) * passed) * 1_000_000)
    made.programme = replace(made.programme, metrics={"online": metric(kind=MetricKind.RANK)})
    assert needed(made, AFTER_JULY)["n"] == 70_000_000


def test_shares_without_their_parts_are_not_weighed() -> None:
    """Of 69.3 % of nobody knows how many there is nothing to hand down."""
    made = reorganised()
    made.told = [replace(each, parts=False) if each.org_unit == UnitKey("2", START) else each for each in made.told]
    assert needed(made, AFTER_JULY)["n"] == on_line(Fraction(20, 100), YEAR_END, JULY_ENDS)


def test_a_path_with_a_declared_baseline_or_none_asks_nobody() -> None:
    """A standing target and a line from a given value are as they were, whatever was observed."""
    made = reorganised(trajectory=HOLD, due=None)
    assert set(needed(made, AFTER_JULY).values()) == {800_000}


def test_weights_of_any_size_stay_exact() -> None:
    """Weights whose common denominator 64 bits could not hold: the start is the exact fraction, and so is the line."""
    odd = [Fraction(1, 10**9 + 7), Fraction(1, 10**9 + 9), Fraction(1, 998_244_353)]
    old = [
        unit(str(place), "commune", valid_to=LAST_DAY, to={NEW: weight, REST: 1 - weight})
        for place, weight in enumerate(odd)
    ]
    made = world(*old, NEW, REST, when_unit_ends=UnitEnding.PASSES_ON)
    for place in range(3):
        tell(made, str(place), 12, place + 1, 10)
    tell(made, "n", JUNE_2025 + 1, 70, 100)
    exact = sum(weight * (place + 1) for place, weight in enumerate(odd)) / sum(weight * 10 for weight in odd)
    assert needed(made, AFTER_JULY)["n"] == on_line(exact, YEAR_END, JULY_ENDS)


def test_one_version_of_a_target_asks_for_what_another_does_not() -> None:
    """Two versions of one target, one after the other, each from the day that it names."""
    made = world(ONE, on=YEAR_END, effective_to=date(2022, 12, 31))
    (first,) = made.programme.targets
    later = date(2022, 12, 31)
    second: TargetVersion = replace(
        first, version="2", effective_from=date(2023, 1, 1), effective_to=None,
        trajectory=Trajectory(model.Path.LINEAR, assumed=False, baseline_on=later),
    )  # fmt: skip
    made.programme = replace(made.programme, targets=(first, second))
    for month, value in ((12, 20), (15, 30), (24, 40), (27, 50)):
        tell(made, "1", month, value, 100)
    assert needed(made, SEEN)["1"] == on_line(Fraction(20, 100), YEAR_END, MARCH_2022)
    assert needed(made, date(2023, 4, 20))["1"] == on_line(Fraction(40, 100), later, date(2023, 3, 31))
