"""Forms: what somebody filled in, in Airflow, as the action that it asks for.

What is filled in wrongly is refused with what to write instead: ActionRefused or MatcherError.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from targetwatch.incidents import Action
    from targetwatch.model import Programme

Form = Mapping[str, Any]


def acknowledgement(form: Form, by: str, programme: Programme, now: datetime) -> Action:
    """Of `incidents` (TW-147, TW-148), `reason`, `until` (a day) and `take_back`."""
    from targetwatch.incidents import Acknowledge, Unacknowledge, terms

    numbers = terms.numbers(str(form["incidents"]).replace(",", " ").split())
    if form["take_back"]:
        return Unacknowledge(numbers, by, form["reason"])
    until = terms.until(form["until"], now, programme.time_zone) if form["until"] else None
    return Acknowledge(numbers, by, form["reason"], until)


def silence(form: Form, by: str, programme: Programme, now: datetime) -> Action:
    """Of `matchers` (one or more a line), `reason` and `until`; or of `end` alone, the id of one to be ended."""
    from targetwatch.catalogue.matchers import parse_matcher
    from targetwatch.incidents import SilenceThat, Withdraw, terms

    if form["end"]:
        return Withdraw(form["end"].strip(), by)
    match = tuple(parse_matcher(one, programme) for line in form["matchers"] or [] for one in line.split())
    return SilenceThat(match, by, form["reason"] or "", terms.until(form["until"] or "", now, programme.time_zone))
