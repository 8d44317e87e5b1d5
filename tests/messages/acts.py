"""Stories about what people do: acknowledge, silence, and what follows where nobody does; and of several at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from targetwatch.model import IncidentKind, IncidentState, Label, Matcher, Silence, Text
from targetwatch.notifications.stories import (
    AcknowledgedLine,
    Acted,
    Care,
    CollectedStory,
    Hears,
    MeanwhileStory,
    ReplyKind,
    ReplyStory,
    Story,
)
from tests.messages import examples
from tests.messages.examples import at, incident

APRIL_ACT = replace(
    examples.OPENED,
    edited=True,
    as_of=at(2024, 4, 15, 2, 40),
    care=replace(examples.UNTAKEN, listens=True),
)
REASON = "Số hóa hồ sơ đất đai xong trong quý III."
SECRETARY = "Chánh Văn phòng UBND huyện"
TAKEN_WHOLE = replace(
    APRIL_ACT,
    incident=replace(APRIL_ACT.incident, state=IncidentState.ACKNOWLEDGED),
    care=Care(
        group="behind/dossiers_district",
        acknowledged=(AcknowledgedLine((), "Trần Thị Bình", "Đã giao các huyện rà soát.", at(2024, 6, 28)),),
        of=16,
        listens=True,
    ),
)
LATE_WATCHED = replace(
    examples.LATE,
    care=Care(
        group="late/procedures",
        unacknowledged=1,
        of=1,
        next=Hears(Text("Chánh Văn phòng UBND Thành phố", "the Chief of the City Office"), at(2024, 11, 21, 10, 5)),
        listens=True,
        run="https://airflow.example/dags/watch/runs/scheduled__2024-11-20",
    ),
)
RANK_LATER = replace(
    examples.MISSED, incident=replace(examples.MISSED.incident, number=181, opened_at=at(2024, 4, 12)), care=Care()
)


def commune(number: int) -> Story:
    """A target of one of many communes that is behind."""
    return replace(
        examples.OPENED,
        target=replace(
            examples.DISTRICT_TARGET,
            short_name=Text(f"hồ sơ trực tuyến xã thứ {number}", f"dossiers online, commune {number}"),
        ),
        incident=incident(200 + number),
        judged=examples.judged(500 - number, 1000, 598_508, examples.MARCH),
        behind=(),
        units=1,
    )


COLLECTED = CollectedStory(
    stories=(RANK_LATER, examples.UPDATED, examples.EACH, examples.LATE, examples.CLAIM),
    over=(examples.RESOLVED, examples.REDELIVERED),
    of=((Text("phụ trách", "owner"), Text("Sở Thông tin và Truyền thông", "Department of Information")),),
    incident=examples.OPENED.incident,
    as_of=at(2024, 11, 20, 9, 5),
    time_zone=examples.HANOI,
    mention="S00000000SO",
    link=f"{examples.BOARD}/",
    care=Care(group="behind/all", unacknowledged=5, of=5, next=Hears(examples.SUPERIOR, at(2024, 11, 27, 9, 5))),
)
MANY = replace(COLLECTED, stories=tuple(map(commune, range(1, 222))), over=(), of=(), care=Care(), mention="")
ALL_OVER = replace(
    COLLECTED, stories=(), over=(examples.RESOLVED, examples.DELIVERED), edited=True, mention="",
    incident=examples.RESOLVED.incident, as_of=at(2025, 7, 14), care=Care(),
)  # fmt: skip
NOT_ALL_GOOD = replace(ALL_OVER, over=(examples.RESOLVED, examples.ENDED), incident=examples.ENDED.incident)
SILENCE = Silence(
    id="s-3f9a1c",
    match=(
        Matcher(Label.KIND, (IncidentKind.BEHIND.value,)),
        Matcher(Label.UNIT, ("271", "272"), negated=True),
    ),
    author="Trần Thị Bình",
    reason="Chuyển hệ thống một cửa, số liệu tháng 10 về chậm.",
    created_at=at(2024, 11, 1),
    begins=at(2024, 11, 1),
    ends=at(2024, 11, 20, 9, 0),
)
MEANWHILE = MeanwhileStory(
    silence=SILENCE,
    opened=(examples.UPDATED, examples.LATE),
    over=(examples.CORRECTED,),
    as_of=at(2024, 11, 20, 9, 5),
    time_zone=examples.HANOI,
)
NOT_ACKNOWLEDGED = examples.MARCH_UNITS[1:]
ESCALATED = Acted(
    left=NOT_ACKNOWLEDGED,
    to=examples.SUPERIOR,
    to_mention="S00000000SO",
    after_working_days=5,
    holidays=(date(2024, 4, 18),),
)
HOLIDAYS = (date(2024, 4, 29), date(2024, 4, 30), date(2024, 5, 1))

ACTS: dict[str, Story | ReplyStory | MeanwhileStory] = {
    "behind.buttons": replace(examples.OPENED, care=replace(examples.UNTAKEN, listens=True)),
    "behind.acknowledged": TAKEN_WHOLE,
    "behind.absorbed": replace(examples.OPENED, absorbed=examples.MARCH_UNITS[:5]),
    "late.buttons": LATE_WATCHED,
    "collected": COLLECTED,
    "collected.many": MANY,
    "collected.resolved": ALL_OVER,
    "collected.over": NOT_ALL_GOOD,
    "meanwhile": MEANWHILE,
    "meanwhile.nothing": replace(MEANWHILE, opened=(), over=()),
    "reply.acknowledged": ReplyStory(
        ReplyKind.ACKNOWLEDGED,
        APRIL_ACT,
        acted=Acted(("Huyện Ba Vì",), SECRETARY, REASON, at(2024, 9, 30), left=NOT_ACKNOWLEDGED),
    ),
    "reply.acknowledged.whole": ReplyStory(
        ReplyKind.ACKNOWLEDGED, LATE_WATCHED, acted=Acted((), "Trần Thị Bình", "Đang chờ Thạch Thất gửi lại.")
    ),
    "reply.lapsed": ReplyStory(ReplyKind.LAPSED, APRIL_ACT, acted=Acted(("Huyện Ba Vì",), why="term")),
    "reply.lapsed.worse": ReplyStory(ReplyKind.LAPSED, APRIL_ACT, acted=Acted(why="severity")),
    "reply.lapsed.withdrawn": ReplyStory(
        ReplyKind.LAPSED, APRIL_ACT, acted=Acted(("Huyện Ba Vì",), SECRETARY, "Chưa bố trí được máy quét.")
    ),
    "reply.escalated": ReplyStory(ReplyKind.ESCALATED, replace(APRIL_ACT, as_of=at(2024, 4, 22)), acted=ESCALATED),
    "reply.escalated.source": ReplyStory(
        ReplyKind.ESCALATED,
        LATE_WATCHED,
        acted=Acted(to=examples.SUPERIOR, after_working_days=10, holidays=HOLIDAYS),
    ),
    "reply.repeated": ReplyStory(
        ReplyKind.REPEATED, replace(examples.UPDATED, as_of=at(2024, 11, 27, 1, 5)), acted=Acted(left=NOT_ACKNOWLEDGED)
    ),
    "reply.repeated.source": ReplyStory(
        ReplyKind.REPEATED, replace(LATE_WATCHED, as_of=at(2024, 11, 27, 1, 5)), acted=Acted()
    ),
    "reply.repeated.claim": ReplyStory(
        ReplyKind.REPEATED, replace(examples.CLAIM, as_of=at(2024, 12, 20, 1, 5), care=Care(unacknowledged=1, of=1))
    ),
    "reply.collected": ReplyStory(
        ReplyKind.UNITS,
        COLLECTED,
        parts=(
            ReplyStory(ReplyKind.WORSE, examples.UPDATED),
            ReplyStory(ReplyKind.UNITS, examples.LATE),
            ReplyStory(ReplyKind.UNITS, examples.EACH, newly_behind=examples.EACH.behind[:1]),
            ReplyStory(ReplyKind.RESOLVED, examples.REDELIVERED),
        ),
    ),
    "reply.collected.resolved": ReplyStory(ReplyKind.RESOLVED, ALL_OVER),
}
