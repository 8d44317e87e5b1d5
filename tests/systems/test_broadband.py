"""Broadband: households that a line could reach, commune by commune, out of a Parquet file, for two targets."""

from __future__ import annotations

from datetime import date

import pytest

from tests.systems.delivering import MAY, Told, communes, kept_of_people, tell
from tests.systems.exporters import Row, lines, parquet

HOUSEHOLDS = ("broadband_households", date(2025, 5, 1))
COMMUNES = ("broadband_communes", date(2025, 5, 1))


def covered(rows: list[Row]) -> tuple[int, int]:
    """The households that a line could reach, and all of them."""
    return sum(int(str(row["so_ho_co_ha_tang"])) for row in rows), sum(int(str(row["so_ho"])) for row in rows)


@pytest.fixture(scope="module")
def listed() -> list[Row]:
    """Every commune at the end of May; no line reaches the first one."""
    rows = lines(communes(), MAY, seed=7)
    rows[0]["so_ho_co_ha_tang"] = 0
    return rows


@pytest.fixture(scope="module")
def told(listed: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The file with a row of the future, the same again, and one in which a line reaches the first commune."""
    tomorrow = {**listed[0], "ngay_chot": date(2025, 6, 30)}
    reached = {**listed[0], "so_ho_co_ha_tang": listed[0]["so_ho"]}
    first = parquet([*listed, tomorrow])
    return tell(
        tmp_path_factory.mktemp("broadband"),
        "broadband",
        {
            "first": ("bang_rong_202505.parquet", first),
            "again": ("bang_rong_202505_v2.parquet", first),
            "corrected": ("bang_rong_202505_sua.parquet", parquet([reached])),
        },
    )


def test_communes_become_two_shares(told: Told, listed: list[Row]) -> None:
    """Households add up; a commune has broadband if a line could reach any of its households."""
    assert {one["status"] for one in told.before.values()} == {"no_data"}
    after = told["first"]
    assert after.figures[HOUSEHOLDS] == covered(listed)
    assert after.figures[COMMUNES] == (len(listed) - 1, len(listed))
    assert {one["bodies_reported"] for one in after.statuses.values()} == {len(listed)}
    assert {one["status"] for one in after.statuses.values()} <= {"behind", "at_risk", "on_track", "met"}


def test_what_lies_in_the_future_is_put_aside(told: Told) -> None:
    """Nobody knows yet how it stands at the end of June."""
    assert told["first"].bad == [("A date in the future", "2025-06-30")]


def test_a_correction_of_one_commune_restates_the_city(told: Told, listed: list[Row]) -> None:
    """Only the commune that is delivered changes; with it every commune has broadband."""
    after = told["corrected"]
    all_but_one, _ = covered(listed)
    households, all_of_them = after.figures[HOUSEHOLDS]
    assert (households, all_of_them) == (all_but_one + int(str(listed[0]["so_ho"])), covered(listed)[1])
    assert after.statuses["broadband_communes"]["status"] == "met"


def test_the_same_file_twice_changes_nothing(told: Told) -> None:
    """Under another name it is the same delivery."""
    assert told["again"].gathered.state == "already_known"
    assert (told["again"].state, told["again"].events) == (told["first"].state, 0)


def test_no_subscriber_is_kept(told: Told) -> None:
    """Subscribers and their numbers are nowhere on disk."""
    assert kept_of_people(told.installation) == []
