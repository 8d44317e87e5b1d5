"""Whatever data says, a message stays within Slack's limits and data stays data."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from itertools import chain
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from targetwatch.model import Language, Text
from targetwatch.notifications.messages import render
from targetwatch.notifications.messages.mrkdwn import INVISIBLE, clean, code, escape, mention
from targetwatch.standin import limits
from tests.messages.told import STORIES

# Fields that hold no words of people: what they hold is fixed by the catalogue's loader.
FIXED = {"time_zone", "check", "qualifier", "unit_of_measure", "version", "cadence"}
HOSTILE = st.text(
    alphabet=st.one_of(
        st.sampled_from("*_~`<>&@#!|:/ \n\t\u200b\u202e\u2066\u2028\u00ad"),
        st.sampled_from(["ế", "Đ", "\u0302", "\u0323", "😀", "\u200d", "a", "Z", "9"]),
        st.characters(),
    ),
    max_size=400,
)
LINES = st.sampled_from(
    [
        "<!channel> <!here> <@U123> @here @channel #general",
        "<https://evil.example|Xem chỉ tiêu> https://evil.example www.evil.example mailto:a@b.vn",
        "*bold* _italic_ ~gone~ `code` ```block``` > quote",
        ":tada: :x: :white_check_mark:",
        "Quận\u202e ba Đình\u200b\u2066",
        "\n> Đã đạt\n• *Huyện*: 100%",
        "&lt;!here&gt; &amp; & <",
        "x" * 10_000,
        "Ệ" * 10_000,
        "&" * 3000,
        "",
        " ",
        "Xa\u0303 ".strip(),
    ]
)
MANY = 700


@pytest.mark.parametrize("language", list(Language), ids=str)
@pytest.mark.parametrize("name", STORIES)
def test_slack_would_take_every_story(name: str, language: Language) -> None:
    """Every story as it is told passes Slack's own models and limits."""
    _check(render(STORIES[name], language))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(STORIES)), st.one_of(HOSTILE, LINES), st.sampled_from(list(Language)))
def test_no_text_breaks_a_limit_or_becomes_a_mark(name: str, text: str, language: Language) -> None:
    """Any text in every place of a story leaves a valid payload with no link, mention or mark that is not our own."""
    _check(render(_filled(STORIES[name], text, 1), language))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(STORIES)), LINES, st.sampled_from(list(Language)))
def test_no_number_of_things_breaks_a_limit(name: str, text: str, language: Language) -> None:
    """Hundreds of units, deliveries and targets under hostile names leave a valid payload too."""
    _check(render(_filled(STORIES[name], text, MANY), language))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(sorted(STORIES)),
    st.one_of(HOSTILE, LINES).filter(lambda text: bool(clean(text).strip())),
    st.sampled_from(list(Language)),
)
def test_hostile_text_changes_nothing_but_its_own_words(name: str, text: str, language: Language) -> None:
    """Beside a story whose every word is harmless, a hostile one has the same blocks, buttons, links and drawing.

    What differs stands in text alone; and a button gives back the group that the story is of, letter by letter.
    """
    harmless, hostile = (
        render(_filled(STORIES[name], one, 1, keep=LINKED), language) for one in ("Quận", text)
    )  # fmt: skip
    assert [_bones(block) for block in _blocks(hostile)] == [_bones(block) for block in _blocks(harmless)]


@settings(max_examples=60, deadline=None)
@given(HOSTILE)
def test_a_button_gives_back_the_group_as_it_is(group: str) -> None:
    """The value of a button is JSON that holds the group letter by letter, or there is no button to press."""
    story: Any = STORIES["behind.buttons"]
    payload = render(replace(story, care=replace(story.care, group=group)), Language.EN)
    pressed = [
        json.loads(element["value"])
        for block in _blocks(payload)
        for element in block.get("elements", [])
        if "value" in element
    ]
    assert pressed in ([], [{"group": group, "incident": 147}] * 3)
    assert pressed or len(group) > 300


@settings(max_examples=300, deadline=None)
@given(st.one_of(HOSTILE, LINES), st.integers(2, 200))
def test_escaped_text_is_only_text(text: str, limit: int) -> None:
    """Escaped data holds no mark, control character or line break, keeps to its limit, and says when it was cut."""
    escaped = escape(text, limit)
    assert len(escaped) <= limit
    assert not set(escaped) & set("*~`<>@#\n")
    assert not re.search(r":[A-Za-z0-9_+'-]+:|://|(?<![^\W_])_|_(?![^\W_])", escaped)
    assert re.sub(r"&(amp|lt|gt);", "", escaped).count("&") == 0
    assert all(unicodedata.category(one) not in ("Cc", "Cf", "Cs") for one in escaped)
    assert escape(text, 10_000_000) == escaped or escaped.endswith("…")


@settings(max_examples=200, deadline=None)
@given(st.one_of(HOSTILE, LINES))
def test_a_code_span_is_not_left(text: str) -> None:
    """Data in a code span cannot end it or hold a link."""
    span = code(text)
    assert span.startswith("`")
    assert span.endswith("`")
    assert span.count("`") == 2
    assert "<" not in span


@given(HOSTILE)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    """Clean text is clean."""
    assert clean(clean(text)) == clean(text)


def test_of_every_script_only_what_can_be_seen_is_left() -> None:
    """No control, no mark of direction, no tag and no blank but a space comes through from between two letters."""
    seen = set()
    for character in map(chr, chain(range(0x20000), range(0xE0000, 0xE0200))):
        said = clean(f"a{character}b")
        seen.update(said)
        assert said in ("ab", "a b") or unicodedata.normalize("NFC", f"a{character}b") == said
    invisible = {one for one in seen if one != " " and (unicodedata.category(one)[0] in "CZ" or one in INVISIBLE)}
    assert invisible == set()
    assert {"ệ", "–", "😀", "é"} <= seen


@pytest.mark.parametrize("user_group", ["", "here", "S1>", "S1|x", "!here", "S1 S2", "s123"])
def test_only_an_id_is_mentioned(user_group: str) -> None:
    """What is no user group's id mentions nobody."""
    assert mention(user_group) == ""


@pytest.mark.parametrize(
    "link",
    [
        None,
        "",
        "javascript:alert(1)",
        "ftp://x",
        "https://x y",
        "https://x\n",
        "https://" + "x" * 3000,
        "airflow.example",
    ],
)
def test_only_a_web_address_gets_a_button(link: str | None) -> None:
    """Without the address of a board or of a run, or with one that is none, there is no button."""
    story: Any = STORIES["behind"]
    payload = render(replace(story, link=link, care=replace(story.care, run=link)), Language.EN)
    assert "actions" not in [block["type"] for block in _blocks(payload)]


LINKED = ("link", "run", "group", "mention", "to_mention", "parts")
TEXTS = ("text", "alt_text", "said")


def _bones(value: Any) -> Any:
    """A block without its words."""
    if isinstance(value, dict):
        return {name: None if name in TEXTS and isinstance(item, str) else _bones(item) for name, item in value.items()}
    return [_bones(item) for item in value] if isinstance(value, (list, tuple)) else value


def _blocks(payload: dict[str, Any]) -> list[dict[str, Any]]:
    return payload["blocks"]


def shown(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """The blocks as they are sent: a picture that has been uploaded in the place of every chart."""
    return [
        {name: value for name, value in block.items() if name != "chart"} | {"slack_file": {"id": "F0123456789"}}
        if "chart" in block
        else block
        for block in _blocks(payload)
    ]


def _check(payload: dict[str, Any]) -> None:
    blocks = shown(payload)
    json.dumps(payload).encode()
    assert limits.refusal(payload["text"], blocks) is None
    for block in blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
        assert len(block.get("text", {}).get("text", "")) <= (150 if block["type"] == "header" else 3000)
        assert len(block.get("fields", [])) <= 10
        assert all(len(field["text"]) <= 2000 for field in block.get("fields", []))
        assert len(block.get("elements", [])) <= 10
    assert len(blocks) <= 50
    assert 0 < len(payload["text"]) < 4000
    assert len(json.dumps([payload["text"], blocks], ensure_ascii=False)) < 12_000
    for kind, text in _texts(blocks):
        assert text.strip()
        assert re.sub(r"&(amp|lt|gt);", "", text).count("&") == 0
        said = re.sub(r"<!subteam\^[A-Z0-9]+>", "", text)
        assert not set(said) & set("<>")
        assert said.count("`") % 2 == 0
        outside = re.sub(r"`[^`\n]*`", "", said)
        assert not set(outside) & set("~@#")
        assert outside.count("*") % 2 == 0
        assert not any(line.startswith("&gt;") for line in said.split("\n"))
        if kind == "mrkdwn":
            assert all(one == "\n" or unicodedata.category(one) not in ("Cc", "Cf", "Cs") for one in text)
    for block in _blocks(payload):
        if "chart" in block:
            _check_picture(block)


def _check_picture(block: dict[str, Any]) -> None:
    """What is read in a picture's place and what is written in it is clean, and short enough for either."""
    assert 0 < len(block["alt_text"]) <= 600
    written = [row["said"] for layer in block["chart"]["layer"] for row in layer["data"]["values"] if "said" in row]
    assert all(len(one) <= 80 for one in written)
    for one in [block["alt_text"], *written]:
        assert clean(one) == one


def _texts(blocks: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for block in blocks:
        for part in [block.get("text"), *block.get("fields", []), *block.get("elements", [])]:
            if part is not None and part["type"] == "button":
                assert part["text"]["type"] == "plain_text"
                assert len(part["text"]["text"]) <= 75
                assert len(part.get("value", "")) <= 2000
            elif part is not None:
                assert part["type"] == "plain_text" or part["verbatim"] is True
                yield part["type"], part["text"]


def _filled(value: Any, text: str, times: int, keep: tuple[str, ...] = ()) -> Any:
    """`value` with `text` in the place of every word, and every list of things `times` as long."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return text
    if isinstance(value, tuple) and value and all(isinstance(item, Text) for item in value):
        return tuple(_filled(item, text, 1, keep) for item in value)  # a label and its value, and no list
    if isinstance(value, tuple):
        filled = tuple(_filled(item, text, times, keep) for item in value)
        return (
            filled * times if filled and all(is_dataclass(item) or isinstance(item, str) for item in filled) else filled
        )
    if is_dataclass(value) and not isinstance(value, type):
        inner = (
            1 if times == 1 or type(value).__name__ in ("TargetVersion", "Metric", "Source", "Assessment") else times
        )
        changes = {
            field.name: _filled(getattr(value, field.name), text, inner, keep)
            for field in fields(value)
            if field.name not in FIXED and field.name not in keep and field.init
        }
        return replace(value, **changes)
    return value
