"""The one-stop shops: one row a dossier out of a nightly Parquet file, and out of CSV by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.systems.delivering import Told, communes, kept_of_people, tell
from tests.systems.exporters import Row, dossiers, parquet, semicolons

MAY = date(2025, 5, 1)
FIGURE = ("dossiers_processed_online", MAY)
ONLINE = ("Trực tuyến", "truc_tuyen")
NOW = datetime(2025, 6, 18, 2, tzinfo=UTC)  # after the deadline of May


def share(rows: list[Row]) -> tuple[int, int]:
    """How many of the dossiers came online, and how many there are."""
    return sum(row["channel"] in ONLINE for row in rows), len(rows)


@pytest.fixture(scope="module")
def listed() -> list[Row]:
    """The dossiers of all communes in May."""
    return dossiers(communes(), MAY, each=4, seed=10)


@pytest.fixture(scope="module")
def told(listed: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Told:
    """May with a dossier that came by pigeon, the same again, and a CSV file in which every dossier came online."""
    first = parquet([*listed, {**listed[0], "dossier_id": "H26.SAI", "channel": "bồ câu"}])
    return tell(
        tmp_path_factory.mktemp("procedures"),
        "procedures",
        {
            "first": ("mot_cua_202505.parquet", first),
            "again": ("mot_cua_202505_chuyen_lai.parquet", first),
            "corrected": ("mot-cua-05-sua.csv", semicolons([{**row, "channel": "Trực tuyến"} for row in listed])),
        },
        now=NOW,
        tier="commune",
    )


def test_dossiers_become_the_share_of_the_communes(told: Told, listed: list[Row]) -> None:
    """Every dossier counts once in the month in which it was received, and the target of the communes is judged."""
    assert told.before["dossiers_commune"]["status"] == "no_data"
    after = told["first"]
    assert after.figures[FIGURE] == share(listed)
    status = after.statuses["dossiers_commune"]
    assert status["bodies_reported"] == status["bodies_due"] == len(communes())
    assert (status["status"], status["origin"]) in (
        ("on_track", "computed"),
        ("at_risk", "computed"),
        ("met", "computed"),
    )
    assert after.bad == [("Unknown channel", "bồ câu")]


def test_a_correction_restates_the_month(told: Told, listed: list[Row]) -> None:
    """Corrected dossiers count anew, from whatever kind of file."""
    after = told["corrected"]
    assert after.figures[FIGURE] == (len(listed), len(listed))
    assert after.statuses["dossiers_commune"]["status"] == "met"


def test_the_same_file_twice_changes_nothing(told: Told) -> None:
    """Under another name it is the same delivery."""
    assert told["again"].gathered.state == "already_known"
    assert (told["again"].state, told["again"].events) == (told["first"].state, 0)


def test_no_applicant_is_kept(told: Told) -> None:
    """Names, addresses and numbers of applicants are nowhere on disk."""
    assert kept_of_people(told.installation) == []
