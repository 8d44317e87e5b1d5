"""`python -m benchmarks.gating_once <way> <file>`: take a CSV of dossiers once; prints seconds and peak megabytes."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from benchmarks.memory import peak_megabytes
from targetwatch import catalogue
from targetwatch.settings import CHECKOUT, Settings

NOW = datetime(2025, 6, 30, 2, 0, tzinfo=UTC)
COLUMNS = {
    "dossier_id": "VARCHAR",
    "procedure": "VARCHAR",
    "sector": "VARCHAR",
    "tier": "VARCHAR",
    "org_unit": "VARCHAR",
    "received_on": "DATE",
    "due_on": "DATE",
    "finished_on": "DATE",
    "channel": "VARCHAR",
    "digitally_signed": "BOOLEAN",
    "paid_online": "BOOLEAN",
    "identity_verified": "BOOLEAN",
    "came_in_person": "BOOLEAN",
    "satisfaction": "BIGINT",
    "applicant": "VARCHAR",
}
# Invented: days, units and words are drawn by a hash of the row's number.
DOSSIERS = """
COPY (
  SELECT
    'H26.' || strftime(day, '%y%m%d') || '-' || lpad(CAST(i AS VARCHAR), 9, '0') AS dossier_id,
    '1.00' || CAST(1000 + hash(i, 1) % 900 AS VARCHAR) AS procedure,
    'lĩnh vực ' || (hash(i, 2) % 20) AS sector,
    'commune' AS tier,
    list_extract($codes, CAST(1 + hash(i, 12) % len($codes) AS INTEGER)) AS org_unit,
    day AS received_on,
    day + CAST(5 + hash(i, 3) % 20 AS INTEGER) AS due_on,
    CASE WHEN hash(i, 4) % 10 > 0 THEN day + CAST(hash(i, 5) % 30 AS INTEGER) END AS finished_on,
    CASE WHEN i % $one_in = 500 THEN 'pigeon'
      ELSE list_extract(['trực tuyến', 'desk', 'online'], CAST(1 + hash(i, 6) % 3 AS INTEGER)) END AS channel,
    hash(i, 7) % 2 = 0 AS digitally_signed,
    CASE WHEN hash(i, 8) % 4 > 0 THEN true END AS paid_online,
    hash(i, 9) % 2 = 0 AS identity_verified,
    false AS came_in_person,
    1 + hash(i, 10) % 5 AS satisfaction,
    'Nguyễn Văn ' || (hash(i, 11) % 1000) AS applicant
  FROM (SELECT i, DATE '2025-01-02' + CAST(hash(i) % 140 AS INTEGER) AS day FROM range($rows) AS numbers(i))
) TO $file (HEADER)
"""


def make(file: Path, rows: int, one_in: int) -> None:
    """Write so many invented dossiers to `file`, every `one_in`th with a channel that there is not."""
    programme = catalogue.load(CHECKOUT / "catalogue")
    first, last = date(2025, 1, 1), date(2025, 5, 31)
    codes = [
        unit.key.code
        for unit in programme.org_units
        if unit.level == "commune" and unit.key.valid_from <= first and (unit.valid_to is None or unit.valid_to >= last)
    ]
    duck = duckdb.connect()
    duck.execute(DOSSIERS, {"rows": rows, "one_in": one_in, "codes": codes, "file": str(file)})


def read_csv(file: Path, named: bool) -> float:
    """Seconds that DuckDB takes to read the file into a table, telling types itself or naming what is not of them."""
    duck = duckdb.connect()
    began = time.perf_counter()
    if named:
        duck.execute(
            "CREATE TABLE dossiers AS FROM read_csv($file, columns = $columns, header = true, store_rejects = true)",
            {"file": str(file), "columns": COLUMNS},
        )
    else:
        duck.execute("CREATE TABLE dossiers AS FROM read_csv($file)", {"file": str(file)})
    return time.perf_counter() - began


def gather(file: Path) -> float:
    """Seconds from a file in the inbox to its recorded rows, imports and an empty warehouse apart."""
    from targetwatch import gathering, pipeline
    from targetwatch.checks.library import great_expectations
    from targetwatch.steps.taking import Taking
    from targetwatch.warehouse import Warehouse

    great_expectations()
    with tempfile.TemporaryDirectory(dir=file.parent) as home:
        settings = Settings(home=Path(home))
        programme = catalogue.load(settings.catalogue)
        warehouse = Warehouse(settings.home, settings.product_sql, settings.programme_sql)
        with warehouse.records():
            pass
        delivered = settings.inbox / "procedures" / file.name
        delivered.parent.mkdir(parents=True)
        shutil.copy(file, delivered)
        delivery = gathering.Delivery(delivered, "procedures", file.name, file.stat().st_size)
        source = programme.sources["procedures"]
        began = time.perf_counter()
        gathered = Taking(settings, programme, source, warehouse, NOW, pipeline.silent).take_one(delivery)
        seconds = time.perf_counter() - began
        bad = warehouse_rows(settings, "SELECT count(*), count(DISTINCT position) FROM quarantined_row")
        good = warehouse_rows(settings, "SELECT count(*), count(DISTINCT record_id) FROM procedures")
        assert gathered.state == "accepted", gathered.refused_because
        assert bad == (gathered.rows_quarantined,) * 2
        assert good == (gathered.rows_accepted,) * 2
        assert sum((bad[0], good[0])) == gathered.rows_delivered
    return seconds


def warehouse_rows(settings: Settings, query: str) -> tuple[int, ...]:
    """The one row that a query on the records gives."""
    with duckdb.connect(str(settings.home / "warehouse/records.duckdb"), read_only=True) as duck:
        row = duck.execute(query).fetchone()
    assert row is not None
    return tuple(row)


def main() -> None:
    """Take the file in one way, and print what it cost."""
    way, file = sys.argv[1], Path(sys.argv[2])
    seconds = gather(file) if way == "gather" else read_csv(file, named=way == "read_csv_rejects")
    print(f"{seconds:.3f} {peak_megabytes():.0f}")


if __name__ == "__main__":
    main()
