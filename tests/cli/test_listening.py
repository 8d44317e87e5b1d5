"""`targetwatch listen` without what it needs: said, with the setting to give."""

from __future__ import annotations

from pathlib import Path

import pytest

from targetwatch.cli.failures import WrongInput
from targetwatch.cli.listening import listen
from targetwatch.settings import Settings
from targetwatch.supervisor import services


def test_a_real_slack_needs_an_app_level_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With a bot token alone nothing can be heard: the command names the setting and what happens without it."""
    monkeypatch.setenv("TARGETWATCH_HOME", str(tmp_path))
    monkeypatch.setenv("TARGETWATCH_SLACK_TOKEN", "xoxb-not-to-be-seen")
    monkeypatch.delenv("TARGETWATCH_SLACK_APP_TOKEN", raising=False)
    with pytest.raises(WrongInput, match="TARGETWATCH_SLACK_APP_TOKEN") as refused:
        listen()
    assert "commands instead of buttons" in str(refused.value)
    assert "not-to-be-seen" not in str(refused.value)


def test_it_is_a_service_where_there_is_something_to_listen_to(tmp_path: Path) -> None:
    """With the stand-in always; with a real Slack where an app-level token is known, which is not shown."""
    home = {"home": tmp_path}
    assert services.wants_listener(Settings(**home, slack_token=None, slack_url=None))
    assert not services.wants_listener(Settings(**home, slack_token="xoxb-x", slack_app_token=None))
    both = Settings(**home, slack_token="xoxb-x", slack_app_token="xapp-not-to-be-seen")
    assert services.wants_listener(both)
    assert "not-to-be-seen" not in repr(both)
    assert services.environment(both, tmp_path)["TARGETWATCH_SLACK_APP_TOKEN"] == "xapp-not-to-be-seen"
    assert "--keep-trying" in services.listener(tmp_path).argv
