"""A page: what a digest says, in one language, before it is cut to what Slack takes or printed whole in a terminal.

Every line is escaped as Slack's mrkdwn. A message that would be too long shows fewer lines of its longest parts, and
each that was cut says how many more there are and which command prints them all.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from targetwatch.model import Language, Status, Text
from targetwatch.notifications.messages import blocks
from targetwatch.notifications.messages.mrkdwn import bold, code
from targetwatch.wording import numbers, words

MOST_LINES = 8  # of a part, in a message
MOST_ENCODED = 9_000  # characters of all parts as JSON: a whole message stays under 12,000
MOST_OF_A_PART = 2_700  # Slack takes 3,000 in a section

SHAPES = {
    words.SLACK_SHAPES[status]: shape
    for status, shape in {
        Status.MISSED: "✕",
        Status.BEHIND: "▼",
        Status.AT_RISK: "◆",
        Status.NOT_EVALUATED: "⊘",
        Status.STALE: "⧖",
        Status.NO_DATA: "○",
        Status.ON_TRACK: "▲",
        Status.MET: "✓",
        Status.ENDED: "–",
    }.items()
}
SHAPE = re.compile("|".join(map(re.escape, SHAPES)))


@dataclass(frozen=True, slots=True)
class Part:
    """Lines under a title."""

    title: str
    lines: tuple[str, ...]
    is_numbered: bool = False
    most: int = MOST_LINES  # in a message that has room for them


@dataclass(frozen=True, slots=True)
class Page:
    """A headline, what comes first, parts, and small print."""

    headline: str
    first: tuple[str, ...]
    parts: tuple[Part, ...]
    remarks: tuple[str, ...]
    button: tuple[Text, str | None]
    command: str  # prints all of it


def as_message(page: Page, language: Language) -> dict[str, object]:
    """The page as a message that Slack takes, whatever is in it."""
    parts = [part for part in page.parts if part.lines]
    said = [blocks.header("", page.headline, ""), blocks.section(page.first)]
    if parts:
        said.append({"type": "divider"})
    shown = _within(parts, page.command, language)
    said += [{"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}} for text in shown]
    said += blocks.buttons([(page.button[0].in_(language), page.button[1])])
    return blocks.message(page.headline, [*said, blocks.context(page.remarks)])


def as_lines(page: Page) -> list[str]:
    """The page as lines of plain text, all of it."""
    lines = [_plain(page.headline), "", *map(_plain, page.first)]
    for part in page.parts:
        if part.lines:
            lines += ["", _plain(part.title)]
            lines += [f"  {_plain(line)}" for line in _numbered(part, part.lines)]
    return [*lines, "", *map(_plain, page.remarks)]


def _within(parts: Sequence[Part], command: str, language: Language) -> list[str]:
    """The parts as texts, with as many lines of each as the whole message has room for: at least one."""
    most = [min(len(part.lines), part.most) for part in parts]
    while True:
        texts = [_text(part, number, command, language) for part, number in zip(parts, most, strict=True)]
        lengths = [len(json.dumps(text, ensure_ascii=False)) for text in texts]
        too_long = [
            place
            for place, number in enumerate(most)
            if number > 1 and (sum(lengths) > MOST_ENCODED or len(texts[place]) > MOST_OF_A_PART)
        ]
        if not too_long:
            return texts
        most[max(too_long, key=lambda place: (lengths[place], place))] -= 1


def _text(part: Part, number: int, command: str, language: Language) -> str:
    lines = list(_numbered(part, part.lines[:number]))
    more = len(part.lines) - number
    if more:
        many, how = numbers.count(more, language), code(command, 200)
        lines.append(Text(f"… và {many} mục khác: {how}", f"… and {many} more: {how}").in_(language))
    return blocks.QUOTE.sub("›", "\n".join([bold(part.title), *lines]))


def _numbered(part: Part, lines: Sequence[str]) -> Sequence[str]:
    return [f"{place}. {line}" for place, line in enumerate(lines, start=1)] if part.is_numbered else lines


def _plain(text: str) -> str:
    """A line as it is read where marks are not: shapes as characters, no bold, entities as what they stand for."""
    shaped = SHAPE.sub(lambda found: SHAPES[found.group()], text)
    return html.unescape(shaped.replace("*", "").replace("`", ""))
