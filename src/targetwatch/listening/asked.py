"""What a person asked for in Slack: a button that was pressed, or a command that was typed. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

BUTTONS = ("acknowledge", "snooze", "why")
LONGEST = 4000  # characters of what is typed; Slack takes no more


@dataclass(frozen=True, slots=True)
class Asked:
    """One interaction. `key` is the same however often Slack delivers it."""

    key: str
    user: str
    team: str  # the workspace of the person, which in a shared channel need not be ours
    channel: str
    channel_name: str
    answer_at: str = ""  # an address that takes answers for half an hour
    action: str = ""  # of a button
    value: str = ""
    message_ts: str = ""
    thread_ts: str = ""
    text: str = ""  # of a command

    @property
    def is_button(self) -> bool:
        """Whether a button was pressed."""
        return bool(self.action)

    def as_json(self) -> str:
        """As it is kept until it is done."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, kept: str) -> Self:
        """As it was kept. Raises ValueError for anything else."""
        try:
            said = json.loads(kept)
            return cls(**{one.name: str(said[one.name]) for one in fields(cls)})
        except (KeyError, TypeError) as wrong:
            raise ValueError(f"This is no interaction that was kept: {wrong}") from wrong


def asked_in(kind: str, payload: Mapping[str, Any]) -> Asked | None:
    """What an envelope of Socket Mode holds; None where it is nothing that is answered, as a button that is a link."""
    try:
        if kind == "slash_commands":
            return _typed(payload)
        if kind == "interactive" and payload.get("type") == "block_actions":
            return _pressed(payload)
    except (KeyError, TypeError, AttributeError, IndexError):
        return None
    return None


def _typed(payload: Mapping[str, Any]) -> Asked:
    said = {name: str(payload.get(name) or "") for name in ("user_id", "team_id", "channel_id", "trigger_id", "text")}
    return Asked(
        key=_key("command", *said.values()),
        user=said["user_id"],
        team=said["team_id"],
        channel=said["channel_id"],
        channel_name=str(payload.get("channel_name") or ""),
        answer_at=str(payload.get("response_url") or ""),
        text=said["text"][:LONGEST],
    )


def _pressed(payload: Mapping[str, Any]) -> Asked | None:
    element = payload["actions"][0]
    action = str(element.get("action_id") or "")
    if action not in BUTTONS:
        return None
    user, channel, where = payload["user"], payload.get("channel") or {}, payload.get("container") or {}
    message = payload.get("message") or {}
    ts = str(where.get("message_ts") or message.get("ts") or "")
    channel_id = str(where.get("channel_id") or channel.get("id") or "")
    value, at = str(element.get("value") or ""), str(element.get("action_ts") or "")
    return Asked(
        key=_key("button", str(user["id"]), channel_id, ts, action, value, at),
        user=str(user["id"]),
        team=str(user.get("team_id") or (payload.get("team") or {}).get("id") or ""),
        channel=channel_id,
        channel_name=str(channel.get("name") or ""),
        answer_at=str(payload.get("response_url") or ""),
        action=action,
        value=value[:LONGEST],
        message_ts=ts,
        thread_ts=str(where.get("thread_ts") or message.get("thread_ts") or ""),
    )


def _key(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
