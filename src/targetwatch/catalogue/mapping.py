"""From what the files say to the model: the one place where the two meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from targetwatch.catalogue.spec import (
    CalendarSpec,
    ColumnSpec,
    DeadlineSpec,
    MetricSpec,
    ProgrammeSpec,
    ReceiverSpec,
    ReferenceSpec,
    SourceSpec,
    TextSpec,
    Weekday,
)
from targetwatch.model import (
    Calendar,
    CkanFetch,
    Column,
    Deadline,
    Fetch,
    HttpFetch,
    Metric,
    OrgUnit,
    Owner,
    Programme,
    Receiver,
    Reference,
    Reporters,
    Source,
    SqlFetch,
    TargetVersion,
    Text,
)

WEEK = tuple(Weekday)


def programme(
    spec: ProgrammeSpec,
    calendar: CalendarSpec,
    org_units: tuple[OrgUnit, ...],
    metrics: Iterable[MetricSpec],
    sources: Iterable[SourceSpec],
    targets: Iterable[TargetVersion],
    receivers: Mapping[str, ReceiverSpec],
    owners: Mapping[str, TextSpec],
    references: Mapping[str, ReferenceSpec],
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
        receivers=tuple(_receiver(name, receiver) for name, receiver in receivers.items()),
        owners={owner: Owner(owner, _text(name)) for owner, name in owners.items()},
        references={key: Reference(key, r.title, r.publisher, r.published) for key, r in references.items()},
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
    )


def _deadline(spec: DeadlineSpec | None) -> Deadline | None:
    return None if spec is None else Deadline(spec.working_days, spec.months, spec.at)


def _column(spec: ColumnSpec) -> Column:
    spellings = {spelling: value for value, written in spec.values.items() for spelling in (value, *written)}
    return Column(spec.name, spec.delivered_as or spec.name, spec.type, spec.required, spec.keyed_hash, spellings)


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
        columns=tuple(_column(column) for column in spec.columns),
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
    )


def _fetch(spec: SourceSpec) -> Fetch | None:
    if spec.sql is not None:
        return SqlFetch(**dict(spec.sql))
    if spec.http is not None:
        return HttpFetch(**dict(spec.http))
    return CkanFetch(**dict(spec.ckan)) if spec.ckan is not None else None


def _receiver(name: str, spec: ReceiverSpec) -> Receiver:
    return Receiver(name, spec.channel, spec.language, spec.kinds, spec.owners, spec.mention or "")
