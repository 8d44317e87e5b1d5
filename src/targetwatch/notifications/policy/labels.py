"""Labels: what rules can ask of an incident."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from targetwatch.incidents import facts as facts_
from targetwatch.incidents import is_about_reports
from targetwatch.model import (
    Incident,
    IncidentKey,
    IncidentKind,
    Label,
    Metric,
    Reason,
    Status,
    TargetVersion,
    UnitKey,
)
from targetwatch.notifications.policy.matching import Labels
from targetwatch.notifications.situation import Situation
from targetwatch.notifications.telling.targets import is_pooled, is_share

MISSING_DATA = "missing_data"
CANNOT_BE_SAID = frozenset({Status.NO_DATA, Status.STALE, Status.NOT_EVALUATED})
OF_SOURCES = (IncidentKind.LATE, IncidentKind.QUALITY)


def labels_of(situation: Situation, incident: Incident) -> Labels:
    """The labels of an incident. One that it does not have (the metric of a source) is left out."""
    kept = situation.labels.get(incident.number)
    if kept is None or kept[0] is not incident:
        kept = situation.labels[incident.number] = (incident, _labels_of(situation, incident))
    return kept[1]


def labels_of_answering(situation: Situation, incident: Incident) -> Labels:
    """The labels by which an incident is told: of a unit's share those of the pool that it is a share of."""
    key = incident.key
    pool = situation.pool_of(key.subject, unit_of(incident)) if is_share(incident) else None
    if pool is None:
        return labels_of(situation, incident)
    of_pool = situation.live.get(IncidentKey(key.kind, key.subject, pool.code, pool.valid_from))
    if of_pool is not None:
        return labels_of(situation, of_pool)
    return {**labels_of(situation, incident), Label.UNIT: situation.lineage_of(pool)}


def _labels_of(situation: Situation, incident: Incident) -> Labels:
    key, unit = incident.key, unit_of(incident)
    version = version_of(situation, incident) if key.kind is IncidentKind.BEHIND else None
    metric = _metric_of(situation, incident, version)
    labels: dict[Label, tuple[str, ...]] = {
        Label.KIND: (key.kind.value,),
        Label.SUBJECT: (key.subject,),
        Label.SEVERITY: (incident.severity.value,),
    }
    match key.kind:
        case IncidentKind.BEHIND:
            labels |= _of_target(situation, incident, unit, version, metric)
        case IncidentKind.LATE | IncidentKind.QUALITY:
            source = situation.programme.sources.get(key.subject)
            labels |= {Label.SOURCE: (key.subject,), Label.OWNER: (source.owner,) if source else ()}
        case IncidentKind.MISREPORTED:
            labels |= _of_what_is_said(situation, incident, unit, metric)
    if key.org_unit:
        labels[Label.UNIT] = situation.lineage_of(unit)
    if _is_for_want_of_data(situation, incident, unit, metric):
        labels[Label.CAUSE] = (MISSING_DATA,)
    return {label: values for label, values in labels.items() if values}


def unit_of(incident: Incident) -> UnitKey:
    """The org_unit that an incident is about."""
    return UnitKey(incident.key.org_unit, incident.key.org_unit_valid_from or date.min)


def version_of(situation: Situation, incident: Incident) -> TargetVersion | None:
    """The version that the incident was judged by; else the newest; else, for a target that is gone, as it was kept."""
    judged, kept = incident.facts.get("judged"), incident.facts.get("target")
    judged_by = str(judged.get("target_version")) if isinstance(judged, Mapping) else ""
    known = situation.versions.get((incident.key.subject, judged_by))
    known = known or situation.newest_versions.get(incident.key.subject)
    return facts_.to_target(kept) if known is None and isinstance(kept, Mapping) else known


def _metric_of(situation: Situation, incident: Incident, version: TargetVersion | None) -> Metric | None:
    """The metric that an incident is about: of a target, a published figure or what units report; a source has none."""
    if incident.key.kind in OF_SOURCES:
        return None
    if incident.key.kind is IncidentKind.BEHIND:
        metric = version.metric if version is not None else ""
    else:
        metric = incident.key.subject.split("/", 1)[0]
    known = situation.programme.metrics.get(metric)
    if known is None and isinstance(kept := incident.facts.get("metric"), Mapping):
        return facts_.to_metric(kept)
    return known


def _of_target(
    situation: Situation, incident: Incident, unit: UnitKey, version: TargetVersion | None, metric: Metric | None
) -> dict[Label, tuple[str, ...]]:
    if version is None:
        return {}
    known = situation.units.get(unit)
    levels: tuple[str, ...] = (known.level if known is not None else version.tier,)
    if is_pooled(incident) and metric is not None:
        levels = situation.levels_reporting(metric.source, version.tier) or (version.tier,)
    return {
        Label.METRIC: (version.metric,),
        Label.SOURCE: (metric.source,) if metric is not None else (),
        Label.TIER: (version.tier,),
        Label.LEVEL: levels,
        Label.OWNER: (version.owner,),
    }


def _of_what_is_said(
    situation: Situation, incident: Incident, unit: UnitKey, metric: Metric | None
) -> dict[Label, tuple[str, ...]]:
    name, _, rest = incident.key.subject.partition("/")
    known = situation.units.get(unit) if incident.key.org_unit else None
    return {
        Label.METRIC: (name,),
        Label.SOURCE: (metric.source,) if metric is not None else (),
        Label.TIER: (rest,) if is_about_reports(incident.key) else (),
        Label.LEVEL: (known.level,) if known is not None else (),
        Label.OWNER: (metric.owner,) if metric is not None else (),
    }


def _is_for_want_of_data(situation: Situation, incident: Incident, unit: UnitKey, metric: Metric | None) -> bool:
    """Whether nothing is known to be behind but that data is missing.

    That is so where the newest look could not say, or where reports are what is counted and those of the source are
    late or were refused.
    """
    if incident.key.kind is not IncidentKind.BEHIND:
        return False
    newest = situation.newest_of(incident.key.subject, unit)
    if newest is not None and (newest.status in CANNOT_BE_SAID or newest.reason is Reason.INCOMPLETE):
        return True
    return metric is not None and metric.reports is not None and metric.source in situation.sources_in_trouble
