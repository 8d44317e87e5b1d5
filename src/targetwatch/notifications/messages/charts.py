"""The trend of a target as a small chart: a Vega-Lite specification, which notifications.drawing makes a picture of.

Slack shows a picture at about two thirds of its width, and on a phone at half of it: so letters are 15 and 17 px, of a
face that the drawer brings with it and that has every mark of Vietnamese. The card is white, on a dark page too.

The specification is written down as it is, and not built by Altair: that costs half a second to import in every pass,
and adds nothing; that it is one that Altair takes is held by a test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor

from targetwatch.model import Language, Period, Status, Text
from targetwatch.notifications.messages import sentences
from targetwatch.notifications.messages.courses import Course, Spot, charted, course_of, is_upside_down
from targetwatch.notifications.messages.mrkdwn import brief
from targetwatch.notifications.stories import TargetStory
from targetwatch.wording import dates, numbers

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
FONT = "Noto Sans, DejaVu Sans, Liberation Sans"
SIGNS = "DejaVu Sans, Liberation Sans"  # has ≥ and ≤, which Noto Sans has not
WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 66, 150, 46, 36
ACROSS, UP = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
SMALL, LARGE, LINE = 15, 17, 19
HALO = {"stroke": "#ffffff", "strokeWidth": 4, "strokeJoin": "round"}  # so that words can be read on a line
INK, SECOND, THIRD, BARS, RULE = "#1b1f24", "#474e57", "#666d76", "#59626c", "#dcded9"
SHAPES: Mapping[Status, tuple[str, str]] = {
    Status.MISSED: ("square", "#5c0528"),
    Status.BEHIND: ("triangle-down", "#bf5109"),
    Status.AT_RISK: ("diamond", "#6e4e18"),
    Status.ON_TRACK: ("triangle-up", "#3f68b8"),
    Status.MET: ("circle", "#0f7f55"),
}
OTHERWISE = ("circle", "#50575e")
HEADROOM = Fraction(1, 8)  # of the heights shown, above and below them
TICKS = (3, 5)
DAYS_TICKS = 6
MONTHS_APART = (1, 2, 3, 6, 12, 24, 60, 120)
TITLE, LABEL = 70, 20  # characters
SENTENCE = 600  # characters of what is read aloud in the picture's place

Layer = dict[str, object]


def chart(story: TargetStory, language: Language) -> list[dict[str, object]]:
    """The image block that shows how it went, for the sender to draw; nothing where no course is known."""
    course = course_of(story)
    if course is None:
        return []
    return [{"type": "image", "alt_text": alt_text(story, course, language), "chart": spec(story, course, language)}]


def alt_text(story: TargetStory, course: Course, language: Language) -> str:
    """What the picture shows, in sentences: from what to what, what was needed, and what is missing."""
    judged, figures = charted(story), sentences.figures(story, charted(story))
    first = next(point for point in (story.trend.points if story.trend else ()) if point.period_end == course.first_day)
    period = sentences.period_of(judged)
    since = dates.period(Period(first.period_start, first.period_end), language)
    until = dates.period(period, language) if period else ""
    began, now = figures.beside(first.numerator, first.denominator, language), figures.value(language)
    before, after = course.runs[0][0][1] if course.runs else course.last[1], course.last[1]
    if after == before or began == now:
        went = Text(f"vẫn {now}", f"still {now}").in_(language)
    elif (after > before) is not is_upside_down(course):
        went = Text(f"từ {began} lên {now}", f"up from {began} to {now}").in_(language)
    else:
        went = Text(f"từ {began} xuống {now}", f"down from {began} to {now}").in_(language)
    name = brief(_title(story, language), 2 * TITLE)
    said = [Text(f"{name}, {since} đến {until}: {went}.", f"{name}, {since} to {until}: {went}.").in_(language)]
    needed = figures.required_now(language)
    if needed and course.needed is not None:
        said.append(
            Text(f"{_capital(until)} cần {needed}.", f"{_capital(needed)} was needed in {until}.").in_(language)
        )
    final = figures.final_value(language)
    if final:
        by = "" if course.due is None else dates.day(course.due, language)
        vi = f"Chỉ tiêu {final}{f', hạn {by}' if by else ''}."
        said.append(Text(vi, f"Target {final}{f' by {by}' if by else ''}.").in_(language))
    if course.missing:
        number = numbers.count(course.missing, language)
        one = course.missing == 1
        en = f"{number} {'period' if one else 'periods'} between them {'has' if one else 'have'} no data."
        said.append(Text(f"Giữa chừng thiếu số liệu {number} kỳ.", en).in_(language))
    if course.ahead:
        said.append(Text("Kỳ sau đó còn tạm tính.", "What follows is provisional.").in_(language))
    return brief(" ".join(said), SENTENCE)


def spec(story: TargetStory, course: Course, language: Language) -> dict[str, object]:
    """The chart as a Vega-Lite specification of a fixed size. The same story gives the same one to the last letter."""
    lowest, highest = _span(course)
    scales = {
        "x": {"domain": [course.first_day.toordinal(), course.last_day.toordinal()], "nice": False, "zero": False},
        "y": {
            "domain": [_float(lowest), _float(highest)], "nice": False, "zero": False,
            "reverse": is_upside_down(course),
        },
    }  # fmt: skip
    layers = [
        *_ground(course, lowest, highest, language),
        *_targets(story, course, language),
        *_path(course),
        *_values(course),
        *_last(story, course, lowest, highest, language),
        *_due(course, lowest, highest, language),
    ]
    return {
        "$schema": SCHEMA,
        "width": ACROSS,
        "height": UP,
        "autosize": {"type": "none"},
        "padding": {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM},
        "background": "#ffffff",
        "config": {"font": FONT, "view": {"stroke": None}, "text": {"font": FONT, "fontSize": SMALL}},
        "layer": [_scaled(layer, scales) for layer in [*layers, _heading(story, language)]],
    }


def _span(course: Course) -> tuple[Fraction, Fraction]:
    """The lowest and the highest that are shown, with some room."""
    lowest, highest = min(course.heights), max(course.heights)
    room = (highest - lowest) * HEADROOM or max(abs(highest) * HEADROOM, Fraction(1))
    below, above = lowest - room, highest + room
    if lowest >= 0:
        below = max(below, Fraction(0))
    return below, above


def _ground(course: Course, lowest: Fraction, highest: Fraction, language: Language) -> list[Layer]:
    """Lines across at round heights with their numbers, and the years or months below."""
    heights = _round_heights(course, lowest, highest)
    sign = "%" if course.measure.is_percentage else ""
    across = [{"y": _float(height), "said": f"{numbers.exactly(height, language)}{sign}"} for height in heights]
    days = _round_days(course)
    below = [{"x": day.toordinal(), "said": said} for day, said in _days_said(days, language)]
    return [
        _layer({"type": "rule", "color": RULE, "strokeWidth": 1}, across, x={"value": 0}, x2={"value": ACROSS}, y="y"),
        _text(across, {"align": "right", "dx": -8, "color": THIRD}, x={"value": 0}, y="y"),
        _layer({"type": "tick", "color": BARS, "thickness": 1, "size": 6}, below, x="x", y={"value": UP}),
        _text(below, {"dy": 20, "color": THIRD}, x="x", y={"value": UP}),
    ]


def _targets(story: TargetStory, course: Course, language: Language) -> list[Layer]:
    figures = sentences.figures(story, charted(story))
    said = brief(figures.final_value(language), LABEL)
    rows = [{"y": _float(final)} for final in course.finals]
    named = [{"y": _float(course.finals[-1]), "said": said}] if course.finals and said else []
    title = [{**row, "said": Text("chỉ tiêu", "target").in_(language)} for row in named]
    return [
        _layer({"type": "rule", "color": SECOND, "strokeWidth": 2}, rows, x={"value": 0}, x2={"value": ACROSS}, y="y"),
        _text(title, {"align": "left", "dx": 8, "dy": -9, "color": SECOND}, x={"value": ACROSS}, y="y"),
        _text(named, {"align": "left", "dx": 8, "dy": 9, "color": SECOND, "font": SIGNS},
              x={"value": ACROSS}, y="y"),
    ]  # fmt: skip


def _path(course: Course) -> list[Layer]:
    rows = _rows(course.path)
    mark = {"type": "line", "color": BARS, "strokeWidth": 1.5, "strokeDash": [5, 4]}
    return [_layer(mark, rows, x="x", y="y", order="at")] if rows else []


def _values(course: Course) -> list[Layer]:
    """The line of values, broken where one is missing, and what is provisional hollow after it."""
    line = {"type": "line", "color": INK, "strokeWidth": 2.5}
    lines = [_layer(line, _rows(run), x="x", y="y", order="at") for run in course.runs if len(run) > 1]
    dots = [row for run in course.runs for row in _rows(run)]
    layers = [
        *lines,
        _layer({"type": "point", "filled": True, "color": INK, "size": 26, "opacity": 1}, dots, x="x", y="y"),
    ]
    if course.ahead:
        to_come = _rows((course.last, *course.ahead))
        layers.append(_layer({**line, "strokeWidth": 1.5, "strokeDash": [2, 3]}, to_come, x="x", y="y", order="at"))
        hollow = {"type": "point", "filled": True, "color": "#ffffff", "stroke": INK, "strokeWidth": 1.5, "size": 60}
        layers.append(_layer({**hollow, "opacity": 1}, _rows(course.ahead), x="x", y="y"))
    return layers


def _last(story: TargetStory, course: Course, lowest: Fraction, highest: Fraction, language: Language) -> list[Layer]:
    """The judged value in the shape of its status, with its number and, below it, what it was held against."""
    judged = charted(story)
    figures = sentences.figures(story, judged)
    shape, colour = SHAPES.get(judged.status, OTHERWISE)
    value, required = brief(figures.value(language), LABEL), figures.required_now(language)
    spot: dict[str, object] = {"x": course.last[0].toordinal(), "y": _float(course.last[1])}
    mark = {"type": "point", "shape": shape, "filled": True, "color": colour, "size": 190, "opacity": 1}
    layers = [_layer(mark, [spot], x="x", y="y")]
    lines = [(value, {"fontSize": LARGE, "fontWeight": "bold"}, colour)]
    if required and course.needed is not None:
        said = brief(Text(f"cần {required}", f"{required} needed").in_(language), LABEL)
        lines.append((said, {}, SECOND))
        needed: dict[str, object] = {"x": course.needed[0].toordinal(), "y": _float(course.needed[1])}
        tick = {"type": "tick", "color": SECOND, "thickness": 2, "size": 14, "orient": "horizontal"}
        layers.insert(0, _layer(tick, [needed], x="x", y="y"))
    dx, above = _beside(course, lowest, highest, len(lines))
    for at, (said, style, color) in enumerate(lines):
        place = {"align": "left", "dx": dx, "dy": above + at * LINE, **style}
        rows = [{**spot, "said": said}]
        layers.append(_text(rows, {**place, **HALO, "color": "#ffffff"}, x="x", y="y"))
        layers.append(_text(rows, {**place, "color": color}, x="x", y="y"))
    return layers


def _beside(course: Course, lowest: Fraction, highest: Fraction, lines: int) -> tuple[int, int]:
    """Where the first of the lines beside the last value stands from it: to its right, and clear of what else is."""
    height = _pixels(course, course.last[1], lowest, highest)
    if course.last[0] == course.last_day:  # in the margin, where the target has its words too
        words = _pixels(course, course.finals[-1], lowest, highest) if course.finals else -UP
        if abs(height - words) < 2 * LINE + 4:
            down = words + 2 * LINE if height >= words else words - (lines + 1) * LINE
            return 14, round(down - height)
        return 14, 0
    return (4, LINE + 2) if height < UP - (lines + 1) * LINE else (4, -lines * LINE)


def _pixels(course: Course, height: Fraction, lowest: Fraction, highest: Fraction) -> int:
    """How far below the top of the chart a height is drawn."""
    share = (highest - height) / (highest - lowest)
    return round(UP * float(1 - share if is_upside_down(course) else share))


def _due(course: Course, lowest: Fraction, highest: Fraction, language: Language) -> list[Layer]:
    """The due date as a line, or that it lies further ahead."""
    if course.due is None or course.due < course.first_day:
        return []
    day = dates.day(course.due, language)
    said = Text(f"hạn {day}", f"due {day}").in_(language)
    row = [{"x": min(course.due, course.last_day).toordinal(), "said": said}]
    style = {"align": "right", "baseline": "bottom", "dy": -6, "color": SECOND}
    if course.due > course.last_day:
        row[0]["said"] = f"{said} →"
        return [_text(row, style, x="x", y={"value": 0})]
    rule = {"type": "rule", "color": SECOND, "strokeWidth": 1, "strokeDash": [1, 3]}
    return [_layer(rule, row, x="x", y={"value": 0}, y2={"value": UP}), _text(row, style, x="x", y={"value": 0})]


def _heading(story: TargetStory, language: Language) -> Layer:
    style = {"align": "left", "baseline": "top", "dx": -LEFT + 12, "dy": -TOP + 10, "fontSize": LARGE,
             "fontWeight": "bold", "color": INK}  # fmt: skip
    return _text([{"said": brief(_title(story, language), TITLE)}], style, x={"value": 0}, y={"value": 0})


def _title(story: TargetStory, language: Language) -> str:
    """What is shown; of whom, where it is one of several."""
    name = _capital(story.target.short_name.in_(language))
    if sentences.answers_as_one(story) and story.pools <= 1:
        return name
    who = story.unit_name if sentences.answers_as_one(story) or not story.behind else story.behind[0].name
    return f"{brief(name, TITLE - 32)}: {brief(who, 30)}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _round_heights(course: Course, lowest: Fraction, highest: Fraction) -> list[Fraction]:
    """A few round heights within what is shown; whole ones where only these make sense."""
    span = highest - lowest
    power = Fraction(10) ** (len(str(floor(span))) - 1 if span >= 1 else -len(str(floor(1 / span))))
    steps = sorted(power * one / 10 * nice for one in (1, 10, 100) for nice in (1, 2, 5))
    if course.measure.is_whole:
        steps = [step for step in steps if step.denominator == 1] or [Fraction(1)]
    for step in steps:
        heights = [step * at for at in range(ceil(lowest / step), floor(highest / step) + 1)]
        if len(heights) <= TICKS[1]:
            return heights
    return []


def _round_days(course: Course) -> tuple[int, list[date]]:
    """The first days of months at even distances, and how many months these are."""
    first, last = course.first_day, course.last_day
    months = [
        date(at // 12, at % 12 + 1, 1) for at in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    ]
    for apart in MONTHS_APART:
        days = [day for day in months if (day.year * 12 + day.month - 1) % apart == 0 and first <= day <= last]
        if len(days) <= DAYS_TICKS:
            return apart, days
    return MONTHS_APART[-1], []


def _days_said(found: tuple[int, list[date]], language: Language) -> list[tuple[date, str]]:
    apart, days = found
    if apart >= 12:
        return [(day, str(day.year)) for day in days]
    said = []
    for day in days:
        month = Period(day, (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1))
        said.append((day, dates.period(month, language, short=True)))
    return said


def _rows(spots: Sequence[Spot]) -> list[dict[str, object]]:
    return [{"at": at, "x": day.toordinal(), "y": _float(height)} for at, (day, height) in enumerate(spots)]


def _float(number: Fraction) -> float:
    return round(float(number), 6)


def _text(rows: Sequence[Mapping[str, object]], mark: Mapping[str, object], **places: object) -> Layer:
    return _layer({"type": "text", "clip": False, **mark}, rows, text="said", **places)


def _layer(mark: Mapping[str, object], rows: Sequence[Mapping[str, object]], **channels: object) -> Layer:
    """A mark for every row: a channel is the name of a column, or a place in pixels."""
    encoding: dict[str, object] = {}
    for channel, of in channels.items():
        if not isinstance(of, str):
            encoding[channel] = of
        elif channel == "text":
            encoding[channel] = {"field": of, "type": "nominal"}
        else:
            encoding[channel] = {"field": of, "type": "quantitative"}
    return {"mark": dict(mark), "data": {"values": [dict(row) for row in rows]}, "encoding": encoding}


def _scaled(layer: Layer, scales: Mapping[str, Mapping[str, object]]) -> Layer:
    encoding = layer["encoding"]
    assert isinstance(encoding, dict)  # noqa: S101 - made by _layer
    with_scales = {
        channel: {**of, "scale": scales[channel], "axis": None} if channel in scales and "field" in of else of
        for channel, of in encoding.items()
    }
    return {**layer, "encoding": with_scales}
