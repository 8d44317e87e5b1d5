"""The words of answers, and answers as Slack takes them: every piece of data escaped, and within its limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from targetwatch.model import Language, Text
from targetwatch.notifications.messages import mrkdwn

BLOCK = 2800  # characters of a section, under Slack's 3,000
BLOCKS = 3
LONGEST_LINE = 600

ELSEWHERE = Text(
    "Bạn thuộc một không gian Slack khác; chỉ người của không gian này mới dùng được các nút và /targets.",
    "You belong to another Slack workspace: the buttons and /targets are for the people of this one.",
)
NOT_OURS = Text(
    "Tin nhắn này không do hệ thống này gửi, hoặc đã quá cũ. Hãy dùng /targets để xem những gì đang cần xử lý.",
    "This message is not from this installation, or is too old. /targets lists what needs action now.",
)
BUSY = Text(
    "Cơ sở dữ liệu đang bận, chưa làm được gì. Hãy thử lại sau ít phút.",
    "The ledger is busy: nothing was done. Try again in a few minutes.",
)
BROKEN = Text(
    "Có trục trặc, có thể chưa làm được gì. Nhật ký của `targetwatch listen` ghi rõ; hãy báo bộ phận vận hành.",
    "Something went wrong, and maybe nothing was done. The log of `targetwatch listen` says what: tell the operators.",
)
CATALOGUE_BROKEN = Text(
    "Danh mục đang có lỗi, chưa làm được gì. `targetwatch validate` chỉ ra lỗi.",
    "The catalogue has errors, and nothing was done. `targetwatch validate` shows them.",
)
NOTHING_YET = Text(
    "Chưa có kết quả đánh giá nào. `targetwatch run` thu nhận, đánh giá và công bố.",
    "Nothing has been judged yet. `targetwatch run` gathers, judges and publishes.",
)
HELP = Text(
    "*/targets*: những gì cần xử lý, theo vai trò của bạn\n"
    "*/targets behind*: mọi chỉ tiêu chậm hoặc quá hạn\n"
    "*/targets TÊN*: tình trạng một chỉ tiêu, theo tên hoặc mã\n"
    "*/targets why TW-147*: vì sao có cảnh báo\n"
    "*/targets ack TW-147 lý do*: tiếp nhận, với lý do\n"
    "*/targets snooze TW-147 lý do*: tạm dừng đến hạn báo cáo kỳ sau\n"
    "*/targets silences*: các lần tắt thông báo đang có hiệu lực\n"
    "Chỉ mình bạn thấy câu trả lời.",
    "*/targets*: what needs action now, for your roles\n"
    "*/targets behind*: every target that is behind or missed\n"
    "*/targets NAME*: where one target stands, by its name or id\n"
    "*/targets why TW-147*: why there is an incident\n"
    "*/targets ack TW-147 reason*: acknowledge, with a reason\n"
    "*/targets snooze TW-147 reason*: withhold messages until the next period is due\n"
    "*/targets silences*: the silences in force\n"
    "Only you see the answers.",
)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to one person: lines that are already escaped. `told`: others are to hear of what was done."""

    lines: tuple[str, ...]
    told: bool = False

    @classmethod
    def of(cls, text: Text, language: Language, *, told: bool = False) -> Reply:
        """Words of ours, which may hold marks."""
        return cls(tuple(text.in_(language).split("\n")), told)


def data(text: str, limit: int = LONGEST_LINE) -> str:
    """Data as text that can only be read."""
    return mrkdwn.escape(text, limit)


def payload(reply: Reply, language: Language) -> Mapping[str, object]:
    """A reply as Slack takes it. Lines that do not fit are left out whole, and it says how many."""
    left = list(reply.lines)
    sections: list[list[str]] = []
    while left and len(sections) < BLOCKS:
        taken: list[str] = []
        # The last section keeps room to say how many lines were left out.
        room = BLOCK - (80 if len(sections) == BLOCKS - 1 else 0)
        while left and len(left[0]) + 1 <= room:
            room -= len(left[0]) + 1
            taken.append(left.pop(0))
        if not taken:  # one line that is too long for a section by itself
            taken.append(left.pop(0)[: BLOCK - 100] + "…")
        sections.append(taken)
    if left:
        more = Text(f"… và {len(left)} dòng nữa", f"… and {len(left)} more lines").in_(language)
        sections[-1].append(more)
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "\n".join(lines), "verbatim": True}}
        for lines in sections
        if "".join(lines).strip()
    ]
    return {"text": plain("\n".join(reply.lines))[:BLOCK] or "–", "blocks": blocks}


def plain(text: str) -> str:
    """Words without their bold, for a notification on a phone."""
    return text.replace("*", "")


def listed(shown: Sequence[str], of: int, more: str, language: Language) -> list[str]:
    """Lines, and how many there are besides, with the command that lists them all."""
    if of <= len(shown):
        return list(shown)
    left = of - len(shown)
    return [*shown, Text(f"… và {left} mục nữa: `{more}`", f"… and {left} more: `{more}`").in_(language)]
