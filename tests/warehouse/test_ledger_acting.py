"""Silences, acknowledgements and evaluations are kept and read back, and the views say what they mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from targetwatch.incidents import acknowledge, unacknowledge
from targetwatch.model import (
    Finding,
    IncidentEvent,
    IncidentEventKind,
    IncidentKey,
    IncidentKind,
    IncidentState,
    Label,
    Matcher,
    Outlook,
    Severity,
    Silence,
)
from targetwatch.warehouse import Warehouse, ledger
from tests.warehouse.samples import INCIDENT, at, notification, programme

SILENCE = Silence(
    "s-3f9a1c",
    (Matcher(Label.KIND, ("behind", "late")), Matcher(Label.UNIT, ("001@2021-01-01",), negated=True)),
    "Linh",
    "máy chủ chuyển hôm thứ Sáu",
    created_at=at(16),
    begins=at(16),
    ends=at(20),
)


def test_an_incident_is_read_back_with_everything_about_it(warehouse: Warehouse) -> None:
    """Severity, who acknowledged it until when and why, escalation, and the times that are held: all of it survives."""
    full = replace(
        INCIDENT,
        state=IncidentState.ACKNOWLEDGED,
        severity=Severity.CRITICAL,
        good_since=at(17),
        acknowledged_at=at(16),
        acknowledged_by="Linh",
        acknowledged_because="đang chuyển máy chủ",
        acknowledged_until=at(20),
        escalated=2,
        held_since=at(18),
        held_for=timedelta(hours=5, microseconds=7),
    )
    with warehouse.ledger() as conn:
        assert ledger.save_incidents(conn, [INCIDENT]) == 1
        assert ledger.save_incidents(conn, [full]) == 1
        assert ledger.save_incidents(conn, [full]) == 0
        assert ledger.live_incidents(conn) == [full]


def test_an_event_says_by_whom_why_and_until_when(warehouse: Warehouse) -> None:
    """What a person did is read back in their words; what a pass found has none."""
    done = acknowledge(INCIDENT, "Linh", "đang chuyển máy chủ", at(20), at(16)).events
    found = IncidentEvent(IncidentEventKind.CHANGED, 1, INCIDENT.key, at(17), {}, {})
    with warehouse.ledger() as conn:
        ledger.save_incidents(conn, [INCIDENT])
        ledger.append_events(conn, [*done, found], run_id="r", recorded_at=at(17))
        assert ledger.incident_events(conn, 1) == [*done, found]


def test_silences_are_read_back_and_end_once(warehouse: Warehouse) -> None:
    """A silence is kept once, can be ended once and summed up once, and is never forgotten."""
    later = replace(SILENCE, id="s-000001", created_at=at(17))
    with warehouse.ledger() as conn:
        assert ledger.keep_silence(conn, SILENCE) == 1
        assert ledger.keep_silence(conn, SILENCE) == 0
        ledger.keep_silence(conn, later)
        assert ledger.silences(conn) == [SILENCE, later]
        assert ledger.withdraw_silence(conn, SILENCE.id, "Minh", at(18)) == 1
        assert ledger.withdraw_silence(conn, SILENCE.id, "somebody else", at(19)) == 0
        assert ledger.mark_summed_up(conn, [SILENCE.id], at(19)) == 1
        assert ledger.mark_summed_up(conn, [SILENCE.id], at(20)) == 0
        ended = replace(SILENCE, withdrawn_at=at(18), withdrawn_by="Minh", summed_up_at=at(19))
        assert ledger.silences(conn) == [ended, later]


def test_silences_are_written_as_people_write_them(published: Callable[[], Warehouse], warehouse: Warehouse) -> None:
    """The view spells the matchers out, says when it ends, and counts what it withheld."""
    withheld = notification(1, state_reason=f"silenced:{SILENCE.id}")
    with warehouse.ledger() as conn:
        ledger.keep_silence(conn, SILENCE)
        ledger.withdraw_silence(conn, SILENCE.id, "Minh", at(18))
        suppressed = replace(withheld, state=type(withheld.state)("suppressed"))
        ledger.add_notifications(conn, [suppressed, notification(2)], run_id="r")
    with published().read() as reader:
        rows = reader.query("SELECT matchers, ended_at, withdrawn_by, withheld FROM silences").rows
    assert rows == [("kind=behind,late unit!=001@2021-01-01", at(18), "Minh", 1)]


def test_an_incident_names_the_silence_that_lasts_longest(
    published: Callable[[], Warehouse], warehouse: Warehouse
) -> None:
    """Of two that match the later end counts; which are known anew replaces which were."""
    longer = replace(SILENCE, id="s-000002", ends=at(25))
    with warehouse.ledger() as conn:
        ledger.apply_catalogue(conn, programme(), at(1))
        ledger.save_incidents(conn, [INCIDENT])
        for one in (SILENCE, longer):
            ledger.keep_silence(conn, one)
        assert ledger.keep_muted(conn, [(1, SILENCE.id), (1, longer.id), (2, longer.id)]) == 3
        assert ledger.keep_muted(conn, [(1, SILENCE.id), (1, longer.id)]) == 1
        assert ledger.keep_muted(conn, [(1, SILENCE.id), (1, longer.id)]) == 0
    with published().read() as reader:
        assert reader.query("SELECT silence, silenced_until FROM incidents").rows == [(longer.id, at(25))]
        assert len(reader.query("FROM incident_silences").rows) == 2


def test_acknowledgements_say_how_they_ended(published: Callable[[], Warehouse], warehouse: Warehouse) -> None:
    """One a time that somebody acknowledged: taken back, lapsed, closed with the incident, or in force still."""
    events: list[IncidentEvent] = []
    incident = INCIDENT
    for day, step in ((16, "Linh"), (17, None), (18, "Minh")):
        done = (
            acknowledge(incident, step, "đang chuyển máy chủ", None, at(day))
            if step is not None
            else unacknowledge(incident, "An", "chưa chuyển", at(day))
        )
        assert done.incident is not None
        incident = done.incident
        events += done.events
    with warehouse.ledger() as conn:
        ledger.save_incidents(conn, [incident])
        for event in events:
            ledger.append_events(conn, [event], run_id="r", recorded_at=event.at)
    with published().read() as reader:
        asked = "SELECT acknowledged_by, ended_as, ended_by, ended_at FROM acknowledgements ORDER BY acknowledged_at"
        rows = reader.query(asked).rows
    assert rows == [("Linh", "taken_back", "An", at(17)), ("Minh", None, None, None)]


def test_a_look_is_kept_where_it_differs_from_the_one_before(
    published: Callable[[], Warehouse], warehouse: Warehouse
) -> None:
    """Looking again and finding the same adds nothing; of two looks at one condition in a pass the last counts."""
    late = Finding(IncidentKey(IncidentKind.LATE, "procedures"), Outlook.GOOD, reason="all_reported")
    behind = Finding(INCIDENT.key, Outlook.BAD, date(2025, 5, 1), {"judged": {}}, "short_of_required")
    ended = Finding(INCIDENT.key, Outlook.SUPERSEDED, reason="new_version")
    unknown = replace(behind, outlook=Outlook.UNKNOWN, reason="overdue")

    def look(day: int, *findings: Finding) -> int:
        with warehouse.ledger() as conn:
            run_id = f"r{day}"
            return ledger.append_evaluations(conn, findings, as_of=at(day), run_id=run_id, recorded_at=at(day))

    assert look(16, late, ended, behind) == 2
    assert look(17, late, behind) == 0
    assert look(18, late, unknown) == 1
    assert look(19, late, behind) == 1
    with published().read() as reader:
        asked = "SELECT outlook, reason, is_newest FROM evaluations WHERE kind = 'behind' ORDER BY as_of"
        assert reader.query(asked).rows == [
            ("bad", "short_of_required", False),
            ("unknown", "overdue", False),
            ("bad", "short_of_required", True),
        ]
