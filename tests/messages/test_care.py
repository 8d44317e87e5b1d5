"""Who has taken a message on, who hears of it next, what its reader can do; and what of all this edits a message."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from targetwatch.model import IncidentState, Language, Text
from targetwatch.notifications.messages import render
from targetwatch.notifications.stories import (
    AcknowledgedLine,
    Acted,
    Care,
    Hears,
    ReplyKind,
    ReplyStory,
    Story,
    neutral,
    with_care,
)
from tests.messages import acts, examples

BOTH = pytest.mark.parametrize("language", list(Language), ids=str)
MAIN = pytest.mark.parametrize(
    "story",
    [examples.OPENED, examples.LATE, examples.QUALITY, examples.CLAIM, acts.COLLECTED],
    ids=lambda story: type(story).__name__,
)
PRESSED = {"acknowledge", "snooze", "why"}


def _elements(story: Story, language: Language = Language.EN) -> list[dict[str, Any]]:
    blocks: Any = render(story, language)["blocks"]
    return [element for block in blocks if block["type"] == "actions" for element in block["elements"]]


def _said(story: Any, language: Language = Language.EN) -> str:
    return json.dumps(render(story, language), ensure_ascii=False)


def _with(story: Any, **care: Any) -> Any:
    return replace(story, care=replace(story.care, **care))


@MAIN
def test_buttons_answer_where_somebody_listens_and_else_there_is_the_command(story: Any) -> None:
    """With a listener there are buttons and no command, without one the command and no such button."""
    heard, unheard = _with(story, listens=True, group="g"), _with(story, listens=False)
    pressed = {element["action_id"] for element in _elements(heard)} & PRESSED
    assert {"acknowledge", "why"} <= pressed
    assert "targetwatch ack" not in _said(heard)
    assert not {element["action_id"] for element in _elements(unheard)} & PRESSED
    assert f"targetwatch ack {story.incident.name}" in _said(unheard)


def test_a_button_says_which_message_it_stands_in() -> None:
    """A button's value names the group and the incident, for whoever answers it."""
    story = with_care(_with(examples.OPENED, listens=True), group="behind/dossiers_district")
    values = [json.loads(element["value"]) for element in _elements(story) if "value" in element]
    assert values == [{"group": "behind/dossiers_district", "incident": 147}] * 3


def test_what_has_no_period_cannot_be_put_off_to_the_next() -> None:
    """A published figure has no next period, so nobody is offered to wait for it."""
    assert "snooze" not in {element["action_id"] for element in _elements(_with(examples.CLAIM, listens=True))}


@pytest.mark.parametrize(
    "story", [examples.RESOLVED, examples.ENDED, examples.DELIVERED, examples.CORRECTED, acts.ALL_OVER]
)
def test_nothing_is_asked_of_a_reader_once_it_is_over(story: Any) -> None:
    """An episode that is over can be opened and neither acknowledged nor put off, and nobody hears of it next."""
    over = _with(story, listens=True, next=Hears(examples.SUPERIOR, examples.at(2025, 1, 1)), unacknowledged=1, of=1)
    assert not {element["action_id"] for element in _elements(over)} & PRESSED
    assert "hears at" not in _said(over)
    assert "targetwatch ack" not in _said(_with(over, listens=False))


def test_an_episode_that_is_acknowledged_is_not_to_be_acknowledged_again() -> None:
    """Where nobody is left who has not acknowledged it, the button is gone and who did it is named."""
    said = _said(acts.TAKEN_WHOLE)
    assert "acknowledge" not in {element["action_id"] for element in _elements(acts.TAKEN_WHOLE)}
    assert "Trần Thị Bình, until 28 Jun 2024" in said


@BOTH
def test_who_hears_next_is_said_with_the_moment(language: Language) -> None:
    """Before anybody has acknowledged it, the message says who hears of it, and when by the wall clock."""
    said = _said(examples.OPENED, language)
    assert examples.SUPERIOR.in_(language) in said
    assert {Language.VI: "đến 17:05 ngày 22/04/2024", Language.EN: "hears at 17:05, 22 Apr 2024"}[language] in said


def test_the_run_can_be_opened() -> None:
    """The run that found it is a button beside the board's page."""
    links = {element.get("url") for element in _elements(examples.OPENED)}
    assert links == {examples.OPENED.link, examples.UNTAKEN.run}


@MAIN
def test_time_a_run_a_listener_and_a_picture_edit_no_message(story: Any) -> None:
    """Two tellings that differ in these alone are the same in their neutral form, to the last letter."""
    other = replace(
        _with(story, listens=True, run="https://airflow.example/dags/watch/runs/another"),
        as_of=story.as_of + timedelta(days=3),
        mention="S0000OTHER",
        edited=True,
        **({"trend": None} if story is examples.OPENED else {}),
    )
    for language in Language:
        assert _said(other, language) != _said(story, language)
        assert _said(neutral(other), language) == _said(neutral(story), language)


@MAIN
@pytest.mark.parametrize(
    "care",
    [
        {"acknowledged": (AcknowledgedLine((), "An", "why"),)},
        {"next": Hears(Text("Chủ tịch", "the chair"), examples.at(2025, 1, 1)), "of": 1},
        {"told": Hears(Text("Chủ tịch", "the chair"), examples.at(2025, 1, 1)), "of": 1},
    ],
)
def test_who_has_taken_it_on_and_who_hears_next_are_words(story: Any, care: Any) -> None:
    """An acknowledgement or a step of the escalation is another message: it is edited."""
    before = _with(story, acknowledged=(), next=None, told=None, of=1, unacknowledged=1)
    assert _said(neutral(_with(before, **care))) != _said(neutral(before))


def test_a_receiver_without_charts_reads_the_same_words() -> None:
    """Without charts the image is left out, and nothing else is."""
    drawn: Any = render(examples.OPENED, Language.VI)
    plain: Any = render(examples.OPENED, Language.VI, charts=False)
    assert [block for block in drawn["blocks"] if block["type"] != "image"] == plain["blocks"]
    assert len(drawn["blocks"]) == len(plain["blocks"]) + 1


@BOTH
def test_an_escalation_says_to_whom_after_how_long_and_how_many_are_left(language: Language) -> None:
    """The reply names and mentions who hears now, the working days, the holidays among them, and the furthest left."""
    reply = ReplyStory(ReplyKind.ESCALATED, examples.OPENED, acted=acts.ESCALATED)
    said = _said(reply, language)
    assert "<!subteam^S00000000SO>" in said
    expected = {
        Language.VI: ("sau 5 ngày làm việc", "15/16", "18/04", "Chương Mỹ (thiếu 1.319 hồ sơ)"),
        Language.EN: ("after 5 working days", "15 of 16", "18 Apr", "Chương Mỹ (1,319 dossiers short)"),
    }[language]
    assert all(part in said for part in expected)
    assert "subteam" not in str(render(reply, language)["text"])


@pytest.mark.parametrize("kind", [ReplyKind.ACKNOWLEDGED, ReplyKind.LAPSED, ReplyKind.ESCALATED, ReplyKind.REPEATED])
@MAIN
def test_every_kind_of_message_can_be_answered_in_its_thread(story: Any, kind: ReplyKind) -> None:
    """Of every kind of message it can be said who took it on, that it lapsed, who hears now, and that it goes on."""
    reply = ReplyStory(kind, story, acted=Acted(by="An", why="Đang sửa", to=examples.SUPERIOR, after_working_days=5))
    vi, en = render(reply, Language.VI), render(reply, Language.EN)
    assert vi["text"]
    assert vi["text"] != en["text"]


def test_a_long_group_is_cut_with_its_number_and_its_query() -> None:
    """Of 221 subjects those that there is room for are named, and the rest is counted: together they are all."""
    blocks: Any = render(acts.MANY, Language.EN)["blocks"]
    lines = blocks[1]["text"]["text"].split("\n")
    assert len(lines[:-1]) + int(lines[-1].split()[2]) == 221
    assert 'targetwatch sql "select' in lines[-1]


def test_what_was_not_made_good_is_not_called_recovered() -> None:
    """A group that closes with one that merely ended is not said to have recovered, and bears no tick."""
    said: Any = render(acts.NOT_ALL_GOOD, Language.EN)
    assert said["blocks"][0]["text"]["text"].startswith(":heavy_minus_sign:")
    assert "not all were made good" in said["text"]


def test_an_acknowledgement_says_it_changes_no_judgement() -> None:
    """The reply says so, and until when there are no reminders."""
    said = _said(ReplyStory(ReplyKind.ACKNOWLEDGED, examples.OPENED, acted=Acted(by="An", why="x")))
    assert "does not change the judgement" in said
    assert "until the incident closes" in said


def test_care_defaults_to_saying_nothing() -> None:
    """Where nothing is known of acknowledgements, no field speaks of them."""
    story = replace(examples.OPENED, care=Care())
    assert "*Acknowledged*" not in _said(story)
    assert story.incident.state is IncidentState.OPEN
