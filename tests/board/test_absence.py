"""What the board says of a source whose units are late: since when, and that nothing ever came."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from targetwatch.board import absence
from targetwatch.board.trouble import Late, Silent
from targetwatch.model import Language, Period

MAY = Period(date(2025, 5, 1), date(2025, 5, 31))
MARCH = Period(date(2025, 3, 1), date(2025, 3, 31))


def late(*silent: Silent, has_begun: bool = True) -> Late:
    """A source whose May is overdue."""
    return Late(MAY, datetime(2025, 6, 13, 10, tzinfo=UTC), (), (), silent, has_begun)


@pytest.mark.parametrize(
    ("language", "says"),
    [
        (Language.EN, "Missing 3 periods in a row, from March 2025 on: A, B, C, D, E and 2 more."),
        (Language.VI, "Thiếu liền 3 kỳ, từ tháng 3/2025: A, B, C, D, E và 2 đơn vị khác."),
    ],
    ids=str,
)
def test_who_is_silent_is_named_with_since_when(language: Language, says: str) -> None:
    """The first few by name, and how many more."""
    assert absence.silences(late(Silent(MARCH, 3, tuple("ABCDEFG"))), language) == [says]


def test_who_is_missing_for_the_first_time_is_not_named_twice() -> None:
    """Where nobody missed an earlier period nothing is added."""
    assert absence.silences(late(), Language.EN) == []


def test_a_source_that_never_began_says_that_alone() -> None:
    """Five hundred units without a single report are one sentence."""
    everyone = Silent(MARCH, 3, tuple(f"Xã {number}" for number in range(579)))
    assert absence.silences(late(everyone, has_begun=False), Language.EN) == ["Nothing ever came from this source."]
