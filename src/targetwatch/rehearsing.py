"""Rehearsing: the tests of targets carried out by the production rules, and every difference from what they expect.

Each case is a course of targetwatch.retracing: its target alone, over what the case says became known. It is looked at
at the moments of its expectations; where they speak of incidents or messages, also at the end of each day on which
something became known or the deadline of a period passed of which something is known, since an incident counts judged
periods. All cases are judged in one run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from targetwatch.catalogue.target_tests import Case, Expected, MessageReason
from targetwatch.differing import Difference, Seen, differences
from targetwatch.model import (
    IncidentKey,
    IncidentKind,
    NotificationState,
    Programme,
    Route,
    Routing,
    Source,
    Span,
)

if TYPE_CHECKING:
    from targetwatch.model import Incident
    from targetwatch.retracing import Course, History, Pass

LIVED_THROUGH = frozenset({"incident", "messages"})  # expectations that depend on what was found before
TOLD = frozenset(MessageReason)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What came of one case."""

    case: Case
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What came of all cases. Where `check_failures` say that a check could not run, no case says anything."""

    rehearsed: tuple[Rehearsed, ...]
    check_failures: tuple[str, ...]

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Every difference, in the order of the files."""
        return tuple(chain.from_iterable(one.differences for one in self.rehearsed))


def rehearse(programme: Programme, cases: Sequence[Case], suite: Path) -> Rehearsal:
    """Carry out `cases`, whose targets may be others than the programme's, with the judgement suite at `suite`."""
    from targetwatch import retracing
    from targetwatch.garbage import without_collecting

    if not cases:
        return Rehearsal((), ())
    with without_collecting():
        courses = _courses(programme, cases)
        # No case speaks of who is late or of words, and nothing that it can speak of depends on either.
        retraced = retracing.retrace(courses, suite, tell=any(map(_is_told, cases)), worded=False, late=False)
        rehearsed = (
            Rehearsed(case, tuple(_differences(programme, case, found.passes)))
            for case, found in zip(cases, retraced, strict=True)
        )
        return Rehearsal(tuple(rehearsed), retraced[0].check_failures)


def _wanted(case: Case) -> set[str]:
    return {wanted.what for expected in case.expected for wanted in expected.wants}


def _is_told(case: Case) -> bool:
    """Whether it is asked what people are told."""
    return "messages" in _wanted(case)


def _differences(programme: Programme, case: Case, passes: Iterable[Pass]) -> Iterator[Difference]:
    """What differs at the moments of a case's expectations, in their order."""
    by_moment: dict[datetime, list[Expected]] = defaultdict(list)
    for expected in case.expected:
        by_moment[expected.at].append(expected)
    incidents: dict[IncidentKey, Incident] = {}
    told: dict[str, list[str]] = defaultdict(list)
    for one in passes:
        incidents |= {incident.key: incident for incident in sorted(one.incidents, key=lambda known: known.number)}
        for notification in one.notifications:
            is_sent = notification.state is not NotificationState.SUPPRESSED and notification.reason in TOLD
            if is_sent:  # what is told is of the case's target, whatever its group is called
                told[notification.receiver].append(notification.reason)
        if one.as_of not in by_moment:
            continue
        for expected in by_moment[one.as_of]:
            unit = expected.unit
            assessment = one.assessment_of(case.target, unit)
            incident = incidents.get(IncidentKey(IncidentKind.BEHIND, case.target, unit.code, unit.valid_from))
            yield from differences(programme, case, expected, Seen(assessment, incident, told))
        told.clear()


def _courses(programme: Programme, cases: Sequence[Case]) -> list[Course]:
    """The course of every case. All are over the units of the programme, and so they are looked at together."""
    from targetwatch.retracing import Course

    staged = [(_staged(programme, case), case) for case in cases]
    return [
        Course(one, history, tuple(sorted(_moments(one, case))))
        for (one, case), history in zip(staged, _histories(staged), strict=True)
    ]


def _staged(programme: Programme, case: Case) -> Programme:
    """The programme as if a case's target were all of it. A tier that the case is not about owes nothing."""
    metric = programme.metrics[case.versions[0].metric]
    source = programme.sources[metric.source]
    tiers = {version.tier for version in case.versions} | {observed.tier for observed in case.observed}
    source = replace(
        source,
        planned=source.planned and not case.source_works,
        reporters=tuple(reporters for reporters in source.reporters if reporters.tier in tiers),
    )
    return replace(
        programme,
        metrics={metric.id: metric},
        sources={source.id: source},
        targets=case.versions,
        # Nobody is told of what the case does not ask for.
        routing=_at_once(programme.routing) if _is_told(case) else Routing(),
    )


def _at_once(routing: Routing) -> Routing:
    """Who is told what, and not when: a case is looked at at the ends of days, and asks for nothing that goes on."""

    def told(route: Route) -> Route:
        return replace(
            route,
            group_wait=Span(),
            group_interval=Span(),
            repeat_interval=None,
            active_in=(),
            escalation=None,
            routes=tuple(map(told, route.routes)),
        )

    return Routing(None if routing.root is None else told(routing.root))


def _source(staged: Programme) -> Source:
    """The one source of a case."""
    (source,) = staged.sources.values()
    return source


def _moments(staged: Programme, case: Case) -> set[datetime]:
    """When a case is looked at: never after its last expectation."""
    from targetwatch.retracing.course import deadline_of

    moments = {expected.at for expected in case.expected}
    if not LIVED_THROUGH & _wanted(case):
        return moments
    zone, deadline = ZoneInfo(staged.time_zone), _source(staged).deadline
    changes = {observed.known_at for observed in case.observed}
    if deadline is not None:
        latest_first = sorted(case.observed, key=lambda observed: observed.known_at, reverse=True)
        known = {observed.period.last_day: observed.known_at for observed in latest_first}
        due_at = deadline_of(staged)
        passing = ((due_at(end, deadline), began) for end, began in known.items())
        changes |= {moment for moment, began in passing if began <= moment}
    ends = {_end_of(change.astimezone(zone).date(), zone) for change in changes}
    return moments | {end for end in ends if end <= max(moments)}


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.max, zone).astimezone(UTC)


def _histories(staged: Iterable[tuple[Programme, Case]]) -> Iterator[History]:
    """What became known in each case: every observation, and as a report each that came from the metric's own source.

    Of a metric that counts reports what is given are the reports themselves, 1 of 1 for each that came, 0 of 1 for one
    that did not; what follows from them is worked out.
    """
    import polars as pl

    from targetwatch.evaluation.coverage import BODIES
    from targetwatch.retracing import History

    moments: dict[datetime, int] = {}  # few, and each takes as long to read as all else of a row
    known: list[tuple[object, ...]] = []
    reports: list[tuple[object, ...]] = []
    sizes: list[tuple[int, int]] = []
    for programme, case in staged:
        source, (metric,) = _source(programme), programme.metrics.values()
        before = len(known), len(reports)
        for one in case.observed:
            is_report, is_counted = one.origin is source.origin, metric.reports is not None
            body = (one.unit.code, one.unit.valid_from, one.tier, one.period.first_day, one.period.last_day)
            moment = moments.setdefault(one.known_at, len(moments))
            if is_report and (not is_counted or one.numerator > 0):
                reports.append((*body, moment, source.id))
            if not (is_report and is_counted):
                figures = (one.origin.value, one.numerator, one.denominator, one.parts)
                known.append((metric.id, *body, *figures, moment, ""))
        sizes.append((len(known) - before[0], len(reports) - before[1]))
    reported = ["org_unit", "org_unit_valid_from", "tier", "period_start", "period_end", "known_at"]
    schema = {**{name: BODIES[name] for name in reported}, "source": pl.String()}
    at = pl.lit(pl.Series(list(moments), dtype=BODIES["known_at"])).gather("known_at")
    of_all, reports_of_all = (
        pl.DataFrame(rows, schema={**columns, "known_at": pl.Int64()}, orient="row").with_columns(known_at=at)
        for rows, columns in ((known, BODIES), (reports, schema))
    )
    first = first_report = 0
    for size, size_of_reports in sizes:
        yield History(of_all.slice(first, size), reports_of_all.slice(first_report, size_of_reports))
        first, first_report = first + size, first_report + size_of_reports
