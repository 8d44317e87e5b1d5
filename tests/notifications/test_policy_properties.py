"""What holds for any course of events: each is told once or a row says why not, in its hours, and nothing twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from targetwatch.catalogue.calendar import WorkingCalendar
from targetwatch.model import Delivery, Label, Matcher, Notification, Route, Silence, Span, TimeWindow
from targetwatch.notifications.policy.timing import is_within
from tests.incidents.programmes import ENGINEERS, PROGRAMME, hanoi
from tests.notifications.passes import Watch, with_routes, words
from tests.notifications.test_policy_holds import EACH, districts

START = hanoi(2025, 6, 16, 8)  # a Monday
HOUR = timedelta(hours=1)
NAMES = ("Ba Vì", "Đông Anh", "Long Biên")
CODES = ("271", "017", "004")
WINDOWS = {"office": TimeWindow("office", begins=time(8), to=time(17))}
DAYS = WorkingCalendar(PROGRAMME.calendar, PROGRAMME.time_zone)
GOOD, BAD = 900, 500


@dataclass(frozen=True)
class Course:
    """A route, what is found at each pass and so many hours after the one before, and what is silenced from when on."""

    route: Route
    passes: tuple[tuple[int, tuple[bool, bool, bool]], ...]
    silences: tuple[tuple[int, int, int], ...]  # the unit's place, hours after the start, how many hours


ROUTES = st.builds(
    Route,
    receiver=st.just("engineers"),
    group_by=st.sampled_from([(Label.KIND, Label.SUBJECT), (Label.UNIT,), (Label.OWNER,)]),
    group_wait=st.sampled_from([Span(), Span(2 * HOUR), Span(working_days=1)]),
    group_interval=st.sampled_from([Span(), Span(5 * HOUR)]),
    active_in=st.sampled_from([(), ("office",)]),
)
COURSES = st.builds(
    Course,
    route=ROUTES,
    passes=st.lists(
        st.tuples(st.sampled_from((1, 3, 7, 13)), st.tuples(st.booleans(), st.booleans(), st.booleans())),
        min_size=1,
        max_size=9,
    ).map(tuple),
    silences=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 40), st.sampled_from((4, 20))), max_size=2
    ).map(tuple),
)  # fmt: skip


def examples(number: int) -> settings:
    """So many examples, the same ones in every run."""
    return settings(max_examples=number, derandomize=True, database=None, deadline=None)


def watching(course: Course) -> Watch:
    """A watch as the course has it."""
    watch = Watch(with_routes(EACH, course.route, receivers=(ENGINEERS,), windows=WINDOWS))
    for number, (place, after, hours) in enumerate(course.silences):
        begins = START + HOUR * after
        match = (Matcher(Label.UNIT, (CODES[place],)),)
        watch.silences[f"s-{number}"] = Silence(
            f"s-{number}", match, "lan", "moved", begins, begins, begins + HOUR * hours
        )  # fmt: skip
    return watch


def moments(course: Course) -> list[tuple[datetime, tuple[bool, bool, bool]]]:
    """When what is found; at last noon after noon, when no silence lasts and every wait is over."""
    now, found = START, []
    for hours, behind in course.passes:
        now += HOUR * hours
        found.append((now, behind))
    last = found[-1][1]
    day = now + timedelta(days=8)
    noon = day.replace(hour=5, minute=0)  # noon in Hanoi
    return found + [(noon + timedelta(days=days), last) for days in range(6)]


def figures(behind: Sequence[bool]):
    """The three districts, some of which are behind."""
    return districts(*(BAD if one else GOOD for one in behind))


def lived(course: Course, *, twice: bool = False) -> tuple[Watch, list[Notification]]:
    """The whole course, each pass once or twice, and everything that was added to the outbox."""
    watch, added = watching(course), []
    for now, behind in moments(course):
        added += watch.look(now, figures(behind))
        if twice:
            assert watch.look(now, figures(behind)) == []
    return watch, added


def loud(rows: Sequence[Notification]) -> list[Notification]:
    """What people are told of."""
    return [one for one in rows if not one.state_reason and one.delivery is not Delivery.UPDATE]


@examples(60)
@given(COURSES)
def test_nothing_is_told_outside_its_hours(course: Course) -> None:
    """Messages and replies of a route with hours are within them; only edits are not."""
    _, added = lived(course)
    names = course.route.active_in
    for one in loud(added):
        assert is_within(names, WINDOWS, one.created_at, DAYS, PROGRAMME.time_zone)


@examples(60)
@given(COURSES)
def test_repeating_a_pass_adds_nothing(course: Course) -> None:
    """Deciding again about what is decided gives no row; deciding it anew, with nothing written, the same rows."""
    _, once = lived(course)
    _, twice = lived(course, twice=True)
    assert [one.id for one in once] == [one.id for one in twice]
    assert len({one.id for one in once}) == len(once)


@examples(150)
@given(COURSES)
def test_each_unit_is_told_of_as_it_goes_and_never_twice(course: Course) -> None:
    """What is said aloud of a unit alternates between behind and recovered, and ends with what is so."""
    watch, added = lived(course)
    said = {name: statements(loud(added), name) for name in NAMES}
    for place, name in enumerate(NAMES):
        told = said[name]
        assert all(one != other for one, other in pairwise(told)), (name, told)
        is_behind = course.passes[-1][1][place]
        assert (told[-1:] == ["behind"]) is is_behind, (name, told)
    assert all(one.held_since is None for one in watch.told.values())
    assert all(one.summed_up_at is not None for one in watch.silences.values())


@examples(60)
@given(COURSES)
def test_each_episode_is_told_or_a_row_says_why_not(course: Course) -> None:
    """Every incident that opened was told of aloud, or summed up after a silence, or a row says that it was over."""
    watch, added = lived(course)
    withheld = {one.episode for one in added if one.state_reason}
    for incident in watch.incidents.values():
        name = NAMES[CODES.index(incident.key.org_unit)]
        aloud = any(name in words(one) for one in loud(added) if one.created_at >= incident.began_at)
        assert aloud or incident.number in withheld


def statements(rows: Sequence[Notification], name: str) -> list[str]:
    """What is said aloud of a unit, in order: that it is behind, and that it recovered."""
    told: list[str] = []
    for one in rows:
        text = words(one).replace("*", "")
        if one.reason == "meanwhile":
            continue
        if one.delivery is Delivery.POST and one.reason == "opened":
            if name in text:
                told.append("behind")
        elif one.delivery is Delivery.REPLY:
            lines = [line for line in text.splitlines() if name in line]
            fell = any("Newly behind" in line for line in lines)
            rose = any("Recovered" in line for line in lines)
            both = ["recovered", "behind"] if told[-1:] == ["behind"] else ["behind", "recovered"]
            told += both if fell and rose else ["behind"] if fell else ["recovered"] if rose else []
            closes = one.reason == "resolved" and (not one.group.startswith("unit=") or is_of(one.group, name))
            if closes and told[-1:] == ["behind"]:
                told.append("recovered")
    return told


def is_of(group: str, name: str) -> bool:
    """Whether a group of one unit is this one's."""
    return CODES[NAMES.index(name)] in group
