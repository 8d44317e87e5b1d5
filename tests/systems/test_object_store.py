"""A source whose files lie in an object store: from a real server of S3 to the records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from targetwatch import pipeline, warehouse
from tests.gathering.object_store import connect, s3
from tests.gathering.workbooks import workbook
from tests.installation import Installation, install
from tests.systems import small_programme

NOW = datetime(2025, 6, 10, 2, 0, tzinfo=UTC)
HEADER = ["metric", "tier", "org_unit", "period", "numerator", "denominator"]
MAY = ["dossiers_processed_online", "commune", "00001", "tháng 5/2025", 12, 20]
FILED = "SELECT delivered_as, state, rows_accepted FROM batches ORDER BY delivered_as"


@pytest.fixture(scope="module")
def store() -> Iterator[Any]:
    """A client of a server with a bucket."""
    with s3() as client:
        client.create_bucket(Bucket="reports")
        yield client


@pytest.fixture
def installation(tmp_path: Path, store: Any, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """An installation whose reports come from the bucket."""
    programme = small_programme.of_sources(tmp_path / "programme", ["reporting", "procedures"])
    file = programme / "catalogue" / "sources" / "reporting.yaml"
    said = file.read_text(encoding="utf-8")
    objects = 'connector: objects\nobjects: {path: "s3://reports/2025", pattern: "**/*.xlsx"}'
    file.write_text(said.replace("connector: file", objects), encoding="utf-8")
    connect(monkeypatch, "reporting", store.meta.endpoint_url)
    return install(tmp_path / "home", programme)


def filed(installation: Installation) -> list[tuple[Any, ...]]:
    """The deliveries that the records know."""
    return warehouse.fetch(installation.settings.home, FILED).rows()


def test_what_lies_in_a_store_is_recorded_once(installation: Installation, store: Any) -> None:
    """Each file is a delivery; another pass finds nothing new; a corrected one is taken again; the store stays."""
    june = [*MAY[:3], "tháng 4/2025", 3, 4]
    store.put_object(Bucket="reports", Key="2025/05/a.xlsx", Body=workbook({"BC": [HEADER, MAY]}))
    store.put_object(Bucket="reports", Key="2025/04/b.xlsx", Body=workbook({"BC": [HEADER, june]}))
    settings = installation.settings
    pipeline.run(settings, NOW)
    first = [("04\N{BIG SOLIDUS}b.xlsx", "accepted", 1), ("05\N{BIG SOLIDUS}a.xlsx", "accepted", 1)]
    assert filed(installation) == first
    assert pipeline.gather(settings, "reporting", NOW) == []
    mended = [*MAY[:4], 13, 20]
    store.put_object(Bucket="reports", Key="2025/05/a.xlsx", Body=workbook({"BC": [HEADER, mended]}))
    (again,) = pipeline.gather(settings, "reporting", NOW)
    assert (again.state, again.rows_accepted) == ("accepted", 1)
    assert len(store.list_objects_v2(Bucket="reports")["Contents"]) == 2
    assert [path.name for path in (settings.home / "spool" / "reporting").iterdir() if path.name[0] != "."] == []


def test_a_refused_file_is_told_once(installation: Installation, store: Any) -> None:
    """A file that cannot be read is refused with its reason, is not asked for again, and stops no other one."""
    store.put_object(Bucket="reports", Key="2025/06/broken.xlsx", Body=b"PK\x03\x04xl/")
    pipeline.run(installation.settings, NOW)
    assert ("06\N{BIG SOLIDUS}broken.xlsx", "refused", 0) in filed(installation)
    assert sum(state == "accepted" for _, state, _ in filed(installation)) == 2
    assert pipeline.gather(installation.settings, "reporting", NOW) == []
