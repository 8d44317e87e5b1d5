"""The shape of the catalogue's YAML files: what may be written in them, and nothing else.

A spec is what a file says; `targetwatch.model` is what the rest of the code speaks of. `mapping.py` turns the one into
the other, so that the files can change their shape without the core noticing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from targetwatch.catalogue.acknowledged_spec import Tolerance
from targetwatch.catalogue.fetch_spec import CkanSpec, HttpSpec, ObjectsSpec, PrometheusSpec, Schedule, SqlSpec
from targetwatch.catalogue.fields import (
    Code,
    Country,
    Day,
    Identifier,
    Number,
    Published,
    ReferenceId,
    Share,
    TimeOfDay,
    TimeZone,
    Truth,
    UnitOfMeasure,
    Whole,
    Words,
    known,
    number,
    one_of,
    wrong,
)
from targetwatch.catalogue.spans import Duration, PeriodsOrTime
from targetwatch.catalogue.unit_codes import KnownUnit
from targetwatch.model import (
    Cadence,
    ColumnType,
    Comparison,
    MetricKind,
    Origin,
    Path,
    RatePer,
    Reports,
    Scope,
    UnitEnding,
)


class Weekday(StrEnum):
    """A day of the week, Monday first."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class Connector(StrEnum):
    """How a source's deliveries come: files left in its inbox, or a system that is asked."""

    FILE = "file"
    SQL = "sql"
    HTTP = "http"
    CKAN = "ckan"
    PROMETHEUS = "prometheus"
    OBJECTS = "objects"


class Format(StrEnum):
    """What a delivered file may be."""

    CSV = "csv"
    PARQUET = "parquet"
    XLSX = "xlsx"
    JSONL = "jsonl"


class NumberFormat(StrEnum):
    """How numbers are written where they are words: which mark parts thousands, and which decimals."""

    VI = "vi"
    EN = "en"


KnownMetric = Annotated[Identifier, known("metric")]
KnownSource = Annotated[Identifier, known("source")]
KnownOwner = Annotated[Identifier, known("owner")]
KnownReference = Annotated[ReferenceId, known("reference")]
KnownLevel = Annotated[Identifier, known("level")]
KnownCode = Annotated[Code, known("org_unit code")]
KnownKind = Annotated[Words, known("kind of org_unit")]

OneCadence = Annotated[Cadence, one_of(Cadence, "a cadence")]


class Spec(BaseModel):
    """A mapping in a file. Unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TextSpec(Spec):
    """The same words in Vietnamese and in English."""

    vi: Words
    en: Words


class ProgrammeSpec(Spec):
    """programme.yaml: what the programme is called, where and since when it is, and its levels."""

    name: TextSpec
    time_zone: TimeZone
    start: Day
    root_unit: KnownCode
    levels: Annotated[dict[Identifier, TextSpec], Field(min_length=1)]


class CalendarSpec(Spec):
    """calendar.yaml: which days are working days."""

    country: Country
    weekend: tuple[Annotated[Weekday, one_of(Weekday, "a day of the week")], ...]
    extra_holidays: tuple[Day, ...] = ()
    extra_working_days: tuple[Day, ...] = ()


class ReferenceSpec(Spec):
    """A document that says so."""

    title: Words
    publisher: Words
    published: Published


class MetricSpec(Spec):
    """metrics/*.yaml: one metric."""

    metric: Identifier
    name: TextSpec
    kind: Annotated[MetricKind, one_of(MetricKind, "a kind of metric")]
    unit_of_measure: UnitOfMeasure
    counted: TextSpec
    cadence: OneCadence
    source: KnownSource
    sql: Identifier | None = None
    owner: KnownOwner
    reports: Annotated[Reports, one_of(Reports, "what is counted of reports")] | None = None
    for_information: Truth = False
    tolerance: Tolerance | None = None
    shrinkage: Share | None = None
    seasonal: Truth = False
    cumulative: Truth = False
    rate_of: KnownMetric | None = None
    rate_per: Annotated[RatePer, one_of(RatePer, "a stretch of time that a rate is counted by")] | None = None


class DeadlineSpec(Spec):
    """When a period's data is due after the period's last day."""

    months: Whole = 0
    working_days: Whole = 0
    at: TimeOfDay = time(17, 0)


class ReportersSpec(Spec):
    """Every unit of `level` owes its data about work handled at `tier`."""

    tier: KnownLevel
    level: KnownLevel


class ColumnSpec(Spec):
    """A column that a source keeps. `values` names, for each value that is kept, the spellings that are read as it."""

    name: Identifier
    delivered_as: Words | None = None
    type: Annotated[ColumnType, one_of(ColumnType, "a type of column")]
    required: Truth = True
    keyed_hash: Truth = False
    values: Mapping[str, tuple[Words, ...]] = Field(default_factory=dict)


class TotalRowsSpec(Spec):
    """Rows that say what the others add up to: they are held against that, and are no records."""

    column: Identifier
    values: Annotated[tuple[Words, ...], Field(min_length=1)]
    sums: tuple[Identifier, ...] = ()


class SourceSpec(Spec):
    """sources/*.yaml: one source."""

    source: Identifier
    name: TextSpec
    planned: Truth = False
    owner: KnownOwner
    named_in: tuple[KnownReference, ...] = ()
    how_reached: Words
    feeds: TextSpec
    origin: Annotated[Origin, one_of(Origin, "an origin")] = Origin.COMPUTED
    connector: Annotated[Connector, one_of(Connector, "a connector")] | None = None
    connection: Identifier | None = None
    schedule: Schedule | None = None
    sql: SqlSpec | None = None
    http: HttpSpec | None = None
    ckan: CkanSpec | None = None
    prometheus: PrometheusSpec | None = None
    objects: ObjectsSpec | None = None
    watermark: Identifier | None = None
    overlap_hours: Whole = 0
    formats: tuple[Annotated[Format, one_of(Format, "a format")], ...] = ()
    sheet: Words | None = None
    number_format: Annotated[NumberFormat, one_of(NumberFormat, "a number format")] | None = None
    table: Identifier | None = None
    gate: Identifier | None = None
    cadence: OneCadence | None = None
    deadline: DeadlineSpec | None = None
    reporters: tuple[ReportersSpec, ...] = ()
    period_column: Identifier | None = None
    identified_by: tuple[Identifier, ...] = ()
    measured_by: tuple[Identifier, ...] = ()
    unit_column: Identifier | None = None
    tier_column: Identifier | None = None
    tier: KnownLevel | None = None
    patience: Duration | None = Field(None, alias="for")
    keep_open_for: Duration | None = None
    bad_rows_allowed: Share | None = None
    total_rows: TotalRowsSpec | None = None
    tolerance: Tolerance | None = None
    columns: tuple[ColumnSpec, ...] = ()


class SelectorSpec(Spec):
    """Which org_units a target is for: of those given, all must hold. `all` stands alone."""

    level: KnownLevel | None = None
    code: KnownUnit | None = None
    parent: KnownUnit | None = None
    kind: KnownKind | None = None
    all: Truth | None = None


class MilestoneSpec(Spec):
    """A value to be reached by a day, in the metric's unit of measure."""

    on: Day
    value: Number


FIRST_OBSERVED = "first_observed"
OBSERVED = "observed"


def _observed(value: Any) -> Any:
    # Not a union: each of its members would report an error of its own.
    return None if value == OBSERVED else number(value, f"Write a number, as in 90, or '{OBSERVED}'.")


def _first_observed(value: Any) -> Any:
    if isinstance(value, str) and value != FIRST_OBSERVED:
        raise wrong(f"'{value}' is no baseline", f"Write '{FIRST_OBSERVED}', or {{on: 2021-12-31, value: 34}}.")
    return None if value == FIRST_OBSERVED else value


class BaselineSpec(Spec):
    """Where a linear path begins. `value: observed`, None here: what each unit was observed to have by that day."""

    on: Day
    value: Annotated[Decimal | None, BeforeValidator(_observed)]


class TrajectorySpec(Spec):
    """What is required when.

    `baseline: first_observed`, None here, starts a linear path at the first value that was ever observed of each unit.
    """

    path: Annotated[Path, one_of(Path, "a path")]
    assumed: Truth = False
    baseline: Annotated[BaselineSpec | None, BeforeValidator(_first_observed)] = None
    milestones: tuple[MilestoneSpec, ...] = ()


class ExceptionSpec(Spec):
    """What is another for one unit; the rest is that of the version that it is an exception of."""

    org_unit: KnownUnit
    value: Number | None = None
    value_to: Number | None = None
    due: Day | None = None
    trajectory: TrajectorySpec | None = None
    warning_margin: Number | None = None


class SharedSpec(Spec):
    """What may be said of a version: in itself, for all versions of its target, or for all of the family."""

    name: TextSpec | None = None
    short_name: TextSpec | None = None
    tier: KnownLevel | None = None
    org_unit: SelectorSpec | None = None
    scope: Annotated[Scope, one_of(Scope, "a scope")] | None = None
    comparison: Annotated[Comparison, one_of(Comparison, "a comparison")] | None = None
    value: Number | None = None
    value_to: Number | None = None
    due: Day | None = None
    trajectory: TrajectorySpec | None = None
    warning_margin: Number | None = None
    effective_from: Day | None = None
    effective_to: Day | None = None
    reference: KnownReference | None = None
    owner: KnownOwner | None = None
    patience: PeriodsOrTime | None = Field(None, alias="for")
    keep_open_for: PeriodsOrTime | None = None
    when_unit_ends: Annotated[UnitEnding, one_of(UnitEnding, "what becomes of a target when its unit ends")] | None = (
        None
    )


class VersionSpec(SharedSpec):
    """A version of a target: also the version that it replaces, and for which units something else holds."""

    replaces: Day | None = None
    exceptions: Annotated[tuple[ExceptionSpec, ...], Field(min_length=1)] | None = None


class TargetSpec(VersionSpec):
    """A target: what all its versions share, and its versions. Without `versions` it has the one."""

    target: Identifier
    versions: Annotated[tuple[VersionSpec, ...], Field(min_length=1)] | None = None


class FamilySpec(Spec):
    """targets/*.yaml: the targets of one metric, with what they have in common."""

    metric: KnownMetric
    defaults: SharedSpec = Field(default_factory=lambda: SharedSpec.model_validate({}))
    targets: Annotated[tuple[TargetSpec, ...], Field(min_length=1)]


class TableSpec(Spec):
    """One target of targets/*.csv, as a file of targets would say it. Its metric is missing where its cell is wrong."""

    metric: KnownMetric | None = None
    targets: Annotated[tuple[TargetSpec, ...], Field(min_length=1)]


Owners = dict[Identifier, TextSpec]
References = dict[ReferenceId, ReferenceSpec]
