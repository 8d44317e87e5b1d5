"""The outbox keeps the order, sends no row twice, and knows where each message is."""

from targetwatch.model import Delivery, NotificationState
from targetwatch.notifications.wire import OutboxStore, Posted
from targetwatch.warehouse import LedgerOutbox, Warehouse, ledger
from tests.warehouse.samples import at, notification

POST = notification(1)
EDIT = notification(2, delivery=Delivery.UPDATE, reason="worse", fingerprint="other words")
REPLY = notification(3, delivery=Delivery.REPLY, reason="worse")
HELD = notification(4, state=NotificationState.SUPPRESSED, state_reason="pooled_is_not_behind", receiver="clerks")


def _filled(warehouse: Warehouse) -> LedgerOutbox:
    with warehouse.ledger() as conn:
        assert ledger.add_notifications(conn, [POST, EDIT, REPLY, HELD], run_id="r") == 4
    return LedgerOutbox(warehouse)


def test_rows_wait_in_their_order(warehouse: Warehouse) -> None:
    """What is to be sent is read back as it was, in order; what was withheld is not sent."""
    outbox = _filled(warehouse)
    assert [row.notification for row in outbox.unsent()] == [POST, EDIT, REPLY]
    assert [row.sequence for row in outbox.unsent()] == [1, 2, 3]
    assert {(row.attempts, row.not_before) for row in outbox.unsent()} == {(0, None)}


def test_a_row_is_added_once(warehouse: Warehouse) -> None:
    """A pass that is repeated adds nothing, and later rows come after all that are there."""
    outbox = _filled(warehouse)
    with warehouse.ledger() as conn:
        assert ledger.add_notifications(conn, [POST, EDIT], run_id="r") == 0
        assert ledger.add_notifications(conn, [POST, notification(5)], run_id="r") == 1
    assert [row.sequence for row in outbox.unsent()] == [1, 2, 3, 5]


def test_where_a_message_is_known_once_it_was_sent(warehouse: Warehouse) -> None:
    """Edits and replies find the message of their episode."""
    outbox: OutboxStore = _filled(warehouse)
    assert outbox.posted("leaders", POST.group, 1) is None
    outbox.mark_attempt(POST.id, at(16, 1))
    outbox.mark_sent(POST.id, Posted("C1", "17.1"), at(16, 1))
    assert outbox.posted("leaders", POST.group, 1) == Posted("C1", "17.1")
    assert outbox.posted("leaders", POST.group, 2) is None
    assert [row.notification for row in outbox.unsent()] == [EDIT, REPLY]


def test_every_end_is_written_down_once(warehouse: Warehouse) -> None:
    """Attempts are counted, waiting rows say until when, and what is settled stays settled."""
    outbox = _filled(warehouse)
    outbox.mark_attempt(EDIT.id, at(16, 1))
    outbox.reschedule(EDIT.id, at(16, 2), "Slack is down.")
    (_, waiting, _) = outbox.unsent()
    assert (waiting.attempts, waiting.not_before) == (1, at(16, 2))
    outbox.mark_merged(EDIT.id, "n9", at(16, 3))
    outbox.mark_failed(REPLY.id, "The channel is gone.", at(16, 3))
    outbox.mark_sent(REPLY.id, Posted("C1", "17.2"), at(16, 4))
    warehouse.publish_ledger(at(16, 5))
    with warehouse.read() as reader:
        rows = reader.query("SELECT notification, state, state_reason, text FROM notifications ORDER BY sequence").rows
    assert rows == [
        ("n1", "pending", None, "Chậm tiến độ"),
        ("n2", "merged", "n9", "Chậm tiến độ"),
        ("n3", "failed", "The channel is gone.", "Chậm tiến độ"),
        ("n4", "suppressed", "pooled_is_not_behind", "Chậm tiến độ"),
    ]


def test_policy_sees_the_newest_words_of_each_message(warehouse: Warehouse) -> None:
    """Of a receiver's group the newest post or edit counts; replies and what was withheld do not."""
    outbox = _filled(warehouse)
    with warehouse.ledger() as conn:
        (message,) = ledger.group_messages(conn)
    assert (message.last_id, message.fingerprint, message.reason, message.episode) == ("n2", "other words", "worse", 1)
    assert not message.post_failed
    outbox.mark_failed(POST.id, "The channel is gone.", at(16))
    with warehouse.ledger() as conn:
        (message,) = ledger.group_messages(conn)
    assert message.post_failed


def test_sending_keeps_nobody_from_the_ledger(warehouse: Warehouse) -> None:
    """While one process sends, rows are still read and written."""
    outbox = _filled(warehouse)
    with outbox.sending():
        outbox.mark_attempt(POST.id, at(16))
        assert len(outbox.unsent()) == 3
