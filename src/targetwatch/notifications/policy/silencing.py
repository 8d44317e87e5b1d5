"""Silencing: which incidents a silence mutes, and which silences are over and not summed up yet."""

from __future__ import annotations

from targetwatch.model import Incident, Silence
from targetwatch.notifications.policy.labels import labels_of
from targetwatch.notifications.policy.matching import matches
from targetwatch.notifications.policy.reasons import Withheld
from targetwatch.notifications.situation import Situation, Told


def silenced_now(situation: Situation) -> dict[int, Silence]:
    """The incidents, and units' shares, that are muted at this moment, each with the silence that began first."""
    active = sorted((one for one in situation.silences if one.is_active(situation.now)), key=_by_beginning)
    if not active:
        return {}
    found = ((incident, silence_of(situation, incident, active)) for incident in situation.incidents)
    return {incident.number: silence for incident, silence in found if silence is not None}


def silence_of(situation: Situation, incident: Incident, silences: list[Silence]) -> Silence | None:
    """The first of these silences that matches an incident."""
    labels = labels_of(situation, incident)
    return next((silence for silence in silences if matches(silence.match, labels)), None)


def over(situation: Situation) -> list[Silence]:
    """The silences that have ended and of which nobody has been told what happened meanwhile, oldest first."""
    ended = (one for one in situation.silences if one.summed_up_at is None and one.ended_at <= situation.now)
    return sorted(ended, key=_by_beginning)


def was_silenced(told: Told) -> str:
    """The id of the silence for which something waits; empty where it waits for another reason."""
    kind, _, silence = told.held_because.partition(":")
    return silence if kind == Withheld.SILENCED else ""


def _by_beginning(silence: Silence) -> tuple[object, str]:
    return silence.begins, silence.id
