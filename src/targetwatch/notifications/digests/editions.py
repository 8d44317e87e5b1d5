"""Editions: which week or month a digest is about, and the moment from which it can be told.

A week is an ISO week, and its digest is due on the Monday after it. A month's digest waits for the month's data: it is
due on the first working day after the last deadline of the sources that are owed the month, since before it a target
that has no result yet would read as one that nobody answered for. A source that takes longer than the whole month
after is not waited for; where the catalogue declares no deadline, it is the first working day of the month after.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from targetwatch.model import Cadence, Deadline, Period, Programme, Rhythm
from targetwatch.notifications.policy.timing import WorkingDays

AT = time(8, 5)  # when people have come to work; the DAG's clock says the same
A_WEEK = timedelta(days=7)
MOST_MISSED = 53  # how many digests that nobody made are written down as overtaken
GROUPS = "digest/"


@dataclass(frozen=True, slots=True, order=True)
class Edition:
    """What one digest is about.

    What happened is what happened after `begins` and until `ends`; what stands, stands at the moment of the digest. Of
    a week these are its own ends; of a month, whose figures come later, the moments at which digests are due.
    """

    rhythm: Rhythm
    name: str  # 2024-W47, 2024-10
    period: Period
    begins: datetime
    ends: datetime
    due_at: datetime

    @property
    def group(self) -> str:
        """The group that its messages have in the outbox."""
        return f"{GROUPS}{self.rhythm.value}/{self.name}"


@dataclass(frozen=True, slots=True)
class Almanac:
    """What editions are found by: the programme, its working days, and the moments by which its periods are due."""

    programme: Programme
    days: WorkingDays
    deadline_of: Callable[[date, Deadline], datetime]

    def newest(self, rhythm: Rhythm, now: datetime) -> Edition:
        """The newest week that is over at `now`, or the newest month whose digest is due by then."""
        today = now.astimezone(self._zone).date()
        if rhythm is Rhythm.WEEKLY:
            return self._week(today - A_WEEK)
        month = self._month(today.replace(day=1))
        while month.due_at > now:
            month = self.before(month)
        return month

    def before(self, edition: Edition) -> Edition:
        """The edition before a edition."""
        if edition.rhythm is Rhythm.WEEKLY:
            return self._week(edition.period.first_day - A_WEEK)
        return self._month(edition.period.first_day - timedelta(days=1))

    def _week(self, day: date) -> Edition:
        year, week, _ = day.isocalendar()
        first = date.fromisocalendar(year, week, 1)
        after = first + A_WEEK
        return Edition(
            Rhythm.WEEKLY,
            f"{year}-W{week:02d}",
            Period(first, after - timedelta(days=1)),
            self._moment(first, time()),
            self._moment(after, time()),
            self._moment(after, AT),
        )

    def _month(self, day: date) -> Edition:
        first = day.replace(day=1)
        period = Period(first, _next_month(first) - timedelta(days=1))
        before = Period((first - timedelta(days=1)).replace(day=1), first - timedelta(days=1))
        due_at = self._due_at(period)
        return Edition(Rhythm.MONTHLY, f"{first:%Y-%m}", period, self._due_at(before), due_at, due_at)

    def _due_at(self, month: Period) -> datetime:
        """The first working day after the last deadline of a month's data, as far as it is waited for."""
        latest = self._moment(_next_month(_next_month(month.first_day)), time())
        deadlines = [
            deadline
            for source in self.programme.sources.values()
            if source.deadline is not None and not source.planned and source.cadence is Cadence.MONTH
            if (deadline := self.deadline_of(month.last_day, source.deadline)) < latest
        ]
        day = max(deadlines).astimezone(self._zone).date() if deadlines else month.last_day
        return self._moment(self.days.add_working_days(day, 1), AT)

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, tzinfo=self._zone).astimezone(UTC)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.programme.time_zone)


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
