"""The audience: the receivers of the outbox's rows, as the catalogue has them now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from targetwatch.model import Language, Notification, Receiver
from targetwatch.notifications.delivery.wire import address_of


@dataclass(frozen=True, slots=True)
class Audience:
    """The receivers by name. One that the catalogue has no more is written to where its rows say."""

    receivers: Mapping[str, Receiver] = field(default_factory=dict)
    operators: str | None = None  # the receiver that hears of what broke
    time_zone: str = "UTC"

    def language(self, receiver: str) -> Language:
        """The language that a receiver is written to in."""
        return self.receivers[receiver].language if receiver in self.receivers else Language.EN

    def address(self, item: Notification) -> str:
        """Where a new message of this row goes: to its receiver's present address, if that is of the same transport."""
        receiver = self.receivers.get(item.receiver)
        return address_of(receiver) if receiver and receiver.transport is item.transport else item.channel
