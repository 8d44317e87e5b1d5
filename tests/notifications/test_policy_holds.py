"""What waits: hours, group_wait, group_interval, repeat_interval and worse_by; and what is told when it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from targetwatch.model import Notification, Programme, Receiver, Role, Route, Scope, Span, TimeWindow
from tests.incidents.programmes import (
    BA_VI,
    CITY,
    DISTRICT_TARGET,
    DONG_ANH,
    ENGINEERS,
    LONG_BIEN,
    PROGRAMME,
    assessed,
    hanoi,
)
from tests.notifications.passes import Watch, told, with_routes, words
from tests.notifications.test_policy import MAY, TARGET, june, may, restated

OFFICE = {"office": TimeWindow("office", begins=time(8), to=time(17))}
EACH = replace(PROGRAMME, targets=(replace(DISTRICT_TARGET, scope=Scope.EACH),))
EVENING, NIGHT, MORNING = hanoi(2025, 6, 16, 19), hanoi(2025, 6, 16, 23), hanoi(2025, 6, 17, 8)  # a Monday
FRIDAY, MONDAY = hanoi(2025, 6, 20), hanoi(2025, 6, 23, 8)


def heard(route: Route, programme: Programme = PROGRAMME, receiver: Receiver = ENGINEERS) -> Watch:
    """A watch of one receiver, whose route is this one."""
    return Watch(with_routes(programme, route, receivers=(receiver,), windows=OFFICE))


def in_hours(programme: Programme = PROGRAMME, **others: object) -> Watch:
    """A watch whose receiver hears in working hours."""
    return heard(Route("engineers", active_in=("office",), **others), programme)


def withheld(notifications: list[Notification]) -> list[tuple[str, str, str]]:
    """What was withheld: delivery, reason and why."""
    return [(one.delivery.value, one.reason, one.state_reason) for one in notifications if one.state_reason]


def districts(ba_vi: int = 900, dong_anh: int = 900, long_bien: int = 900, month: int = 5):
    """Three districts that answer one by one for 73.2 % of a thousand dossiers each."""
    units = ((BA_VI, ba_vi), (DONG_ANH, dong_anh), (LONG_BIEN, long_bien))
    target = EACH.targets[0]
    return [assessed(unit, month, online, 1_000, 732_621, role=Role.EACH, target=target) for unit, online in units]


def test_a_message_waits_for_working_hours():
    """In the evening a row says why, once; in the morning the message says what is so then."""
    watch = in_hours()
    assert withheld(watch.look(EVENING, may())) == [("post", "opened", "outside_hours")]
    assert watch.look(NIGHT, may(city=20_000)) == []
    morning = watch.look(MORNING, may(city=20_000))
    assert told(morning) == [(TARGET, "post", "opened")]
    assert "66.7%" in words(morning[0])
    assert watch.look(MORNING + timedelta(hours=1), may(city=20_000)) == []


def test_working_hours_are_those_of_working_days():
    """What opens on a Friday evening is told on Monday morning, and on no day between."""
    watch = in_hours()
    watch.look(FRIDAY + timedelta(hours=8), may())
    for hours in range(12, 68, 8):
        assert told(watch.look(FRIDAY + timedelta(hours=hours), may())) == []
    assert told(watch.look(MONDAY, may())) == [(TARGET, "post", "opened")]


def test_an_edit_does_not_wait():
    """At night the message says at once what is so; who should be told of it is told in the morning."""
    watch = in_hours()
    watch.look(hanoi(2025, 6, 16), may())
    figures = [*may()[:3], *june(0, long_bien=400)[3:]]
    night = watch.look(NIGHT, figures)
    assert told(night) == [(TARGET, "update", "units")]
    assert withheld(night) == [("reply", "units", "outside_hours")]
    morning = watch.look(MORNING, figures)
    assert told(morning) == [(TARGET, "reply", "units")]
    assert "Long Biên" in words(morning[0])
    assert watch.look(MORNING + timedelta(hours=1), figures) == []


def test_a_unit_that_fell_and_recovered_at_night_is_told_as_both():
    """Nothing is lost between two tellings: it fell behind, and it recovered. Alertmanager tells neither."""
    watch = in_hours(EACH)
    watch.look(hanoi(2025, 6, 16), districts(ba_vi=500))
    watch.look(EVENING, districts(ba_vi=500, dong_anh=500))
    watch.look(NIGHT, districts(ba_vi=500))
    morning = watch.look(MORNING, districts(ba_vi=500))
    assert told(morning) == [(TARGET, "reply", "units")]
    said = words(morning[0]).replace("*", "")
    assert "Newly behind: Huyện Đông Anh" in said
    assert "Recovered: Huyện Đông Anh" in said


def test_one_of_two_that_opened_at_night_has_recovered_by_the_morning():
    """The message is about the one that is behind still; its thread says of the other that it came and went."""
    watch = in_hours(EACH)
    watch.look(EVENING, districts(ba_vi=500, dong_anh=500))
    watch.look(NIGHT, districts(ba_vi=500))
    morning = watch.look(MORNING, districts(ba_vi=500))
    assert told(morning) == [(TARGET, "post", "opened"), (TARGET, "reply", "units")]
    assert "Đông Anh" not in words(morning[0])
    assert "Huyện Đông Anh" in words(morning[1])
    assert watch.look(MORNING + timedelta(hours=1), districts(ba_vi=500)) == []


def test_an_episode_of_one_night_is_told_in_the_morning():
    """It opened and closed while nobody was to be told: one message, and it says how it ended."""
    watch = in_hours()
    watch.look(EVENING, may())
    night = watch.look(NIGHT, may(city=25_000))
    assert told(night) == []
    assert ("reply", "resolved", "outside_hours") in withheld(night)
    morning = watch.look(MORNING, may(city=25_000))
    assert told(morning) == [(TARGET, "post", "resolved")]
    assert watch.look(MORNING + timedelta(hours=1), may(city=25_000)) == []
    assert watch.told == {}


def test_an_episode_that_ends_at_night_closes_its_message_at_once():
    """The message is edited when it is over; the last reply, which people are told of, waits for the morning."""
    watch = in_hours()
    watch.look(hanoi(2025, 6, 16), may())
    night = watch.look(NIGHT, may(city=25_000))
    assert told(night) == [(TARGET, "update", "resolved")]
    assert withheld(night) == [("reply", "resolved", "outside_hours")]
    morning = watch.look(MORNING, may(city=25_000))
    assert told(morning) == [(TARGET, "reply", "resolved")]
    assert watch.look(MORNING + timedelta(hours=1), may(city=25_000)) == []


def test_a_restatement_that_was_found_at_night_is_told_in_the_morning():
    """And two of one period as one, from the first figures to the last."""
    watch = in_hours()
    watch.look(hanoi(2025, 6, 16), may())
    watch.look(EVENING, may(), restatements=[restated(MAY, 21_700, -279, 21_680, -299)])
    watch.look(NIGHT, may(), restatements=[restated(MAY, 21_680, -299, 21_650, -329)])
    morning = watch.look(MORNING, may())
    assert told(morning) == [(TARGET, "reply", "restated")]
    assert "shortfall 279 → *329 dossiers*" in words(morning[0])
    assert watch.look(MORNING + timedelta(hours=1), may()) == []


def test_group_wait_gathers_what_opens_together():
    """The message is posted when the wait is over, with the units that fell behind meanwhile inside."""
    watch = heard(Route("engineers", group_wait=Span(timedelta(hours=1))), EACH)
    start = hanoi(2025, 6, 16)
    assert withheld(watch.look(start, districts(ba_vi=500))) == [("post", "opened", "group_wait")]
    watch.look(start + timedelta(minutes=30), districts(ba_vi=500, dong_anh=500))
    posted = watch.look(start + timedelta(hours=1), districts(ba_vi=500, dong_anh=500))
    assert told(posted) == [(TARGET, "post", "opened")]
    assert "Ba Vì" in words(posted[0])
    assert "Đông Anh" in words(posted[0])


def test_what_is_over_within_group_wait_is_told_to_nobody():
    """And a row says so."""
    watch = heard(Route("engineers", group_wait=Span(timedelta(hours=1))))
    start = hanoi(2025, 6, 16)
    watch.look(start, may())
    over = watch.look(start + timedelta(minutes=30), may(city=25_000))
    assert withheld(over) == [("post", "resolved", "over_before_told")]
    assert watch.look(start + timedelta(hours=2), may(city=25_000)) == []


def test_group_interval_holds_replies_together():
    """What happens within the interval is told in one reply when it is over."""
    watch = heard(Route("engineers", group_interval=Span(timedelta(hours=4))), EACH)
    start = hanoi(2025, 6, 16, 8)
    watch.look(start, districts(ba_vi=500))
    first = watch.look(start + timedelta(hours=1), districts(ba_vi=500, dong_anh=500))
    assert told(first) == [(TARGET, "update", "units")]
    assert withheld(first) == [("reply", "units", "group_interval")]
    watch.look(start + timedelta(hours=2), districts(ba_vi=500, dong_anh=500, long_bien=500))
    told_then = watch.look(start + timedelta(hours=4), districts(ba_vi=500, dong_anh=500, long_bien=500))
    assert told(told_then) == [(TARGET, "reply", "units")]
    assert {"Đông Anh", "Long Biên"} <= {name for name in ("Đông Anh", "Long Biên") if name in words(told_then[0])}


def test_a_group_that_is_as_it_was_is_told_again():
    """After five working days without a word, and again after five more: Saturday and Sunday do not count."""
    watch = heard(Route("engineers", repeat_interval=Span(working_days=5)))
    opened = hanoi(2025, 6, 16)
    watch.look(opened, may())
    again = []
    for day in range(1, 15):
        again += [(day, *one[1:]) for one in told(watch.look(opened + timedelta(days=day), may()))]
    assert again == [(7, "reply", "repeated"), (14, "reply", "repeated")]


def test_a_repetition_waits_for_the_hours():
    """What is due at night is said in the morning."""
    watch = in_hours(repeat_interval=Span(timedelta(hours=6)))
    watch.look(hanoi(2025, 6, 16, 14), may())
    assert watch.look(hanoi(2025, 6, 16, 20), may()) == []
    assert told(watch.look(MORNING, may())) == [(TARGET, "reply", "repeated")]


def worse(month: int, city: int):
    """The city short by so much in a month, of 30,000 dossiers and 73.2 % needed."""
    return [assessed(CITY, month, city, 30_000, 732_621, role=Role.POOLED)]


def test_small_steps_edit_and_add_up():
    """Worse by half a point: an edit and a row. By half a point more: it is told, with what it was when last told."""
    receiver = replace(ENGINEERS, worse_by=10_000)
    watch = heard(Route("engineers"), receiver=receiver)
    watch.look(hanoi(2025, 6, 16), worse(5, 21_600))
    little = watch.look(hanoi(2025, 7, 14), worse(6, 21_450))
    assert told(little) == [(TARGET, "update", "changed")]
    assert withheld(little) == [("reply", "worse", "not_worse_enough")]
    assert watch.look(hanoi(2025, 7, 15), worse(6, 21_450)) == []
    enough = watch.look(hanoi(2025, 8, 14), worse(7, 21_300))
    assert told(enough) == [(TARGET, "update", "worse"), (TARGET, "reply", "worse")]
    assert "May 2025" in words(enough[1])
    again = watch.look(hanoi(2025, 9, 14), worse(8, 21_150))
    assert withheld(again) == [("reply", "worse", "not_worse_enough")]


def test_better_is_told_by_what_was_told_last():
    """A step down that was too small to be told, and a larger one up: better than what people know."""
    watch = heard(Route("engineers"), receiver=replace(ENGINEERS, worse_by=10_000))
    watch.look(hanoi(2025, 6, 16), worse(5, 21_600))
    watch.look(hanoi(2025, 7, 14), worse(6, 21_450))
    assert told(watch.look(hanoi(2025, 8, 14), worse(7, 21_700)))[1] == (TARGET, "reply", "better")


def test_deciding_again_about_what_is_held_gives_the_same_rows():
    """So that a pass that died before it was written down adds none when it is carried out again."""
    one, other = in_hours(), in_hours()
    moments: tuple[datetime, ...] = (EVENING, NIGHT, MORNING)
    for moment in moments:
        figures = may(city=20_000) if moment == NIGHT else may()
        assert [row.id for row in one.look(moment, figures)] == [row.id for row in other.look(moment, figures)]


def test_units_that_came_and_went_at_night_are_named():
    """An episode of units that answer one by one is posted as over, and its thread says which units it was."""
    watch = in_hours(EACH)
    watch.look(EVENING, districts(ba_vi=500, dong_anh=500))
    watch.look(NIGHT, districts())
    morning = watch.look(MORNING, districts())
    assert told(morning) == [(TARGET, "post", "resolved"), (TARGET, "reply", "units")]
    assert {name for name in ("Ba Vì", "Đông Anh", "Long Biên") if name in words(morning[1])} == {"Ba Vì", "Đông Anh"}
    assert watch.look(MORNING + timedelta(hours=1), districts()) == []
