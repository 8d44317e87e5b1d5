"""What the listener writes into its log when something fails."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from targetwatch.listening.desk import in_words
from targetwatch.settings import Settings


def test_a_failure_is_logged_in_one_line_without_secrets(tmp_path: Path):
    """A token of the settings, and what looks like one, stand in no log, whatever the failure says."""
    settings = Settings(home=tmp_path, slack_token=SecretStr("bot-of-the-city"), slack_url=None)
    failure = OSError("refused bot-of-the-city at https://user:hidden@host/ with xoxb-12-34\nand a second line")
    assert in_words(settings, failure) == "OSError: refused *** at https://***@host/ with ***"
