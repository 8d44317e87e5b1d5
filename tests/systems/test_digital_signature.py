"""Digital signatures for citizens: from what providers had issued by a day to the number of the whole city."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from targetwatch import pipeline
from tests.installation import prepare, wait_until_complete
from tests.systems.services.connections import connected, figures, shipped
from tests.systems.services.digital_signature import LOGIN, register, totals

NOW = datetime(2025, 6, 2, 22, tzinfo=UTC)  # 5:00 on 3 June in Hanoi
DAYS = ["2025-03-31", "2025-04-15", "2025-04-30", "2025-05-31", "2025-06-02"]


def issued_by(rows: list[dict[str, object]], day: str) -> int:
    """What all providers together had issued by a day: of each its newest total by then."""
    newest = {row["provider"]: row["issued_to_date"] for row in rows if str(row["as_of"]) <= day}
    return sum(int(str(count)) for count in newest.values())


def test_the_register_is_gathered_and_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The providers' totals add up, month by month, though the register gives only a few at once."""
    installation = shipped(tmp_path, "digital_signature")
    rows = totals(1, DAYS)
    silent = [row for row in rows if (row["provider"], row["as_of"]) != ("CA-1", "2025-05-31")]
    with connected(monkeypatch, "digital_signature", register(silent), login=LOGIN[0], password=LOGIN[1]) as service:
        (gathered,) = pipeline.gather(installation.settings, "digital_signature", NOW)
    assert (gathered.state, gathered.rows_accepted) == ("accepted", len(silent))
    assert len(service.asked) == 4
    installation.watch(NOW)
    found = figures(installation, "digital_signatures_issued")
    assert found["2025-04"] == (issued_by(silent, "2025-04-30"), 1)
    assert found["2025-05"] == (issued_by(silent, "2025-05-31"), 1)


def test_a_file_is_taken_too_and_stands_beside_what_was_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has no service delivers a file; what was published for the same month stays in the ledger beside it."""
    monkeypatch.delenv("AIRFLOW_CONN_DIGITAL_SIGNATURE", raising=False)
    installation = shipped(tmp_path)
    published = (installation.settings.catalogue / "published" / "published.csv").read_bytes()
    file = "provider,as_of,issued_to_date\nCA-0,30/11/2023,30500\nCA-1,2023-11-30,11250\n"
    files = {"digital_signature/tháng 11.csv": file, "published/published.csv": published}
    prepared = prepare(tmp_path / "prepared" / "both", files).parent
    wait_until_complete(prepared)
    installation.deliver(prepared / "both")
    for source in ("digital_signature", "published"):
        (gathered,) = pipeline.gather(installation.settings, source, NOW)
        assert (gathered.state, gathered.rows_quarantined) == ("accepted", 0)
    installation.watch(NOW)
    asked = "SELECT origin, numerator FROM observations WHERE metric = 'digital_signatures_issued' ORDER BY origin"
    assert installation.rows(asked) == [
        {"origin": "computed", "numerator": 41750},
        {"origin": "published", "numerator": 41000},
    ]
