"""Slack's Socket Mode: hearing what people do in Slack, with slack_sdk's own client, and answering them there.

Nothing has to be reachable from outside: the connection is made from here. The client reconnects by itself, when Slack
asks for it and when a connection is lost.
"""

from __future__ import annotations

import http.client
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.webhook import WebhookClient

SLACK = "https://slack.com/api/"
OWN_HOSTS = (".slack.com", ".slack-gov.com")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
TIMEOUT = 10  # seconds
APP_TOKEN = (
    "Put an app-level token (xapp-..., with the scope connections:write) into TARGETWATCH_SLACK_APP_TOKEN, "  # noqa: S105
    "and turn Socket Mode on in the app's settings."
)
# What a person must change before a connection can be made.
TROUBLES = {
    "account_inactive": APP_TOKEN,
    "invalid_auth": APP_TOKEN,
    "missing_scope": APP_TOKEN,
    "not_allowed_token_type": APP_TOKEN,
    "not_authed": APP_TOKEN,
    "token_expired": APP_TOKEN,
    "token_revoked": APP_TOKEN,
    "forbidden_team": "The workspace does not let the app connect: ask its administrators.",
    "access_denied": "The workspace does not let the app connect: ask its administrators.",
}

# What the SDK would log has addresses with tickets in it, and at DEBUG everything that people type.
_QUIET = logging.getLogger("targetwatch.slack_socket")
_QUIET.propagate = False
_QUIET.setLevel(logging.CRITICAL + 1)

Hear = Callable[[str, Mapping[str, Any]], None]


class CannotListen(Exception):  # noqa: N818 - named after what is the case
    """No connection can be made until a person has changed something: the message says what."""

    exit_code = 2


class NoConnection(Exception):  # noqa: N818 - named after what is the case
    """Slack does not answer now. It is tried again."""


class SlackSocket:
    """A connection to Slack over which `hear` is told of every envelope: its type and its payload.

    An envelope is acknowledged once `hear` has returned, and not if it raises: Slack then sends it again, or shows the
    person that it did not work. So `hear` keeps it and does the work later. It is called in a thread of the client.
    """

    def __init__(
        self, app_token: str, bot_token: str | None, base_url: str | None, hear: Hear, ping_seconds: float = 5.0
    ) -> None:
        self._web = WebClient(
            token=bot_token or "xoxb-standin",
            base_url=base_url or SLACK,
            timeout=TIMEOUT,
            retry_handlers=[],
            logger=_QUIET,
        )
        self._is_local = urlsplit(self._web.base_url).hostname in LOOPBACK
        if self._is_local:
            self._web.proxy = None  # the SDK takes the proxy out of the environment and knows no exceptions
        self._hear = hear
        self._client = _Client(
            app_token=app_token, web_client=self._web, logger=_QUIET, ping_interval=ping_seconds, concurrency=1
        )
        if self._is_local:
            self._client.proxy = None
        self._client.socket_mode_request_listeners.append(self._on_request)

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection now."""
        return self._client.is_connected()

    def connect(self) -> None:
        """Make the first connection; later ones the client makes. Raises CannotListen and NoConnection."""
        try:
            self._client.connect_to_new_endpoint(force=True)
        except SlackApiError as refused:
            raise _trouble(refused) from None
        except (OSError, http.client.HTTPException, SlackClientError, ValueError) as error:
            raise NoConnection(f"Slack does not answer ({type(error).__name__}).") from None
        if not self.is_connected:
            raise NoConnection("Slack gave an address and did not take the connection.")

    def check(self) -> None:
        """Raise CannotListen if the client's last try to connect again was refused for good."""
        if (refused := self._client.refused) is not None and not self.is_connected:
            trouble = _trouble(refused)
            if isinstance(trouble, CannotListen):
                raise trouble

    def close(self) -> None:
        """End the connection and the client's threads."""
        with suppress(OSError, RuntimeError):
            self._client.close()

    def team(self) -> str | None:
        """The id of the workspace that the bot belongs to; None where Slack does not say."""
        answer = self._ask(self._web.auth_test)
        return str(answer["team_id"]) if answer is not None and answer.get("team_id") else None

    def locale(self, user: str) -> str:
        """The language that a person has set in Slack, such as vi-VN; empty where Slack does not say."""
        answer = self._ask(lambda: self._web.users_info(user=user, include_locale=True))
        return str((answer.get("user") or {}).get("locale") or "") if answer is not None else ""

    def answer(
        self, answer_at: str, channel: str, user: str, payload: Mapping[str, Any], thread_ts: str | None = None
    ) -> bool:
        """Tell one person, and nobody else; whether Slack took it.

        By the interaction's own address, which works wherever it came from; else as a message that only they see.
        """
        said: dict[str, Any] = {name: payload[name] for name in ("text", "blocks") if name in payload}
        if self._is_trusted(answer_at):
            hook = WebhookClient(answer_at, timeout=TIMEOUT, logger=_QUIET, retry_handlers=[])
            if self._is_local:
                hook.proxy = None
            with suppress(OSError, http.client.HTTPException, SlackClientError, ValueError):
                if (
                    hook.send(**said, response_type="ephemeral", replace_original=False).status_code
                    == http.HTTPStatus.OK
                ):
                    return True
        if thread_ts:
            said["thread_ts"] = thread_ts
        return self._ask(lambda: self._web.chat_postEphemeral(channel=channel, user=user, **said)) is not None

    def _is_trusted(self, address: str) -> bool:
        """Whether an address to answer at is Slack's, or the stand-in's: nothing is sent anywhere else."""
        parts, own = urlsplit(address), urlsplit(self._web.base_url)
        host = parts.hostname or ""
        if parts.scheme == "https" and host.endswith(OWN_HOSTS):
            return True
        return bool(host) and (parts.scheme, parts.netloc) == (own.scheme, own.netloc)

    def _on_request(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        self._hear(request.type, request.payload)
        client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

    def _ask(self, request: Callable[[], Any]) -> Any:
        """Slack's answer; None where there is none, for what is not worth a failure."""
        try:
            return request()
        except (SlackApiError, OSError, http.client.HTTPException, SlackClientError, ValueError):
            return None


class _Client(SocketModeClient):
    """The SDK's client, remembering why it could not connect again: it only logs that."""

    refused: SlackApiError | None = None

    def issue_new_wss_url(self) -> str:
        try:
            url = super().issue_new_wss_url()
        except SlackApiError as refused:
            self.refused = refused
            raise
        self.refused = None
        return url


def _trouble(refused: SlackApiError) -> CannotListen | NoConnection:
    code = str(refused.response.get("error") or f"status {refused.response.status_code}")
    if code in TROUBLES:
        return CannotListen(f"Slack says {code}. {TROUBLES[code]}")
    return NoConnection(f"Slack says {code[:100]}.")
