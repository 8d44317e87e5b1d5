"""The sending side of the outbox in the ledger: what is still to be sent, and what has become of what was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from targetwatch.model import Delivery, Notification, NotificationState, Text, Transport
from targetwatch.notifications.delivery.wire import Episode, Posted, Queued, Trouble, Waiting
from targetwatch.warehouse.ledger.rows import MOMENT, frame, from_json, moment
from targetwatch.warehouse.session import Connection

_SETTLED: Mapping[str, Any] = {
    "notification": pl.String,
    "state": pl.String,
    "is_said": pl.Boolean,
    "state_reason": pl.String,
    "attempts": pl.Int64,
    "attempted_at": MOMENT,
    "not_before": MOMENT,
    "settled_at": MOMENT,
    "channel": pl.String,
    "slack_channel": pl.String,
    "slack_ts": pl.String,
}
_TROUBLE: Mapping[str, Any] = {
    "trouble": pl.Int64,
    "receiver": pl.String,
    "transport": pl.String,
    "channel": pl.String,
    "since": MOMENT,
    "says": pl.String,
    "told_to": pl.String,
    "ended_at": MOMENT,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a row stands that a sender has worked on; what is None is as it was.

    `is_said` says that `why` and `not_before` are new, also where they are None.
    """

    state: NotificationState = NotificationState.PENDING
    is_said: bool = False
    why: str | None = None
    attempts: int | None = None
    attempted_at: datetime | None = None
    not_before: datetime | None = None
    settled_at: datetime | None = None
    posted: Posted | None = None


def waiting(conn: Connection) -> Waiting:
    """What is still to be sent, where the messages of those rows' episodes are, and who cannot be reached."""
    return Waiting(
        tuple(
            Queued(_notification(row), row["sequence"], row["attempts"], row["not_before"])
            for row in conn.frame("unsent_notifications").iter_rows(named=True)
        ),
        {
            (row["receiver"], row["message_group"], row["episode"]): Posted(
                row["slack_channel"], row["slack_ts"], row["text"] or "", row["channel"]
            )
            for row in conn.frame("messages_of_unsent").iter_rows(named=True)
        },
        tuple(_trouble(row) for row in conn.frame("troubles_going_on").iter_rows(named=True)),
        conn.frame("troubles_so_far").item(),
    )


def nothing_to_send(conn: Connection) -> bool:
    """Whether no row waits, and no receiver is known to be out of reach."""
    return bool(conn.frame("nothing_to_send").item())


def settle(conn: Connection, standings: Iterable[tuple[str, Standing]]) -> None:
    """Write down how rows stand, by their ids; those that were settled before stay as they are."""
    rows = frame(
        _SETTLED,
        (
            (
                name,
                one.state.value,
                one.is_said,
                one.why,
                one.attempts,
                moment(one.attempted_at),
                moment(one.not_before),
                moment(one.settled_at),
                (one.posted.address or None) if one.posted else None,
                one.posted.channel if one.posted else None,
                one.posted.ts if one.posted else None,
            )
            for name, one in standings
        ),
    )
    conn.write("settle_notifications", rows)


def lose(conn: Connection, episode: Episode, at: datetime) -> None:
    """The message of an episode is there no more."""
    receiver, group, number = episode
    conn.run("lose_message", receiver=receiver, message_group=group, episode=number, lost_at=at)


def revive(conn: Connection, episode: Episode, channel: str, why: str) -> bool:
    """Make the newest words of an episode's lost message pending again, for `channel`; False where it has none."""
    receiver, group, number = episode
    of_it = {"receiver": receiver, "message_group": group, "episode": number}
    return conn.run("revive_message", **of_it, channel=channel, state_reason=why) > 0


def keep_trouble(conn: Connection, trouble: Trouble) -> None:
    """Write down how it stands with a receiver that cannot be reached."""
    rows = frame(
        _TROUBLE,
        [
            (
                trouble.number,
                trouble.receiver,
                trouble.transport.value,
                trouble.channel,
                moment(trouble.since),
                str(trouble.says),
                trouble.told_to,
                moment(trouble.ended_at),
            )
        ],
    )
    conn.write("keep_trouble", rows)


def picture(conn: Connection, chart: str) -> str | None:
    """The id under which Slack keeps the picture of a chart."""
    rows = conn.frame("picture", chart=chart).rows()
    return str(rows[0][0]) if rows else None


def keep_picture(conn: Connection, chart: str, file: str, at: datetime) -> None:
    """Remember the id under which Slack keeps the picture of a chart."""
    conn.run("keep_picture", chart=chart, file=file, uploaded_at=at)


def forget_picture(conn: Connection, file: str) -> None:
    """Slack shows the picture of this id no more."""
    conn.run("forget_picture", file=file)


def _trouble(row: dict[str, Any]) -> Trouble:
    return Trouble(
        row["trouble"], row["receiver"], Transport(row["transport"]), row["channel"], row["since"],
        Text.parse(row["says"]), row["told_to"], row["ended_at"],
    )  # fmt: skip


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
        transport=Transport(row["transport"] or Transport.SLACK),
    )
