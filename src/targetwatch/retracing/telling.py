"""Telling: what would be told at each moment of a course, by what was told before it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from targetwatch import evaluation, notifications
from targetwatch.evaluation.coverage import GROUP
from targetwatch.evaluation.restatements import JUDGED_BEFORE
from targetwatch.model import (
    Assessment,
    Delivery,
    Incident,
    IncidentEvent,
    Notification,
    NotificationState,
    Restatement,
)
from targetwatch.notifications import messages
from targetwatch.notifications.policy.rows import Say, unsaid
from targetwatch.retracing.course import Course, History, deadline_of

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
        self._say: Say = messages.render if worded else unsaid
        observations = course.history.observations
        self._arrivals = sorted(zip(observations["known_at"], observations["period_start"], strict=True))
        self._before: datetime | None = None
        self._judged: dict[tuple[str, str, date, date], Assessment] = {}
        self._sent: set[str] = set()
        self._out: dict[tuple[str, str], notifications.GroupMessage] = {}
        self._told: dict[tuple[str, str, int], notifications.Told] = {}
        self._waiting: list[IncidentEvent] = []

    def tell(
        self,
        as_of: datetime,
        assessments: Sequence[Assessment],
        incidents: tuple[Incident, ...],
        events: tuple[IncidentEvent, ...],
    ) -> tuple[Notification, ...]:
        """What is told at `as_of`, and what is withheld: of all assessments, and the incidents known after the pass."""
        situation = notifications.Situation(
            programme=self._course.programme,
            now=as_of,
            incidents=incidents,
            events=events,
            assessments=tuple(assessments),
            restatements=tuple(self._restatements(as_of, assessments)),
            out=tuple(self._out[group] for group in sorted(self._out)),
            told=tuple(self._told.values()),
            earlier=tuple(self._waiting),
        )
        decided = notifications.notify(situation, self._say)
        self._remember(decided, events)
        told = tuple(one for one in decided.notifications if one.id not in self._sent)
        for one in told:
            self._sent.add(one.id)
            if one.delivery is not Delivery.REPLY and one.state is not NotificationState.SUPPRESSED:
                self._out[one.receiver, one.group] = notifications.GroupMessage(
                    one.receiver, one.channel, one.group, one.episode, one.id, one.fingerprint, one.reason
                )
        return told

    def _remember(self, decided: notifications.Decided, events: tuple[IncidentEvent, ...]) -> None:
        """Keep what the ledger keeps of who hears of what, and the events that wait to be told to anybody."""
        for one in decided.forgotten:
            self._told.pop((one.receiver, one.group, one.number), None)
        self._told |= {(one.receiver, one.group, one.number): one for one in decided.told}
        waiting = {one.number for one in self._told.values() if one.worse_since is not None}
        self._waiting = [event for event in (*self._waiting, *events) if event.number in waiting]

    def _restatements(self, as_of: datetime, assessments: Sequence[Assessment]) -> list[Restatement]:
        """The restatements that a pass at `as_of` finds, as watching.assess does by what the ledger holds."""
        then, self._before = self._before, as_of
        before = list(self._judged.values())
        for one in assessments:
            if one.period_start is not None:
                self._judged[one.target, one.org_unit, one.org_unit_valid_from, one.period_start] = one
        newest = max((one.period_start for one in assessments if one.period_start is not None), default=None)
        if then is None or newest is None or not before:
            return []
        since = self._arrivals[bisect_right(self._arrivals, then, key=_moment) :]
        if not any(moment <= as_of and period_start < newest for moment, period_start in since):
            return []
        judged = pl.DataFrame(
            {name: [getattr(one, name) for one in before] for name in JUDGED_BEFORE},
            schema_overrides={name: kind for name, kind in KINDS.items() if name in JUDGED_BEFORE},
        )
        return evaluation.restated(judged, self._rolled(then), self._rolled(as_of), assessments)

    def _rolled(self, as_of: datetime) -> pl.DataFrame:
        programme = self._course.programme
        due = evaluation.due(programme, self._course.history.reports, deadline_of(programme), as_of, programme.start)
        return evaluation.roll_up(programme, known(self._course.history, as_of), due, as_of)


def _moment(arrival: tuple[datetime, date]) -> datetime:
    return arrival[0]


def known(history: History, as_of: datetime) -> pl.DataFrame:
    """The newest version of each body's observation that was known at `as_of`."""
    return (
        history.observations.filter(pl.col("known_at") <= as_of)
        .sort("known_at", maintain_order=True)
        .unique(subset=GROUP, keep="last", maintain_order=True)
    )
