"""Whatever data says and however much there is, a digest is a message that Slack takes, and data stays data."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from targetwatch.model import Language
from targetwatch.notifications.digests import DigestStory, Ears, as_lines, as_message, render, tell
from targetwatch.standin import limits
from tests.digests import examples
from tests.messages.test_limits import FIXED, HOSTILE, LINES

MANY = 60
STORIES = {
    name: tell(picture, Ears(picture.situation), receiver)
    for name, picture, receiver in (
        ("weekly", examples.week(), "heads"),
        ("weekly to all", examples.week(), None),
        ("weekly in part", examples.week(), "ba-vi"),
        ("a quiet week", examples.quiet_week(), None),
        ("monthly", examples.month(), None),
        ("monthly in part", examples.month(), "ba-vi"),
    )
}
# What these hold is fixed by the catalogue's loader, by the calendar, or is worked out.
KEPT = FIXED | {"edition", "receiver", "target", "metric_id", "id", "contradictions", "published"}
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.mark.parametrize("language", list(Language), ids=str)
@pytest.mark.parametrize("name", STORIES)
def test_slack_would_take_every_digest(name: str, language: Language) -> None:
    """Every digest as it is told passes Slack's own models and limits, and the stand-in's."""
    check(STORIES[name], language)


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(st.sampled_from(sorted(STORIES)), st.one_of(HOSTILE, LINES), st.sampled_from(list(Language)))
def test_no_text_breaks_a_limit_or_becomes_a_mark(name: str, text: str, language: Language) -> None:
    """Any text in every place of a digest leaves a valid payload with no link, mention or mark that is not our own."""
    check(filled(STORIES[name], text, 1), language)


@settings(max_examples=12, deadline=None, suppress_health_check=SLOW)
@given(st.sampled_from(sorted(STORIES)), LINES, st.sampled_from(list(Language)))
def test_no_number_of_things_breaks_a_limit(name: str, text: str, language: Language) -> None:
    """Hundreds of targets, units, sources and incidents under hostile names leave a valid payload too."""
    check(filled(STORIES[name], text, MANY), language)


@pytest.mark.parametrize("text", ['"' * 400, "\\" * 400, "&" * 400, "ế" * 400, "<!channel>" * 40])
@pytest.mark.parametrize("name", STORIES)
def test_the_worst_names_still_fit(name: str, text: str) -> None:
    """Names of characters that grow when they are escaped, in hundreds of places."""
    check(filled(STORIES[name], text, MANY), Language.VI)


def check(story: DigestStory, language: Language) -> None:
    """Hold the message of a digest against every limit, and against marks that are not its own."""
    page = render(story, language)
    payload = as_message(page, language)
    blocks: list[dict[str, Any]] = payload["blocks"]  # type: ignore[assignment]
    assert limits.refusal(str(payload["text"]), blocks) is None
    assert len(json.dumps([payload["text"], blocks], ensure_ascii=False)) < 12_000
    for block in blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
    for kind, text in _texts(blocks):
        assert text.strip()
        assert re.sub(r"&(amp|lt|gt);", "", text).count("&") == 0
        assert not set(text) & set("<>")
        assert text.count("`") % 2 == 0
        outside = re.sub(r"`[^`\n]*`", "", text)
        assert not set(outside) & set("~@#")
        assert outside.count("*") % 2 == 0
        assert not any(line.startswith("&gt;") for line in text.split("\n"))
        if kind == "mrkdwn":
            assert all(one == "\n" or unicodedata.category(one) not in ("Cc", "Cf", "Cs") for one in text)
    assert all("\n" not in line for line in as_lines(page))


def _texts(blocks: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for block in blocks:
        for part in [block.get("text"), *block.get("elements", [])]:
            if part is not None and part["type"] != "button":
                assert part["type"] == "plain_text" or part["verbatim"] is True
                yield part["type"], part["text"]


def filled(value: Any, text: str, times: int) -> Any:
    """`value` with `text` in the place of every word, and every list of things `times` as long."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return text
    if isinstance(value, tuple):
        found = tuple(filled(item, text, 1) for item in value)
        return found * times if found and all(is_dataclass(item) or isinstance(item, str) for item in found) else found
    if is_dataclass(value) and not isinstance(value, type):
        inner = 1 if type(value).__name__ in ("TargetVersion", "Metric", "Source", "Assessment") else times
        changes = {
            field.name: filled(getattr(value, field.name), text, inner)
            for field in fields(value)
            if field.name not in KEPT and field.init
        }
        kept = {name: getattr(value, name) for name in ("target", "digest", "standing") if hasattr(value, name)}
        changes |= {name: filled(one, text, inner) for name, one in kept.items() if is_dataclass(one)}
        return replace(value, **changes)
    return value
