"""Telling, of what is around a message: who has acknowledged its incidents, and what a reader can do about them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from targetwatch.model import Incident, IncidentState, Role, UnitKey
from targetwatch.notifications.situation import Situation
from targetwatch.notifications.stories import AcknowledgedLine, Care

NEVER = datetime.min.replace(tzinfo=UTC)


def care_of(situation: Situation, incident: Incident) -> Care:
    """What is around the message of an incident and of all open ones of its kind and subject.

    Under a pooled target these are the whole's and those of its units: one of the whole is acknowledged for all.
    """
    live = [
        one
        for one in situation.beside(incident.key.kind, incident.key.subject)
        if one.opened_at is not None and one.state.is_live
    ]
    taken = [one for one in live if one.state is IncidentState.ACKNOWLEDGED]
    units = [one for one in live if _is_of_a_unit(one)]
    counted = units or live
    lines: dict[tuple[str, str, datetime | None], list[str]] = {}
    for one in sorted(taken, key=lambda one: (one.acknowledged_at or NEVER, one.number)):
        names = lines.setdefault((one.acknowledged_by, one.acknowledged_because, one.acknowledged_until), [])
        if _is_of_a_unit(one):
            names.append(situation.name_of(UnitKey(one.key.org_unit, one.key.org_unit_valid_from or date.min)))
    is_taken_whole = any(not _is_of_a_unit(one) for one in taken)
    return Care(
        acknowledged=tuple(AcknowledgedLine(tuple(names), *said) for said, names in lines.items()),
        unacknowledged=0 if is_taken_whole else sum(one.state is not IncidentState.ACKNOWLEDGED for one in counted),
        of=len(counted),
        listens=situation.listens,
        run=situation.run_url,
    )


def _is_of_a_unit(incident: Incident) -> bool:
    """Whether it is one unit's, and not that of a source, a claim or a tier as one."""
    judged = incident.facts.get("judged")
    is_pooled = isinstance(judged, Mapping) and judged.get("role") == Role.POOLED.value
    return bool(incident.key.org_unit) and not is_pooled
