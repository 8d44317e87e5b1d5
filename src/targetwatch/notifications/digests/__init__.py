"""Digests: what a week or a month came to, told once to each receiver that wants it. Pure.

From the picture of a moment (`picture`) to the story for a receiver (`telling`), to a page of words (`render`), which
becomes a message or lines for a terminal. What they say is what was known at that moment, asked for whenever.
"""

from __future__ import annotations

from typing import assert_never

from targetwatch.model import Language
from targetwatch.notifications.digests.hearing import Ears
from targetwatch.notifications.digests.monthly import monthly
from targetwatch.notifications.digests.page import Page, as_lines, as_message
from targetwatch.notifications.digests.stories import DigestStory, MonthlyStory, WeeklyStory
from targetwatch.notifications.digests.telling import tell
from targetwatch.notifications.digests.weekly import weekly

__all__ = ["DigestStory", "Ears", "MonthlyStory", "Page", "WeeklyStory", "as_lines", "as_message", "render", "tell"]


def render(story: DigestStory, language: Language) -> Page:
    """The page that tells `story` in `language`."""
    match story:
        case WeeklyStory():
            return weekly(story, language)
        case MonthlyStory():
            return monthly(story, language)
        case _:
            assert_never(story)
