"""The data sharing platform: from its statistics to the shares of systems connected and of calls that succeed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from targetwatch import pipeline
from tests.systems.services.connections import connected, figures, shipped
from tests.systems.services.lgsp import CLIENT, PATH, days_of_systems, lgsp

NOW = datetime(2025, 6, 2, 22, 0, tzinfo=UTC)  # 5:00 on 3 June in Hanoi
ROWS = days_of_systems(1, date(2025, 4, 1), date(2025, 6, 1))


def of_month(month: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Systems connected of those listed at the month's end, and calls that succeeded of those made."""
    rows = [row for row in ROWS if row["day"].startswith(month)]
    last = [row for row in rows if row["day"] == max(one["day"] for one in rows)]
    connected_ones = sum(row["connected"] for row in last)
    return (connected_ones, len(last)), (sum(row["calls_succeeded"] for row in rows), sum(row["calls"] for row in rows))


def test_the_platform_is_gathered_and_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rows become the two shares of each month, though its token runs out; a second pass asks for less."""
    installation = shipped(tmp_path, "lgsp")
    with connected(
        monkeypatch, "lgsp", lgsp(ROWS, lives_for=3), login=CLIENT[0], password=CLIENT[1], token_url="{address}/token"
    ) as service:
        (gathered,) = pipeline.gather(installation.settings, "lgsp", NOW)
        first = len(service.pages_of(PATH))
        service.listings[PATH].rows = [{**row, "region": "HN"} for row in ROWS]
        (again,) = pipeline.gather(installation.settings, "lgsp", NOW.replace(hour=23))
        asked = service.pages_of(PATH)[first:]
    assert (gathered.state, gathered.rows_accepted, gathered.rows_quarantined) == ("accepted", len(ROWS), 0)
    (warning,) = again.warnings
    assert warning.endswith("New column that the source does not name, and so is not kept: “region”")
    installation.watch(NOW)
    for month in ("2025-04", "2025-05", "2025-06"):
        systems, calls = of_month(month)
        assert figures(installation, "lgsp_systems_connected")[month] == systems
        assert figures(installation, "lgsp_calls_succeeded")[month] == calls
    assert {one.params["updated_since"] for one in asked} == {"2025-05-31T00:15:00+07:00"}
