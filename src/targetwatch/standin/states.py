"""What may have become of a channel, and what Slack then answers."""

from __future__ import annotations

from enum import StrEnum


class ChannelState(StrEnum):
    """What has become of a channel."""

    OPEN = "open"
    ARCHIVED = "archived"  # it can be read, and nothing be written
    DELETED = "deleted"
    REMOVED = "removed"  # the bot was removed from it
    READ_ONLY = "read_only"  # only some people may post


# By method; reading an archived channel goes on. Slack documents `is_inactive` for edits, and no answer of its own for
# an edit where the bot was removed: the stand-in gives the one that posting gets.
REFUSALS: dict[ChannelState, dict[str, str]] = {
    ChannelState.OPEN: {},
    ChannelState.ARCHIVED: {
        "chat.postMessage": "is_archived",
        "chat.postEphemeral": "is_archived",
        "chat.update": "is_inactive",
        "chat.delete": "is_inactive",
    },
    ChannelState.DELETED: dict.fromkeys(
        (
            "chat.postMessage",
            "chat.postEphemeral",
            "chat.update",
            "chat.delete",
            "conversations.history",
            "conversations.replies",
        ),
        "channel_not_found",
    ),
    ChannelState.REMOVED: dict.fromkeys(
        ("chat.postMessage", "chat.postEphemeral", "chat.update", "conversations.history", "conversations.replies"),
        "not_in_channel",
    ),
    ChannelState.READ_ONLY: {"chat.postMessage": "restricted_action_read_only_channel"},
}
