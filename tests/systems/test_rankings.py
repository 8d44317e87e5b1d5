"""Published rankings: one row a ranking and year, out of a CSV file that somebody writes once a year."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.systems.delivering import Told, tell
from tests.systems.exporters import Row, semicolons

NOW = datetime(2025, 7, 20, 2, tzinfo=UTC)
FIGURE = ("digital_transformation_rank", date(2024, 1, 1))


def ranked(ranking: str, year: int, rank: int, published_on: date) -> Row:
    """A place among the sixty-three provinces and cities. Invented."""
    return {"ranking": ranking, "year": year, "rank": rank, "of": 63, "published_on": published_on}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Three years; the same again; a list with a place beyond the last, which is refused whole; and a correction."""
    years = [ranked(FIGURE[0], year, 30 - 2 * (year - 2022), date(year + 1, 7, 12)) for year in (2022, 2023, 2024)]
    mended = ranked(FIGURE[0], 2024, 4, date(2025, 7, 15))
    return tell(
        tmp_path_factory.mktemp("rankings"),
        "rankings",
        {
            "first": ("xep-hang.csv", semicolons(years)),
            "again": ("xep-hang-2.csv", semicolons(years)),
            "refused": ("xep-hang-sai.csv", semicolons([{**mended, "rank": 64}])),
            "corrected": ("xep-hang-sua.csv", semicolons([mended])),
        },
        now=NOW,
        origin="published",
    )


def test_a_place_is_judged_once_a_year(told: Told) -> None:
    """The newest year counts, and lower is better."""
    assert told.before[FIGURE[0]]["status"] == "no_data"
    assert told["first"].figures[FIGURE] == (26, 1)
    assert told["first"].statuses[FIGURE[0]]["status"] == "behind"


def test_a_list_with_an_error_is_refused_whole(told: Told) -> None:
    """So few rows are written by hand: none is taken while one is wrong, and what stood before stands."""
    assert told["refused"].gathered.state == "refused"
    assert ("The rank is beyond the number ranked", "64") in told["refused"].bad
    assert told["refused"].figures == told["first"].figures


def test_a_correction_restates_the_year(told: Told) -> None:
    """The corrected place is the one that is judged."""
    assert told["corrected"].figures[FIGURE] == (4, 1)
    assert told["corrected"].statuses[FIGURE[0]]["status"] == "met"


def test_the_same_list_twice_changes_nothing(told: Told) -> None:
    """Under another name it is the same delivery."""
    assert told["again"].gathered.state == "already_known"
    assert (told["again"].state, told["again"].events) == (told["first"].state, 0)
