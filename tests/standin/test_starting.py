"""Starting the stand-in: the time zone that its page speaks in."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from targetwatch.standin.__main__ import _zone


def test_the_page_uses_the_programmes_time_zone(tmp_path: Path):
    """The page's times are those of the messages."""
    programme = tmp_path / "programme.yaml"
    programme.write_text("time_zone: Asia/Ho_Chi_Minh\n", encoding="utf-8")
    assert _zone(programme) == ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    "written", ["time_zone: Nowhere/At_All", "{", "", "- a list", "start: 2021-01-01", "time_zone: ../x"]
)
def test_a_broken_catalogue_stops_no_message(tmp_path: Path, written: str):
    """Whatever is wrong with the catalogue, the messages can be read."""
    programme = tmp_path / "programme.yaml"
    programme.write_text(written, encoding="utf-8")
    assert _zone(programme) is None
    assert _zone(tmp_path / "missing.yaml") is None
