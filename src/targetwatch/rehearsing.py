"""Rehearsing: the tests of targets carried out by the production rules, and every difference from what they expect.

Each case is a course of targetwatch.retracing: its target alone, over what the case says became known. It is looked at
at the moments of its expectations; where they speak of incidents or messages, also at the end of each day on which
something became known or the deadline of a period passed of which something is known, since an incident counts judged
periods. All cases are judged in one run.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from targetwatch.catalogue.calendar import WorkingCalendar
from targetwatch.catalogue.target_tests import Case, Expected, MessageReason
from targetwatch.differing import Difference, Seen, differences
from targetwatch.model import (
    IncidentKey,
    IncidentKind,
    NotificationState,
    OrgUnit,
    Programme,
    Route,
    Routing,
    Source,
    Span,
    UnitKey,
)

if TYPE_CHECKING:
    from targetwatch.model import Incident
    from targetwatch.retracing import Course, History, Pass

LIVED_THROUGH = frozenset({"incident", "messages"})  # expectations that depend on what was found before
TOLD = frozenset(MessageReason)
MANY = 100  # units that report, from which on a course costs by how many there are


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

    if not cases:
        return Rehearsal((), ())
    courses = _courses(programme, cases)
    # No case speaks of who is late, and nothing that it can speak of depends on it.
    retraced = retracing.retrace(courses, suite, tell=any(map(_is_told, cases)), late=False)
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
        assessments = {UnitKey(each.org_unit, each.org_unit_valid_from): each for each in one.assessments}
        for expected in by_moment[one.as_of]:
            unit = expected.unit
            incident = incidents.get(IncidentKey(IncidentKind.BEHIND, case.target, unit.code, unit.valid_from))
            yield from differences(programme, case, expected, Seen(assessments.get(unit), incident, told))
        told.clear()


def _courses(programme: Programme, cases: Sequence[Case]) -> list[Course]:
    """The course of every case.

    Courses over the same units are looked at together. So the cases have the units that any of them needs, but for
    those that need hundreds, which have theirs.
    """
    from targetwatch.retracing import Course

    calendar = WorkingCalendar(programme.calendar, programme.time_zone)
    levels = Counter(unit.level for unit in programme.org_units)
    staged = [(_staged(programme, case), case) for case in cases]
    by_size: dict[bool, list[tuple[Programme, Case]]] = defaultdict(list)
    for pair in staged:
        by_size[sum(levels[level] for level in _reporting(pair[0])) > MANY].append(pair)
    units: dict[int, tuple[OrgUnit, ...]] = {}
    for pairs in by_size.values():
        units |= dict.fromkeys((id(case) for _, case in pairs), _needed(programme, pairs))
    return [
        Course(
            replace(one, org_units=units[id(case)]), _history(one, case), tuple(sorted(_moments(one, case, calendar)))
        )
        for one, case in staged
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


def _reporting(staged: Programme) -> set[str]:
    """The levels whose units report to the source of a case."""
    return {reporters.level for reporters in _source(staged).reporters}


def _moments(staged: Programme, case: Case, calendar: WorkingCalendar) -> set[datetime]:
    """When a case is looked at: never after its last expectation."""
    moments = {expected.at for expected in case.expected}
    if not LIVED_THROUGH & _wanted(case):
        return moments
    zone, deadline = ZoneInfo(staged.time_zone), _source(staged).deadline
    changes = {observed.known_at for observed in case.observed}
    if deadline is not None:
        latest_first = sorted(case.observed, key=lambda observed: observed.known_at, reverse=True)
        known = {observed.period.last_day: observed.known_at for observed in latest_first}
        passing = ((calendar.deadline(end, deadline), began) for end, began in known.items())
        changes |= {moment for moment, began in passing if began <= moment}
    ends = {_end_of(change.astimezone(zone).date(), zone) for change in changes}
    return moments | {end for end in ends if end <= max(moments)}


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.max, zone).astimezone(UTC)


def _needed(programme: Programme, staged: Sequence[tuple[Programme, Case]]) -> tuple[OrgUnit, ...]:
    """The units that cases need: who answers and who is spoken of, who reports below, all before, after and above."""
    from targetwatch.evaluation import periods
    from targetwatch.evaluation.lineage import tree_of
    from targetwatch.evaluation.subjects import subjects

    units = {unit.key: unit for unit in programme.org_units}
    related: dict[UnitKey, set[UnitKey]] = defaultdict(set)
    for unit in programme.org_units:
        for other in (successor.unit for successor in unit.successors):
            related[unit.key].add(other)
            related[other].add(unit.key)
    versions = tuple(dict.fromkeys(version for _, case in staged for version in case.versions))
    last = max(expected.at for _, case in staged for expected in case.expected)
    frame = subjects(replace(programme, targets=versions), periods.today(last, programme.time_zone))
    answering = {UnitKey(*key) for key in frame.select("org_unit", "org_unit_valid_from").unique().iter_rows()}
    levels = set(chain.from_iterable(_reporting(one) for one, _ in staged))
    needed = answering | {observed.unit for _, case in staged for observed in case.observed}
    needed |= {expected.unit for _, case in staged for expected in case.expected}
    tree = tree_of(programme.org_units)
    needed |= {below.key for key in answering for below in tree.below.get(key, ()) if below.level in levels}
    waiting = list(needed)
    while waiting:
        key = waiting.pop()
        near = (*related[key], units[key].parent)
        new = {other for other in near if other is not None and other in units} - needed
        needed |= new
        waiting += new
    return tuple(unit for unit in programme.org_units if unit.key in needed)


def _history(staged: Programme, case: Case) -> History:
    """What became known: every observation, and as a report each that came from the metric's own source."""
    import polars as pl

    from targetwatch.evaluation.coverage import BODIES
    from targetwatch.retracing import History

    source, (metric,) = _source(staged), staged.metrics
    rows = [
        (
            metric,
            observed.unit.code,
            observed.unit.valid_from,
            observed.tier,
            observed.period.first_day,
            observed.period.last_day,
            observed.origin.value,
            observed.numerator,
            observed.denominator,
            observed.parts,
            observed.known_at,
            "",
        )
        for observed in case.observed
    ]
    known = pl.DataFrame(rows, schema=BODIES, orient="row")
    is_report = pl.col("origin") == source.origin.value
    reports = known.filter(is_report).select(
        "org_unit", "org_unit_valid_from", "tier", "period_start", "period_end", "known_at", "numerator",
        source=pl.lit(source.id),
    )  # fmt: skip
    if staged.metrics[metric].reports is not None:
        # What is given are the reports themselves, 1 of 1 for each that came; what follows from them is worked out.
        known, reports = known.filter(~is_report), reports.filter(pl.col("numerator") > 0)
    return History(known, reports.drop("numerator"))
