"""Who follows whom in the shipped register: every part of every commune that ended goes somewhere, none twice."""

import csv
from collections import Counter, defaultdict
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from targetwatch.catalogue.org_units import Register, read_units, units_valid_on
from targetwatch.catalogue.successors import with_successors
from targetwatch.model import Basis, OrgUnit, UnitKey

CHECKOUT = Path(__file__).resolve().parents[2]
REGISTER = CHECKOUT / "catalogue" / "org_units"
SECOND_SOURCE = CHECKOUT.parent / "shared" / "data" / "hanoi_units" / "hanoi_commune_mapping_526_to_126.csv"
NEW_YEAR, REFORM = date(2025, 1, 1), date(2025, 7, 1)


@pytest.fixture(scope="module")
def units() -> dict[UnitKey, OrgUnit]:
    """The shipped register, by key, with the successors."""
    register = read_units([(REGISTER / name, name) for name in ("units.csv", "departments.csv")], None)
    register = with_successors(register, [(REGISTER / "successors.csv", "successors.csv")])
    assert register.issues == ()
    return {unit.key: unit for unit in register.units}


@pytest.fixture(scope="module")
def ended(units: dict[UnitKey, OrgUnit]) -> list[OrgUnit]:
    """The communes that ended."""
    return [unit for unit in units.values() if unit.level == "commune" and unit.valid_to]


def ended_before(ended: list[OrgUnit], day: date) -> list[OrgUnit]:
    """Those whose last day was the one before `day`."""
    return [unit for unit in ended if unit.valid_to == day - timedelta(days=1)]


def test_every_commune_that_ended_passes_on_all_of_itself(ended: list[OrgUnit]) -> None:
    """612 stretches of communes ended, and the parts of each add up to exactly one, each to another successor."""
    assert len(ended) == 612
    for unit in ended:
        assert sum(successor.weight for successor in unit.successors) == 1, unit.key
        assert len({successor.unit for successor in unit.successors}) == len(unit.successors)


def test_nobody_else_has_successors(units: dict[UnitKey, OrgUnit]) -> None:
    """Districts ended without any; the city, the departments and today's communes have not ended."""
    others = {unit.level for unit in units.values() if not unit.successors}
    assert others == {"city", "department", "district", "commune"}
    assert not [unit for unit in units.values() if unit.successors and (unit.level != "commune" or not unit.valid_to)]


def test_a_successor_is_there_on_the_day_after(units: dict[UnitKey, OrgUnit], ended: list[OrgUnit]) -> None:
    """Nothing is passed on to a unit that is gone, or not there yet; and it is passed on within a level."""
    for unit in ended:
        assert unit.valid_to is not None
        for successor in unit.successors:
            follower = units[successor.unit]
            assert follower.is_valid_on(unit.valid_to + timedelta(days=1))
            assert not follower.is_valid_on(unit.valid_to) or follower.key.valid_from < NEW_YEAR
            assert follower.level == "commune"


def test_on_new_year_renamed_communes_go_on_and_no_district_gains_or_loses(
    units: dict[UnitKey, OrgUnit], ended: list[OrgUnit]
) -> None:
    """33 renamed ones go on whole under their code; 53 removed ones are assumed in all communes of their district."""
    changed = ended_before(ended, NEW_YEAR)
    bases = Counter(unit.successors[0].basis for unit in changed)
    assert bases == Counter({Basis.WHOLE: 33, Basis.ASSUMED: 53})
    there = units_valid_on(units.values(), NEW_YEAR)
    for unit in changed:
        followers = [units[successor.unit] for successor in unit.successors]
        assert {follower.parent for follower in followers} == {unit.parent}
        if unit.successors[0].basis is Basis.WHOLE:
            assert [follower.key for follower in followers] == [UnitKey(unit.key.code, NEW_YEAR)]
        else:
            assert unit.key.code not in there
            neighbours = {other.key for other in there.values() if other.parent == unit.parent}
            assert {follower.key for follower in followers} == neighbours
            assert {successor.weight for successor in unit.successors} == {Fraction(1, len(neighbours))}


def test_no_commune_changed_its_district_on_new_year(units: dict[UnitKey, OrgUnit]) -> None:
    """The premise of the assumption: whatever goes on under a code goes on in the same district."""
    before, after = (units_valid_on(units.values(), day) for day in (date(2024, 12, 31), NEW_YEAR))
    moved = [code for code in before.keys() & after.keys() if before[code].parent != after[code].parent]
    assert moved == []
    assert after.keys() <= before.keys()  # no code was new


def test_in_the_reform_327_went_whole_and_199_were_divided(units: dict[UnitKey, OrgUnit], ended: list[OrgUnit]) -> None:
    """794 pairs, from every one of the 526 to every one of the 126; the divided ones in equal parts, and marked so."""
    changed = ended_before(ended, REFORM)
    assert len(changed) == 526
    assert sum(len(unit.successors) for unit in changed) == 794
    assert Counter(successor.basis for unit in changed for successor in unit.successors) == Counter(
        {Basis.WHOLE: 327, Basis.EQUAL: 467}
    )
    assert {len(unit.successors) for unit in changed} == {1, 2, 3, 4, 5}
    now = {unit.key for unit in units_valid_on(units.values(), REFORM).values() if unit.level == "commune"}
    assert {successor.unit for unit in changed for successor in unit.successors} == now
    for unit in changed:
        assert {successor.weight for successor in unit.successors} == {Fraction(1, len(unit.successors))}


def test_every_new_code_is_an_old_one_and_is_kept_apart(units: dict[UnitKey, OrgUnit], ended: list[OrgUnit]) -> None:
    """All 126 codes belonged to other communes: each new one has a key of its own, and joins nothing by its code.

    To go by the code would be wrong: of 126 old bearers only some went over to the new one, and not always whole.
    """
    now = [unit for unit in units_valid_on(units.values(), REFORM).values() if unit.level == "commune"]
    assert len(now) == 126
    old = {unit.key.code: unit for unit in ended_before(ended, REFORM)}
    for unit in now:
        assert unit.key.code in old
        assert old[unit.key.code].key != unit.key
        assert unit.key.valid_from == REFORM
    renamed = [unit for unit in now if unit.name != old[unit.key.code].name]
    assert len(renamed) == 103
    part_of_it = {
        unit.key.code: sum(one.weight for one in old[unit.key.code].successors if one.unit == unit.key) for unit in now
    }
    assert [code for code, part in part_of_it.items() if part != 1], "the codes alone would tell the truth"
    others = defaultdict(set)
    for unit in old.values():
        for successor in unit.successors:
            others[successor.unit.code].add(unit.key.code)
    assert all(others[unit.key.code] - {unit.key.code} for unit in now), "a new commune is more than its code's old one"


def test_the_pairs_agree_with_a_second_source(ended: list[OrgUnit]) -> None:
    """Another compilation of the same reform has the same 794 pairs and the same 199 divided communes."""
    if not SECOND_SOURCE.is_file():
        pytest.skip("the second source, ../shared/data/hanoi_units, is not on this machine")
    with SECOND_SOURCE.open(encoding="utf-8", newline="") as file:
        theirs = {(row["old_code"], row["new_code"]): int(row["n_new_units_of_old"]) for row in csv.DictReader(file)}
    ours = {
        (unit.key.code, successor.unit.code): len(unit.successors)
        for unit in ended_before(ended, REFORM)
        for successor in unit.successors
    }
    assert len(ours) == 794
    assert ours == theirs


def test_a_register_without_the_file_has_no_successors() -> None:
    """Another programme need not say who follows whom."""
    register = read_units([(REGISTER / "units.csv", "units.csv")], None)
    assert not any(unit.successors for unit in with_successors(register, []).units)
    assert isinstance(register, Register)
