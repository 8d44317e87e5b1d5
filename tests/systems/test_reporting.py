"""The reporting system: what units report of themselves, out of a spreadsheet, judged where the records say nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.systems.delivering import Told, communes, kept_of_people, tell
from tests.systems.exporters import Row, own_reports, sheet

MAY = date(2025, 5, 1)
FIGURE = ("dossiers_processed_online", MAY)
NOW = datetime(2025, 6, 18, 2, tzinfo=UTC)  # after the deadline of May
TITLE = "BÁO CÁO HỒ SƠ XỬ LÝ TRỰC TUYẾN THÁNG 5/2025"


def share(rows: list[Row]) -> tuple[int, int]:
    """The dossiers that were called online, and all of them."""
    return sum(int(str(row["numerator"])) for row in rows), sum(int(str(row["denominator"])) for row in rows)


@pytest.fixture(scope="module")
def listed() -> list[Row]:
    """What all communes report for May."""
    return own_reports(communes(), MAY, seed=11)


@pytest.fixture(scope="module")
def told(listed: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The sheet with a commune that counts more online than there were; the same again; and that commune, mended."""
    wrong = {**listed[0], "numerator": int(str(listed[0]["denominator"])) + 1}
    first = sheet([wrong, *listed[1:]], TITLE)
    return tell(
        tmp_path_factory.mktemp("reporting"),
        "reporting",
        {
            "first": ("BC tháng 5.xlsx", first),
            "again": ("BC tháng 5 (bản gửi lại).xlsx", first),
            "corrected": ("BC tháng 5 - xã sửa.xlsx", sheet(listed[:1], TITLE)),
        },
        now=NOW,
        also=["procedures"],
        origin="reported",
        tier="commune",
    )


def test_what_units_report_is_judged_where_there_is_nothing_better(told: Told, listed: list[Row]) -> None:
    """No record of May has come: the target goes by what communes say, and says so; the one that erred is missing."""
    assert told.before["dossiers_commune"]["status"] == "no_data"
    after = told["first"]
    assert after.figures[FIGURE] == share(listed[1:])
    status = after.statuses["dossiers_commune"]
    assert (status["origin"], status["bodies_reported"]) == ("reported", len(listed) - 1)
    assert status["bodies_due"] == len(communes())
    too_many = str(int(str(listed[0]["denominator"])) + 1)
    assert after.bad == [("The numerator is greater than the denominator", too_many)]


def test_a_correction_completes_the_month(told: Told, listed: list[Row]) -> None:
    """With the commune that erred all of them have reported."""
    after = told["corrected"]
    assert after.figures[FIGURE] == share(listed)
    assert after.statuses["dossiers_commune"]["bodies_reported"] == len(listed)


def test_the_same_sheet_twice_changes_nothing(told: Told) -> None:
    """Under another name it is the same delivery."""
    assert told["again"].gathered.state == "already_known"
    assert (told["again"].state, told["again"].events) == (told["first"].state, 0)


def test_nobody_who_reports_is_kept(told: Told) -> None:
    """Who filled the sheet in, and their telephone number, are nowhere on disk."""
    assert kept_of_people(told.installation) == []
