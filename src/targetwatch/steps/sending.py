"""Sending: the outbox to its receivers, by Slack or its stand-in, by e-mail and by webhooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from targetwatch import catalogue
from targetwatch.settings import Settings

if TYPE_CHECKING:
    from targetwatch.notifications import Delivered
    from targetwatch.notifications.delivery.audience import Audience
    from targetwatch.warehouse import Warehouse


def send(settings: Settings, warehouse: Warehouse, now: datetime, progress: Callable[[str], None]) -> Delivered:
    """Send what waits, and publish the ledger that says what became of it. Sending locks no database."""
    from targetwatch import notifications
    from targetwatch.notifications.delivery import carriers
    from targetwatch.warehouse import LedgerOutbox

    store = LedgerOutbox(warehouse)
    delivered = notifications.Delivered()
    if not store.nothing_to_send():
        progress("Sending")
        told, remark = audience(settings)
        with carriers.connected(settings, told.receivers, now) as connected:
            delivered = notifications.deliver(store, connected, lambda: now, told, draw=_draw)
        delivered.remarks += [remark] if remark else []
    warehouse.publish_ledger(now)  # a sender that died after its last message has not
    return delivered


def audience(settings: Settings) -> tuple[Audience, str]:
    """The receivers as the catalogue has them now, and a remark where it cannot be read.

    A mistake in the catalogue keeps no message back: it then goes where it was meant to go when it was decided.
    """
    from targetwatch.notifications.delivery.audience import Audience

    try:
        programme = catalogue.load(settings.catalogue)
    except catalogue.CatalogueError as wrong:
        return Audience(), f"The catalogue has {len(wrong.issues)} errors; `targetwatch validate` shows them."
    receivers = {receiver.name: receiver for receiver in programme.receivers}
    return Audience(receivers, programme.routing.operators, programme.time_zone), ""


def _draw(chart: Mapping[str, object]) -> bytes:
    from targetwatch.notifications.delivery import drawing

    return drawing.png(chart)
