"""Official mailboxes: one row an official out of a CSV file, measured by unit, and the standing directive judged."""

from __future__ import annotations

from datetime import date

import pytest

from targetwatch.settings import CHECKOUT
from tests.systems.delivering import MAY, Told, communes, kept_of_people, tell
from tests.systems.exporters import Row, officials, semicolons

FIGURE = ("official_mailboxes", date(2025, 5, 1))
IN_USE = {"Đang dùng", "đang sử dụng"}


def counted(rows: list[Row]) -> tuple[int, int]:
    """How many of the officials have a mailbox that is in use, and how many there are."""
    return sum(row["Hộp thư"] in IN_USE for row in rows), len(rows)


@pytest.fixture(scope="module")
def listed() -> list[Row]:
    """The officials of two departments, four districts and their communes at the end of May."""
    return officials(["SO-TP", "SO-NV", "001", "002", "003", "004", *communes()], MAY, each=4, seed=1)


@pytest.fixture(scope="module")
def told(listed: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The list with a wrong row, the same once more, and a correction in which everyone has a mailbox."""
    first = [*listed, {**listed[0], "Mã cán bộ": "CB-9", "Hộp thư": "gmail"}, {**listed[0], "Mã cán bộ": ""}]
    mended = [{**row, "Hộp thư": "Đang dùng"} for row in listed]
    return tell(
        tmp_path_factory.mktemp("mailboxes"),
        "mailboxes",
        {
            "first": ("Hộp thư 05-2025.csv", semicolons(first)),
            "again": ("Hộp thư 05-2025 (gửi lại).csv", semicolons(first)),
            "corrected": ("Hộp thư 05-2025 (sửa).csv", semicolons(mended)),
        },
    )


def test_the_list_becomes_the_share_of_the_city(told: Told, listed: list[Row]) -> None:
    """Every official counts once, in the unit they serve, and the directive falls behind by those without a mailbox."""
    assert told.before["official_mailboxes"]["status"] == "no_data"
    after = told["first"]
    assert (after.gathered.state, after.gathered.rows_accepted) == ("accepted", len(listed))
    having, all_of_them = counted(listed)
    assert after.figures[FIGURE] == (having, all_of_them)
    status = after.statuses["official_mailboxes"]
    assert (status["status"], status["headroom_units"]) == ("behind", having - all_of_them)
    assert status["bodies_reported"] == status["bodies_due"] == len({row["Mã đơn vị"] for row in listed})


def test_what_is_wrong_is_put_aside(told: Told) -> None:
    """A mailbox elsewhere is none of the city's, and who is not named cannot be told from others."""
    assert told["first"].bad == [
        ("An unknown state of the mailbox", "gmail"),
        ("What identifies the record is missing", None),
    ]


def test_the_same_list_twice_changes_nothing(told: Told) -> None:
    """Under another name it is the same delivery."""
    assert told["again"].gathered.state == "already_known"
    assert (told["again"].state, told["again"].events) == (told["first"].state, 0)


def test_a_correction_restates_the_month(told: Told, listed: list[Row]) -> None:
    """With a mailbox for everyone the directive is met, and the incident that the first list opened is over."""
    after = told["corrected"]
    assert after.figures[FIGURE] == (len(listed), len(listed))
    assert after.statuses["official_mailboxes"]["status"] == "met"
    said = "SELECT state FROM incidents WHERE kind = 'behind' AND subject = 'official_mailboxes' AND org_unit = '01'"
    assert told.installation.row(said) == {"state": "resolved"}


def test_nobody_is_kept(told: Told) -> None:
    """Names, addresses and numbers of officials are nowhere on disk, and who is who only as a keyed hash."""
    assert kept_of_people(told.installation) == []
    source = (CHECKOUT / "catalogue" / "sources" / "mailboxes.yaml").read_text(encoding="utf-8")
    assert "delivered_as: Mã cán bộ, type: text, keyed_hash: true" in source
