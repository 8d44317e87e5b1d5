"""Courses: a programme, what became known under it and when, and the passes that are made over it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from targetwatch.catalogue.calendar import WorkingCalendar

if TYPE_CHECKING:
    import polars as pl

    from targetwatch.incidents import DeliveryRecord
    from targetwatch.model import (
        Assessment,
        Calendar,
        Deadline,
        Incident,
        IncidentEvent,
        Notification,
        OrgUnit,
        Programme,
        Source,
        TargetVersion,
        UnitKey,
    )

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class History:
    """What became known, and when. The frames' moments are in UTC.

    `observations` are those of bodies (BODIES), every version of each; of two that became known at the same moment the
    later row counts. `reports` are as evaluation.due takes them, `deliveries` as incidents.late_findings does.
    """

    observations: pl.DataFrame
    reports: pl.DataFrame
    deliveries: tuple[DeliveryRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """A programme, what became known under it, and the moments at which it is looked at, each later than the last."""

    programme: Programme
    history: History
    moments: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass would have found and done.

    `standing` has everyone's assessment as it was found at this look or, where nothing has changed since, at an
    earlier one. `incidents` are those that go on after it, and those that it closed. `notifications` only where it was
    asked what would be told.
    """

    as_of: datetime
    standing: Sequence[Assessment]
    incidents: tuple[Incident, ...]
    events: tuple[IncidentEvent, ...]
    notifications: tuple[Notification, ...] = ()

    @property
    def assessments(self) -> list[Assessment]:
        """Everyone's, as of this look: what was found before stands."""
        return [as_of_a_look(one, self.as_of) for one in self.standing]

    def assessment_of(self, target: str, unit: UnitKey) -> Assessment | None:
        """That of a target and org_unit; None where the target was not for it."""
        of = target, unit.code, unit.valid_from
        found = (one for one in self.standing if (one.target, one.org_unit, one.org_unit_valid_from) == of)
        return next((as_of_a_look(one, self.as_of) for one in found), None)


def as_of_a_look(one: Assessment, moment: datetime) -> Assessment:
    """An assessment as of a look at which it still stands."""
    return one if one.as_of == moment else replace(one, as_of=moment)


@dataclass(frozen=True, slots=True)
class Retraced:
    """The passes of one course. `check_failures` say what could not be judged: then no pass of any course was."""

    passes: tuple[Pass, ...]
    check_failures: tuple[str, ...] = ()


def moments(programme: Programme, history: History, since: date, until: date) -> tuple[datetime, ...]:
    """The ends of the days, `since` and `until` included, on which anything can have changed; and that of `since`.

    Something arrives, a deadline passes, a period, a version or a unit begins or has ended, or so much time has passed
    since any of these as an incident waits for. In the programme's time zone; a day's end is its last instant.
    """
    import polars as pl

    zone = ZoneInfo(programme.time_zone)
    known = [history.observations["known_at"], history.reports["known_at"]]
    arrivals = pl.concat([moment.cast(pl.Datetime("us", "UTC")) for moment in known]).unique()
    days = {since, *arrivals.dt.convert_time_zone(programme.time_zone).dt.date().unique()}
    days |= {delivery.known_at.astimezone(zone).date() for delivery in history.deliveries}
    days |= turns_of_versions(programme) | turns_of_units(programme.org_units)
    days |= set(_periods_and_deadlines(programme, until))
    days |= {day + wait for wait in _waits(programme) for day in days if day <= until}
    ends = (datetime.combine(day, time.max, tzinfo=zone) for day in sorted(days) if since <= day <= until)
    return tuple(end.astimezone(UTC) for end in ends)


def _waits(programme: Programme) -> set[timedelta]:
    """The times that incidents of the programme wait to open or to close, in whole days."""
    patient: tuple[TargetVersion | Source, ...] = (*programme.targets, *programme.sources.values())
    times = {wait for one in patient for wait in (one.patience_time, one.keep_open_for_time)}
    return {timedelta(days=-(-wait // ONE_DAY)) for wait in times if wait}


def turns_of_versions(programme: Programme) -> set[date]:
    """The days on which a version of a target begins, and the days after the ends of them."""
    days = {version.effective_from for version in programme.targets}
    return days.union(*(_after(version.effective_to) for version in programme.targets))


def turns_of_units(org_units: Iterable[OrgUnit]) -> set[date]:
    """The days on which a unit begins, and the days after the ends of them."""
    spans = {(unit.key.valid_from, unit.valid_to) for unit in org_units}
    return {first for first, _ in spans}.union(*(_after(last) for _, last in spans))


def _after(day: date | None) -> tuple[date, ...]:
    return () if day is None or day == date.max else (day + ONE_DAY,)


def _periods_and_deadlines(programme: Programme, until: date) -> Iterator[date]:
    """The days after the ends of the programme's periods, and those on which their deadlines pass."""
    from targetwatch.evaluation import periods

    due_at = deadline_of(programme)
    zone = ZoneInfo(programme.time_zone)
    kinds = {(metric.cadence, programme.sources[metric.source].deadline) for metric in programme.metrics.values()}
    for cadence, deadline in kinds:
        for period in periods.between(programme.start, until, cadence):
            yield period.last_day + ONE_DAY
            if deadline is not None:
                yield due_at(period.last_day, deadline).astimezone(zone).date()


def deadline_of(programme: Programme) -> Callable[[date, Deadline], datetime]:
    """When a period is due by the programme's calendar. Each answer is worked out once: it is asked for very often."""
    return _deadlines(programme.calendar, programme.time_zone)


@cache
def _deadlines(calendar: Calendar, time_zone: str) -> Callable[[date, Deadline], datetime]:
    return cache(WorkingCalendar(calendar, time_zone).deadline)
