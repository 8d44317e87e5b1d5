"""Webhooks: messages as JSON to an address of the receiver's own, which an Airflow Connection knows.

    {"version": 1, "kind": "post" | "update" | "reply", "id": ..., "thread": ..., "group": ..., "reason": ...,
     "text": ..., "blocks": [...]}

`id` is the notification's, and goes also into the header Idempotency-Key: the same message twice has the same one, and
whoever takes it can tell. `thread` is the id of the message that an update edits or a reply answers. The connection has
host, schema (https) and port; with a login, login and password are basic authentication; `headers` and `path` may stand
in its extra. With a `secret` in the extra (or a password without a login) each request is signed: the header
X-Targetwatch-Signature is sha256= and the HMAC of the header X-Targetwatch-Timestamp, a point, and the body.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from targetwatch.model import Delivery, Text
from targetwatch.notifications.delivery.airflow_secrets import connection_of, malformed
from targetwatch.notifications.delivery.wire import FailureKind, Payload, Posted, Scope, SendFailure, Showing

if TYPE_CHECKING:
    from airflow.sdk import Connection
    from requests import Session

TIMEOUT = (5, 15)  # seconds to connect, and to be answered
PASSING = frozenset({408, 409, 425, 429})
CONTENTS = frozenset({400, 413, 415, 422})
ADDRESS = Text(
    "không có địa chỉ https. Hãy ghi host là https://máy.chủ/đường-dẫn.",
    "has no address of https. Write its host as https://host/path.",
)
HEADERS = Text("có 'headers' không đúng.", "has 'headers' that are no JSON object of plain text.")


@contextmanager
def connected(connection: str, home: Path, now: datetime) -> Iterator[WebhookCarrier]:
    """The carrier of an Airflow Connection, whose signatures are of `now`. Raises SendFailure where there is none."""
    from requests import Session

    found = connection_of(connection, home)
    with Session() as session:
        session.auth = _auth(found)
        address, headers = _address(connection, found), _headers(connection, found)
        yield WebhookCarrier(connection, session, address, headers, Signer(_secret(found), now))


@dataclass(frozen=True, slots=True)
class Signer:
    """Proves who sent a body, and when."""

    secret: str
    at: datetime

    def headers(self, body: bytes) -> dict[str, str]:
        """The headers that do; none without a secret."""
        if not self.secret:
            return {}
        stamp = str(int(self.at.timestamp()))
        signature = hmac.new(self.secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        return {"X-Targetwatch-Timestamp": stamp, "X-Targetwatch-Signature": f"sha256={signature}"}


class WebhookCarrier:
    """Sends messages to one address."""

    edits = True
    finds = False
    showing = Showing.DATA

    def __init__(
        self, connection: str, session: Session, address: str, headers: Mapping[str, str], signer: Signer
    ) -> None:
        self._connection = connection
        self._session = session
        self._address = address
        self._headers = headers
        self._signer = signer
        self.complaints: list[str] = []

    def pause(self, delivery: Delivery, channel: str) -> float:
        """It says itself when it is too much."""
        return 0.0

    def post(self, channel: str, payload: Payload, thread: Posted | None = None) -> Posted:
        """Send a message, or a reply to another."""
        return Posted(channel, self._send("post" if thread is None else "reply", payload, thread))

    def update(self, posted: Posted, payload: Payload) -> None:
        """Send a message's new words."""
        self._send("update", payload, posted)

    def find(self, channel: str, notification: str, since: datetime, thread: Posted | None = None) -> Posted | None:
        """None: nobody knows. What was sent twice has the same Idempotency-Key."""
        return None

    def _send(self, kind: str, payload: Payload, thread: Posted | None) -> str:
        from requests import RequestException

        metadata: Any = payload.get("metadata") or {}
        known = metadata.get("event_payload") or {}
        notification = str(known.get("notification") or "")
        said = {
            "version": 1,
            "kind": kind,
            "id": notification,
            "thread": None if thread is None else thread.ts,
            "group": known.get("group"),
            "reason": known.get("reason"),
            "text": payload.get("text"),
            "blocks": payload.get("blocks") or [],
        }
        body = json.dumps(said, ensure_ascii=False, sort_keys=True).encode()
        headers = {
            **self._headers,
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "targetwatch",
            "Idempotency-Key": notification,
            **self._signer.headers(body),
        }
        try:
            answer = self._session.post(
                self._address, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False
            )
        except RequestException as error:
            # Nothing of what the library says: it has the address in it, and that may be a secret.
            raise self._passing(type(error).__name__) from None
        self._check(answer.status_code, answer.headers.get("Retry-After"))
        return notification

    def _check(self, status: int, retry_after: str | None) -> None:
        if 200 <= status < 300:
            return
        if status in PASSING or status >= 500:
            seconds = float(retry_after) if retry_after is not None and retry_after.isdigit() else None
            raise self._passing(str(status), seconds)
        if status in CONTENTS:
            says = Text(
                f"Webhook '{self._connection}' không nhận tin này ({status}).",
                f"The webhook '{self._connection}' does not take this message ({status}).",
            )
            raise SendFailure(says, FailureKind.CONTENT, code=str(status))
        what = Text(
            f"bị từ chối ({status}). Hãy sửa địa chỉ và thông tin đăng nhập.",
            f"is refused ({status}). Mend its address and its credentials.",
        )
        raise malformed(self._connection, what)

    def _passing(self, what: str, retry_after: float | None = None) -> SendFailure:
        says = Text(
            f"Webhook '{self._connection}' không trả lời ({what}); sẽ gửi lại.",
            f"The webhook '{self._connection}' did not answer ({what}); it is tried again.",
        )
        return SendFailure(
            says, FailureKind.TRANSIENT, scope=Scope.EVERYWHERE, retry_after=retry_after, may_have_arrived=True
        )


def _address(name: str, connection: Connection) -> str:
    host, schema = (connection.host or "").strip(), (connection.schema or connection.conn_type or "https").strip()
    path = str(connection.extra_dejson.get("path") or "")
    address = host if "://" in host else f"{schema if schema in ('http', 'https') else 'https'}://{host}"
    try:
        split = urlsplit(address)
        port = f":{connection.port}" if connection.port and not split.port else ""
    except ValueError:
        raise malformed(name, ADDRESS) from None
    is_here = split.hostname in ("127.0.0.1", "localhost", "::1")
    allowed = split.scheme == "https" or is_here or connection.extra_dejson.get("allow_http") is True
    if not split.hostname or split.username is not None or not allowed:
        raise malformed(name, ADDRESS)
    return f"{split.scheme}://{split.netloc}{port}{path or split.path or '/'}{'?' + split.query if split.query else ''}"


def _headers(name: str, connection: Connection) -> dict[str, str]:
    headers = connection.extra_dejson.get("headers") or {}
    if not isinstance(headers, dict):
        raise malformed(name, HEADERS)
    said = {str(key): str(value) for key, value in headers.items()}
    if any(not (text.isascii() and text.isprintable()) for pair in said.items() for text in pair):
        raise malformed(name, HEADERS)
    return said


def _auth(connection: Connection) -> Any:
    """Basic authentication with a login; else nothing, not even what a .netrc of this machine would say."""
    if connection.login:
        return (connection.login, connection.password or "")
    return lambda request: request


def _secret(connection: Connection) -> str:
    found = connection.extra_dejson.get("secret")
    return str(found) if found else "" if connection.login else connection.password or ""
