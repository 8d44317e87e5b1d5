"""Messages: stories put into sentences, as Block Kit payloads, in Vietnamese or English. Pure.

A payload holds `text`, `blocks`, `unfurl_links` and `unfurl_media`; whoever sends it adds the channel, the thread
and the metadata, and makes a picture of every `chart` in an image block (see notifications.drawing).
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from targetwatch.model import Language
from targetwatch.notifications.messages import acted
from targetwatch.notifications.messages.claims import claim_message, claim_reply
from targetwatch.notifications.messages.collected import collected_message, collected_reply
from targetwatch.notifications.messages.late import late_message, late_reply
from targetwatch.notifications.messages.meanwhile import meanwhile_message
from targetwatch.notifications.messages.refused import quality_message, quality_reply
from targetwatch.notifications.messages.replies import target_reply
from targetwatch.notifications.messages.reports import reports_message, reports_reply
from targetwatch.notifications.messages.targets import target_message
from targetwatch.notifications.stories import (
    ClaimStory,
    CollectedStory,
    LateStory,
    MeanwhileStory,
    QualityStory,
    ReplyStory,
    ReportsStory,
    Story,
    TargetStory,
)

__all__ = ["render"]


def render(story: Story | ReplyStory | MeanwhileStory, language: Language, *, charts: bool = True) -> dict[str, object]:
    """The payload that tells `story` in `language`: a message, or a reply for its thread. Without `charts`: words."""
    match story:
        case ReplyStory():
            return _reply(story, language)
        case TargetStory():
            return target_message(story if charts else replace(story, trend=None), language)
        case LateStory():
            return late_message(story, language)
        case QualityStory():
            return quality_message(story, language)
        case ClaimStory():
            return claim_message(story, language)
        case ReportsStory():
            return reports_message(story, language)
        case CollectedStory():
            return collected_message(story, language)
        case MeanwhileStory():
            return meanwhile_message(story, language)
        case _:
            assert_never(story)


def _reply(reply: ReplyStory, language: Language) -> dict[str, object]:
    if reply.kind in acted.KINDS:
        return acted.acted_reply(reply, language)
    match reply.about:
        case TargetStory():
            return target_reply(reply, reply.about, language)
        case LateStory():
            return late_reply(reply, reply.about, language)
        case QualityStory():
            return quality_reply(reply, reply.about, language)
        case ClaimStory():
            return claim_reply(reply, reply.about, language)
        case ReportsStory():
            return reports_reply(reply, reply.about, language)
        case CollectedStory():
            return collected_reply(reply, reply.about, language)
        case _:
            assert_never(reply.about)
