"""The picture of a moment, out of the ledger and the records: what digests are told from.

Nothing is judged here: it is what had been judged by then, whatever became of it since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from targetwatch.catalogue.calendar import WorkingCalendar
from targetwatch.model import MILLION, Assessment, Comparison, Path, Period, Programme, Rhythm, TargetVersion

if TYPE_CHECKING:
    import polars as pl

    from targetwatch.notifications.digests.editions import Edition
    from targetwatch.notifications.digests.picture import NextDeadline, Picture
    from targetwatch.settings import Settings
    from targetwatch.warehouse import Warehouse

BACK = timedelta(days=400)  # reports older than that are neither due next nor of a month that is told
LONGEST = 36  # periods that a deadline may take, beyond which none is looked for


def look(settings: Settings, programme: Programme, warehouse: Warehouse, edition: Edition, as_of: datetime) -> Picture:
    """Everything that was known at `as_of` and that a digest of `edition` may tell."""
    from targetwatch import evaluation
    from targetwatch.notifications import Situation
    from targetwatch.notifications.digests.picture import Picture, Reported, subject_of
    from targetwatch.warehouse import ledger, records

    month, before = edition.period, _month_before(edition.period)
    year_before = month.first_day.replace(year=month.first_day.year - 1)
    calendar = WorkingCalendar(programme.calendar, programme.time_zone)
    with warehouse.records() as conn:
        reports = records.reports(conn)
    owing = _one_of_each_source(programme)
    due = evaluation.due(owing, reports, calendar.deadline, as_of, _day(programme, as_of - BACK))
    counts = evaluation.by_source(programme, due, as_of)
    with warehouse.ledger() as conn:
        first, newest = ledger.passes(conn, as_of)
        assessments = ledger.latest_assessments(conn, as_of)
        subjects = {subject_of(one) for one in assessments}
        situation = Situation(
            programme=programme,
            now=as_of,
            incidents=tuple(ledger.incidents_as_of(conn, as_of)),
            events=(),
            assessments=tuple(assessments),
            board_url=settings.board_url,
        )
        picture = Picture(
            edition=edition,
            situation=situation,
            first_pass=first,
            newest_pass=newest,
            began=tuple(ledger.latest_assessments(conn, edition.begins)),
            ended=tuple(ledger.latest_assessments(conn, min(edition.ends, as_of))),
            corrected=tuple(ledger.corrected(conn, subjects, edition.begins, as_of)),
            deadlines=tuple(_deadlines(programme, calendar, counts, as_of)),
            sent=ledger.sent_between(conn, edition.begins, min(edition.ends, as_of)),
        )
        if edition.rhythm is not Rhythm.MONTHLY:
            return picture
        judged = ledger.judged_for(conn, month, as_of)
        judged_before = ledger.judged_for(conn, before, as_of)
        values = ledger.values_of(conn, subjects, [before.first_day, year_before], as_of)
    of_month = counts.filter(period_start=month.first_day, period_end=month.last_day)
    return replace(
        picture,
        judged=tuple(judged),
        judged_before=tuple(judged_before),
        values=tuple(values),
        promised=_promised(programme, [*assessments, *judged], edition),
        reported=tuple(
            Reported(*one) for one in of_month.select("source", "tier", "due", "reported", "in_time").iter_rows()
        ),
    )


def _one_of_each_source(programme: Programme) -> Programme:
    """The programme with one metric of each source, of the source's own cadence: what is owed is owed once."""
    of_each = {
        metric.source: metric
        for metric in programme.metrics.values()
        if metric.cadence is programme.sources[metric.source].cadence
    }
    return replace(programme, metrics={metric.id: metric for metric in of_each.values()})


def _deadlines(
    programme: Programme, calendar: WorkingCalendar, counts: pl.DataFrame, as_of: datetime
) -> Iterator[NextDeadline]:
    """The next deadline of every source that is gathered, and how many have reported that period already."""
    from targetwatch.evaluation import periods
    from targetwatch.notifications.digests.picture import NextDeadline

    today = _day(programme, as_of)
    for source in programme.sources.values():
        if source.planned or source.deadline is None or source.cadence is None or not source.reporters:
            continue
        period = periods.period_of(today, source.cadence)
        for _ in range(LONGEST):
            before = periods.last_ended(period.first_day, source.cadence)
            if calendar.deadline(before.last_day, source.deadline) <= as_of:
                break
            period = before
        of_period = counts.filter(source=source.id, period_end=period.last_day)
        yield NextDeadline(
            source,
            period,
            calendar.deadline(period.last_day, source.deadline),
            int(of_period["reported"].sum()),
            int(of_period["due"].sum()),
        )


def _promised(
    programme: Programme, assessments: Iterable[Assessment], edition: Edition
) -> dict[tuple[str, str, str], int]:
    """What is required of each target, unit and version at the end of the month after the edition's."""
    from targetwatch.evaluation.trajectory import required

    day = _month_after(edition.period).last_day
    versions = {(target.target, target.version): target for target in programme.targets}
    found = {}
    for one in assessments:
        target = versions.get((one.target, one.target_version))
        if target is None or one.comparison is Comparison.BETWEEN or not _is_in_force(target, day):
            continue
        asked = required(target, day, _baseline(target, one))
        if asked is not None:
            found[one.target, f"{one.org_unit}@{one.org_unit_valid_from}", one.target_version] = asked
    return found


def _baseline(target: TargetVersion, one: Assessment) -> tuple[Fraction, date] | None:
    """A point of a line whose beginning was observed: what was required of this unit on the last judged day."""
    is_observed = target.trajectory.path is Path.LINEAR and target.trajectory.baseline is None
    if not is_observed or one.required is None or one.period_end is None:
        return None
    return Fraction(one.required, MILLION), one.period_end


def _is_in_force(target: TargetVersion, day: date) -> bool:
    return target.effective_from <= day and (target.effective_to is None or day <= target.effective_to)


def _month_before(month: Period) -> Period:
    last = month.first_day - timedelta(days=1)
    return Period(last.replace(day=1), last)


def _month_after(month: Period) -> Period:
    first = month.last_day + timedelta(days=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def _day(programme: Programme, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(programme.time_zone)).date()
