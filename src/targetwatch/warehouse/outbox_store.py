"""The ledger's outbox as the sender uses it: read in short transactions, written by way of the sender's journal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from targetwatch.model import Notification, NotificationState
from targetwatch.notifications.delivery.wire import Episode, Posted, Queued, Trouble, Waiting
from targetwatch.warehouse.connection import Warehouse
from targetwatch.warehouse.ledger import outbox, sending
from targetwatch.warehouse.ledger.sending import Standing
from targetwatch.warehouse.sending_journal import SendingJournal
from targetwatch.warehouse.session import Connection

SENDER = "sender"  # stands for a pass of watch where the sender adds a row of its own


class LedgerOutbox:
    """An OutboxStore on the live ledger, which is locked while rows are read or written and never while one is sent."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._journal = SendingJournal(warehouse.folder / "sending.journal")

    def nothing_to_send(self) -> bool:
        """Whether a sender would find nothing to do: to be asked without being one."""
        with self._warehouse.ledger() as conn:
            return not self._journal and sending.nothing_to_send(conn)

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Held while rows are sent; the next sender waits its turn. What the journal has is in the ledger then."""
        with self._warehouse.sending():
            try:
                yield
            finally:
                if self._journal:
                    with self._folded():
                        pass

    def waiting(self) -> Waiting:
        """What is still to be sent. To be asked by the sender only."""
        with self._warehouse.ledger() as conn:
            self._fold(conn)
            found = sending.waiting(conn)
        self._journal.clear()
        return found

    def mark_attempt(self, row: Queued, at: datetime) -> Queued:
        """A request for this row is about to be made."""
        begun = replace(row, attempts=row.attempts + 1)
        self._journal.append((row.id, Standing(attempts=begun.attempts, attempted_at=at)))
        return begun

    def mark_sent(self, notification: str, posted: Posted, at: datetime, merged: Sequence[str] = ()) -> None:
        """It has arrived, and with it the words of the rows `merged`."""
        sent = Standing(NotificationState.SENT, is_said=True, settled_at=at, posted=posted)
        into = Standing(NotificationState.MERGED, is_said=True, why=notification, settled_at=at)
        self._journal.append((notification, sent), *((one, into) for one in merged))

    def mark_merged(self, notification: str, into: str, at: datetime) -> None:
        """A newer row overtook this one before it was sent."""
        self._settle(notification, NotificationState.MERGED, into, at)

    def mark_suppressed(self, notification: str, why: str, at: datetime) -> None:
        """It is withheld, since its carrier has no way of telling it."""
        self._settle(notification, NotificationState.SUPPRESSED, why, at)

    def mark_failed(self, notification: str, why: str, at: datetime) -> None:
        """It will never be taken."""
        self._settle(notification, NotificationState.FAILED, why, at)

    def put_off(self, notification: str, not_before: datetime | None, why: str) -> None:
        """It stays pending, says why, and is not tried before a moment."""
        self._journal.append((notification, Standing(is_said=True, why=why, not_before=not_before)))

    def lose(self, episode: Episode, at: datetime) -> None:
        """The message of an episode is there no more."""
        with self._folded() as conn:
            sending.lose(conn, episode, at)

    def revive(self, episode: Episode, channel: str, why: str) -> bool:
        """Make the newest words of an episode's lost message pending again, for `channel`; False where it has none."""
        with self._folded() as conn:
            return sending.revive(conn, episode, channel, why)

    def keep_trouble(self, trouble: Trouble, says: Sequence[Notification] = ()) -> None:
        """Write down how it stands with a trouble, and with it the messages that tell of that."""
        with self._folded() as conn:
            sending.keep_trouble(conn, trouble)
            outbox.add_notifications(conn, says, run_id=SENDER)

    def picture(self, chart: str) -> str | None:
        """The id that the picture of a chart was uploaded under; `chart` is its hash."""
        with self._warehouse.ledger() as conn:
            return sending.picture(conn, chart)

    def keep_picture(self, chart: str, file: str, at: datetime) -> None:
        """Remember an upload."""
        with self._warehouse.ledger() as conn:
            sending.keep_picture(conn, chart, file, at)

    def forget_picture(self, file: str) -> None:
        """Slack shows it no more."""
        with self._warehouse.ledger() as conn:
            sending.forget_picture(conn, file)

    def add(self, notifications: Sequence[Notification]) -> int:
        """Add rows; those that are there already are left alone. How many were new."""
        with self._folded() as conn:
            return outbox.add_notifications(conn, notifications, run_id=SENDER)

    @contextmanager
    def _folded(self) -> Iterator[Connection]:
        """A transaction that begins with what the journal has."""
        with self._warehouse.ledger() as conn:
            self._fold(conn)
            yield conn
        self._journal.clear()

    def _fold(self, conn: Connection) -> None:
        sending.settle(conn, self._journal.read().items())

    def _settle(self, notification: str, state: NotificationState, why: str, at: datetime) -> None:
        self._journal.append((notification, Standing(state, is_said=True, why=why, settled_at=at)))
