"""Telling: what would be told at each moment of a course, by what was told before it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, datetime
from operator import attrgetter
from typing import Any

import polars as pl

from targetwatch import evaluation, notifications
from targetwatch.evaluation.coverage import OBSERVED
from targetwatch.evaluation.restatements import JUDGED_BEFORE
from targetwatch.model import (
    Assessment,
    Delivery,
    IncidentEvent,
    Notification,
    NotificationState,
    Restatement,
)
from targetwatch.retracing.course import Course, Pass
from targetwatch.retracing.stock import FIGURES_BEFORE

WHAT = attrgetter("target", "org_unit", "org_unit_valid_from", "period_start")  # was judged
KINDS: dict[str, Any] = {
    **dict.fromkeys(("period_start", "period_end", "org_unit_valid_from"), pl.Date),
    **dict.fromkeys(("numerator", "attained", "required", "final"), pl.Int64),
}


class Messenger:
    """An outbox that everything is sent from at once. It is asked moment by moment.

    Its programmes are told without delay: their routes hold nothing back, and what got worse by too little waits.
    """

    def __init__(self, course: Course, *, worded: bool) -> None:
        self._course = course
        self._worded = worded
        observations = course.history.observations
        self._arrivals = sorted(zip(observations["known_at"], observations["period_start"], strict=True))
        self._before: datetime | None = None
        self._judged: dict[object, Assessment] = {}
        self._sent: set[str] = set()
        self._out: dict[tuple[str, str], notifications.GroupMessage] = {}
        self._told: dict[tuple[str, str, int], notifications.Told] = {}
        self._waiting: list[IncidentEvent] = []

    def tell(self, one: Pass, found: Iterable[Assessment], restated: pl.DataFrame | None) -> tuple[Notification, ...]:
        """What is told at a pass, and what is withheld.

        `found` are those of the assessments that the pass made itself, `restated` the figures that were others at the
        pass before, as Restating gives them.
        """
        situation = notifications.Situation(
            programme=self._course.programme,
            now=one.as_of,
            incidents=one.incidents,
            events=one.events,
            assessments=tuple(one.standing),
            restatements=tuple(self._restatements(one, restated)),
            out=tuple(self._out[group] for group in sorted(self._out)),
            told=tuple(self._told.values()),
            earlier=tuple(self._waiting),
            worded=self._worded,
        )
        decided = notifications.notify(situation)
        self._remember(decided, one.events)
        self._before = one.as_of
        self._judged |= {WHAT(assessment): assessment for assessment in found}
        told = tuple(row for row in decided.notifications if row.id not in self._sent)
        for row in told:
            self._sent.add(row.id)
            if row.delivery is not Delivery.REPLY and row.state is not NotificationState.SUPPRESSED:
                self._out[row.receiver, row.group] = notifications.GroupMessage(
                    row.receiver, row.channel, row.group, row.episode, row.id, row.fingerprint, row.reason
                )
        return told

    def _remember(self, decided: notifications.Decided, events: tuple[IncidentEvent, ...]) -> None:
        """Keep what the ledger keeps of who hears of what, and the events that wait to be told to anybody."""
        for one in decided.forgotten:
            self._told.pop((one.receiver, one.group, one.number), None)
        self._told |= {(one.receiver, one.group, one.number): one for one in decided.told}
        waiting = {one.number for one in self._told.values() if one.worse_since is not None}
        self._waiting = [event for event in (*self._waiting, *events) if event.number in waiting]

    def _restatements(self, one: Pass, restated: pl.DataFrame | None) -> list[Restatement]:
        """The restatements that a pass finds, as watching.assess does by what the ledger holds."""
        if restated is None or self._before is None or not self._judged:
            return []
        first, last = (bisect_right(self._arrivals, moment, key=_moment) for moment in (self._before, one.as_of))
        oldest = min((period_start for _, period_start in self._arrivals[first:last]), default=None)
        newest = max((each.period_start for each in one.standing if each.period_start is not None), default=None)
        if oldest is None or newest is None or oldest >= newest:
            return []
        judged = pl.DataFrame(
            {name: [getattr(each, name) for each in self._judged.values()] for name in JUDGED_BEFORE},
            schema_overrides={name: kind for name, kind in KINDS.items() if name in JUDGED_BEFORE},
        )
        before = restated.select(*OBSERVED, *(pl.col(then).alias(name) for name, then in FIGURES_BEFORE.items()))
        return evaluation.restated(judged, before, restated, one.standing)


def _moment(arrival: tuple[datetime, date]) -> datetime:
    return arrival[0]
