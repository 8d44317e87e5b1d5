"""Digests of five thousand units, out of a ledger: a handful of rows, and everything counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from targetwatch.incidents import facts
from targetwatch.model import (
    Assessment,
    Incident,
    IncidentEvent,
    IncidentEventKind,
    IncidentKey,
    IncidentKind,
    IncidentState,
    Language,
    Programme,
    Rhythm,
    Role,
    Scope,
    Status,
    UnitKey,
)
from targetwatch.settings import CHECKOUT, Settings
from targetwatch.steps import digesting
from targetwatch.warehouse import Warehouse, ledger
from targetwatch.warehouse.session import Connection
from tests.digests.examples import CITY, FROM, OF_DISTRICTS, SEPTEMBER, local, look, programme, units

UNITS = 5_000
BEGAN, FELL = local(date(2024, 11, 14), 17), local(date(2024, 11, 20), 9)
MONDAY = local(date(2024, 11, 25), 8, 5)


@pytest.fixture(scope="module")
def whole() -> Programme:
    """A programme of five thousand districts: one target pools them, another asks each by itself."""
    names = [f"Đơn vị {place:04d}" for place in range(UNITS)]
    each = replace(OF_DISTRICTS, target="each", version="each-1", scope=Scope.EACH)
    return programme(org_units=units(names, communes=0), targets=(OF_DISTRICTS, each))


@pytest.fixture(scope="module")
def warehouse(whole: Programme, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A ledger in which all of them fall behind on 20 November, under both targets."""
    made = Warehouse(tmp_path_factory.mktemp("size"), CHECKOUT / "sql", CHECKOUT / "sql")
    keys = [UnitKey(f"{place:03d}", FROM) for place in range(1, UNITS + 1)]
    good = _looks(whole, keys, 180, Status.ON_TRACK, BEGAN)
    bad = _looks(whole, keys, 100, Status.BEHIND, FELL)
    events = [
        IncidentEvent(IncidentEventKind.OPENED, one.number, one.key, FELL, {}, one.facts) for one in _incidents(bad)
    ]
    with made.ledger() as conn:
        ledger.start_run(conn, "one", as_of=BEGAN, started_at=BEGAN)
        ledger.append_assessments(conn, good, run_id="one", recorded_at=BEGAN)
        _finish(conn, "one", BEGAN)
        ledger.start_run(conn, "two", as_of=FELL, started_at=FELL)
        ledger.append_assessments(conn, bad, run_id="two", recorded_at=FELL)
        ledger.save_incidents(conn, _incidents(bad))
        ledger.append_events(conn, events, run_id="two", recorded_at=FELL)
        _finish(conn, "two", FELL)
    with made.records():
        pass
    return made


def _finish(conn: Connection, run: str, at: datetime) -> None:
    ledger.finish_run(conn, run, finished_at=at, observations=0, assessments=0, events=0, notifications=0)


def _looks(whole: Programme, keys: Sequence[UnitKey], of_200: int, status: Status, at: datetime) -> list[Assessment]:
    pooled, each = whole.targets
    found = [look(pooled, CITY, (of_200 * UNITS, 200 * UNITS), status=status, as_of=at, period=SEPTEMBER)]
    for of, role in ((pooled, Role.SHARE), (each, Role.EACH)):
        found += [look(of, key, (of_200, 200), status=status, role=role, as_of=at, period=SEPTEMBER) for key in keys]
    return found


def _incidents(looks: Sequence[Assessment]) -> list[Incident]:
    return [
        Incident(
            number,
            IncidentKey(IncidentKind.BEHIND, one.target, one.org_unit, one.org_unit_valid_from),
            IncidentState.OPEN,
            FELL,
            FELL,
            facts={"judged": facts.of_assessment(one)},
        )
        for number, one in enumerate(looks, start=1)
    ]


def test_five_thousand_units_make_a_handful_of_rows(whole: Programme, warehouse: Warehouse) -> None:
    """Ten thousand looks and incidents make one digest for each receiver, and a second call makes none."""
    settings = Settings(home=warehouse.home, programme=CHECKOUT)
    made = digesting.make(settings, whole, warehouse, (Rhythm.WEEKLY,), MONDAY)
    assert (made.made, made.rows) == (("digest/weekly/2024-W47",), 3)
    assert digesting.make(settings, whole, warehouse, (Rhythm.WEEKLY,), MONDAY + timedelta(days=1)).rows == 0


@pytest.mark.parametrize("rhythm", list(Rhythm), ids=str)
def test_everything_of_five_thousand_is_counted(whole: Programme, warehouse: Warehouse, rhythm: Rhythm) -> None:
    """Each of them is short by 40 of 140: 200,000 together, and half of that is closed by 2,500 of them."""
    settings = Settings(home=warehouse.home, programme=CHECKOUT)
    page = digesting.page(settings, whole, warehouse, rhythm, MONDAY, Language.EN)
    assert page is not None
    text = "\n".join(line for part in page.parts for line in part.lines)
    assert "5,000 of 5,000 districts" in text
    assert "200,000 dossiers short" in text
    # The shares of a pooled target are told inside its message; those that answer for themselves are 5,000 more.
    assert "5,001 incidents in 2 messages" in text.replace("*", "")
    if rhythm is Rhythm.WEEKLY:
        assert "100,000 dossiers, half of the gap" in text
