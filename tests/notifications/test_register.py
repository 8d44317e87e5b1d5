"""The register of a programme is made once, and never taken for another's."""

from __future__ import annotations

from dataclasses import replace

from targetwatch.model.org_units import REMEMBERED
from targetwatch.notifications.register import register_of
from tests.incidents.programmes import PROGRAMME

UNITS = PROGRAMME.org_units


def test_a_register_that_was_asked_for_is_not_made_again() -> None:
    """The same org_units have the same register, also after a few others were asked for."""
    units = UNITS[:-1]
    known = register_of(units)
    for count in range(1, REMEMBERED):
        register_of(UNITS[:count])
    assert register_of(units) is known


def test_org_units_that_look_alike_have_registers_of_their_own() -> None:
    """A catalogue that was read again may call a unit otherwise: it is called so from then on."""
    unit = UNITS[0]
    renamed = (replace(unit, name="Hà Nội mới"), *UNITS[1:])
    assert register_of(UNITS).name_of(unit.key) == unit.name
    assert register_of(renamed).name_of(unit.key) == "Hà Nội mới"
    assert register_of(UNITS).lineage_of(unit.key) == register_of(renamed).lineage_of(unit.key)
