"""Slack: the carrier over slack_sdk's client for the Web API."""

from __future__ import annotations

import http.client
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from targetwatch.model import Delivery, Text
from targetwatch.notifications.delivery.limits import Limits
from targetwatch.notifications.delivery.refusals import RATE_LIMITS, refused
from targetwatch.notifications.delivery.wire import FailureKind, Payload, Posted, Scope, SendFailure, Showing

SLACK = "https://slack.com/api/"
PAGE = 200
CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{8,}")
TOKENS = re.compile(r"\bx(?:ox[a-z]|app)-[\w-]+|\bxoxe\.[\w.-]+")
TOO_MANY_REQUESTS = 429
SHORTEST_PAUSE = 0.05  # seconds, where Slack asks for none or says nothing that is a number
PATIENT = 30.0  # seconds that a look-up waits for its turn; a longer stop is handed back to who asked
METHODS = {Delivery.POST: "chat.postMessage", Delivery.REPLY: "chat.postMessage", Delivery.UPDATE: "chat.update"}

# Each failure is raised, told and stored. What the SDK would log of it has headers in it, and at DEBUG the token.
_QUIET = logging.getLogger("targetwatch.slack_sdk")
_QUIET.propagate = False
_QUIET.setLevel(logging.CRITICAL + 1)


def connect(
    token: str | None,
    base_url: str | None = None,
    timeout: int = 10,
    limits: Limits | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> SlackClient:
    """A client for Slack's Web API, or for a stand-in at `base_url`. Without `limits` it heeds 429s alone."""
    # Without retry handlers: the SDK's own would send a message again whose answer was lost.
    client = WebClient(
        token=token or "xoxb-standin",
        base_url=base_url or SLACK,
        timeout=timeout,
        retry_handlers=[],
        logger=_QUIET,
    )
    if urlsplit(client.base_url).hostname in ("127.0.0.1", "localhost", "::1"):
        client.proxy = None  # the SDK takes the proxy out of the environment and knows no exceptions
    return SlackClient(client, limits or Limits({}), sleep)


class SlackClient:
    """Posts, edits and finds messages. Every failure is a SendFailure that says what to do."""

    edits = True
    finds = True
    showing = Showing.UPLOADED
    complaints: Sequence[str] = ()

    def __init__(self, client: WebClient, limits: Limits, sleep: Callable[[float], None]) -> None:
        self._client = client
        self._limits = limits
        self._sleep = sleep
        self._channels: dict[str, str] = {}  # ids by name, as far as they have been looked up

    def pause(self, delivery: Delivery, channel: str) -> float:
        """Seconds until a message may be posted to `channel`, or any be edited."""
        return self._limits.wait(METHODS[delivery], channel)

    def post(self, channel: str, payload: Payload, thread: Posted | None = None) -> Posted:
        """Post a message, or a reply into the thread of another."""
        arguments: dict[str, Any] = {**payload, "channel": channel}
        if thread is not None:
            arguments["thread_ts"] = thread.ts
        answer = self._ask("chat.postMessage", partial(self._client.chat_postMessage, **arguments), channel)
        return Posted(str(answer["channel"]), str(answer["ts"]))

    def update(self, posted: Posted, payload: Payload) -> None:
        """Edit a message in place."""
        arguments: dict[str, Any] = {name: payload[name] for name in ("text", "blocks", "metadata") if name in payload}
        self._ask("chat.update", partial(self._client.chat_update, channel=posted.channel, ts=posted.ts, **arguments))

    def find(self, channel: str, notification: str, since: datetime, thread: Posted | None = None) -> Posted | None:
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
            if thread is None:
                pages = self._pages("conversations.history", self._client.conversations_history, window)
            else:
                asked = {**window, "ts": thread.ts}
                pages = self._pages("conversations.replies", self._client.conversations_replies, asked)
            for answer in pages:
                for message in answer.get("messages") or []:
                    metadata = message.get("metadata") or {}
                    if (metadata.get("event_payload") or {}).get("notification") == notification:
                        return Posted(known, str(message["ts"]))
        except SendFailure as failure:
            # Where nothing can be read nothing is found; what is wrong there, posting will say.
            if failure.code == "channel_not_found":
                self._channels.pop(channel, None)  # deleted since it was looked up, or made anew under its name
            elif failure.kind is not FailureKind.LOST:
                raise
        return None

    def upload(self, png: bytes, alt_text: str) -> str:
        """Keep a picture in Slack, in no channel, and give its id."""
        method = "files.getUploadURLExternal"
        answer = self._ask(
            method,
            partial(
                self._client.files_upload_v2, content=png, filename="chart.png", title=alt_text[:80], alt_txt=alt_text
            ),
        )
        files = answer.get("files") or []
        if not files or not files[0].get("id"):
            raise SendFailure("Slack keeps no picture: it gave no id.", FailureKind.TRANSIENT)
        return str(files[0]["id"])

    def identity(self) -> str:
        """Who the token speaks as, and where: "targetwatch in Hà Nội"."""
        answer = self._ask("auth.test", self._client.auth_test)
        return f"{answer.get('user', 'unknown')} in {answer.get('team', 'unknown')}"

    def _channel_id(self, channel: str) -> str | None:
        """The id of a channel: Slack takes a message for a name, but reads a channel by its id only."""
        name = channel.removeprefix("#")
        if CHANNEL_ID.fullmatch(channel):
            return channel
        if channel in self._channels:
            return self._channels[channel]
        listing = {"types": "public_channel,private_channel", "limit": PAGE}
        for answer in self._pages("conversations.list", self._client.conversations_list, listing):
            for listed in answer.get("channels") or []:
                if listed.get("name") == name:
                    self._channels[channel] = str(listed["id"])
                    return self._channels[channel]
        return None

    def _pages(self, method: str, ask: Callable[..., Any], arguments: Mapping[str, Any]) -> Iterator[Any]:
        """Every page of an answer. Each is a request of its own, with its own turn and its own failures."""
        cursor = ""
        while True:
            page = {**arguments, "cursor": cursor} if cursor else dict(arguments)
            answer = self._ask(method, partial(ask, **page))
            yield answer
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def _ask(self, method: str, request: Callable[[], Any], channel: str = "") -> Any:
        wait = self._limits.wait(method, channel)
        if wait > PATIENT:
            raise refused("ratelimited", TOO_MANY_REQUESTS, wait)
        if wait > 0:
            self._sleep(wait)
        self._limits.take(method, channel)
        try:
            return request()
        except SlackApiError as error:
            # `from None`: the SDK's own error has the whole answer in it, and a log would show it.
            raise self._refused(error, method, channel) from None
        except (OSError, http.client.HTTPException, SlackClientError, ValueError) as error:
            said = _first_line(error)
            raise SendFailure(
                Text(
                    f"Slack không trả lời ({said}); sẽ gửi lại.", f"Slack did not answer ({said}); it is tried again."
                ),
                FailureKind.TRANSIENT,
                scope=Scope.EVERYWHERE,
                may_have_arrived=True,
            ) from None

    def _refused(self, error: SlackApiError, method: str, channel: str) -> SendFailure:
        """What an answer that is not `ok` means."""
        status = int(error.response.status_code)
        headers = {str(name).lower(): value for name, value in dict(error.response.headers).items()}
        code = _first_line(error.response.get("error") or f"status {status}")
        if status != TOO_MANY_REQUESTS and code not in RATE_LIMITS:
            return refused(code, status, None)
        seconds = _seconds(headers.get("retry-after"))
        self._limits.stop(method, channel, seconds)
        return refused(code, status, seconds)


def _seconds(header: object) -> float:
    try:
        return max(SHORTEST_PAUSE, float(str(header)))
    except ValueError:
        return 1.0


def _first_line(error: object) -> str:
    return TOKENS.sub("***", (str(error).splitlines() or [type(error).__name__])[0])[:200]
