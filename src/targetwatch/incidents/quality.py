"""Looks at the sources for quality: deliveries that were refused and that no later delivery has made good."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from targetwatch.incidents import facts as facts_
from targetwatch.model import Finding, Incident, IncidentKey, IncidentKind, Outlook, Period, Programme, UnitKey


@dataclass(frozen=True, slots=True, order=True)
class Covered:
    """A unit and period that a delivery says something about."""

    tier: str
    unit: UnitKey
    period: Period


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """A delivery as the records know it. A refused one covers what could still be read in it, which may be nothing."""

    batch_id: str
    source: str
    delivered_as: str
    accepted: bool
    refused_because: str | None
    known_at: datetime
    rows_delivered: int
    rows_quarantined: int
    covers: frozenset[Covered] = frozenset()

    def as_facts(self) -> dict[str, object]:
        """What a message needs of the delivery, as plain JSON."""
        periods = sorted({covered.period for covered in self.covers})
        return {
            "batch_id": self.batch_id,
            "delivered_as": self.delivered_as,
            "because": self.refused_because or "",
            "known_at": facts_.plain(self.known_at),
            "rows_delivered": self.rows_delivered,
            "rows_quarantined": self.rows_quarantined,
            "units": sorted({str(covered.unit) for covered in self.covers}),
            "periods": [[facts_.plain(period.first_day), facts_.plain(period.last_day)] for period in periods],
        }


def outstanding(deliveries: Iterable[DeliveryRecord]) -> list[DeliveryRecord]:
    """The refused deliveries that nothing has made good yet, newest first.

    Later accepted deliveries of the source make a refused one good once they cover every unit and period that it was
    for. One that named none is made good by any later accepted delivery of its source.
    """
    by_source: dict[str, list[DeliveryRecord]] = defaultdict(list)
    for delivery in deliveries:
        by_source[delivery.source].append(delivery)
    waiting: list[DeliveryRecord] = []
    for of_source in by_source.values():
        covered: set[Covered] = set()
        accepted_since = False
        # From the newest back, so that what was accepted later is known at each refused one. Of deliveries that
        # arrived at the same moment none is later than another.
        of_source.sort(key=lambda delivery: (delivery.known_at, delivery.accepted), reverse=True)
        pending: list[DeliveryRecord] = []
        moment = None
        for delivery in of_source:
            if delivery.known_at != moment:
                accepted_since = accepted_since or bool(pending)
                covered.update(*(held.covers for held in pending))
                pending, moment = [], delivery.known_at
            if delivery.accepted:
                pending.append(delivery)
            elif not (delivery.covers <= covered if delivery.covers else accepted_since):
                waiting.append(delivery)
    return sorted(waiting, key=lambda delivery: (delivery.known_at, delivery.batch_id), reverse=True)


def quality_findings(
    programme: Programme, deliveries: Iterable[DeliveryRecord], live: Iterable[Incident]
) -> list[Finding]:
    """One look at each source of the programme, and at the live incidents whose source is gone."""
    refused: dict[str, list[DeliveryRecord]] = defaultdict(list)
    for delivery in outstanding(deliveries):
        refused[delivery.source].append(delivery)
    findings = []
    for source in sorted(programme.sources):
        key = IncidentKey(IncidentKind.QUALITY, source)
        if source in refused:
            facts = {"refused": [delivery.as_facts() for delivery in refused[source]]}
            findings.append(Finding(key, Outlook.BAD, facts=facts, reason="refused"))
        else:
            findings.append(Finding(key, Outlook.GOOD, reason="nothing_refused"))
    gone = sorted(
        incident.key.subject
        for incident in live
        if incident.key.kind is IncidentKind.QUALITY and incident.key.subject not in programme.sources
    )
    return findings + [
        Finding(IncidentKey(IncidentKind.QUALITY, source), Outlook.SUPERSEDED, reason="withdrawn") for source in gone
    ]
