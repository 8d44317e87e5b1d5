"""Trends and care: what is looked up for a message, how little of it, and that it is what is known now."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

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
    Receiver,
    Role,
    Route,
    Routing,
    Scope,
    TrendPoint,
)
from targetwatch.notifications.situation import Situation
from targetwatch.notifications.stories import AcknowledgedLine, TargetStory
from targetwatch.notifications.telling.targets import tell
from targetwatch.notifications.telling.trends import since, wanted
from targetwatch.settings import Settings
from targetwatch.steps import telling
from targetwatch.warehouse import Warehouse, ledger
from tests.warehouse.conftest import PRODUCT_SQL, PROGRAMME_SQL
from tests.warehouse.samples import BEHIND, CITY, DISTRICT, FOUNDED, MAY, TARGET, at, observed, programme

NOW = at(20)
APRIL = (date(2025, 4, 1), date(2025, 4, 30))
KEY = (TARGET.target, DISTRICT.code, FOUNDED)
MANY = 5_000


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """An empty warehouse."""
    return Warehouse(tmp_path / "home", PRODUCT_SQL, PROGRAMME_SQL, wait_seconds=60)


def short(unit: str, role: Role, headroom: int = -10) -> Assessment:
    """A unit that is behind."""
    return replace(BEHIND, org_unit=unit, role=role, headroom=headroom * 1_000_000, headroom_units=headroom)


def opened(number: int, judged: Assessment, **changes: object) -> Incident:
    """Its incident."""
    key = IncidentKey(IncidentKind.BEHIND, judged.target, judged.org_unit, FOUNDED)
    kept = {
        "judged": facts.of_assessment(judged),
        "target": facts.of_target(TARGET),
        "metric": facts.of_metric(programme().metrics["dossiers_online"]),
    }
    return replace(Incident(number, key, IncidentState.OPEN, at(16), at(16), facts=kept), **changes)  # type: ignore[arg-type]


def seen(assessments: list[Assessment], incidents: list[Incident]) -> Situation:
    """A situation of these."""
    return Situation(programme(), NOW, tuple(incidents), (), tuple(assessments))


def test_a_course_is_what_is_known_now_of_every_period(warehouse: Warehouse) -> None:
    """Of each period there is one point, as it was restated last; another unit's and what is older are not in it."""
    rows = observed(
        {"period_start": APRIL[0], "period_end": APRIL[1], "numerator": 600, "known_at": at(13, month=5)},
        {},
        {"org_unit": "002", "numerator": 1},
        {"period_start": date(2020, 5, 1), "period_end": date(2020, 5, 31)},
    )
    with warehouse.ledger() as conn:
        ledger.append_observations(conn, rows, run_id="r1", recorded_at=at(13))
        corrected = observed({"numerator": 640, "known_at": at(15)})
        ledger.append_observations(conn, corrected, run_id="r2", recorded_at=at(15))
        found = ledger.trends(conn, {KEY: ("dossiers_online", "district")}, since(NOW))
    assert found[KEY].points == (TrendPoint(*APRIL, 600, 1000), TrendPoint(*MAY, 640, 1000))


def test_what_was_never_observed_has_no_course(warehouse: Warehouse) -> None:
    """A unit without observations, or nothing asked for, gives nothing."""
    with warehouse.ledger() as conn:
        assert ledger.trends(conn, {KEY: ("dossiers_online", "district")}, since(NOW)) == {}
        assert ledger.trends(conn, {}, since(NOW)) == {}


def test_thousands_of_units_ask_for_one_course() -> None:
    """Under a pooled target the units' shares are not looked up, however many they are."""
    units = [short(f"{number:05}", Role.SHARE) for number in range(MANY)]
    incidents = [opened(1, BEHIND), *(opened(2 + number, unit) for number, unit in enumerate(units))]
    assert wanted(seen([BEHIND, *units], incidents)) == {
        (TARGET.target, CITY.code, FOUNDED): ("dossiers_online", "district")
    }


def test_units_that_answer_one_by_one_ask_for_the_furthest() -> None:
    """Of the units of an `each` target the one that is furthest in real things is looked up, and told of."""
    units = [short(f"{number:03}", Role.EACH, -1 - number % 7) for number in range(50)]
    incidents = [opened(1 + number, unit) for number, unit in enumerate(units)]
    situation = seen(units, incidents)
    (key,) = wanted(situation)
    assert key == (TARGET.target, "006", FOUNDED)
    assert TARGET.scope is Scope.POOLED
    story = tell(situation, incidents[0])
    assert isinstance(story, TargetStory)
    assert story.behind[0].assessment.org_unit == "006"


def test_the_legal_source_is_the_targets() -> None:
    """A target's story names the document that asks for it."""
    story = tell(seen([BEHIND], [opened(1, BEHIND)]), opened(1, BEHIND))
    assert isinstance(story, TargetStory)
    assert story.reference is not None
    assert story.reference.title == "Báo cáo 277"


def test_who_acknowledged_what_is_told_of_the_whole_group() -> None:
    """Of three units under a pooled target one is acknowledged: its name, its words, and that two are left."""
    units = [short(f"{number:03}", Role.SHARE) for number in (1, 2, 3)]
    whole = opened(1, BEHIND)
    taken = opened(
        2, units[0], state=IncidentState.ACKNOWLEDGED, acknowledged_at=at(17), acknowledged_by="An",
        acknowledged_because="Đang sửa", acknowledged_until=at(30),
    )  # fmt: skip
    others = [opened(3, units[1]), opened(4, units[2])]
    care = tell(seen([BEHIND, *units], [whole, taken, *others]), whole).care
    assert care.acknowledged == (AcknowledgedLine(("Ba Đình",), "An", "Đang sửa", at(30)),)
    assert (care.unacknowledged, care.of) == (2, 3)


def test_an_acknowledgement_of_the_whole_is_one_of_all() -> None:
    """Where the tier as one is acknowledged, nobody is left who has not, and no unit is named."""
    whole = opened(1, BEHIND, state=IncidentState.ACKNOWLEDGED, acknowledged_at=at(17), acknowledged_by="An")
    units = [opened(2 + number, short(f"{number:03}", Role.SHARE)) for number in range(3)]
    care = tell(seen([BEHIND], [whole, *units]), whole).care
    assert care.acknowledged == (AcknowledgedLine((), "An", "", None),)
    assert care.unacknowledged == 0


def test_what_is_over_needs_no_care() -> None:
    """Of a closed episode nobody is counted."""
    closed = opened(1, BEHIND, state=IncidentState.RESOLVED, closed_at=NOW - timedelta(days=1))
    care = tell(seen([BEHIND], [closed]), closed).care
    assert (care.acknowledged, care.unacknowledged, care.of) == ((), 0, 0)


def test_a_pass_stores_the_message_with_its_chart_and_the_run(warehouse: Warehouse, tmp_path: Path) -> None:
    """What is put into the outbox has the course out of the ledger, and leads to the run that found it."""
    receiver = Receiver("heads", "#chi-tieu", Language.EN)
    asked = replace(programme(), receivers=(receiver,), routing=Routing(root=Route("heads")))
    city = {"org_unit": CITY.code, "numerator": 21_650, "denominator": 30_000}
    rows = observed(
        city,
        {**city, "period_start": APRIL[0], "period_end": APRIL[1], "numerator": 21_000, "known_at": at(13, month=5)},
    )
    whole = opened(1, BEHIND)
    event = IncidentEvent(IncidentEventKind.OPENED, 1, whole.key, NOW, {}, whole.facts)
    run = "https://airflow.example/dags/watch/runs/manual"
    with warehouse.ledger() as conn:
        ledger.append_observations(conn, rows, run_id="r1", recorded_at=at(13))
        known = telling.Known((whole,), (event,), [BEHIND])
        before = telling.situation(Settings(home=tmp_path), asked, conn, NOW)
        assert telling.tell(conn, before, known, run_id="r1", run_url=run) == 1
        (payload,) = conn.frame("unsent_notifications")["payload"].to_list()
    blocks = json.loads(payload)["blocks"]
    (image,) = [block for block in blocks if block["type"] == "image"]
    assert image["alt_text"].startswith("District dossiers, April 2025 to May 2025: up from 70.0% to 72.2%.")
    assert run in [element.get("url") for block in blocks for element in block.get("elements", [])]
