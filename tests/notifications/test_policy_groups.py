"""Which incidents one message stands for, by what a route groups them, and how they are told together."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from targetwatch.incidents import Transition
from targetwatch.model import Label, Matcher, Role, Route, Scope, Severity
from targetwatch.notifications.policy.grouping import group_name
from tests.incidents.programmes import (
    BA_VI,
    CITY,
    DISTRICT_TARGET,
    DONG_ANH,
    ENGINEERS,
    HEADS,
    LONG_BIEN,
    PROGRAMME,
    assessed,
    hanoi,
)
from tests.notifications.passes import Watch, told, with_routes, words
from tests.notifications.test_policy import TARGET, june, may, owed
from tests.notifications.test_policy_holds import EACH, districts

NOW = hanoi(2025, 6, 16)
DAY = timedelta(days=1)
LABELS = {Label.KIND: ("behind",), Label.SUBJECT: ("a/b",), Label.UNIT: ("271", "271@2021-01-01", "01", "01@x")}
OTHER = replace(DISTRICT_TARGET, target="calls", version="o1")


def grouping(*group_by: Label, programme=PROGRAMME) -> Watch:
    """A watch of one receiver whose incidents are grouped so."""
    return Watch(with_routes(programme, Route("engineers", group_by=group_by), receivers=(ENGINEERS,)))


@pytest.mark.parametrize(
    ("by", "name"),
    [
        ((Label.KIND, Label.SUBJECT), "behind/a/b"),
        ((Label.SUBJECT, Label.KIND), "behind/a/b"),
        ((Label.SUBJECT,), "subject=a/b"),
        ((Label.UNIT, Label.KIND), "kind=behind&unit=271@2021-01-01"),
        ((Label.OWNER,), "owner="),
        ((), "everything"),
    ],
)
def test_what_a_group_is_called(by: tuple[Label, ...], name: str):
    """By kind and subject as it always was; else by its labels in one order, whatever the order they are written in."""
    assert group_name(by, LABELS) == name


def test_names_are_told_apart():
    """A value with the signs that separate labels is not mistaken for two."""
    one = group_name((Label.OWNER, Label.METRIC), {Label.OWNER: ("x",), Label.METRIC: ("a&owner=x",)})
    other = group_name((Label.OWNER, Label.METRIC), {Label.OWNER: ("x&metric=a",), Label.METRIC: ("",)})
    assert len({one, other, "metric=a&owner=x"}) == 3


def test_by_unit_each_unit_has_a_message_of_its_own():
    """A target that each unit answers for by itself is told unit by unit."""
    watch = grouping(Label.UNIT, programme=EACH)
    added = watch.look(NOW, districts(ba_vi=500, dong_anh=600))
    assert told(added) == [
        ("unit=017@2021-01-01", "post", "opened"),
        ("unit=271@2021-01-01", "post", "opened"),
    ]
    assert "Đông Anh" in words(added[0])
    assert "Ba Vì" not in words(added[0])
    over = watch.look(NOW + DAY, districts(dong_anh=600))
    assert told(over) == [("unit=271@2021-01-01", "update", "resolved"), ("unit=271@2021-01-01", "reply", "resolved")]


def test_a_share_is_told_in_its_pools_message_whatever_it_is_grouped_by():
    """Shares of a pooled target never answer by themselves."""
    watch = grouping(Label.UNIT)
    added = watch.look(NOW, may())
    assert told(added) == [("unit=01@2021-01-01", "post", "opened")]
    assert "Huyện Ba Vì" in words(added[0])
    later = watch.look(NOW + DAY, [*may()[:3], *june(0, long_bien=400)[3:]])
    assert told(later) == [("unit=01@2021-01-01", "update", "units"), ("unit=01@2021-01-01", "reply", "units")]


def two(city: int = 21_650, calls: int = 21_000):
    """Two targets of the city that are behind."""
    return [
        assessed(CITY, 5, city, 30_000, 732_621, role=Role.POOLED),
        assessed(CITY, 5, calls, 30_000, 732_621, role=Role.POOLED, target=OTHER),
    ]


BOTH = replace(PROGRAMME, targets=(DISTRICT_TARGET, replace(OTHER, short_name=OTHER.name)))


def test_several_subjects_are_told_in_one_message():
    """By owner, two targets of the same owner: one message, and one more when a third thing goes wrong is an edit."""
    watch = grouping(Label.OWNER, programme=BOTH)
    first = watch.look(NOW, two())
    assert told(first) == [("owner=chairs", "post", "opened")]
    assert watch.look(NOW + DAY, two()) == []
    one_over = watch.look(NOW + 2 * DAY, two(city=25_000))
    assert told(one_over) == [("owner=chairs", "update", "units"), ("owner=chairs", "reply", "units")]
    assert "Recovered" in words(one_over[1])
    all_over = watch.look(NOW + 3 * DAY, two(city=25_000, calls=25_000))
    assert told(all_over) == [("owner=chairs", "update", "resolved"), ("owner=chairs", "reply", "resolved")]
    assert watch.told == {}


def test_a_second_subject_joins_the_message():
    """What was about one target becomes about two, with a reply that says which is new."""
    watch = grouping(Label.OWNER, programme=BOTH)
    watch.look(NOW, two(calls=25_000))
    joined = watch.look(NOW + DAY, two())
    assert told(joined) == [("owner=chairs", "update", "units"), ("owner=chairs", "reply", "units")]
    assert watch.look(NOW + 2 * DAY, two()) == []


def test_everything_in_one_message():
    """Without labels a target and a source are told together."""
    watch = grouping(programme=PROGRAMME)
    added = watch.look(NOW, may(), owed=owed(BA_VI))
    assert told(added) == [("everything", "post", "opened")]
    assert watch.look(NOW + DAY, may(), owed=owed(BA_VI)) == []


def test_a_route_of_one_unit_tells_of_that_unit_alone():
    """Whoever hears of a part of a target has a message that counts that part, and no one else's numbers."""
    of_ba_vi = (Matcher(Label.UNIT, ("271",)),)
    watch = Watch(with_routes(EACH, Route("heads", of_ba_vi, goes_on=True), Route("engineers")))
    added = watch.look(NOW, districts(ba_vi=500, dong_anh=600))
    by_receiver = {one.receiver: words(one) for one in added}
    assert "Ba Vì" in by_receiver["heads"]
    assert "Đông Anh" not in by_receiver["heads"]
    assert "Đông Anh" in by_receiver["engineers"]


def rising(watch: Watch, number: int, severity: Severity, days: int):
    """An incident gets another severity, and nothing else changes."""
    raised = replace(watch.incidents[number], severity=severity)
    return watch.act(NOW + days * DAY, Transition(raised))


def test_who_was_told_hears_the_end_wherever_the_labels_lead_by_then():
    """Heads hear of what is critical. It becomes a warning, and they are told when it is over all the same."""
    critical = (Matcher(Label.SEVERITY, ("critical",)),)
    watch = Watch(with_routes(PROGRAMME, Route("heads", critical, goes_on=True), Route("engineers")))
    watch.look(NOW, may())
    assert told(rising(watch, 1, Severity.CRITICAL, 1), "heads") == [(TARGET, "post", "opened")]
    assert [one for one in rising(watch, 1, Severity.WARNING, 2) if one.delivery.value != "update"] == []
    over = watch.look(NOW + 3 * DAY, may(city=25_000))
    assert told(over, "heads") == [(TARGET, "update", "resolved"), (TARGET, "reply", "resolved")]


def test_nobody_is_told_of_one_incident_in_two_messages():
    """Grouped by severity, an incident that gets worse stays in the message in which it was told."""
    watch = grouping(Label.SEVERITY)
    assert told(watch.look(NOW, may())) == [("severity=warning", "post", "opened")]
    raised = rising(watch, 1, Severity.CRITICAL, 1)
    assert {one.group for one in raised} <= {"severity=warning"}
    over = watch.look(NOW + 2 * DAY, may(city=25_000))
    assert told(over) == [("severity=warning", "update", "resolved"), ("severity=warning", "reply", "resolved")]


def test_a_message_of_an_installation_that_remembers_nothing_is_followed():
    """What was posted before it was remembered who hears of what is edited, and closed, and not posted again."""
    watch = Watch(with_routes(PROGRAMME, Route("engineers"), receivers=(ENGINEERS,)))
    watch.look(NOW, may())
    watch.told.clear()
    assert watch.look(NOW + DAY, may()) == []
    watch.told.clear()
    over = watch.look(NOW + 2 * DAY, may(city=25_000))
    assert told(over) == [(TARGET, "update", "resolved"), (TARGET, "reply", "resolved")]


def test_a_message_to_which_no_route_leads_any_more_is_closed_with_its_incident():
    """The routes were changed while it was out: nobody new hears of it, and who did hears the end."""
    watch = Watch(with_routes(PROGRAMME, Route("engineers", goes_on=True), Route("heads")))
    watch.look(NOW, may())
    watch.programme = with_routes(PROGRAMME, Route("engineers"), receivers=(ENGINEERS, HEADS))
    over = watch.look(NOW + DAY, may(city=25_000))
    assert told(over, "heads") == [(TARGET, "update", "resolved"), (TARGET, "reply", "resolved")]


def test_exceptions_of_a_target_are_one_subject():
    """Units under an exception are told in the message of their target."""
    default = replace(DISTRICT_TARGET, scope=Scope.EACH)
    stricter = replace(default, version="v1e", value=950_000)
    watch = Watch(replace(PROGRAMME, targets=(default, stricter)))
    figures = [
        assessed(BA_VI, 5, 500, 1_000, 732_621, role=Role.EACH, target=stricter),
        assessed(DONG_ANH, 5, 500, 1_000, 732_621, role=Role.EACH, target=default),
        assessed(LONG_BIEN, 5, 900, 1_000, 732_621, role=Role.EACH, target=default),
    ]
    assert told(watch.look(NOW, figures)) == [(TARGET, "post", "opened")]
