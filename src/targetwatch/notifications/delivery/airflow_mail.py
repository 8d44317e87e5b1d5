"""E-mail: the carrier over the SMTP hook of Airflow's provider.

A mail cannot be edited, and nobody can be asked whether one has arrived. So where the answer to a mail was lost (the
connection broke after its last line), it is sent again: better twice than never. Both copies have the same Message-ID,
which follows from the notification's id, and that is how mail servers and readers know the second for the first. Edits
are not mailed; what an episode came to is mailed as the last answer in its thread.

The Airflow Connection (`connection` of the receiver, else smtp_default) has host, port, login and password, and in its
extra `from_email`, `disable_ssl` (for STARTTLS, which is port 587), `disable_tls`. The hook's own retries are not used:
they would send a mail again without its being written down.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from targetwatch.model import Delivery, Text
from targetwatch.notifications.delivery import mail
from targetwatch.notifications.delivery.airflow_secrets import connection_of, malformed
from targetwatch.notifications.delivery.wire import FailureKind, Payload, Posted, Scope, SendFailure, Showing

if TYPE_CHECKING:
    from airflow.providers.smtp.hooks.smtp import SmtpHook

PERMANENT = 500  # an SMTP answer from here on will not be another one by itself
NO_SENDER = Text(
    "không có địa chỉ gửi. Hãy ghi from_email trong phần extra.", "names no sender. Put from_email into its extra."
)
CREDENTIALS = Text(
    "bị máy chủ từ chối đăng nhập. Hãy sửa login và password.", "is refused its login. Mend its login and password."
)


@contextmanager
def connected(connection: str, home: Path, now: datetime) -> Iterator[MailCarrier]:
    """The carrier of an Airflow Connection. `now` is the date of its mails. Raises SendFailure without a connection."""
    carrier = MailCarrier(connection, _sender(connection, home), now)
    try:
        yield carrier
    finally:
        carrier.close()


class MailCarrier:
    """Sends mails over one connection, which it opens when it first has one to send."""

    edits = False
    finds = False
    showing = Showing.INLINE

    def __init__(self, connection: str, sender: str, now: datetime) -> None:
        self._connection = connection
        self._sender = sender
        self._now = now
        self._hook: SmtpHook | None = None
        self.complaints: list[str] = []

    def pause(self, delivery: Delivery, channel: str) -> float:
        """Mail servers say themselves when it is too much."""
        return 0.0

    def post(self, channel: str, payload: Payload, thread: Posted | None = None) -> Posted:
        """Mail a message to the addresses of `channel`, as an answer to `thread` if there is one."""
        addresses = tuple(one.strip() for one in channel.split(",") if one.strip())
        notification = _notification(payload)
        head = mail.Letterhead(self._sender, addresses, thread, self._now)
        try:
            message = mail.message(payload, notification, head)
        except ValueError:
            says = Text(
                f"Có địa chỉ thư không đúng: {channel}. Hãy sửa trong catalogue/receivers.yaml.",
                f"An address is none: {channel}. Correct it in catalogue/receivers.yaml.",
            )
            raise SendFailure(says, FailureKind.BLOCKED, scope=Scope.CHANNEL) from None
        try:
            refused = self._client().send_message(message, self._sender, list(addresses))
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            self._explain(error, channel)
        for address in sorted(refused):
            self.complaints.append(f"The mail server takes nothing for {address}: correct it in receivers.yaml.")
        return Posted(channel, mail.message_id(notification, self._sender))

    def update(self, posted: Posted, payload: Payload) -> None:
        """Nothing: a mail cannot be edited. The outbox does not ask for it."""

    def find(self, channel: str, notification: str, since: datetime, thread: Posted | None = None) -> Posted | None:
        """None: nobody knows."""
        return None

    def close(self) -> None:
        """Take leave of the mail server."""
        hook, self._hook = self._hook, None
        client: Any = None if hook is None else hook._smtp_client
        if client is not None:
            with suppress(smtplib.SMTPException, OSError):
                client.quit()
            client.close()

    def _client(self) -> Any:
        """The client of the hook's connection. Raises what smtplib raises."""
        if self._hook is None:
            from airflow.providers.smtp.hooks.smtp import SmtpHook

            logging.getLogger("airflow.hooks.base").setLevel(logging.WARNING)
            self._hook = SmtpHook(smtp_conn_id=self._connection)
            try:
                self._hook.get_conn()
            except (smtplib.SMTPException, OSError):
                raise  # whoever asked closes it
            except Exception as error:  # noqa: BLE001 - the hook raises Airflow's own for whatever it was
                raise smtplib.SMTPServerDisconnected(type(error).__name__) from None
        return self._hook._smtp_client

    def _explain(self, error: Exception, channel: str) -> NoReturn:
        """What became of a mail that was not taken. What the server says may name people, but has no secret of ours."""
        code = int(getattr(error, "smtp_code", 0) or 0)
        if isinstance(error, smtplib.SMTPAuthenticationError):
            raise malformed(self._connection, CREDENTIALS) from None
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            codes = [int(answer[0]) for answer in error.recipients.values()]
            if min(codes, default=0) >= PERMANENT:
                says = Text(
                    f"Máy chủ thư không nhận cho {channel}. Hãy sửa địa chỉ trong catalogue/receivers.yaml.",
                    f"The mail server takes nothing for {channel}. Correct it in catalogue/receivers.yaml.",
                )
                raise SendFailure(says, FailureKind.BLOCKED, scope=Scope.CHANNEL) from None
            code = min(codes, default=0)
        elif isinstance(error, smtplib.SMTPDataError) and code >= PERMANENT:
            says = Text(f"Máy chủ thư không nhận nội dung ({code}).", f"The mail server refuses the content ({code}).")
            raise SendFailure(says, FailureKind.CONTENT) from None
        elif isinstance(error, smtplib.SMTPSenderRefused) and code >= PERMANENT:
            raise malformed(self._connection, NO_SENDER) from None
        elif isinstance(error, smtplib.SMTPNotSupportedError):
            what = Text(
                "cần cách đăng nhập hoặc mã hóa mà máy chủ không có.",
                "wants what its server does not offer (TLS, AUTH).",
            )
            raise malformed(self._connection, what) from None
        said = f"{type(error).__name__} {code}" if code else type(error).__name__
        says = Text(
            f"Máy chủ thư không trả lời ({said}); sẽ gửi lại.", f"No mail server answered ({said}); it is tried again."
        )
        raise SendFailure(says, FailureKind.TRANSIENT, scope=Scope.EVERYWHERE, may_have_arrived=True) from None


def _sender(connection: str, home: Path) -> str:
    """The address that mails come from."""
    found = connection_of(connection, home)
    sender = str(found.extra_dejson.get("from_email") or found.login or "")
    if "@" not in sender or not sender.isprintable() or " " in sender:
        raise malformed(connection, NO_SENDER)
    return sender


def _notification(payload: Payload) -> str:
    metadata: Any = payload.get("metadata") or {}
    return str((metadata.get("event_payload") or {}).get("notification") or "")
