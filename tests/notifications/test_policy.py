"""Who is told what: the worked example, pass by pass, and the cases around it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from targetwatch.incidents import DeliveryRecord, Owed
from targetwatch.model import (
    Claim,
    Delivery,
    IncidentKind,
    IncidentState,
    Label,
    Language,
    Matcher,
    NotificationState,
    Period,
    Reason,
    Receiver,
    Restatement,
    Role,
    Route,
    Scope,
    Status,
    Text,
)
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
    unsaid,
)
from tests.notifications.passes import Watch, of_kinds, posts, told, with_receivers, with_routes, words

TARGET = "behind/dossiers_district"
MAY = Period(date(2025, 5, 1), date(2025, 5, 31))


def may(city: int = 21_650, ba_vi: int = 500, dong_anh: int = 900, long_bien: int = 900):
    """May: the city's pooled share, and those of three districts of a thousand dossiers each."""
    return [
        assessed(CITY, 5, city, 30_000, 732_621, role=Role.POOLED),
        assessed(BA_VI, 5, ba_vi, 1_000, 732_621),
        assessed(DONG_ANH, 5, dong_anh, 1_000, 732_621),
        assessed(LONG_BIEN, 5, long_bien, 1_000, 732_621),
    ]


def june(city: int, ba_vi: int = 500, dong_anh: int = 900, long_bien: int = 900):
    """June, the same way."""
    return [
        assessed(CITY, 6, city, 30_000, 742_067, role=Role.POOLED),
        assessed(BA_VI, 6, ba_vi, 1_000, 742_067),
        assessed(DONG_ANH, 6, dong_anh, 1_000, 742_067),
        assessed(LONG_BIEN, 6, long_bien, 1_000, 742_067),
    ]


def restated(period: Period, before: int, headroom_before: int, after: int, headroom_after: int) -> Restatement:
    """A change of the city's figures of a period, of 30,000 dossiers."""
    return Restatement(
        "dossiers_district", CITY.code, CITY.valid_from, period.first_day, period.last_day,
        before, 30_000, headroom_before, after, 30_000, headroom_after,
    )  # fmt: skip


def test_the_worked_example_message_by_message():
    """Opening posts one message with the units inside; watching again says nothing; a good June resolves it."""
    watch = Watch()
    first = watch.look(hanoi(2025, 6, 16), may())
    assert told(first) == [(TARGET, "post", "opened")]
    assert "Huyện Ba Vì" in words(first[0])
    for hour in range(13, 19):
        assert watch.look(hanoi(2025, 6, 17, hour), may()) == []
    april = restated(Period(date(2025, 4, 1), date(2025, 4, 30)), 21_900, 214, 21_500, -186)
    corrected = watch.look(hanoi(2025, 6, 20), may(), restatements=[april])
    assert told(corrected) == [(TARGET, "reply", "restated")]
    resolved = watch.look(hanoi(2025, 7, 14), june(22_400))
    assert told(resolved) == [(TARGET, "update", "resolved"), (TARGET, "reply", "resolved")]
    assert watch.look(hanoi(2025, 7, 15), june(22_400)) == []


def test_what_stays_behind_ends_with_its_units():
    """Had June been short too, 1 August would end the incident, and the message would not call it resolved."""
    watch = Watch()
    watch.look(hanoi(2025, 6, 16), may())
    worse = watch.look(hanoi(2025, 7, 14), june(21_800))
    assert told(worse) == [(TARGET, "update", "worse"), (TARGET, "reply", "worse")]
    over = [unsaid(unit, Status.ENDED, Reason.UNIT_ENDED, role=Role.SHARE) for unit in (BA_VI, DONG_ANH, LONG_BIEN)]
    ended = watch.look(hanoi(2025, 8, 1), [unsaid(CITY, Status.ENDED, Reason.UNIT_ENDED), *over])
    assert told(ended) == [(TARGET, "update", "ended"), (TARGET, "reply", "ended")]
    assert all(one.state is IncidentState.ENDED for one in watch.incidents.values())


def test_better_is_told_as_better():
    """A new judged period that is short by less says so in the thread."""
    watch = Watch()
    watch.look(hanoi(2025, 6, 16), may(20_000))
    assert told(watch.look(hanoi(2025, 7, 14), june(22_000)))[1] == (TARGET, "reply", "better")


def test_a_unit_that_falls_behind_is_told_inside_its_targets_message():
    """A district newly behind edits the message and is named in its thread; it gets no message of its own."""
    watch = Watch()
    watch.look(hanoi(2025, 6, 16), may())
    later = watch.look(hanoi(2025, 6, 18), [*may()[:3], *june(0, long_bien=400)[3:]])
    assert told(later) == [(TARGET, "update", "units"), (TARGET, "reply", "units")]
    assert "Long Biên" in words(later[0])
    assert "Long Biên" in words(later[1])
    back = watch.look(hanoi(2025, 6, 19), [*may()[:3], *june(0, long_bien=950)[3:]])
    assert told(back) == [(TARGET, "update", "units"), (TARGET, "reply", "units")]


def test_a_unit_is_named_once_not_at_every_look():
    """Looking again at a district that is behind says nothing new."""
    watch = Watch()
    watch.look(hanoi(2025, 6, 16), may())
    figures = [*may()[:3], *june(0, long_bien=400)[3:]]
    watch.look(hanoi(2025, 6, 18), figures)
    assert watch.look(hanoi(2025, 6, 19), figures) == []


def test_units_are_quiet_while_the_whole_is_good():
    """A district behind under a good pooled value is told to nobody; one row for each receiver says why."""
    watch = Watch()
    quiet = watch.look(hanoi(2025, 6, 16), may(city=25_000))
    assert told(quiet) == []
    assert [(one.receiver, one.state, one.state_reason) for one in quiet] == [
        ("engineers", NotificationState.SUPPRESSED, "pooled_is_not_behind"),
        ("heads", NotificationState.SUPPRESSED, "pooled_is_not_behind"),
    ]
    assert watch.look(hanoi(2025, 6, 17), may(city=25_000)) == []  # not again at every pass
    loud = watch.look(hanoi(2025, 7, 14), june(21_000))
    assert told(loud) == [(TARGET, "post", "opened")]
    assert "Huyện Ba Vì" in words(loud[0])


def test_a_correction_of_the_judged_period_edits_the_message():
    """When the judged figures themselves change, the message is edited and the thread says what was restated."""
    watch = Watch()
    watch.look(hanoi(2025, 6, 16), may())
    change = restated(MAY, 21_650, -329, 21_554, -425)
    by = replace(change, org_unit=DONG_ANH.code, org_unit_valid_from=DONG_ANH.valid_from)
    corrected = watch.look(hanoi(2025, 6, 20), may(city=21_554), restatements=[change, by])
    assert told(corrected) == [(TARGET, "update", "restated"), (TARGET, "reply", "restated")]
    assert "Đông Anh" in words(corrected[1])


def test_missing_data_edits_nothing_into_good():
    """While nothing can be said the incident stays open: no reply, no closing, at most an edit that says so."""
    watch = Watch()
    watch.look(hanoi(2025, 6, 16), may())
    stale = watch.look(hanoi(2025, 9, 1), [unsaid(CITY, Status.STALE, Reason.OVERDUE), *may()[1:]])
    assert {(delivery, reason) for _, delivery, reason in told(stale)} <= {("update", "changed")}
    assert watch.incidents[1].state is IncidentState.OPEN
    assert watch.look(hanoi(2025, 9, 2), [unsaid(CITY, Status.STALE, Reason.OVERDUE), *may()[1:]]) == []


def test_a_breach_after_closing_is_a_new_message():
    """Behind again after a good period: a new incident and a new message, not an edit of the old one."""
    watch = Watch()
    watch.look(hanoi(2025, 6, 16), may())
    watch.look(hanoi(2025, 7, 14), june(22_400))
    july = assessed(CITY, 7, 1, 2, 752_000, role=Role.POOLED)
    again = watch.look(hanoi(2025, 8, 14), [july])
    assert told(again) == [(TARGET, "post", "opened")]
    assert posts(again)[0].episode == max(watch.incidents)


def test_a_new_version_closes_the_old_message_and_posts_another():
    """A target changed while behind: the old message says superseded, and the new version's miss is a new message."""
    watch = Watch()
    watch.look(hanoi(2025, 6, 16), may())
    second = replace(DISTRICT_TARGET, version="v2", value=900_000, effective_from=date(2025, 6, 1))
    versions = (replace(DISTRICT_TARGET, effective_to=date(2025, 5, 31)), second)
    watch.programme = replace(PROGRAMME, targets=versions)
    changed = watch.look(hanoi(2025, 7, 14), [assessed(CITY, 6, 1, 2, 842_067, role=Role.POOLED, target=second)])
    assert told(changed) == [
        (TARGET, "update", "superseded"),
        (TARGET, "reply", "superseded"),
        (TARGET, "post", "opened"),
    ]


def test_a_target_that_left_the_catalogue_closes_its_message():
    """The message of a target that is no longer in the catalogue can still be told, and says superseded."""
    watch = Watch()
    watch.look(hanoi(2025, 6, 16), may())
    watch.programme = replace(PROGRAMME, targets=(), metrics={})
    assert told(watch.look(hanoi(2025, 6, 17))) == [(TARGET, "update", "superseded"), (TARGET, "reply", "superseded")]


def test_each_receiver_hears_what_is_for_them_in_their_language():
    """Routes choose what a receiver hears; the language is theirs; a mention is in the new message only."""
    others = Receiver("others", "others", Language.EN)
    watch = Watch(
        with_routes(
            PROGRAMME,
            Route("engineers", goes_on=True),
            Route("heads", of_kinds(IncidentKind.BEHIND), goes_on=True),
            Route("others", (Matcher(Label.OWNER, ("somebody_else",)),)),
            receivers=(ENGINEERS, HEADS, others),
        )
    )
    first = watch.look(hanoi(2025, 6, 16), may())
    assert [one.receiver for one in first] == ["engineers", "heads"]
    assert "đơn vị cấp huyện" in words(first[1])
    assert "<!subteam^S0000ENG>" in words(first[0])
    later = watch.look(hanoi(2025, 7, 14), june(21_000))
    assert not any("<!subteam^" in words(one) for one in later)


def test_a_receiver_who_comes_later_gets_the_open_message():
    """Somebody added while an incident is open is told of it at the next pass; the others are not told again."""
    watch = Watch(with_receivers(PROGRAMME, ENGINEERS))
    watch.look(hanoi(2025, 6, 16), may())
    watch.programme = PROGRAMME
    late = watch.look(hanoi(2025, 6, 17), may())
    assert [(one.receiver, one.delivery) for one in late] == [("heads", Delivery.POST)]


def test_patience_waits_and_keeps_open():
    """With `for` 1 the second bad period posts; with `keep_open_for` 1 the second good one closes."""
    watch = Watch(replace(PROGRAMME, targets=(replace(DISTRICT_TARGET, patience=1, keep_open_for=1),)))
    assert watch.look(hanoi(2025, 6, 16), may()[:1]) == []
    assert told(watch.look(hanoi(2025, 7, 14), june(21_000)[:1])) == [(TARGET, "post", "opened")]
    good = [assessed(CITY, month, 9, 10, 760_000, role=Role.POOLED) for month in (7, 8)]
    kept = watch.look(hanoi(2025, 8, 14), good[:1])
    assert told(kept) == [(TARGET, "update", "better"), (TARGET, "reply", "better")]
    assert told(watch.look(hanoi(2025, 9, 14), good[1:]))[0] == (TARGET, "update", "resolved")


def test_deciding_again_gives_the_same_ids():
    """A decision that is made again, its first transaction lost, names its rows as before: none can be sent twice."""
    one, other = Watch(), Watch()
    for figures, day in ((may(), 16), (may(city=21_000), 17)):
        first = one.look(hanoi(2025, 6, day), figures)
        second = other.look(hanoi(2025, 6, day), figures)
        assert [row.id for row in first] == [row.id for row in second]
    ids = [row.notification.id for row in one.outbox.rows]
    assert len(ids) == len(set(ids))


def test_back_and_forth_is_told_back_and_forth():
    """Figures that change and change back are edits of their own, though their words were out before."""
    watch = Watch()
    cities = (21_650, 21_000, 21_650, 21_000)
    for day, city in enumerate(cities, start=16):
        watch.look(hanoi(2025, 6, day), may(city=city))
    rows = [row for row in watch.outbox.rows if row.notification.receiver == "engineers"]
    assert [row.notification.delivery.value for row in rows] == ["post", "update", "update", "update"]


def test_the_message_carries_what_finds_it_again():
    """A row's id, group and reason are in the message's metadata, and nothing in it unfurls."""
    (post, *_) = Watch().look(hanoi(2025, 6, 16), may())
    assert post.payload["metadata"] == {
        "event_type": "targetwatch_notification",
        "event_payload": {"notification": post.id, "group": TARGET, "reason": "opened"},
    }
    assert post.payload["unfurl_links"] is False


def test_a_post_that_slack_refused_for_good_is_not_repeated_in_the_same_words():
    """A refused message is posted anew once its words or its channel are others, and not at every pass."""
    watch = Watch(with_receivers(PROGRAMME, ENGINEERS))
    (post,) = watch.look(hanoi(2025, 6, 16), may())
    watch.outbox.mark_failed(post.id, "invalid_blocks", hanoi(2025, 6, 16))
    assert watch.look(hanoi(2025, 6, 17), may()) == []
    again = watch.look(hanoi(2025, 7, 14), june(21_000))
    assert told(again) == [(TARGET, "post", "opened")]
    assert again[0].id != post.id


def test_units_that_answer_one_by_one_share_a_message():
    """Under `each` the units behind are in one message: posted with the first one, closed with the last."""
    each = replace(DISTRICT_TARGET, scope=Scope.EACH)
    watch = Watch(replace(PROGRAMME, targets=(each,)))

    def looks(*reached: int):
        units = (BA_VI, DONG_ANH, LONG_BIEN)
        return [
            assessed(unit, 5, value, 1_000, 732_621, role=Role.EACH) for unit, value in zip(units, reached, strict=True)
        ]

    assert told(watch.look(hanoi(2025, 6, 16), looks(500, 900, 900))) == [(TARGET, "post", "opened")]
    second = watch.look(hanoi(2025, 6, 17), looks(500, 400, 900))
    assert told(second) == [(TARGET, "update", "units"), (TARGET, "reply", "units")]
    first_good = watch.look(hanoi(2025, 6, 18), looks(900, 400, 900))
    assert told(first_good) == [(TARGET, "update", "units"), (TARGET, "reply", "units")]
    assert {row.notification.episode for row in watch.outbox.rows} == {1}
    last = watch.look(hanoi(2025, 6, 19), looks(900, 900, 900))
    assert told(last) == [(TARGET, "update", "resolved"), (TARGET, "reply", "resolved")]


def owed(*missing, deadline=None, period=MAY):
    """What the three districts owed, with those missing."""
    moment = deadline or hanoi(2025, 6, 13, 17)
    return [
        Owed("procedures", "district", unit, period, moment, None if unit in missing else moment - timedelta(days=3))
        for unit in (BA_VI, DONG_ANH, LONG_BIEN)
    ]


def test_a_late_source_is_one_message():
    """Late units are one message of their source; it is edited as they come in and closed with the last."""
    watch = Watch()
    first = watch.look(hanoi(2025, 6, 13, 18), owed=owed(BA_VI, LONG_BIEN))
    assert told(first) == [("late/procedures", "post", "opened")]
    assert told(first, "heads") == []
    assert told(watch.look(hanoi(2025, 6, 14), owed=owed(BA_VI))) == [("late/procedures", "update", "changed")]
    assert watch.look(hanoi(2025, 6, 15), owed=owed(BA_VI)) == []
    assert told(watch.look(hanoi(2025, 6, 16), owed=owed())) == [
        ("late/procedures", "update", "resolved"),
        ("late/procedures", "reply", "resolved"),
    ]


def test_what_never_began_is_withheld_once_with_its_reason():
    """Nothing ever came: the outbox has one row for each who would hear, which says so, and Slack none, ever."""
    watch = Watch()
    first = watch.look(hanoi(2025, 6, 13, 18), owed=owed(BA_VI), begun=())
    assert [(one.receiver, one.group, one.state.value, one.state_reason) for one in first] == [
        ("engineers", "late/procedures", "suppressed", "not_begun")
    ]
    assert watch.look(hanoi(2025, 6, 14), owed=owed(BA_VI), begun=()) == []
    later = owed(BA_VI, deadline=hanoi(2025, 7, 14, 17), period=Period(date(2025, 6, 1), date(2025, 6, 30)))
    assert watch.look(hanoi(2025, 7, 14, 18), owed=later, begun=()) == []


def test_what_has_begun_is_told_if_it_is_late_still():
    """The first delivery does not bring all: the message is posted then, edited on, and resolved as any other."""
    watch = Watch()
    watch.look(hanoi(2025, 6, 13, 18), owed=owed(BA_VI, DONG_ANH), begun=())
    begun = watch.look(hanoi(2025, 6, 16), owed=owed(BA_VI), begun=("procedures",))
    assert told(begun) == [("late/procedures", "post", "opened")]
    assert told(watch.look(hanoi(2025, 6, 17), owed=owed(BA_VI), begun=("procedures",))) == []
    assert told(watch.look(hanoi(2025, 6, 18), owed=owed(), begun=("procedures",))) == [
        ("late/procedures", "update", "resolved"),
        ("late/procedures", "reply", "resolved"),
    ]


def test_a_quiet_incident_ends_as_quietly():
    """Where the first delivery brings all that was missing, nobody hears of an incident that nobody had heard of."""
    watch = Watch()
    watch.look(hanoi(2025, 6, 13, 18), owed=owed(BA_VI), begun=())
    assert watch.look(hanoi(2025, 6, 16), owed=owed(), begun=("procedures",)) == []
    assert all(not incident.state.is_live for incident in watch.incidents.values())


def test_a_second_late_period_is_told_in_the_thread():
    """A source that is late again while its incident is open says so where people are told."""
    watch = Watch()
    watch.look(hanoi(2025, 6, 13, 18), owed=owed(BA_VI))
    june_period = Period(date(2025, 6, 1), date(2025, 6, 30))
    later = owed(BA_VI, deadline=hanoi(2025, 7, 14, 17), period=june_period)
    assert told(watch.look(hanoi(2025, 7, 14, 18), owed=later)) == [
        ("late/procedures", "update", "more"),
        ("late/procedures", "reply", "more"),
    ]


def refused(batch: str, day: int, accepted: bool = False) -> DeliveryRecord:
    """A delivery of procedures on a day of June."""
    because = None if accepted else "column `closed_on` is missing"
    return DeliveryRecord(batch, "procedures", f"{batch}.csv", accepted, because, hanoi(2025, 6, day), 10, 0)


def test_refused_deliveries_are_one_message():
    """A refused delivery posts, another one is told in the thread, and a good one closes the message."""
    watch = Watch()
    one, two, good = refused("a", 10), refused("b", 11), refused("c", 12, accepted=True)
    assert told(watch.look(hanoi(2025, 6, 10), deliveries=[one])) == [("quality/procedures", "post", "opened")]
    assert watch.look(hanoi(2025, 6, 10, 13), deliveries=[one]) == []
    assert told(watch.look(hanoi(2025, 6, 11), deliveries=[one, two])) == [
        ("quality/procedures", "update", "more"),
        ("quality/procedures", "reply", "more"),
    ]
    assert told(watch.look(hanoi(2025, 6, 12), deliveries=[one, two, good])) == [
        ("quality/procedures", "update", "resolved"),
        ("quality/procedures", "reply", "resolved"),
    ]


def claim(finding: str) -> Claim:
    """The published figure of communes with a page of their own."""
    name = Text("Xã có trang thông tin điện tử", "Communes with their own web page")
    return Claim(
        "commune_websites/2021-07-15", "dossiers_online", name, date(2021, 7, 15), 410, 579, "69.3", "percent",
        "share", "exact", "R2021b", finding,
    )  # fmt: skip


def test_a_published_figure_is_told_once():
    """410 of 579 published as 69.3 is one message, whatever the number of passes, and closes when it is corrected."""
    watch = Watch()
    group = "misreported/commune_websites/2021-07-15"
    first = watch.look(hanoi(2025, 1, 5), claims=[claim("misreported")])
    assert told(first) == [(group, "post", "opened")]
    assert "410" in words(first[0])
    assert watch.look(hanoi(2025, 1, 6), claims=[claim("misreported")]) == []
    corrected = watch.look(hanoi(2025, 2, 1), claims=[claim("adds_up")])
    assert told(corrected) == [(group, "update", "resolved"), (group, "reply", "resolved")]
