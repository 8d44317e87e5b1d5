"""Lateness: who is late with which period, at each look of a course."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

import polars as pl

from targetwatch import evaluation, incidents
from targetwatch.evaluation import periods
from targetwatch.model import Cadence, Finding, Incident
from targetwatch.retracing.course import Course, deadline_of


class Lateness:
    """Looks at the sources of a course for lateness, where anything about it has changed since the look before."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._looked: object = None
        self._owed = pl.DataFrame()
        if not course.moments:
            return
        whole = course.programme
        one_of_each = {
            (metric.source, metric.cadence): metric
            for metric in whole.metrics.values()
            if not whole.sources[metric.source].planned
        }
        programme = replace(whole, metrics={metric.id: metric for metric in one_of_each.values()})
        first = max(whole.start, course.moments[0].date() - timedelta(days=1200))
        owed = evaluation.due(programme, course.history.reports, deadline_of(whole), course.moments[-1], first)
        self._owed = owed.filter(pl.col("deadline").is_not_null())
        sources = {metric.id: metric.source for metric in one_of_each.values()}
        named = self._owed.with_columns(source=pl.col("metric").replace_strict(sources, return_dtype=pl.String))
        self._deadlines = {
            source: sorted(zip(frame["deadline"], frame["period_end"], strict=True))
            for (source,), frame in named.select("source", "deadline", "period_end")
            .unique()
            .partition_by("source", as_dict=True)
            .items()
        }
        self._named = named
        self._periods = {
            (source, day): (frame.height, sorted(frame["reported_at"].drop_nulls().to_list()))
            for (source, day), frame in named.partition_by("source", "period_end", as_dict=True).items()
        }
        self._begun = _begun(course)
        self._heard: dict[str, tuple[date, list[datetime]]] = {}

    def findings(self, as_of: datetime, live: Iterable[Incident]) -> list[Finding]:
        """The findings at `as_of`, or none where they are those of the look before."""
        live = list(live)
        state = self._state(as_of)
        late = {incident.key.subject for incident in live}
        if state == self._looked:
            return []
        self._looked = state
        wanted = [(source, day) for source, day, missing, *_ in state if missing or source in late]
        if not wanted:
            return []
        rows = pl.concat(
            [
                self._named.filter(pl.col("source") == source, pl.col("period_end") <= day).drop("source")
                for source, day in wanted
            ]
        ).with_columns(pl.when(pl.col("reported_at") <= as_of).then("reported_at"))
        programme = self._course.programme
        deliveries = [one for one in self._course.history.deliveries if one.known_at <= as_of]
        owed = incidents.owed_from(programme, rows.filter(pl.col("deadline") <= as_of), as_of)
        begun = {source for source, moment in self._begun.items() if moment <= as_of}
        return incidents.late_findings(programme, owed, deliveries, live, as_of, begun)

    def _state(self, as_of: datetime) -> tuple[tuple[str, date, int, int, date, int, bool], ...]:
        """Of each source the newest period that is due, how many are missing, and what else lateness is told by."""
        if self._owed.is_empty():
            return ()
        deliveries = sum(one.known_at <= as_of for one in self._course.history.deliveries)
        today = periods.today(as_of, self._course.programme.time_zone)
        state = []
        for source, deadlines in sorted(self._deadlines.items()):
            passed = [day for deadline, day in deadlines if deadline <= as_of]
            if passed:
                newest = max(passed)
                asked, reported = self._periods[source, newest]
                missing = asked - bisect_right(reported, as_of)
                over = periods.last_ended(today, Cadence.MONTH).last_day if missing else date.min
                heard = bisect_right(self._reports_until(source, newest), as_of) if missing else 0
                has_begun = source in self._begun and self._begun[source] <= as_of
                state.append((source, newest, missing, deliveries, over, heard, has_begun))
        return tuple(state)

    def _reports_until(self, source: str, newest: date) -> list[datetime]:
        """When the reports of all periods up to the newest came: one of an older period shortens a unit's silence."""
        known = self._heard.get(source)
        if known is None or known[0] != newest:
            of_them = self._named.filter(pl.col("source") == source, pl.col("period_end") <= newest)
            known = self._heard[source] = newest, of_them["reported_at"].drop_nulls().sort().to_list()
        return known[1]


def _begun(course: Course) -> dict[str, datetime]:
    """Since when each source has delivered anything."""
    first = course.history.reports.group_by("source").agg(pl.col("known_at").min().cast(pl.Datetime("us", "UTC")))
    begun = dict(first.iter_rows())
    for delivery in course.history.deliveries:
        begun[delivery.source] = min(delivery.known_at, begun.get(delivery.source, delivery.known_at))
    return begun
