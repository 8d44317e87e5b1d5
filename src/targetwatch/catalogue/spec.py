"""The shape of the catalogue's YAML files: what may be written in them, and nothing else.

A spec is what a file says; `targetwatch.model` is what the rest of the code speaks of. `mapping.py` turns the one into
the other, so that the files can change their shape without the core noticing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from targetwatch.catalogue.fields import (
    Channel,
    Code,
    Country,
    Day,
    Identifier,
    Mention,
    Number,
    Published,
    ReceiverName,
    ReferenceId,
    Share,
    TimeOfDay,
    TimeZone,
    Truth,
    Whole,
    Words,
    known,
    one_of,
)
from targetwatch.model import (
    Cadence,
    ColumnType,
    Comparison,
    IncidentKind,
    Language,
    MetricKind,
    Origin,
    Path,
    Scope,
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
    """How a source's deliveries are fetched."""

    FILE = "file"


class Format(StrEnum):
    """What a delivered file may be."""

    CSV = "csv"
    PARQUET = "parquet"
    XLSX = "xlsx"


KnownMetric = Annotated[Identifier, known("metric")]
KnownSource = Annotated[Identifier, known("source")]
KnownOwner = Annotated[Identifier, known("owner")]
KnownReference = Annotated[ReferenceId, known("reference")]
KnownLevel = Annotated[Identifier, known("level")]
KnownCode = Annotated[Code, known("org_unit code")]

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


class ReceiverSpec(Spec):
    """Where messages go, in which language, and which ones."""

    channel: Channel
    language: Annotated[Language, one_of(Language, "a language")]
    kinds: Annotated[
        tuple[Annotated[IncidentKind, one_of(IncidentKind, "a kind of incident")], ...], Field(min_length=1)
    ]
    owners: tuple[KnownOwner, ...] = ()
    mention: Mention | None = None


class MetricSpec(Spec):
    """metrics/*.yaml: one metric."""

    metric: Identifier
    name: TextSpec
    kind: Annotated[MetricKind, one_of(MetricKind, "a kind of metric")]
    unit_of_measure: Identifier
    counted: TextSpec
    cadence: OneCadence
    source: KnownSource
    sql: Identifier | None = None
    owner: KnownOwner


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
    formats: tuple[Annotated[Format, one_of(Format, "a format")], ...] = ()
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
    bad_rows_allowed: Share | None = None
    columns: tuple[ColumnSpec, ...] = ()


class SelectorSpec(Spec):
    """Which org_units a target is for: of those given, all must hold."""

    level: KnownLevel | None = None
    code: KnownCode | None = None
    parent: KnownCode | None = None


class MilestoneSpec(Spec):
    """A value to be reached by a day, in the metric's unit of measure."""

    on: Day
    value: Number


def _first_observed(value: Any) -> Any:
    return None if value == "first_observed" else value


class TrajectorySpec(Spec):
    """What is required when. `baseline: first_observed` starts a linear path at the first value ever observed."""

    path: Annotated[Path, one_of(Path, "a path")]
    assumed: Truth = False
    baseline: Annotated[MilestoneSpec | None, BeforeValidator(_first_observed)] = None
    milestones: tuple[MilestoneSpec, ...] = ()


class VersionSpec(Spec):
    """What may be said of a target's version: in itself, for all versions of the target, or for all the family."""

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
    patience: Whole | None = Field(None, alias="for")
    keep_open_for: Whole | None = None


class TargetSpec(VersionSpec):
    """A target: what all its versions share, and its versions. Without `versions` it has the one."""

    target: Identifier
    versions: Annotated[tuple[VersionSpec, ...], Field(min_length=1)] | None = None


class FamilySpec(Spec):
    """targets/*.yaml: the targets of one metric, with what they have in common."""

    metric: KnownMetric
    defaults: VersionSpec = Field(default_factory=lambda: VersionSpec.model_validate({}))
    targets: Annotated[tuple[TargetSpec, ...], Field(min_length=1)]


Owners = dict[Identifier, TextSpec]
References = dict[ReferenceId, ReferenceSpec]
Receivers = dict[ReceiverName, ReceiverSpec]
