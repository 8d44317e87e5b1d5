"""Commune radio: stations and their AI-voiced programmes, out of a spreadsheet as an office keeps it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest

from tests.systems.delivering import MAY, Told, communes, kept_of_people, tell
from tests.systems.exporters import Row, sheet, stations

FIGURE = ("communes_with_ai_radio", date(2025, 5, 1))
TITLE = "BIỂU TỔNG HỢP ĐÀI TRUYỀN THANH CƠ SỞ – KỲ 05/2025"


def carrying(rows: list[Row]) -> tuple[int, int]:
    """How many communes have any station with an AI-voiced programme, and how many there are."""
    programmes: dict[object, int] = defaultdict(int)
    for row in rows:
        programmes[row["Mã xã"]] += int(str(row["Số chương trình giọng đọc AI"]))
    return sum(count > 0 for count in programmes.values()), len(programmes)


@pytest.fixture(scope="module")
def listed() -> list[Row]:
    """The stations of all communes in May."""
    return stations(communes(), MAY, seed=5)


@pytest.fixture(scope="module")
def told(listed: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The sheet with a station that is none, the same bytes again, and a sheet in which every station carries some."""
    wrong = {**listed[0], "Đài số": 0, "Công nghệ": "Chưa có đài", "Số chương trình giọng đọc AI": 5}
    first = sheet([*listed, {**wrong, "Đài số": 0}], TITLE)
    every = [
        {**row, "Đài số": max(int(str(row["Đài số"])), 1), "Công nghệ": "IP", "Số chương trình giọng đọc AI": 8}
        for row in listed
    ]
    return tell(
        tmp_path_factory.mktemp("radio"),
        "commune_radio",
        {
            "first": ("Đài truyền thanh T5.xlsx", first),
            "again": ("Đài truyền thanh T5 - bản sao.xlsx", first),
            "corrected": ("Đài truyền thanh T5 - sửa.xlsx", sheet(every, TITLE)),
        },
        targets={"communes_with_ai_radio": 100},
    )


def test_a_commune_counts_once_by_any_of_its_stations(told: Told, listed: list[Row]) -> None:
    """Below titles and merged cells the table is found; days written as text are read."""
    assert told.before["communes_with_ai_radio"]["status"] == "no_data"
    having, all_of_them = carrying(listed)
    after = told["first"]
    assert after.gathered.rows_accepted == len(listed)
    assert after.figures[FIGURE] == (having, all_of_them) == (having, len(communes()))
    assert after.statuses["communes_with_ai_radio"]["headroom_units"] == having - all_of_them


def test_a_programme_without_a_station_is_put_aside(told: Told) -> None:
    """Where there is no station nothing can be carried: the row contradicts itself."""
    assert told["first"].bad == [("AI-voiced programmes where there is no station", "5")]


def test_the_same_sheet_twice_changes_nothing(told: Told) -> None:
    """Under another name it is the same delivery."""
    assert told["again"].gathered.state == "already_known"
    assert (told["again"].state, told["again"].events) == (told["first"].state, 0)


def test_a_corrected_sheet_restates_the_month(told: Told) -> None:
    """With a programme everywhere the target is met."""
    after = told["corrected"]
    assert after.figures[FIGURE] == (len(communes()), len(communes()))
    assert after.statuses["communes_with_ai_radio"]["status"] == "met"


def test_no_announcer_is_kept(told: Told) -> None:
    """Names and telephone numbers of announcers are nowhere on disk."""
    assert kept_of_people(told.installation) == []
