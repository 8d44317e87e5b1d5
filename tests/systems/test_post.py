"""The post: service points and Vpostcodes of villages and residential groups, out of a CSV file, for two targets."""

from __future__ import annotations

from datetime import date

import pytest

from tests.systems.delivering import MAY, Told, communes, kept_of_people, tell
from tests.systems.exporters import Row, areas, semicolons

POINTS = ("postal_service_points", date(2025, 5, 1))
COVERED = ("vpostcode_households", date(2025, 5, 1))


def households(rows: list[Row]) -> tuple[int, int]:
    """The households with a Vpostcode, and all of them."""
    return sum(int(str(row["Số hộ có mã Vpostcode"])) for row in rows), sum(int(str(row["Số hộ"])) for row in rows)


@pytest.fixture(scope="module")
def listed() -> list[Row]:
    """Every village of all communes at the end of May; one commune has no service point."""
    rows = areas(communes(), MAY, seed=6)
    rows[0]["Số điểm phục vụ bưu chính"] = 0
    return rows


@pytest.fixture(scope="module")
def told(listed: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The list with a village that has more codes than households and one that is not there; again; and mended."""
    wrong = {**listed[1], "Mã thôn/tổ dân phố": "SAI", "Số hộ": 10, "Số hộ có mã Vpostcode": 11}
    ghost = {**listed[1], "Mã thôn/tổ dân phố": "KHÔNG CÓ"}
    mended = [{**row, "Số hộ có mã Vpostcode": row["Số hộ"], "Số điểm phục vụ bưu chính": 1} for row in listed]
    first = semicolons([*listed, wrong, ghost])
    return tell(
        tmp_path_factory.mktemp("post"),
        "post",
        {
            "first": ("buu-chinh-05.csv", first),
            "again": ("buu-chinh-05-gui-lai.csv", first),
            "corrected": (
                "buu-chinh-05-sua.csv",
                semicolons([*({**row, "Bỏ": ""} for row in mended), {**ghost, "Bỏ": "x"}]),
            ),
        },
    )


def test_villages_become_communes_and_households(told: Told, listed: list[Row]) -> None:
    """A commune is served if any of its villages is; households add up; both targets are told how far they are."""
    assert {one["status"] for one in told.before.values()} == {"no_data"}
    after = told["first"]
    coded, all_of_them = households([*listed, listed[1]])  # with the village that is not there
    assert after.figures[POINTS] == (len(communes()) - 1, len(communes()))
    assert after.figures[COVERED] == (coded, all_of_them)
    assert after.statuses["postal_service_points"]["headroom_units"] == -1
    assert after.statuses["vpostcode_households"]["status"] == "missed"
    assert after.bad == [("More households with a Vpostcode than households", "11")]


def test_a_village_that_was_listed_by_mistake_is_taken_back(told: Told, listed: list[Row]) -> None:
    """Deliveries add and correct; one that says that a row was a mistake takes it out of the count."""
    after = told["corrected"]
    _, all_of_them = households(listed)
    assert after.figures[COVERED] == (all_of_them, all_of_them)
    assert after.figures[POINTS] == (len(communes()), len(communes()))
    assert {name: one["status"] for name, one in after.statuses.items()} == {
        "postal_service_points": "met",
        "vpostcode_households": "met",
    }


def test_the_same_file_twice_changes_nothing(told: Told) -> None:
    """Under another name it is the same delivery."""
    assert told["again"].gathered.state == "already_known"
    assert (told["again"].state, told["again"].events) == (told["first"].state, 0)


def test_no_householder_is_kept(told: Told) -> None:
    """Householders and postmen are nowhere on disk."""
    assert kept_of_people(told.installation) == []
