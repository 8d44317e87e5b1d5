"""Muting: the incidents of which nobody is told for the time being, each with the reason."""

from __future__ import annotations

from targetwatch.model import Incident, IncidentKind
from targetwatch.notifications.policy.inhibiting import Inhibited, inhibitions
from targetwatch.notifications.policy.reasons import Withheld, silenced
from targetwatch.notifications.policy.silencing import silenced_now
from targetwatch.notifications.situation import Situation


def muted(situation: Situation, inhibited: dict[int, Inhibited] | None = None) -> dict[int, str]:
    """The state reasons of those that are silenced, or that another open incident accounts for, by number."""
    accounted = inhibitions(situation) if inhibited is None else inhibited
    found = {number: one.reason for number, one in accounted.items()}
    found |= {number: silenced(one.id) for number, one in silenced_now(situation).items()}
    found |= {
        one.number: Withheld.NOT_BEGUN.value
        for one in situation.incidents
        if one.number not in found and not_begun(one)
    }
    return found


def not_begun(incident: Incident) -> bool:
    """Whether it is a late source that nothing ever came from. It is told once something did, if it is late still."""
    return incident.key.kind is IncidentKind.LATE and incident.facts.get("begun") is False
