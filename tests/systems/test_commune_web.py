"""Web pages of communes: what the weekly looks found, out of a CSV file, beside the share that was published."""

from __future__ import annotations

from datetime import date

import pytest

from tests.systems.delivering import MAY, Told, communes, kept_of_people, tell
from tests.systems.exporters import Row, looks, semicolons

FIGURE = ("commune_websites", date(2025, 5, 1))
DAYS = (date(2025, 5, 7), date(2025, 5, 14), date(2025, 5, 28))


def own_pages(rows: list[Row]) -> tuple[int, int]:
    """How many communes had a page of their own at their last look, and how many there are."""
    last = {row["Mã xã"]: str(row["Trang thông tin"]).lower() for row in rows}  # later rows are of later looks
    return sum("trang riêng" in found for found in last.values()), len(last)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Three looks at every commune with a wrong row, the same again, and a look at the end of May at two of them."""
    rows = looks(communes(), DAYS, seed=3)
    wrong = {**rows[0], "Ngày kiểm tra": date(2025, 5, 8), "Trang thông tin": "đang nâng cấp"}
    last = [{**row, "Ngày kiểm tra": MAY, "Trang thông tin": "Có trang riêng"} for row in looks(communes(), [MAY], 4)]
    return tell(
        tmp_path_factory.mktemp("web"),
        "commune_web",
        {
            "first": ("kiem-tra-trang-05.csv", semicolons([*rows, wrong])),
            "again": ("kiem-tra-trang-05 (1).csv", semicolons([*rows, wrong])),
            "corrected": ("kiem-tra-trang-05-bo-sung.csv", semicolons(last)),
        },
        targets={"commune_websites": 95},
    )


def test_the_last_look_is_the_month(told: Told) -> None:
    """A commune has a page if its last look of the month found one of its own, whatever the looks before found."""
    assert told.before["commune_websites"]["status"] == "no_data"
    having, all_of_them = own_pages(looks(communes(), DAYS, seed=3))
    after = told["first"]
    assert after.figures[FIGURE] == (having, all_of_them)
    assert 0 < having < all_of_them
    assert after.statuses["commune_websites"]["status"] == "behind"
    assert after.bad == [("An unknown state of the page", "đang nâng cấp")]


def test_a_later_look_restates_the_month(told: Told) -> None:
    """A look at the end of the month stands in place of the ones before."""
    after = told["corrected"]
    assert after.figures[FIGURE] == (len(communes()), len(communes()))
    assert after.statuses["commune_websites"]["status"] == "met"


def test_the_same_file_twice_changes_nothing(told: Told) -> None:
    """Under another name it is the same delivery."""
    assert told["again"].gathered.state == "already_known"
    assert (told["again"].state, told["again"].events) == (told["first"].state, 0)


def test_no_keeper_of_a_page_is_kept(told: Told) -> None:
    """Whoever keeps a page, and where they can be reached, is nowhere on disk."""
    assert kept_of_people(told.installation) == []
