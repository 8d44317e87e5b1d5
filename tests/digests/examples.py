"""A programme of twelve targets in the week and in the month of the design's digest, as the picture of a moment.

Who is where follows from the names: every figure that a test asks for can be added up here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from targetwatch.incidents import facts
from targetwatch.model import (
    MILLION,
    Assessment,
    Cadence,
    Calendar,
    Claim,
    Comparison,
    Deadline,
    Incident,
    IncidentKey,
    IncidentKind,
    IncidentState,
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
    Period,
    PeriodState,
    Programme,
    Reason,
    Receiver,
    Reference,
    Reporters,
    Rhythm,
    Role,
    Route,
    Routing,
    Scope,
    Selector,
    Source,
    Status,
    TargetVersion,
    Text,
    Trajectory,
    UnitKey,
)
from targetwatch.notifications.digests.editions import Almanac, Edition
from targetwatch.notifications.digests.picture import (
    Corrected,
    Figure,
    NextDeadline,
    Picture,
    Reported,
    Sent,
    subject_of,
)
from targetwatch.notifications.policy.timing import DeclaredDays
from targetwatch.notifications.situation import Situation

ZONE = "Asia/Ho_Chi_Minh"
FROM = date(2021, 1, 1)
CITY = UnitKey("01", FROM)
BOARD = "https://airflow.example/targetwatch"
SEPTEMBER, OCTOBER, NOVEMBER = (
    Period(date(2024, 9, 1), date(2024, 9, 30)),
    Period(date(2024, 10, 1), date(2024, 10, 31)),
    Period(date(2024, 11, 1), date(2024, 11, 30)),
)
DISTRICTS = ("Huyện Ba Vì", "Huyện Chương Mỹ", "Huyện Phú Xuyên", "Quận Ba Đình")
DAYS = Calendar("VN", (5, 6))
CHAIRS = "district_chairs"


def local(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """A moment on Hanoi's clock, seven hours ahead of UTC."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


def units(districts: Iterable[str] = DISTRICTS, communes: int = 3) -> tuple[OrgUnit, ...]:
    """The city, its districts, and so many communes in each."""
    found = [OrgUnit(CITY, None, "city", "Thành phố", "Hà Nội", None)]
    for place, name in enumerate(districts, start=1):
        key = UnitKey(f"{place:03d}", FROM)
        found.append(OrgUnit(key, None, "district", "Huyện", name, CITY))
        found += [
            OrgUnit(UnitKey(f"{place:03d}{number:03d}", FROM), None, "commune", "Xã", f"Xã {place}.{number}", key)
            for number in range(1, communes + 1)
        ]
    return tuple(found)


def metric(name: str, said: Text, source: str = "procedures", cadence: Cadence = Cadence.MONTH) -> Metric:
    """A share of dossiers."""
    return Metric(
        id=name, name=said, kind=MetricKind.RATIO, unit_of_measure="percent", counted=Text("hồ sơ", "dossiers"),
        cadence=cadence, source=source, sql=None, owner=CHAIRS,
    )  # fmt: skip


def source(name: str, said: Text, level: str, *, planned: bool = False, deadline: bool = True) -> Source:
    """A source that is owed every month by the units of a level, ten working days after it."""
    return Source(
        id=name, name=said, planned=planned, connector=None if planned else "file", formats=("csv",), table=None,
        gate=None, origin=Origin.COMPUTED, cadence=Cadence.MONTH, deadline=Deadline(10) if deadline else None,
        reporters=(Reporters(level, level),), period_column=None, unit_column=None, tier_column=None, tier=level,
        columns=(), bad_rows_allowed=0.0, owner=CHAIRS, how_reached="", feeds=said,
    )  # fmt: skip


def target(name: str, said: Text, of: Metric, tier: str, **more: object) -> TargetVersion:
    """80 % by the end of 2025, on a line from 34 % at the end of 2021 that is assumed."""
    version = TargetVersion(
        target=name, version=f"{name}-1", name=said, short_name=said, metric=of.id, tier=tier,
        selector=Selector(level="city"), scope=Scope.POOLED, comparison=Comparison.AT_LEAST, value=800_000,
        value_to=None, due=date(2025, 12, 31),
        trajectory=Trajectory(Path.LINEAR, assumed=True, baseline=Milestone(date(2021, 12, 31), 340_000)),
        warning_margin=10_000, effective_from=date(2021, 12, 31), effective_to=None, reference="R", owner=CHAIRS,
    )  # fmt: skip
    return replace(version, **more)  # type: ignore[arg-type]


def look(
    of: TargetVersion,
    unit: UnitKey,
    figures: tuple[int, int] | None,
    required: int | None = 700_000,
    *,
    status: Status,
    role: Role = Role.POOLED,
    reason: Reason | None = None,
    period: Period = OCTOBER,
    bodies: tuple[int, int] = (4, 4),
    as_of: datetime = datetime(2024, 11, 14, 12, tzinfo=UTC),
) -> Assessment:
    """One look at a target, with its distance worked out exactly; without figures nothing could be judged."""
    reasons = {
        Status.BEHIND: Reason.SHORT_OF_REQUIRED,
        Status.MISSED: Reason.SHORT_OF_FINAL,
        Status.MET: Reason.FINAL_REACHED,
    }
    said = reason or reasons.get(status, Reason.REQUIRED_REACHED)
    one = Assessment(
        target=of.target, target_version=of.version, metric=of.metric, org_unit=unit.code,
        org_unit_valid_from=unit.valid_from, tier=of.tier, role=role, comparison=of.comparison, as_of=as_of,
        status=status, reason=said, final=of.value,
    )  # fmt: skip
    if figures is None:
        return one
    numerator, denominator = figures
    needed = (of.value if required is None else required) * denominator
    headroom = numerator * MILLION - needed
    return replace(
        one, period_start=period.first_day, period_end=period.last_day, period_state=PeriodState.FINAL,
        origin=Origin.COMPUTED, numerator=numerator, denominator=denominator, parts=True, required=required,
        attained=numerator * MILLION, needed=needed, headroom=headroom, headroom_units=headroom // MILLION,
        bodies_reported=bodies[0], bodies_due=bodies[1],
    )  # fmt: skip


def incident(
    number: int, kind: IncidentKind, subject: str, opened: datetime, *, unit: UnitKey | None = None,
    state: IncidentState = IncidentState.OPEN, closed: datetime | None = None, **more: object,
) -> Incident:  # fmt: skip
    """An episode, with the facts that are given."""
    key = IncidentKey(kind, subject, unit.code if unit else "", unit.valid_from if unit else None)
    return Incident(number, key, state, opened, opened, closed, facts=more)


ONLINE = metric("dossiers_online", Text("Hồ sơ trực tuyến", "Dossiers online"))
ON_TIME = metric("on_time", Text("Hồ sơ đúng hạn", "Dossiers on time"))
PORTAL = metric("portal", Text("Cổng dịch vụ công", "Service portal"), "portal")
SOON = metric("wan", Text("Mạng WAN", "Network"), "wan")
METRICS = (ONLINE, ON_TIME, PORTAL, SOON)
SOURCES = (
    source("procedures", Text("Một cửa điện tử", "One-stop shop"), "commune"),
    source("portal", Text("Cổng dịch vụ công", "Service portal"), "city"),
    source("wan", Text("Mạng WAN", "Network"), "city", planned=True),
)
OF_DISTRICTS = target("online_districts", Text("hồ sơ cấp huyện", "district dossiers"), ONLINE, "district")
OF_COMMUNES = target("online_communes", Text("hồ sơ cấp xã", "commune dossiers"), ONLINE, "commune")
SOFTWARE = target("software", Text("phần mềm liên thông", "document software"), ON_TIME, "city", due=date(2024, 12, 31))
LEVEL_4 = target("level_4", Text("thủ tục mức độ 4", "level 4 procedures"), PORTAL, "city")
EACH = target(
    "on_time_each", Text("hồ sơ đúng hạn từng huyện", "on time, each district"), ON_TIME, "district", scope=Scope.EACH
)
OTHERS = tuple(
    target(f"other_{number}", Text(f"chỉ tiêu khác {number}", f"other target {number}"), of, "city")
    for number, of in enumerate((ONLINE, ONLINE, ON_TIME, PORTAL, PORTAL, SOON, SOON), start=1)
)
TARGETS = (OF_DISTRICTS, OF_COMMUNES, SOFTWARE, LEVEL_4, EACH, *OTHERS)
KEYS = {name: UnitKey(f"{place:03d}", FROM) for place, name in enumerate(DISTRICTS, start=1)}

HEADS = Receiver(name="heads", channel="chi-tieu", language=Language.VI, digests=(Rhythm.WEEKLY, Rhythm.MONTHLY))
ENGINEERS = Receiver(name="engineers", channel="data-quality", language=Language.EN, digests=(Rhythm.WEEKLY,))
BA_VI = Receiver(name="ba-vi", channel="ba-vi", language=Language.VI, digests=(Rhythm.WEEKLY,))
ROUTES = Route(
    "nobody",
    routes=(
        Route("ba-vi", match=(Matcher(Label.UNIT, ("001",)),), goes_on=True),
        Route("heads", match=(Matcher(Label.KIND, ("behind", "misreported")),), goes_on=True),
        Route("engineers"),
    ),
)


def programme(**more: object) -> Programme:
    """The programme, its receivers and routes."""
    whole = Programme(
        name=Text("Chương trình", "Programme"), time_zone=ZONE, start=FROM, root_unit="01",
        levels={
            "city": Text("thành phố", "cities"),
            "district": Text("huyện", "districts"),
            "commune": Text("xã", "communes"),
        },
        calendar=DAYS, org_units=units(), metrics={one.id: one for one in METRICS},
        sources={one.id: one for one in SOURCES}, targets=TARGETS, receivers=(HEADS, ENGINEERS, BA_VI),
        owners={CHAIRS: Owner(CHAIRS, Text("Chủ tịch các huyện", "District chairs"))},
        references={"R": Reference("R", "Báo cáo", "hanoi.gov.vn", "2021-07")},
        routing=Routing(root=ROUTES),
    )  # fmt: skip
    return replace(whole, **more)  # type: ignore[arg-type]


def almanac(whole: Programme) -> Almanac:
    """Editions by weekends alone; deadlines are so many working days after a period, at five."""
    days = DeclaredDays(whole.calendar)

    def deadline(day: date, of: Deadline) -> datetime:
        return local(days.add_working_days(day, of.working_days), 17)

    return Almanac(whole, days, deadline)


# 70 % is needed: 5,600 of 8,000. Ba Vì is 700 short of 1,400, Chương Mỹ 500, Phú Xuyên 200; Ba Đình has 100 over.
SHARES = (
    look(OF_DISTRICTS, KEYS["Huyện Ba Vì"], (700, 2000), status=Status.BEHIND, role=Role.SHARE),
    look(OF_DISTRICTS, KEYS["Huyện Chương Mỹ"], (900, 2000), status=Status.BEHIND, role=Role.SHARE),
    look(OF_DISTRICTS, KEYS["Huyện Phú Xuyên"], (1200, 2000), status=Status.BEHIND, role=Role.SHARE),
    look(OF_DISTRICTS, KEYS["Quận Ba Đình"], (1500, 2000), status=Status.ON_TRACK, role=Role.SHARE),
)
NOW = (
    look(OF_DISTRICTS, CITY, (4300, 8000), status=Status.BEHIND),
    *SHARES,
    look(OF_COMMUNES, CITY, (710, 1000), status=Status.AT_RISK, reason=Reason.INCOMPLETE, bodies=(5, 12)),
    look(SOFTWARE, CITY, (60, 100), 790_000, status=Status.BEHIND),
    look(LEVEL_4, CITY, None, status=Status.NOT_EVALUATED, reason=Reason.CHECK_FAILED),
    look(EACH, KEYS["Huyện Ba Vì"], (100, 200), status=Status.MISSED, role=Role.EACH),
    look(EACH, KEYS["Huyện Chương Mỹ"], (190, 200), status=Status.MET, role=Role.EACH),
    look(EACH, KEYS["Huyện Phú Xuyên"], (190, 200), status=Status.MET, role=Role.EACH),
    look(EACH, KEYS["Quận Ba Đình"], (190, 200), status=Status.MET, role=Role.EACH),
    look(OTHERS[0], CITY, (75, 100), status=Status.ON_TRACK),
    look(OTHERS[1], CITY, (85, 100), status=Status.MET),
    look(OTHERS[2], CITY, (76, 100), status=Status.ON_TRACK),
    look(OTHERS[3], CITY, (86, 100), status=Status.MET),
    look(OTHERS[4], CITY, (70, 100), status=Status.STALE, reason=Reason.OVERDUE, period=SEPTEMBER),
    look(OTHERS[5], CITY, None, status=Status.NO_DATA, reason=Reason.SOURCE_PLANNED),
    look(OTHERS[6], CITY, (71, 100), status=Status.AT_RISK, reason=Reason.WITHIN_MARGIN),
)


def among(looks: Iterable[Assessment], of: TargetVersion, unit: UnitKey = CITY) -> Assessment:
    """The look at one target and unit."""
    return next(one for one in looks if one.target == of.target and one.org_unit == unit.code)


def instead(looks: Iterable[Assessment], *others: Assessment) -> tuple[Assessment, ...]:
    """The looks, with others in the place of those of the same target and unit."""
    keys = {(one.target, one.org_unit): one for one in others}
    return tuple(keys.get((one.target, one.org_unit), one) for one in looks)


# When week 47 began: the districts 900 short, two of them behind; the software met, level 4 and the communes on track.
BEGAN = instead(
    NOW,
    look(OF_DISTRICTS, CITY, (4700, 8000), status=Status.BEHIND, period=SEPTEMBER),
    look(
        OF_DISTRICTS, KEYS["Huyện Phú Xuyên"], (1500, 2000), status=Status.ON_TRACK, role=Role.SHARE, period=SEPTEMBER
    ),
    look(SOFTWARE, CITY, (100, 100), 790_000, status=Status.MET, period=SEPTEMBER),
    look(LEVEL_4, CITY, (80, 100), status=Status.ON_TRACK, period=SEPTEMBER),
    look(OF_COMMUNES, CITY, (710, 1000), status=Status.ON_TRACK, period=SEPTEMBER),
    look(EACH, KEYS["Huyện Ba Vì"], (180, 200), status=Status.MET, role=Role.EACH, period=SEPTEMBER),
)
OPENED = local(date(2024, 10, 11), 8)  # 41 days before the moment of the design's digest
MISSING: dict[str, Any] = {
    "period_start": "2024-10-01", "period_end": "2024-10-31", "deadline": "2024-11-14T10:00:00+00:00", "begun": True,
    "counts": [{"tier": "commune", "level": "commune", "reported": 5, "due": 12}],
    "missing": [
        {"tier": "commune", "parent": "001@2021-01-01", "units": [f"00100{n}@2021-01-01" for n in (1, 2, 3)]},
        {"tier": "commune", "parent": "002@2021-01-01", "units": [f"00200{n}@2021-01-01" for n in (1, 2, 3)]},
        {"tier": "commune", "parent": "003@2021-01-01", "units": ["003001@2021-01-01"]},
    ],
    "refused": [],
    "silent": [{"since": ["2024-09-01", "2024-09-30"], "periods": 2, "units": ["001001@2021-01-01"]}],
}  # fmt: skip
REFUSED = {
    "batch_id": "b", "delivered_as": "cong-dvc 20-11.csv", "because": "sai cột / wrong columns",
    "known_at": "2024-11-20T03:00:00+00:00", "rows_delivered": 10, "rows_quarantined": 10, "units": [], "periods": [],
}  # fmt: skip
CLAIM = Claim(
    id="post/2021-07-15", metric="portal", name=Text("xã có điểm bưu chính", "communes with a postal point"),
    as_of=date(2021, 7, 15), numerator=410, denominator=579, published="69.3", unit_of_measure="percent",
    check="share", qualifier="exact", reference="R", finding="misreported", parts_agree=False,
)  # fmt: skip


def judged(one: Assessment) -> dict[str, object]:
    """The facts of an incident about what a look found."""
    return facts.of_assessment(one)


INCIDENTS = (
    incident(101, IncidentKind.MISREPORTED, CLAIM.id, OPENED, claim=facts.of_claim(CLAIM)),
    incident(
        102, IncidentKind.BEHIND, OF_DISTRICTS.target, local(date(2024, 10, 15)), unit=CITY,
        state=IncidentState.ACKNOWLEDGED, judged=judged(NOW[0]),
    ),
    incident(103, IncidentKind.BEHIND, OF_DISTRICTS.target, local(date(2024, 10, 15)), unit=KEYS["Huyện Ba Vì"],
             judged=judged(SHARES[0])),
    incident(104, IncidentKind.LATE, "procedures", local(date(2024, 11, 14), 17), **MISSING),
    incident(105, IncidentKind.QUALITY, "portal", local(date(2024, 11, 20), 10), refused=[REFUSED]),
    incident(106, IncidentKind.BEHIND, SOFTWARE.target, local(date(2024, 11, 19)), unit=CITY,
             judged=judged(among(NOW, SOFTWARE))),
    incident(107, IncidentKind.BEHIND, OTHERS[0].target, local(date(2024, 10, 20)), unit=CITY,
             state=IncidentState.RESOLVED, closed=local(date(2024, 11, 18), 9), judged=judged(among(NOW, OTHERS[0]))),
    incident(108, IncidentKind.BEHIND, OTHERS[2].target, local(date(2024, 11, 8)), unit=CITY,
             state=IncidentState.RESOLVED, closed=local(date(2024, 11, 13), 9), judged=judged(among(NOW, OTHERS[2]))),
)  # fmt: skip


def situation(whole: Programme, now: datetime, looks: tuple[Assessment, ...] = NOW, **more: object) -> Situation:
    """What stands at a moment."""
    known: dict[str, object] = {"incidents": INCIDENTS, "board_url": BOARD, **more}
    return Situation(programme=whole, now=now, events=(), assessments=looks, **known)  # type: ignore[arg-type]


MONDAY, FRIDAY = local(date(2024, 11, 25), 8, 5), local(date(2024, 11, 15), 8, 5)


def week(now: datetime = MONDAY, **more: object) -> Picture:
    """Week 47 of 2024, at a moment after it."""
    whole = programme()
    edition: Edition = almanac(whole).newest(Rhythm.WEEKLY, now)
    picture = Picture(
        edition=edition,
        situation=situation(whole, now),
        first_pass=local(date(2024, 1, 1)),
        newest_pass=now - timedelta(minutes=5),
        began=BEGAN,
        ended=NOW,
        corrected=(Corrected(subject_of(among(NOW, OTHERS[1])), SEPTEMBER, (850, 1000), (835, 1000)),),
        deadlines=(
            NextDeadline(SOURCES[0], NOVEMBER, local(date(2024, 12, 13), 17)),
            NextDeadline(SOURCES[1], NOVEMBER, local(date(2024, 12, 13), 17)),
        ),
        sent={"heads": Sent(14, 4, 5), "engineers": Sent(20, 0, 1, 1)},
    )
    return replace(picture, **more)  # type: ignore[arg-type]


def month(now: datetime = FRIDAY, **more: object) -> Picture:
    """October of 2024, on the first working day after the deadline of its data."""
    whole = programme()
    looks = instead(NOW, look(SOFTWARE, CITY, (60, 100), 790_000, status=Status.BEHIND))
    before = instead(
        NOW,
        look(OF_DISTRICTS, KEYS["Huyện Phú Xuyên"], (1500, 2000), status=Status.ON_TRACK, role=Role.SHARE),
        look(OF_DISTRICTS, KEYS["Quận Ba Đình"], (1000, 2000), status=Status.BEHIND, role=Role.SHARE),
        look(OTHERS[1], CITY, (79, 100), status=Status.ON_TRACK),
    )
    subject = subject_of(NOW[0])
    picture = Picture(
        edition=almanac(whole).newest(Rhythm.MONTHLY, now),
        situation=situation(whole, now, looks),
        first_pass=local(date(2024, 1, 1)),
        newest_pass=now - timedelta(minutes=5),
        began=before,
        ended=looks,
        judged=tuple(one for one in looks if one.period_start == OCTOBER.first_day),
        judged_before=before,
        values=(
            Figure(subject, SEPTEMBER, 4700, 8000),
            Figure(subject, Period(date(2023, 10, 1), date(2023, 10, 31)), 3200, 8000),
        ),
        promised={(OF_DISTRICTS.target, str(CITY), OF_DISTRICTS.version): 718_904},
        reported=(Reported("procedures", "commune", 12, 5, 4), Reported("portal", "city", 1, 1, 1)),
        sent={"heads": Sent(14, 4, 5)},
    )
    return replace(picture, **more)  # type: ignore[arg-type]


def quiet_week() -> Picture:
    """A week in which nothing happened: everything is as it was, and nothing is wrong."""
    now = local(date(2024, 11, 25), 8, 5)
    looks = (
        look(OTHERS[0], CITY, (75, 100), status=Status.ON_TRACK),
        look(OTHERS[1], CITY, (85, 100), status=Status.MET),
    )
    return week(
        now,
        situation=situation(programme(), now, looks, incidents=()),
        began=looks,
        ended=looks,
        corrected=(),
        deadlines=(),
        sent={},
    )
