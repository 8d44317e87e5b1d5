"""The histories of the shipped units: over every step, all of a unit comes to somebody, by the parts that judge it."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from targetwatch.catalogue.org_units import read_units
from targetwatch.catalogue.successors import with_successors
from targetwatch.evaluation.succession import Succession
from targetwatch.model import Basis, Programme, UnitKey
from targetwatch.unit_history import UnitHistory, histories
from tests.warehouse.samples import programme

REGISTER = Path(__file__).resolve().parents[2] / "catalogue" / "org_units"
TODAY = date(2026, 1, 1)


@pytest.fixture(scope="module")
def hanoi() -> Programme:
    """A programme of the shipped units, without a target."""
    register = read_units([(REGISTER / name, name) for name in ("units.csv", "departments.csv")], None)
    register = with_successors(register, [(REGISTER / "successors.csv", "successors.csv")])
    return replace(programme(), org_units=register.units, targets=())


@pytest.fixture(scope="module")
def told(hanoi: Programme) -> dict[UnitKey, UnitHistory]:
    """The histories of all units."""
    return {history.unit.key: history for history in histories(hanoi, hanoi.org_units, TODAY)}


def test_all_of_a_unit_comes_to_somebody(told: dict[UnitKey, UnitHistory], hanoi: Programme) -> None:
    """The parts of those who go on with a unit's work add up to one, and are those that judging divides by."""
    succession = Succession(hanoi.org_units)
    for key, history in told.items():
        if not history.followed_by:
            continue
        today = history.in_the_end or history.followed_by
        assert sum(part.weight for part in today) == 1
        division = succession.division(key, TODAY)
        divided = {
            heir: Fraction(part, division.whole) for heir, part in zip(division.heirs, division.parts, strict=True)
        }
        assert {part.unit.key: part.weight for part in today} == divided


def test_what_is_taken_over_is_what_was_passed_on(told: dict[UnitKey, UnitHistory]) -> None:
    """Looked at from either end a part is the same, and what came through others is counted once."""
    taken: dict[UnitKey, Fraction] = {}
    for history in told.values():
        if history.unit.valid_to is None:
            for part in (*history.took_over, *history.through_them):
                taken[part.unit.key] = taken.get(part.unit.key, Fraction(0)) + part.weight
    assert taken.keys() == {key for key, history in told.items() if history.followed_by}
    assert set(taken.values()) == {Fraction(1)}


def test_what_was_assumed_once_stays_assumed(told: dict[UnitKey, UnitHistory]) -> None:
    """A part of a part is no better known than the worse of the two."""
    trung_mau = told[UnitKey("00547", date(2021, 1, 1))]
    assert {part.basis for part in trung_mau.followed_by} == {Basis.ASSUMED}
    assert {part.basis for part in trung_mau.in_the_end} == {Basis.ASSUMED}
    trung_tu = told[UnitKey("00226", date(2021, 1, 1))]
    assert [part.basis for part in trung_tu.followed_by] == [Basis.WHOLE]
    assert [part.basis for part in trung_tu.in_the_end] == [Basis.EQUAL, Basis.EQUAL]
