"""What was heard is kept until it is done, once, in its order; what Slack tells is read as it is meant, or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targetwatch.listening.asked import Asked, asked_in
from targetwatch.listening.spool import AnotherListener, Spool
from targetwatch.notifications.delivery.slack_socket import SlackSocket


def one(key: str) -> Asked:
    """An interaction."""
    return Asked(key, "U1", "T1", "C1", "c", text="help")


def test_what_is_kept_is_found_again_in_its_order(tmp_path: Path):
    """Another process finds what waits, the oldest first, until it is done."""
    spool = Spool(tmp_path)
    assert [spool.keep(one(key)) for key in ("b", "a", "b")] == [True, True, False]
    again = Spool(tmp_path)
    found = again.first()
    assert found == one("b")
    assert found is not None
    again.finish(found)
    assert again.first() == one("a")
    assert not again.keep(one("b"))  # done, and not done again


def test_what_is_done_leaves_nothing_to_read(tmp_path: Path):
    """What people typed, and the addresses to answer at, are gone once it is done."""
    spool = Spool(tmp_path)
    asked = Asked("k", "U1", "T1", "C1", "c", answer_at="https://hooks.slack.com/secret", text="private words")
    spool.keep(asked)
    spool.finish(asked)
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and b"secret" in file.read_bytes()]


@pytest.mark.parametrize("torn", ["", "{", "[]", '{"key": "x"}', "null"])
def test_what_cannot_be_read_is_laid_aside(tmp_path: Path, torn: str):
    """A file that somebody damaged stops nothing that waits behind it."""
    spool = Spool(tmp_path)
    (tmp_path / "waiting" / "000000001-x").write_text(torn, encoding="utf-8")
    spool.keep(one("a"))
    assert spool.first() == one("a")


def test_it_remembers_no_more_than_it_must(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What is done is forgotten in the end: the folder does not grow for ever."""
    monkeypatch.setattr("targetwatch.listening.spool.REMEMBERED", 3)
    spool = Spool(tmp_path)
    for key in "abcdef":
        spool.keep(one(key))
        spool.finish(one(key))
    assert len(list((tmp_path / "done").iterdir())) == 3


def test_one_process_has_it(tmp_path: Path):
    """Two listeners of one home would do everything twice: the second is told so."""
    with Spool(tmp_path).alone(), pytest.raises(AnotherListener), Spool(tmp_path).alone():
        pass
    with Spool(tmp_path).alone():
        pass


PRESSED: dict[str, Any] = {
    "type": "block_actions",
    "user": {"id": "U1", "team_id": "T1"},
    "container": {"message_ts": "1.2", "channel_id": "C1"},
    "channel": {"id": "C1", "name": "c"},
    "response_url": "https://hooks.slack.com/x",
    "token": "a-secret-of-slack",
    "actions": [{"action_id": "why", "value": "{}", "action_ts": "3.4"}],
}


def test_the_same_click_has_the_same_key_and_another_one_another():
    """By the key an interaction is known again, whatever envelope it comes in; two clicks are two."""
    first, again = asked_in("interactive", PRESSED), asked_in("interactive", {**PRESSED, "trigger_id": "9"})
    later = asked_in("interactive", {**PRESSED, "actions": [{**PRESSED["actions"][0], "action_ts": "3.5"}]})
    assert first is not None
    assert first == again
    assert later is not None
    assert later.key != first.key
    assert Asked.from_json(first.as_json()) == first
    assert "a-secret-of-slack" not in first.as_json()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PARTS = st.dictionaries(
    st.sampled_from(["type", "user", "container", "channel", "actions", "message", "team", "user_id", "text"]), JSON
)


@given(st.sampled_from(["interactive", "slash_commands", "events_api", ""]), PARTS, st.booleans())
def test_whatever_comes_is_read_or_passed_over(kind: str, parts: dict[str, Any], whole: bool):
    """No payload makes reading it fail, and all that is read is text."""
    asked = asked_in(kind, {**PRESSED, **parts} if whole else parts)
    assert asked is None or Asked.from_json(asked.as_json()) == asked


ADDRESSES = [
    ("https://hooks.slack.com/actions/T1/2/3", True),
    ("https://hooks.slack-gov.com/x", True),
    ("http://hooks.slack.com/x", False),
    ("https://slack.com.evil.example/x", False),
    ("https://evil.example/.slack.com", False),
    ("https://hooks.slack.com@evil.example/", False),
    ("http://127.0.0.1:9999/respond/x", True),
    ("http://127.0.0.1:1/respond/x", False),
    ("file:///etc/passwd", False),
    ("", False),
    ("javascript:alert(1)", False),
]


@pytest.mark.parametrize(("address", "trusted"), ADDRESSES)
def test_answers_go_to_slack_alone(address: str, trusted: bool):
    """An address to answer at that is neither Slack's nor the stand-in's is not asked."""
    socket = SlackSocket("xapp-x", None, "http://127.0.0.1:9999/api/", lambda _, __: None)
    try:
        assert socket._is_trusted(address) is trusted
    finally:
        socket.close()
