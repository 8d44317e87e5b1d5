"""Deciding: what follows for one group from what happened, message by message, and what is held back of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from targetwatch.model import Delivery, Incident, IncidentEventKind, IncidentState, Notification, Role
from targetwatch.notifications.policy import rows
from targetwatch.notifications.policy.escalating import heard, hears_next
from targetwatch.notifications.policy.grouping import Group
from targetwatch.notifications.policy.holding import is_to_repeat, post_held, reply_held
from targetwatch.notifications.policy.pending import Pending
from targetwatch.notifications.policy.reasons import Withheld
from targetwatch.notifications.policy.replying import Replies, Replying
from targetwatch.notifications.policy.threads import is_quiet
from targetwatch.notifications.policy.withholding import LATER, Withholding
from targetwatch.notifications.situation import GroupMessage, Situation, Told
from targetwatch.notifications.stories import ReplyKind, ReplyStory, Story, TargetStory, with_care
from targetwatch.notifications.telling.groups import Teller, Telling

CLOSED = {
    IncidentState.RESOLVED: ReplyKind.RESOLVED,
    IncidentState.ENDED: ReplyKind.ENDED,
    IncidentState.SUPERSEDED: ReplyKind.SUPERSEDED,
}


class Deciding:
    """Decides about one group. `rows` are what is sent and withheld; `kept` what is remembered of its incidents."""

    def __init__(
        self,
        situation: Situation,
        teller: Teller,
        group: Group,
        mutes: Mapping[int, str],
        summed_up: frozenset[tuple[str, str, int]],
        say: rows.Say,
    ) -> None:
        self.situation = situation
        self.teller = teller
        self.group = group
        self.receiver = group.receiver
        self.message = situation.messages.get((group.receiver.name, group.name))
        self.pending = Pending(situation, group)
        self.replying = Replying(situation, teller, group, self.pending)
        self.rows: list[Notification] = []
        self.back = Withholding(situation, group, self.pending, mutes, self.message, self.rows)
        self._summed_up = summed_up
        self._say = say

    @property
    def changed(self) -> list[Told]:
        """What is new among what is remembered, or other than it was."""
        return [told for told in self.back.kept.values() if told != self.back.known.get(told.number)]

    @property
    def forgotten(self) -> list[Told]:
        """What was remembered of the group's incidents and is no longer needed."""
        theirs = {one.number for one in self.group.incidents}
        return [told for number, told in self.back.known.items() if number in theirs and number not in self.back.kept]

    def decide(self) -> list[Notification]:
        """Everything that follows, in the order in which it must be sent."""
        message = self.message
        if message is None or not message.is_out:
            self._begin(message)
        else:
            self._follow(message)
        self.back.mute()
        return self.rows

    # No message is out

    def _begin(self, last: GroupMessage | None) -> None:
        """Post a message about what is open; `last` is the one that the group had before, if there was one."""
        group = self.group
        audible = [one for one in group.open if not self.back.mute_of(one)]
        closed = [one for one in group.closed if not self.back.mute_of(one)]
        waiting = [one for one in closed if not self.pending.is_untold(one)]
        if last is not None and last.is_closed and waiting:  # it was edited at once; its last reply was held back
            self._end_thread(last, closed)
            closed = []
        missed = self._worth_telling([one for one in closed if self.pending.known(one) is not None])
        if audible:
            self._open(audible, missed, last)
        elif missed:
            self._post_what_is_over(missed, last)
        if not group.open:
            self.back.withhold_shares()

    def _open(self, audible: Sequence[Incident], missed: Sequence[Incident], last: GroupMessage | None) -> None:
        """Post a message, or hold it back. What began and ended meanwhile besides is said in its thread."""
        held = post_held(self.situation, self.group, audible)
        if held is not None:
            self.back.hold_post(audible, held)
            self.back.hold(missed, held)
            return
        shares = self._audible_shares()
        telling = self._telling(audible, (), (*audible, *shares))
        story = self._around(self.teller.story(telling, audible[0]), audible[0])
        post = self._post(telling, story, last)
        for one in audible:
            self.back.keep(one)
        if (
            last is not None
            and last.post_failed
            and (last.channel, last.fingerprint) == (post.channel, post.fingerprint)
        ):
            return  # the same words in the same channel would be refused again
        self.rows.append(post)
        if missed:
            besides = self._telling(audible, missed, missed)
            told = self.replying.came_and_went(besides, audible[0])
            self.rows += [self._reply(besides, one, post.episode, last) for one in told]

    def _post_what_is_over(self, missed: Sequence[Incident], last: GroupMessage | None) -> None:
        """Post the message of an episode that began and ended while it was held back."""
        held = post_held(self.situation, self.group, missed)
        if held is not None:
            self.back.hold_replies(
                missed, held, [ReplyStory(kind, story) for kind, story in self._endings(missed)], missed[0]
            )
            return
        lead = _closing(missed, None)
        telling = self._telling((), missed, missed)
        story = self._around(self.teller.story(telling, lead), lead)
        post = self._post(telling, story, last, CLOSED[lead.state].value)
        self.rows.append(post)
        if isinstance(story, TargetStory) and story.judged.role is Role.EACH:  # which units it was is said nowhere else
            told = self.replying.came_and_went(telling, lead)
            self.rows += [self._reply(telling, one, post.episode, last) for one in told]

    def _endings(self, incidents: Sequence[Incident]) -> list[tuple[ReplyKind, Story]]:
        """How a group of incidents that are over ended, where this pass ended any of them."""
        if not any(self.situation.is_closed_now(one) for one in incidents):
            return []
        lead = _closing(incidents, None)
        return [(CLOSED[lead.state], self.teller.story(self._telling((), incidents, incidents), lead))]

    def _worth_telling(self, missed: Sequence[Incident]) -> list[Incident]:
        """Those that were over before they were told and are told of yet; of the others a row says why they are not."""
        found = []
        for one in missed:
            known = self.pending.known(one)
            because = known.held_because if known is not None else ""
            if self._is_summed_up(one):
                continue
            if because.partition(":")[0] in LATER:
                found.append(one)
            elif because != Withheld.NOT_BEGUN:
                self.back.withhold(one, Delivery.POST, CLOSED[one.state].value, Withheld.OVER_BEFORE_TOLD.value)
        return found

    # A message is out

    def _follow(self, message: GroupMessage) -> None:
        """Edit the message, and say in its thread what happened since."""
        group = self.group
        inside = [one for one in group.open if not (self.back.mute_of(one) and self.pending.is_untold(one))]
        over = [one for one in group.closed if not self.back.mute_of(one) and not self._is_summed_up(one)]
        opened_now = {event.number for event in self.situation.events if event.kind is IncidentEventKind.OPENED}
        goes_on = any(one.number not in opened_now for one in inside) or (bool(inside) and not over)
        if goes_on:
            self._go_on(message, inside, over)
        elif over:
            self._close(message, over)
            fresh = [one for one in inside if not self.back.mute_of(one)]
            if fresh:  # the target's new version is behind too: an episode of its own
                self._open(fresh, (), message)

    def _go_on(self, message: GroupMessage, inside: Sequence[Incident], over: Sequence[Incident]) -> None:
        lead = _leading(inside, message, self.pending)
        audible = [one for one in (*inside, *over, *self._audible_shares()) if not self.back.mute_of(one)]
        telling = self._telling(inside, over, audible)
        replies = self.replying.going_on(telling, lead)
        story = self._around(replies.story, lead)
        if any(not self.back.is_silenced(one) for one in inside):
            reason = replies.told[0].kind.value if replies.told else "changed"
            self._edit(telling, message, replace(story, edited=True), reason)
        held = reply_held(self.situation, self.group, message) if replies.told else None
        if held is not None:
            fresh = self.replying.going_on(self._now(telling), lead)
            self.back.hold_replies(audible, held, fresh.told, lead)
        else:
            self.rows += [self._reply(telling, one, message.episode, message) for one in replies.told]
            if not replies.told and self._is_to_repeat(message, inside):
                again = self.replying.repeated(replies.story)
                self.rows.append(self._reply(telling, again, message.episode, message))
        self._remember(inside, replies)
        if isinstance(story, TargetStory) and is_quiet(lead):
            self.back.withhold_shares()

    def _close(self, message: GroupMessage, over: Sequence[Incident]) -> None:
        """Say in the message that its episode is over, at once, and in its thread, as soon as nothing holds it back."""
        lead = _closing(over, message)
        telling = self._telling((), over, over)
        story = self._around(replace(self.teller.story(telling, lead), edited=True), lead)
        before, last = self.replying.closing(telling, lead, story, CLOSED[lead.state])
        held = reply_held(self.situation, self.group, message)
        if held is None:
            self.rows += [self._reply(telling, one, message.episode, message) for one in before]
        self._edit(telling, message, story, CLOSED[lead.state].value)
        if held is None:
            self.rows.append(self._reply(telling, last, message.episode, message))
        else:
            self.back.hold_replies(over, held, [*before, last], lead)

    def _end_thread(self, message: GroupMessage, over: Sequence[Incident]) -> None:
        """Write what was held back when the message closed."""
        held = reply_held(self.situation, self.group, message)
        if held is not None:
            self.back.hold(over, held)
            return
        lead = _closing(over, message)
        telling = self._telling((), over, over)
        story = self._around(replace(self.teller.story(telling, lead), edited=True), lead)
        before, last = self.replying.closing(telling, lead, story, CLOSED[lead.state])
        self.rows += [self._reply(telling, one, message.episode, message) for one in (*before, last)]

    def _remember(self, inside: Sequence[Incident], replies: Replies) -> None:
        """That the receiver hears of these, and from when on those that got worse by too little are compared."""
        for one in inside:
            if one.number in self.back.kept or (self.back.mute_of(one) and self.pending.known(one) is None):
                continue
            known = self.pending.known(one)
            worse_since = known.worse_since if known is not None else None
            if one.number in replies.told_how_far:
                worse_since = None
            elif one.number in replies.not_worse_enough:
                changes = [event.at for event in self.pending.of(one) if event.kind is IncidentEventKind.CHANGED]
                worse_since = min([*changes, *([worse_since] if worse_since else [])])
                self.back.withhold_worse(one)
            self.back.keep(one, worse_since=worse_since)

    def _is_to_repeat(self, message: GroupMessage, inside: Sequence[Incident]) -> bool:
        open_ = [one for one in inside if one.state is IncidentState.OPEN and not self.back.mute_of(one)]
        return bool(open_) and is_to_repeat(self.situation, self.group, message) and (
            reply_held(self.situation, self.group, message) is None
        )  # fmt: skip

    # What is sent

    def _post(
        self, telling: Telling, story: Story, last: GroupMessage | None, reason: str = rows.OPENED
    ) -> Notification:
        told = replace(story, mention=self.receiver.mention) if reason == rows.OPENED else story
        row = rows.post(self.receiver, self.group.name, told, self.situation.now, self._say, after=last, reason=reason)
        return rows.about(row, telling.incidents)

    def _edit(self, telling: Telling, message: GroupMessage, story: Story, reason: str) -> None:
        row = rows.edit(self.receiver, message, story, self.situation.now, self._say, reason)
        if row is not None:
            self.rows.append(rows.about(row, telling.incidents))

    def _reply(self, telling: Telling, story: ReplyStory, episode: int, after: GroupMessage | None) -> Notification:
        row = rows.reply(self.receiver, after, episode, self.group.name, story, self.situation.now, self._say)
        return rows.about(row, telling.incidents)

    def _around(self, story: Story, lead: Incident) -> Story:
        """The story with what depends on the receiver: the group, and who hears of it next."""
        if not self.situation.worded:
            return story
        to = hears_next(self.situation, self.group.route, lead)
        return with_care(story, group=self.group.name, next=to, told=heard(self.situation, self.group.route, lead))

    # What is known

    def _telling(self, inside: Sequence[Incident], over: Sequence[Incident], audible: Sequence[Incident]) -> Telling:
        """What the message is about, with what happened to the `audible` ones since they were last told."""
        about = {one.number for one in (*inside, *over)}
        restatements = self.pending.restatements([one for one in audible if one.number in about])
        return Telling(self.group, tuple(inside), tuple(over), self.pending.events(audible), restatements)

    def _now(self, telling: Telling) -> Telling:
        """The same, with what happened in this pass alone."""
        theirs = (*telling.inside, *telling.over, *self._audible_shares())
        events = self.pending.now(one for one in theirs if not self.back.mute_of(one))
        return replace(
            telling, events=events, restatements=self.pending.restatements(telling.inside, also_earlier=False)
        )

    def _audible_shares(self) -> list[Incident]:
        return [one for one in self.group.shares if not self.back.mute_of(one)]

    def _is_summed_up(self, incident: Incident) -> bool:
        """Whether the summary of a silence tells of an incident of which nothing was ever told before it was over."""
        place = (self.receiver.name, self.group.name, incident.number)
        return place in self._summed_up and self.pending.is_untold(incident)


def _leading(inside: Sequence[Incident], message: GroupMessage, pending: Pending) -> Incident:
    """The incident that a message goes on about: that of its episode; else the first that was told; else the first."""
    of_episode = [one for one in inside if one.number == message.episode]
    told = [one for one in inside if not pending.is_untold(one)]
    return (of_episode or told or list(inside))[0]


def _closing(over: Sequence[Incident], message: GroupMessage | None) -> Incident:
    """The incident whose end a message closes with.

    Where some have recovered and others were superseded or have ended, it must not close as a success.
    """
    of_episode = [one for one in over if message is not None and one.number == message.episode]
    otherwise = [one for one in over if one.state is not IncidentState.RESOLVED]
    of_this = [one for one in of_episode if one.state is not IncidentState.RESOLVED]
    return (of_this or otherwise or of_episode or list(over))[-1]
