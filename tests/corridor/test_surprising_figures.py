"""Figures that nobody expects, over the whole corridor: corrections that a pass could not see, and absurd numbers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from targetwatch import pipeline
from targetwatch.warehouse import Warehouse, ledger
from tests.corridor.dossiers import APRIL, MAY, districts, hanoi, month_of, parquet, shared_out
from tests.corridor.story import CORRECTED_ONE
from tests.installation import Installation, install, prepare, wait_until_complete

pytestmark = pytest.mark.timeout(900)  # one machine may be shared by many

A_MONTH = 100  # dossiers of a district
SEEN, NIGHT, NEXT, AFTER = hanoi(6, 16), hanoi(6, 17, 2), hanoi(6, 17), hanoi(6, 18)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The deliveries: April and May, and a correction of one district's April for each telling."""
    folder = tmp_path_factory.mktemp("prepared")
    codes = districts()
    may = shared_out(codes, 18, 68, 79)
    prepare(folder / "april", {"procedures/04.parquet": parquet(month_of(APRIL, dict.fromkeys(codes, 73), A_MONTH))})
    prepare(folder / "may", {"procedures/05.parquet": parquet(month_of(MAY, may, A_MONTH))})
    for telling in ("watched", "maintained"):
        correction = month_of(APRIL, {CORRECTED_ONE: 33}, A_MONTH).write_csv()
        prepare(folder / telling, {"procedures/007.csv": correction})
    wait_until_complete(folder)
    return folder


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory, programme: Path, prepared: Path) -> Installation:
    """An installation that is behind in May and has said so."""
    installation = install(tmp_path_factory.mktemp("surprising") / "home", programme)
    for delivery, now in (("april", hanoi(5, 31)), ("may", SEEN)):
        installation.deliver(prepared / delivery)
        installation.run(now)
    return installation


def restatements(installation: Installation) -> int:
    """How many messages have said that something was restated."""
    rows = installation.rows("FROM notifications WHERE reason = 'restated' AND state = 'sent'")
    return len(rows)


@pytest.mark.parametrize("telling", ["watched", "maintained"])
def test_a_correction_that_overlapped_a_pass_is_said_once(behind: Installation, prepared: Path, telling: str) -> None:
    """It is known since before the pass that could not see it; the next pass says it, even after a night's repair."""
    installation = behind.copied(behind.home.with_name(telling))
    installation.deliver(prepared / telling)
    installation.gather(SEEN - timedelta(minutes=1))
    if telling == "maintained":
        assert pipeline.maintain(installation.settings, NIGHT).observations > 0
    assert restatements(installation) == 0
    installation.run(NEXT)
    assert restatements(installation) == 2  # to each of the two receivers
    installation.run(AFTER)
    assert restatements(installation) == 2


def test_an_absurd_number_stops_nobody_else(behind: Installation) -> None:
    """Two districts of unthinkably many dossiers: they and the city are not evaluated, and 28 are judged as before."""
    installation = behind.copied(behind.home.with_name("absurd"))
    settings = installation.settings
    judged = "SELECT org_unit, status, reason FROM current_status WHERE target = 'dossiers_district'"
    before = {row["org_unit"]: row for row in installation.rows(judged)}
    warehouse = Warehouse(settings.home, settings.product_sql, settings.programme_sql)
    with warehouse.ledger() as conn:
        of_may = (pl.col("metric") == "dossiers_processed_online") & (pl.col("period_start") == MAY)
        mine = ledger.bodies(conn, SEEN).filter(of_may).sort("org_unit").head(2)
        absurd = mine.with_columns(
            numerator=pl.lit(2**62), denominator=pl.lit(2**62), known_at=pl.lit(NIGHT).cast(mine.schema["known_at"])
        )
        assert ledger.append_observations(conn, absurd, run_id="absurd", recorded_at=NIGHT) == 2
    installation.run(NEXT)
    found = {row["org_unit"]: row for row in installation.rows(judged)}
    stopped = {"01", *mine["org_unit"]}
    assert {code for code, row in found.items() if row["reason"] == "check_failed"} == stopped
    assert {found[code]["status"] for code in stopped} == {"not_evaluated"}
    assert {code: row for code, row in found.items() if code not in stopped} == {
        code: row for code, row in before.items() if code not in stopped
    }
    assert installation.rows("FROM observations WHERE numerator < 0 OR denominator < 0") == []
