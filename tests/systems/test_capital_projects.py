"""Disbursement of capital projects: the year's capital and what was paid out of it, out of a spreadsheet."""

from __future__ import annotations

from datetime import date

import pytest

from tests.systems.delivering import MAY, Told, kept_of_people, tell
from tests.systems.exporters import Row, projects, sheet, typed_over

FIGURE = ("capital_disbursed", date(2025, 5, 1))
TITLE = "TÌNH HÌNH GIẢI NGÂN VỐN ĐẦU TƯ CÔNG ĐẾN 31/05/2025 (triệu đồng)"


def paid(rows: list[Row]) -> tuple[int, int]:
    """What was paid out and what was planned, in whole thousands of dong."""
    return (
        sum(round(float(str(row["Lũy kế giải ngân"])) * 1000) for row in rows),
        sum(int(str(row["Kế hoạch vốn năm"])) * 1000 for row in rows),
    )


@pytest.fixture(scope="module")
def listed() -> list[Row]:
    """Eighty projects at the end of May."""
    return projects(MAY, 80, seed=9)


@pytest.fixture(scope="module")
def told(listed: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The sheet with a project that was paid more than it has; again; one taken out of the plan, the rest paid out."""
    wrong = {**listed[0], "Mã dự án": "DA-SAI", "Lũy kế giải ngân": int(str(listed[0]["Kế hoạch vốn năm"])) + 1}
    first = sheet([*typed_over(listed), wrong], TITLE)
    rest = [
        {**row, "Lũy kế giải ngân": row["Kế hoạch vốn năm"], "Bỏ": number == 0} for number, row in enumerate(listed)
    ]
    return tell(
        tmp_path_factory.mktemp("capital"),
        "capital_projects",
        {
            "first": ("Giải ngân 05-2025.xlsx", first),
            "again": ("Giải ngân 05-2025 (trình ký).xlsx", first),
            "corrected": ("Giải ngân 05-2025 điều chỉnh.xlsx", sheet(rest, TITLE)),
        },
        targets={"capital_disbursed": 95},
    )


def test_projects_become_the_share_of_the_year(told: Told, listed: list[Row]) -> None:
    """What was paid out since January, of the capital of the year, to the thousand dong, in cells or in words."""
    assert told.before["capital_disbursed"]["status"] == "no_data"
    after = told["first"]
    assert after.gathered.rows_accepted == len(listed)
    assert after.figures[FIGURE] == paid(listed)
    assert after.statuses["capital_disbursed"]["status"] == "behind"


def test_more_than_the_plan_is_put_aside(told: Told, listed: list[Row]) -> None:
    """What is more than all there is for the year is a slip, and says so."""
    too_much = str(int(str(listed[0]["Kế hoạch vốn năm"])) + 1)
    assert told["first"].bad == [("More was paid out than the year's capital", too_much)]


def test_a_project_that_left_the_plan_counts_no_more(told: Told, listed: list[Row]) -> None:
    """The correction restates the month: without that project, and with the others paid out, all of it is."""
    _, planned = paid(listed[1:])
    after = told["corrected"]
    assert after.figures[FIGURE] == (planned, planned)
    assert after.statuses["capital_disbursed"]["status"] == "met"


def test_the_same_sheet_twice_changes_nothing(told: Told) -> None:
    """Under another name it is the same delivery."""
    assert told["again"].gathered.state == "already_known"
    assert (told["again"].state, told["again"].events) == (told["first"].state, 0)


def test_no_contractor_is_kept(told: Told) -> None:
    """Contractors and the numbers of their accounts are nowhere on disk."""
    assert kept_of_people(told.installation) == []
