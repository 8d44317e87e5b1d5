"""The outbox in the ledger, as policy fills it and looks at it. How it is sent is in `sending`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from targetwatch.model import Notification
from targetwatch.notifications.situation import GroupMessage
from targetwatch.warehouse.ledger.rows import MOMENT, as_json, frame, moment
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
    "transport": pl.String,
    "about": pl.List(pl.Int64),
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
                one.transport.value,
                list(one.about) or [number for number in (one.episode,) if number > 0],
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
            told_at=row["told_at"],
        )
        for row in conn.frame("group_messages").iter_rows(named=True)
    ]
