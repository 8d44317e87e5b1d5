"""A small programme: a city, three districts, communes in two of them, two sources and a target for the districts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

from targetwatch.model import (
    Assessment,
    Basis,
    Cadence,
    Calendar,
    Comparison,
    Deadline,
    IncidentKind,
    Label,
    Language,
    Matcher,
    Metric,
    MetricKind,
    Milestone,
    OrgUnit,
    Origin,
    Owner,
    Path,
    PeriodState,
    Programme,
    Reason,
    Receiver,
    Reference,
    Reporters,
    Role,
    Route,
    Routing,
    Scope,
    Selector,
    Source,
    Status,
    Successor,
    TargetVersion,
    Text,
    Trajectory,
    UnitKey,
)

START = date(2021, 1, 1)
DISTRICTS_END = date(2025, 6, 30)
MILLION = 1_000_000
CITY = UnitKey("01", START)


def unit(code: str, name: str, level: str, parent: UnitKey | None, valid_to: date | None = None) -> OrgUnit:
    """An org_unit that is valid from the start."""
    return OrgUnit(UnitKey(code, START), valid_to, level, level, name, parent)


def key(code: str) -> UnitKey:
    """The key of a unit that is valid from the start."""
    return UnitKey(code, START)


BA_VI, DONG_ANH, LONG_BIEN = key("271"), key("017"), key("004")
UNITS = (
    unit("01", "Thành phố Hà Nội", "city", None),
    unit("271", "Huyện Ba Vì", "district", CITY, DISTRICTS_END),
    unit("017", "Huyện Đông Anh", "district", CITY, DISTRICTS_END),
    unit("004", "Quận Long Biên", "district", CITY, DISTRICTS_END),
    unit("09619", "Xã Tân Hồng", "commune", BA_VI, DISTRICTS_END),
    unit("09620", "Xã Minh Châu", "commune", BA_VI, DISTRICTS_END),
    unit("00454", "Xã Tân Hồng", "commune", DONG_ANH, DISTRICTS_END),
)

FOUNDING = date(2025, 7, 1)
QUANG_OAI, SUOI_HAI, CO_DO = (UnitKey(code, FOUNDING) for code in ("09619", "09630", "09635"))
FOLLOWERS = (
    OrgUnit(QUANG_OAI, None, "commune", "xa", "Xã Quảng Oai", CITY),
    OrgUnit(SUOI_HAI, None, "commune", "xa", "Xã Suối Hai", CITY),
    OrgUnit(CO_DO, None, "commune", "xa", "Xã Cổ Đô", CITY),
)


def followed(org_unit: OrgUnit, *parts: tuple[UnitKey, Fraction]) -> OrgUnit:
    """A unit that has passed on in these parts."""
    return replace(org_unit, successors=tuple(Successor(key, part, Basis.COUNTED) for key, part in parts))


DOSSIERS = Metric(
    id="dossiers_online",
    name=Text("Hồ sơ xử lý trên môi trường mạng", "Dossiers processed online"),
    kind=MetricKind.RATIO,
    unit_of_measure="percent",
    counted=Text("hồ sơ", "dossiers"),
    cadence=Cadence.MONTH,
    source="procedures",
    sql="procedures_received",
    owner="chairs",
)
RANK = replace(
    DOSSIERS,
    id="rank",
    name=Text("Xếp hạng", "Rank"),
    kind=MetricKind.RANK,
    unit_of_measure="rank",
    counted=Text("bậc", "places"),
    source="rankings",
)


def source(source_id: str, *reporters: Reporters, planned: bool = False) -> Source:
    """A source that units owe each month."""
    return Source(
        id=source_id,
        name=Text(f"nguồn {source_id}", f"source {source_id}"),
        planned=planned,
        connector="file",
        formats=("csv",),
        table=source_id,
        gate=source_id,
        origin=Origin.COMPUTED,
        cadence=Cadence.MONTH,
        deadline=Deadline(working_days=10),
        reporters=reporters,
        period_column="received",
        unit_column="org_unit",
        tier_column=None,
        tier=None,
        columns=(),
        bad_rows_allowed=0.05,
        owner="office",
        how_reached="inbox",
        feeds=Text("hồ sơ", "dossiers"),
    )


DISTRICT_TARGET = TargetVersion(
    target="dossiers_district",
    version="v1",
    name=Text("Hồ sơ xử lý trên môi trường mạng – cấp huyện", "Dossiers processed online – district bodies"),
    short_name=Text("hồ sơ trực tuyến cấp huyện", "dossiers online, districts"),
    metric="dossiers_online",
    tier="district",
    selector=Selector(level="district"),
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
    owner="chairs",
)
ENGINEERS = Receiver("engineers", "data-quality", Language.EN, mention="S0000ENG")
HEADS = Receiver("heads", "chi-tieu", Language.VI)
TO_HEADS = (Matcher(Label.KIND, (IncidentKind.BEHIND.value, IncidentKind.MISREPORTED.value)),)
ROUTING = Routing(Route("engineers", routes=(Route("engineers", goes_on=True), Route("heads", TO_HEADS))))

PROGRAMME = Programme(
    name=Text("Chuyển đổi số", "Digital transformation"),
    time_zone="Asia/Ho_Chi_Minh",
    start=START,
    root_unit="01",
    levels={
        "city": Text("thành phố", "cities"),
        "district": Text("đơn vị cấp huyện", "districts"),
        "commune": Text("xã", "communes"),
    },
    calendar=Calendar("VN", (5, 6)),
    org_units=UNITS,
    metrics={"dossiers_online": DOSSIERS, "rank": RANK},
    sources={
        "procedures": source("procedures", Reporters("district", "district"), Reporters("commune", "commune")),
        "rankings": source("rankings"),
        "portal": source("portal", planned=True),
    },
    targets=(DISTRICT_TARGET,),
    receivers=(ENGINEERS, HEADS),
    routing=ROUTING,
    owners={
        "chairs": Owner("chairs", Text("Chủ tịch UBND quận, huyện, thị xã", "Chairs of the districts")),
        "office": Owner("office", Text("Văn phòng UBND Thành phố", "The City Office")),
    },
    references={"R2021b": Reference("R2021b", "Ứng dụng CNTT mạnh mẽ", "mic.gov.vn", "2021-07")},
)


def hanoi(year: int, month: int, day: int, hour: int = 12) -> datetime:
    """A moment by Hanoi's clocks, in UTC."""
    return datetime(year, month, day, hour - 7, tzinfo=UTC)


def assessed(
    unit_key: UnitKey,
    month: int,
    numerator: int,
    denominator: int,
    required: int,
    *,
    role: Role = Role.SHARE,
    status: Status | None = None,
    reason: Reason | None = None,
    as_of: datetime | None = None,
    missing: tuple[str, ...] = (),
    target: TargetVersion = DISTRICT_TARGET,
) -> Assessment:
    """An assessment of a month of 2025; the status follows from the figures unless it is given."""
    headroom = numerator * MILLION - required * denominator
    is_short = headroom < 0
    last_day = {2: 28, 4: 30, 6: 30, 9: 30, 11: 30}.get(month, 31)
    return Assessment(
        target=target.target,
        target_version=target.version,
        metric=target.metric,
        org_unit=unit_key.code,
        org_unit_valid_from=unit_key.valid_from,
        tier=target.tier,
        role=role,
        comparison=Comparison.AT_LEAST,
        as_of=as_of or hanoi(2025, 6, 16),
        status=status or (Status.BEHIND if is_short else Status.ON_TRACK),
        reason=reason or (Reason.SHORT_OF_REQUIRED if is_short else Reason.REQUIRED_REACHED),
        period_start=date(2025, month, 1),
        period_end=date(2025, month, last_day),
        period_state=PeriodState.COMPLETE,
        origin=Origin.COMPUTED,
        numerator=numerator,
        denominator=denominator,
        parts=True,
        required=required,
        final=target.value,
        attained=numerator * MILLION,
        needed=required * denominator,
        headroom=headroom,
        headroom_units=headroom // MILLION,
        low_numerator=numerator,
        high_numerator=numerator,
        bounds_denominator=denominator,
        bodies_reported=3 - len(missing) if role is Role.POOLED else 1,
        bodies_due=3 if role is Role.POOLED else 1,
        missing=missing,
        known_at=as_of or hanoi(2025, 6, 16),
    )


def unsaid(unit_key: UnitKey, status: Status, reason: Reason, *, role: Role = Role.POOLED, **others) -> Assessment:
    """An assessment without a value."""
    empty = assessed(unit_key, 1, 0, 1, 0, role=role, status=status, reason=reason)
    nothing = dict.fromkeys(
        ("period_start", "period_end", "period_state", "origin", "numerator", "denominator", "required", "attained",
         "needed", "headroom", "headroom_units", "low_numerator", "high_numerator", "bounds_denominator")
    )  # fmt: skip
    return replace(empty, **{**nothing, **others})
