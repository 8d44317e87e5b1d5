"""Digests as rows of the outbox: once for each receiver and edition, whatever they say and wherever they go."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targetwatch.model import Delivery, Language, NotificationState, Receiver, Rhythm, Transport
from targetwatch.notifications.digests import Ears, render, rows, tell
from targetwatch.notifications.digests.editions import MOST_MISSED
from targetwatch.notifications.digests.picture import Made
from tests.digests.examples import ENGINEERS, HEADS, MONDAY, almanac, local, programme, quiet_week, week

ALMANAC = almanac(programme())
NEWEST = ALMANAC.newest(Rhythm.WEEKLY, MONDAY)


def test_the_id_is_that_of_the_receiver_and_the_edition() -> None:
    """Other words, another channel or another language give the same row: it is not sent a second time."""
    pages = [
        render(tell(picture, Ears(picture.situation), None), language)
        for picture in (week(), quiet_week())
        for language in Language
    ]
    moved = replace(HEADS, channel="elsewhere", language=Language.EN)
    made = [rows.row(NEWEST, receiver, page, MONDAY) for receiver in (HEADS, moved) for page in pages]
    assert len({one.id for one in made}) == 1
    assert rows.row(NEWEST, ENGINEERS, pages[0], MONDAY).id != made[0].id
    assert rows.row(ALMANAC.before(NEWEST), HEADS, pages[0], MONDAY).id != made[0].id


@pytest.mark.parametrize(
    ("receiver", "to"),
    [
        (HEADS, "chi-tieu"),
        (replace(HEADS, transport=Transport.EMAIL, addresses=("a@x.vn", "b@x.vn")), "a@x.vn, b@x.vn"),
        (replace(HEADS, transport=Transport.WEBHOOK, connection="hook"), "hook"),
    ],
)
def test_a_digest_goes_by_any_transport(receiver: Receiver, to: str) -> None:
    """The row says how and where, and its payload carries the id by which it is found again."""
    picture = week()
    made = rows.row(NEWEST, receiver, render(tell(picture, Ears(picture.situation), "heads"), Language.VI), MONDAY)
    assert (made.transport, made.channel, made.delivery, made.episode) == (receiver.transport, to, Delivery.POST, 0)
    assert made.payload["metadata"] == {
        "event_type": "targetwatch_notification",
        "event_payload": {"notification": made.id, "group": "digest/weekly/2024-W47", "reason": "digest"},
    }


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 80), st.booleans())
def test_what_was_missed_is_written_down_once(weeks: int, other_rhythm: bool) -> None:
    """So many weeks without a digest are so many rows, the oldest first; of years, those of the last one."""
    edition = NEWEST
    for _ in range(weeks + 1):
        edition = ALMANAC.before(edition)
    made = [
        Made(HEADS.name, edition.group),
        *([Made(ENGINEERS.name, "digest/monthly/2020-01")] if other_rhythm else []),
    ]
    found = list(rows.overtaken(ALMANAC, NEWEST, [HEADS, ENGINEERS], made, MONDAY))
    assert len(found) == min(weeks, MOST_MISSED)
    assert [one.group for one in found] == sorted({one.group for one in found})
    assert all(one.receiver == HEADS.name and one.state is NotificationState.SUPPRESSED for one in found)
    known = [*made, *(Made(one.receiver, one.group) for one in found)]
    assert list(rows.overtaken(ALMANAC, NEWEST, [HEADS, ENGINEERS], known, MONDAY)) == []


def test_whoever_never_had_one_has_missed_none() -> None:
    """The first digest of all has none before it."""
    assert list(rows.overtaken(ALMANAC, NEWEST, [HEADS, ENGINEERS], [], MONDAY)) == []
    later = ALMANAC.newest(Rhythm.MONTHLY, local(date(2025, 1, 31)) + timedelta(days=1))
    assert list(rows.overtaken(ALMANAC, later, [HEADS], [Made(HEADS.name, NEWEST.group)], MONDAY)) == []
