"""Pending: what happened to the incidents of a group that its receiver has not been told of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from targetwatch.model import Incident, IncidentEvent, IncidentEventKind, IncidentKind, Restatement, UnitKey
from targetwatch.notifications.policy.grouping import Group
from targetwatch.notifications.policy.labels import unit_of
from targetwatch.notifications.situation import Situation, Told


@dataclass(frozen=True)
class Pending:
    """What a group's receiver has not been told of: in this pass, and in those before as far as it was held back."""

    situation: Situation
    group: Group

    def known(self, incident: Incident) -> Told | None:
        """What is kept of an incident that the receiver hears of."""
        return self.situation.told_of.get((self.group.receiver.name, self.group.name), {}).get(incident.number)

    def of(self, incident: Incident) -> tuple[IncidentEvent, ...]:
        """What happened to one of the incidents, in order."""
        now = self.situation.events_of.get(incident.number, ())
        known = self.known(incident)
        if known is None or (known.held_since is None and known.worse_since is None):
            return now
        earlier = self.situation.earlier_of.get(incident.number, ())
        return (*(event for event in earlier if _waits(event, known)), *now)

    def events(self, incidents: Iterable[Incident]) -> tuple[IncidentEvent, ...]:
        """What happened to these, one after the other."""
        return tuple(event for incident in incidents for event in self.of(incident))

    def now(self, incidents: Iterable[Incident]) -> tuple[IncidentEvent, ...]:
        """What this pass did to these."""
        return tuple(event for one in incidents for event in self.situation.events_of.get(one.number, ()))

    def is_untold(self, incident: Incident) -> bool:
        """Whether its very opening has not been told."""
        return any(event.kind is IncidentEventKind.OPENED for event in self.of(incident))

    def since(self, incident: Incident) -> datetime:
        """From when on what happened to it waits, where it is held back now."""
        known = self.known(incident)
        first = [event.at for event in self.of(incident)]
        held = [known.held_since] if known is not None and known.held_since is not None else []
        return min([*first, *held], default=self.situation.now)

    def restatements(self, incidents: Iterable[Incident], *, also_earlier: bool = True) -> tuple[Restatement, ...]:
        """The restatements of the targets of these incidents; those of one period, over several passes, as one."""
        answering = [one for one in incidents if one.key.kind is IncidentKind.BEHIND]
        targets = {one.key.subject for one in answering}
        held = [
            known.held_since
            for one in answering
            if (known := self.known(one)) is not None and known.held_since is not None
        ]
        found: list[Restatement] = []
        if held and also_earlier:
            found += [
                one for at, one in self.situation.earlier_restatements if at >= min(held) and one.target in targets
            ]
        found += [one for one in self.situation.restatements if one.target in targets]
        return _merged(found)

    def is_restated_now(self, incident: Incident) -> bool:
        """Whether this pass found that figures of the incident's own org_unit were changed."""
        return incident.key.kind is IncidentKind.BEHIND and any(
            one.target == incident.key.subject and UnitKey(one.org_unit, one.org_unit_valid_from) == unit_of(incident)
            for one in self.situation.restatements
        )


def _waits(event: IncidentEvent, known: Told) -> bool:
    if known.held_since is not None and event.at >= known.held_since:
        return True
    is_change = event.kind is IncidentEventKind.CHANGED
    return is_change and known.worse_since is not None and event.at >= known.worse_since


def _merged(restatements: Iterable[Restatement]) -> tuple[Restatement, ...]:
    """Each period of each org_unit once: from the figures before the first change to those after the last."""
    merged: dict[tuple[object, ...], Restatement] = {}
    for one in restatements:
        key = (one.target, one.org_unit, one.org_unit_valid_from, one.period_start)
        first = merged.get(key)
        merged[key] = one if first is None else replace(
            one,
            numerator_before=first.numerator_before,
            denominator_before=first.denominator_before,
            headroom_units_before=first.headroom_units_before,
        )  # fmt: skip
    return tuple(merged.values())
