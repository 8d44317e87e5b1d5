"""From what the files say to the model: the one place where the two meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from targetwatch.catalogue import routing_mapping
from targetwatch.catalogue.acknowledged_spec import in_millionths
from targetwatch.catalogue.routing_spec import RoutingSpec
from targetwatch.catalogue.spec import (
    CalendarSpec,
    ColumnSpec,
    DeadlineSpec,
    MetricSpec,
    ProgrammeSpec,
    ReferenceSpec,
    SourceSpec,
    TextSpec,
    Weekday,
)
from targetwatch.model import (
    AcknowledgedDifference,
    Calendar,
    CkanFetch,
    Column,
    Deadline,
    Fetch,
    HttpFetch,
    Metric,
    Monitored,
    ObjectFetch,
    OrgUnit,
    Owner,
    Programme,
    PrometheusFetch,
    Reference,
    Reporters,
    Source,
    SqlFetch,
    TargetVersion,
    Text,
    TotalRows,
)

WEEK = tuple(Weekday)


def programme(
    spec: ProgrammeSpec,
    calendar: CalendarSpec,
    org_units: tuple[OrgUnit, ...],
    metrics: Iterable[MetricSpec],
    sources: Iterable[SourceSpec],
    targets: Iterable[TargetVersion],
    routing: RoutingSpec | None,
    owners: Mapping[str, TextSpec],
    references: Mapping[str, ReferenceSpec],
    acknowledged: tuple[AcknowledgedDifference, ...] = (),
) -> Programme:
    """The model of a whole catalogue."""
    return Programme(
        name=_text(spec.name),
        time_zone=spec.time_zone,
        start=spec.start,
        root_unit=spec.root_unit,
        levels={level: _text(name) for level, name in spec.levels.items()},
        calendar=_calendar(calendar),
        org_units=org_units,
        metrics={metric.metric: _metric(metric) for metric in metrics},
        sources={source.source: _source(source) for source in sources},
        targets=tuple(targets),
        receivers=routing_mapping.receivers(routing, owners),
        routing=routing_mapping.routing(routing),
        owners={owner: Owner(owner, _text(name)) for owner, name in owners.items()},
        references={key: Reference(key, r.title, r.publisher, r.published) for key, r in references.items()},
        acknowledged=acknowledged,
    )


def _text(spec: TextSpec) -> Text:
    return Text(spec.vi, spec.en)


def _calendar(spec: CalendarSpec) -> Calendar:
    weekend = tuple(WEEK.index(day) for day in spec.weekend)
    return Calendar(spec.country, weekend, spec.extra_holidays, spec.extra_working_days)


def _metric(spec: MetricSpec) -> Metric:
    return Metric(
        id=spec.metric,
        name=_text(spec.name),
        kind=spec.kind,
        unit_of_measure=spec.unit_of_measure,
        counted=_text(spec.counted),
        cadence=spec.cadence,
        source=spec.source,
        sql=spec.sql,
        owner=spec.owner,
        reports=spec.reports,
        tolerance=in_millionths(spec.tolerance, spec.kind),
        shrinkage=None if spec.shrinkage is None else int(spec.shrinkage * 1_000_000),
        seasonal=spec.seasonal,
        cumulative=spec.cumulative,
        rate_of=spec.rate_of,
        rate_per=spec.rate_per,
    )


def _deadline(spec: DeadlineSpec | None) -> Deadline | None:
    return None if spec is None else Deadline(spec.working_days, spec.months, spec.at)


def _column(spec: ColumnSpec, number_format: str | None) -> Column:
    spellings = {spelling: value for value, written in spec.values.items() for spelling in (value, *written)}
    name = spec.delivered_as or spec.name
    return Column(spec.name, name, spec.type, spec.required, spec.keyed_hash, spellings, number_format)


def _source(spec: SourceSpec) -> Source:
    return Source(
        id=spec.source,
        name=_text(spec.name),
        planned=spec.planned,
        connector=spec.connector,
        formats=tuple(spec.formats),
        table=spec.table,
        gate=spec.gate,
        origin=spec.origin,
        cadence=spec.cadence,
        deadline=_deadline(spec.deadline),
        reporters=tuple(Reporters(reporters.tier, reporters.level) for reporters in spec.reporters),
        period_column=spec.period_column,
        unit_column=spec.unit_column,
        tier_column=spec.tier_column,
        tier=spec.tier,
        columns=tuple(_column(column, spec.number_format) for column in spec.columns),
        bad_rows_allowed=float(spec.bad_rows_allowed or 0),
        owner=spec.owner,
        how_reached=spec.how_reached,
        feeds=_text(spec.feeds),
        identified_by=spec.identified_by,
        measured_by=spec.measured_by,
        named_in=spec.named_in,
        fetch=_fetch(spec),
        connection=spec.connection,
        schedule=spec.schedule,
        watermark=spec.watermark,
        overlap_hours=spec.overlap_hours,
        total_rows=None if spec.total_rows is None else TotalRows(**dict(spec.total_rows)),
        sheet=spec.sheet,
        tolerance=in_millionths(spec.tolerance, None),
        patience_time=spec.patience or timedelta(),
        keep_open_for_time=spec.keep_open_for or timedelta(),
    )


def _fetch(spec: SourceSpec) -> Fetch | None:
    if spec.sql is not None:
        return SqlFetch(**dict(spec.sql))
    if spec.http is not None:
        return HttpFetch(**dict(spec.http))
    if spec.objects is not None:
        return ObjectFetch(**dict(spec.objects))
    if spec.prometheus is not None:
        said = dict(spec.prometheus)
        return PrometheusFetch(**{**said, "expected": tuple(Monitored(**dict(one)) for one in said["expected"])})
    return CkanFetch(**dict(spec.ckan)) if spec.ckan is not None else None
