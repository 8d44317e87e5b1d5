"""How a system is asked for what it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class SqlFetch:
    """Rows of a database: sql/sources/<query>.sql, one SELECT with :since where the source has a watermark."""

    query: str


class Paging(StrEnum):
    """How the answer of an HTTP service goes on."""

    NONE = "none"  # one answer is all
    PAGE = "page"  # numbered pages
    OFFSET = "offset"  # so many rows on
    CURSOR = "cursor"  # each answer holds the mark of the next
    LINK = "link"  # each answer names the next in its Link header, or under `next_path`


@dataclass(frozen=True, slots=True)
class HttpFetch:
    """Rows of an HTTP service that answers in JSON. `records` and the other paths are JSONPath expressions."""

    path: str
    records: str = "$"
    params: Mapping[str, str] = field(default_factory=dict)
    paging: Paging = Paging.NONE
    page_size: int = 0  # 0: the service's own
    first_page: int = 1
    page_param: str = "page"
    size_param: str = "limit"
    offset_param: str = "offset"
    cursor_param: str = "cursor"
    next_path: str | None = None  # of the cursor, or of the link where no header has it
    total_path: str | None = None
    since_param: str | None = None
    token_header: str | None = None  # None: as a bearer token
    most_pages: int = 10_000


@dataclass(frozen=True, slots=True)
class CkanFetch:
    """The data sets of a CKAN portal, held against the list of those that are to be published."""

    wanted: str  # a CSV file beside the source's own: name, org_unit, title, every_days


@dataclass(frozen=True, slots=True)
class Monitored:
    """What is to be monitored: one series with these labels, or one of every unit of `level` that is in force."""

    labels: Mapping[str, str]
    level: str | None = None  # the unit's code stands in the label that is delivered as the source's unit column


@dataclass(frozen=True, slots=True)
class PrometheusFetch:
    """Whether systems were up, day by day: sql/sources/<query>.promql, 1 for up and 0 for down, at every step."""

    query: str
    step_seconds: int = 60
    expected: tuple[Monitored, ...] = ()  # a row of these on every day, known or not
    days_at_first: int = 31  # so far back the first fetch goes
    most_series: int = 10_000


@dataclass(frozen=True, slots=True)
class ObjectFetch:
    """Files in an object store that Airflow's ObjectStoragePath reaches: each new or changed one is a delivery."""

    path: str  # scheme://bucket/folder
    pattern: str = "**"  # of the names below it: * stands for all but /, ** for all


Fetch = SqlFetch | HttpFetch | CkanFetch | PrometheusFetch | ObjectFetch
