"""A small programme with its sources, made by hand, and what tests deliver to it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from targetwatch.gathering import Delivery, Gated, Landed, Refused, land, sort_rows, waiting
from targetwatch.model import (
    Cadence,
    Calendar,
    Column,
    ColumnType,
    Metric,
    MetricKind,
    OrgUnit,
    Origin,
    Owner,
    Programme,
    Reporters,
    Source,
    Text,
    UnitKey,
)

CHECKOUT = Path(__file__).resolve().parents[2]
GATES = CHECKOUT / "expectations" / "gates"
KEY = b"a key that only tests have, as it is known"
NOW = datetime(2025, 6, 10, 2, 0, tzinfo=UTC)  # 09:00 on 10 June in Hanoi
START = date(2021, 1, 1)
AT_ONCE = timedelta(0)  # tests do not wait for a file to grow old


def text(words: str) -> Text:
    """The same words in both languages."""
    return Text(words, words)


def unit(code: str, level: str, valid_from: date = START, valid_to: date | None = None) -> OrgUnit:
    """A unit in the city."""
    parent = None if code == "01" else UnitKey("01", START)
    return OrgUnit(UnitKey(code, valid_from), valid_to, level, level, f"{level} {code}", parent)


UNITS = (
    unit("01", "city"),
    unit("SO-TP", "department"),
    unit("001", "district", valid_to=date(2025, 6, 30)),
    unit("00001", "commune", valid_to=date(2025, 6, 30)),
    unit("00004", "commune", valid_to=date(2024, 12, 31)),
    unit("00004", "commune", valid_from=date(2025, 1, 1)),
    unit("00007", "commune", valid_to=date(2024, 12, 31)),
)


def metric(name: str, source: str, cadence: Cadence = Cadence.MONTH) -> Metric:
    """A metric measured from `source`."""
    return Metric(name, text(name), MetricKind.RATIO, "percent", text("dossiers"), cadence, source, source, "owner")


DATE, INTEGER, TEXT, BOOLEAN = ColumnType.DATE, ColumnType.INTEGER, ColumnType.TEXT, ColumnType.BOOLEAN

PROCEDURES = Source(
    id="procedures",
    name=text("procedures"),
    planned=False,
    connector="file",
    formats=("csv", "parquet", "xlsx"),
    table="procedures",
    gate="procedures",
    origin=Origin.COMPUTED,
    cadence=Cadence.MONTH,
    deadline=None,
    reporters=(Reporters("city", "department"), Reporters("district", "district"), Reporters("commune", "commune")),
    period_column="received_on",
    unit_column="org_unit",
    tier_column="tier",
    tier=None,
    columns=(
        Column("dossier_id", "dossier_id", TEXT, keyed_hash=True),
        Column("procedure", "procedure", TEXT),
        Column("sector", "sector", TEXT, required=False),
        Column(
            "tier", "tier", TEXT, values={"city": "city", "district": "district", "commune": "commune", "Xã": "commune"}
        ),
        Column("org_unit", "org_unit", TEXT),
        Column("received_on", "received_on", DATE),
        Column("due_on", "due_on", DATE),
        Column("finished_on", "finished_on", DATE),
        Column(
            "channel",
            "channel",
            TEXT,
            values={"online": "online", "Trực tuyến": "online", "desk": "desk", "post": "post"},
        ),
        Column("digitally_signed", "digitally_signed", BOOLEAN, required=False),
        Column("paid_online", "paid_online", BOOLEAN, required=False),
        Column("identity_verified", "identity_verified", BOOLEAN, required=False),
        Column("came_in_person", "came_in_person", BOOLEAN, required=False),
        Column("satisfaction", "satisfaction", INTEGER, required=False),
    ),
    bad_rows_allowed=0.5,
    owner="owner",
    how_reached="a file",
    feeds=text("dossiers"),
)
REPORTING = replace(
    PROCEDURES,
    id="reporting",
    formats=("xlsx", "csv"),
    table="unit_reports",
    gate="reporting",
    origin=Origin.REPORTED,
    cadence=None,
    period_column="reported_for",
    identified_by=("metric", "tier", "org_unit", "reported_for"),
    columns=(
        Column("metric", "metric", TEXT),
        Column("tier", "tier", TEXT),
        Column("org_unit", "org_unit", TEXT),
        Column("reported_for", "period", DATE),
        Column("numerator", "numerator", INTEGER),
        Column("denominator", "denominator", INTEGER),
        Column("share", "share", TEXT, required=False),
    ),
)
PUBLISHED = replace(
    PROCEDURES,
    id="published",
    formats=("csv",),
    table="published_figures",
    gate="published",
    origin=Origin.PUBLISHED,
    cadence=None,
    reporters=(),
    period_column="as_of",
    unit_column=None,
    identified_by=("metric", "as_of"),
    columns=(
        Column("metric", "metric", TEXT),
        Column("name_vi", "name_vi", TEXT),
        Column("name_en", "name_en", TEXT),
        Column("as_of", "as_of", DATE),
        Column("tier", "level", TEXT),
        Column("numerator", "numerator", INTEGER),
        Column("denominator", "denominator", INTEGER),
        Column("published", "published", TEXT),
        Column("unit_of_measure", "unit", TEXT),
        Column("compared_as", "check", TEXT),
        Column("qualifier", "qualifier", TEXT),
        Column("reference", "source", TEXT),
        Column("published_on", "published_on", DATE, required=False),
    ),
)
RANKINGS = replace(
    PUBLISHED,
    id="rankings",
    table="rankings",
    gate="rankings",
    cadence=Cadence.YEAR,
    tier_column=None,
    tier="city",
    columns=(
        Column("metric", "ranking", TEXT),
        Column("as_of", "year", DATE),
        Column("rank", "rank", INTEGER),
        Column("ranked", "of", INTEGER, required=False),
        Column("published_on", "published_on", DATE, required=False),
    ),
)
METRICS = (
    metric("online", "procedures"),
    metric("commune_websites", "published"),
    metric("ict_index_rank", "rankings", Cadence.YEAR),
)
PROGRAMME = Programme(
    name=text("A programme"),
    time_zone="Asia/Ho_Chi_Minh",
    start=START,
    root_unit="01",
    levels={level: text(level) for level in ("city", "department", "district", "commune")},
    calendar=Calendar("VN", (5, 6)),
    org_units=UNITS,
    metrics={one.id: one for one in METRICS},
    sources={source.id: source for source in (PROCEDURES, REPORTING, PUBLISHED, RANKINGS)},
    targets=(),
    receivers=(),
    owners={"owner": Owner("owner", text("The owner"))},
    references={},
)

DOSSIER: Mapping[str, str] = {
    "dossier_id": "H26-0001",
    "procedure": "1.004227",
    "sector": "hộ tịch",
    "tier": "commune",
    "org_unit": "00001",
    "received_on": "2025-05-05",
    "due_on": "2025-05-20",
    "finished_on": "2025-05-18",
    "channel": "online",
    "digitally_signed": "true",
    "paid_online": "",
    "identity_verified": "1",
    "came_in_person": "không",
    "satisfaction": "5",
}


def dossier(number: int = 1, **changes: str) -> dict[str, str]:
    """A dossier with nothing wrong with it but what `changes` says."""
    return {**DOSSIER, "dossier_id": f"H26-{number:04}", **changes}


def csv_text(rows: Iterable[Mapping[str, str]], delimiter: str = ",") -> str:
    """The rows as CSV, the columns in the order of the first row."""
    rows = list(rows)
    written = io.StringIO()
    writer = csv.DictWriter(written, list(rows[0]), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def drop(inbox: Path, content: bytes | str, name: str = "delivery.csv", source: Source = PROCEDURES) -> Path:
    """Put a file into the source's folder of the inbox."""
    path = inbox / source.id / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def only_delivery(inbox: Path, source: Source = PROCEDURES) -> Delivery:
    """The one delivery that waits."""
    (delivery,) = waiting(source, inbox, AT_ONCE)
    return delivery


def landed_of(home: Path, content: bytes | str, name: str = "delivery.csv", source: Source = PROCEDURES) -> Landed:
    """What lands of a delivery that can be read."""
    drop(home / "inbox", content, name, source)
    landed = land(only_delivery(home / "inbox", source), source, home, KEY)
    assert isinstance(landed, Landed), landed
    return landed


def refused_of(home: Path, content: bytes | str, name: str = "delivery.csv", source: Source = PROCEDURES) -> Text:
    """Why a delivery cannot be read."""
    drop(home / "inbox", content, name, source)
    landed = land(only_delivery(home / "inbox", source), source, home, KEY)
    assert isinstance(landed, Refused), landed
    return Text.parse(landed.because)


def gate(
    landed: Landed, source: Source = PROCEDURES, now: datetime = NOW, suites: Path = GATES, rows_at_once: int = 1000
) -> Gated:
    """The rows of what landed, sorted."""
    return sort_rows(landed, source, PROGRAMME, suites, now, rows_at_once)


def gated_of(home: Path, rows: Iterable[Mapping[str, str]], source: Source = PROCEDURES, now: datetime = NOW) -> Gated:
    """The rows, delivered as CSV and sorted."""
    return gate(landed_of(home, csv_text(rows), source=source), source, now)


def put_aside(gated: Gated) -> list[tuple[int, str, str | None, str | None]]:
    """The bad rows: position, reason in English, column and the value as delivered."""
    return [
        (position, Text.parse(reason).en, column, value)
        for position, reason, column, value in gated.quarantined.drop("record_id", "org_unit").iter_rows()
    ]
