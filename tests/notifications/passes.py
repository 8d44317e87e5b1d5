"""Passes of the watch, in memory: from what was found to what is in the outbox, as the ledger would keep it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from targetwatch.incidents import (
    DeliveryRecord,
    Owed,
    advance_all,
    claim_findings,
    discrepancy_findings,
    late_findings,
    patience_of,
    quality_findings,
    target_findings,
)
from targetwatch.model import Assessment, Claim, Delivery, Discrepancy, Incident, Notification, Programme, Restatement
from targetwatch.notifications.policy import notify
from targetwatch.notifications.situation import Situation
from tests.fakes import MemoryOutbox
from tests.incidents.programmes import PROGRAMME


@dataclass
class Watch:
    """What is remembered from pass to pass."""

    programme: Programme = PROGRAMME
    incidents: dict[int, Incident] = field(default_factory=dict)
    outbox: MemoryOutbox = field(default_factory=MemoryOutbox)

    def look(
        self,
        now: datetime,
        assessments: Sequence[Assessment] = (),
        *,
        owed: Iterable[Owed] = (),
        deliveries: Sequence[DeliveryRecord] = (),
        claims: Sequence[Claim] = (),
        restatements: Sequence[Restatement] = (),
        discrepancies: Sequence[Discrepancy] = (),
        begun: Sequence[str] | None = None,
    ) -> list[Notification]:
        """One pass; what it adds to the outbox."""
        live = [incident for incident in self.incidents.values() if incident.state.is_live]
        findings = [
            *target_findings(self.programme, assessments, live),
            *late_findings(self.programme, owed, deliveries, live, now, begun),
            *quality_findings(self.programme, deliveries, live),
            *claim_findings(claims, live),
            *discrepancy_findings(self.programme, discrepancies, live, now),
        ]
        advanced = advance_all(live, findings, patience_of(self.programme), now, len(self.incidents) + 1)
        self.incidents.update({incident.number: incident for incident in advanced.incidents})
        notifications = notify(
            Situation(
                programme=self.programme,
                now=now,
                incidents=advanced.known,
                events=advanced.events,
                assessments=tuple(assessments),
                restatements=tuple(restatements),
                discrepancies=tuple(discrepancies),
                out=self.outbox.group_messages(),
                board_url="https://airflow.example/targetwatch",
            )
        )
        self.outbox.add(notifications)
        return notifications


def told(notifications: Iterable[Notification], receiver: str = "engineers") -> list[tuple[str, str, str]]:
    """What a receiver is told: group, delivery and reason of each row."""
    return [
        (one.group, one.delivery.value, one.reason)
        for one in notifications
        if one.receiver == receiver and one.state.value == "pending"
    ]


def words(notification: Notification) -> str:
    """Everything that people read in a message."""
    return _text(notification.payload.get("blocks")) if notification.payload else ""


def posts(notifications: Iterable[Notification]) -> list[Notification]:
    """The new messages among these."""
    return [one for one in notifications if one.delivery is Delivery.POST]


def with_receivers(programme: Programme, *receivers) -> Programme:
    """The programme with other receivers."""
    return replace(programme, receivers=tuple(receivers))


def _text(value: object) -> str:
    if isinstance(value, dict):
        own = value["text"] if isinstance(value.get("text"), str) else ""
        return "\n".join(part for part in [own, *(_text(item) for item in value.values())] if part)
    if isinstance(value, list):
        return "\n".join(part for part in map(_text, value) if part)
    return ""
