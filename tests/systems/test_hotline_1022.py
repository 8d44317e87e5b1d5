"""Hotline 1022: its calls gathered from a real PostgreSQL, measured and judged. All data is invented, by a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

from targetwatch import pipeline
from targetwatch.gathering import FetchError
from tests.installation import Installation, install
from tests.systems import document_system, small_programme
from tests.systems.postgres import Connect, Database, Postgres

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2025, 6, 2, 5, 50, tzinfo=HANOI).astimezone(UTC)
QUEUES = ("Dịch vụ công", "Phản ánh hiện trường", None)
PROMISED = 20  # seconds
TABLE = """
CREATE TABLE cuoc_goi (
    ma_cuoc_goi bigint PRIMARY KEY, so_goi_den text DEFAULT '0912345678', hang_doi text, goi_luc timestamptz,
    nhac_may_luc timestamptz, ket_thuc_luc timestamptz, cam_ket_giay int, cap_nhat_luc timestamptz)
"""
COLUMNS = "cuoc_goi (ma_cuoc_goi, hang_doi, goi_luc, nhac_may_luc, ket_thuc_luc, cam_ket_giay, cap_nhat_luc)"
SHARE = "SELECT numerator, denominator FROM observations WHERE metric = 'hotline_answered_in_time' AND period_start = "
TARGET = """
metric: hotline_answered_in_time
targets:
  - target: hotline
    name: {vi: Trả lời 1022, en: Hotline answered}
    short_name: {vi: trả lời 1022, en: hotline answered}
    tier: city
    org_unit: {code: "01"}
    scope: each
    comparison: ">="
    value: 90
    trajectory: {path: hold}
    warning_margin: 1
    effective_from: 2021-07-15
    reference: R2023a
    owner: information_director
"""
Call = tuple[int, str | None, datetime, datetime | None, datetime | None, int, datetime]


def call(number: int, at: datetime, waited: float, queue: str | None = None, answered: bool = True) -> Call:
    """A call that waited so many seconds, and what it lasted; written down as it ends."""
    picked_up = at + timedelta(seconds=waited) if answered else None
    ended = at + timedelta(seconds=waited + (90 if answered else 0))
    return (number, queue, at, picked_up, ended, PROMISED, ended)


def invented(count: int, seed: int) -> Iterator[Call]:
    """So many calls of May 2025, as time is in Hanoi; one in ten callers gives up."""
    chance = random.Random(seed)
    for number in range(1, count + 1):
        at = datetime(2025, 5, 1, tzinfo=HANOI) + timedelta(seconds=chance.randrange(31 * 86_400 - 600))
        yield call(number, at, round(chance.expovariate(1 / 9), 3), chance.choice(QUEUES), chance.random() > 0.1)


@pytest.fixture
def hotline(postgres: Postgres, connect: Connect) -> Database:
    """The hotline's call system, connected, with no call in it."""
    made = postgres.create(TABLE)
    connect("hotline_1022", made.uri())
    return made


@pytest.fixture(scope="module")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The part of the shipped programme that the hotline and the documents feed, with a target on the hotline."""
    sources = ["hotline_1022", "documents", "document_software"]
    folder = small_programme.of_sources(tmp_path_factory.mktemp("hotline") / "programme", sources)
    (folder / "catalogue" / "targets" / "hotline.yaml").write_text(TARGET, encoding="utf-8")
    return folder


@pytest.fixture
def installation(tmp_path: Path, programme: Path) -> Installation:
    """An empty installation of it."""
    return install(tmp_path / "home", programme)


def test_calls_become_the_share_that_was_answered_in_time(hotline: Database, installation: Installation) -> None:
    """The share is that of the calls themselves, and moves the status of a target on it."""
    calls = list(invented(2_000, seed=1022))
    hotline.copy(COLUMNS, calls)
    installation.watch(NOW)
    status = "SELECT status, reason FROM current_status WHERE target = 'hotline'"
    assert installation.row(status) == {"status": "no_data", "reason": "never_observed"}

    (gathered,) = pipeline.gather(installation.settings, "hotline_1022", NOW)
    assert (gathered.state, gathered.rows_accepted, gathered.rows_quarantined) == ("accepted", 2_000, 0)
    installation.watch(NOW)
    waited = [
        (picked_up, ((picked_up or ended) - at).total_seconds()) for _, _, at, picked_up, ended, _, _ in calls if ended
    ]
    in_time = sum(picked_up is not None and seconds <= PROMISED for picked_up, seconds in waited)
    counted = sum(picked_up is not None or seconds > PROMISED for picked_up, seconds in waited)
    assert installation.row(f"{SHARE} '2025-05-01'") == {"numerator": in_time, "denominator": counted}
    assert installation.row(status)["status"] == ("met" if 10 * in_time >= 9 * counted else "behind")


def test_a_call_belongs_to_the_month_that_it_was_in_hanoi(hotline: Database, installation: Installation) -> None:
    """Half past eleven on the last of May is May, ten minutes past midnight is June, whatever the server's zone."""
    hotline.run("ALTER ROLE reader SET timezone = 'America/New_York'")
    hotline.copy(
        COLUMNS,
        [
            call(1, datetime(2025, 5, 31, 23, 30, tzinfo=HANOI), 3),
            call(2, datetime(2025, 6, 1, 0, 10, tzinfo=HANOI), 30),
        ],
    )
    try:
        pipeline.gather(installation.settings, "hotline_1022", NOW)
        with duckdb.connect(str(installation.home / "warehouse" / "records.duckdb"), read_only=True) as database:
            days = database.sql("SELECT called_on, waited_seconds FROM hotline_1022 ORDER BY called_at").fetchall()
            (mark,) = database.sql("SELECT watermark FROM batch").fetchone() or ("",)
    finally:
        hotline.run("ALTER ROLE reader RESET timezone")
    assert [(str(day), float(seconds)) for day, seconds in days] == [("2025-05-31", 3.0), ("2025-06-01", 30.0)]
    assert mark == "2025-05-31T17:12:00+00:00"


def test_calls_that_go_on_and_rows_that_are_wrong_do_not_count(hotline: Database, installation: Installation) -> None:
    """A call counts once it is over; one that waited a negative time, or was promised nothing, is put aside."""
    at = datetime(2025, 5, 20, 9, tzinfo=HANOI)
    under_way = (901, None, at, at, None, PROMISED, at)
    backwards = call(902, at, -5)
    promised_nothing = (*call(903, at, 5)[:5], 0, at)
    hotline.copy(COLUMNS, [*invented(400, seed=2), under_way, backwards, promised_nothing])
    (gathered,) = pipeline.gather(installation.settings, "hotline_1022", NOW)
    assert (gathered.rows_delivered, gathered.rows_accepted, gathered.rows_quarantined) == (402, 400, 2)
    installation.watch(NOW)
    found = {str(row["reason"]) for row in installation.rows("SELECT reason FROM quarantine")}
    assert {reason.split(" / ")[1] for reason in found} == {
        "The time waited is not from 0 to 86,400 seconds",
        "The promised time is not from 1 to 3,600 seconds",
    }
    hotline.run(f"UPDATE cuoc_goi SET ket_thuc_luc = '{at}', cap_nhat_luc = '{NOW}' WHERE ma_cuoc_goi = 901")
    (gathered,) = pipeline.gather(installation.settings, "hotline_1022", NOW + timedelta(days=1))
    assert gathered.rows_accepted >= 1


def test_who_called_is_never_asked_for(hotline: Database, installation: Installation) -> None:
    """The number that called is in no file of the home, nor is the call's own."""
    hotline.copy(COLUMNS, [call(1_022_000_123, datetime(2025, 5, 20, tzinfo=HANOI), 3)])
    pipeline.gather(installation.settings, "hotline_1022", NOW)
    installation.watch(NOW)
    files = [path for path in installation.home.rglob("*") if path.is_file()]
    for number in (b"0912345678", b"1022000123"):
        assert [path.name for path in files if number in path.read_bytes()] == []


def test_a_system_that_is_broken_does_not_stop_another(
    hotline: Database, postgres: Postgres, connect: Connect, installation: Installation
) -> None:
    """The document system has a wrong password; the calls are gathered in the same pass, and the failure is told."""
    hotline.copy(COLUMNS, invented(50, seed=3))
    connect("documents", document_system.started(postgres).uri(password="wrong-one"))
    sources = pipeline.working_sources(installation.settings)
    assert sources.index("documents") < sources.index("hotline_1022")
    gathered, failures = pipeline.gather_each(installation.settings, sources, NOW)
    assert [(one.source, one.rows_accepted) for one in gathered] == [("hotline_1022", 50)]
    assert [type(one) for one in failures] == [FetchError, FetchError]  # the documents, and the directory beside them
    with pytest.raises(ExceptionGroup):
        pipeline.run(installation.settings, NOW)
    assert installation.row(f"{SHARE} '2025-05-01'")["denominator"]
