"""Refusals: why an action cannot be taken, and what to do instead, in words for whoever asked for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from targetwatch.model import Incident, IncidentState, Language, Silence, Text
from targetwatch.wording import dates


class Refusal(StrEnum):
    """Why an action cannot be taken."""

    NOTHING_NAMED = "nothing_named"
    NO_NUMBER = "no_number"
    UNKNOWN_INCIDENT = "unknown_incident"
    PENDING_INCIDENT = "pending_incident"
    CLOSED_INCIDENT = "closed_incident"
    NOT_ACKNOWLEDGED = "not_acknowledged"
    NO_AUTHOR = "no_author"
    NO_REASON = "no_reason"
    NO_MATCHER = "no_matcher"
    NO_TERM = "no_term"
    END_IN_THE_PAST = "end_in_the_past"
    END_BEFORE_BEGINNING = "end_before_beginning"
    UNKNOWN_SILENCE = "unknown_silence"
    SILENCE_OVER = "silence_over"


class ActionRefused(Exception):  # noqa: N818 - named after what is the case
    """An action cannot be taken. `says` tells why and what to do instead; nothing was done."""

    exit_code = 2  # wrong input, and no failure of ours

    def __init__(self, reason: Refusal, vi: str, en: str) -> None:
        super().__init__(en)
        self.reason = reason
        self.says = Text(vi, en)


def nothing_named() -> ActionRefused:
    """Neither a number nor anything else that incidents are known by."""
    return ActionRefused(
        Refusal.NOTHING_NAMED,
        "Chưa nêu cảnh báo nào. Hãy ghi số của cảnh báo, ví dụ TW-147; `targetwatch incidents` liệt kê các số đó.",
        "No incident was named. Write its number, such as TW-147; `targetwatch incidents` lists them.",
    )


def no_number(text: str) -> ActionRefused:
    """What was written is no incident's number."""
    return ActionRefused(
        Refusal.NO_NUMBER,
        f"{text!r} không phải là số của cảnh báo. Hãy ghi ví dụ TW-147; `targetwatch incidents` liệt kê các số đó.",
        f"{text!r} is no incident. Write its number, such as TW-147; `targetwatch incidents` lists them.",
    )


def no_author() -> ActionRefused:
    """Whose action it is was not said."""
    return ActionRefused(
        Refusal.NO_AUTHOR,
        "Chưa rõ ai thực hiện. Hãy ghi tên với --as.",
        "It is not said who does this. Write a name with --as.",
    )


def no_reason() -> ActionRefused:
    """A person reads it later and wants to know why."""
    return ActionRefused(
        Refusal.NO_REASON,
        "Chưa có lý do. Hãy ghi --reason với một câu mà người khác đọc hiểu được.",
        "No reason was given. Write --reason and a sentence that others will understand.",
    )


def no_matcher() -> ActionRefused:
    """A silence of everything."""
    return ActionRefused(
        Refusal.NO_MATCHER,
        "Không thể tắt thông báo về tất cả. Hãy nêu về điều gì, ví dụ kind=behind unit=001.",
        "Everything cannot be silenced. Write of what, such as kind=behind unit=001.",
    )


def no_term(text: str) -> ActionRefused:
    """What was written for an end or a length of time is neither."""
    return ActionRefused(
        Refusal.NO_TERM,
        f"Không hiểu thời hạn {text!r}. Hãy ghi một ngày như 2025-06-20, một thời điểm như 2025-06-20T17:00, hoặc một "
        "khoảng như 30m, 4h, 3d, 2w.",
        f"{text!r} is no end. Write a day such as 2025-06-20, a moment such as 2025-06-20T17:00, or a length of time "
        "such as 30m, 4h, 3d, 2w.",
    )


def end_in_the_past(end: datetime, time_zone: str) -> ActionRefused:
    """What was to end later has ended already."""
    vi, en = (dates.moment(end, time_zone, language) for language in (Language.VI, Language.EN))
    return ActionRefused(
        Refusal.END_IN_THE_PAST,
        f"{vi} đã qua. Hãy ghi một thời điểm còn ở phía trước.",
        f"{en} has passed. Write an end that is still to come.",
    )


def end_before_beginning(begins: datetime, ends: datetime, time_zone: str) -> ActionRefused:
    """It would end before it begins."""
    vi, en = (
        (dates.moment(ends, time_zone, language), dates.moment(begins, time_zone, language))
        for language in (Language.VI, Language.EN)
    )
    return ActionRefused(
        Refusal.END_BEFORE_BEGINNING,
        f"Kết thúc lúc {vi[0]} thì không sau lúc bắt đầu, {vi[1]}. Hãy ghi lúc kết thúc muộn hơn.",
        f"It would end at {en[0]}, not after its beginning at {en[1]}. Write a later end.",
    )


def unknown_incident(number: int) -> ActionRefused:
    """No incident has that number."""
    return ActionRefused(
        Refusal.UNKNOWN_INCIDENT,
        f"Không có cảnh báo TW-{number}. `targetwatch incidents` liệt kê các cảnh báo đang diễn ra.",
        f"There is no incident TW-{number}. `targetwatch incidents` lists those that go on.",
    )


def not_open(incident: Incident, time_zone: str) -> ActionRefused:
    """The incident is pending or closed, and nobody is told of it now."""
    if incident.state is IncidentState.PENDING:
        return ActionRefused(
            Refusal.PENDING_INCIDENT,
            f"{incident.name} chưa mở, nên chưa ai được báo. Khi nó mở thì có thể tiếp nhận.",
            f"{incident.name} is pending, and nobody has been told of it. It can be acknowledged once it opens.",
        )
    closed = incident.closed_at or incident.began_at
    vi, en = (dates.moment(closed, time_zone, language) for language in (Language.VI, Language.EN))
    return ActionRefused(
        Refusal.CLOSED_INCIDENT,
        f"{incident.name} đã đóng lúc {vi}, không còn gì để tiếp nhận. Nếu lại có chuyện thì sẽ có cảnh báo mới; "
        "`targetwatch incidents` liệt kê các cảnh báo đang diễn ra.",
        f"{incident.name} was {incident.state.value} at {en}: there is nothing left to acknowledge. A new breach is a "
        "new incident; `targetwatch incidents` lists those that go on.",
    )


def not_acknowledged(incident: Incident) -> ActionRefused:
    """Nobody has acknowledged it, or it has lapsed."""
    return ActionRefused(
        Refusal.NOT_ACKNOWLEDGED,
        f"{incident.name} đang không có ai tiếp nhận, nên không có gì để rút lại.",
        f"{incident.name} is not acknowledged, so there is nothing to take back.",
    )


def unknown_silence(silence: str, active: Iterable[Silence]) -> ActionRefused:
    """No silence is called so."""
    ids = ", ".join(one.id for one in active)
    vi = f"Đang có hiệu lực: {ids}." if ids else "Hiện không có lần tắt thông báo nào."
    en = f"In force are: {ids}." if ids else "None is in force."
    return ActionRefused(
        Refusal.UNKNOWN_SILENCE,
        f"Không có lần tắt thông báo nào là {silence!r}. {vi} `targetwatch silences --all` liệt kê tất cả.",
        f"No silence is called {silence!r}. {en} `targetwatch silences --all` lists them all.",
    )


def silence_over(silence: Silence, time_zone: str) -> ActionRefused:
    """It has ended already."""
    vi, en = (dates.moment(silence.ended_at, time_zone, language) for language in (Language.VI, Language.EN))
    return ActionRefused(
        Refusal.SILENCE_OVER,
        f"{silence.id} đã kết thúc lúc {vi}.",
        f"{silence.id} ended at {en}: nothing is withheld by it.",
    )
