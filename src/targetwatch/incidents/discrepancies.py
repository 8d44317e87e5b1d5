"""Looks at what units report of themselves: whether the newest report of each agrees with its records."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from targetwatch.incidents import facts as facts_
from targetwatch.model import (
    Discrepancy,
    Finding,
    Incident,
    IncidentKey,
    IncidentKind,
    Outlook,
    Programme,
    ReportFinding,
)

OUTLOOKS = {
    ReportFinding.MISREPORTED: Outlook.BAD,
    ReportFinding.AGREES: Outlook.GOOD,
    # What is accepted is not put right: the episode is over, and no success.
    ReportFinding.ACKNOWLEDGED: Outlook.SUPERSEDED,
    ReportFinding.NOT_EVALUATED: Outlook.UNKNOWN,
}


def is_about_reports(key: IncidentKey) -> bool:
    """Whether an incident is about what a unit reports of itself, and not about a published figure."""
    return key.kind is IncidentKind.MISREPORTED and bool(key.org_unit)


def key_of(discrepancy: Discrepancy) -> IncidentKey:
    """The incident that a unit's reports are about: one for each metric and tier, whatever the period."""
    subject = f"{discrepancy.metric}/{discrepancy.tier}"
    return IncidentKey(IncidentKind.MISREPORTED, subject, discrepancy.org_unit, discrepancy.org_unit_valid_from)


def discrepancy_findings(
    programme: Programme, newest: Iterable[Discrepancy], live: Iterable[Incident], as_of: datetime
) -> list[Finding]:
    """One look at each unit's newest report that could be compared, and at the live incidents whose subject is gone.

    A unit that has ended can correct nothing any more: its incident ends with it, and none is opened. What nothing was
    found about (a check could not run) stays as it is.
    """
    day = as_of.astimezone(ZoneInfo(programme.time_zone)).date()
    incidents = {one.key: one for one in live if is_about_reports(one.key)}
    findings: dict[IncidentKey, Finding] = {}
    for one in newest:
        key, unit = key_of(one), programme.units.get(one.unit)
        outlook, reason = OUTLOOKS[one.finding], one.finding.value
        if unit is None or (unit.valid_to is not None and unit.valid_to < day):
            outlook, reason = (Outlook.SUPERSEDED, "withdrawn") if unit is None else (Outlook.ENDED, "unit_ended")
        if outlook in (Outlook.BAD, Outlook.GOOD):
            findings[key] = Finding(key, outlook, one.period_start, _facts(programme, one), reason)
        elif key in incidents:
            accepted = one.finding is ReportFinding.ACKNOWLEDGED
            said: dict[str, object] = {"accepted": facts_.of_discrepancy(one)} if accepted else {}
            findings[key] = Finding(key, outlook, one.period_start, said, reason)
    gone = [key for key in incidents if key not in findings and key.subject.partition("/")[0] not in programme.metrics]
    withdrawn = [Finding(key, Outlook.SUPERSEDED, reason="withdrawn") for key in sorted(gone, key=_order)]
    return [*findings.values(), *withdrawn]


def _facts(programme: Programme, one: Discrepancy) -> dict[str, object]:
    """The report, and what its metric is called: a message must close after the metric is gone."""
    metric = programme.metrics.get(one.metric)
    found: dict[str, object] = {"report": facts_.of_discrepancy(one)}
    return {**found, "metric": facts_.of_metric(metric)} if metric is not None else found


def _order(key: IncidentKey) -> tuple[str, str, date]:
    return key.subject, key.org_unit, key.org_unit_valid_from or date.min
