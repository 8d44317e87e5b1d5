"""Where batches come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum

from targetwatch.model.fetches import Fetch
from targetwatch.model.metrics import Cadence, Origin
from targetwatch.model.text import Text


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a period is due: so many whole months and then working days after its last day, at a time of day."""

    working_days: int
    months: int = 0
    at: time = time(17, 0)


@dataclass(frozen=True, slots=True)
class Reporters:
    """Which units owe a source its data: every unit of `level`, for work handled at `tier`."""

    tier: str
    level: str


class ColumnType(StrEnum):
    """What a delivered column holds once it has been read."""

    TEXT = "text"
    DATE = "date"
    TIMESTAMP = "timestamp"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a source keeps. Columns that are not named are dropped before anything is written."""

    name: str  # in the warehouse
    delivered_as: str  # in the delivered file
    type: ColumnType
    required: bool = True  # the column must be in the file; whether a value must be there is for the gate to say
    keyed_hash: bool = False  # kept only as a keyed hash
    values: Mapping[str, str] = field(default_factory=dict)  # spelling -> canonical value
    number_format: str | None = None  # vi: 1.234,5; en: 1,234.5; None: a point or comma parts decimals, never thousands


@dataclass(frozen=True, slots=True)
class TotalRows:
    """Rows of a delivery that are no records: they say what the others add up to, and are held against that."""

    column: str  # a kept column
    values: tuple[str, ...]  # what such a row has there, in any case of letters
    sums: tuple[str, ...] = ()  # kept columns in which it has the sum of all other rows; empty: it is passed over


@dataclass(frozen=True, slots=True)
class Source:
    """Where batches come from."""

    id: str
    name: Text
    planned: bool  # declared, and not gathered yet
    connector: str | None  # file: whatever lies in the inbox; else sql, http, ckan, prometheus or objects
    formats: tuple[str, ...]  # of csv, parquet, xlsx, jsonl; each may come packed
    table: str | None  # the record table, defined by sql/records/<table>.sql
    gate: str | None  # expectations/gates/<gate>.json
    origin: Origin
    cadence: Cadence | None
    deadline: Deadline | None  # None: nothing is ever due
    reporters: tuple[Reporters, ...]
    period_column: str | None  # the date column that says which period a record reports
    unit_column: str | None
    tier_column: str | None
    tier: str | None  # where no column says it
    columns: tuple[Column, ...]
    bad_rows_allowed: float  # share of a batch's rows, 0 to 1; above it the batch is refused whole
    owner: str
    how_reached: str
    feeds: Text
    identified_by: tuple[str, ...] = ()  # kept columns that together name one record; empty: the keyed-hash columns
    named_in: tuple[str, ...] = ()  # references that speak of it
    measured_by: tuple[str, ...] = ()  # files in sql/metrics that measure its records, without the suffix
    fetch: Fetch | None = None  # what its connector asks for, where it is not the inbox alone
    connection: str | None = None  # the id of the Airflow Connection with address and secrets
    schedule: str | None = None  # when it is gathered, as cron in the programme's time zone
    watermark: str | None = None  # the kept column whose largest value says how far it has been gathered
    overlap_hours: int = 0  # how far before that mark the next fetch begins, for what was written late
    total_rows: TotalRows | None = None
    sheet: str | None = None  # the name of the sheets of a workbook that are read, or a pattern; None: all that have it
    tolerance: int | None = None  # how far its figures may be off those of the records, where the metric does not say
    patience_time: timedelta = (
        timedelta()
    )  # `for`: how long it must be late, or a delivery be refused, to be an incident
    keep_open_for_time: timedelta = timedelta()  # how long all must have been well before that closes
