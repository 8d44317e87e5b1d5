"""Deliveries that come again, that change under the hands of a pass, or that two passes want: what is made of them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from targetwatch import gathering, pipeline
from targetwatch.gathering.connectors import look
from targetwatch.settings import CHECKOUT
from tests.corridor.deaths import BEFORE, Death, dies
from tests.corridor.dossiers import APRIL, hanoi, month_of
from tests.corridor.story import programme_in
from tests.installation import SETTLING_POLL, Installation, install, prepare, wait_until_complete

GOOD = month_of(APRIL, {"001": 8}, 10)
UNREADABLE = "a,b\n1,2\n"
ON_TIME = """
metric: dossiers_on_time
name: {vi: Hồ sơ đúng hạn, en: Dossiers on time}
kind: ratio
unit_of_measure: percent
counted: {vi: hồ sơ, en: dossiers}
cadence: month
source: procedures
sql: procedures_due
owner: district_chairs
"""
MEASURED = "SELECT numerator, denominator FROM observations WHERE metric = 'dossiers_on_time' AND org_unit = '001' AND "


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """An empty installation of the worked example's programme, which measures what is on time as well."""
    programme = programme_in(tmp_path / "programme")
    shutil.copy(CHECKOUT / "sql/metrics/procedures_due.sql", programme / "sql/metrics")
    (programme / "catalogue/metrics/dossiers_on_time.yaml").write_text(ON_TIME, encoding="utf-8")
    _edit_source(programme, "[procedures_received]", "[procedures_received, procedures_due]")
    return install(tmp_path / "home", programme)


def _edit_source(programme: Path, old: str, new: str) -> None:
    source = programme / "catalogue/sources/procedures.yaml"
    text = source.read_text(encoding="utf-8")
    assert old in text
    source.write_text(text.replace(old, new), encoding="utf-8")


def _prepared(folder: Path, **files: str) -> Mapping[str, Path]:
    made = {step: prepare(folder / step, {f"procedures/{step}.csv": content}) for step, content in files.items()}
    wait_until_complete(folder)
    return made


def _states(installation: Installation, now: datetime) -> list[str]:
    return [one.state for one in installation.gather(now)]


def _settle(installation: Installation) -> None:
    while look("procedures", installation.settings.inbox).unsettled:
        time.sleep(SETTLING_POLL)


def _before(monkeypatch: pytest.MonkeyPatch, function: str, happens: Callable[[], object]) -> None:
    """Let something happen once, just before that function of gathering runs."""
    real = getattr(gathering, function)

    def late(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(gathering, function, real)
        happens()
        return real(*args, **kwargs)

    monkeypatch.setattr(gathering, function, late)


def test_a_refused_file_that_comes_again_is_told_again(installation: Installation, tmp_path: Path) -> None:
    """After a good delivery the same bad bytes are news: the incident that was resolved lives again."""
    made = _prepared(tmp_path / "prepared", bad=UNREADABLE, good=GOOD.write_csv(), again=UNREADABLE)
    live = "SELECT count(*) AS live FROM incidents WHERE kind = 'quality' AND is_live"
    seen = []
    for day, (step, folder) in enumerate(made.items(), start=10):
        installation.deliver(folder)
        gathered = _states(installation, hanoi(5, day))
        installation.watch(hanoi(5, day))
        seen.append((step, gathered, installation.row(live)["live"]))
    assert seen == [("bad", ["refused"], 1), ("good", ["accepted"], 0), ("again", ["refused"], 1)]
    assert installation.rows("SELECT delivered_as FROM batches WHERE state = 'refused'") == [
        {"delivered_as": "again.csv"}
    ]


def test_a_refused_file_is_accepted_once_the_catalogue_is_mended(installation: Installation, tmp_path: Path) -> None:
    """The same bytes are gated by what the catalogue says now; once accepted they are known."""
    content = GOOD.write_csv().replace("desk", "by pigeon", 1)
    made = _prepared(tmp_path / "prepared", first=content, second=content, third=content)
    installation.deliver(made["first"])
    assert _states(installation, hanoi(5, 10)) == ["refused"]
    _edit_source(installation.settings.programme, "bad_rows_allowed: 0.02", "bad_rows_allowed: 0.5")
    installation.deliver(made["second"])
    assert _states(installation, hanoi(5, 11)) == ["accepted"]
    installation.deliver(made["third"])
    assert _states(installation, hanoi(5, 12)) == ["already_known"]
    found = installation.watch(hanoi(5, 12))
    assert found.batches == 1
    assert installation.rows("SELECT state, rows_accepted, rows_quarantined FROM batches") == [
        {"state": "accepted", "rows_accepted": 9, "rows_quarantined": 1}
    ]
    assert installation.rows("SELECT count(*) AS rows FROM quarantine") == [{"rows": 1}]


def test_a_refused_file_that_a_dead_pass_left_is_one_batch(installation: Installation, tmp_path: Path) -> None:
    """Recorded and not put away, it is gated once more, and ends as one refusal and outside the inbox."""
    installation.deliver(_prepared(tmp_path / "prepared", bad=UNREADABLE)["bad"])
    assert dies(Death(BEFORE, gathering, "retire"), lambda: installation.gather(hanoi(5, 10)))
    assert _states(installation, hanoi(5, 10)) == ["refused"]
    installation.watch(hanoi(5, 10))
    assert len(installation.rows("FROM batches")) == 1
    assert _states(installation, hanoi(5, 11)) == []


def test_a_file_replaced_while_it_is_gated_is_read_too(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What took the name of a delivery meanwhile is the next delivery, and is not put away unread."""
    installation.deliver(_prepared(tmp_path / "prepared", april=GOOD.write_csv())["april"])
    fresh = tmp_path / "fresh.csv"
    fresh.write_text(month_of(APRIL, {"002": 5}, 10).write_csv(), encoding="utf-8")
    _before(monkeypatch, "sort_rows", lambda: fresh.replace(installation.settings.inbox / "procedures/april.csv"))
    assert _states(installation, hanoi(5, 10)) == ["accepted"]
    _settle(installation)
    assert _states(installation, hanoi(5, 11)) == ["accepted"]
    installation.watch(hanoi(5, 11))
    bodies = installation.rows("SELECT DISTINCT org_unit FROM observations WHERE NOT rolled_up ORDER BY ALL")
    assert [body["org_unit"] for body in bodies] == ["001", "002"]
    assert len(list((installation.home / "originals/procedures").iterdir())) == 1


@pytest.mark.parametrize(
    ("meanwhile", "left"), [("land", []), ("sort_rows", ["already_known"]), ("retire", ["accepted"])]
)
def test_two_passes_that_gather_one_inbox(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: str, left: list[str]
) -> None:
    """Wherever one of them overtakes the other, neither fails, and the delivery is recorded once."""
    installation.deliver(_prepared(tmp_path / "prepared", april=GOOD.write_csv())["april"])
    overtaking: list[str] = []
    said: list[str] = []
    _before(monkeypatch, meanwhile, lambda: overtaking.extend(_states(installation, hanoi(5, 10))))
    gathered = pipeline.gather(installation.settings, "procedures", hanoi(5, 10), said.append)
    assert [one.state for one in gathered] == left
    assert overtaking == (["already_known"] if meanwhile == "retire" else ["accepted"])
    assert any("no longer in the inbox" in line for line in said) == (meanwhile == "land")
    installation.watch(hanoi(5, 10))
    assert len(installation.rows("FROM batches")) == 1
    assert len(list((installation.home / "originals/procedures").iterdir())) == 1


def test_a_dossier_that_leaves_a_month_is_no_longer_counted_there(installation: Installation, tmp_path: Path) -> None:
    """A due date moved from May to August: May is measured again without it, though no day of the row lies in May."""
    rows = month_of(APRIL, {"001": 2}, 2).with_columns(
        received_on=pl.lit(date(2025, 4, 28)), due_on=pl.lit(date(2025, 5, 20)), finished_on=pl.lit(date(2025, 4, 29))
    )
    moved = rows.head(1).with_columns(due_on=pl.lit(date(2025, 8, 20)))
    made = _prepared(tmp_path / "prepared", before=rows.write_csv(), moved=moved.write_csv())
    seen = []
    for day, folder in zip((10, 20), made.values(), strict=True):
        installation.deliver(folder)
        installation.gather(hanoi(6, day))
        installation.watch(hanoi(6, day))
        newest = MEASURED + "period_start = DATE '2025-05-01' ORDER BY known_at DESC LIMIT 1"
        seen.append(tuple(installation.row(newest).values()))
    assert seen == [(2, 2), (1, 1)]
    assert installation.row(MEASURED + "period_start = DATE '2025-08-01'") == {"numerator": 1, "denominator": 1}
