"""Undelivered: what the board says of messages that could not be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from targetwatch.board.standing import Record
from targetwatch.model import Language, Text
from targetwatch.wording import dates

LATE = timedelta(hours=1)  # what waits longer is said
RECENTLY = timedelta(days=30)  # what was refused longer ago is not


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Messages of one receiver that could not be sent: it is unreachable, they are late, or they were refused."""

    how: str
    receiver: str
    since: datetime
    says: Text
    messages: int
    told_to: str | None

    @classmethod
    def of(cls, row: Record) -> Undelivered:
        """What a row of `board_undelivered` says."""
        says = row["says"] or ""
        both = Text.parse(says) if row["how"] == "unreachable" else Text(says, says)
        return cls(row["how"], row["receiver"], row["since"], both, row["messages"], row["told_to"])

    def first(self, language: Language) -> str:
        """What is the matter, in bold."""
        name, count = self.receiver, self.messages
        were = "message was" if count == 1 else "messages were"
        wait = "message waits" if count == 1 else "messages wait"
        words = {
            "unreachable": Text(f"Không gửi được tin cho {name}.", f"Messages to {name} cannot be sent."),
            "late": Text(f"{count} tin cho {name} còn chờ gửi.", f"{count} {wait} to be sent to {name}."),
            "refused": Text(f"{count} tin cho {name} không được nhận.", f"{count} {were} refused by {name}."),
        }
        return words[self.how].in_(language)

    def then(self, time_zone: str, language: Language) -> str:
        """Since when, why, and who was told instead."""
        since = dates.moment(self.since, time_zone, language)
        said = [Text(f"Từ {since}.", f"Since {since}.").in_(language), self.says.in_(language)]
        if self.how == "unreachable":
            wait = "1 message waits" if self.messages == 1 else f"{self.messages} messages wait"
            said.append(
                Text(f"{self.messages} tin đang chờ, không tin nào bị bỏ.", f"{wait}; none is dropped.").in_(language)
            )
            if self.told_to:
                said.append(Text(f"Đã báo cho {self.told_to}.", f"{self.told_to} was told.").in_(language))
        return " ".join(one for one in said if one)
