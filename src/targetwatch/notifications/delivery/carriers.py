"""Carriers: Slack or the stand-in, mail servers and webhooks, each connected when a row first asks for it.

Addresses and secrets come from settings (Slack) and Airflow Connections (all others). Airflow is imported only where a
receiver needs it: that costs seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from targetwatch.model import Notification, Receiver, Transport
from targetwatch.notifications.delivery.limits import SLACKS, Limits
from targetwatch.notifications.delivery.wire import Carrier

if TYPE_CHECKING:
    from targetwatch.settings import Settings

MAIL = "smtp_default"  # the Airflow Connection of e-mail, where a receiver names none


class ConnectedCarriers:
    """The carriers of one process, for the length of a `connected` block."""

    def __init__(self, settings: Settings, receivers: Mapping[str, Receiver], now: datetime, open_: ExitStack) -> None:
        self._settings = settings
        self._receivers = receivers
        self._now = now
        self._open = open_
        self._known: dict[tuple[Transport, str], Carrier] = {}

    def of(self, item: Notification) -> Carrier:
        """The carrier of a row. Raises SendFailure (BLOCKED) where its connection is not set up."""
        receiver = self._receivers.get(item.receiver)
        named = receiver.connection if receiver is not None and receiver.transport is item.transport else None
        return self._carrier(item.transport, named or (item.channel if item.transport is Transport.WEBHOOK else MAIL))

    def to(self, receiver: Receiver) -> Carrier:
        """The carrier of a receiver. Raises SendFailure (BLOCKED) where its connection is not set up."""
        return self._carrier(receiver.transport, receiver.connection or MAIL)

    def _carrier(self, transport: Transport, connection: str) -> Carrier:
        key = (transport, "" if transport is Transport.SLACK else connection)
        if key not in self._known:
            self._known[key] = self._connect(transport, connection)
        return self._known[key]

    def _connect(self, transport: Transport, connection: str) -> Carrier:
        if transport is Transport.SLACK:
            return self._slack()
        from targetwatch.notifications.delivery import airflow_mail, airflow_webhook

        if transport is Transport.EMAIL:
            return self._open.enter_context(airflow_mail.connected(connection, self._settings.home, self._now))
        return self._open.enter_context(airflow_webhook.connected(connection, self._settings.home, self._now))

    def _slack(self) -> Carrier:
        from targetwatch.notifications.delivery import slack
        from targetwatch.standin import reach

        settings = self._settings
        if settings.has_slack:
            token = settings.slack_token.get_secret_value() if settings.slack_token else None
            return slack.connect(token, settings.slack_url, limits=Limits(SLACKS))
        # The stand-in is this machine's own: nobody is kept waiting for its sake.
        address = reach(settings.home, settings.standin_port, self._now.timestamp)
        return slack.connect(None, self._open.enter_context(address))


@contextmanager
def connected(settings: Settings, receivers: Mapping[str, Receiver], now: datetime) -> Iterator[ConnectedCarriers]:
    """The carriers that these settings and Airflow's Connections describe. What was opened is closed with the block."""
    with ExitStack() as open_:
        yield ConnectedCarriers(settings, receivers, now, open_)
