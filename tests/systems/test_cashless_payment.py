"""Cashless payment: people of each commune with an account to pay from, out of the State Bank's CSV file."""

from __future__ import annotations

from datetime import date

import pytest

from targetwatch import catalogue
from targetwatch.settings import CHECKOUT
from tests.systems.delivering import MAY, Told, communes, kept_of_people, tell
from tests.systems.exporters import Row, in_words, people, semicolons

FIGURE = ("epayment_accounts", date(2025, 5, 1))


def share(rows: list[Row]) -> tuple[int, int]:
    """The people with an account, and all people."""
    return sum(int(str(row["Số người có tài khoản"])) for row in rows), sum(int(str(row["Dân số"])) for row in rows)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """May of all communes, one of them with more accounts than people; the same again; that commune, mended."""
    rows = people(communes(), MAY, seed=2)
    wrong = {**rows[0], "Số người có tài khoản": int(str(rows[0]["Dân số"])) + 1}
    return tell(
        tmp_path_factory.mktemp("cashless"),
        "cashless_payment",
        {
            "first": ("NHNN tháng 5.csv", semicolons([wrong, *rows[1:]], grouped=True)),
            "again": ("NHNN tháng 5 (2).csv", semicolons([wrong, *rows[1:]], grouped=True)),
            "corrected": ("NHNN tháng 5, sửa.csv", semicolons(rows[:1])),
        },
    )


def test_people_become_the_share_of_the_city(told: Told) -> None:
    """Each person counts once; while a commune is missing, and may still come, nothing is judged."""
    rows = people(communes(), MAY, seed=2)
    assert told.before["epayment_accounts"]["status"] == "no_data"
    after = told["first"]
    assert after.figures[FIGURE] == share(rows[1:])
    assert after.statuses["epayment_accounts"]["status"] == "no_data"
    too_many = in_words(int(str(rows[0]["Dân số"])) + 1)
    assert after.bad == [("More people with an account than people", too_many)]


def test_the_commune_that_was_wrong_comes_with_its_correction(told: Told) -> None:
    """With the last commune the month is complete, and the share is judged: the line begins where the city stands."""
    rows = people(communes(), MAY, seed=2)
    after = told["corrected"]
    assert after.figures[FIGURE] == share(rows)
    status = after.statuses["epayment_accounts"]
    assert status["bodies_reported"] == status["bodies_due"] == len(rows)
    assert (status["status"], status["headroom_units"]) in (("at_risk", 0), ("behind", -1))  # to the millionth


def test_the_same_file_twice_changes_nothing(told: Told) -> None:
    """Under another name it is the same delivery."""
    assert told["again"].gathered.state == "already_known"
    assert (told["again"].state, told["again"].events) == (told["first"].state, 0)


def test_no_account_is_kept(told: Told) -> None:
    """Who has an account, and its number, are nowhere on disk."""
    assert kept_of_people(told.installation) == []


def test_what_was_paid_online_is_measured_where_fees_are_known() -> None:
    """Dossiers paid online come from the dossiers themselves, and this source gives no second figure for them."""
    programme = catalogue.load(CHECKOUT / "catalogue")
    assert programme.metrics["dossiers_paid_online"].source == "procedures"
    fed = {metric.id for metric in programme.metrics.values() if metric.source == "cashless_payment"}
    assert fed == {"epayment_accounts"}
