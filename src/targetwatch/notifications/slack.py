"""Slack: the adapter over slack_sdk, and the only module that imports it."""

from __future__ import annotations

import http.client
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from targetwatch.notifications.wire import FailureKind, Posted, SlackFailure

SLACK = "https://slack.com/api/"
PAGE = 200
CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{8,}")
TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500

# Slack's own troubles: the request may or may not have been carried out.
OWN_TROUBLES = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org", "accesslimited"}
)
RATE_LIMITS = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})

TOKEN = "Put a valid bot token (xoxb-...) into TARGETWATCH_SLACK_TOKEN; what waits is sent at the next pass."  # noqa: S105
SCOPES = (
    "Give the Slack app the scopes chat:write, channels:read, channels:history, groups:read and groups:history, "
    "and install it anew."
)
CHANNEL = "Correct the channel's name or id in catalogue/receivers.yaml, and invite the app with /invite @targetwatch."
# What a person must do before anything can be sent with this token.
TOKEN_TROUBLES = {
    "invalid_auth": TOKEN,
    "not_authed": TOKEN,
    "account_inactive": TOKEN,
    "token_revoked": TOKEN,
    "token_expired": TOKEN,
    "no_permission": SCOPES,
    "missing_scope": SCOPES,
    "not_allowed_token_type": TOKEN,
    "org_login_required": "The workspace is being moved: sign in to Slack's organisation, then wait for the next pass.",
    "ekm_access_denied": "Slack's administrators have suspended the workspace: ask them.",
}
# What a person must do before anything can be sent to this channel.
CHANNEL_TROUBLES = {
    "channel_not_found": CHANNEL,
    "not_in_channel": CHANNEL,
    "is_archived": "The channel is archived: restore it, or name another one in catalogue/receivers.yaml.",
    "restricted_action": "The channel does not let apps post: ask its owner, or name another one in receivers.yaml.",
    "restricted_action_read_only_channel": "The channel is read-only: name another one in catalogue/receivers.yaml.",
    "restricted_action_thread_only_channel": "The channel takes replies only: name another one in receivers.yaml.",
}
OUR_FAULT = "This is a fault of targetwatch: please report it."
TERMINAL = {
    "message_not_found": "Its message was deleted in Slack; the next episode posts a new one.",
    "thread_not_found": "Its thread was deleted in Slack; the next episode posts a new message.",
    "cant_update_message": "The message was posted by another app, and only that one may edit it.",
    "edit_window_closed": "The workspace does not let messages be edited any more: allow it for apps in its settings.",
    "msg_too_long": f"The message is longer than Slack takes. {OUR_FAULT}",
    "invalid_blocks": f"Slack does not take the message's blocks. {OUR_FAULT}",
    "invalid_blocks_format": f"Slack does not take the message's blocks. {OUR_FAULT}",
}


def connect(token: str | None, base_url: str | None = None, timeout: int = 10) -> SlackClient:
    """A client for Slack's Web API, or for a stand-in at `base_url`."""
    # Without retry handlers: the SDK's own would send a message again whose answer was lost.
    client = WebClient(token=token or "xoxb-standin", base_url=base_url or SLACK, timeout=timeout, retry_handlers=[])
    if urlsplit(client.base_url).hostname in ("127.0.0.1", "localhost", "::1"):
        client.proxy = None  # the SDK takes the proxy out of the environment and knows no exceptions
    client.logger.setLevel(logging.CRITICAL)  # each failure is raised, told and stored; the SDK need not log it too
    return SlackClient(client)


class SlackClient:
    """Posts, edits and finds messages. Every failure is a SlackFailure that says what to do."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def post(self, channel: str, payload: Mapping[str, object], thread_ts: str | None = None) -> Posted:
        """Post a message, or a reply into the thread of `thread_ts`."""
        arguments: dict[str, Any] = {**payload, "channel": channel, "thread_ts": thread_ts}
        answer = self._ask(partial(self._client.chat_postMessage, **arguments))
        return Posted(str(answer["channel"]), str(answer["ts"]))

    def update(self, posted: Posted, payload: Mapping[str, object]) -> None:
        """Edit a message in place."""
        arguments: dict[str, Any] = {name: payload[name] for name in ("text", "blocks", "metadata") if name in payload}
        self._ask(partial(self._client.chat_update, channel=posted.channel, ts=posted.ts, **arguments))

    def find(self, channel: str, notification: str, since: datetime, thread_ts: str | None = None) -> Posted | None:
        """The message whose metadata name this notification, newest first, as far back as `since`.

        In a channel that the app does not see there is none of its messages, and posting there says what is wrong.
        """
        known = self._channel_id(channel)
        if known is None:
            return None
        window: dict[str, Any] = {
            "channel": known,
            "oldest": f"{since.timestamp():.6f}",
            "limit": PAGE,
            "include_all_metadata": True,
        }
        try:
            if thread_ts is None:
                pages = self._pages(self._client.conversations_history, window)
            else:
                pages = self._pages(self._client.conversations_replies, {**window, "ts": thread_ts})
            for answer in pages:
                for message in answer.get("messages") or []:
                    metadata = message.get("metadata") or {}
                    if (metadata.get("event_payload") or {}).get("notification") == notification:
                        return Posted(known, str(message["ts"]))
        except SlackFailure as failure:
            if failure.code != "channel_not_found":
                raise
        return None

    def identity(self) -> str:
        """Who the token speaks as, and where: "targetwatch in Hà Nội"."""
        answer = self._ask(self._client.auth_test)
        return f"{answer.get('user', 'unknown')} in {answer.get('team', 'unknown')}"

    def _channel_id(self, channel: str) -> str | None:
        """The id of a channel: Slack takes a message for a name, but reads a channel by its id only."""
        name = channel.removeprefix("#")
        if CHANNEL_ID.fullmatch(channel):
            return channel
        listing = {"types": "public_channel,private_channel", "limit": PAGE}
        for answer in self._pages(self._client.conversations_list, listing):
            for listed in answer.get("channels") or []:
                if listed.get("name") == name:
                    return str(listed["id"])
        return None

    def _pages(self, method: Callable[..., Any], arguments: Mapping[str, Any]) -> Iterator[Any]:
        """Every page of an answer. Each is a request of its own, with its own failures."""
        cursor = ""
        while True:
            page = {**arguments, "cursor": cursor} if cursor else dict(arguments)
            answer = self._ask(partial(method, **page))
            yield answer
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def _ask(self, request: Callable[[], Any]) -> Any:
        try:
            return request()
        except SlackApiError as error:
            raise _refused(error) from error
        except (OSError, http.client.HTTPException, SlackClientError, ValueError) as error:
            raise SlackFailure(
                f"Slack did not answer ({_first_line(error)}); it is tried again.",
                FailureKind.TRANSIENT,
                may_have_arrived=True,
                is_everywhere=True,
            ) from error


def _refused(error: SlackApiError) -> SlackFailure:
    """What an answer that is not `ok` means."""
    status = int(error.response.status_code)
    headers = {str(name).lower(): value for name, value in dict(error.response.headers).items()}
    code = str(error.response.get("error") or f"status {status}")
    if status == TOO_MANY_REQUESTS or code in RATE_LIMITS:
        seconds = _seconds(headers.get("retry-after"))
        return SlackFailure(
            "Slack asks for a pause (429); it is tried again.", FailureKind.TRANSIENT, retry_after=seconds
        )
    if status >= SERVER_ERROR or code in OWN_TROUBLES:
        sentence = f"Slack is in trouble ({status}, {_first_line(code)}); it is tried again."
        return SlackFailure(sentence, FailureKind.TRANSIENT, may_have_arrived=True, is_everywhere=True)
    if code in TOKEN_TROUBLES:
        return SlackFailure(f"Slack says {code}. {TOKEN_TROUBLES[code]}", FailureKind.BLOCKED, is_everywhere=True)
    if code in CHANNEL_TROUBLES:
        return SlackFailure(f"Slack says {code}. {CHANNEL_TROUBLES[code]}", FailureKind.BLOCKED, code=code)
    advice = TERMINAL.get(code, f"targetwatch does not know this answer. {OUR_FAULT}")
    return SlackFailure(f"Slack says {_first_line(code)}. {advice}", FailureKind.TERMINAL)


def _seconds(header: object) -> float:
    try:
        return max(1.0, float(str(header)))
    except ValueError:
        return 1.0


def _first_line(error: object) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
