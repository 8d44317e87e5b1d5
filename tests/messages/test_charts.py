"""The chart in a message: what it shows, that Altair takes it, and the picture that is made of it."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import altair
import pytest

from targetwatch.model import Language, Milestone, Path, Status, Trajectory, Trend, TrendPoint
from targetwatch.notifications.delivery import drawing
from targetwatch.notifications.messages import charts, render
from targetwatch.notifications.messages.courses import course_of
from targetwatch.notifications.stories import TargetStory
from tests.messages import examples
from tests.messages.told import STORIES

CHARTED = [name for name, story in STORIES.items() if isinstance(story, TargetStory) and course_of(story) is not None]
LARGEST = 60_000  # bytes of a picture


def _image(story: Any, language: Language = Language.EN) -> dict[str, Any]:
    blocks: Any = render(story, language)["blocks"]
    return next(block for block in blocks if block["type"] == "image")


def _layers(story: Any, kind: str) -> list[list[dict[str, Any]]]:
    return [
        layer["data"]["values"] for layer in _image(story)["chart"]["layer"] if layer["mark"]["type"] == kind
    ]  # fmt: skip


@pytest.mark.parametrize("name", CHARTED)
def test_altair_takes_every_chart(name: str) -> None:
    """Every specification is one of Vega-Lite by the schema that Altair holds it against."""
    for language in Language:
        altair.Chart.from_dict(_image(STORIES[name], language)["chart"])


def test_a_gap_is_a_gap() -> None:
    """Where two months are missing, the line is broken there, and the words in the picture's place say so."""
    course = course_of(examples.UPDATED)
    assert course is not None
    assert course.missing == 2
    assert [run[-1][0] for run in course.runs] == [date(2023, 2, 28), date(2024, 10, 31)]
    assert "2 periods between them have no data." in _image(examples.UPDATED)["alt_text"]


def test_what_is_provisional_is_apart_from_what_was_judged() -> None:
    """A month after the judged one is drawn hollow and dotted, and moves neither the label nor the line."""
    course = course_of(examples.UPDATED)
    assert course is not None
    assert course.last == (date(2024, 10, 31), Fraction(99_394 * 100, 156_749))
    assert [day for day, _ in course.ahead] == [date(2024, 11, 30)]
    assert "What follows is provisional." in _image(examples.UPDATED)["alt_text"]


def test_the_way_ends_at_the_target_on_its_day() -> None:
    """A straight path goes through what was needed of the judged value and reaches the target on the due date."""
    course = course_of(examples.UPDATED)
    assert course is not None
    (_, begun), (ends, reached) = course.path
    assert (ends, reached) == (date(2025, 12, 31), 80)
    assert course.needed == (date(2024, 10, 31), Fraction(665_866 * 100, 1_000_000))
    assert begun < course.needed[1] < reached


def test_steps_are_drawn_as_steps() -> None:
    """Dated milestones make a way that rises on their days alone."""
    steps = Trajectory(Path.STEPS, assumed=False, milestones=(
        Milestone(date(2022, 12, 31), 500_000), Milestone(date(2024, 6, 30), 650_000)))  # fmt: skip
    course = course_of(replace(examples.UPDATED, target=replace(examples.DISTRICT_TARGET, trajectory=steps)))
    assert course is not None
    assert course.path[:3] == ((date(2022, 12, 31), 50), (date(2024, 6, 30), 50), (date(2024, 6, 30), 65))


def test_a_due_date_far_ahead_does_not_squeeze_the_line() -> None:
    """A target due in twenty years leaves most of the width to what was observed, and says when it is due."""
    far = replace(examples.UPDATED, target=replace(examples.DISTRICT_TARGET, due=date(2045, 12, 31)))
    course = course_of(far)
    assert course is not None
    assert course.last_day.year < 2029
    assert any("due 31 Dec 2045 →" in row["said"] for rows in _layers(far, "text") for row in rows)


def test_a_rank_is_drawn_with_the_first_place_on_top() -> None:
    """Of ranks the best is above, and falling from 9 to 24 is said as going down."""
    image = _image(examples.MISSED)
    assert image["chart"]["layer"][0]["encoding"]["y"]["scale"]["reverse"] is True
    assert "down from rank 9 to rank 24" in image["alt_text"]


@pytest.mark.parametrize("status", list(charts.SHAPES))
def test_no_status_is_told_by_its_colour_alone(status: Status) -> None:
    """Each status has a shape of its own beside its colour."""
    story = replace(examples.UPDATED, judged=replace(examples.UPDATED.judged, status=status))
    drawn = {
        layer["mark"]["shape"]
        for layer in _image(story)["chart"]["layer"]
        if layer["mark"]["type"] == "point" and "shape" in layer["mark"]
    }
    assert drawn == {charts.SHAPES[status][0]}
    assert len({shape for shape, _ in charts.SHAPES.values()}) == len(charts.SHAPES)


def test_numbers_and_days_are_in_the_readers_language() -> None:
    """What is written in a picture is in one language: 63,4% and hạn 31/12/2025, or 63.4% and due 31 Dec 2025."""
    said = {language: json.dumps(_image(examples.UPDATED, language), ensure_ascii=False) for language in Language}
    assert all(one in said[Language.VI] for one in ("63,4%", "cần 66,6%", "hạn 31/12/2025", "chỉ tiêu"))
    assert all(one in said[Language.EN] for one in ("63.4%", "66.6% needed", "due 31 Dec 2025", "target"))
    assert "chỉ tiêu" not in said[Language.EN]


@pytest.mark.parametrize(
    "trend",
    [
        None,
        Trend(()),
        Trend((TrendPoint(*examples.OCTOBER, 99_394, 156_749),)),
        Trend((TrendPoint(*examples.month(2024, 8), 1, 0), TrendPoint(*examples.SEPTEMBER, 1, 2))),
    ],
)
def test_there_is_no_picture_of_nothing(trend: Trend | None) -> None:
    """Without a course, with a single period or with none that was judged, there is a message and no chart."""
    blocks: Any = render(replace(examples.UPDATED, trend=trend), Language.VI)["blocks"]
    assert "image" not in [block["type"] for block in blocks]


def test_units_that_answer_one_by_one_show_the_furthest() -> None:
    """Where each unit answers for itself, the chart is of the one that is furthest, and names it."""
    assert "Communes with a postal service point: Huyện Ba Vì" in _image(examples.EACH)["alt_text"]


def test_a_picture_is_the_same_every_time_and_small() -> None:
    """The same specification gives the same bytes, twice as many pixels as its size, and less than 60 KB."""
    spec = _image(examples.UPDATED, Language.VI)["chart"]
    picture = drawing.png(spec)
    assert picture == drawing.png(json.loads(json.dumps(spec)))
    assert (int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")) == (1440, 480)
    assert len(picture) < LARGEST


def test_packing_changes_no_pixel() -> None:
    """The packed picture holds the same rows of pixels, letter for letter, in fewer bytes."""
    import vl_convert

    drawn = vl_convert.vegalite_to_png(json.dumps(_image(examples.UPDATED)["chart"]), scale=1)
    assert _pixels(drawing.packed(drawn)) == _pixels(drawn)
    assert len(drawing.packed(drawn)) < len(drawn)


def test_drawing_asks_nothing_of_the_network() -> None:
    """A specification that names an address is refused before anything is asked of it."""
    with pytest.raises(ValueError, match="not allowed"):
        drawing.png({"data": {"url": "http://127.0.0.1:9/data.json"}, "mark": "point", "encoding": {}})


def test_marks_of_vietnamese_are_drawn() -> None:
    """The face that the drawer brings with it has the stacked marks: with them a word is another picture."""
    import vl_convert

    def drawn(word: str) -> bytes:
        text = f'<text x="2" y="30" font-family="{charts.FONT}" font-size="20">{word}</text>'
        return vl_convert.svg_to_png(f'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40">{text}</svg>')

    pictures = {drawn(word) for word in ("", "e", "ê", "ế", "ệ", "o", "ơ", "ợ", "ổ")}
    assert len(pictures) == 9


def _pixels(picture: bytes) -> bytes:
    return zlib.decompress(b"".join(content for kind, content in drawing._chunks(picture) if kind == b"IDAT"))
