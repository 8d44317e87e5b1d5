"""Stories of what does not agree: reports and records, published figures, and rates whose denominator shrank."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from targetwatch.model import (
    Against,
    Contradiction,
    Discrepancy,
    IncidentKind,
    IncidentState,
    Lapse,
    ReportFinding,
    Role,
    Shrinkage,
    Text,
)
from targetwatch.notifications.stories import ReplyKind, ReplyStory, ReportLine, ReportsStory, Story, UnitLine
from tests.messages import examples
from tests.messages.examples import (
    BOARD,
    CHAIRS,
    CLAIM,
    DISTRICTS,
    DOSSIERS,
    HANOI,
    OCTOBER,
    OPENED,
    RANK,
    WEBSITES,
    at,
    incident,
    judged,
    month,
)

OFFICE = Text("Văn phòng UBND Thành phố", "Office of the City People’s Committee")
TWO_SYSTEMS = Text(
    "hồ sơ đất đai còn ở phần mềm cũ đến hết năm", "land dossiers stay in the old software until the end of the year"
)
AGREES = replace(DOSSIERS, id="dossiers_on_time", name=Text("Hồ sơ giải quyết đúng hạn", "Dossiers finished on time"))


def report(
    said: tuple[int, int],
    held: tuple[int, int],
    code: str = "001",
    finding: ReportFinding = ReportFinding.MISREPORTED,
    period: tuple[date, date] = OCTOBER,
    **more: object,
) -> Discrepancy:
    """A report beside the records, as far apart as they are."""
    apart = abs(said[0] * held[1] - held[0] * said[1]) * 1_000_000
    return Discrepancy(
        metric=AGREES.id,
        tier="district",
        org_unit=code,
        org_unit_valid_from=date(2021, 1, 1),
        period_start=period[0],
        period_end=period[1],
        reported_numerator=said[0],
        reported_denominator=said[1],
        reported_parts=True,
        reported_at=at(2024, 11, 18),
        computed_numerator=held[0],
        computed_denominator=held[1],
        computed_parts=True,
        computed_at=at(2024, 11, 14),
        deviation=-(-apart // (said[1] * held[1])),
        allowed=10_000,
        finding=finding,
        **more,  # type: ignore[arg-type]
    )


BA_DINH = report((1840, 2000), (1568, 2000))
ONE = ReportsStory(
    metric=AGREES,
    tier="district",
    level_name=DISTRICTS,
    incident=incident(160, IncidentKind.MISREPORTED, "dossiers_on_time/district", opened=at(2024, 11, 20, 1, 5)),
    differ=(ReportLine("Quận Ba Đình", BA_DINH),),
    over=(),
    compared=30,
    owner=CHAIRS,
    as_of=at(2024, 11, 20, 1, 5),
    time_zone=HANOI,
    mention="S00000000QH",
    link=f"{BOARD}/reports/dossiers_on_time/district",
)
MANY = replace(
    ONE,
    differ=tuple(
        ReportLine(f"Xã thứ {number}", report((980 - number, 1000), (780, 1001), f"{number:05}"))
        for number in range(200)
    ),
    compared=579,
    level_name=examples.COMMUNES,
)
ACCEPTED = report(
    (1840, 2000), (1568, 2000), finding=ReportFinding.ACKNOWLEDGED, reason=TWO_SYSTEMS, acknowledged_by="city_office",
    acknowledged_until=date(2024, 12, 31),
)  # fmt: skip
OVER = replace(ONE, differ=(), edited=True, as_of=at(2024, 11, 25))
ACKNOWLEDGED = replace(
    OVER,
    incident=replace(ONE.incident, state=IncidentState.SUPERSEDED, closed_at=at(2024, 11, 25)),
    over=(ReportLine("Quận Ba Đình", ACCEPTED, BA_DINH, OFFICE),),
)
EXPIRED = replace(
    ONE,
    differ=(
        ReportLine("Quận Ba Đình", replace(ACCEPTED, finding=BA_DINH.finding, lapsed=Lapse.EXPIRED), None, OFFICE),
    ),
)
EXCEEDED = replace(
    ONE,
    differ=(
        ReportLine("Quận Ba Đình", replace(ACCEPTED, finding=BA_DINH.finding, lapsed=Lapse.EXCEEDED), None, OFFICE),
    ),
)
RESOLVED = replace(
    OVER,
    incident=replace(ONE.incident, state=IncidentState.RESOLVED, closed_at=at(2024, 11, 25)),
    over=(
        ReportLine("Quận Ba Đình", report((1570, 2000), (1568, 2000), finding=ReportFinding.AGREES), BA_DINH),
        ReportLine(
            "Huyện Ba Vì",
            report((900, 1000), (900, 1000), "271", ReportFinding.AGREES, month(2024, 11)),
            report((950, 1000), (900, 1000), "271"),
        ),
    ),
)
GOES_ON = replace(ONE, over=RESOLVED.over[:1], edited=True, as_of=at(2024, 11, 25))
RANKED = replace(
    ONE,
    metric=RANK,
    differ=(ReportLine("Sở TT&TT", replace(BA_DINH, reported_numerator=3, reported_denominator=1, computed_numerator=5,
                                           computed_denominator=1, allowed=0, deviation=2_000_000)),),
    compared=1,
    link=None,
)  # fmt: skip

NOW = judged(640, 800, 850_000, OCTOBER)
BEFORE = Shrinkage(*month(2024, 9), 650, 1000)
SHRANK = replace(
    OPENED,
    judged=replace(NOW, shrank=BEFORE),
    latest=replace(NOW, shrank=BEFORE),
    shrank=(
        UnitLine(
            "Huyện Ba Vì",
            replace(
                judged(60, 70, None, OCTOBER, role=Role.SHARE), shrank=replace(BEFORE, numerator=65, denominator=100)
            ),
        ),
    ),
)
RESTATED = replace(
    OPENED, judged=replace(NOW, shrank=Shrinkage(*OCTOBER, 650, 1000)), latest=NOW, behind=OPENED.behind[:1]
)
VISITS = replace(
    WEBSITES,
    id="portal_visits/2019-09-30",
    name=Text("Cổng: lượt truy cập từ năm 2003", "Portal: visits since 2003"),
    as_of=date(2019, 9, 30),
    numerator=None,
    denominator=None,
    published="150000000",
    unit_of_measure="count",
    check="none",
    qualifier="more than",
    contradictions=(
        Contradiction(Against.EARLIER, "200000000", "more than", date(2018, 9, 30), reference="R2018"),
        Contradiction(Against.REPUBLISHED, "210000000", "exact", date(2019, 9, 30), reference="R2021b"),
    ),
)
CONTRADICTED = replace(CLAIM, claim=VISITS)
AGAINST_RECORDS = replace(
    CLAIM,
    claim=replace(
        WEBSITES,
        published="92.0",
        contradictions=(
            Contradiction(Against.RECORDS, as_of=OCTOBER[1], since=OCTOBER[0], numerator=1568, denominator=2000),
        ),
        parts_agree=False,
    ),
)
RATE = replace(
    CLAIM,
    claim=replace(
        VISITS,
        name=Text("Cổng: lượt truy cập bình quân mỗi ngày", "Portal: visits a day on average"),
        published="20000",
        qualifier="nearly",
        contradictions=(
            Contradiction(
                Against.RATE, "220000000", "exact", date(2019, 9, 30), date(2018, 9, 30), "R2021b", 20_000_000, 365
            ),
        ),
    ),
)

TRUTHS: dict[str, Story | ReplyStory] = {
    "reports": ONE,
    "reports.many": MANY,
    "reports.rank": RANKED,
    "reports.expired": EXPIRED,
    "reports.exceeded": EXCEEDED,
    "reports.acknowledged": ACKNOWLEDGED,
    "reports.resolved": RESOLVED,
    "reply.reports": ReplyStory(
        ReplyKind.UNITS,
        GOES_ON,
        newly_differ=(ReportLine("Quận Hoàn Kiếm", report((95, 100), (78, 100), "002")),),
        still_differ=(ReportLine("Quận Ba Đình", BA_DINH, BA_DINH),),
    ),
    "reply.reports.acknowledged": ReplyStory(ReplyKind.SUPERSEDED, ACKNOWLEDGED),
    "reply.reports.resolved": ReplyStory(ReplyKind.RESOLVED, RESOLVED),
    "behind.shrank": SHRANK,
    "behind.shrank.restated": RESTATED,
    "claim.contradicted": CONTRADICTED,
    "claim.against_records": AGAINST_RECORDS,
    "claim.rate": RATE,
}
STORIES = {**examples.STORIES, **TRUTHS}
