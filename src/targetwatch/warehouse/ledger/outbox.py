"""The outbox in the ledger: what is to be sent, what was, and where in Slack it went."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from targetwatch.model import Delivery, Notification, NotificationState
from targetwatch.notifications.situation import GroupMessage
from targetwatch.notifications.wire import Posted, Queued
from targetwatch.warehouse.ledger.rows import MOMENT, as_json, frame, from_json, moment
from targetwatch.warehouse.session import Connection

_SCHEMA: Mapping[str, Any] = {
    "place": pl.Int64,
    "notification": pl.String,
    "receiver": pl.String,
    "channel": pl.String,
    "message_group": pl.String,
    "episode": pl.Int64,
    "delivery": pl.String,
    "reason": pl.String,
    "payload": pl.String,
    "fingerprint": pl.String,
    "state": pl.String,
    "state_reason": pl.String,
    "created_at": MOMENT,
}


def add_notifications(conn: Connection, notifications: Iterable[Notification], *, run_id: str) -> int:
    """Add rows to the outbox in their order, also those that were withheld; how many were not there yet."""
    rows = frame(
        _SCHEMA,
        (
            (
                place,
                one.id,
                one.receiver,
                one.channel,
                one.group,
                one.episode,
                one.delivery.value,
                one.reason,
                as_json(one.payload),
                one.fingerprint,
                one.state.value,
                one.state_reason or None,
                moment(one.created_at),
            )
            for place, one in enumerate(notifications)
        ),
    )
    return conn.write("add_notifications", rows, run_id=run_id)


def group_messages(conn: Connection) -> list[GroupMessage]:
    """The message of every receiver's group, as policy needs to know it."""
    return [
        GroupMessage(
            receiver=row["receiver"],
            channel=row["channel"],
            group=row["message_group"],
            episode=row["episode"],
            last_id=row["notification"],
            fingerprint=row["fingerprint"],
            reason=row["reason"],
            post_failed=row["post_failed"],
        )
        for row in conn.frame("group_messages").iter_rows(named=True)
    ]


def unsent(conn: Connection) -> list[Queued]:
    """The rows that are still to be sent, in their order."""
    return [
        Queued(_notification(row), row["sequence"], row["attempts"], row["not_before"])
        for row in conn.frame("unsent_notifications").iter_rows(named=True)
    ]


def posted(conn: Connection, receiver: str, group: str, episode: int) -> Posted | None:
    """Where the message is that an episode was posted as."""
    rows = conn.frame("posted_notification", receiver=receiver, message_group=group, episode=episode).rows()
    return Posted(*rows[0]) if rows else None


def mark_attempt(conn: Connection, notification: str, at: datetime) -> None:
    """Write down, before it is sent, that sending is tried once more."""
    conn.run("attempt_notification", notification=notification, attempted_at=at)


def reschedule(conn: Connection, notification: str, not_before: datetime, why: str) -> None:
    """Try again, and not before that moment."""
    conn.run("reschedule_notification", notification=notification, not_before=not_before, state_reason=why)


def settle(
    conn: Connection,
    notification: str,
    state: NotificationState,
    at: datetime,
    *,
    why: str | None = None,
    posted: Posted | None = None,
) -> None:
    """Write down what became of a row that was still to be sent."""
    conn.run(
        "settle_notification",
        notification=notification,
        state=state.value,
        state_reason=why,
        settled_at=at,
        slack_channel=posted.channel if posted else None,
        slack_ts=posted.ts if posted else None,
    )


def _notification(row: dict[str, Any]) -> Notification:
    return Notification(
        id=row["notification"],
        receiver=row["receiver"],
        channel=row["channel"],
        group=row["message_group"],
        episode=row["episode"],
        delivery=Delivery(row["delivery"]),
        reason=row["reason"],
        payload=from_json(row["payload"]),
        fingerprint=row["fingerprint"],
        created_at=row["created_at"],
        state=NotificationState(row["state"]),
        state_reason=row["state_reason"] or "",
    )
