"""Which week or month a digest is about, and from when on it can be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targetwatch.catalogue.calendar import WorkingCalendar
from targetwatch.model import Cadence, Deadline, Rhythm
from targetwatch.notifications.digests.editions import Almanac
from tests.digests.examples import SOURCES, ZONE, almanac, local, programme

ALMANAC = almanac(programme())


def test_a_week_is_over_on_monday_at_midnight() -> None:
    """On Sunday night it is still the week before; the moment of the programme's Monday it is this one."""
    assert ALMANAC.newest(Rhythm.WEEKLY, local(date(2024, 11, 24), 23, 59)).name == "2024-W46"
    edition = ALMANAC.newest(Rhythm.WEEKLY, local(date(2024, 11, 25)))
    assert (edition.name, edition.group) == ("2024-W47", "digest/weekly/2024-W47")
    assert (edition.begins, edition.ends) == (local(date(2024, 11, 18)), local(date(2024, 11, 25)))
    assert edition.due_at == local(date(2024, 11, 25), 8, 5)


def test_a_week_belongs_to_the_year_of_its_thursday() -> None:
    """As ISO 8601 counts them: 30 December 2024 to 5 January 2025 is week 1 of 2025."""
    assert ALMANAC.newest(Rhythm.WEEKLY, local(date(2025, 1, 6))).name == "2025-W01"


def test_a_months_digest_waits_for_its_data() -> None:
    """October was due on Thursday 14 November at five: its digest comes on Friday at 08:05, and not before."""
    assert ALMANAC.newest(Rhythm.MONTHLY, local(date(2024, 11, 15), 8, 4)).name == "2024-09"
    edition = ALMANAC.newest(Rhythm.MONTHLY, local(date(2024, 11, 15), 8, 5))
    assert (edition.name, edition.group) == ("2024-10", "digest/monthly/2024-10")
    assert edition.due_at == edition.ends == local(date(2024, 11, 15), 8, 5)
    assert edition.begins == local(date(2024, 10, 15), 8, 5)  # September was due on Monday 14 October


def test_the_day_is_a_working_day() -> None:
    """With eleven working days the deadline is Friday 15 November: the digest comes on Monday."""
    sources = {one.id: replace(one, deadline=Deadline(11)) for one in SOURCES}
    edition = almanac(programme(sources=sources)).newest(Rhythm.MONTHLY, local(date(2024, 11, 20)))
    assert edition.due_at == local(date(2024, 11, 18), 8, 5)


def test_public_holidays_are_no_working_days() -> None:
    """April 2025: ten working days without 30 April and 1 and 2 May, as the country has them, end on 16 May."""
    whole = programme()
    calendar = WorkingCalendar(whole.calendar, ZONE)
    edition = Almanac(whole, calendar, calendar.deadline).newest(Rhythm.MONTHLY, local(date(2025, 5, 31)))
    last = calendar.deadline(date(2025, 4, 30), Deadline(10)).date()
    assert (edition.name, edition.due_at) == (
        "2025-04",
        local(calendar.add_working_days(last, 1), 8, 5),
    )


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"deadline": Deadline(40)}, "it takes longer than the whole month after"),
        ({"cadence": Cadence.YEAR, "deadline": Deadline(20)}, "it is no monthly one"),
        ({"planned": True, "deadline": Deadline(15)}, "it is not gathered yet"),
        ({"deadline": None}, "nothing of it is ever due"),
    ],
)
def test_some_sources_are_not_waited_for(changed: dict[str, Any], why: str) -> None:
    """One source of that kind beside the others moves no digest."""
    sources = {one.id: one for one in SOURCES} | {"portal": replace(SOURCES[1], **changed)}
    edition = almanac(programme(sources=sources)).newest(Rhythm.MONTHLY, local(date(2024, 11, 20)))
    assert edition.due_at == local(date(2024, 11, 15), 8, 5), why


def test_without_any_deadline_it_is_the_first_working_day() -> None:
    """Where the catalogue declares none, October's digest comes on Friday 1 November."""
    sources = {one.id: replace(one, deadline=None) for one in SOURCES}
    edition = almanac(programme(sources=sources)).newest(Rhythm.MONTHLY, local(date(2024, 11, 20)))
    assert edition.due_at == local(date(2024, 11, 1), 8, 5)


@settings(deadline=None)
@given(st.sampled_from(list(Rhythm)), st.datetimes(min_value=local(date(2021, 1, 1)).replace(tzinfo=None)))
def test_editions_follow_each_other_without_a_gap(rhythm: Rhythm, moment: object) -> None:
    """Every edition begins when the one before it ends, and the newest is never one that is not over."""
    now = moment.replace(tzinfo=local(date(2021, 1, 1)).tzinfo)  # type: ignore[attr-defined]
    if now.year > 9000:
        return
    newest = ALMANAC.newest(rhythm, now)
    before = ALMANAC.before(newest)
    assert before.ends == newest.begins
    assert newest.ends <= now
    assert before.name < newest.name
