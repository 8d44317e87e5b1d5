"""The smallest nouns and frames that a warehouse can hold, each with a way to change what a test is about."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from targetwatch.model import (
    Assessment,
    Cadence,
    Calendar,
    Claim,
    Comparison,
    Delivery,
    Incident,
    IncidentKey,
    IncidentKind,
    IncidentState,
    Metric,
    MetricKind,
    Notification,
    OrgUnit,
    Origin,
    Owner,
    PeriodState,
    Programme,
    Reason,
    Reference,
    Role,
    Scope,
    Selector,
    Source,
    Status,
    TargetVersion,
    Text,
    Trajectory,
    UnitKey,
)
from targetwatch.model import Path as TargetPath
from targetwatch.warehouse.records import Batch

FOUNDED = date(2021, 1, 1)
MAY = (date(2025, 5, 1), date(2025, 5, 31))
MOMENT = pl.Datetime("us", "UTC")
CITY = UnitKey("01", FOUNDED)
DISTRICT = UnitKey("001", FOUNDED)


def at(day: int, hour: int = 0, month: int = 6) -> datetime:
    """A moment of 2025, in UTC."""
    return datetime(2025, month, day, hour, tzinfo=UTC)


def observed(*rows: Mapping[str, Any]) -> pl.DataFrame:
    """A BODIES frame: a row for each mapping, which says how it differs from 650 of 1,000 in May."""
    usual = {
        "metric": "dossiers_online",
        "org_unit": DISTRICT.code,
        "org_unit_valid_from": FOUNDED,
        "tier": "district",
        "period_start": MAY[0],
        "period_end": MAY[1],
        "origin": "computed",
        "numerator": 650,
        "denominator": 1000,
        "parts": True,
        "known_at": at(13),
        "batch_id": "batch",
    }
    return pl.DataFrame([{**usual, **row} for row in rows], schema_overrides={"known_at": MOMENT})


# The programme's May as WORKED_EXAMPLE.md has it on 16 June: 21,650 of 30,000, short by 329 dossiers.
BEHIND = Assessment(
    target="dossiers_district",
    target_version="v1",
    metric="dossiers_online",
    org_unit=CITY.code,
    org_unit_valid_from=FOUNDED,
    tier="district",
    role=Role.POOLED,
    comparison=Comparison.AT_LEAST,
    as_of=at(16),
    status=Status.BEHIND,
    reason=Reason.SHORT_OF_REQUIRED,
    period_start=MAY[0],
    period_end=MAY[1],
    period_state=PeriodState.COMPLETE,
    origin=Origin.COMPUTED,
    numerator=21_650,
    denominator=30_000,
    parts=True,
    required=732_621,
    final=800_000,
    attained=21_650_000_000,
    needed=21_978_630_000,
    headroom=-328_630_000,
    headroom_units=-329,
    low_numerator=21_650,
    high_numerator=21_650,
    bounds_denominator=30_000,
    bodies_reported=30,
    bodies_due=30,
    missing=(),
    deadline=at(13, 10),
    known_at=at(16),
    failed=("short_at_best", "short_at_worst"),
)

INCIDENT = Incident(
    number=1,
    key=IncidentKey(IncidentKind.BEHIND, BEHIND.target, CITY.code, FOUNDED),
    state=IncidentState.OPEN,
    began_at=at(16),
    opened_at=at(16),
    last_period=MAY[0],
    bad_periods=1,
    facts={"judged": {"status": "behind"}, "name": "Đống Đa"},
)

CLAIM = Claim(
    id="units_with_portal/2024-11-01",
    metric="units_with_portal",
    name=Text("Đơn vị có cổng", "Units with a portal"),
    as_of=date(2024, 11, 1),
    numerator=410,
    denominator=579,
    published="69.3",
    unit_of_measure="percent",
    check="share",
    qualifier="exact",
    reference="report",
    finding="misreported",
)

TARGET = TargetVersion(
    target="dossiers_district",
    version="v1",
    name=Text("Hồ sơ trực tuyến cấp huyện", "Dossiers online, districts"),
    short_name=Text("Hồ sơ cấp huyện", "District dossiers"),
    metric="dossiers_online",
    tier="district",
    selector=Selector(code=CITY.code),
    scope=Scope.POOLED,
    comparison=Comparison.AT_LEAST,
    value=800_000,
    value_to=None,
    due=date(2025, 12, 31),
    trajectory=Trajectory(TargetPath.LINEAR, assumed=True),
    warning_margin=10_000,
    effective_from=date(2022, 1, 1),
    effective_to=None,
    reference="report",
    owner="office",
)


def programme(*targets: TargetVersion) -> Programme:
    """A city with one district, one metric, one source and these targets."""
    source = Source(
        id="procedures",
        name=Text("Thủ tục", "Procedures"),
        planned=False,
        connector="file",
        formats=("csv",),
        table="visit",
        gate="procedures",
        origin=Origin.COMPUTED,
        cadence=Cadence.MONTH,
        deadline=None,
        reporters=(),
        period_column="visited_on",
        unit_column="org_unit",
        tier_column="tier",
        tier=None,
        columns=(),
        bad_rows_allowed=0.1,
        owner="office",
        how_reached="",
        feeds=Text("", ""),
    )
    metric = Metric(
        id="dossiers_online",
        name=Text("Hồ sơ trực tuyến", "Dossiers online"),
        kind=MetricKind.RATIO,
        unit_of_measure="percent",
        counted=Text("hồ sơ", "dossiers"),
        cadence=Cadence.MONTH,
        source="procedures",
        sql="visits_by_month",
        owner="office",
    )
    return Programme(
        name=Text("Hà Nội", "Hanoi"),
        time_zone="Asia/Ho_Chi_Minh",
        start=FOUNDED,
        root_unit=CITY.code,
        levels={},
        calendar=Calendar("VN", (5, 6)),
        org_units=(
            OrgUnit(CITY, None, "city", "Thành phố", "Hà Nội", None),
            OrgUnit(DISTRICT, date(2025, 6, 30), "district", "Quận", "Ba Đình", CITY),
        ),
        metrics={metric.id: metric},
        sources={source.id: source},
        targets=targets or (TARGET,),
        receivers=(),
        owners={"office": Owner("office", Text("Văn phòng", "The office"))},
        references={"report": Reference("report", "Báo cáo 277", "UBND", "2024-11")},
    )


def notification(number: int, **changes: Any) -> Notification:
    """A message of the outbox about the first incident."""
    usual = Notification(
        id=f"n{number}",
        receiver="leaders",
        channel="#targets",
        group="behind/dossiers_district",
        episode=1,
        delivery=Delivery.POST,
        reason="opened",
        payload={"text": "Chậm tiến độ", "blocks": []},
        fingerprint="words",
        created_at=at(16),
    )
    return replace(usual, **changes)


def batch(name: str = "one", **changes: Any) -> Batch:
    """A delivery of visits."""
    usual = Batch(
        batch_id=name,
        source="visits",
        table="visit",
        delivered_as=f"{name} tháng 5.csv",
        content_hash="hash",
        bytes=100,
        landed_as=f"landing/visits/{name}.parquet",
        rows_delivered=3,
        known_at=at(2),
    )
    return replace(usual, **changes)


def visits(*online: bool, **changes: Any) -> pl.DataFrame:
    """Visits to the district in May, a row for each, online or not."""
    rows = [
        {
            "record_id": f"visit {number}",
            "org_unit": DISTRICT.code,
            "org_unit_valid_from": FOUNDED,
            "tier": "district",
            "visited_on": MAY[0],
            "online": one,
            **changes,
        }
        for number, one in enumerate(online)
    ]
    return pl.DataFrame(rows)


def reported(*units: UnitKey) -> pl.DataFrame:
    """What a delivery says that units report: May, at the district tier."""
    rows = [(unit.code, unit.valid_from, "district", *MAY) for unit in units]
    schema = ["org_unit", "org_unit_valid_from", "tier", "period_start", "period_end"]
    types = [pl.String, pl.Date, pl.String, pl.Date, pl.Date]
    return pl.DataFrame(rows, schema=dict(zip(schema, types, strict=True)), orient="row")


TOUCHED_MAY = pl.DataFrame([MAY], schema={"period_start": pl.Date, "period_end": pl.Date}, orient="row")


def quarantined(*positions: int) -> pl.DataFrame:
    """Rows that were set aside for their date."""
    rows = [(position, "Ngày sai / Wrong date", "visited_on", "31/02/2025") for position in positions]
    schema = {"position": pl.Int64, "reason": pl.String, "column_name": pl.String, "delivered_value": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")
