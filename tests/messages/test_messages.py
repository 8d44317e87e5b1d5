"""What the messages promise beyond their words."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from targetwatch.model import IncidentState, Language, Text
from targetwatch.notifications.messages import render
from targetwatch.notifications.stories import Story
from targetwatch.wording.published import recomputed, would_have_to_be
from tests.messages import acts, examples
from tests.messages.told import STORIES

BOTH = pytest.mark.parametrize("language", list(Language), ids=str)
ALL = pytest.mark.parametrize("name", STORIES)


def _header(story: Story, language: Language) -> str:
    blocks: Any = render(story, language)["blocks"]
    return blocks[0]["text"]["text"]


def _all(story: Any, language: Language) -> str:
    return json.dumps(render(story, language), ensure_ascii=False)


@BOTH
@ALL
def test_nothing_that_does_not_exist_yet_is_promised(name: str, language: Language) -> None:
    """No message speaks of forecasts, or has an empty place for one."""
    blocks: Any = render(STORIES[name], language)["blocks"]
    said = json.dumps([{**block, "chart": ""} for block in blocks], ensure_ascii=False)
    assert not any(word in said.lower() for word in ("forecast", "dự báo", "none", "null", '!"'))


@ALL
def test_the_two_languages_are_not_mixed(name: str) -> None:
    """A message in English has none of the Vietnamese sentences, whose marks would show; names of units stay."""
    blocks: Any = render(STORIES[name], Language.EN)["blocks"]
    said = json.dumps(blocks, ensure_ascii=False)
    for word in ("thiếu", "đơn vị", "hồ sơ", "chưa", "được", "tháng", "hạn", "chỉ tiêu", "đến"):
        assert word not in _without_names(said)


def _without_names(said: str) -> str:
    """What is said but for titles of documents, and for the names and the words of people."""
    named = [examples.CLAIM.reference_title, acts.SECRETARY, examples.COMMUNES.vi]
    for one in named:
        said = said.replace(one, "")
    return re.sub(r"“[^”]*”", "", said).lower()


@BOTH
def test_a_unit_of_the_tier_is_named_by_how_far_it_is(language: Language) -> None:
    """The five furthest units are named, and the rest is counted with the command that lists it."""
    said = _all(examples.OPENED, language)
    assert all(line.name in said for line in examples.MARCH_UNITS[:5])
    assert examples.MARCH_UNITS[5].name not in said
    assert "11" in said
    assert "targetwatch sql" in said


def test_the_decimals_keep_a_miss_a_miss() -> None:
    """59.80 against 59.85 is shown with two decimals, and the gap as 0.05."""
    header = _header(examples.OPENED, Language.EN)
    said = _all(examples.OPENED, Language.EN)
    assert "0.05 points short, due 31 Dec 2025" in header
    assert "*59.80%*" in said
    assert "*59.85%*" in said


@BOTH
def test_an_assumed_path_says_so_and_a_declared_one_does_not(language: Language) -> None:
    """What is needed now is marked where the path to the target is our own assumption."""
    assumed = {Language.VI: "lộ trình giả định", Language.EN: "assumed path"}[language]
    declared = replace(examples.DISTRICT_TARGET, trajectory=replace(examples.DISTRICT_TARGET.trajectory, assumed=False))
    assert assumed in _all(examples.OPENED, language)
    assert assumed not in _all(replace(examples.OPENED, target=declared), language)


@BOTH
def test_people_are_mentioned_in_a_new_message_only(language: Language) -> None:
    """An edit mentions nobody, whatever the story holds."""
    assert "<!subteam^S00000000HN>" in _all(examples.OPENED, language)
    assert "subteam" not in _all(replace(examples.OPENED, edited=True), language)


@pytest.mark.parametrize("state", [IncidentState.RESOLVED, IncidentState.ENDED, IncidentState.SUPERSEDED])
@pytest.mark.parametrize(
    "story", [examples.UPDATED, examples.LATE, examples.QUALITY, examples.CLAIM], ids=lambda s: type(s).__name__
)
def test_the_header_marks_an_episode_that_is_over(story: Story, state: IncidentState) -> None:
    """A closed episode says so in its header, and only a resolved one with a tick."""
    closed = replace(story, incident=replace(story.incident, state=state, closed_at=story.as_of), edited=True)
    assert _header(closed, Language.VI) != _header(story, Language.VI)
    assert _header(closed, Language.EN).startswith(":white_check_mark:") is (state is IncidentState.RESOLVED)


@BOTH
def test_an_end_is_no_success(language: Language) -> None:
    """A target whose units have ended is not said to have been reached."""
    said = _all(examples.ENDED, language)
    assert {Language.VI: "không phải vì đã đạt", Language.EN: "was not reached"}[language] in said


def test_the_misreported_figure_is_worked_out() -> None:
    """410 of 579 is 70.8 %; for the published 69.3 % it would have to be 401."""
    share = recomputed(examples.WEBSITES)
    assert share is not None
    assert round(float(share), 1) == 70.8
    assert would_have_to_be(examples.WEBSITES) == 401


def test_no_numerator_is_made_up_where_none_would_do() -> None:
    """No whole number of 7 gives 69.3 %, so none is named."""
    claim = replace(examples.WEBSITES, numerator=6, denominator=7)
    assert would_have_to_be(claim) is None
    assert "would have to be" not in _all(replace(examples.CLAIM, claim=claim), Language.EN)


@BOTH
def test_a_refused_delivery_says_how_many_rows_why_and_what_to_do(language: Language) -> None:
    """The rows, the gate's reason, the first reasons of rows, and what to do are all there."""
    said = _all(examples.QUALITY, language)
    for part in ("178", "90", "60", "5%", "quarantine", "gather__procedures"):
        assert part in said


def test_a_name_cannot_forge_a_line_or_a_mention() -> None:
    """A unit that calls itself a mention, a link and a new line is read as a strange name."""
    name = "<!channel>\n*Huyện* <https://evil.example|Ba Vì> :tada:"
    lines = (replace(examples.MARCH_UNITS[0], name=name), *examples.MARCH_UNITS[1:])
    blocks: Any = render(replace(examples.OPENED, behind=lines), Language.VI)["blocks"]
    line = blocks[2]["text"]["text"].split("\n")[1]
    assert line.startswith("• *&lt;!channel&gt; ∗Huyện∗ &lt;https:∕∕evil.example|Ba Vì&gt; ∶tada:*: 38,6%")


def test_one_of_a_kind_is_said_in_the_singular() -> None:
    """One unit is behind, one dossier is needed, one district has not reported."""
    one = examples.judged(799, 1000, None, examples.MARCH)
    story = replace(examples.UPDATED, judged=one, latest=one, behind=examples.OCTOBER_UNITS[:1])
    said = _all(story, Language.EN)
    assert "*1 more dossier* is needed" in said
    assert "1 of 30 districts is behind" in said
    assert "Huyện Mê Linh has not reported" in said


@BOTH
def test_words_may_be_in_one_language_only(language: Language) -> None:
    """A gate's sentence that was written in one language is shown as it is."""
    refused = replace(examples.HALF_BAD, because="The file is empty.", reasons=())
    assert "The file is empty." in _all(replace(examples.QUALITY, refused=(refused,)), language)


def test_a_story_told_again_is_told_in_the_same_words() -> None:
    """Rendering is a pure function of the story."""
    assert render(examples.UPDATED, Language.VI) == render(examples.UPDATED, Language.VI)


def test_a_target_of_a_place_with_a_long_name_keeps_its_figures_in_the_header() -> None:
    """Where a header is too long the name gives way; how far and by when stay."""
    target = replace(examples.DISTRICT_TARGET, short_name=Text("hồ sơ " * 60, "dossiers " * 60))
    header = _header(replace(examples.OPENED, target=target), Language.VI)
    assert len(header) <= 150
    assert header.endswith("…, thiếu 0,05 điểm, hạn 31/12/2025")
