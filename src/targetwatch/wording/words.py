"""The words for every status, reason, origin and state: board, message and command line say the same for one fact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from targetwatch.model import (
    Assessment,
    IncidentKind,
    IncidentState,
    Language,
    Origin,
    Period,
    PeriodState,
    Reason,
    Shrinkage,
    Status,
    Text,
    UnitEnding,
)
from targetwatch.wording import dates, nouns

STATUSES: Mapping[Status, Text] = {
    Status.MISSED: Text("Quá hạn, chưa đạt", "Missed"),
    Status.BEHIND: Text("Chậm tiến độ", "Behind"),
    Status.AT_RISK: Text("Có nguy cơ", "At risk"),
    Status.NOT_EVALUATED: Text("Chưa đánh giá được", "Not evaluated"),
    Status.STALE: Text("Số liệu quá cũ", "Stale"),
    Status.NO_DATA: Text("Chưa có số liệu", "No data"),
    Status.ON_TRACK: Text("Đúng tiến độ", "On track"),
    Status.MET: Text("Đã đạt", "Met"),
    Status.ENDED: Text("Đã kết thúc", "Ended"),
}
"""In the order in which people need them: what needs action, what cannot be judged, what is well, what is over."""

STATUSES_IN_A_SENTENCE: Mapping[Status, Text] = {
    Status.MISSED: Text("quá hạn", "missed"),
    Status.BEHIND: Text("chậm", "behind"),
    Status.AT_RISK: Text("có nguy cơ", "at risk"),
    Status.NOT_EVALUATED: Text("chưa đánh giá được", "not evaluated"),
    Status.STALE: Text("số liệu cũ", "stale"),
    Status.NO_DATA: Text("chưa có số liệu", "no data"),
    Status.ON_TRACK: Text("đúng tiến độ", "on track"),
    Status.MET: Text("đã đạt", "met"),
    Status.ENDED: Text("đã kết thúc", "ended"),
}

SLACK_SHAPES: Mapping[Status, str] = {
    Status.MISSED: ":heavy_multiplication_x:",
    Status.BEHIND: ":small_red_triangle_down:",
    Status.AT_RISK: ":large_orange_diamond:",
    Status.NOT_EVALUATED: ":no_entry_sign:",
    Status.STALE: ":hourglass:",
    Status.NO_DATA: ":white_circle:",
    Status.ON_TRACK: ":arrow_up_small:",
    Status.MET: ":white_check_mark:",
    Status.ENDED: ":heavy_minus_sign:",
}

REASONS: Mapping[Reason, Text] = {
    Reason.TARGET_ENDED: Text("Chỉ tiêu đã hết hiệu lực.", "The target is no longer in force."),
    Reason.UNIT_ENDED: Text(
        "Đơn vị, hoặc cả cấp đơn vị này, không còn nữa.", "The unit, or its whole tier, no longer exists."
    ),
    Reason.UNIT_PASSED_ON: Text(
        "Đơn vị không còn nữa; chỉ tiêu chuyển cho đơn vị tiếp nhận.",
        "The unit no longer exists; the target has passed on to those that follow it.",
    ),
    Reason.CHECK_FAILED: Text(
        "Có phép kiểm tra không chạy được nên chưa đánh giá.", "A check could not run, so nothing was judged."
    ),
    Reason.EMPTY_DENOMINATOR: Text(
        "Trong kỳ không có gì để tính (mẫu số bằng 0).",
        "There was nothing to count in the period (the denominator is 0).",
    ),
    Reason.SOURCE_PLANNED: Text("Nguồn số liệu chưa được kết nối.", "Its source is planned and not gathered yet."),
    Reason.NEVER_OBSERVED: Text("Chưa từng nhận được số liệu.", "Nothing was ever received."),
    Reason.NOTHING_DUE_YET: Text("Chưa đến hạn gửi số liệu lần đầu.", "Nothing has come due yet."),
    Reason.OVERDUE: Text(
        "Số liệu kỳ mới hơn đã quá hạn mà chưa có.", "Newer data is past its deadline and has not come."
    ),
    Reason.SHORT_OF_FINAL: Text(
        "Đã đến hạn mà chưa đạt mức cuối kỳ.", "The due date has passed and the final value is not reached."
    ),
    Reason.SHORT_OF_REQUIRED: Text("Chưa đạt mức cần đến nay.", "Short of what is needed now."),
    Reason.INCOMPLETE: Text(
        "Chưa thể kết luận: kết quả còn tùy các đơn vị chưa gửi.",
        "Cannot be said yet: it depends on the units that have not reported.",
    ),
    Reason.FINAL_REACHED: Text("Đã đạt mức cuối kỳ.", "The final value is reached."),
    Reason.WITHIN_MARGIN: Text(
        "Đạt mức cần đến nay, nhưng chỉ vừa qua ngưỡng.", "What is needed now is reached, but only just."
    ),
    Reason.REQUIRED_REACHED: Text("Đạt mức cần đến nay.", "What is needed now is reached."),
}

ORIGINS: Mapping[Origin, Text] = {
    Origin.COMPUTED: Text("tính từ hồ sơ gốc", "from the records"),
    Origin.REPORTED: Text("đơn vị tự báo cáo", "self-reported"),
    Origin.PUBLISHED: Text("số liệu đã công bố", "as published"),
}

PERIOD_STATES: Mapping[PeriodState, Text] = {
    PeriodState.PROVISIONAL: Text("tạm tính", "provisional"),
    PeriodState.COMPLETE: Text("đã đủ số liệu", "complete"),
    PeriodState.FINAL: Text("đã chốt", "final"),
}

INCIDENT_KINDS: Mapping[IncidentKind, Text] = {
    IncidentKind.BEHIND: Text("chậm tiến độ", "behind"),
    IncidentKind.LATE: Text("thiếu số liệu", "data missing"),
    IncidentKind.QUALITY: Text("lô bị từ chối", "delivery refused"),
    IncidentKind.MISREPORTED: Text("số liệu không khớp", "figures do not agree"),
}

INCIDENT_STATES: Mapping[IncidentState, Text] = {
    IncidentState.PENDING: Text("đang theo dõi thêm", "pending"),
    IncidentState.OPEN: Text("đang mở", "open"),
    IncidentState.ACKNOWLEDGED: Text("đã tiếp nhận", "acknowledged"),
    IncidentState.RESOLVED: Text("đã khắc phục", "resolved"),
    IncidentState.SUPERSEDED: Text("đã được thay thế", "superseded"),
    IncidentState.ENDED: Text("đã kết thúc", "ended"),
}

UNIT_ENDINGS: Mapping[UnitEnding, Text] = {
    UnitEnding.ENDS: Text("kết thúc cùng đơn vị", "ends with the unit"),
    UnitEnding.PASSES_ON: Text("chuyển cho đơn vị tiếp nhận", "passes on to those that follow"),
}

CLAIM_FINDINGS: Mapping[str, Text] = {
    "adds_up": Text("khớp", "adds up"),
    "misreported": Text("không khớp", "does not add up"),
    "not_compared": Text("không đối chiếu", "not compared"),
    "not_evaluated": Text("không nêu tử số, mẫu số", "no parts given"),
    "replaced": Text("đã có số khác thay thế", "replaced by a later figure"),
}

BATCH_STATES: Mapping[str, Text] = {
    "accepted": Text("nhận", "taken"),
    "refused": Text("từ chối", "refused"),
    "already_known": Text("đã nhận từ trước, không đổi gì", "known already, nothing changed"),
}

TARGET = Text("Chỉ tiêu", "Target")
VALUE = Text("Kết quả", "Value")
NEEDED = Text("cần", "needed")
NEEDED_NOW = Text("cần đạt đến nay", "needed now")
NOTHING_NEEDED_YET = Text("chưa có mốc trung gian", "nothing needed before due")
FINAL = Text("cuối kỳ", "final")
AGAINST_FINAL = Text("so với cuối kỳ", "vs final")
WHEN_UNIT_ENDS = Text("Khi đơn vị không còn", "When a unit ends")
HEADROOM = Text("Thiếu (−), vượt (+)", "Short (−), ahead (+)")
DUE = Text("Hạn", "Due")
HELD = Text("duy trì thường xuyên", "to be held")
OWNER = Text("Người chịu trách nhiệm", "Who accounts")
REPORTS = Text("Báo cáo", "Reports")
INCIDENT = Text("Cảnh báo", "Incident")
NO_INCIDENT = Text("không có", "none")
NO_VALUE = Text("chưa có kết quả", "no value")
LAST_KNOWN = Text("gần nhất", "last known")
CANNOT_BE_SAID = Text("chưa thể kết luận", "cannot be said yet")
EXACTLY_REACHED = Text("vừa đủ", "exactly reached")
ASSUMED_PATH = Text("lộ trình giả định", "assumed path")


def status(which: Status, language: Language, *, in_a_sentence: bool = False) -> str:
    """What a status is called: as a label, or as it runs in a sentence."""
    return (STATUSES_IN_A_SENTENCE if in_a_sentence else STATUSES)[which].in_(language)


def reason(which: Reason, language: Language, followers: Sequence[str] = ()) -> str:
    """Why a status is what it is, as a sentence; with the names of those who follow a unit that has passed on."""
    if which is Reason.UNIT_PASSED_ON and followers:
        to = passed_on_to(followers, language)
        gone = Text(f"Đơn vị không còn nữa; chỉ tiêu {to}.", f"The unit no longer exists; the target {to}.")
        return gone.in_(language)
    return REASONS[which].in_(language)


DENOMINATOR_SHRANK = Text("Tỷ lệ tăng vì mẫu số giảm", "The rate rose because its denominator shrank")


def shrank(
    before: Shrinkage | None,
    numerator: int | None,
    denominator: int | None,
    judged_from: date | None,
    counted: Text,
    language: Language,
) -> str:
    """That a rate rose only because there is less that it is a share of; empty where nothing of that is remarked.

    Tỷ lệ tăng vì mẫu số giảm: nay 640/800 hồ sơ, tháng 4/2025 là 650/1.000; tử số không tăng.
    """
    if before is None or numerator is None or denominator is None:
        return ""
    now = nouns.counted_of(numerator, denominator, counted, language)
    then = nouns.of(before.numerator, before.denominator, language)
    what = DENOMINATOR_SHRANK.in_(language)
    if before.period_start == judged_from:
        return Text(
            f"{what}: nay {now}, trước khi sửa số liệu là {then}; tử số không tăng.",
            f"{what}: {now} now, {then} before it was restated; the numerator did not rise.",
        ).in_(language)
    when = dates.period(Period(before.period_start, before.period_end), language)
    return Text(
        f"{what}: nay {now}, {when} là {then}; tử số không tăng.",
        f"{what}: {now} now, {then} in {when}; the numerator did not rise.",
    ).in_(language)


def shrank_from(judged: Assessment, language: Language) -> str:
    """The figures before and now of a rate whose denominator shrank: 650/1.000 → 640/800. Empty where it did not."""
    before = judged.shrank
    if before is None or judged.numerator is None or judged.denominator is None:
        return ""
    then = nouns.of(before.numerator, before.denominator, language)
    return f"{then} → {nouns.of(judged.numerator, judged.denominator, language)}"


def passed_on_to(followers: Sequence[str], language: Language, *, most: int = 3) -> str:
    """To whom something passed on: chuyển cho Phường Ba Đình và 2 đơn vị khác. Empty where nobody is named."""
    if not followers:
        return ""
    row = nouns.series(followers[:most], language, more=max(len(followers) - most, 0))
    return Text(f"chuyển cho {row}", f"passed on to {row}").in_(language)
