"""What a source says of the system that it is fetched from: one mapping a connector."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from targetwatch.catalogue.fields import Identifier, Whole, Words, known, one_of, wrong
from targetwatch.model import Paging

HOUR = 3_600  # seconds


class _Fetch(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _json_path(path: str) -> str:
    if not path.startswith("$"):
        raise wrong(f"'{path}' is no JSONPath", "It begins with $, as in $.data.items.")
    return path


JsonPath = Annotated[Words, AfterValidator(_json_path)]


class SqlSpec(_Fetch):
    """A query of sql/sources, named without its suffix. It may speak of :since."""

    query: Identifier


class HttpSpec(_Fetch):
    """A service that answers in JSON."""

    path: Words
    records: JsonPath = "$"
    params: Mapping[str, Words] = Field(default_factory=dict)
    paging: Annotated[Paging, one_of(Paging, "a way of paging")] = Paging.NONE
    page_size: Whole = 0
    first_page: Whole = 1
    page_param: Words = "page"
    size_param: Words = "limit"
    offset_param: Words = "offset"
    cursor_param: Words = "cursor"
    next_path: JsonPath | None = None
    total_path: JsonPath | None = None
    since_param: Words | None = None
    token_header: Words | None = None
    most_pages: Whole = 10_000


class CkanSpec(_Fetch):
    """A CKAN portal, and the list of the data sets that are to be on it: a CSV file of the catalogue."""

    wanted: Words


def _step(seconds: int) -> int:
    if seconds == 0 or HOUR % seconds:
        raise wrong(f"{seconds} seconds do not divide an hour", "Write as many as do, as in 60.")
    return seconds


def _days(days: int) -> int:
    if days < 1:
        raise wrong("0 days are none", "Write how many days the first fetch goes back, as in 31.")
    return days


class MonitoredSpec(_Fetch):
    """What is to be monitored on every day: one series with these labels, or one of every unit of `level`."""

    labels: Annotated[Mapping[str, Words], Field(min_length=1)]
    level: Annotated[Identifier, known("level")] | None = None


class PrometheusSpec(_Fetch):
    """A query of sql/sources, named without its suffix .promql: 1 where a system is up, 0 where it is down."""

    query: Identifier
    step_seconds: Annotated[Whole, AfterValidator(_step)] = 60
    expected: tuple[MonitoredSpec, ...] = ()
    days_at_first: Annotated[Whole, AfterValidator(_days)] = 31
    most_series: Whole = 10_000


def _object_path(path: str) -> str:
    if "@" in path:
        raise wrong("a login stands in the path", "Delete it: login and secrets are those of the Airflow Connection.")
    if not re.fullmatch(r"[a-z][a-z0-9+.-]*://[^?#]+", path):
        raise wrong(f"'{path}' is no path of an object store", "Write it as in s3://bucket/folder.")
    return path


class ObjectsSpec(_Fetch):
    """A folder of an object store whose files are taken as they come."""

    path: Annotated[Words, AfterValidator(_object_path)]
    pattern: Words = "**"


def _cron(text: object) -> str:
    from croniter import croniter  # type: ignore[import-untyped]

    if not isinstance(text, str) or not croniter.is_valid(text):
        raise wrong(f"'{text}' is no schedule", "Write it as cron has it, as in '30 5 * * *' for 5:30 every day.")
    return text


Schedule = Annotated[str, BeforeValidator(_cron)]

__all__ = ["CkanSpec", "HttpSpec", "ObjectsSpec", "PrometheusSpec", "Schedule", "SqlSpec"]
