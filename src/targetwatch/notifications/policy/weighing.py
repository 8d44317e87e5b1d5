"""Weighing: how bad an incident is by the programme's rules, which ask for the same labels as routes do."""

from __future__ import annotations

from collections.abc import Callable

from targetwatch.incidents import severity_of
from targetwatch.model import Incident, Matcher, Severity
from targetwatch.notifications.policy.labels import labels_of
from targetwatch.notifications.policy.matching import matches
from targetwatch.notifications.situation import Situation


def severities(situation: Situation) -> Callable[[Incident], Severity]:
    """What gives the severity of each incident of a situation."""
    rules = situation.programme.routing.severities

    def is_meant(incident: Incident, match: tuple[Matcher, ...]) -> bool:
        return not match or matches(match, labels_of(situation, incident))

    return lambda incident: severity_of(incident, rules, is_meant)
