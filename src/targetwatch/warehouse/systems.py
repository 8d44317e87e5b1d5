"""The systems that are asked: what came of it, and what that says of the periods that have ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from targetwatch.warehouse.session import Connection


class Answer(StrEnum):
    """What came of asking a source's system."""

    ANSWERED = "answered"  # with rows, or with nothing new
    NOT_CONNECTED = "not_connected"  # nobody has said where it is
    UNREACHABLE = "unreachable"  # it did not answer, and may the next time
    FAILED = "failed"  # it is no use to ask again before something is mended


@dataclass(frozen=True, slots=True)
class System:
    """How a source's system answered the last time."""

    answer: Answer
    says: str | None  # what is wrong, and which command comes next
    since: datetime  # it has come to the same
    asked_at: datetime
    has_answered: bool  # ever

    @property
    def waits(self) -> bool:
        """Whether nobody has connected it yet, which is no failure."""
        return self.answer is Answer.NOT_CONNECTED and not self.has_answered


def note_asked(conn: Connection, source: str, answer: Answer, asked_at: datetime, says: str | None = None) -> None:
    """Write down what came of asking the system of `source`. `says` must not have secrets in it."""
    conn.script(conn.files.query("note_asked"), source=source, state=answer.value, says=says, asked_at=asked_at)


def confirm_reports(conn: Connection, source: str, known_at: datetime, time_zone: str) -> int:
    """Count what a system that is asked bit by bit had told of periods that have ended by `known_at` as reported.

    To be called once it has answered and all of its answer is recorded. How many reports this makes is returned.
    """
    return conn.run("confirm_reports", source=source, known_at=known_at, time_zone=time_zone)


def in_service(conn: Connection) -> frozenset[str]:
    """The sources that have delivered anything, or whose system was connected when it was asked."""
    return frozenset(conn.frame("sources_in_service")["source"])


def newest(conn: Connection, source: str) -> System | None:
    """How the system of `source` answered the last time; None where it was never asked."""
    rows = conn.frame("system", source=source).rows(named=True)
    if not rows:
        return None
    (row,) = rows
    return System(Answer(row["state"]), row["says"], row["since"], row["asked_at"], row["has_answered"])
