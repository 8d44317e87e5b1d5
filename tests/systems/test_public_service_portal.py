"""The public service portal: from its procedures to the share fully online, and to the target that waits for it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from targetwatch import pipeline
from tests.systems.services import faults
from tests.systems.services.connections import connected, figures, shipped
from tests.systems.services.public_service_portal import KEY, PATH, portal, procedures

TARGET = "SELECT status, reason, numerator, denominator FROM current_status WHERE target = 'procedures_online_level4'"


def morning(month: int, day: int) -> datetime:
    """Five in the morning of a day of 2025 in Hanoi."""
    return datetime(2025, month, day - 1, 22, tzinfo=UTC)


def test_the_target_moves_with_what_the_portal_offers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Month by month the share is gathered and judged: no data, at risk, and behind, which opens an incident.

    The spellings of a level are read as one; a level that the source does not name is the fault of its row.
    """
    installation = shipped(tmp_path, "public_service_portal")
    months = [("2025-04", 100, (5, 30)), ("2025-05", 114, (6, 14)), ("2025-06", 124, (7, 15))]
    seen = []
    installation.watch(morning(5, 20))
    seen.append(installation.row(TARGET))
    rows = []
    for number, (month, fully_online, day) in enumerate(months):
        rows += procedures(number, month, 200, fully_online)
        bad = [{**rows[-1], "code": "9.999999", "level": "mức độ 5"}] if number == 2 else []
        with connected(monkeypatch, "public_service_portal", portal([*rows, *bad]), password=KEY) as service:
            service.faults.extend([faults.fine, faults.status(500), faults.cut()])
            (gathered,) = pipeline.gather(installation.settings, "public_service_portal", morning(*day))
        assert (gathered.state, gathered.rows_quarantined) == ("accepted", len(bad))
        assert service.pages_of(PATH)[0].params.get("period_from") == (None if number == 0 else months[number - 1][0])
        installation.watch(morning(*day))
        seen.append(installation.row(TARGET))
    assert [(one["status"], one["reason"], one["numerator"], one["denominator"]) for one in seen] == [
        ("no_data", "never_observed", None, None),
        ("at_risk", "within_margin", 100, 200),
        ("at_risk", "within_margin", 114, 200),
        ("behind", "short_of_required", 124, 200),
    ]
    assert figures(installation, "online_services_level34")["2025-06"] == (144, 1)
    live = installation.rows("SELECT kind, subject FROM incidents WHERE is_live AND kind = 'behind'")
    assert live == [{"kind": "behind", "subject": "procedures_online_level4"}]
    assert installation.row("SELECT column_name, delivered_value FROM quarantine") == {
        "column_name": "service_level",
        "delivered_value": "mức độ 5",
    }
