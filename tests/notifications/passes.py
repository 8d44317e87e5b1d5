"""Passes of the watch, in memory: from what was found to what is in the outbox, as the ledger would keep it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from targetwatch.incidents import (
    Advanced,
    DeliveryRecord,
    Owed,
    Transition,
    advance_all,
    claim_findings,
    discrepancy_findings,
    escalate_all,
    late_findings,
    patience_of,
    quality_findings,
    target_findings,
)
from targetwatch.model import (
    Assessment,
    Claim,
    Delivery,
    Discrepancy,
    Incident,
    IncidentEvent,
    IncidentKind,
    Label,
    Matcher,
    Notification,
    Programme,
    Receiver,
    Restatement,
    Route,
    Silence,
)
from targetwatch.notifications.policy.escalating import due
from targetwatch.notifications.policy.notifying import Decided, notify
from targetwatch.notifications.situation import Situation, Told
from tests.fakes import MemoryOutbox
from tests.incidents.programmes import PROGRAMME


@dataclass
class Watch:
    """What is remembered from pass to pass, as the ledger remembers it."""

    programme: Programme = PROGRAMME
    incidents: dict[int, Incident] = field(default_factory=dict)
    outbox: MemoryOutbox = field(default_factory=MemoryOutbox)
    silences: dict[str, Silence] = field(default_factory=dict)
    told: dict[tuple[str, str, int], Told] = field(default_factory=dict)
    events: list[IncidentEvent] = field(default_factory=list)
    restatements: list[tuple[datetime, Restatement]] = field(default_factory=list)
    assessments: tuple[Assessment, ...] = ()
    decided: Decided = field(default_factory=lambda: Decided(()))
    worded: bool = True

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
        self.assessments = tuple(assessments)
        steps = due(self._situation(advanced.known, advanced.events, now))
        advanced = escalate_all(advanced, [(one.number, one.step, one.receiver) for one in steps], now)
        return self._tell(advanced, now, tuple(restatements), tuple(discrepancies))

    def act(self, now: datetime, *transitions: Transition) -> list[Notification]:
        """What a person did to incidents, and what it adds to the outbox; nothing is judged."""
        changed = {one.incident.number: one.incident for one in transitions if one.incident is not None}
        live = {number: one for number, one in self.incidents.items() if one.state.is_live}
        events = tuple(event for one in transitions for event in one.events)
        known = tuple((live | changed).values())
        return self._tell(Advanced(tuple(changed.values()), events, len(self.incidents) + 1, known), now)

    def again(self, now: datetime) -> list[Notification]:
        """A pass that finds everything as it is."""
        return self.act(now)

    def _tell(
        self,
        advanced: Advanced,
        now: datetime,
        restatements: tuple[Restatement, ...] = (),
        discrepancies: tuple[Discrepancy, ...] = (),
    ) -> list[Notification]:
        situation = self._situation(advanced.known, advanced.events, now, restatements, discrepancies)
        self.decided = notify(situation)
        self.incidents.update({incident.number: incident for incident in advanced.incidents})
        self.events += advanced.events
        self.restatements += [(now, one) for one in restatements]
        for one in self.decided.forgotten:
            del self.told[one.receiver, one.group, one.number]
        self.told |= {(one.receiver, one.group, one.number): one for one in self.decided.told}
        for silence in self.decided.summed_up:
            self.silences[silence] = replace(self.silences[silence], summed_up_at=now)
        known = {row.notification.id for row in self.outbox.rows}
        self.outbox.add(self.decided.notifications)
        return [one for one in self.decided.notifications if one.id not in known]

    def _situation(
        self,
        known: tuple[Incident, ...],
        events: tuple[IncidentEvent, ...],
        now: datetime,
        restatements: tuple[Restatement, ...] = (),
        discrepancies: tuple[Discrepancy, ...] = (),
    ) -> Situation:
        numbers = {incident.number for incident in known}
        held = {one.number for one in self.told.values() if one.held_since is not None} - numbers
        since: dict[int, datetime] = {}
        for one in self.told.values():
            for moment in (one.held_since, one.worse_since):
                if moment is not None:
                    since[one.number] = min(moment, since.get(one.number, moment))
        waiting = [one.held_since for one in self.told.values() if one.held_since is not None]
        return Situation(
            programme=self.programme,
            now=now,
            incidents=(*known, *(self.incidents[number] for number in sorted(held))),
            events=events,
            assessments=self.assessments,
            restatements=restatements,
            discrepancies=discrepancies,
            out=self.outbox.group_messages(),
            board_url="https://airflow.example/targetwatch",
            silences=tuple(one for one in self.silences.values() if one.summed_up_at is None),
            told=tuple(self.told.values()),
            earlier=tuple(one for one in self.events if one.number in since and one.at >= since[one.number]),
            earlier_restatements=tuple((at, one) for at, one in self.restatements if waiting and at >= min(waiting)),
            worded=self.worded,
        )


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


def with_receivers(programme: Programme, *receivers: Receiver) -> Programme:
    """The programme with other receivers, each of which hears everything."""
    return with_routes(programme, *(Route(receiver.name, goes_on=True) for receiver in receivers), receivers=receivers)


def with_routes(
    programme: Programme, *routes: Route, receivers: Sequence[Receiver] = (), **others: object
) -> Programme:
    """The programme with these routes below a root that tells nobody, and other parts of the routing."""
    routing = replace(programme.routing, root=Route("nobody", routes=routes), **others)
    return replace(programme, routing=routing, receivers=tuple(receivers) or programme.receivers)


def of_kinds(*kinds: IncidentKind) -> tuple[Matcher, ...]:
    """What matches incidents of these kinds."""
    return (Matcher(Label.KIND, tuple(kind.value for kind in kinds)),)


def _text(value: object) -> str:
    if isinstance(value, dict):
        own = value["text"] if isinstance(value.get("text"), str) else ""
        return "\n".join(part for part in [own, *(_text(item) for item in value.values())] if part)
    if isinstance(value, list):
        return "\n".join(part for part in map(_text, value) if part)
    return ""
