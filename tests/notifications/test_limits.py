"""Slack's limits: what each method takes, and what a 429 stops."""

from __future__ import annotations

import pytest

from targetwatch.notifications.delivery.limits import SLACKS, Limits
from tests.notifications.sending import Clock


def spaced(limits: Limits, clock: Clock, method: str, channel: str, times: int) -> float:
    """Seconds that so many requests take, one after the other."""
    began = clock.ticks()
    for _ in range(times):
        if wait := limits.wait(method, channel):
            clock.sleep(wait)
        assert limits.wait(method, channel) == 0
        limits.take(method, channel)
    return clock.ticks() - began


@pytest.mark.parametrize(
    ("method", "requests", "seconds"),
    [
        ("chat.postMessage", 33, 30),  # one a second, after three at once
        ("chat.update", 60, 60),  # 50 a minute, after ten at once
        ("conversations.list", 25, 60),  # 20 a minute, after five at once
        ("auth.test", 100, 0),
    ],
)
def test_each_method_has_its_own_pace(method: str, requests: int, seconds: float):
    """A burst is taken at once; after it requests come at the rate of the method's tier."""
    clock = Clock()
    limits = Limits(SLACKS, clock.ticks)
    assert spaced(limits, clock, method, "c", requests) == pytest.approx(seconds, abs=0.01)


def test_posts_are_counted_by_channel_and_edits_together():
    """A channel that is full keeps nothing from another; edits are counted over all."""
    clock = Clock()
    limits = Limits(SLACKS, clock.ticks)
    spaced(limits, clock, "chat.postMessage", "#a", 3)
    assert limits.wait("chat.postMessage", "a") == pytest.approx(1)
    assert limits.wait("chat.postMessage", "b") == 0
    spaced(limits, clock, "chat.update", "a", 10)
    assert limits.wait("chat.update", "b") > 0


def test_a_stop_is_of_its_method_and_channel():
    """After a 429 nothing else waits, and a shorter one does not shorten a longer one."""
    clock = Clock()
    limits = Limits({}, clock.ticks)
    limits.stop("chat.postMessage", "a", 30)
    limits.stop("chat.postMessage", "a", 5)
    limits.stop("conversations.history", "", 8)
    waits = [
        limits.wait("chat.postMessage", "a"),
        limits.wait("chat.postMessage", "b"),
        limits.wait("chat.update", "a"),
    ]
    assert waits == [30, 0, 0]
    clock.sleep(8)
    assert (limits.wait("conversations.history"), limits.wait("chat.postMessage", "#a")) == (0, 22)
