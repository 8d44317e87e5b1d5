"""What people write for an incident and for an end, and what is refused with what to write instead."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targetwatch.incidents import ActionRefused, Refusal, terms

HANOI = "Asia/Ho_Chi_Minh"
NOW = datetime(2025, 6, 16, 3, tzinfo=UTC)  # ten o'clock in Hanoi

ENDS = [
    ("30m", NOW + timedelta(minutes=30)),
    (" 4h ", NOW + timedelta(hours=4)),
    ("3d", NOW + timedelta(days=3)),
    ("2w", NOW + timedelta(weeks=2)),
    ("2025-06-20", datetime(2025, 6, 20, 17, tzinfo=UTC)),  # to its end in Hanoi
    ("2025-06-20T17:00", datetime(2025, 6, 20, 10, tzinfo=UTC)),
    ("2025-06-20 17:00", datetime(2025, 6, 20, 10, tzinfo=UTC)),
    ("2025-06-20T17:00:00Z", datetime(2025, 6, 20, 17, tzinfo=UTC)),
    ("2025-06-20T17:00:00+09:00", datetime(2025, 6, 20, 8, tzinfo=UTC)),
]


@pytest.mark.parametrize(("text", "end"), ENDS)
def test_an_end_is_a_length_a_day_or_a_moment(text: str, end: datetime) -> None:
    """Days and moments are those of the programme's clock, unless they bring a zone of their own."""
    assert terms.until(text, NOW, HANOI) == end


@pytest.mark.parametrize(
    "text", ["", "soon", "3 months", "2025-02-30", "99999w", "9999-12-31", "-3d", "3dd", "20/06/2025"]
)
def test_what_is_no_end_is_refused(text: str) -> None:
    """The refusal repeats what was written and shows what an end looks like, in both languages."""
    with pytest.raises(ActionRefused) as refused:
        terms.until(text, NOW, HANOI)
    assert refused.value.reason is Refusal.NO_TERM
    assert all("2025-06-20" in said for said in (refused.value.says.vi, refused.value.says.en))


@given(st.text(max_size=30))
def test_no_text_is_a_breakdown(text: str) -> None:
    """Anything is an end with a zone, or is refused."""
    with suppress(ActionRefused):
        assert terms.until(text, NOW, HANOI).tzinfo is not None


def test_incidents_are_numbers_in_any_dress() -> None:
    """TW-147, tw147 and 147 are one; what is none says so."""
    assert terms.numbers(["TW-147", "tw148", " 149 "]) == (147, 148, 149)
    with pytest.raises(ActionRefused, match="'behind/x' is no incident") as refused:
        terms.numbers(["TW-1", "behind/x"])
    assert refused.value.reason is Refusal.NO_NUMBER
