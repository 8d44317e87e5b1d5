"""Reasons: why a message was not told, or not yet. They are the `state_reason` of rows that were suppressed."""

from __future__ import annotations

from enum import StrEnum

from targetwatch.model import Text


class Withheld(StrEnum):
    """Why nothing was sent. What those of the second group hold back is told when they end."""

    POOLED_IS_NOT_BEHIND = "pooled_is_not_behind"  # a unit's share, while the target as a whole is not behind
    NOT_BEGUN = "not_begun"  # nothing has ever come from the source: an empty installation tells nobody of every one
    NOT_WORSE_ENOUGH = "not_worse_enough"  # worse by less than the receiver's `worse_by`: the message is edited
    NOT_EDITABLE = "not_editable"  # e-mail and webhooks cannot edit what is out
    OVER_BEFORE_TOLD = "over_before_told"  # it was over within group_wait, or while what accounts for it was open
    DIGEST_OVERTAKEN = "digest_overtaken"  # the time of the next digest came before it was made

    GROUP_WAIT = "group_wait"
    GROUP_INTERVAL = "group_interval"
    OUTSIDE_HOURS = "outside_hours"
    SILENCED = "silenced"  # silenced:ID
    INHIBITED = "inhibited"  # inhibited:TW-n
    ABSORBED = "absorbed"  # absorbed:TW-n, in whose message it is counted


WORDS = {
    Withheld.POOLED_IS_NOT_BEHIND: Text(
        "chỉ tiêu tính chung chưa chậm, nên phần của từng đơn vị không được báo riêng",
        "the target as a whole is not behind, so that its units are not told of",
    ),
    Withheld.NOT_BEGUN: Text("nguồn chưa từng gửi số liệu", "nothing has ever come from the source"),
    Withheld.NOT_WORSE_ENOUGH: Text(
        "xấu đi ít hơn mức worse_by của nơi nhận: chỉ sửa tin nhắn",
        "worse by less than the receiver's worse_by: the message was edited only",
    ),
    Withheld.NOT_EDITABLE: Text(
        "thư và webhook không sửa được tin đã gửi", "e-mail and webhooks cannot edit what has been sent"
    ),
    Withheld.OVER_BEFORE_TOLD: Text("đã hết trước khi đến lúc báo", "it was over before it was to be told"),
    Withheld.DIGEST_OVERTAKEN: Text("đã đến kỳ của bản tin sau", "the next digest was due before it was made"),
    Withheld.GROUP_WAIT: Text("chờ hết group_wait của nhóm", "its group_wait has not passed yet"),
    Withheld.GROUP_INTERVAL: Text(
        "nhóm này vừa được báo: chờ hết group_interval", "its group was told of less than a group_interval ago"
    ),
    Withheld.OUTSIDE_HOURS: Text("ngoài giờ nhận tin của nơi nhận", "outside the hours of its route"),
    Withheld.SILENCED: Text("đang tắt thông báo theo {}", "muted by the silence {}"),
    Withheld.INHIBITED: Text("cảnh báo {} là nguyên nhân và đang mở", "{}, which is open, accounts for it"),
    Withheld.ABSORBED: Text("được tính trong tin nhắn của {}", "it is counted in the message of {}"),
}


def silenced(silence: str) -> str:
    """Muted by the silence of that id."""
    return f"{Withheld.SILENCED}:{silence}"


def inhibited(by: str) -> str:
    """Inhibited by the incident of that name, TW-147."""
    return f"{Withheld.INHIBITED}:{by}"


def absorbed(by: str) -> str:
    """Counted in the message of the incident of that name."""
    return f"{Withheld.ABSORBED}:{by}"


def explained(state_reason: str) -> Text | None:
    """A row's `state_reason` in words for people; None where it is none of these (an answer of Slack's)."""
    kind, _, named = state_reason.partition(":")
    if kind not in set(Withheld):
        return None
    words = WORDS[Withheld(kind)]
    return Text(words.vi.format(named), words.en.format(named))
