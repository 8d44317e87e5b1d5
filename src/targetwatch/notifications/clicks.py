"""What a click says for the one who clicks: reasons in our own words, kept in both languages, and told in one."""

from __future__ import annotations

from targetwatch.model import Language, Text

BY_BUTTON = Text("bằng nút trên Slack", "by button")
UNTIL_DEADLINE = Text("tạm dừng đến hạn báo cáo kỳ sau", "snoozed until the next period is due")


def reason(kept: str, language: Language) -> str:
    """A reason as it is told: one of ours in the reader's language, and a person's in their own words."""
    ours = next((one for one in (BY_BUTTON, UNTIL_DEADLINE) if str(one) == kept), None)
    return kept if ours is None else ours.in_(language)
