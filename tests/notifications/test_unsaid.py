"""Deciding without words: who is told what, when and why is the same as with them, for any course of events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given

from targetwatch.model import Delivery, Label, Notification, Route
from targetwatch.notifications.situation import CLOSING_REASONS, Told
from tests.incidents.programmes import ENGINEERS, hanoi
from tests.notifications.passes import Watch, with_routes
from tests.notifications.test_policy_holds import EACH, districts
from tests.notifications.test_policy_properties import COURSES, Course, examples, figures, moments, watching

NOW = hanoi(2025, 6, 16)


def decided(rows: Sequence[Notification]) -> list[tuple[object, ...]]:
    """Everything of rows but what they say and their ids. Of edits those that close: others depend on the words."""
    return [
        (
            one.receiver, one.group, one.episode, one.delivery, one.reason, one.state, one.state_reason,
            one.created_at, one.about,
        )
        for one in rows
        if one.delivery is not Delivery.UPDATE or one.reason in CLOSING_REASONS
    ]  # fmt: skip


def lived(course: Course, *, worded: bool) -> tuple[list[list[tuple[object, ...]]], dict[tuple[str, str, int], Told]]:
    """What is decided at each pass of a course, in words or without, and what is remembered in the end."""
    watch = watching(course)
    watch.worded = worded
    return [decided(watch.look(now, figures(behind))) for now, behind in moments(course)], watch.told


@examples(80)
@given(COURSES)
def test_the_same_is_told_without_words(course: Course) -> None:
    """At every pass the same posts, replies and closing edits, withheld for the same reasons, and remembered alike."""
    assert lived(course, worded=False) == lived(course, worded=True)


@pytest.mark.parametrize("group_by", [(Label.KIND, Label.SUBJECT), (Label.UNIT,), (Label.OWNER,)])
def test_each_reply_without_words_is_one_of_its_own(group_by: tuple[Label, ...]) -> None:
    """Worse four times in one thread is told four times, though nothing is said and the message is never edited."""
    watch = Watch(with_routes(EACH, Route("engineers", group_by=group_by), receivers=(ENGINEERS,)), worded=False)
    rows: list[Notification] = []
    for month, value in enumerate((700, 600, 500, 400, 300), start=5):
        rows += watch.look(NOW + timedelta(days=30 * month), districts(value, month=month))
    assert [one.reason for one in rows] == ["opened", *["worse"] * 4]
    assert all(set(one.payload) <= {"as_of", "unfurl_links", "unfurl_media", "metadata"} for one in rows)
    assert len({one.id for one in rows}) == len(rows)
