"""What operators read: goldens in both languages, within Slack's limits, and hostile words changed nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from slack_sdk.models.blocks import Block

from targetwatch.model import Language, Text
from targetwatch.operations import messages
from targetwatch.operations.trouble import EVALUATION, OVER, Trouble, broke
from tests.operations.examples import ERROR, LOG, MORNING, TROUBLES, minutes, operators
from tests.operations.rewrite import GOLDEN, golden, payloads, written

HOSTILE = (
    "<!channel> <!here> <@U123> @here #general <https://evil.example|click> https://evil.example\u202eback\u2066 "
    "`code` ```block``` *bold* :tada:\n> quote\n" + "x" * 10_000
)
MARKS = ("<!", "<@", "<http", "\u202e", "\u2066", "\n> ")


def texts(part: object) -> Iterator[str]:
    """Every text in a payload."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name in ("text", "alt_text") and isinstance(value, str):
                yield value
            else:
                yield from texts(value)
    elif isinstance(part, list):
        for one in part:
            yield from texts(one)


def check(payload: dict[str, object]) -> None:
    """Hold a payload against Slack's own models, and its length against what Slack takes."""
    blocks = payload["blocks"]
    assert isinstance(blocks, list)
    for block in Block.parse_all(blocks):
        block.validate_json()
    assert len(json.dumps(payload, ensure_ascii=False)) < 12_000


@pytest.mark.parametrize("language", list(Language), ids=str)
@pytest.mark.parametrize("name", sorted(payloads(Language.EN)))
def test_messages_read_as_their_golden_files(name: str, language: Language) -> None:
    """What operators read is what a person has read and agreed to; Slack's own models take it."""
    payload = payloads(language)[name]
    assert written(payload) == golden(name, language).read_text(encoding="utf-8")
    check(payload)


def test_no_golden_file_is_left_over() -> None:
    """Each file is one of today's messages."""
    assert {file.name for file in GOLDEN.glob("*.json")} == {
        golden(name, language).name for language in Language for name in payloads(language)
    }


@pytest.mark.parametrize("language", list(Language), ids=str)
@pytest.mark.parametrize("subject", ["watch/judge", EVALUATION])
def test_hostile_words_stay_words(subject: str, language: Language) -> None:
    """An error, a task and a programme full of marks neither mention nor link nor grow beyond what Slack takes."""
    where = replace(operators(), programme=Text(HOSTILE, HOSTILE))
    hostile = broke(subject if subject == EVALUATION else f"{HOSTILE}/{HOSTILE}", HOSTILE, MORNING, LOG)
    hostile = replace(hostile, error=HOSTILE)
    over = replace(hostile, recovered_at=MORNING + minutes(10))
    told = [
        messages.message(hostile, where, language),
        messages.message(over, where, language),
        messages.reply(over, where, language, OVER, MORNING),
        messages.reply(hostile, where, language, "day-1", MORNING),
    ]
    for payload in told:
        check(payload)
        said = "\n".join(texts(payload))
        assert not [mark for mark in MARKS if mark in said]


def test_a_log_that_is_no_address_is_no_button() -> None:
    """What is not an address of the web cannot be opened."""
    for link in ("javascript:alert(1)", "", "https://a b"):
        told = messages.message(broke("watch/judge", ERROR, MORNING, link), operators(), Language.EN)
        assert [block["type"] for block in told["blocks"]] == ["header", "section", "section", "section", "context"]  # type: ignore[attr-defined]


def test_who_is_mentioned_is_mentioned_in_a_new_message_alone() -> None:
    """The fingerprint is that of the words without the mention, and what is over calls nobody."""
    one: Trouble = TROUBLES["task"]
    assert "<!subteam^S01>" in json.dumps(messages.message(one, operators(), Language.EN, mentions="S01"))
    assert "subteam" not in json.dumps(messages.message(one, operators(), Language.EN))
    assert "subteam" not in json.dumps(
        messages.message(TROUBLES["task-over"], operators(), Language.EN, mentions="S01")
    )
