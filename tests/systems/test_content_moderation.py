"""Handling of unlawful online content: requests to platforms, out of a CSV file, by the year of what was done."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.systems.delivering import Told, kept_of_people, tell
from tests.systems.exporters import Row, requests, semicolons

NOW = datetime(2025, 1, 15, 2, tzinfo=UTC)
REMOVED = ("Đã gỡ", "đã khóa")


def taken_down(rows: list[Row], platform: str, year: int) -> int:
    """How many of the requests a platform had answered by taking down, in a year."""
    return sum(
        row["Nền tảng"] == platform
        and row["Kết quả"] in REMOVED
        and isinstance(acted := row["Ngày xử lý"], date)
        and acted.year == year
        for row in rows
    )


def known(rows: list[Row]) -> list[Row]:
    """The requests as they stand on the day of the delivery: nothing was acted on later."""
    return [
        {**row, "Ngày xử lý": None, "Kết quả": "Đang chờ"}
        if isinstance(acted := row["Ngày xử lý"], date) and acted > NOW.date()
        else row
        for row in rows
    ]


@pytest.fixture(scope="module")
def asked() -> list[Row]:
    """The requests of 2024, as they stand in the middle of January."""
    return known(requests(2024, 300, seed=8))


@pytest.fixture(scope="module")
def told(asked: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The year with a clip that was taken down nobody knows when; again; and with that clip taken down in January."""
    undated = {**asked[0], "Mã yêu cầu": "YC-SAI", "Nền tảng": "YouTube", "Kết quả": "Đã gỡ", "Ngày xử lý": None}
    moved = {**undated, "Ngày xử lý": date(2025, 1, 10)}
    first = semicolons([*asked, undated])
    return tell(
        tmp_path_factory.mktemp("content"),
        "content_moderation",
        {
            "first": ("xu-ly-thong-tin-2024.csv", first),
            "again": ("xu-ly-thong-tin-2024 (1).csv", first),
            "corrected": ("xu-ly-thong-tin-2024-bo-sung.csv", semicolons([moved, _once_more(asked)])),
        },
        targets={"takedown_youtube": 60, "takedown_facebook": 1000},
        now=NOW,
    )


def _once_more(asked: list[Row]) -> Row:
    """A clip of YouTube that was taken down in 2024, now said to have been refused."""
    one = next(row for row in asked if row["Nền tảng"] == "YouTube" and row["Kết quả"] in REMOVED)
    return {**one, "Kết quả": "Từ chối"}


def test_what_was_taken_down_is_counted_by_year_and_platform(told: Told, asked: list[Row]) -> None:
    """Neither what was refused, nor what is pending, nor another platform's counts."""
    assert {one["status"] for one in told.before.values()} == {"no_data"}
    after = told["first"]
    for metric, platform in (("takedown_youtube", "YouTube"), ("takedown_facebook", "Facebook")):
        assert after.figures[metric, date(2024, 1, 1)] == (taken_down(asked, platform, 2024), 1)
    assert after.statuses["takedown_youtube"]["status"] == "met"
    facebook = after.statuses["takedown_facebook"]
    assert (facebook["status"], facebook["headroom_units"]) == ("behind", taken_down(asked, "Facebook", 2024) - 1000)


def test_what_was_taken_down_nobody_knows_when_is_put_aside(told: Told) -> None:
    """It would count in no year, and so would be lost in silence."""
    assert told["first"].bad == [("Taken down, and nothing says when", None)]


def test_a_correction_changes_the_year(told: Told, asked: list[Row]) -> None:
    """One clip less in 2024, and none of what was done in January 2025 counts there."""
    after = told["corrected"]
    assert after.figures["takedown_youtube", date(2024, 1, 1)] == (taken_down(asked, "YouTube", 2024) - 1, 1)


def test_the_same_file_twice_changes_nothing(told: Told) -> None:
    """Under another name it is the same delivery."""
    assert told["again"].gathered.state == "already_known"
    assert (told["again"].state, told["again"].events) == (told["first"].state, 0)


def test_nothing_is_kept_of_what_was_to_be_taken_down(told: Told) -> None:
    """Links, and who put them there or complained, are nowhere on disk."""
    assert kept_of_people(told.installation) == []
