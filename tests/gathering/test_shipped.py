"""The shipped catalogue, its record tables and its gates fit together."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from targetwatch import catalogue
from targetwatch.gathering import Gated, Landed, land, sort_rows, staged
from targetwatch.model import Programme, Source
from tests.gathering.sources import CHECKOUT, GATES, KEY, csv_text, dossier, drop, only_delivery

SQL = CHECKOUT / "sql"
NOW = datetime(2025, 6, 10, 2, 0, tzinfo=UTC)
SAMPLES = {
    "procedures": csv_text([dossier(1, applicant="Nguyễn Văn A"), dossier(2, tier="city", org_unit="SO-TP")]),
    "rankings": "ranking,year,rank,of,published_on\ndigital_transformation_rank,2023,6,63,2024-07-12\n",
    "published": (CHECKOUT / "catalogue" / "published" / "published.csv").read_text(encoding="utf-8"),
}
FETCHED = (
    "city_portal",
    "data_centre_wan",
    "digital_signature",
    "document_software",
    "documents",
    "hotline_1022",
    "lgsp",
    "open_data_portal",
    "population_db",
    "public_service_portal",
)
# What these leave as files is delivered, with all that can be wrong with it, in tests/systems.
LEFT_AS_FILES = (
    "broadband",
    "capital_projects",
    "cashless_payment",
    "commune_radio",
    "commune_web",
    "content_moderation",
    "mailboxes",
    "post",
)
WORKING = tuple(sorted(("procedures", "published", "rankings", "reporting", *LEFT_AS_FILES, *FETCHED)))


@pytest.fixture(scope="module")
def programme() -> Programme:
    """The shipped programme."""
    return catalogue.load(CHECKOUT / "catalogue")


def gathered(programme: Programme, source_id: str, home: Path) -> tuple[Landed, Gated]:
    """The sample delivery of a shipped source, landed and sorted."""
    source = programme.sources[source_id]
    drop(home / "inbox", SAMPLES[source_id], source=source)
    landed = land(only_delivery(home / "inbox", source), source, home, KEY)
    assert isinstance(landed, Landed), landed
    return landed, sort_rows(landed, source, programme, GATES, NOW)


def test_the_sources_that_work_are_known_here(programme: Programme) -> None:
    """Every source that works has a gate suite and a record table that these tests look at."""
    assert tuple(sorted(source.id for source in programme.sources.values() if not source.planned)) == WORKING


@pytest.mark.parametrize("source_id", SAMPLES)
def test_a_good_delivery_is_recorded_whole(programme: Programme, source_id: str, tmp_path: Path) -> None:
    """A good delivery of a shipped source passes its gate, and every row of it is merged into its table, once."""
    landed, gated = gathered(programme, source_id, tmp_path)
    assert gated.refusal is None
    assert gated.quarantined.is_empty()
    database = duckdb.connect()
    for _ in range(2):
        merge(database, programme.sources[source_id], landed, gated)
    count = database.execute(f"SELECT count(*) FROM {programme.sources[source_id].table}").fetchone()
    assert count == (landed.rows_delivered,)


def merge(database: duckdb.DuckDBPyConnection, source: Source, landed: Landed, gated: Gated) -> None:
    """Merge good rows into the source's table, as the warehouse does."""
    if not database.execute("FROM duckdb_tables() WHERE table_name = 'batch'").fetchall():
        database.execute((SQL / "migrations" / "records" / "0001_batches.sql").read_text(encoding="utf-8"))
    database.execute((SQL / "records" / f"{source.table}.sql").read_text(encoding="utf-8"))
    good = staged(landed, gated, NOW)
    assert good is not None
    database.register("staged", good.frame())
    merging = (SQL / "records" / f"{source.table}.merge.sql").read_text(encoding="utf-8")
    for statement in database.extract_statements(merging):
        database.execute(statement, {"source": source.id} if statement.named_parameters else None)


def test_every_published_figure_is_measured(programme: Programme, tmp_path: Path) -> None:
    """The thirty published figures are all recorded; those that the catalogue measures are measured, parts or not."""
    landed, gated = gathered(programme, "published", tmp_path)
    assert gated.good.height == 30
    database = duckdb.connect()
    merge(database, programme.sources["published"], landed, gated)
    ask = {"first_day": date(2017, 1, 1), "last_day": date(2023, 12, 31), "known_at": NOW}
    measured = {
        (metric, period_end): (numerator, denominator)
        for metric, *_, period_end, numerator, denominator, _, _, _ in database.execute(
            (SQL / "metrics" / "published_figures.sql").read_text(encoding="utf-8"), ask
        ).fetchall()
    }
    assert measured["commune_websites", date(2021, 7, 31)] == (410, 579)
    assert measured["it_revenue_share", date(2022, 12, 31)] == (935, 10000)
    assert measured["ict_index_rank", date(2017, 12, 31)] == (3, 1)


def test_the_reporting_template_fits(programme: Programme, tmp_path: Path) -> None:
    """The spreadsheet source keeps what its record table wants."""
    source = programme.sources["reporting"]
    named = {column.name for column in source.columns}
    assert named == {"metric", "tier", "org_unit", "reported_for", "numerator", "denominator", "share"}
    assert source.formats == ("xlsx",)


def test_importing_the_room_is_cheap() -> None:
    """Importing gathering, as every DAG file does through the pipeline, brings no heavy library with it."""
    heavy = ["polars", "pandas", "duckdb", "great_expectations", "openpyxl"]
    program = (
        f"import sys, targetwatch.pipeline, targetwatch.gathering; print([m for m in {heavy} if m in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_the_frames_have_the_shapes_that_the_warehouse_wants(programme: Programme, tmp_path: Path) -> None:
    """Dates are dates, positions whole numbers, and a refused delivery has the same frames, empty."""
    landed, gated = gathered(programme, "procedures", tmp_path)
    refused = sort_rows(landed, programme.sources["procedures"], programme, GATES, datetime(2021, 1, 2, tzinfo=UTC))
    shutil.rmtree(tmp_path / "inbox")
    drop(tmp_path / "inbox", b"")
    source = programme.sources["procedures"]
    unread = land(only_delivery(tmp_path / "inbox", source), source, tmp_path, KEY)
    for other in (refused, sort_rows(unread, source, programme, GATES, NOW)):
        assert other.refusal is not None
        for name in ("reports", "touched", "quarantined"):
            assert getattr(other, name).schema == getattr(gated, name).schema
    assert gated.reports.schema["org_unit_valid_from"] == pl.Date
    assert staged(unread, refused, NOW) is None
