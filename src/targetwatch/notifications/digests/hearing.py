"""Hearing: which targets, units and sources a receiver's digest speaks of, by the routes that tell it of their trouble.

Nothing need be wrong for that: each is asked for as if an incident about it were open, of any severity. A receiver
that no route names is told of no incident; its digest, which the catalogue gave it, speaks of everything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from targetwatch.model import (
    Assessment,
    Incident,
    IncidentKey,
    IncidentKind,
    IncidentState,
    Role,
    Route,
    Severity,
    UnitKey,
)
from targetwatch.notifications.policy.labels import labels_of
from targetwatch.notifications.policy.routing import routed
from targetwatch.notifications.situation import Situation


@dataclass(frozen=True)
class Ears:
    """Who would be told of what, each question asked once for all receivers."""

    situation: Situation
    _told: dict[IncidentKey, frozenset[str]] = field(default_factory=dict)

    def of(self, receiver: str | None) -> Hearing:
        """What one receiver hears; with None, what there is."""
        hearing = Hearing(self, receiver if receiver in self._named() else None)
        metrics = self.situation.programme.metrics
        heard = [one for one in self.situation.assessments if one.metric in metrics and hearing.target(one)]
        whole = {metrics[one.metric].source for one in heard if one.role is Role.POOLED}
        units: dict[str, set[str]] = defaultdict(set)
        for one in heard:
            if metrics[one.metric].source not in whole:
                units[metrics[one.metric].source].add(str(unit_of(one)))
        return replace(
            hearing,
            sources=frozenset(metrics[one.metric].source for one in heard),
            units={source: frozenset(of_source) for source, of_source in units.items()},
        )

    def told(self, incident: Incident) -> frozenset[str]:
        """The receivers that are told of an incident, whichever severity it has or comes to have."""
        known = self._told.get(incident.key)
        if known is None:
            routing = self.situation.programme.routing
            known = self._told[incident.key] = frozenset(
                node.route.receiver
                for severity in Severity
                for node in routed(routing, labels_of(self.situation, _with(incident, severity)))
            )
        return known

    def _named(self) -> frozenset[str]:
        root = self.situation.programme.routing.root
        return frozenset(node.receiver for node in _nodes(root)) if root is not None else frozenset()


@dataclass(frozen=True, slots=True)
class Hearing:
    """What one receiver hears; everything where it has no name here."""

    ears: Ears
    receiver: str | None
    sources: frozenset[str] = frozenset()  # those of the targets that it hears of
    units: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By source, the units of which it hears; without the sources of which it hears a whole target."""

    def target(self, assessment: Assessment) -> bool:
        """Whether it is told when this target is behind for this unit."""
        if self.receiver is None:
            return True
        key = IncidentKey(IncidentKind.BEHIND, assessment.target, assessment.org_unit, assessment.org_unit_valid_from)
        judged = {"role": assessment.role.value, "target_version": assessment.target_version}
        return self._hears(key, {"judged": judged})

    def source(self, source: str, kind: IncidentKind = IncidentKind.LATE) -> bool:
        """Whether it is told when this source is late, or has a delivery refused, or of a target that waits for it."""
        return self.receiver is None or source in self.sources or self._hears(IncidentKey(kind, source))

    def scope(self, source: str) -> frozenset[str] | None:
        """The units, code@first-day, of which alone it hears of what is measured out of a source; None where of all."""
        if self.receiver is None or self._hears(IncidentKey(IncidentKind.LATE, source)):
            return None
        return self.units.get(source)

    def incident(self, incident: Incident) -> bool:
        """Whether it is told of this incident."""
        return self.receiver is None or self.receiver in self.ears.told(incident)

    def _hears(self, key: IncidentKey, facts: dict[str, object] | None = None) -> bool:
        now = self.ears.situation.now
        return self.receiver in self.ears.told(Incident(0, key, IncidentState.OPEN, now, now, facts=facts or {}))


def unit_of(assessment: Assessment) -> UnitKey:
    """The org_unit that an assessment is of."""
    return UnitKey(assessment.org_unit, assessment.org_unit_valid_from)


def _with(incident: Incident, severity: Severity) -> Incident:
    return replace(incident, severity=severity)


def _nodes(root: Route) -> Iterator[Route]:
    yield root
    for child in root.routes:
        yield from _nodes(child)
