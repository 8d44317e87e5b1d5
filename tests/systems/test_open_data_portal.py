"""The open data portal: from the data sets of the list that it has published to the shares published and fresh."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from targetwatch import pipeline
from targetwatch.gathering.connectors.wanted import read_wanted
from targetwatch.settings import CHECKOUT
from tests.gathering.sources import PROCEDURES
from tests.systems.services.ckan import ckan, package
from tests.systems.services.connections import connected, figures, shipped

NOW = datetime(2025, 5, 30, 22, 30, tzinfo=UTC)  # 5:30 on 31 May in Hanoi
LIST = read_wanted(PROCEDURES, CHECKOUT / "catalogue" / "sources", "open_data_list.csv")


def test_the_list_is_held_against_the_portal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last look of a month counts: what is published of the list, and of that what was renewed in time."""
    installation = shipped(tmp_path)
    names = [one.name for one in LIST]
    early = [package(name, NOW - timedelta(days=8)) for name in names[:5]]
    with connected(monkeypatch, "open_data_portal", ckan(early)):
        (first,) = pipeline.gather(installation.settings, "open_data_portal", NOW - timedelta(days=7))
    late = [package(one.name, NOW - timedelta(days=one.every_days + number % 2)) for number, one in enumerate(LIST[:9])]
    hidden = [package(names[9], NOW, private=True), package(names[10], NOW, files=0)]
    foreign = [package("bo-du-lieu-khac", NOW)]
    with connected(monkeypatch, "open_data_portal", ckan([*late, *hidden, *foreign], most_rows=4)):
        (second,) = pipeline.gather(installation.settings, "open_data_portal", NOW)
        (third,) = pipeline.gather(installation.settings, "open_data_portal", NOW)
    assert (first.state, second.state, third.state) == ("accepted", "accepted", "already_known")
    assert second.rows_accepted == len(LIST)
    installation.watch(NOW)
    assert figures(installation, "open_data_sets_published")["2025-05"] == (9, len(LIST))
    assert figures(installation, "open_data_sets_fresh")["2025-05"] == (5, 9)
