"""What rules can ask of an incident, and down which ways of the tree it goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targetwatch.catalogue.calendar import WorkingCalendar
from targetwatch.model import (
    Incident,
    IncidentKey,
    IncidentKind,
    IncidentState,
    Label,
    Matcher,
    Reason,
    Role,
    Route,
    Routing,
    Scope,
    Severity,
    Span,
    Status,
    TimeWindow,
)
from targetwatch.notifications.policy.grouping import group_name
from targetwatch.notifications.policy.labels import labels_of
from targetwatch.notifications.policy.matching import matches
from targetwatch.notifications.policy.reasons import Withheld, absorbed, explained, silenced
from targetwatch.notifications.policy.routing import asked, routed
from targetwatch.notifications.policy.timing import after, is_within
from targetwatch.notifications.situation import Situation
from tests.incidents.programmes import (
    CITY,
    DISTRICT_TARGET,
    PROGRAMME,
    START,
    assessed,
    hanoi,
    unsaid,
)

NOW = hanoi(2025, 6, 16)
ZONE = PROGRAMME.time_zone
DAYS = WorkingCalendar(PROGRAMME.calendar, ZONE)


def incident(kind: IncidentKind, subject: str, unit: str = "", **others: object) -> Incident:
    """An open incident without any facts."""
    about = IncidentKey(kind, subject, unit, START if unit else None)
    return Incident(1, about, IncidentState.OPEN, NOW, opened_at=NOW, **others)


def situation(*incidents: Incident, assessments=(), **programme: object) -> Situation:
    """The small programme, and these."""
    return Situation(replace(PROGRAMME, **programme), NOW, incidents, (), tuple(assessments))


def test_the_labels_of_a_target_that_is_behind():
    """Its own, and the unit's with all those above it, by code and with the day from which the code was theirs."""
    one = incident(IncidentKind.BEHIND, "dossiers_district", "271", severity=Severity.CRITICAL)
    each = replace(DISTRICT_TARGET, scope=Scope.EACH)
    assert labels_of(situation(one, targets=(each,)), one) == {
        Label.KIND: ("behind",),
        Label.SUBJECT: ("dossiers_district",),
        Label.SEVERITY: ("critical",),
        Label.METRIC: ("dossiers_online",),
        Label.SOURCE: ("procedures",),
        Label.TIER: ("district",),
        Label.LEVEL: ("district",),
        Label.OWNER: ("chairs",),
        Label.UNIT: ("271", "271@2021-01-01", "01", "01@2021-01-01"),
    }


def test_a_pooled_target_has_the_level_of_the_units_that_answer_under_it():
    """The city is who it is judged for, and districts are who it is about."""
    judged = {"judged": {"role": "pooled", "target_version": "v1"}}
    one = incident(IncidentKind.BEHIND, "dossiers_district", "01", facts=judged)
    labels = labels_of(situation(one), one)
    assert labels[Label.LEVEL] == ("district",)
    assert labels[Label.UNIT] == ("01", "01@2021-01-01")


@pytest.mark.parametrize(
    ("kind", "subject", "unit", "expected"),
    [
        (IncidentKind.LATE, "procedures", "", {"source": ("procedures",), "owner": ("office",)}),
        (IncidentKind.QUALITY, "rankings", "", {"source": ("rankings",), "owner": ("office",)}),
        (IncidentKind.LATE, "gone", "", {"source": ("gone",)}),
        (
            IncidentKind.MISREPORTED,
            "dossiers_online/2021-07-15",
            "",
            {"metric": ("dossiers_online",), "source": ("procedures",), "owner": ("chairs",)},
        ),
        (
            IncidentKind.MISREPORTED,
            "dossiers_online/commune",
            "09619",
            {
                "metric": ("dossiers_online",),
                "source": ("procedures",),
                "owner": ("chairs",),
                "tier": ("commune",),
                "level": ("commune",),
                "unit": ("09619", "09619@2021-01-01", "271", "271@2021-01-01", "01", "01@2021-01-01"),
            },
        ),
    ],
    ids=["late", "refused", "no longer a source", "published", "reported"],
)
def test_the_labels_of_the_others(kind: IncidentKind, subject: str, unit: str, expected: dict):
    """A label that an incident does not have is left out."""
    one = incident(kind, subject, unit)
    said = {Label.KIND: (kind.value,), Label.SUBJECT: (subject,), Label.SEVERITY: ("warning",)}
    assert labels_of(situation(one), one) == {**said, **expected}


@pytest.mark.parametrize(
    ("newest", "cause"),
    [
        (assessed(CITY, 5, 1, 2, 732_621, role=Role.POOLED), ()),
        (unsaid(CITY, Status.STALE, Reason.OVERDUE), ("missing_data",)),
        (unsaid(CITY, Status.NO_DATA, Reason.NEVER_OBSERVED), ("missing_data",)),
        (unsaid(CITY, Status.NOT_EVALUATED, Reason.CHECK_FAILED), ("missing_data",)),
        (unsaid(CITY, Status.AT_RISK, Reason.INCOMPLETE), ("missing_data",)),
        (unsaid(CITY, Status.AT_RISK, Reason.WITHIN_MARGIN), ()),
    ],
    ids=["behind", "stale", "no data", "not evaluated", "incomplete", "within margin"],
)
def test_missing_data_is_the_cause_only_where_nothing_is_known_to_be_behind(newest, cause: tuple[str, ...]):
    """What is behind for certain has no such cause, however many sources are in trouble."""
    one = incident(IncidentKind.BEHIND, "dossiers_district", "01")
    late = replace(incident(IncidentKind.LATE, "procedures"), number=2)
    assert labels_of(situation(one, late, assessments=[newest]), one).get(Label.CAUSE, ()) == cause


LABELS = {Label.KIND: ("behind",), Label.UNIT: ("271", "271@2021-01-01", "01"), Label.SEVERITY: ("warning",)}


@pytest.mark.parametrize(
    ("matcher", "holds"),
    [
        (Matcher(Label.KIND, ("late", "behind")), True),
        (Matcher(Label.KIND, ("late",)), False),
        (Matcher(Label.KIND, ("late",), negated=True), True),
        (Matcher(Label.UNIT, ("01",)), True),
        (Matcher(Label.UNIT, ("01",), negated=True), False),
        (Matcher(Label.CAUSE, ("missing_data",)), False),
        (Matcher(Label.CAUSE, ("missing_data",), negated=True), True),
        (Matcher(Label.CAUSE, ("",)), True),
    ],
)
def test_a_matcher_asks_for_any_of_its_values(matcher: Matcher, holds: bool):
    """Negated for none of them; a label that is not there is nothing, which can be asked for too."""
    assert matches([matcher], LABELS) is holds


def of(label: Label, *values: str) -> tuple[Matcher, ...]:
    """One matcher."""
    return (Matcher(label, values),)


TREE = Route(
    "root",
    routes=(
        Route("all", goes_on=True),
        Route("behind", of(Label.KIND, "behind"), routes=(
            Route("critical", of(Label.SEVERITY, "critical")),
            Route("ba-vi", of(Label.UNIT, "271")),
        )),
        Route("late", of(Label.KIND, "late")),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (LABELS, [("all", (0, 0)), ("ba-vi", (0, 1, 1))]),
        ({**LABELS, Label.SEVERITY: ("critical",)}, [("all", (0, 0)), ("critical", (0, 1, 0))]),
        ({**LABELS, Label.UNIT: ("004",)}, [("all", (0, 0)), ("behind", (0, 1))]),
        ({Label.KIND: ("late",)}, [("all", (0, 0)), ("late", (0, 2))]),
        ({Label.KIND: ("quality",)}, [("all", (0, 0))]),
    ],
)
def test_it_is_told_by_the_deepest_nodes_that_it_comes_to(labels: dict, expected: list):
    """The first child that matches, and the next one after a child that goes on; the path says which way."""
    found = routed(Routing(TREE), labels)
    assert [(one.route.receiver, one.places) for one in found] == expected


def test_the_root_tells_what_no_child_takes():
    """And what does not even match the root is told to nobody."""
    root = replace(TREE, routes=TREE.routes[1:])
    assert [one.route.receiver for one in routed(Routing(root), {Label.KIND: ("quality",)})] == ["root"]
    assert routed(Routing(replace(root, match=of(Label.KIND, "late"))), LABELS) == ()
    assert routed(Routing(), LABELS) == ()


VALUES = st.sampled_from([(), ("a",), ("b",), ("a", "b")])
MATCHERS = st.builds(Matcher, st.sampled_from(Label), st.sampled_from([("a",), ("b",), ("",)]), st.booleans())
LEAVES = st.builds(
    Route,
    receiver=st.sampled_from(["engineers", "heads"]),
    match=st.lists(MATCHERS, max_size=2).map(tuple),
    group_by=st.lists(st.sampled_from(Label), max_size=3, unique=True).map(tuple),
    goes_on=st.booleans(),
)
TREES = st.recursive(
    LEAVES, lambda below: st.builds(replace, LEAVES, routes=st.lists(below, max_size=3).map(tuple)), max_leaves=8
)


@settings(max_examples=200, derandomize=True, database=None, deadline=None)
@given(TREES, st.dictionaries(st.sampled_from(Label), VALUES), st.dictionaries(st.sampled_from(Label), VALUES))
def test_what_the_tree_does_not_ask_for_leads_nowhere_else(root: Route, labels: dict, others: dict):
    """Labels that differ only in what no node matches or groups by come to the same nodes, in groups of one name."""
    kept = {label: values for label, values in labels.items() if label in asked(root)}
    alike = kept | {label: values for label, values in others.items() if label not in asked(root)}
    ways, ways_too = (
        [(one.places, name(one.route, of)) for one in routed(Routing(root), of)] for of in (labels, alike)
    )
    assert ways == ways_too


def name(route: Route, labels: dict) -> str:
    """What the group is called; labels that are asked by kind and subject have both."""
    both = {Label.KIND: ("behind",), Label.SUBJECT: ("online",)}
    return group_name(route.group_by, both | {label: values for label, values in labels.items() if values})


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of June 2025 by Hanoi's clocks; the 16th is a Monday."""
    return datetime(2025, 6, day, hour, minute, tzinfo=ZoneInfo(ZONE))


OFFICE = TimeWindow("office", begins=time(8), to=time(17))
NIGHT = TimeWindow("night", working_days=False, weekdays=(4,), begins=time(22), to=time(6))
WINDOWS = {"office": OFFICE, "night": NIGHT}


@pytest.mark.parametrize(
    ("names", "moment", "within"),
    [
        (("office",), local(16, 8), True),
        (("office",), local(16, 7, 59), False),
        (("office",), local(16, 17), False),
        (("office",), local(21, 12), False),
        (("night",), local(20, 23), True),
        (("night",), local(21, 5), True),
        (("night",), local(20, 5), False),
        (("office", "night"), local(21, 5), True),
        ((), local(21, 3), True),
    ],
)
def test_a_window_is_of_certain_hours_and_days(names: tuple[str, ...], moment: datetime, within: bool):
    """Its end is no part of it; one that goes over midnight belongs to the day on which it begins."""
    assert is_within(names, WINDOWS, moment, DAYS, ZONE) is within


def test_a_public_holiday_is_no_working_day():
    """2 September is Vietnam's national day."""
    holiday = datetime(2025, 9, 2, 12, tzinfo=ZoneInfo(ZONE))
    assert not is_within(("office",), WINDOWS, holiday, DAYS, ZONE)


def test_a_span_counts_working_days_to_the_same_time_of_day():
    """Three working days from Thursday noon is Tuesday noon; and two hours more."""
    assert after(local(19, 12), Span(working_days=3), DAYS, ZONE) == local(24, 12)
    assert after(local(19, 12), Span(timedelta(hours=2), 3), DAYS, ZONE) == local(24, 14)


def test_every_reason_has_words():
    """In both languages, with the silence or incident that it names; what is Slack's own has none."""
    for one in Withheld:
        words = explained(f"{one}:X")
        assert words is not None
        assert words.vi
        assert words.en
    assert "s-1" in str(explained(silenced("s-1")))
    assert "TW-7" in str(explained(absorbed("TW-7")))
    assert explained("channel_not_found") is None
