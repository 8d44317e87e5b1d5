"""How bad an incident is, who is on it, and what mutes it, in the words of both languages."""

from __future__ import annotations

from datetime import UTC, datetime

from targetwatch.model import IncidentState, Language, Severity
from targetwatch.wording.care import Care

HANOI = "Asia/Ho_Chi_Minh"
NOW = datetime(2025, 6, 16, 3, tzinfo=UTC)
UNTIL = datetime(2025, 6, 20, 10, tzinfo=UTC)
TAKEN = Care(IncidentState.ACKNOWLEDGED, Severity.CRITICAL, "Linh", "đang chuyển máy chủ", UNTIL)


def test_who_is_on_it_why_and_until_when() -> None:
    """One line each, in the language and form of whoever reads it."""
    assert TAKEN.lines(NOW, HANOI, Language.VI) == [
        "nghiêm trọng",
        "Linh, đến 17:00 ngày 20/06/2025",
        "“đang chuyển máy chủ”",
    ]
    assert TAKEN.standing(HANOI, Language.EN) == "acknowledged: Linh, until 17:00, 20 Jun 2025"


def test_nobody_is_on_what_is_open_and_whether_it_was_escalated() -> None:
    """That nobody is on it is said, and not left blank; of what is over or pending nothing is."""
    assert Care(IncidentState.OPEN, Severity.NOTICE).lines(NOW, HANOI, Language.EN) == [
        "notice",
        "nobody has acknowledged",
    ]
    assert "escalated" in Care(IncidentState.OPEN, Severity.NOTICE, escalation_steps=1).who(HANOI, Language.EN)
    for state in (IncidentState.PENDING, IncidentState.RESOLVED):
        assert Care(state, Severity.NOTICE).who(HANOI, Language.EN) == ""


def test_a_silence_is_said_while_it_lasts() -> None:
    """Not before it begins, nor once it has ended, nor of an incident that is closed."""
    row = {"state": "open", "severity": "warning", "silence": "s-1", "silenced_from": NOW, "silenced_until": UNTIL}
    muted = Care.of(row)
    assert muted.muted(NOW, HANOI, Language.EN) == "muted until 17:00, 20 Jun 2025 (s-1)"
    assert muted.muted(UNTIL, HANOI, Language.EN) == ""
    assert muted.muted(datetime(2025, 6, 1, tzinfo=UTC), HANOI, Language.EN) == ""
    assert Care.of({**row, "state": "resolved"}).muted(NOW, HANOI, Language.EN) == ""


def test_what_an_earlier_release_published_says_less() -> None:
    """A snapshot without these columns is read, and nothing is made up."""
    assert Care.of({"state": "open"}).lines(NOW, HANOI, Language.EN) == []
