"""Until when a message is snoozed: the deadline of the next period, by the source's cadence and the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from targetwatch.catalogue.calendar import WorkingCalendar
from targetwatch.evaluation.periods import following, last_ended, period_of, today
from targetwatch.model import Cadence, Incident, IncidentKind, Period, Programme, Source

MOST_PERIODS = 60  # that are looked at for one whose deadline is still to come


def next_deadline(programme: Programme, incident: Incident, now: datetime) -> datetime:
    """The first deadline after `now` of a period later than the one that the incident is of.

    Where nothing is ever due to the source: the end of the period that runs at `now`.
    """
    source, cadence = _source_and_cadence(programme, incident)
    day = today(now, programme.time_zone)
    period = _told_of(incident, cadence)
    if period is None or period.last_day < date(day.year - 5, 1, 1):
        period = last_ended(day, cadence)
    if source is None or source.deadline is None:
        end = period_of(day, cadence).last_day + timedelta(days=1)
        return datetime.combine(end, time(), tzinfo=ZoneInfo(programme.time_zone))
    calendar = WorkingCalendar(programme.calendar, programme.time_zone)
    for _ in range(MOST_PERIODS):
        period = following(period, cadence)
        deadline = calendar.deadline(period.last_day, source.deadline)
        if deadline > now:
            break
    return deadline


def _told_of(incident: Incident, cadence: Cadence) -> Period | None:
    """The period that the incident has been told of last; None where it is of none."""
    start = incident.last_period
    written = incident.facts.get("period_start")
    judged = incident.facts.get("judged")
    if start is None and isinstance(judged, Mapping):
        written = written or judged.get("period_start")
    if start is None and isinstance(written, str):
        start = date.fromisoformat(written)
    return period_of(start, cadence) if start is not None else None


def _source_and_cadence(programme: Programme, incident: Incident) -> tuple[Source | None, Cadence]:
    subject, kind = incident.key.subject, incident.key.kind
    if kind in (IncidentKind.LATE, IncidentKind.QUALITY):
        source = programme.sources.get(subject)
        return source, (source.cadence if source is not None else None) or Cadence.MONTH
    if kind is IncidentKind.MISREPORTED:
        metric = programme.metrics.get(subject.split("/", 1)[0])
    else:
        metric = next((programme.metrics.get(one.metric) for one in programme.targets if one.target == subject), None)
    if metric is None:
        return None, Cadence.MONTH
    return programme.sources.get(metric.source), metric.cadence
