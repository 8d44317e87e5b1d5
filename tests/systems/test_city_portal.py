"""The city portal: from its daily statistics to what it holds and how often it is visited."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from targetwatch import pipeline
from tests.systems.services.city_portal import PATH, days, portal
from tests.systems.services.connections import connected, figures, shipped

NOW = datetime(2025, 6, 2, 22, tzinfo=UTC)  # 5:00 on 3 June in Hanoi
HELD = {
    "portal_visits": "visits",
    "portal_articles": "articles",
    "portal_videos": "videos",
    "portal_english_news": "english_news",
    "portal_legal_documents": "legal_documents",
    "portal_directives": "directives",
    "portal_hotline_guided": "callers_guided",
}


def test_the_portal_is_gathered_and_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of its eight metrics has its figure for each month, and a second look asks for the last days alone."""
    installation = shipped(tmp_path, "city_portal")
    rows = days(1, date(2025, 4, 1), date(2025, 6, 2))
    with connected(monkeypatch, "city_portal", portal(rows), password="a token") as service:
        (gathered,) = pipeline.gather(installation.settings, "city_portal", NOW)
        again = pipeline.gather(installation.settings, "city_portal", NOW.replace(day=3))
    assert (gathered.state, gathered.rows_accepted) == ("accepted", len(rows))
    assert [one.rows_delivered for one in again] == [4]
    assert [one.params.get("from") for one in service.pages_of(PATH)] == [None, "2025-05-30"]
    installation.watch(NOW)
    may = [row for row in rows if row["day"].startswith("2025-05")]
    for metric, name in HELD.items():
        assert figures(installation, metric)["2025-05"] == (may[-1]["to_date"][name], 1), metric
    assert figures(installation, "portal_visits_per_day")["2025-05"] == (sum(row["visits"] for row in may), 31)


def test_a_portal_that_hides_a_count_is_told_from_one_that_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A count that is null on some days is taken from the newest that has it; one that vanished refuses the batch."""
    installation = shipped(tmp_path, "city_portal")
    rows = days(2, date(2025, 5, 1), date(2025, 5, 31))
    for row in rows[-3:]:
        row["to_date"]["videos"] = None
    with connected(monkeypatch, "city_portal", portal(rows)):
        (gathered,) = pipeline.gather(installation.settings, "city_portal", NOW)
    assert gathered.state == "accepted"
    installation.watch(NOW)
    assert figures(installation, "portal_videos")["2025-05"] == (rows[-4]["to_date"]["videos"], 1)
    for row in rows:
        del row["to_date"]["videos"]
    with connected(monkeypatch, "city_portal", portal(rows)):
        (gathered,) = pipeline.gather(installation.settings, "city_portal", NOW.replace(day=3))
    assert gathered.state == "refused"
    assert "to_date.videos" in str(gathered.refused_because)
