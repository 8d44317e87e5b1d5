"""The ledger's outbox as the sender uses it: every change is a short transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from targetwatch.model import NotificationState
from targetwatch.notifications.wire import Posted, Queued
from targetwatch.warehouse.connection import Warehouse
from targetwatch.warehouse.ledger import outbox


class LedgerOutbox:
    """An OutboxStore on the live ledger, which is locked while a row is read or written and never while one is sent."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def sending(self) -> AbstractContextManager[None]:
        """Held while rows are sent; the next sender waits its turn."""
        return self._warehouse.sending()

    def unsent(self) -> Sequence[Queued]:
        """The rows that are still to be sent, in their order."""
        with self._warehouse.ledger() as conn:
            return outbox.unsent(conn)

    def posted(self, receiver: str, group: str, episode: int) -> Posted | None:
        """Where the message of an episode is; None if it was not sent."""
        with self._warehouse.ledger() as conn:
            return outbox.posted(conn, receiver, group, episode)

    def mark_attempt(self, notification: str, at: datetime) -> None:
        """A request for this row is about to be made."""
        with self._warehouse.ledger() as conn:
            outbox.mark_attempt(conn, notification, at)

    def mark_sent(self, notification: str, posted: Posted, at: datetime) -> None:
        """Slack has it."""
        with self._warehouse.ledger() as conn:
            outbox.settle(conn, notification, NotificationState.SENT, at, posted=posted)

    def mark_merged(self, notification: str, into: str, at: datetime) -> None:
        """A newer edit of the same message overtook this one before it was sent."""
        with self._warehouse.ledger() as conn:
            outbox.settle(conn, notification, NotificationState.MERGED, at, why=into)

    def mark_failed(self, notification: str, why: str, at: datetime) -> None:
        """Slack will never take it."""
        with self._warehouse.ledger() as conn:
            outbox.settle(conn, notification, NotificationState.FAILED, at, why=why)

    def reschedule(self, notification: str, not_before: datetime, why: str) -> None:
        """It stays pending, and is not tried before a moment."""
        with self._warehouse.ledger() as conn:
            outbox.reschedule(conn, notification, not_before, why)
