"""What policy remembers survives the way into the ledger and back: who hears of what, and what waits to be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from targetwatch.model import (
    Delivery,
    IncidentEvent,
    IncidentEventKind,
    IncidentState,
    Notification,
    NotificationState,
    Restatement,
)
from targetwatch.notifications import Told
from targetwatch.warehouse import Warehouse, ledger
from tests.warehouse.samples import INCIDENT, at

GROUP = "behind/dossiers_district"
HEARS = Told("engineers", GROUP, 1)
WAITS = Told("heads", GROUP, 1, at(16), "outside_hours")
CLOSED = replace(INCIDENT, state=IncidentState.RESOLVED, closed_at=at(18))
FOUND = Restatement("t", "01", date(2021, 1, 1), date(2025, 4, 1), date(2025, 4, 30), 1, 2, None, 3, 4, -5)


def event(kind: IncidentEventKind, day: int) -> IncidentEvent:
    """Something that happened on a day."""
    return IncidentEvent(kind, 1, INCIDENT.key, at(day), {}, {"day": day})


def row(number: int, **others: object) -> Notification:
    """A row of the outbox."""
    usual = Notification(
        f"n{number}", "heads", "chi-tieu", GROUP, 1, Delivery.POST, "opened", {"text": "x"}, f"f{number}", at(number)
    )
    return replace(usual, **others)


def test_who_hears_of_what_is_read_back_as_it_was(warehouse: Warehouse) -> None:
    """New ones are added, changed ones changed, and those that are over forgotten."""
    with warehouse.ledger() as conn:
        ledger.keep_told(conn, [HEARS, WAITS])
        assert ledger.told(conn) == [HEARS, WAITS]
        worse = replace(WAITS, held_since=None, held_because="", worse_since=at(17))
        ledger.keep_told(conn, [worse], [HEARS])
    with warehouse.ledger() as conn:
        assert ledger.told(conn) == [worse]


def test_what_waits_is_found_with_its_incidents_and_events(warehouse: Warehouse) -> None:
    """Those that are over for as long as somebody is to be told, and what happened since; and nothing of the others."""
    other = replace(CLOSED, number=2)
    with warehouse.ledger() as conn:
        ledger.save_incidents(conn, [CLOSED, other])
        happened = [
            event(kind, day) for kind, day in ((IncidentEventKind.OPENED, 15), (IncidentEventKind.RESOLVED, 18))
        ]
        ledger.append_events(conn, happened, run_id="r", recorded_at=at(18))
        assert (ledger.held_incidents(conn), ledger.held_events(conn)) == ([], [])
        ledger.keep_told(conn, [HEARS, WAITS])
        assert ledger.held_incidents(conn) == [CLOSED]
        assert ledger.held_events(conn) == happened[1:]
        ledger.keep_told(conn, [replace(HEARS, worse_since=at(15))])
        assert ledger.held_events(conn) == happened


def test_restatements_wait_too(warehouse: Warehouse) -> None:
    """With the moment at which each was found, and only since something waits."""
    with warehouse.ledger() as conn:
        ledger.append_restatements(conn, [FOUND], run_id="r", found_at=at(15))
        later = replace(FOUND, numerator_after=7)
        ledger.append_restatements(conn, [later], run_id="r", found_at=at(17))
        assert ledger.held_restatements(conn) == []
        ledger.keep_told(conn, [WAITS])
        assert ledger.held_restatements(conn) == [(at(17), later)]


def test_policy_sees_when_a_group_was_heard_of_last(warehouse: Warehouse) -> None:
    """Messages and replies count, and edits and what was withheld do not; digests and summaries are no groups."""
    rows = [
        row(1),
        row(2, delivery=Delivery.REPLY, reason="worse"),
        row(3, delivery=Delivery.UPDATE, reason="changed"),
        row(4, delivery=Delivery.REPLY, state=NotificationState.SUPPRESSED, state_reason="outside_hours"),
        row(5, episode=0, group="silence/s-1", reason="meanwhile"),
        row(6, episode=-1, group="unreachable/heads", reason="unreachable"),
    ]
    with warehouse.ledger() as conn:
        ledger.add_notifications(conn, rows, run_id="r")
        (message,) = ledger.group_messages(conn)
    assert (message.group, message.last_id, message.told_at) == (GROUP, "n3", at(2))


def test_an_edit_that_mail_cannot_take_counts_as_its_words(warehouse: Warehouse) -> None:
    """So that it is not decided again at every pass, and a closed episode is closed."""
    rows = [
        row(1),
        row(
            2,
            delivery=Delivery.UPDATE,
            reason="resolved",
            state=NotificationState.SUPPRESSED,
            state_reason="not_editable",
        ),
    ]
    with warehouse.ledger() as conn:
        ledger.add_notifications(conn, rows, run_id="r")
        (message,) = ledger.group_messages(conn)
    assert (message.last_id, message.is_closed, message.post_failed) == ("n2", True, False)
