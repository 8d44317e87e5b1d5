"""Stories to tell: those of the worked example and of the design's messages, and the awkward ones."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import UTC, date, datetime

from targetwatch.model import (
    Assessment,
    Cadence,
    Claim,
    Comparison,
    Incident,
    IncidentKey,
    IncidentKind,
    IncidentState,
    Metric,
    MetricKind,
    Milestone,
    Origin,
    Path,
    PeriodState,
    Reason,
    Reference,
    Restatement,
    Role,
    Scope,
    Selector,
    Source,
    Status,
    TargetVersion,
    Text,
    Trajectory,
    Trend,
    TrendPoint,
    UnitKey,
)
from targetwatch.notifications.stories import (
    AcknowledgedLine,
    AffectedTarget,
    Care,
    ClaimStory,
    Hears,
    LateStory,
    MissingUnits,
    PassedOn,
    QualityStory,
    RefusedDelivery,
    ReplyKind,
    ReplyStory,
    RestatedPeriod,
    SilentUnits,
    Story,
    TargetStory,
    TierCount,
    UnitLine,
)

HANOI = "Asia/Ho_Chi_Minh"
DISTRICTS = Text("đơn vị cấp huyện", "districts")
COMMUNES = Text("xã", "communes")
DIRECTOR = Text("Giám đốc Sở TT&TT", "Director of the Department")
CHAIRS = Text("Chủ tịch UBND quận, huyện, thị xã", "Chairs of the district People’s Committees")
BOARD = "https://airflow.example/targetwatch"
MILLION = 1_000_000

DOSSIERS = Metric(
    id="dossiers_processed_online",
    name=Text("Hồ sơ xử lý trên môi trường mạng", "Dossiers processed online"),
    kind=MetricKind.RATIO,
    unit_of_measure="percent",
    counted=Text("hồ sơ", "dossiers"),
    cadence=Cadence.MONTH,
    source="procedures",
    sql="dossiers",
    owner="district_chairs",
)
RANK = replace(
    DOSSIERS,
    id="digital_transformation_rank",
    name=Text("Xếp hạng chuyển đổi số cấp tỉnh", "Rank in digital transformation"),
    kind=MetricKind.RANK,
    unit_of_measure="rank",
    counted=Text("bậc", "places"),
    cadence=Cadence.YEAR,
    source="rankings",
)

DISTRICT_TARGET = TargetVersion(
    target="dossiers_district",
    version="v1",
    name=Text("Hồ sơ xử lý trên môi trường mạng – cấp huyện", "Dossiers processed online – district bodies"),
    short_name=Text("hồ sơ trực tuyến cấp huyện", "dossiers online, districts"),
    metric="dossiers_processed_online",
    tier="district",
    selector=Selector(level="city"),
    scope=Scope.POOLED,
    comparison=Comparison.AT_LEAST,
    value=800_000,
    value_to=None,
    due=date(2025, 12, 31),
    trajectory=Trajectory(Path.LINEAR, assumed=True, baseline=Milestone(date(2021, 12, 31), 340_000)),
    warning_margin=10_000,
    effective_from=date(2021, 12, 31),
    effective_to=None,
    reference="R2021b",
    owner="district_chairs",
)


def at(year: int, month: int, day: int, hour: int = 10, minute: int = 5) -> datetime:
    """A moment in UTC; Hanoi's clock is seven hours ahead."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def month(year: int, number: int) -> tuple[date, date]:
    """The first and the last day of a month."""
    return date(year, number, 1), date(year, number, monthrange(year, number)[1])


def judged(
    numerator: int,
    denominator: int,
    required: int | None,
    period: tuple[date, date],
    *,
    final: int = 800_000,
    comparison: Comparison = Comparison.AT_LEAST,
    status: Status | None = None,
    reason: Reason | None = None,
    role: Role = Role.POOLED,
    target: TargetVersion = DISTRICT_TARGET,
    code: str = "01",
    bodies: tuple[int, int] = (30, 30),
    state: PeriodState = PeriodState.FINAL,
    origin: Origin = Origin.COMPUTED,
) -> Assessment:
    """An assessment as the evaluation would make it, its headroom worked out by the one exact comparison."""
    held = final if required is None else required
    attained, needed = numerator * MILLION, held * denominator
    if comparison is Comparison.ABOVE:
        needed += 1
    if comparison is Comparison.AT_MOST:
        attained, needed = needed, attained
    headroom = attained - needed
    units = headroom // MILLION
    short = headroom < 0
    return Assessment(
        target=target.target,
        target_version=target.version,
        metric=target.metric,
        org_unit=code,
        org_unit_valid_from=date(2021, 1, 1),
        tier=target.tier,
        role=role,
        comparison=comparison,
        as_of=at(2024, 11, 20),
        status=status or (Status.BEHIND if short else Status.ON_TRACK),
        reason=reason or (Reason.SHORT_OF_REQUIRED if short else Reason.REQUIRED_REACHED),
        period_start=period[0],
        period_end=period[1],
        period_state=state,
        origin=origin,
        numerator=numerator,
        denominator=denominator,
        parts=True,
        required=required,
        final=final,
        attained=attained,
        needed=needed,
        headroom=headroom,
        headroom_units=units,
        low_numerator=numerator,
        high_numerator=numerator,
        bounds_denominator=denominator,
        bodies_reported=bodies[0],
        bodies_due=bodies[1],
    )


def incident(
    number: int,
    kind: IncidentKind = IncidentKind.BEHIND,
    subject: str = "dossiers_district",
    state: IncidentState = IncidentState.OPEN,
    opened: datetime | None = None,
    closed: datetime | None = None,
) -> Incident:
    """An episode, in the state that is asked for."""
    began = opened or at(2024, 4, 12)
    return Incident(number, IncidentKey(kind, subject, "01"), state, began, began, closed)


def unit(
    name: str, numerator: int, denominator: int, required: int, period: tuple[date, date], **more: object
) -> UnitLine:
    """A district that is short."""
    return UnitLine(name, judged(numerator, denominator, required, period, role=Role.SHARE), **more)  # type: ignore[arg-type]


MARCH, OCTOBER, SEPTEMBER = month(2024, 3), month(2024, 10), month(2024, 9)
MARCH_UNITS = (
    unit("Huyện Ba Vì", 2466, 6388, 598_460, MARCH),
    unit("Huyện Chương Mỹ", 2797, 6877, 598_460, MARCH),
    unit("Huyện Phú Xuyên", 2000, 5046, 598_460, MARCH),
    unit("Huyện Phúc Thọ", 1370, 3785, 598_460, MARCH),
    unit("Huyện Ứng Hòa", 1518, 4017, 598_460, MARCH),
    *(unit(f"Huyện thứ {number}", 500, 1000, 598_460, MARCH) for number in range(6, 17)),
)
MARCH_JUDGED = judged(98_617, 164_909, 598_508, MARCH)
OCTOBER_JUDGED = judged(99_394, 156_749, 665_866, OCTOBER, bodies=(29, 30))
OCTOBER_UNITS = (
    unit("Huyện Chương Mỹ", 2782, 7094, 665_866, OCTOBER),
    unit("Huyện Ba Vì", 2762, 6565, 665_866, OCTOBER),
    unit("Huyện Phú Xuyên", 2094, 4988, 665_866, OCTOBER),
    unit("Huyện Ứng Hòa", 1681, 4015, 665_866, OCTOBER),
    unit("Huyện Đông Anh", 2588, 5380, 665_866, OCTOBER),
    unit("Huyện Phúc Thọ", 1395, 3453, 665_866, OCTOBER),
    unit("Quận Long Biên", 3424, 5384, 665_866, OCTOBER, newly=True),
)

PROGRAMME_OF_2021 = Reference(
    "R2021b",
    "Ứng dụng CNTT mạnh mẽ, Hà Nội hướng tới chính quyền số hiện đại",
    "mic.gov.vn",
    "2021-07",
)


def course(last: Assessment, ahead: TrendPoint | None = None) -> Trend:
    """Months from January 2022 up to the last one that was judged; two of them are missing."""
    assert last.period_start is not None
    assert last.period_end is not None
    assert last.numerator is not None
    assert last.denominator is not None
    points = []
    for number in range((last.period_start.year - 2022) * 12 + last.period_start.month - 1):
        if number not in (14, 15):
            share = 3400 + 88 * number + (0, 60, 90, 40, -50, -90)[number % 6]
            points.append(TrendPoint(*month(2022 + number // 12, number % 12 + 1), 15 * share, 150_000))
    points.append(TrendPoint(last.period_start, last.period_end, last.numerator, last.denominator))
    return Trend((*points, *([ahead] if ahead is not None else [])))


SUPERIOR = Text("Giám đốc Sở Thông tin và Truyền thông", "the Director of the Department")
UNTAKEN = Care(
    group="behind/dossiers_district",
    unacknowledged=16,
    of=16,
    next=Hears(SUPERIOR, at(2024, 4, 22, 10, 5)),
    run="https://airflow.example/dags/watch/runs/scheduled__2024-04-12",
)
OPENED = TargetStory(
    target=DISTRICT_TARGET,
    metric=DOSSIERS,
    level_name=DISTRICTS,
    unit_name="Thành phố Hà Nội",
    incident=incident(147),
    judged=MARCH_JUDGED,
    latest=MARCH_JUDGED,
    previous=None,
    behind=MARCH_UNITS,
    units=30,
    missing=(),
    owner=CHAIRS,
    as_of=at(2024, 4, 12),
    time_zone=HANOI,
    mention="S00000000HN",
    link=f"{BOARD}/targets/dossiers_district",
    reference=PROGRAMME_OF_2021,
    trend=course(MARCH_JUDGED),
    care=UNTAKEN,
)
UPDATED = replace(
    OPENED,
    judged=OCTOBER_JUDGED,
    latest=OCTOBER_JUDGED,
    previous=judged(98_000, 153_000, 665_546, SEPTEMBER),
    behind=OCTOBER_UNITS,
    missing=("Huyện Mê Linh",),
    as_of=at(2024, 11, 20, 9, 5),
    mention="",
    edited=True,
    trend=course(OCTOBER_JUDGED, TrendPoint(*month(2024, 11), 40_100, 61_800)),
    care=replace(
        UNTAKEN,
        acknowledged=(
            AcknowledgedLine(
                ("Huyện Ba Vì",),
                "Chánh Văn phòng UBND huyện",
                "Số hóa hồ sơ đất đai xong trong quý IV.",
                at(2024, 12, 31, 10, 0),
            ),
        ),
        unacknowledged=6,
        of=7,
        next=None,
        told=Hears(SUPERIOR, at(2024, 4, 22, 10, 5)),
    ),
)
JUNE_2025 = judged(
    22_400, 30_000, 742_067, month(2025, 6), status=Status.AT_RISK, reason=Reason.WITHIN_MARGIN
)  # fmt: skip
RESOLVED = replace(
    UPDATED,
    incident=incident(147, state=IncidentState.RESOLVED, opened=at(2025, 6, 16), closed=at(2025, 7, 14)),
    judged=JUNE_2025,
    latest=JUNE_2025,
    previous=judged(21_650, 30_000, 732_621, month(2025, 5)),
    behind=(unit("Huyện Ba Vì", 400, 1000, 742_067, month(2025, 6)),),
    missing=(),
    as_of=at(2025, 7, 14),
    trend=course(JUNE_2025),
)
LAST = judged(22_000, 30_000, 742_067, month(2025, 6))
ENDED = replace(
    RESOLVED,
    incident=incident(147, state=IncidentState.ENDED, opened=at(2025, 6, 16), closed=at(2025, 8, 1, 1)),
    judged=LAST,
    latest=replace(LAST, status=Status.ENDED, reason=Reason.UNIT_ENDED),
    behind=(),
    ended_on=date(2025, 6, 30),
    as_of=at(2025, 8, 1, 1),
    trend=course(LAST),
)
SUPERSEDED = replace(
    ENDED,
    incident=replace(ENDED.incident, state=IncidentState.SUPERSEDED),
    latest=LAST,
    ended_on=None,
    followed_by=replace(
        DISTRICT_TARGET,
        version="v2",
        name=Text("Hồ sơ trực tuyến – cấp huyện (sửa đổi)", "Dossiers online – districts (amended)"),
        value=850_000,
        due=date(2026, 12, 31),
        effective_from=date(2025, 7, 1),
    ),
)
NOT_JUDGED_ANEW = replace(
    UPDATED,
    latest=replace(OCTOBER_JUDGED, status=Status.STALE, reason=Reason.OVERDUE),
    missing=(),
    as_of=at(2025, 2, 20),
)
HELD = replace(
    DISTRICT_TARGET,
    target="postal_service_points",
    short_name=Text("xã có điểm bưu chính", "communes with a postal service point"),
    scope=Scope.EACH,
    selector=Selector(level="district"),
    value=MILLION,
    due=None,
    trajectory=Trajectory(Path.HOLD, assumed=False),
)
EACH = replace(
    OPENED,
    target=HELD,
    metric=replace(DOSSIERS, counted=COMMUNES),
    unit_name="Huyện Ba Vì",
    judged=judged(30, 31, MILLION, MARCH, final=MILLION, role=Role.EACH, target=HELD),
    latest=judged(30, 31, MILLION, MARCH, final=MILLION, role=Role.EACH, target=HELD),
    behind=(
        UnitLine("Huyện Ba Vì", judged(24, 31, MILLION, MARCH, final=MILLION, role=Role.EACH, target=HELD)),
        UnitLine("Huyện Mỹ Đức", judged(21, 22, MILLION, MARCH, final=MILLION, role=Role.EACH, target=HELD)),
    ),
    owner=DIRECTOR,
    mention="",
    link=None,
    reference=None,
    trend=Trend(
        (
            *(TrendPoint(*month(2023 + at // 12, at % 12 + 1), min(12 + at, 24), 31) for at in range(14)),
            TrendPoint(*MARCH, 24, 31),
        )
    ),
    care=Care(group="behind/postal_service_points", unacknowledged=2, of=2),
)
COMMUNE = replace(
    HELD, target="commune_websites", short_name=Text("trang thông tin điện tử cấp xã", "commune websites")
)
OF_COMMUNES = judged(8, 10, 900_000, month(2025, 6), final=900_000, role=Role.EACH, target=COMMUNE)
PASSED_ON = replace(
    EACH,
    target=replace(COMMUNE, value=900_000),
    level_name=COMMUNES,
    unit_name="Xã Phụng Thượng",
    incident=incident(
        160, subject="commune_websites", state=IncidentState.ENDED, opened=at(2025, 7, 14), closed=at(2025, 8, 1)
    ),
    judged=OF_COMMUNES,
    latest=replace(OF_COMMUNES, status=Status.ENDED, reason=Reason.UNIT_PASSED_ON),
    behind=(),
    units=126,
    ended_on=date(2025, 6, 30),
    ended_units=("Xã Phụng Thượng",),
    passed_on_to=("Xã Phúc Thọ", "Xã Hát Môn", "Xã Phúc Lộc", "Xã Đan Phượng"),
    edited=True,
    as_of=at(2025, 8, 1),
)
SEVERAL_PASSED_ON = replace(
    PASSED_ON,
    ended_units=("Xã Phụng Thượng", "Xã <Tân Hội>", "Xã Vân Phúc", "Xã Võng Xuyên"),
    passed_on_to=("Xã Phúc Thọ",),
    ended_on=None,
)
ENDED_ALONE = replace(
    PASSED_ON, latest=replace(OF_COMMUNES, status=Status.ENDED, reason=Reason.UNIT_ENDED), units=1, passed_on_to=()
)
EXCEPTIONS = replace(
    EACH,
    target=replace(HELD, version="v1e", value=950_000),
    default=replace(
        HELD,
        value=900_000,
        due=date(2026, 12, 31),
        selector=Selector(level="district", except_for=(UnitKey("271", date(2021, 1, 1)),)),
    ),
)
RANKED = replace(
    DISTRICT_TARGET,
    target="digital_transformation_rank",
    short_name=Text("xếp hạng chuyển đổi số", "rank in digital transformation"),
    tier="city",
    comparison=Comparison.AT_MOST,
    value=5 * MILLION,
    trajectory=Trajectory(Path.BY_DUE, assumed=False),
)
MISSED_RANK = judged(
    24, 1, 5 * MILLION, (date(2025, 1, 1), date(2025, 12, 31)), final=5 * MILLION, comparison=Comparison.AT_MOST,
    status=Status.MISSED, reason=Reason.SHORT_OF_FINAL, target=RANKED, bodies=(1, 1), origin=Origin.PUBLISHED,
)  # fmt: skip
MISSED = replace(
    OPENED,
    target=RANKED,
    metric=RANK,
    level_name=Text("thành phố", "cities"),
    judged=MISSED_RANK,
    latest=MISSED_RANK,
    behind=(),
    units=1,
    incident=incident(150, subject="digital_transformation_rank", opened=at(2026, 8, 3)),
    as_of=at(2026, 8, 3),
    owner=DIRECTOR,
    mention="",
    trend=Trend(
        tuple(
            TrendPoint(date(year, 1, 1), date(year, 12, 31), rank, 1)
            for year, rank in zip(range(2018, 2026), (9, 16, 13, 40, 43, 24, 20, 24), strict=True)
        )
    ),
    care=Care(group="behind/digital_transformation_rank", unacknowledged=1, of=1),
)

PROCEDURES = Source(
    id="procedures",
    name=Text("Hệ thống giải quyết thủ tục hành chính", "Administrative procedure handling system"),
    planned=False,
    connector="file",
    formats=("csv", "parquet"),
    table="dossier",
    gate="procedures",
    origin=Origin.COMPUTED,
    cadence=Cadence.MONTH,
    deadline=None,
    reporters=(),
    period_column=None,
    unit_column=None,
    tier_column=None,
    tier=None,
    columns=(),
    bad_rows_allowed=0.05,
    owner="city_office",
    how_reached="file",
    feeds=Text("", ""),
)
COMMUNE_TARGET = replace(
    DISTRICT_TARGET,
    target="dossiers_commune",
    short_name=Text("hồ sơ trực tuyến cấp xã", "dossiers online at communes"),
    tier="commune",
    value=600_000,
)
INCOMPLETE = replace(
    judged(110_396, 228_281, 477_550, OCTOBER, final=600_000, target=COMMUNE_TARGET, bodies=(400, 579)),
    status=Status.AT_RISK,
    reason=Reason.INCOMPLETE,
    low_numerator=110_396,
    high_numerator=192_300,
    bounds_denominator=310_200,
)
REFUSED = RefusedDelivery(
    delivered_as="thach that_2024-10.csv",
    because="Thiếu cột closed_on. / The column closed_on is missing.",
    known_at=at(2024, 11, 19, 2, 12),
    units=("Huyện Thạch Thất",),
    periods=(OCTOBER,),
    rows_delivered=0,
    rows_quarantined=0,
)
HALF_BAD = RefusedDelivery(
    delivered_as="procedures_2024-10.parquet",
    because="Quá nửa số dòng lỗi: được phép 5%. / More bad rows than the 5% allowed.",
    known_at=at(2024, 11, 20, 0, 30),
    units=("Huyện Ba Vì",),
    periods=(OCTOBER,),
    rows_delivered=178,
    rows_quarantined=90,
    reasons=(("Mã hồ sơ trùng / Dossier number twice", 60), ("Ngày đóng trước ngày nhận / Closed before received", 30)),
)
SEVEN_DISTRICTS = {
    "Mê Linh": 18,
    "Phúc Thọ": 21,
    "Thạch Thất": 23,
    "Chương Mỹ": 32,
    "Thường Tín": 29,
    "Phú Xuyên": 27,
    "Ứng Hòa": 29,
}
LATE = LateStory(
    source=PROCEDURES,
    incident=incident(148, IncidentKind.LATE, "procedures", opened=at(2024, 11, 14)),
    period_start=OCTOBER[0],
    period_end=OCTOBER[1],
    deadline=at(2024, 11, 14, 10, 0),
    counts=(TierCount("commune", COMMUNES, 400, 579),),
    missing=tuple(
        MissingUnits(name, "commune", tuple(f"Xã {number}" for number in range(count)))
        for name, count in SEVEN_DISTRICTS.items()
    ),
    refused=(REFUSED,),
    affects=(AffectedTarget(COMMUNE_TARGET, DOSSIERS, INCOMPLETE),),
    owner=Text("Văn phòng UBND 7 huyện", "Offices of the 7 districts"),
    as_of=at(2024, 11, 20, 1, 5),
    time_zone=HANOI,
    mention="S00000000VP",
    link=f"{BOARD}/sources/procedures",
)  # fmt: skip
ONE_LATE = replace(
    LATE,
    counts=(TierCount("district", DISTRICTS, 29, 30), TierCount("commune", COMMUNES, 579, 579)),
    missing=(MissingUnits("Thành phố Hà Nội", "district", ("Huyện Mê Linh",)),),
    refused=(),
    affects=(),
    mention="",
)
NEVER_SEEN = replace(
    INCOMPLETE, status=Status.NO_DATA, reason=Reason.NEVER_OBSERVED, period_start=None, period_end=None,
    numerator=None, denominator=None, low_numerator=None, high_numerator=None, bounds_denominator=None,
)  # fmt: skip
STILL_LATE = replace(
    LATE,
    refused=(),
    affects=tuple(
        AffectedTarget(replace(COMMUNE_TARGET, target=f"communes_{number}"), DOSSIERS, looked)
        for number, looked in enumerate([NEVER_SEEN] * 16 + [INCOMPLETE])
    ),
    silent=(
        SilentUnits((date(2024, 7, 1), date(2024, 7, 31)), 4, ("Xã Minh Châu", "Xã Tân Hồng")),
        SilentUnits((date(2024, 8, 1), date(2024, 8, 31)), 3, tuple(f"Xã {number}" for number in range(12))),
        SilentUnits((date(2024, 9, 1), date(2024, 9, 30)), 2, ("Xã Phú Sơn",)),
        SilentUnits((date(2024, 9, 1), date(2024, 9, 30)), 2, ("Xã Tản Hồng", "Xã Cổ Đô")),
    ),
)
DELIVERED = replace(
    LATE,
    incident=replace(LATE.incident, state=IncidentState.RESOLVED, closed_at=at(2024, 11, 25)),
    edited=True,
    as_of=at(2024, 11, 25),
)
QUALITY = QualityStory(
    source=PROCEDURES,
    incident=incident(151, IncidentKind.QUALITY, "procedures", opened=at(2024, 11, 20, 1, 5)),
    refused=(HALF_BAD, REFUSED),
    affects=(),
    owner=Text("Văn phòng UBND Thành phố", "Office of the City People’s Committee"),
    as_of=at(2024, 11, 20, 1, 5),
    time_zone=HANOI,
    mention="S00000000VP",
    link=f"{BOARD}/sources/procedures",
)
REDELIVERED = replace(
    QUALITY,
    incident=replace(QUALITY.incident, state=IncidentState.RESOLVED, closed_at=at(2024, 11, 21)),
    edited=True,
    as_of=at(2024, 11, 21),
)
WEBSITES = Claim(
    id="commune_websites/2021-07-15",
    metric="commune_websites",
    name=Text("Xã có trang thông tin điện tử", "Communes with their own web page"),
    as_of=date(2021, 7, 15),
    numerator=410,
    denominator=579,
    published="69.3",
    unit_of_measure="percent",
    check="share",
    qualifier="exact",
    reference="R2021b",
    finding="misreported",
)
CLAIM = ClaimStory(
    claim=WEBSITES,
    incident=incident(12, IncidentKind.MISREPORTED, WEBSITES.id, opened=at(2024, 11, 21, 1, 5)),
    reference_title="Ứng dụng CNTT mạnh mẽ, Hà Nội hướng tới chính quyền số hiện đại",
    reference_publisher="mic.gov.vn",
    reference_published="2021-07",
    owner=DIRECTOR,
    as_of=at(2024, 11, 21, 1, 5),
    time_zone=HANOI,
    mention="S00000000SO",
    link=f"{BOARD}/claims/commune_websites",
)
VISITS = replace(
    CLAIM,
    claim=replace(
        WEBSITES,
        id="portal_visits_per_day/2018-09-30",
        name=Text("Cổng: lượt truy cập bình quân mỗi ngày", "Portal: visits a day on average"),
        as_of=date(2018, 9, 30),
        numerator=200_000_000,
        denominator=5475,
        published="20000",
        unit_of_measure="count",
        check="quotient",
        qualifier="nearly",
    ),
    reference_published="2018-09-20",
    mention="",
    link=None,
)
CORRECTED = replace(
    CLAIM,
    claim=replace(WEBSITES, published="70.8", finding="adds_up"),
    incident=replace(CLAIM.incident, state=IncidentState.RESOLVED, closed_at=at(2024, 12, 2)),
    edited=True,
    as_of=at(2024, 12, 2),
)
LONG_BIEN = UnitLine(
    "Quận Long Biên",
    judged(3_700, 5_433, 674_000, month(2024, 11), role=Role.SHARE),
    recovered_from=judged(3424, 5384, 665_866, OCTOBER, role=Role.SHARE),
)
RESTATED_APRIL = RestatedPeriod(
    Restatement(
        "dossiers_district", "01", date(2021, 1, 1), *month(2025, 4), 21_900, 30_000, 214, 21_500, 30_000, -186
    ),
    "Thành phố Hà Nội",
    ("Huyện Đông Anh",),
    is_judged=False,
)  # fmt: skip
RESTATED_OCTOBER = RestatedPeriod(
    Restatement(
        "dossiers_district", "01", date(2021, 1, 1), *OCTOBER, 99_490, 156_749, -4885, 99_394, 156_749, -4981
    ),
    "Thành phố Hà Nội",
    ("Huyện Đông Anh",),
    is_judged=True,
)  # fmt: skip

STORIES: dict[str, Story | ReplyStory] = {
    "behind": OPENED,
    "behind.updated": UPDATED,
    "behind.resolved": RESOLVED,
    "behind.ended": ENDED,
    "behind.superseded": SUPERSEDED,
    "behind.not_judged_anew": NOT_JUDGED_ANEW,
    "behind.each": EACH,
    "behind.each.exceptions": EXCEPTIONS,
    "behind.one_pool_of_several": replace(OPENED, unit_name="Huyện Ba Vì", pools=30, behind=()),
    "behind.passed_on": PASSED_ON,
    "behind.ended.unit": ENDED_ALONE,
    "missed.rank": MISSED,
    "late": LATE,
    "late.one": ONE_LATE,
    "late.still": STILL_LATE,
    "late.resolved": DELIVERED,
    "quality": QUALITY,
    "quality.resolved": REDELIVERED,
    "claim": CLAIM,
    "claim.quotient": VISITS,
    "claim.resolved": CORRECTED,
    "reply.worse": ReplyStory(ReplyKind.WORSE, UPDATED, newly_behind=(OCTOBER_UNITS[-1],)),
    "reply.better": ReplyStory(
        ReplyKind.BETTER, replace(UPDATED, previous=MARCH_JUDGED, judged=JUNE_2025, latest=JUNE_2025)
    ),
    "reply.unchanged": ReplyStory(ReplyKind.UNCHANGED, UPDATED),
    "reply.units": ReplyStory(ReplyKind.UNITS, UPDATED, newly_behind=OCTOBER_UNITS, recovered=(LONG_BIEN,)),
    "reply.restated": ReplyStory(ReplyKind.RESTATED, UPDATED, restated=(RESTATED_OCTOBER, RESTATED_APRIL)),
    "reply.resolved": ReplyStory(ReplyKind.RESOLVED, RESOLVED),
    "reply.ended": ReplyStory(ReplyKind.ENDED, ENDED),
    "reply.passed_on": ReplyStory(ReplyKind.ENDED, SEVERAL_PASSED_ON),
    "reply.units.passed_on": ReplyStory(
        ReplyKind.UNITS,
        EACH,
        passed_on=(
            PassedOn("Xã Phụng Thượng", ("Xã Phúc Thọ",)),
            *(PassedOn(f"Xã thứ {number}", PASSED_ON.passed_on_to) for number in range(2, 9)),
        ),
    ),
    "reply.superseded": ReplyStory(ReplyKind.SUPERSEDED, SUPERSEDED),
    "reply.late.more": ReplyStory(ReplyKind.MORE, LATE),
    "reply.late.resolved": ReplyStory(ReplyKind.RESOLVED, DELIVERED),
    "reply.quality.more": ReplyStory(ReplyKind.MORE, QUALITY),
    "reply.quality.resolved": ReplyStory(ReplyKind.RESOLVED, REDELIVERED),
    "reply.claim.resolved": ReplyStory(ReplyKind.RESOLVED, CORRECTED),
}
