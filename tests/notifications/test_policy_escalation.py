"""Who hears of it when nobody has taken it on: by working days, each step once; and what an acknowledgement stops."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

from targetwatch.incidents import acknowledge
from targetwatch.incidents.acknowledgement import lapse
from targetwatch.model import (
    Delivery,
    EscalationStep,
    IncidentState,
    Language,
    Notification,
    Receiver,
    Route,
    Span,
    Text,
    TimeWindow,
)
from tests.incidents.programmes import BA_VI, ENGINEERS, HEADS, PROGRAMME, hanoi
from tests.notifications.passes import Watch, told, with_routes, words
from tests.notifications.test_policy import TARGET, june, may
from tests.notifications.test_policy_holds import EACH, districts

OPENED = hanoi(2025, 6, 16)  # a Monday
DAY = timedelta(days=1)
DIRECTOR = Receiver(
    "director", "giam-doc", Language.EN, title=Text("Giám đốc Sở", "the Director of the Department"), mention="U0000DIR"
)
CITY_OFFICE = Receiver("city", "van-phong", Language.EN, title=Text("Văn phòng", "the City Office"))
STEPS = {"targets": (EscalationStep(5, "director"), EscalationStep(10, "city"))}
REPLIED = ("acknowledged", Delivery.REPLY)
OFFICE = {"office": TimeWindow("office", begins=time(8), to=time(17))}


def escalating(programme=PROGRAMME, *more: Receiver, **route: object) -> Watch:
    """A watch whose engineers' route escalates after five and ten working days."""
    receivers = (ENGINEERS, DIRECTOR, CITY_OFFICE, *more)
    routes = (Route("engineers", escalation="targets", goes_on=True, **route), *(Route(one.name) for one in more))
    return Watch(with_routes(programme, *routes, receivers=receivers, escalations=STEPS, windows=OFFICE))


def days(watch: Watch, first: int, last: int, figures=None) -> list[tuple[int, str, str, str]]:
    """What people are told of on each day, by how many days after the opening; edits are silent."""
    added = [(day, watch.look(OPENED + DAY * day, figures or may())) for day in range(first, last + 1)]
    return [(day, *one) for day, rows in added for one in loud(rows)]


def loud(rows: list[Notification]) -> list[tuple[str, str, str]]:
    """The messages and replies among these."""
    said = [one for one in rows if not one.state_reason and one.delivery is not Delivery.UPDATE]
    return [(one.receiver, one.delivery.value, one.reason) for one in said]


def test_each_step_is_taken_once_by_working_days():
    """Five working days after a Monday noon is the next Monday noon; ten the one after. In thread and channel."""
    watch = escalating()
    assert days(watch, 0, 30) == [
        (0, "engineers", "post", "opened"),
        (7, "engineers", "reply", "escalated"),
        (7, "director", "post", "opened"),
        (14, "engineers", "reply", "escalated"),
        (14, "director", "reply", "escalated"),
        (14, "city", "post", "opened"),
    ]
    assert watch.incidents[1].escalated == 2


def test_the_reply_names_and_mentions_who_hears_of_it():
    """In the thread of the original message, and in the new message of that receiver."""
    watch = escalating()
    days(watch, 0, 6)
    added = {(one.receiver, one.delivery.value): words(one) for one in watch.look(OPENED + 7 * DAY, may())}
    assert "the Director of the Department" in added["engineers", "reply"]
    assert "U0000DIR" in added["engineers", "reply"]
    assert "U0000DIR" in added["director", "post"]


def test_who_was_told_by_an_escalation_hears_how_it_ends():
    """Their message is edited and closed as the first one is."""
    watch = escalating()
    days(watch, 0, 7)
    over = watch.look(OPENED + 28 * DAY, june(22_400))
    assert told(over, "director") == [(TARGET, "update", "resolved"), (TARGET, "reply", "resolved")]
    assert watch.told == {}


def test_an_acknowledgement_stops_it():
    """Nobody else hears of it, and the thread says who has taken it on, until when and why."""
    watch = escalating(repeat_interval=Span(DAY))
    days(watch, 0, 0)
    done = watch.act(OPENED + DAY, acknowledge(watch.incidents[1], "lan", "We are on it", None, OPENED + DAY))
    assert [(delivery, reason) for _, delivery, reason in told(done)] == [
        ("update", "acknowledged"), ("reply", "acknowledged"),
    ]  # fmt: skip
    assert "We are on it" in words(done[-1])
    assert days(watch, 2, 30) == []
    assert watch.incidents[1].state is IncidentState.ACKNOWLEDGED


def acknowledged(watch: Watch, number: int) -> str:
    """What engineers read in the thread after somebody took on the incident of this number."""
    done = watch.act(OPENED + DAY, acknowledge(watch.incidents[number], "lan", "We are on it", None, OPENED + DAY))
    (reply,) = [one for one in done if (one.receiver, one.reason, one.delivery) == ("engineers", *REPLIED)]
    return words(reply)


def test_a_unit_that_takes_on_its_share_is_named_and_the_others_are_counted():
    """Under a target that all answer for as one, a unit speaks for itself alone."""
    watch = escalating()
    watch.look(OPENED, may(dong_anh=500))
    (mine,) = [number for number, one in watch.incidents.items() if one.key.org_unit == BA_VI.code]
    said = acknowledged(watch, mine)
    assert "Acknowledged: Huyện Ba Vì." in said
    assert "1 district has not acknowledged." in said


def test_where_the_whole_is_taken_on_nobody_is_left():
    """One who acknowledges for all is not answered with how many have not."""
    watch = escalating()
    watch.look(OPENED, may(dong_anh=500))
    said = acknowledged(watch, 1)
    assert "Ba Vì" not in said
    assert "not acknowledged" not in said


def test_worse_and_resolved_are_told_of_what_is_acknowledged():
    """An acknowledgement stops repetition and escalation, and no news."""
    watch = escalating()
    days(watch, 0, 0)
    watch.act(OPENED + DAY, acknowledge(watch.incidents[1], "lan", "We are on it", None, OPENED + DAY))
    assert (TARGET, "reply", "worse") in told(watch.look(OPENED + 28 * DAY, june(21_000)))
    assert (TARGET, "reply", "resolved") in told(watch.look(OPENED + 29 * DAY, june(22_400)))


def test_a_lapsed_acknowledgement_counts_from_its_end():
    """The days begin anew when its term has passed, and the thread says that it has."""
    watch = escalating()
    days(watch, 0, 0)
    until = OPENED + 7 * DAY
    watch.act(OPENED + DAY, acknowledge(watch.incidents[1], "lan", "Until Monday", until, OPENED + DAY))
    lapsed = watch.act(until, lapse(watch.incidents[1], until))
    assert (TARGET, "reply", "lapsed") in told(lapsed)
    assert [one[:2] for one in days(watch, 8, 14) if one[3] == "escalated"] == [(14, "engineers")]


def test_only_the_units_that_nobody_has_taken_on_are_escalated():
    """Of units that answer one by one the message to the next level is about those."""
    watch = escalating(EACH)
    figures = districts(ba_vi=500, dong_anh=500)
    watch.look(OPENED, figures)
    mine = next(one for one in watch.incidents.values() if one.key.org_unit == "271")
    watch.act(OPENED + DAY, acknowledge(mine, "lan", "We are on it", None, OPENED + DAY))
    added = watch.look(OPENED + 7 * DAY, figures)
    post = next(one for one in added if one.receiver == "director")
    assert "Đông Anh" in words(post)
    assert "Ba Vì" not in words(post)


def test_a_step_within_the_same_channel_is_a_reply_alone():
    """Where the next level reads the same channel, the mention in the thread is enough."""
    watch = escalating()
    here = replace(DIRECTOR, channel=ENGINEERS.channel)
    watch.programme = replace(watch.programme, receivers=(ENGINEERS, here, CITY_OFFICE))
    assert [one[1:] for one in days(watch, 0, 7)][-1] == ("engineers", "reply", "escalated")


def test_an_escalation_waits_for_the_hours_of_its_route():
    """A step that is due on a Monday evening is told on Tuesday morning, to both."""
    watch = escalating(active_in=("office",))
    watch.look(OPENED + timedelta(hours=4), may())
    due = OPENED + 7 * DAY + timedelta(hours=6)
    assert loud(watch.look(due, may())) == []
    morning = watch.look(hanoi(2025, 6, 24, 8), may())
    assert loud(morning) == [
        ("engineers", "reply", "escalated"),
        ("director", "post", "opened"),
    ]


def test_whoever_hears_anyway_hears_once():
    """A receiver of a step that has the message already gets no second one."""
    watch = escalating(PROGRAMME, HEADS)
    steps = {"targets": (EscalationStep(5, "heads"),)}
    watch.programme = replace(
        watch.programme, routing=replace(watch.programme.routing, escalations=steps)
    )  # fmt: skip
    posts = [one for one in days(watch, 0, 8) if one[2] == "post"]
    assert posts == [(0, "engineers", "post", "opened"), (0, "heads", "post", "opened")]
