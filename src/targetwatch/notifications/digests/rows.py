"""Rows: digests as notifications for the outbox, each with an id that its receiver and edition alone give it.

Whatever it says, and however often it is made, a receiver gets the digest of a week or month once: the outbox leaves
an id that it has already alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from targetwatch.model import Delivery, Notification, NotificationState, Receiver
from targetwatch.notifications.delivery.wire import address_of
from targetwatch.notifications.digests.editions import MOST_MISSED, Almanac, Edition
from targetwatch.notifications.digests.page import Page, as_message
from targetwatch.notifications.digests.picture import Made
from targetwatch.notifications.policy.reasons import Withheld
from targetwatch.notifications.policy.rows import EVENT_TYPE

REASON = "digest"
NO_INCIDENT = 0


def row(edition: Edition, receiver: Receiver, page: Page, now: datetime) -> Notification:
    """The digest of an edition for a receiver, to be sent."""
    made = _row(edition, receiver, now)
    about = {"notification": made.id, "group": edition.group, "reason": REASON}
    payload = {
        **as_message(page, receiver.language),
        "metadata": {"event_type": EVENT_TYPE, "event_payload": about},
    }
    words = hashlib.sha256(repr(payload).encode()).hexdigest()
    return _row(edition, receiver, now, payload=payload, fingerprint=words)


def overtaken(
    almanac: Almanac, newest: Edition, receivers: Iterable[Receiver], made: Iterable[Made], now: datetime
) -> Iterator[Notification]:
    """A row for each digest that was missed before the newest, of a receiver that had got one before: the oldest first.

    Whoever was added since then has missed nothing.
    """
    had: dict[str, set[str]] = {}
    for one in made:
        had.setdefault(one.receiver, set()).add(one.group)
    of_rhythm = newest.group.rpartition("/")[0] + "/"
    known = {
        receiver.name: groups
        for receiver in receivers
        if (groups := {group for group in had.get(receiver.name, set()) if group.startswith(of_rhythm)})
    }
    missed: list[tuple[Edition, Receiver]] = []
    edition = newest
    for _ in range(MOST_MISSED):
        edition = almanac.before(edition)
        lacking = [one for one in receivers if one.name in known and edition.group > min(known[one.name])]
        missed[:0] = [(edition, one) for one in lacking if edition.group not in known[one.name]]
        if not lacking:
            break
    for edition, receiver in missed:
        yield _row(
            edition, receiver, now, state=NotificationState.SUPPRESSED, state_reason=Withheld.DIGEST_OVERTAKEN.value
        )


def _row(edition: Edition, receiver: Receiver, now: datetime, **more: object) -> Notification:
    said: dict[str, object] = {"payload": {}, "fingerprint": "", **more}
    return Notification(
        id=hashlib.sha256(f"{receiver.name}\n{edition.group}".encode()).hexdigest()[:32],
        receiver=receiver.name,
        channel=address_of(receiver),
        group=edition.group,
        episode=NO_INCIDENT,
        delivery=Delivery.POST,
        reason=REASON,
        created_at=now,
        transport=receiver.transport,
        **said,  # type: ignore[arg-type]
    )
