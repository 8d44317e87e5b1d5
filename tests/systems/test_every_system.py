"""Every system that the reports name is gathered, measured, tested and documented; none is left planned."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from targetwatch import catalogue, diagnosis
from targetwatch.model import Source
from targetwatch.settings import CHECKOUT
from tests.installation import install
from tests.systems import small_programme
from tests.systems.delivering import communes

SYSTEMS = CHECKOUT.parent / "shared" / "programme" / "systems.csv"
DOCUMENT = CHECKOUT / "docs" / "sources.md"
PROGRAMME = catalogue.load(CHECKOUT / "catalogue")
GATHERED = [source for source in PROGRAMME.sources.values() if not source.planned]
TESTED_ELSEWHERE = {
    "document_software": "tests/systems/test_documents.py",  # the same system, by the same connection
    "published": "tests/systems/test_digital_signature.py",  # no system: what was read in the press
}


def test_no_system_of_the_reports_is_left_out() -> None:
    """Each row of systems.csv is a source that works, with a test that gathers from something like the real one."""
    if not SYSTEMS.exists():
        pytest.skip(f"{SYSTEMS} is not there")
    with SYSTEMS.open(encoding="utf-8", newline="") as file:
        systems = [row["system"] for row in csv.DictReader(file)]
    assert len(systems) == 20
    sources = {source.id for source in GATHERED}
    assert [system for system in systems if system not in sources] == []
    tests = CHECKOUT / "tests" / "systems"
    assert [system for system in systems if not (tests / f"test_{system}.py").exists()] == []


@pytest.mark.parametrize("source", GATHERED, ids=lambda source: source.id)
def test_a_source_has_all_that_it_needs(source: Source) -> None:
    """A gate suite, a record table with its merge, SQL that measures it, and a line that says so to people."""
    assert (CHECKOUT / "expectations" / "gates" / f"{source.gate}.json").exists()
    for name in (f"records/{source.table}.sql", f"records/{source.table}.merge.sql"):
        assert (CHECKOUT / "sql" / name).exists()
    assert source.measured_by
    assert all((CHECKOUT / "sql" / "metrics" / f"{name}.sql").exists() for name in source.measured_by)


@pytest.mark.parametrize("source", GATHERED, ids=lambda source: source.id)
def test_a_source_is_documented_as_it_is(source: Source) -> None:
    """Its row in docs/sources.md names its connector, its gate, every metric that it feeds, and its test."""
    rows = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith(f"| `{source.id}` |")]
    assert len(rows) == 1
    _, _, connector, _, deadline, gate, metrics, test, _ = rows[0].split("|")
    assert f"`{source.connector}`" in connector
    assert f"[{source.gate}](../expectations/gates/{source.gate}.json)" in gate
    assert (deadline.strip() == "none") == (source.deadline is None)
    fed = {metric.id for metric in PROGRAMME.metrics.values() if metric.source == source.id and metric.sql is not None}
    assert fed <= set(re.findall(r"`(\w+)`", metrics))
    assert f"`{TESTED_ELSEWHERE.get(source.id, f'tests/systems/test_{source.id}.py')}`" in test
    assert all((CHECKOUT / path).exists() for path in re.findall(r"`([\w/.]+)`", test))


@pytest.mark.parametrize("source", GATHERED, ids=lambda source: source.id)
def test_the_records_behind_each_of_its_figures_are_listed(source: Source) -> None:
    """What explains a figure can show the rows that it was counted from."""
    fed = [metric.id for metric in PROGRAMME.metrics.values() if metric.source == source.id and metric.sql is not None]
    rows = {path.stem for path in (CHECKOUT / "sql" / "rows").glob("*.sql")}
    assert source.id in rows or [metric for metric in fed if metric not in rows] == []


def test_the_doctor_names_a_source_that_nothing_ever_came_for(tmp_path: Path) -> None:
    """Nobody is told in Slack that its units are late before anything came, so whoever keeps the thing must see it."""
    installation = install(tmp_path / "home", small_programme.of_sources(tmp_path / "programme", ["mailboxes", "post"]))
    now = datetime(2025, 6, 18, 2, tzinfo=UTC)  # after the deadline of May
    installation.watch(now)
    said = [found for found in diagnosis.examine(installation.settings, now) if found.subject == "Inboxes"]
    assert [found.sound for found in said] == [True]
    assert said[0].says.startswith("nothing ever came for mailboxes, post, ")
    assert str(installation.settings.inbox) in said[0].says


def test_there_are_communes_to_try_it_with() -> None:
    """The tests of files deliver for more communes than one bad row among them could refuse."""
    assert len(communes()) > 50
