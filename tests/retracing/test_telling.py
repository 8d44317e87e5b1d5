"""What is told at each look is told in words or without them: to the same people, for the same reasons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from hypothesis import given

from targetwatch.model import Delivery, TargetVersion
from targetwatch.notifications.situation import CLOSING_REASONS
from targetwatch.retracing import Course, Pass, moments, retrace
from tests.evaluation.worlds import SUITE
from tests.properties.generated import MONTHS, Report, examples, histories, known, pasts_of_targets, small_city


def told(passes: Iterable[Pass]) -> list[list[tuple[object, ...]]]:
    """Who is told what and why, look by look; of edits those that close a message."""
    return [
        [
            (row.receiver, row.group, row.episode, row.delivery, row.reason, row.state, row.state_reason)
            for row in one.notifications
            if row.delivery is not Delivery.UPDATE or row.reason in CLOSING_REASONS
        ]
        for one in passes
    ]


def test_the_same_is_told_without_words() -> None:
    """Over generated pasts of targets, where targets fall behind, further and less far, and recover."""
    reasons: set[object] = set()

    @examples(3, shrinks=False)
    @given(histories(MONTHS[:5]), pasts_of_targets())
    def held(history: list[Report], targets: list[TargetVersion]) -> None:
        made = small_city(targets)
        past = known(made, history)
        course = Course(made, past, moments(made, past, MONTHS[0], date(2025, 6, 20))[::2])
        ((worded,), (unsaid,)) = (retrace([course], SUITE, tell=True, worded=how) for how in (True, False))
        assert told(unsaid.passes) == told(worded.passes)
        reasons.update(reason for look in told(worded.passes) for _, _, _, _, reason, *_ in look)

    held()
    assert reasons >= {"opened", "worse", "better", "resolved"}
