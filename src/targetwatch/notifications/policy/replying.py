"""Replying: what is written into the thread of a group's message, of one subject or of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from targetwatch.model import Incident
from targetwatch.notifications.policy import threads
from targetwatch.notifications.policy.acting import acted, repeated
from targetwatch.notifications.policy.grouping import Group
from targetwatch.notifications.policy.pending import Pending
from targetwatch.notifications.situation import Situation
from targetwatch.notifications.stories import CollectedStory, ReplyKind, ReplyStory, Story
from targetwatch.notifications.telling.groups import Subject, Teller, Telling

HOW_FAR = frozenset({ReplyKind.WORSE, ReplyKind.BETTER, ReplyKind.UNCHANGED})
OVER = {"resolved": ReplyKind.RESOLVED, "ended": ReplyKind.ENDED, "superseded": ReplyKind.SUPERSEDED}


@dataclass(frozen=True, slots=True)
class Replies:
    """The story of a message that goes on, and the replies about it.

    `told_how_far` are the incidents whose new figures are told, `not_worse_enough` those that got worse by too little.
    """

    story: Story
    told: tuple[ReplyStory, ...]
    told_how_far: frozenset[int]
    not_worse_enough: frozenset[int]


@dataclass(frozen=True, slots=True)
class Replying:
    """Writes the replies of one group."""

    situation: Situation
    teller: Teller
    group: Group
    pending: Pending

    def going_on(self, telling: Telling, lead: Incident) -> Replies:
        """What happened, in the thread of a message that goes on. About several subjects it is one reply for all."""
        story = self.teller.story(telling, lead)
        told: list[ReplyStory] = []
        how_far: set[int] = set()
        not_enough: set[int] = set()
        for subject in telling.subjects:
            inside = [one for one in telling.inside if _is_about(one, subject)]
            about = story if not isinstance(story, CollectedStory) else self.teller.of_subject(telling, subject)
            if not inside:
                told.append(threads.closing(OVER[about.incident.state.value], about))
                continue
            if isinstance(story, CollectedStory) and all(map(self.pending.is_untold, inside)):
                told.append(ReplyStory(ReplyKind.UNITS, about))
                continue
            replies = self._of_subject(telling, subject, about)
            told += replies.replies
            told += self._acted(telling, subject, about)
            if replies.not_worse_enough:
                not_enough.add(about.incident.number)
            if any(one.kind in HOW_FAR for one in replies.replies):
                how_far.add(about.incident.number)
        if isinstance(story, CollectedStory) and told:
            told = [_together(story, told)]
        return Replies(story, tuple(told), frozenset(how_far), frozenset(not_enough))

    def closing(
        self, telling: Telling, lead: Incident, story: Story, kind: ReplyKind
    ) -> tuple[list[ReplyStory], ReplyStory]:
        """What is said before the last reply of an episode, and that one: an edit alone would be seen by nobody."""
        before: list[ReplyStory] = []
        for subject in telling.subjects if not isinstance(story, CollectedStory) else ():
            view = self.teller.view(telling, subject)
            before += threads.restated(view, (lead,), story)
            missed = [one for one in telling.over if self.pending.is_untold(one)]
            before += self.came_and_went(replace(telling, over=tuple(missed)), lead) if missed else []
            before += self._acted(telling, subject, story)
        return before, threads.closing(kind, story)

    def came_and_went(self, telling: Telling, lead: Incident) -> list[ReplyStory]:
        """That incidents began and ended before anybody was told, in the thread of a message about others."""
        story = self.teller.story(telling, lead)
        if isinstance(story, CollectedStory):
            parts = [threads.closing(OVER[one.incident.state.value], one) for one in story.over]
            return [_together(story, parts)] if parts else []
        view = self.teller.view(telling, telling.subjects[0])
        return threads.of_units(view, telling.over, story)

    def repeated(self, story: Story) -> ReplyStory:
        """That nothing has changed."""
        return repeated(story)

    def _of_subject(self, telling: Telling, subject: Subject, story: Story) -> threads.Thread:
        answering = [one for one in (*telling.inside, *telling.over) if _is_about(one, subject)]
        shares = [one for one in self.group.shares if _is_about(one, subject)]
        view = self.teller.view(telling, subject)
        return threads.going_on(view, answering, shares, story, self.group.receiver.worse_by)

    def _acted(self, telling: Telling, subject: Subject, story: Story) -> Sequence[ReplyStory]:
        members = [one for one in (*telling.inside, *telling.over, *self.group.shares) if _is_about(one, subject)]
        mentions = self.group.route.escalation is not None
        return acted(self.situation, members, telling.events, story, mentions=mentions)


def _is_about(incident: Incident, subject: Subject) -> bool:
    return (incident.key.kind, incident.key.subject) == subject


def _together(story: Story, parts: Sequence[ReplyStory]) -> ReplyStory:
    """One reply about several subjects: of the parts' kind where they are of one. That some are over closes nothing."""
    kinds = {one.kind for one in parts}
    is_one = len(kinds) == 1 and not kinds.intersection(OVER.values())
    return ReplyStory(kinds.pop() if is_one else ReplyKind.UNITS, story, parts=tuple(parts))
