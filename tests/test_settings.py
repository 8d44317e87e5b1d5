"""Settings: what an installation may change, and what a wrong value says."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from targetwatch import clock
from targetwatch.settings import CHECKOUT, Settings


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """TARGETWATCH_HOME names the home, and what lies in it follows."""
    monkeypatch.setenv("TARGETWATCH_HOME", str(tmp_path))
    assert Settings().inbox == tmp_path / "inbox"


def test_an_empty_setting_was_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty home is not the working folder, and an empty token no Slack to send to."""
    for name in ("HOME", "SLACK_TOKEN", "SLACK_URL", "STANDIN_PORT"):
        monkeypatch.setenv(f"TARGETWATCH_{name}", "")
    settings = Settings()
    assert (settings.home, settings.has_slack, settings.standin_port) == (CHECKOUT / "var", False, 8642)


def test_a_wrong_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that is no port is an error that names it."""
    monkeypatch.setenv("TARGETWATCH_AIRFLOW_PORT", "99999")
    with pytest.raises(ValidationError, match="airflow_port"):
        Settings()


def test_a_token_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printing the settings does not print the token."""
    monkeypatch.setenv("TARGETWATCH_SLACK_TOKEN", "xoxb-not-to-be-seen")
    assert "not-to-be-seen" not in repr(Settings())


def test_a_home_with_a_clock_lives_at_its_moment(tmp_path: Path) -> None:
    """Whoever opens a demo's home sees the demo's time."""
    (tmp_path / "clock").write_text("2025-04-10T09:00:00+07:00\n", encoding="utf-8")
    assert clock.now(Settings(home=tmp_path)) == datetime(2025, 4, 10, 2, tzinfo=UTC)


def test_a_clock_without_a_time_zone_is_refused(tmp_path: Path) -> None:
    """A moment without a time zone could be any of twenty-four."""
    (tmp_path / "clock").write_text("2025-04-10T09:00:00", encoding="utf-8")
    with pytest.raises(ValueError, match="without a time zone"):
        clock.now(Settings(home=tmp_path))
