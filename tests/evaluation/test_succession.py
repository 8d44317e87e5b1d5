"""Succession: what passes on from units that have ended, in whole numbers that add up, and what targets do then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from targetwatch.evaluation.restatements import restated
from targetwatch.evaluation.succession import Division
from targetwatch.model import (
    MetricKind,
    OrgUnit,
    Origin,
    Reporters,
    Status,
    UnitKey,
)

from .worlds import HOLD, START, World, hanoi, metric, programme, source, target, unit

JUNE, JULY, AUGUST = date(2025, 6, 1), date(2025, 7, 1), date(2025, 8, 1)
LAST_DAY = date(2025, 6, 30)
IN_JULY, IN_AUGUST = hanoi(date(2025, 7, 10)), hanoi(date(2025, 8, 5))
IN_SEPTEMBER = hanoi(date(2025, 9, 3))
AFTER_JULY, AFTER_AUGUST = hanoi(date(2025, 8, 20)), hanoi(date(2025, 9, 20))
THIRD = Fraction(1, 3)
OF_COMMUNES = source(reporters=(Reporters("commune", "commune"),))
A = unit("a", "commune", valid_from=JULY)
B = unit("b", "commune", valid_from=JULY)
C = unit("c", "commune", valid_from=JULY)
SPLIT = unit("1", "commune", valid_to=LAST_DAY, to={A: THIRD, B: THIRD, C: THIRD})
MERGED = unit("2", "commune", valid_to=LAST_DAY, to={A: 1})
RENAMED = unit("c", "commune", valid_to=LAST_DAY, to={C: 1})
CHANGE = (SPLIT, MERGED, RENAMED, A, B, C)


def communes(*units: OrgUnit, kind: MetricKind = MetricKind.RATIO, **changes: object) -> World:
    """Communes under one standing target of the tier as one, and what they tell from June 2025 on."""
    standing = target("communes", tier="commune", **{"trajectory": HOLD, "due": None, **changes})
    world = World(programme([standing], units=units or CHANGE, sources=[OF_COMMUNES], metrics=[metric(kind=kind)]))
    world.first_day = JUNE
    return world


def told(world: World, unit_: OrgUnit, month: date, numerator: int, denominator: int, **more: object) -> None:
    """What is observed of a unit for a month, whether it is there still or not."""
    at = more.pop("at", hanoi(date(month.year, month.month + 1, 5)))
    own = World(replace(world.programme, org_units=(replace(unit_, valid_to=None),)))
    own.tell([unit_.key.code], month, numerator, denominator, at, **{"tier": "commune", **more})
    world.told += own.told


def rolled(world: World, month: date, at=AFTER_JULY) -> dict[str, tuple[int, int]]:
    """The figures of each unit for a month, by its key."""
    found = world.rolled(at).filter(pl.col("period_start") == month)
    return {
        f"{row['org_unit']}@{row['org_unit_valid_from']}": (row["numerator"], row["denominator"])
        for row in found.iter_rows(named=True)
    }


def after_the_change(**more: object) -> World:
    """June of the old communes, July of the new ones, and what was still observed of the old ones for July."""
    world = communes(**more)
    for old in (SPLIT, MERGED, RENAMED):
        told(world, old, JUNE, 60, 100)
    for new in (A, B, C):
        told(world, new, JULY, 50, 90)
    told(world, SPLIT, JULY, 5, 8, at=IN_JULY)
    told(world, RENAMED, JULY, 3, 4, at=IN_JULY)
    return world


def test_what_is_still_observed_of_ended_units_is_their_successors() -> None:
    """5 of 8 in three parts are 2 of 3, 2 of 3 and 1 of 2; a unit that goes on under its code gets all of it."""
    world = after_the_change()
    assert rolled(world, JULY) == {
        "a@2025-07-01": (50 + 2, 90 + 3),
        "b@2025-07-01": (50 + 2, 90 + 3),
        "c@2025-07-01": (50 + 1 + 3, 90 + 2 + 4),
        "01@2021-01-01": (150 + 8, 270 + 12),
    }


def test_the_period_before_the_change_is_the_old_units() -> None:
    """On the last day of June the old communes were there: June is theirs, and nothing of it moves."""
    assert rolled(after_the_change(), JUNE) == {
        "1@2021-01-01": (60, 100),
        "2@2021-01-01": (60, 100),
        "c@2021-01-01": (60, 100),
        "01@2021-01-01": (180, 300),
    }


def test_figures_with_an_inheritance_are_said_to_be_a_sum() -> None:
    """What was passed on makes the successor's row a rolled-up one, known since the newest of its parts arrived."""
    world = after_the_change()
    told(world, SPLIT, JULY, 6, 8, at=hanoi(date(2025, 8, 9)))
    found = world.rolled(AFTER_JULY).filter(pl.col("period_start") == JULY, pl.col("org_unit") != "01")
    assert set(found["rolled_up"]) == {True}
    assert set(found["known_at"]) == {hanoi(date(2025, 8, 9))}
    plain = world.rolled(AFTER_JULY).filter(pl.col("period_start") == JUNE, pl.col("org_unit") != "01")
    assert set(plain["rolled_up"]) == {False}


def test_a_successor_that_has_not_reported_is_missing_all_the_same() -> None:
    """What was passed on to it is no report of its own; its last denominator is what its predecessors had."""
    world = communes()
    for old, denominator in ((SPLIT, 100), (MERGED, 50), (RENAMED, 7)):
        told(world, old, JUNE, 1, denominator)
    told(world, A, JULY, 50, 90)
    told(world, SPLIT, JULY, 5, 8, at=IN_JULY)
    (city,) = world.rolled(AFTER_JULY).filter(pl.col("org_unit") == "01", pl.col("period_start") == JULY).to_dicts()
    assert (city["numerator"], city["denominator"], city["missing"]) == (52, 93, ["b@2025-07-01", "c@2025-07-01"])
    # 100 in three parts are 34, 33 and 33: a third of it for b, and for c a third and the 7 of the renamed one.
    assert city["missing_denominator"] == 33 + (33 + 7)


def test_a_missing_unit_that_took_another_in_is_as_large_as_both() -> None:
    """Its own last report, and what came to it after that; once it has reported since, its own report is enough."""
    staying = unit("s", "commune")
    absorbed = unit("x", "commune", valid_to=LAST_DAY, to={staying: 1})
    other = unit("o", "commune")
    world = communes(staying, absorbed, other)
    told(world, staying, JUNE, 1, 100)
    told(world, absorbed, JUNE, 1, 30)
    told(world, other, JULY, 1, 10)
    told(world, other, AUGUST, 1, 10)

    def missing(month: date, at=AFTER_AUGUST) -> int:
        city = world.rolled(at).filter(pl.col("org_unit") == "01", pl.col("period_start") == month)
        return city["missing_denominator"].item()

    assert missing(JULY) == missing(AUGUST) == 130
    told(world, staying, JULY, 1, 125)
    assert missing(AUGUST) == 125


def test_an_unknown_predecessor_leaves_a_successor_unknown() -> None:
    """Where nothing was ever known of those before it, it counts as the mean of those that reported, rounded up."""
    world = communes()
    told(world, A, JULY, 50, 90)
    told(world, B, JULY, 50, 95)
    (city,) = world.rolled(AFTER_JULY).filter(pl.col("org_unit") == "01", pl.col("period_start") == JULY).to_dicts()
    assert city["missing_denominator"] == 93


def test_a_line_of_successors_is_followed_to_its_end() -> None:
    """A unit that passed on to one that passed on itself: what is observed goes to who is there on the last day."""
    last = unit("z", "commune", valid_from=AUGUST)
    between = unit("y", "commune", valid_from=JULY, valid_to=date(2025, 7, 31), to={last: 1})
    first = unit("x", "commune", valid_to=LAST_DAY, to={between: Fraction(1, 2), C: Fraction(1, 2)})
    world = communes(first, between, last, C)
    told(world, first, JULY, 1, 3, at=IN_JULY)
    told(world, first, AUGUST, 2, 5, at=IN_JULY)
    for new, month in ((between, JULY), (C, JULY), (last, AUGUST), (C, AUGUST)):
        told(world, new, month, 0, 0)
    july, august = rolled(world, JULY, AFTER_AUGUST), rolled(world, AUGUST, AFTER_AUGUST)
    assert (july["y@2025-07-01"], july["c@2025-07-01"]) == ((0, 1), (1, 2))
    assert (august["z@2025-08-01"], august["c@2025-07-01"]) == ((1, 2), (1, 3))
    assert (july["01@2021-01-01"], august["01@2021-01-01"]) == ((1, 3), (2, 5))


def test_without_successors_it_stands_for_itself() -> None:
    """Nobody followed: what is still observed of the unit is nobody else's, and in no sum."""
    gone, staying = unit("g", "commune", valid_to=LAST_DAY), unit("s", "commune")
    world = communes(gone, staying)
    told(world, gone, JULY, 3, 4)
    told(world, staying, JULY, 5, 10)
    assert rolled(world, JULY) == {"g@2021-01-01": (3, 4), "s@2021-01-01": (5, 10), "01@2021-01-01": (5, 10)}


def test_ranks_and_shares_without_their_parts_do_not_pass_on() -> None:
    """A rank is nobody else's rank, and 69.3 % of nobody knows how many cannot be divided."""
    ranks = communes(kind=MetricKind.RANK)
    told(ranks, SPLIT, JULY, 3, 1, at=IN_AUGUST)
    told(ranks, A, JULY, 7, 1)
    assert rolled(ranks, JULY) == {"1@2021-01-01": (3, 1), "a@2025-07-01": (7, 1)}
    shares = communes()
    told(shares, SPLIT, JULY, 693, 1000, at=IN_AUGUST, parts=False)
    told(shares, A, JULY, 7, 10)
    assert rolled(shares, JULY)["1@2021-01-01"] == (693, 1000)
    assert rolled(shares, JULY)["a@2025-07-01"] == (7, 10)


def test_nothing_is_added_to_a_share_without_its_parts() -> None:
    """A successor of which only a percentage is known keeps it as it is."""
    world = communes()
    told(world, A, JULY, 693, 1000, parts=False)
    told(world, MERGED, JULY, 5, 8, at=IN_JULY)
    assert rolled(world, JULY)["a@2025-07-01"] == (693, 1000)


def test_counts_are_divided_without_their_denominator() -> None:
    """A count of 8 in three parts is 3, 3 and 2, each of 1; together they are 8 again."""
    world = after_the_change(kind=MetricKind.COUNT)
    world.told = [replace(each, numerator=each.denominator, denominator=1) for each in world.told]
    assert rolled(world, JULY) == {
        "a@2025-07-01": (93, 1),
        "b@2025-07-01": (93, 1),
        "c@2025-07-01": (90 + 2 + 4, 1),
        "01@2021-01-01": (282, 1),
    }


def test_a_published_figure_passes_on_to_units_that_owe_nothing() -> None:
    """Without reporters everything stands for itself, and what the successors inherit is theirs there too."""
    world = communes()
    world.programme = replace(world.programme, sources={"procedures": source(reporters=(), deadline=None)})
    told(world, MERGED, JULY, 5, 8, at=IN_JULY, origin=Origin.PUBLISHED)
    told(world, A, JULY, 50, 90, origin=Origin.PUBLISHED)
    assert rolled(world, JULY) == {"a@2025-07-01": (55, 98)}


def test_an_inheritance_is_no_report_through_another_source() -> None:
    """A figure that was reported of an ended unit does not make its successors reporters."""
    world = communes()
    told(world, MERGED, JULY, 5, 8, at=IN_AUGUST, origin=Origin.REPORTED)
    told(world, B, JULY, 50, 90, origin=Origin.REPORTED)
    assert "a@2025-07-01" not in rolled(world, JULY)
    told(world, A, JULY, 50, 90, origin=Origin.REPORTED)
    assert rolled(world, JULY)["a@2025-07-01"] == (55, 98)


def test_a_late_correction_of_an_ended_unit_restates_its_successors() -> None:
    """After July and August were judged, a dissolved commune's July is corrected: so is that of its successors."""
    world = after_the_change()
    for new in (A, B, C):
        told(world, new, AUGUST, 90, 100)
    told(world, RENAMED, JULY, 1, 4, at=hanoi(date(2025, 9, 25)))
    told(world, SPLIT, JULY, 8, 8, at=hanoi(date(2025, 9, 25)))
    names = ("target", "org_unit", "org_unit_valid_from", "metric", "tier", "period_start", "period_end", "numerator",
             "attained", "required", "final")  # fmt: skip
    judged = [
        {name: getattr(each, name) for name in names}
        | {"comparison": each.comparison.value, "status": each.status.value}
        for each in world.assessments(AFTER_JULY, AFTER_AUGUST)
    ]
    now = hanoi(date(2025, 9, 26))
    before, after = world.rolled(AFTER_AUGUST), world.rolled(now)
    found = restated(pl.DataFrame(judged), before, after, world.assessments(now))
    assert [(each.org_unit, each.numerator_before, each.numerator_after, each.denominator_after) for each in found] == [
        ("01", 158, 159, 282),
        ("a", 52, 53, 93),
        ("b", 52, 53, 93),
        ("c", 54, 53, 96),
    ]


def test_a_sum_beyond_64_bits_is_no_figure_and_takes_none_with_it() -> None:
    """An absurd number of an ended unit and one of its successor are no sum; other units keep their figures."""
    world = communes(MERGED, RENAMED, A, C)
    told(world, MERGED, JULY, 2**62, 2**62, at=IN_JULY)
    told(world, A, JULY, 2**62, 2**62)
    told(world, C, JULY, 1, 2)
    found = rolled(world, JULY)
    assert found == {"a@2025-07-01": (None, None), "c@2025-07-01": (1, 2), "01@2021-01-01": (None, None)}
    of_c = [each for each in world.assessments(AFTER_JULY) if each.org_unit == "c" and each.org_unit_valid_from == JULY]
    assert [each.status for each in of_c] == [Status.BEHIND]


@st.composite
def weights(draw: st.DrawFn, most: int = 6) -> list[Fraction]:
    """Weights that add up to one."""
    parts = draw(st.lists(st.integers(1, 10**6), min_size=1, max_size=most))
    return [Fraction(part, sum(parts)) for part in parts]


@given(weights=weights(), denominator=st.integers(0, 2**63 - 1), share=st.fractions(0, 1))
def test_parts_add_up_and_no_numerator_is_above_its_denominator(
    weights: list[Fraction], denominator: int, share: Fraction
) -> None:
    """Every part of the denominator is within one of its exact part, and both add up to what was divided."""
    division = Division.by((UnitKey(f"{place:02}", START), weight) for place, weight in enumerate(weights))
    numerator = int(denominator * share)
    denominators = division.of(denominator)
    numerators = division.of(numerator, denominators)
    assert (sum(denominators), sum(numerators)) == (denominator, numerator)
    assert all(0 <= few <= many for few, many in zip(numerators, denominators, strict=True))
    assert all(abs(part - denominator * weight) < 1 for part, weight in zip(denominators, weights, strict=True))


def test_equal_remainders_go_by_key() -> None:
    """Of equal parts the first by key gets what is left over, whatever the order of the register."""
    keys = [UnitKey(code, START) for code in ("c", "a", "b")]
    division = Division.by((key, THIRD) for key in keys)
    assert (division.heirs, division.of(5)) == (tuple(sorted(keys)), [2, 2, 1])


def test_a_numerator_gives_way_to_its_denominator() -> None:
    """3 of 4 in sevenths of 3, 3 and 1: the 4 are 2, 2 and 0, so the 3 are not 1, 1 and 1 but 2, 1 and 0."""
    weights = (Fraction(3, 7), Fraction(3, 7), Fraction(1, 7))
    division = Division.by((UnitKey(str(place), START), weight) for place, weight in enumerate(weights))
    assert (division.of(4), division.of(3)) == ([2, 2, 0], [1, 1, 1])
    assert division.of(3, division.of(4)) == [2, 1, 0]


@st.composite
def registers(draw: st.DrawFn) -> tuple[list[OrgUnit], list[OrgUnit]]:
    """Communes of three generations, each ended one divided among later ones: all of them, and those that ended."""
    generations: list[list[OrgUnit]] = []
    ends = [None, date(2025, 7, 31), LAST_DAY]
    for number, end in enumerate(ends):
        begins = START if number == 2 else ends[number + 1] + timedelta(days=1)
        later = [one for generation in generations for one in generation]
        made = []
        for place in range(draw(st.integers(1, 4))):
            heirs = draw(st.lists(st.sampled_from(later), min_size=1, max_size=4, unique=True)) if later else []
            if end is not None:
                there = [heir for heir in heirs if heir.is_valid_on(end + timedelta(days=1))] or generations[-1][:1]
                parts = draw(st.lists(st.integers(1, 30), min_size=len(there), max_size=len(there)))
                to = {heir: Fraction(part, sum(parts)) for heir, part in zip(there, parts, strict=True)}
            # Codes are used again: those of all generations are the same.
            made.append(unit(str(place), "commune", valid_from=begins, valid_to=end, to=to if end else None))
        generations.append(made)
    every = [one for generation in generations for one in generation]
    return every, [one for one in every if one.valid_to is not None]


@settings(max_examples=40, deadline=None)
@given(register=registers(), data=st.data())
def test_no_total_gains_or_loses_a_dossier(register: tuple[list[OrgUnit], list[OrgUnit]], data: st.DataObject) -> None:
    """Whatever the weights, and at whatever remove: the city's total is what was observed, before and after a change.

    Nor does it matter in which order the register names the units, or the figures arrive.
    """
    every, ended = register
    world = communes(*every)
    counts = st.tuples(st.integers(0, 50), st.integers(0, 50))
    totals: dict[date, tuple[int, int]] = {}
    for month in (JUNE, JULY, AUGUST):
        for one in every:
            last_day = world.period_of(month, {}).last_day
            if one.key.valid_from > last_day or (one.valid_to is None and not one.is_valid_on(last_day)):
                continue
            numerator, more = data.draw(counts)
            told(world, one, month, numerator, numerator + more)
            before = totals.get(month, (0, 0))
            totals[month] = (before[0] + numerator, before[1] + numerator + more)
    found = {month: rolled(world, month, AFTER_AUGUST) for month in totals}
    assert {month: figures["01@2021-01-01"] for month, figures in found.items()} == totals
    for figures in found.values():
        assert all(0 <= numerator <= denominator for numerator, denominator in figures.values())
    shuffled = World(replace(world.programme, org_units=tuple(data.draw(st.permutations(world.programme.org_units)))))
    shuffled.first_day, shuffled.told = JUNE, data.draw(st.permutations(world.told))
    assert {month: rolled(shuffled, month, AFTER_AUGUST) for month in totals} == found
    assert ended
