"""Permission: who may act on what, by their roles; a table of cases."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from targetwatch import catalogue
from targetwatch.model import Holder, Incident, IncidentKey, IncidentKind, IncidentState, Label, Routing
from targetwatch.notifications.policy.permission import (
    Allowed,
    Denied,
    Ground,
    Hindrance,
    Matter,
    escalated_to,
    matter_of,
    permission,
    roles_of,
)
from targetwatch.settings import CHECKOUT

ROUTING = Routing(
    holders=(
        Holder("U_ALL", "chairs"),
        Holder("U_BA_DINH", "chairs", "001"),
        Holder("U_DATED", "chairs", "001@2021-01-01"),
        Holder("U_TWO", "chairs"),
        Holder("U_TWO", "chairs", "001"),
        Holder("U_DIRECTOR", "director"),
    ),
    operator_users=("U_OPERATOR", "U_DIRECTOR_TOO"),
)
CITY = ("01", "01@2021-01-01")
BA_DINH = ("001", "001@2021-01-01", *CITY)
A_COMMUNE = ("00004", "00004@2021-01-01", *BA_DINH)
LATER_BA_DINH = ("001", "001@2025-07-01", *CITY)

CASES = [
    ("the office that answers, for all", "U_ALL", Matter("chairs", CITY), Ground.OWNER),
    ("for one of its units", "U_ALL", Matter("chairs", A_COMMUNE), Ground.OWNER),
    ("for what is of no unit", "U_ALL", Matter("chairs"), Ground.OWNER),
    ("the office of a unit, for it", "U_BA_DINH", Matter("chairs", BA_DINH), Ground.OWNER),
    ("and for those below", "U_BA_DINH", Matter("chairs", A_COMMUNE), Ground.OWNER),
    ("not for the one above", "U_BA_DINH", Matter("chairs", CITY), Hindrance.ANOTHER_UNIT),
    ("nor for what is of no unit", "U_BA_DINH", Matter("chairs"), Hindrance.ANOTHER_UNIT),
    ("nor for another office", "U_BA_DINH", Matter("director", BA_DINH), Hindrance.ANOTHER_OFFICE),
    ("a unit with its first day", "U_DATED", Matter("chairs", BA_DINH), Ground.OWNER),
    ("not one that bears its code later", "U_DATED", Matter("chairs", LATER_BA_DINH), Hindrance.ANOTHER_UNIT),
    ("whom it was escalated to", "U_DIRECTOR", Matter("chairs", CITY, ("director",)), Ground.ESCALATED),
    ("not before it was", "U_DIRECTOR", Matter("chairs", CITY), Hindrance.ANOTHER_OFFICE),
    ("an operator, for anything", "U_OPERATOR", Matter("chairs", CITY), Ground.OPERATOR),
    ("even where nobody answers", "U_OPERATOR", Matter(""), Ground.OPERATOR),
    ("nobody, where nobody answers", "U_ALL", Matter(""), Hindrance.ANOTHER_OFFICE),
    ("somebody unknown", "U_FORGED", Matter("chairs", CITY), Hindrance.NO_ROLE),
    ("no user at all", "", Matter("chairs", CITY), Hindrance.NO_ROLE),
]


@pytest.mark.parametrize(("claim", "user", "matter", "expected"), CASES, ids=[case[0] for case in CASES])
def test_who_may_act(claim: str, user: str, matter: Matter, expected: Ground | Hindrance):
    """The office that answers, for its unit and those below; whom it came to; operators; nobody else."""
    found = permission(ROUTING, user, matter)
    assert (found.ground if isinstance(found, Allowed) else found.hindrance) is expected, claim


def test_of_several_roles_the_narrowest_counts():
    """Who is chair of one district and may act for all acts as the chair of that district there."""
    found = permission(ROUTING, "U_TWO", Matter("chairs", A_COMMUNE))
    assert isinstance(found, Allowed)
    assert found.holder == Holder("U_TWO", "chairs", "001")
    elsewhere = permission(ROUTING, "U_TWO", Matter("chairs", CITY))
    assert isinstance(elsewhere, Allowed)
    assert elsewhere.holder == Holder("U_TWO", "chairs")


def test_a_policy_without_people_lets_nobody_act():
    """An empty table of people is no open door, whatever id is given."""
    for user in ("", "U_ALL", "None"):
        found = permission(Routing(), user, Matter("chairs", CITY))
        assert isinstance(found, Denied)
    assert roles_of(Routing(holders=(Holder("", "chairs"),)), "") == ()


def test_a_matter_is_read_off_the_labels():
    """Who answers and for which unit are the labels that rules match on."""
    labels = {Label.OWNER: ("chairs",), Label.UNIT: BA_DINH}
    assert matter_of(labels, ("director",)) == Matter("chairs", BA_DINH, ("director",))
    assert matter_of({}) == Matter("")


@pytest.mark.parametrize(
    ("steps", "roles"), [(0, ()), (1, ("information_director",)), (2, ("information_director", "city_office"))]
)
def test_whom_it_was_escalated_to_are_the_offices_of_the_steps_that_were_taken(steps: int, roles: tuple[str, ...]):
    """In the shipped policy the department may act after the first step, and the city's office after the second."""
    programme = catalogue.load(CHECKOUT / "catalogue")
    key = IncidentKey(IncidentKind.BEHIND, "dossiers_district", "01", date(2021, 1, 1))
    incident = Incident(7, key, IncidentState.OPEN, datetime(2025, 6, 17, tzinfo=UTC), escalated=steps)
    labels = {Label.KIND: ("behind",), Label.SUBJECT: ("dossiers_district",), Label.OWNER: ("district_chairs",)}
    assert set(escalated_to(programme, labels, incident)) == set(roles)
