"""The population database link: from its daily counts to dossiers verified and to how much of the time it was up."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from targetwatch import pipeline
from tests.systems.services import faults
from tests.systems.services.connections import connected, figures, shipped
from tests.systems.services.population_db import CLIENT, PATH, days, link

NOW = datetime(2025, 6, 2, 22, tzinfo=UTC)  # 5:00 on 3 June in Hanoi
LATER = datetime(2025, 6, 3, 22, tzinfo=UTC)


def test_the_link_is_gathered_and_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through a gateway that is busy at times; a day that is restated within three days is measured anew."""
    installation = shipped(tmp_path, "population_db")
    rows = days(1, date(2025, 4, 1), date(2025, 6, 2))
    said = {"login": CLIENT[0], "password": CLIENT[1], "token_url": "{address}/token"}
    with connected(monkeypatch, "population_db", link(rows), **said) as service:
        busy = faults.status(429, {"Retry-After": "0"})
        service.faults.extend([faults.fine, faults.fine, busy, busy, faults.fine])
        (gathered,) = pipeline.gather(installation.settings, "population_db", NOW)
    assert (gathered.state, gathered.rows_accepted) == ("accepted", len(rows))
    installation.watch(NOW)
    assert figures(installation, "population_identity_verified")["2025-05"] == of(
        rows, "dossiers", "verified", "looked_up"
    )
    assert figures(installation, "population_link_available")["2025-05"] == of(rows, "link", "up", "checks")

    rows[-3]["link"]["up"] -= 300  # 31 May, two days after the fact
    with connected(monkeypatch, "population_db", link(rows), **said) as service:
        pipeline.gather(installation.settings, "population_db", LATER)
    assert service.pages_of(PATH)[0].params["from"] == "2025-05-30"
    installation.watch(LATER)
    assert figures(installation, "population_link_available")["2025-05"] == of(rows, "link", "up", "checks")


def of(rows: list[dict[str, object]], group: str, numerator: str, denominator: str) -> tuple[int, int]:
    """The sums over May."""
    may = [row[group] for row in rows if str(row["day"]).startswith("2025-05")]
    return sum(one[numerator] for one in may), sum(one[denominator] for one in may)  # type: ignore[index]
