"""The outbox keeps the order, sends no row twice, and knows where each message is."""

import pytest

from targetwatch.model import Delivery, NotificationState, Text, Transport
from targetwatch.notifications.delivery.wire import Posted, Trouble
from targetwatch.warehouse import LedgerOutbox, Warehouse, ledger
from targetwatch.warehouse.ledger.sending import Standing
from targetwatch.warehouse.sending_journal import SendingJournal
from tests.warehouse.samples import at, notification

POST = notification(1)
EDIT = notification(2, delivery=Delivery.UPDATE, reason="worse", fingerprint="other words")
REPLY = notification(3, delivery=Delivery.REPLY, reason="worse")
HELD = notification(4, state=NotificationState.SUPPRESSED, state_reason="pooled_is_not_behind", receiver="clerks")
EPISODE = ("leaders", POST.group, 1)


def _filled(warehouse: Warehouse) -> LedgerOutbox:
    with warehouse.ledger() as conn:
        assert ledger.add_notifications(conn, [POST, EDIT, REPLY, HELD], run_id="r") == 4
    return LedgerOutbox(warehouse)


def test_rows_wait_in_their_order(warehouse: Warehouse) -> None:
    """What is to be sent is read back as it was, in order; what was withheld is not sent."""
    outbox = _filled(warehouse)
    rows = outbox.waiting().rows
    assert [row.notification for row in rows] == [POST, EDIT, REPLY]
    assert [row.sequence for row in rows] == [1, 2, 3]
    assert {(row.attempts, row.not_before) for row in rows} == {(0, None)}


def test_a_row_is_added_once(warehouse: Warehouse) -> None:
    """A pass that is repeated adds nothing, and later rows come after all that are there."""
    outbox = _filled(warehouse)
    with warehouse.ledger() as conn:
        assert ledger.add_notifications(conn, [POST, EDIT], run_id="r") == 0
    assert outbox.add([POST, notification(5, transport=Transport.EMAIL)]) == 1
    assert [row.sequence for row in outbox.waiting().rows] == [1, 2, 3, 5]
    assert outbox.waiting().rows[-1].notification.transport is Transport.EMAIL


def test_a_row_says_which_incidents_it_is_about(warehouse: Warehouse) -> None:
    """All that it tells of; where it names none, the one that its message stands for, and of a digest none at all."""
    rows = [notification(6, about=(1, 4)), notification(7), notification(8, episode=0, group="digest/leaders/weekly")]
    with warehouse.ledger() as conn:
        ledger.add_notifications(conn, rows, run_id="r")
    warehouse.publish_ledger(at(17))
    with warehouse.read() as reader:
        assert reader.query("SELECT about FROM notifications ORDER BY sequence").rows == [([1, 4],), ([1],), ([],)]


def test_where_a_message_is_known_once_it_was_sent(warehouse: Warehouse) -> None:
    """Edits and replies find the message of their episode, its first line, and what it was sent to."""
    outbox = _filled(warehouse)
    assert outbox.waiting().messages == {}
    outbox.mark_attempt(outbox.waiting().rows[0], at(16, 1))
    outbox.mark_sent(POST.id, Posted("C1", "17.1", "Chậm", "renamed"), at(16, 1))
    waiting = outbox.waiting()
    assert [row.notification for row in waiting.rows] == [EDIT, REPLY]
    (message,) = waiting.messages.values()
    assert waiting.messages == {EPISODE: Posted("C1", "17.1")}
    assert (message.text, message.address) == ("Chậm tiến độ", "renamed")


def test_a_lost_message_is_nowhere_until_its_newest_words_are_posted_anew(warehouse: Warehouse) -> None:
    """What is gone is not edited any more; its newest words wait again, for where the receiver is now."""
    outbox = _filled(warehouse)
    outbox.mark_sent(POST.id, Posted("C1", "17.1", "", "old"), at(16, 1), merged=[EDIT.id])
    assert EPISODE in outbox.waiting().messages
    outbox.lose(EPISODE, at(16, 2))
    assert outbox.waiting().messages == {}
    assert outbox.revive(EPISODE, "new", "It was gone.")
    edit, reply = outbox.waiting().rows
    assert (edit.id, edit.attempts, edit.notification.channel, reply.id) == (EDIT.id, 0, "new", REPLY.id)
    outbox.mark_sent(EDIT.id, Posted("C2", "18.1", "", "new"), at(16, 3))
    assert outbox.waiting().messages == {EPISODE: Posted("C2", "18.1")}
    assert not outbox.revive(("leaders", "nothing", 9), "new", "It never was.")


def test_every_end_is_written_down_once(warehouse: Warehouse) -> None:
    """Attempts are counted, waiting rows say until when, and what is settled stays settled."""
    outbox = _filled(warehouse)
    outbox.mark_attempt(outbox.waiting().rows[1], at(16, 1))
    outbox.put_off(EDIT.id, at(16, 2), "Slack is down.")
    (_, waiting, _) = outbox.waiting().rows
    assert (waiting.attempts, waiting.not_before, waiting.notification.state_reason) == (1, at(16, 2), "Slack is down.")
    outbox.put_off(EDIT.id, None, "The token was revoked.")
    assert outbox.waiting().rows[1].not_before is None
    outbox.mark_merged(EDIT.id, "n9", at(16, 3))
    outbox.mark_failed(REPLY.id, "It is too long.", at(16, 3))
    outbox.mark_sent(REPLY.id, Posted("C1", "17.2"), at(16, 4))
    outbox.waiting()
    outbox.mark_sent(REPLY.id, Posted("C1", "17.2"), at(16, 4))
    outbox.waiting()
    warehouse.publish_ledger(at(16, 5))
    with warehouse.read() as reader:
        rows = reader.query("SELECT notification, state, state_reason, text FROM notifications ORDER BY sequence").rows
    assert rows == [
        ("n1", "pending", None, "Chậm tiến độ"),
        ("n2", "merged", "n9", "Chậm tiến độ"),
        ("n3", "failed", "It is too long.", "Chậm tiến độ"),
        ("n4", "suppressed", "pooled_is_not_behind", "Chậm tiến độ"),
    ]


def test_what_a_dead_sender_has_done_is_known_to_the_next(warehouse: Warehouse) -> None:
    """What was only in the sender's journal goes into the ledger first; a line that was cut off was never written."""
    outbox = _filled(warehouse)
    rows = outbox.waiting().rows
    outbox.mark_attempt(rows[0], at(16, 1))
    outbox.mark_sent(POST.id, Posted("C1", "17.1"), at(16, 1))
    outbox.mark_attempt(rows[1], at(16, 2))
    journal = warehouse.folder / "sending.journal"
    journal.write_text(journal.read_text() + '["n3", {"state": "se')
    following = LedgerOutbox(warehouse)
    assert not following.nothing_to_send()
    with following.sending():
        edit, reply = following.waiting().rows
    assert (edit.id, edit.attempts, reply.id, reply.attempts) == (EDIT.id, 1, REPLY.id, 0)
    assert journal.read_text() == ""


def test_the_journal_holds_the_newest_of_each_row(tmp_path) -> None:
    """A row's lines add up, and after its end nothing counts."""
    journal = SendingJournal(tmp_path / "journal")
    assert not journal
    journal.append(("a", Standing(attempts=1, attempted_at=at(16))))
    journal.append(("a", Standing(is_said=True, why="a pause", not_before=at(17))))
    journal.append(("a", Standing(attempts=2, attempted_at=at(18))))
    assert journal.read() == {
        "a": Standing(is_said=True, why="a pause", not_before=at(17), attempts=2, attempted_at=at(18))
    }
    journal.append(("a", Standing(NotificationState.SENT, is_said=True, settled_at=at(19), posted=Posted("C", "1"))))
    journal.append(("a", Standing(NotificationState.FAILED, is_said=True, why="never")))
    assert journal.read()["a"].state is NotificationState.SENT
    assert journal.read()["a"].attempts == 2
    journal.clear()
    assert not journal


def test_nothing_to_send_is_known_without_sending(warehouse: Warehouse) -> None:
    """With no row that waits and no receiver out of reach there is nothing to do."""
    outbox = LedgerOutbox(warehouse)
    assert outbox.nothing_to_send()
    trouble = Trouble(1, "heads", Transport.SLACK, "c", at(16), Text("vỡ", "broken"))
    outbox.keep_trouble(trouble, [notification(7)])
    assert not outbox.nothing_to_send()
    (known,) = outbox.waiting().troubles
    assert (known, outbox.waiting().troubles_so_far) == (trouble, 1)


def test_pictures_are_remembered(warehouse: Warehouse) -> None:
    """An upload is known by what it was drawn from, until it is refused."""
    outbox = LedgerOutbox(warehouse)
    assert outbox.picture("hash") is None
    outbox.keep_picture("hash", "F1", at(16))
    assert outbox.picture("hash") == "F1"
    outbox.forget_picture("F1")
    assert outbox.picture("hash") is None


def test_policy_sees_the_newest_words_of_each_message(warehouse: Warehouse) -> None:
    """Of a receiver's group the newest post or edit counts; replies and what was withheld do not."""
    outbox = _filled(warehouse)
    with warehouse.ledger() as conn:
        (message,) = ledger.group_messages(conn)
    assert (message.last_id, message.fingerprint, message.reason, message.episode) == ("n2", "other words", "worse", 1)
    assert not message.post_failed
    outbox.mark_failed(POST.id, "The channel is gone.", at(16))
    outbox.waiting()
    with warehouse.ledger() as conn:
        (message,) = ledger.group_messages(conn)
    assert message.post_failed


def test_sending_keeps_nobody_from_the_ledger(warehouse: Warehouse) -> None:
    """While one process sends, rows are still read and written, and what it has done is there when it dies."""
    outbox = _filled(warehouse)

    def interrupted() -> None:
        with outbox.sending():
            outbox.mark_attempt(outbox.waiting().rows[0], at(16))
            with warehouse.ledger() as conn:
                assert ledger.add_notifications(conn, [notification(9)], run_id="r") == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [row.attempts for row in outbox.waiting().rows] == [1, 0, 0, 0]
