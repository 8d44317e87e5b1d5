"""What a silence mutes, and what is told when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from targetwatch.model import Label, Matcher, Route, Silence, TimeWindow
from tests.incidents.programmes import ENGINEERS, PROGRAMME, hanoi
from tests.notifications.passes import Watch, told, with_receivers, with_routes, words
from tests.notifications.test_policy import TARGET, june, may
from tests.notifications.test_policy_holds import EACH, districts, withheld

NOON = hanoi(2025, 6, 16)
HOUR = timedelta(hours=1)


def silence(*match: Matcher, begins: datetime = NOON - HOUR, hours: int = 10, id_: str = "s-1") -> Silence:
    """A silence of some hours from an hour before noon."""
    return Silence(id_, match, "lan", "The source is being moved", begins, begins, begins + HOUR * hours)


def muting(watch: Watch, *silences: Silence) -> Watch:
    """The watch, with these silences."""
    watch.silences |= {one.id: one for one in silences}
    return watch


def watching(programme=PROGRAMME) -> Watch:
    """A watch of one receiver that hears everything at once."""
    return Watch(with_receivers(programme, ENGINEERS))


OF_TARGET = Matcher(Label.SUBJECT, ("dossiers_district",))
OF_BA_VI, OF_DONG_ANH = Matcher(Label.UNIT, ("271",)), Matcher(Label.UNIT, ("017",))
ENDED = NOON + HOUR * 9


def test_a_silence_mutes_messages_and_not_the_judgement():
    """The incident opens, and a row says once which silence kept it from being told."""
    watch = muting(watching(), silence(OF_TARGET))
    first = watch.look(NOON, may())
    assert [one for one in withheld(first) if one[1] == "opened"] == [("post", "opened", "silenced:s-1")]
    assert watch.incidents[1].opened_at == NOON
    assert watch.look(NOON + HOUR, may()) == []
    assert told(watch.look(NOON + 2 * HOUR, june(21_000))) == []


def test_what_goes_on_is_told_when_the_silence_is_over():
    """As it stands then, by its own message; there is nothing else to sum up."""
    watch = muting(watching(), silence(OF_TARGET))
    watch.look(NOON, may())
    after = watch.look(ENDED, may(city=20_000))
    assert told(after) == [(TARGET, "post", "opened")]
    assert "66.7%" in words(after[0])
    assert watch.silences["s-1"].summed_up_at == ENDED
    assert watch.look(ENDED + HOUR, may(city=20_000)) == []


def test_what_is_over_meanwhile_is_summed_up():
    """It began and ended while nobody heard: one message says what happened during the silence, once."""
    watch = muting(watching(), silence(OF_TARGET))
    watch.look(NOON, may())
    over = watch.look(NOON + HOUR, may(city=25_000))
    assert [one for one in withheld(over) if one[1] == "resolved"] == [("reply", "resolved", "silenced:s-1")]
    after = watch.look(ENDED, may(city=25_000))
    assert told(after) == [("silence/s-1", "post", "meanwhile")]
    assert "dossiers online, districts" in words(after[0])
    assert watch.look(ENDED + HOUR, may(city=25_000)) == []
    assert watch.told == {}


def test_what_was_told_before_is_closed_when_the_silence_is_over():
    """Its message stays as it is while it is muted, and closes afterwards; the summary counts it too."""
    watch = watching()
    watch.look(NOON - 2 * HOUR, may())
    muting(watch, silence(OF_TARGET))
    assert told(watch.look(NOON, may(city=25_000))) == []
    after = watch.look(ENDED, may(city=25_000))
    assert told(after) == [
        ("silence/s-1", "post", "meanwhile"),
        (TARGET, "update", "resolved"),
        (TARGET, "reply", "resolved"),
    ]
    assert watch.look(ENDED + HOUR, may(city=25_000)) == []


def test_of_what_was_told_before_all_that_happened_is_told():
    """A message whose incident goes on is edited, and its thread says how far it got."""
    watch = watching()
    watch.look(NOON - 2 * HOUR, may())
    muting(watch, silence(OF_TARGET))
    assert told(watch.look(NOON, june(21_000))) == []
    after = watch.look(ENDED, june(21_000))
    assert told(after) == [(TARGET, "update", "worse"), (TARGET, "reply", "worse")]


def test_a_silence_of_one_unit_mutes_that_unit_alone():
    """The others are told at once, without it; afterwards it is told as newly behind."""
    watch = muting(watching(EACH), silence(OF_DONG_ANH))
    first = watch.look(NOON, districts(ba_vi=500, dong_anh=500))
    assert told(first) == [(TARGET, "post", "opened")]
    assert "Ba Vì" in words(first[0])
    assert "Đông Anh" not in words(first[0])
    assert ("post", "opened", "silenced:s-1") in withheld(first)
    after = watch.look(ENDED, districts(ba_vi=500, dong_anh=500))
    assert told(after) == [(TARGET, "update", "units"), (TARGET, "reply", "units")]
    assert "Huyện Đông Anh" in words(after[1])
    assert "Ba Vì" not in words(after[1])


def test_a_silence_of_a_unit_mutes_its_share():
    """A share is told inside its pool's message: what the silence keeps out of the thread is told after it."""
    watch = watching()
    watch.look(NOON - 2 * HOUR, may())
    muting(watch, silence(Matcher(Label.UNIT, ("004",))))
    figures = [*may()[:3], *june(0, long_bien=400)[3:]]
    assert {reason for _, delivery, reason in told(watch.look(NOON, figures)) if delivery == "reply"} == set()
    after = watch.look(ENDED, figures)
    assert told(after) == [(TARGET, "reply", "units")]
    assert "Long Biên" in words(after[0])


def test_a_silence_that_was_withdrawn_is_over():
    """What it muted is told at the next pass."""
    watch = muting(watching(), silence(OF_TARGET))
    watch.look(NOON, may())
    watch.silences["s-1"] = replace(watch.silences["s-1"], withdrawn_at=NOON + HOUR)
    assert told(watch.look(NOON + 2 * HOUR, may())) == [(TARGET, "post", "opened")]


def test_another_silence_goes_on_muting():
    """Where two match, nothing is told before both are over."""
    watch = muting(watching(), silence(OF_TARGET, hours=3), silence(OF_TARGET, hours=10, id_="s-2"))
    watch.look(NOON, may())
    assert told(watch.look(NOON + 4 * HOUR, may())) == []
    assert told(watch.look(ENDED, may())) == [(TARGET, "post", "opened")]


def test_the_summary_waits_for_the_hours():
    """Who hears in working hours hears in the morning of what a silence that ended at night had muted."""
    office = {"office": TimeWindow("office", begins=time(8), to=time(17))}
    programme = with_routes(
        PROGRAMME, Route("engineers", active_in=("office",)), receivers=(ENGINEERS,), windows=office
    )  # fmt: skip
    watch = muting(Watch(programme), silence(OF_TARGET))
    watch.look(NOON, may())
    watch.look(NOON + HOUR, may(city=25_000))
    assert told(watch.look(ENDED, may(city=25_000))) == []
    assert watch.silences["s-1"].summed_up_at is None
    morning = watch.look(hanoi(2025, 6, 17, 8), may(city=25_000))
    assert told(morning) == [("silence/s-1", "post", "meanwhile")]


def test_a_silence_that_muted_nothing_is_done_with():
    """It is summed up without a word."""
    watch = muting(watching(), silence(OF_BA_VI))
    watch.look(NOON, may())
    assert watch.look(ENDED, may()) == []
    assert watch.silences["s-1"].summed_up_at == ENDED
