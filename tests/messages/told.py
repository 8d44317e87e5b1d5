"""Every story there is to tell, by the name of its golden file."""

from __future__ import annotations

from targetwatch.notifications.stories import MeanwhileStory, ReplyStory, Story
from tests.messages import acts, examples, truths

STORIES: dict[str, Story | ReplyStory | MeanwhileStory] = {**examples.STORIES, **truths.TRUTHS, **acts.ACTS}
