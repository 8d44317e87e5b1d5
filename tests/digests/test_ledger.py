"""The ledger as it was: incidents out of their events, figures by when they were written down, messages by when."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from targetwatch.model import (
    Incident,
    IncidentEvent,
    IncidentEventKind,
    IncidentKey,
    IncidentKind,
    IncidentState,
    Origin,
    Period,
    Status,
)
from targetwatch.settings import CHECKOUT
from targetwatch.warehouse import Warehouse, ledger
from targetwatch.warehouse.session import Connection
from tests.digests.examples import CITY, OCTOBER, OF_DISTRICTS, SEPTEMBER, local, look

START = local(date(2024, 11, 14), 17)
KIND = IncidentEventKind
SUBJECT = f"{OF_DISTRICTS.metric}|{OF_DISTRICTS.tier}|{CITY}"


def hours(number: int) -> datetime:
    """So many hours after everything began."""
    return START + timedelta(hours=number)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """An empty warehouse."""
    return Warehouse(tmp_path / "home", CHECKOUT / "sql", CHECKOUT / "sql")


LIFE = (  # of one incident: what happened, and what the facts were then
    (KIND.PENDING, "pending"),
    (KIND.OPENED, "opened"),
    (KIND.ACKNOWLEDGED, None),
    (KIND.ESCALATED, None),
    (KIND.CHANGED, "worse"),
    (KIND.LAPSED, None),
    (KIND.ACKNOWLEDGED, None),
    (KIND.RESOLVED, "good"),
)
STATES = (
    (IncidentState.PENDING, "pending"),
    (IncidentState.OPEN, "opened"),
    (IncidentState.ACKNOWLEDGED, "opened"),
    (IncidentState.ACKNOWLEDGED, "opened"),
    (IncidentState.ACKNOWLEDGED, "worse"),
    (IncidentState.OPEN, "worse"),
    (IncidentState.ACKNOWLEDGED, "worse"),
    (IncidentState.RESOLVED, "good"),
)


def test_an_incident_is_what_had_happened_to_it_by_then(warehouse: Warehouse) -> None:
    """Its state now says nothing of what it was: that, its facts and its dates follow from its events."""
    key = IncidentKey(IncidentKind.BEHIND, OF_DISTRICTS.target, CITY.code, CITY.valid_from)
    facts = [{} if said is None else {"said": said} for _, said in LIFE]
    events = [
        IncidentEvent(kind, 7, key, hours(place), {}, facts[place], by="U1", why="known")
        for place, (kind, _) in enumerate(LIFE)
    ]
    now = Incident(7, key, IncidentState.RESOLVED, START, hours(1), hours(7), facts={"said": "good"})
    with warehouse.ledger() as conn:
        ledger.save_incidents(conn, [now])
        for event in events:
            ledger.append_events(conn, [event], run_id="r", recorded_at=event.at)
        assert ledger.incidents_as_of(conn, hours(-1)) == []
        for place, (state, said) in enumerate(STATES):
            (one,) = ledger.incidents_as_of(conn, hours(place) + timedelta(minutes=30))
            assert (one.number, one.key, one.state, one.facts) == (7, key, state, {"said": said}), place
            assert one.began_at == START
            assert one.opened_at == (hours(1) if place else None)
            assert one.closed_at == (hours(7) if place == 7 else None)


def test_a_figure_is_known_once_it_is_written_down(warehouse: Warehouse) -> None:
    """September came as 70 of 100, was judged, and was corrected to 65 of 100 two days later, dated back by a day."""
    with warehouse.ledger() as conn:
        _observe(conn, SEPTEMBER, 70, known=hours(0), written=hours(0))
        judged = look(OF_DISTRICTS, CITY, (70, 100), status=Status.ON_TRACK, period=SEPTEMBER, as_of=hours(0))
        ledger.append_assessments(conn, [judged], run_id="r", recorded_at=hours(0))
        _observe(conn, OCTOBER, 80, known=hours(1), written=hours(1))
        _observe(conn, SEPTEMBER, 65, known=hours(24), written=hours(48))
        first_days = [SEPTEMBER.first_day]
        before = ledger.values_of(conn, [SUBJECT], first_days, hours(47))
        after = ledger.values_of(conn, [SUBJECT], first_days, hours(48))
        assert [(one.period, one.numerator) for one in (*before, *after)] == [(SEPTEMBER, 70), (SEPTEMBER, 65)]
        assert ledger.corrected(conn, [SUBJECT], hours(2), hours(47)) == []
        (one,) = ledger.corrected(conn, [SUBJECT], hours(2), hours(48))
        assert (one.period, one.before, one.after) == (SEPTEMBER, (70, 100), (65, 100))
        assert ledger.corrected(conn, [SUBJECT], hours(48), hours(72)) == []


def test_a_late_report_of_the_newest_month_restates_nothing(warehouse: Warehouse) -> None:
    """That one more unit reports is what a digest says as missing before; of an older month it is a restatement."""
    with warehouse.ledger() as conn:
        _observe(conn, SEPTEMBER, 70, known=hours(0), written=hours(0), bodies=29)
        judged = look(OF_DISTRICTS, CITY, (70, 100), status=Status.ON_TRACK, period=SEPTEMBER, as_of=hours(0))
        ledger.append_assessments(conn, [judged], run_id="r", recorded_at=hours(0))
        _observe(conn, SEPTEMBER, 90, known=hours(3), written=hours(3), bodies=30)
        assert ledger.corrected(conn, [SUBJECT], hours(2), hours(4)) == []
        newer = look(OF_DISTRICTS, CITY, (80, 100), status=Status.ON_TRACK, period=OCTOBER, as_of=hours(5))
        ledger.append_assessments(conn, [newer], run_id="r", recorded_at=hours(5))
        assert len(ledger.corrected(conn, [SUBJECT], hours(2), hours(6))) == 1


def test_a_month_was_judged_as_it_was_judged_last(warehouse: Warehouse) -> None:
    """Of every month the newest look at it by then, whatever month was judged since."""
    with warehouse.ledger() as conn:
        for hour, numerator, period in ((0, 70, SEPTEMBER), (2, 65, SEPTEMBER), (4, 80, OCTOBER)):
            one = look(OF_DISTRICTS, CITY, (numerator, 100), status=Status.BEHIND, period=period, as_of=hours(hour))
            ledger.append_assessments(conn, [one], run_id="r", recorded_at=hours(hour))
        found = [ledger.judged_for(conn, SEPTEMBER, hours(hour)) for hour in (-1, 1, 9)]
        assert [[one.numerator for one in looks] for looks in found] == [[], [70], [65]]
        assert [one.numerator for one in ledger.judged_for(conn, OCTOBER, hours(9))] == [80]


def test_a_ledger_without_passes_says_so(warehouse: Warehouse) -> None:
    """There is no first pass and no newest one; a pass that died is none."""
    with warehouse.ledger() as conn:
        ledger.start_run(conn, "died", as_of=START, started_at=START)
        assert ledger.passes(conn, hours(1)) == (None, None)
        for run, hour in (("a", 2), ("b", 4)):
            ledger.start_run(conn, run, as_of=hours(hour), started_at=hours(hour))
            ledger.finish_run(
                conn, run, finished_at=hours(hour), observations=0, assessments=0, events=0, notifications=0
            )
        assert ledger.passes(conn, hours(3)) == (hours(2), hours(2))
        assert ledger.passes(conn, hours(5)) == (hours(2), hours(4))


def _observe(
    conn: Connection, period: Period, numerator: int, *, known: datetime, written: datetime, bodies: int = 30
) -> None:
    row = {
        "metric": OF_DISTRICTS.metric,
        "org_unit": CITY.code,
        "org_unit_valid_from": CITY.valid_from,
        "tier": OF_DISTRICTS.tier,
        "period_start": period.first_day,
        "period_end": period.last_day,
        "origin": Origin.COMPUTED.value,
        "rolled_up": True,
        "numerator": numerator,
        "denominator": 100,
        "parts": True,
        "bodies_reported": bodies,
        "bodies_due": 30,
        "known_at": known,
        "batch_id": None,
    }
    frame = pl.DataFrame([row], schema_overrides={"batch_id": pl.String})
    ledger.append_observations(conn, frame, run_id="r", recorded_at=written)
