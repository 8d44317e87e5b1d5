"""A story in one line: what stands in a message about several, and what a reminder says of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import assert_never

from targetwatch.model import Language, Text
from targetwatch.notifications.messages import blocks, claims, late, refused, reports, targets
from targetwatch.notifications.messages.mrkdwn import bold, escape
from targetwatch.notifications.stories import (
    ClaimStory,
    CollectedStory,
    LateStory,
    QualityStory,
    ReportsStory,
    Story,
    TargetStory,
)
from targetwatch.wording import numbers

NAME = 60  # characters of a name in a line of several


@dataclass(frozen=True, slots=True)
class Summary:
    """A story's shape, its status in a word or two, its name and how far it is. Only the name is not yet escaped."""

    shape: str
    word: str
    name: str
    far: str

    def plain(self, number: str = "") -> str:
        """As one of several where marks are not read."""
        said = ", ".join(filter(None, [self.word, self.far]))
        return f"{escape(self.name, NAME)}: {said}{f' ({number})' if number else ''}"

    def line(self, number: str = "") -> str:
        """As one of several: :small_red_triangle_down: *hồ sơ trực tuyến*: Chậm tiến độ, thiếu 3,2 điểm (TW-147)."""
        said = ", ".join(filter(None, [self.word, self.far]))
        return f"• {self.shape} {bold(escape(self.name, NAME))}: {said}{f' ({number})' if number else ''}"


def summary(story: Story, language: Language) -> Summary:
    """What a story comes to."""
    match story:
        case TargetStory():
            shape, called = targets.mark(story)
            parts = [escape(targets.distance(story, language), NAME), targets.due_briefly(story, language)]
            name = story.target.short_name.in_(language)
            return Summary(shape, called.in_(language), name, ", ".join(part for part in parts if part))
        case LateStory():
            shape, word, far = late.status(story, language)
            return Summary(shape, word, story.source.name.in_(language), far)
        case QualityStory():
            shape, word, far = refused.status(story, language)
            return Summary(shape, word, story.source.name.in_(language), far)
        case ClaimStory():
            shape, word, far = claims.status(story, language)
            return Summary(shape, word, story.claim.name.in_(language), far)
        case ReportsStory():
            shape, word, far = reports.status(story, language)
            return Summary(shape, word, story.metric.name.in_(language), far)
        case CollectedStory():
            first = summary(story.stories[0] if story.stories else story.over[0], language)
            more = len(story.stories or story.over) - 1
            number = numbers.count(more, language)
            and_more = Text(f"và {number} mục khác", f"and {number} more").in_(language)
            return first if more < 1 else Summary(first.shape, first.word, first.name, and_more)
        case _:
            assert_never(story)


def fitting(lines: Iterable[str], number: int, more: Callable[[int], str], room: int = blocks.SECTION) -> list[str]:
    """As many of `number` lines as there is room for, and what `more` says of how many are left.

    No more lines are asked for than that: of thousands of subjects a handful is put into words.
    """
    kept: list[str] = []
    left = room - len(more(number)) - 4
    for line in lines:
        if len(line) + 1 > left:
            break
        kept.append(line)
        left -= len(line) + 1
    rest = number - len(kept)
    return [*kept, more(rest)] if rest else kept
