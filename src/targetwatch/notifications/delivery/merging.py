"""Merging: what an outage has let pile up, and which of it newer words have overtaken. Pure.

Of one message's edits the newest is enough. A message that was never sent goes out in the words of its newest edit.
Replies are history, and history is kept: only of such as say where things stand, one after the other and of one kind,
is the newest enough, and it says for how many it stands and since when. What people did, what was put right, whom it
was passed on to and how it ended is never merged, and neither is a list of units or of deliveries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from targetwatch.model import Delivery, Transport
from targetwatch.notifications.delivery.wire import Episode, Posted, Queued

STANDINGS = frozenset({"worse", "better", "unchanged", "repeated"})  # reasons of replies that a newer one overtakes
CLOSINGS = frozenset({"resolved", "ended", "superseded"})
WITHOUT_EDITS = frozenset({Transport.EMAIL})


@dataclass(frozen=True, slots=True)
class Errand:
    """A row to be sent: in its own words or in newer ones, and in place of those that it settles with it."""

    row: Queued
    words: Queued
    stands_for: tuple[Queued, ...] = ()  # replies of its kind before it, oldest first
    as_reply: bool = False  # an edit whose words go out as a reply, since nothing can be edited
    goes_first: int | None = None  # the sequence of the row that it must not come behind, where its own is later

    @property
    def place(self) -> int:
        """What its order goes by."""
        return self.row.sequence if self.goes_first is None else min(self.row.sequence, self.goes_first)

    @property
    def edit(self) -> Queued | None:
        """The edit whose words it says."""
        return None if self.words is self.row else self.words


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done with what waits."""

    errands: tuple[Errand, ...]  # in the order of their sequence
    overtaken: tuple[tuple[Queued, Queued], ...]  # edits, each with the newer one
    untellable: tuple[Queued, ...]  # edits of what cannot be edited, that nothing is lost by


def plan(rows: Iterable[Queued], messages: Mapping[Episode, Posted]) -> Plan:
    """What of these rows, in the order of their sequence, is to be sent and in which words."""
    by_episode: dict[Episode, list[Queued]] = {}
    for row in rows:
        by_episode.setdefault(row.episode, []).append(row)
    errands: list[Errand] = []
    overtaken: list[tuple[Queued, Queued]] = []
    untellable: list[Queued] = []
    for episode, waiting in by_episode.items():
        edits = [row for row in waiting if row.notification.delivery is Delivery.UPDATE]
        said: list[Errand] = [Errand(row, row) for row in waiting if row.notification.delivery is Delivery.POST]
        if edits:
            newest = edits[-1]
            errand = _edit(waiting, newest, said, episode in messages)
            said = [one for one in said if errand is None or one.row is not errand.row]
            said += [errand] if errand is not None else []
            untellable += [newest] if errand is None else []
            at = errand.row if errand is not None else newest
            overtaken += [(row, newest) for row in edits[:-1] if row is not at]
        errands += said
        errands += _replies(waiting, said)
    return Plan(tuple(sorted(errands, key=lambda one: one.place)), tuple(overtaken), tuple(untellable))


def _edit(waiting: Sequence[Queued], edit: Queued, posts: Sequence[Errand], is_out: bool) -> Errand | None:
    """How the newest words of a message are said. None where they cannot be, and nothing is lost by it."""
    before = [one.row for one in posts if one.row.sequence < edit.sequence]
    if before:
        return Errand(before[-1], edit)
    if not is_out:  # it was never sent, or is gone: it comes before the replies to it
        first = next(row for row in waiting if row.notification.delivery is Delivery.UPDATE)
        return Errand(first, edit, goes_first=waiting[0].sequence)
    if edit.notification.transport not in WITHOUT_EDITS:
        return Errand(edit, edit)
    if edit.notification.reason not in CLOSINGS:
        return None
    same = tuple(
        row
        for row in waiting
        if row.notification.delivery is Delivery.REPLY and row.notification.reason == edit.notification.reason
    )
    return Errand(edit, edit, same, as_reply=True)


def _replies(waiting: Sequence[Queued], said: Sequence[Errand]) -> list[Errand]:
    settled = {row.id for errand in said for row in errand.stands_for}
    errands: list[Errand] = []
    for row in waiting:
        if row.notification.delivery is not Delivery.REPLY or row.id in settled:
            continue
        last = errands[-1] if errands else None
        # One that was begun may have arrived.
        if last is not None and _is_overtaken(last.row, row):
            errands[-1] = Errand(row, row, (*last.stands_for, last.row))
        else:
            errands.append(Errand(row, row))
    return errands


def _is_overtaken(earlier: Queued, later: Queued) -> bool:
    reason = earlier.notification.reason
    return reason in STANDINGS and reason == later.notification.reason and earlier.attempts == 0
