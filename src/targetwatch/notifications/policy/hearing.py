"""Hearing: who would hear of a target that is behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from targetwatch.model import (
    Incident,
    IncidentKey,
    IncidentKind,
    IncidentState,
    Programme,
    Severity,
    TargetVersion,
    UnitKey,
)
from targetwatch.notifications.policy.labels import labels_of
from targetwatch.notifications.policy.routing import routed
from targetwatch.notifications.situation import Situation

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # an incident that there is not has no moments


def hearers(programme: Programme, versions: Iterable[TargetVersion], unit: UnitKey) -> list[str]:
    """The receivers that would hear of a unit behind any of these versions, however bad it is, in their order."""
    found: set[str] = set()
    for version in versions:
        situation = Situation(replace(programme, targets=(version,)), NEVER, (), (), ())
        for severity in Severity:
            key = IncidentKey(IncidentKind.BEHIND, version.target, unit.code, unit.valid_from)
            incident = Incident(0, key, IncidentState.OPEN, NEVER, severity=severity)
            found |= {node.route.receiver for node in routed(programme.routing, labels_of(situation, incident))}
    return [receiver.name for receiver in programme.receivers if receiver.name in found]
