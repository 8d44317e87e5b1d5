"""Lives: the assessments of a course taken into the lives of incidents, one look after the other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl

from targetwatch import evaluation, incidents
from targetwatch.evaluation import periods
from targetwatch.incidents.targets import key_of
from targetwatch.model import Assessment, Cadence, Finding, Incident, IncidentKey, IncidentKind, Outlook
from targetwatch.retracing.course import Course, Pass, working_calendar

if TYPE_CHECKING:
    from targetwatch.retracing.telling import Messenger


def lived(
    course: Course,
    found: Mapping[datetime, Sequence[Assessment]],
    begun_anew: frozenset[datetime],
    messenger: Messenger | None,
    *,
    whole: bool,
) -> Iterator[Pass]:
    """The passes of a course. `found` are the assessments that have changed at each moment.

    At the moments `begun_anew` everyone was assessed: who is not among them is assessed no longer. With `whole` each
    pass has all assessments and all incidents that go on; without, only the incidents that it changed.
    """
    programme = course.programme
    patience = incidents.patience_of(programme)
    lateness = _Lateness(course)
    standing: dict[IncidentKey, Assessment] = {}
    live: dict[IncidentKey, Incident] = {}
    number = 1
    for as_of in course.moments:
        keyed = [(key_of(one), one) for one in found.get(as_of, ())]
        if whole:
            if as_of in begun_anew:
                standing.clear()
            standing.update(keyed)
        # Who is neither short nor was before has no incident, and gets none.
        matter = [(key, one) for key, one in keyed if key in live or incidents.outlook_of(one) is Outlook.BAD]
        # Where several courses were judged at once, a microsecond or so was added to tell them apart.
        looked_at = [one if one.as_of == as_of else replace(one, as_of=as_of) for _, one in matter]
        late = [one for key, one in live.items() if key.kind is IncidentKind.LATE]
        theirs = [live[key] for key, _ in matter if key in live]
        findings = [
            *incidents.target_findings(programme, looked_at, theirs),
            *lateness.findings(as_of, late),
        ]
        advanced = incidents.advance_all([*theirs, *late], findings, patience, as_of, number)
        number = advanced.next_number
        closed = [incident for incident in advanced.known if not incident.state.is_live]
        for incident in closed:
            live.pop(incident.key, None)
        live.update((incident.key, incident) for incident in advanced.incidents if incident.state.is_live)
        if not whole:
            yield Pass(as_of, [], advanced.incidents, advanced.events)
            continue
        everyone = [replace(one, as_of=as_of) for _, one in sorted(standing.items(), key=lambda item: item[0])]
        known = tuple(sorted([*live.values(), *closed], key=lambda incident: incident.number))
        told = messenger.tell(as_of, everyone, known, advanced.events) if messenger else ()
        yield Pass(as_of, everyone, known, advanced.events, told)


class _Lateness:
    """Looks at the sources for lateness, where anything about it has changed since the look before."""

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
        calendar = working_calendar(whole.calendar, whole.time_zone)
        first = max(whole.start, course.moments[0].date() - timedelta(days=1200))
        owed = evaluation.due(programme, course.history.reports, calendar.deadline, course.moments[-1], first)
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

    def findings(self, as_of: datetime, live: Iterable[Incident]) -> list[Finding]:
        """The findings at `as_of`, or none where they are those of the look before."""
        live = list(live)
        state = self._state(as_of)
        late = {incident.key.subject for incident in live}
        if state == self._looked:
            return []
        self._looked = state
        wanted = [(source, day) for source, day, missing, _, _ in state if missing or source in late]
        if not wanted:
            return []
        rows = pl.concat(
            [
                self._named.filter(pl.col("source") == source, pl.col("period_end") == day).drop("source")
                for source, day in wanted
            ]
        ).with_columns(pl.when(pl.col("reported_at") <= as_of).then("reported_at"))
        programme = self._course.programme
        deliveries = [one for one in self._course.history.deliveries if one.known_at <= as_of]
        owed = incidents.owed_from(programme, rows.filter(pl.col("deadline") <= as_of), as_of)
        return incidents.late_findings(programme, owed, deliveries, live, as_of)

    def _state(self, as_of: datetime) -> tuple[tuple[str, date, int, int, date], ...]:
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
                state.append((source, newest, missing, deliveries, over))
        return tuple(state)
