"""The document management system: gathered from a real PostgreSQL, measured, and judged. All data is invented."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from filelock import FileLock

from targetwatch import catalogue, diagnosis, gathering, pipeline
from targetwatch.gathering import FetchError, Gathered, NotConnectedError, UnreachableError
from targetwatch.model import Programme
from targetwatch.settings import CHECKOUT
from targetwatch.steps import asking
from targetwatch.warehouse import Warehouse, records, systems
from tests.corridor.deaths import AFTER, BEFORE, Death, dies
from tests.installation import Installation, install
from tests.systems import document_system, small_programme
from tests.systems.document_system import Document, invented
from tests.systems.postgres import Connect, Database, Postgres

MAY = date(2025, 5, 1)
UNITS = {"SO-TP": "department", "SO-NV": "department", "001": "district", "002": "district", "00001": "commune"}
SECRET = "no-such-secret"
Tables = dict[str, list[dict[str, Any]]]
KEY = b"a key that only tests have, as it is known"
SLOW = (
    "ALTER TABLE van_ban RENAME TO van_ban_that",
    "INSERT INTO van_ban_that (so_dang_ky, cap_nhat_luc) VALUES ('A', now())",
    "CREATE VIEW van_ban AS SELECT van_ban_that.* FROM van_ban_that, LATERAL pg_sleep(30)",
)
SOURCES = ("documents", "document_software")
TABLES = ("asked", "batch", "documents", "quarantined_row", "report", "touched_period")
SHARE = "SELECT numerator, denominator FROM observations WHERE metric = 'documents_handled_electronically' AND "


def morning(day: int, month: int = 6) -> datetime:
    """Half past five in Hanoi, in 2025."""
    return datetime(2025, month, day, 5, 30, tzinfo=UTC) - timedelta(hours=7)


@pytest.fixture(scope="module")
def programme() -> Programme:
    """The shipped programme."""
    return catalogue.load(CHECKOUT / "catalogue")


@pytest.fixture
def system(postgres: Postgres, connect: Connect) -> Database:
    """A document management system that is connected, with nothing in it."""
    made = document_system.started(postgres)
    connect("documents", made.uri())
    return made


@pytest.fixture(scope="module")
def few_units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The part of the shipped programme that this system feeds, with few units."""
    return small_programme.of_sources(tmp_path_factory.mktemp("few") / "programme", SOURCES)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory, few_units: Path) -> Installation:
    """An installation of it whose databases have been made, once for all tests, and hold nothing."""
    made = install(tmp_path_factory.mktemp("empty") / "home", few_units)
    settings = made.settings
    warehouse = Warehouse(settings.home, settings.product_sql, settings.programme_sql)
    with warehouse.records(), warehouse.ledger():
        return made


@pytest.fixture
def installation(tmp_path: Path, empty: Installation) -> Installation:
    """An empty installation of it."""
    return empty.copied(tmp_path / "home")


def gather(installation: Installation, now: datetime, source: str = "documents") -> list[Gathered]:
    """One pass of one source."""
    return pipeline.gather(installation.settings, source, now)


def held(installation: Installation) -> Tables:
    """All that the records of an installation hold, table by table."""
    with duckdb.connect(str(installation.home / "warehouse" / "records.duckdb"), read_only=True) as database:
        return {table: database.sql(f"FROM {table} ORDER BY ALL").pl().to_dicts() for table in TABLES}


def document(number: str, changed_at: datetime, **changes: Any) -> Document:
    """A document of the Department of Justice's, handled electronically."""
    found = Document(number, "department", "SO-TP", date(2025, 5, 20), "điện tử", changed_at)
    return replace(found, **changes)


def test_documents_become_the_share_of_every_unit_and_level(system: Database, installation: Installation) -> None:
    """Each unit's share is that of its own handled documents, and each level's that of all its units together."""
    documents = list(invented(UNITS, MAY, 3_000, seed=20250501))
    document_system.register(system, documents)
    (gathered,) = gather(installation, morning(2))
    assert (gathered.state, gathered.rows_accepted, gathered.rows_quarantined) == ("accepted", 3_000, 0)
    installation.watch(morning(2))
    counted = Counter((one.unit, one.handling.lower()) for one in documents if one.handling and one.counts)
    tiers = {"department": "city", "district": "district", "commune": "commune"}
    expected = {
        (unit, tiers[level]): (counted[unit, "điện tử"], counted[unit, "điện tử"] + counted[unit, "giấy"])
        for unit, level in UNITS.items()
    }
    for tier in ("city", "district", "commune"):
        of_tier = [parts for (_, its), parts in expected.items() if its == tier]
        expected["01", tier] = (sum(n for n, _ in of_tier), sum(d for _, d in of_tier))
    found = {
        (row["org_unit"], row["tier"]): (row["numerator"], row["denominator"])
        for row in installation.rows("FROM observations WHERE metric = 'documents_handled_electronically'")
    }
    # The district above the commune answers for it as well.
    assert {key: found[key] for key in expected} == expected


def test_units_that_are_not_connected_put_the_target_behind(
    system: Database, tmp_path: Path, programme: Programme
) -> None:
    """The shipped target, over all units: never observed at first, behind by the two that are short, and then met."""
    installation = install(tmp_path / "home", small_programme.of_sources(tmp_path / "all", SOURCES, codes=None))
    status = "SELECT status, reason, headroom_units, bodies_reported, bodies_due FROM current_status WHERE "
    status += "target = 'document_management_units'"
    installation.watch(morning(1))
    assert installation.row(status)["reason"] == "never_observed"

    document_system.list_units(system, programme, without=frozenset({"SO-TP", "00001"}))
    gather(installation, morning(2), "document_software")
    installation.watch(morning(2))
    behind = installation.row(status)
    bodies = sum(
        unit.is_valid_on(date(2025, 5, 31)) and unit.level in document_system.TIERS for unit in programme.org_units
    )
    assert (behind["status"], behind["headroom_units"]) == ("behind", -2)
    assert (behind["bodies_reported"], behind["bodies_due"]) == (bodies, bodies)

    system.copy("lien_thong", [("SO-TP", MAY, None), ("00001", MAY, None)])
    gather(installation, morning(3), "document_software")
    installation.watch(morning(3))
    assert installation.row(status)["status"] == "met"


def test_a_unit_that_the_directory_has_not_is_missing(system: Database, installation: Installation) -> None:
    """Who is not listed does not make the share look better: the unit is due, and what it lacks decides."""
    document_system.list_units(system, catalogue.load(installation.settings.catalogue))
    system.run("DELETE FROM don_vi WHERE ma_don_vi = 'SO-TP'")
    gather(installation, morning(2), "document_software")
    installation.watch(morning(2))
    row = installation.row(
        "SELECT bodies_due - bodies_reported AS missing, reason FROM current_status "
        "WHERE target = 'document_management_units'"
    )
    assert row["missing"] == 1
    assert row["reason"] != "final_reached"


def test_what_is_committed_late_is_caught_and_nothing_comes_twice(system: Database, installation: Installation) -> None:
    """A row that was written before the last fetch, and committed after it, is within the overlap."""
    document_system.register(system, [document("A", morning(1) - timedelta(hours=9))])
    assert [one.rows_accepted for one in gather(installation, morning(1))] == [1]
    with system.connect() as clerk:
        clerk.autocommit = False
        late = document("LATE", morning(2) - timedelta(hours=10))
        clerk.execute(f"INSERT INTO {document_system.COLUMNS} VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)", late.row)
        document_system.register(system, [document("B", morning(2) - timedelta(hours=9))])
        assert [one.rows_delivered for one in gather(installation, morning(2))] == [2]  # A again, and B
        clerk.commit()
    assert [one.rows_delivered for one in gather(installation, morning(3))] == [3]
    assert [one.state for one in gather(installation, morning(4))] == ["already_known"]
    installation.watch(morning(4))
    assert installation.rows("SELECT count(*) AS versions FROM batches") == [{"versions": 3}]
    assert [row["known_to"] for row in held(installation)["documents"]] == [None, None, None]


def test_only_what_is_new_is_asked_for(system: Database, installation: Installation) -> None:
    """Older than the mark less two days is not fetched again, and one wrong row of the future hides nothing."""
    old = [document(f"OLD-{number}", morning(1, month=5)) for number in range(50)]
    document_system.register(
        system, [*old, document("A", morning(1)), document("WRONG", datetime(2999, 1, 1, tzinfo=UTC))]
    )
    assert [one.rows_delivered for one in gather(installation, morning(2))] == [52]
    document_system.register(system, [document("B", morning(3))])
    assert [one.rows_delivered for one in gather(installation, morning(4))] == [3]  # A, B and the wrong one


def test_what_is_restated_is_a_correction(system: Database, installation: Installation) -> None:
    """A row deleted and entered anew, one that is cancelled and one that moves to another month change their months."""
    moments = [morning(1) + timedelta(minutes=minute) for minute in range(4)]
    document_system.register(system, [document(name, moment) for name, moment in zip("ABCD", moments, strict=True)])
    gather(installation, morning(2))
    installation.watch(morning(2))
    may = f"{SHARE} org_unit = 'SO-TP' AND period_start = '2025-05-01'"
    assert installation.row(may) == {"numerator": 4, "denominator": 4}
    later = morning(2) + timedelta(hours=3)
    system.run("DELETE FROM van_ban WHERE so_dang_ky = 'A'")
    document_system.register(system, [document("A", later, handling="giấy")])
    system.run(f"UPDATE van_ban SET da_huy = true, cap_nhat_luc = '{later}' WHERE so_dang_ky = 'B'")
    system.run(f"UPDATE van_ban SET ngay_dang_ky = '2025-04-30', cap_nhat_luc = '{later}' WHERE so_dang_ky = 'C'")
    gather(installation, morning(3))
    installation.watch(morning(3))
    assert installation.row(may) == {"numerator": 1, "denominator": 2}
    april = f"{SHARE} org_unit = 'SO-TP' AND period_start = '2025-04-01'"
    assert installation.row(april) == {"numerator": 1, "denominator": 1}


def test_bad_rows_go_to_quarantine_and_a_correction_comes_by_itself(
    system: Database, installation: Installation
) -> None:
    """Bad rows of a batch are put aside with their reason; what is mended in the system comes with the next fetch."""
    good = list(invented(UNITS, MAY, 200, seed=1))
    wrong = document("WRONG", morning(1), handling="bồ câu")
    document_system.register(system, [*good, wrong, document("NOWHERE", morning(1), unit="KHONG-CO")])
    (gathered,) = gather(installation, morning(2))
    assert (gathered.state, gathered.rows_quarantined) == ("accepted", 2)
    installation.watch(morning(2))
    reasons = installation.rows("SELECT reason, delivered_value FROM quarantine ORDER BY reason")
    assert [row["delivered_value"] for row in reasons] == ["bồ câu", "KHONG-CO"]
    assert "Unknown way of handling" in str(reasons[0]["reason"])
    system.run(f"UPDATE van_ban SET cach_xu_ly = 'giấy', cap_nhat_luc = '{morning(2)}' WHERE so_dang_ky = 'WRONG'")
    (gathered,) = gather(installation, morning(3))
    assert gathered.rows_quarantined == 1


def test_what_is_all_there_is_known_without_another_row(system: Database, installation: Installation) -> None:
    """Units whose documents of May were all fetched in May have reported May once the system has answered in June."""
    early = morning(31, month=5) - timedelta(hours=12)
    document_system.register(system, [document("A", early), document("B", early, unit="001", level="district")])
    gather(installation, morning(31, month=5))
    installation.watch(morning(31, month=5))
    reported = f"{SHARE} org_unit = '01' AND rolled_up AND period_start = '2025-05-01'"
    assert installation.rows(reported) == []
    assert [one.state for one in gather(installation, morning(1))] == ["already_known"]
    installation.watch(morning(1))
    assert installation.rows(reported) == [{"numerator": 1, "denominator": 1}] * 2


GATHERING = (
    Death(AFTER, gathering, "fetch"),  # spooled, and nothing of it is known
    Death(AFTER, gathering, "land"),
    Death(AFTER, gathering, "sort_rows"),
    Death(AFTER, records, "record_batch"),  # merged, and not committed
    Death(BEFORE, gathering, "retire"),  # committed, and it lies in the spool still
    Death(AFTER, gathering, "retire"),
    Death(BEFORE, asking, "answered"),  # recorded, and nothing says that the system has answered
    Death(AFTER, systems, "confirm_reports"),  # confirmed, and not committed
)


@pytest.fixture(scope="module")
def crowded(postgres: Postgres) -> Database:
    """A system with 300 documents of May."""
    made = document_system.started(postgres)
    document_system.register(made, invented(UNITS, MAY, 300, seed=7))
    return made


@pytest.fixture(scope="module")
def undisturbed(
    crowded: Database, few_units: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[dict[str, Any]]]:
    """What the records hold after two passes in which nothing died."""
    installation = install(tmp_path_factory.mktemp("undisturbed"), few_units)
    (installation.home / "record.key").write_bytes(KEY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW_CONN_DOCUMENTS", crowded.uri())
        for _ in range(2):
            gather(installation, morning(2))
    return held(installation)


@pytest.mark.parametrize("death", GATHERING, ids=str)
def test_a_pass_that_dies_leaves_all_or_nothing(
    crowded: Database,
    connect: Connect,
    installation: Installation,
    undisturbed: Tables,
    death: Death,
) -> None:
    """Wherever a pass dies, it leaves the whole batch or none of it, and the next one ends in the same state."""
    connect("documents", crowded.uri())
    (installation.home / "record.key").write_bytes(KEY)
    assert dies(death, lambda: gather(installation, morning(2)))
    assert len(held(installation)["documents"]) in (0, 300)
    gather(installation, morning(2))
    assert list((installation.home / "spool" / "documents").glob("*.parquet")) == []
    assert held(installation) == undisturbed


def test_a_fetch_that_breaks_off_leaves_nothing(system: Database, installation: Installation) -> None:
    """A table that breaks in the middle leaves no batch and no file; once it is mended all of it is fetched."""
    document_system.register(system, invented(UNITS, MAY, 300, seed=7))
    system.run(
        "ALTER TABLE van_ban RENAME TO van_ban_that",
        "CREATE VIEW van_ban AS SELECT so_dang_ky, huong, cap, ma_don_vi, ngay_dang_ky, ngay_xu_ly_xong, cach_xu_ly,"
        " mat, da_huy, cap_nhat_luc + 0 * (1 / (200 - row_number() OVER ())) * interval '1 day' AS cap_nhat_luc"
        " FROM van_ban_that",
    )
    with pytest.raises(ExceptionGroup) as raised:
        gather(installation, morning(2))
    assert "division by zero" in str(raised.value.exceptions[0])
    assert [path.name for path in (installation.home / "spool" / "documents").iterdir()] == [".lock"]
    assert held(installation)["batch"] == []
    system.run("DROP VIEW van_ban", "ALTER TABLE van_ban_that RENAME TO van_ban")
    assert [one.rows_accepted for one in gather(installation, morning(2))] == [300]


def test_two_passes_do_not_ask_at_once(system: Database, installation: Installation) -> None:
    """While one pass asks, another leaves the system alone, and takes nothing of what is half there."""
    document_system.register(system, [document("A", morning(1))])
    other: list[list[Gathered]] = []
    real = gathering.fetch

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        with FileLock(installation.home / "spool" / "documents" / ".lock"):
            other.append(gather(installation, morning(2)))
        return real(*args, **kwargs)

    (installation.home / "spool" / "documents").mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gathering, "fetch", lambda *args, **kwargs: (patch.undo(), meanwhile(*args, **kwargs))[1])
        assert [one.state for one in gather(installation, morning(2))] == ["accepted"]
    assert other == [[]]


def test_no_id_and_no_name_is_written_anywhere(system: Database, installation: Installation) -> None:
    """Registration numbers, subjects and clerks are in no file of the home and no column of its databases."""
    document_system.register(
        system, [document("VB-RAW-0001", morning(1)), document("VB-RAW-0002", morning(1), unit="X")]
    )
    told = gather(installation, morning(2))
    installation.watch(morning(2))
    for secret in ("VB-", "Nguyễn Văn A", "Trần Thị B"):
        assert traces(installation, secret) == []
        assert secret not in json.dumps([asdict(one) for one in told], ensure_ascii=False)


def traces(installation: Installation, words: str) -> list[str]:
    """Where in the home these words stand: files, whatever they are, and tables."""
    files = [path for path in installation.home.rglob("*") if path.is_file()]
    assert files
    found = [path.name for path in files if words.encode() in path.read_bytes()]
    return found + [table for table, rows in held(installation).items() if any(words in str(row) for row in rows)]


@pytest.mark.parametrize(
    ("break_it", "kind", "state"),
    [
        (lambda system: system.uri(password=SECRET), FetchError, "failed"),
        (lambda system: (system.run("DROP TABLE van_ban"), system.uri())[1], FetchError, "failed"),
        (lambda system: f"postgres://reader:{SECRET}@127.0.0.1:9/gone", UnreachableError, "unreachable"),
        (
            lambda system: (system.run(*SLOW), system.uri(options="-c statement_timeout=20"))[1],
            UnreachableError,
            "unreachable",
        ),
    ],
    ids=["wrong password", "dropped table", "server down", "statement timeout"],
)
def test_a_system_that_cannot_be_asked_is_said_without_its_secret(
    system: Database,
    connect: Connect,
    installation: Installation,
    caplog: pytest.LogCaptureFixture,
    break_it: Callable[[Database], str],
    kind: type[Exception],
    state: str,
) -> None:
    """The failure names the next command; no message, log or table has the secret, and the doctor tells of it."""
    caplog.set_level(logging.DEBUG)
    connect("documents", break_it(system))
    said: list[str] = []
    with pytest.raises(ExceptionGroup) as raised:
        pipeline.gather(installation.settings, "documents", morning(2), said.append)
    (failure,) = raised.value.exceptions
    assert type(failure) is kind
    assert "`targetwatch gather documents`" in str(failure)
    told = "".join(traceback.format_exception(raised.value)) + caplog.text + "".join(said)
    for password in (SECRET, system.server.password):
        assert password not in told
        assert traces(installation, password) == []
    (row,) = held(installation)["asked"]
    assert (row["state"], row["says"]) == (state, str(failure))
    looked = [one for one in diagnosis.examine(installation.settings, morning(2)) if one.subject == "Systems"]
    assert [one.says for one in looked if not one.sound] == [f"documents: since 2025-06-01 22:30 UTC: {failure}"]


def test_a_system_that_nobody_has_connected_waits_calmly(connect: Connect, installation: Installation) -> None:
    """No failure, no message: the pass says what to do, the doctor too; the source's incident stands, untold."""
    said: list[str] = []
    for now in (morning(2), morning(27)):  # before the deadline, and after it
        assert pipeline.gather(installation.settings, "documents", now, said.append) == []
        installation.watch(now)
    assert any("`airflow connections add documents" in line for line in said)
    assert "is not connected" in pipeline.why_nothing(installation.settings, "documents")
    incidents = installation.rows("SELECT subject, facts ->> '$.begun' AS begun FROM incidents WHERE kind = 'late'")
    assert {"subject": "documents", "begun": "false"} in incidents
    outbox = installation.rows("FROM notifications WHERE message_group = 'late/documents'")
    assert {(row["state"], row["state_reason"]) for row in outbox} == {("suppressed", "not_begun")}
    row = installation.row("SELECT status, reason FROM current_status WHERE target = 'document_management_units'")
    assert row == {"status": "no_data", "reason": "never_observed"}
    assert installation.row("SELECT state, asked_at FROM systems WHERE source = 'documents'") == {
        "state": "not_connected",
        "asked_at": morning(27),
    }
    looked = [one for one in diagnosis.examine(installation.settings, morning(27)) if one.subject == "Systems"]
    assert all(one.sound for one in looked)
    assert "documents" in looked[0].says


def test_a_connection_that_is_lost_is_a_failure(
    system: Database, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the system has answered, a Connection that somebody removed is told like any other fault."""
    assert gather(installation, morning(1)) == []
    assert pipeline.why_nothing(installation.settings, "documents").startswith("The system has nothing new")
    monkeypatch.delenv("AIRFLOW_CONN_DOCUMENTS")
    with pytest.raises(ExceptionGroup) as raised:
        gather(installation, morning(2))
    assert type(raised.value.exceptions[0]) is NotConnectedError


def test_a_connected_system_that_never_delivers_has_late_units(
    system: Database, connect: Connect, installation: Installation
) -> None:
    """From the moment that it is connected its silence counts: the incident names the units that are missing."""
    connect("documents", f"postgres://reader:{SECRET}@127.0.0.1:9/gone")
    with pytest.raises(ExceptionGroup):
        gather(installation, morning(2))
    installation.watch(morning(27))
    (late,) = installation.rows(
        "SELECT state, facts ->> '$.begun' AS begun FROM incidents WHERE kind = 'late' AND subject = 'documents'"
    )
    assert late == {"state": "open", "begun": "true"}


def test_from_the_command_line_answers_are_all_that_is_answered(
    system: Database, few_units: Path, tmp_path: Path
) -> None:
    """Airflow says what it has to say among the errors, and leaves nothing in the home of whoever calls."""
    document_system.register(system, [document("A", datetime(2025, 5, 20, tzinfo=UTC))])
    (tmp_path / "user").mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "user"),
        "TARGETWATCH_HOME": str(tmp_path / "home"),
        "TARGETWATCH_PROGRAMME": str(few_units),
        "AIRFLOW_CONN_DOCUMENTS": system.uri(connect_timeout="10"),  # too short a value to be masked, which it logs
    }
    command = [str(Path(sys.executable).with_name("targetwatch")), "gather", "documents", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=240)
    assert done.returncode == 0, done.stderr
    (told,) = json.loads(done.stdout)
    assert (told["state"], told["rows_accepted"]) == ("accepted", 1)
    assert list((tmp_path / "user").iterdir()) == []
    assert "documents: asking its system" in done.stderr
