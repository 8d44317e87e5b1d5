"""A rate that rises because its denominator shrank, over the whole corridor: in the message, in SQL, on the board."""

from __future__ import annotations

from pathlib import Path

import pytest

from targetwatch.board.app import create_app
from tests.board.browser import Browser
from tests.corridor.dossiers import APRIL, MAY, districts, hanoi, month_of, parquet
from tests.corridor.story import HEADS
from tests.installation import Installation, install, prepare, wait_until_complete, words

pytestmark = pytest.mark.timeout(900)  # one machine may be shared by many

SAID = "Tỷ lệ tăng vì mẫu số giảm: nay 1.680/2.400 hồ sơ, tháng 4/2025 là 1.800/3.000; tử số không tăng."


@pytest.fixture(scope="module")
def shrunk(tmp_path_factory: pytest.TempPathFactory, programme: Path) -> Installation:
    """60 of 100 dossiers online in each district in April, and 56 of 80 in May."""
    folder = tmp_path_factory.mktemp("shrinking")
    codes = districts()
    for name, month, online, received in (("april", APRIL, 60, 100), ("may", MAY, 56, 80)):
        rows = month_of(month, dict.fromkeys(codes, online), received)
        prepare(folder / "prepared" / name, {f"procedures/{name}.parquet": parquet(rows)})
    wait_until_complete(folder / "prepared")
    installation = install(folder / "home", programme)
    for name, now in (("april", hanoi(5, 31)), ("may", hanoi(6, 16))):
        installation.deliver(folder / "prepared" / name)
        installation.run(now)
    return installation


def test_the_message_of_the_target_says_so(shrunk: Installation) -> None:
    """Beside the rate, which rose from 60 to 70 %, stand the figures that it rose from, and the units."""
    (message, *_) = shrunk.messages(HEADS)
    text = " ".join(words(message))
    assert SAID in text
    assert "Tỷ lệ tăng vì mẫu số giảm ở:* Huyện Ba Vì (60/100 → 56/80)" in text


def test_it_is_a_column_and_no_status(shrunk: Installation) -> None:
    """Every district and the city have the remark; they are behind, as they would be without it."""
    rows = shrunk.rows("SELECT status, denominator_shrank, shrank_numerator, shrank_denominator FROM current_status")
    found = {tuple(row.values()) for row in rows}
    assert found == {("behind", True, 1800, 3000), ("behind", True, 60, 100)}


def test_the_board_shows_it(shrunk: Installation) -> None:
    """The page of the target says it of the whole and of each unit."""
    page = Browser(create_app(shrunk.settings, lambda: hanoi(6, 16))).get("/targets/dossiers_district").text
    assert SAID in page
    assert "nay 56/80 hồ sơ, tháng 4/2025 là 60/100" in page


def test_looking_again_says_nothing(shrunk: Installation) -> None:
    """The remark is found anew in every pass, and is news once."""
    watched = shrunk.watch(hanoi(6, 17))
    assert (watched.assessments, watched.events, watched.notifications) == (0, 0, 0)
