"""Which incidents are not told because another one accounts for them, and what is told for certain all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from targetwatch.model import (
    Incident,
    IncidentKey,
    IncidentKind,
    IncidentState,
    Inhibition,
    Label,
    Matcher,
    Reason,
    Reports,
    Role,
    Route,
    Routing,
    Scope,
    Status,
)
from targetwatch.notifications.policy.inhibiting import inhibitions
from targetwatch.notifications.situation import Situation
from tests.incidents.programmes import (
    BA_VI,
    CITY,
    DISTRICT_TARGET,
    DOSSIERS,
    ENGINEERS,
    PROGRAMME,
    assessed,
    hanoi,
    key,
    unsaid,
)
from tests.notifications.passes import Watch, told, with_receivers, words
from tests.notifications.test_policy import TARGET, may, owed
from tests.notifications.test_policy_holds import withheld

NOW = hanoi(2025, 6, 16)
LATE = (Matcher(Label.KIND, ("late", "quality")),)
FOR_WANT_OF_DATA = (Matcher(Label.KIND, ("behind",)), Matcher(Label.CAUSE, ("missing_data",)))
OF_SOURCES = Inhibition("sources", LATE, FOR_WANT_OF_DATA, equal=(Label.SOURCE,))


def watching(*rules: Inhibition, **others: object) -> Watch:
    """A watch of one receiver that hears everything, under these rules."""
    programme = with_receivers(replace(PROGRAMME, **others), ENGINEERS)
    return Watch(replace(programme, routing=replace(programme.routing, inhibitions=rules)))


def stale() -> list:
    """The city was behind in May, and nothing newer can be said."""
    return [unsaid(CITY, Status.STALE, Reason.OVERDUE), *may()[1:]]


def test_what_is_behind_for_certain_is_told_although_its_source_is_late():
    """Only what missing data caused is inhibited: the figures of May are there, and they are short."""
    watch = watching(OF_SOURCES)
    added = watch.look(NOW, may(), owed=owed(BA_VI))
    assert told(added) == [(TARGET, "post", "opened"), ("late/procedures", "post", "opened")]


def test_a_share_of_reports_in_time_is_accounted_for_by_the_late_source():
    """What counts reports is behind because reports are late: the source's message says it, and a row that it does."""
    metric = replace(DOSSIERS, reports=Reports.IN_TIME)
    watch = watching(OF_SOURCES, metrics={metric.id: metric})
    added = watch.look(NOW, may(), owed=owed(BA_VI))
    assert told(added) == [("late/procedures", "post", "opened")]
    assert ("post", "opened", "inhibited:TW-3") in withheld(added)
    later = watch.look(NOW + timedelta(days=1), may(), owed=owed())
    assert told(later)[0] == (TARGET, "post", "opened")  # the reports are there, and it is short all the same
    assert watch.look(NOW + timedelta(days=2), may(), owed=owed()) == []


def test_what_recovers_with_its_source_was_never_news():
    """The source recovers, and what it accounted for with it: a row says that there was nothing to tell."""
    metric = replace(DOSSIERS, reports=Reports.IN_TIME)
    watch = watching(OF_SOURCES, metrics={metric.id: metric})
    watch.look(NOW, may(), owed=owed(BA_VI))
    over = watch.look(NOW + timedelta(days=1), may(city=25_000), owed=owed())
    assert told(over) == [("late/procedures", "update", "resolved"), ("late/procedures", "reply", "resolved")]
    assert ("post", "resolved", "over_before_told") in withheld(over)


def test_a_message_that_is_out_is_closed_all_the_same():
    """What was told before its source was in trouble is told to its end."""
    watch = watching(OF_SOURCES)
    watch.look(NOW, may())
    watch.look(NOW + timedelta(days=20), stale(), owed=owed(BA_VI))
    over = watch.look(NOW + timedelta(days=30), may(city=25_000), owed=owed(BA_VI))
    assert (TARGET, "reply", "resolved") in told(over)


COMMUNES = replace(DISTRICT_TARGET, target="communes", version="c1", tier="commune", scope=Scope.EACH)
DISTRICTS = replace(DISTRICT_TARGET, scope=Scope.EACH)
BELOW = Inhibition(
    "district_for_its_communes",
    (Matcher(Label.LEVEL, ("district",)),),
    (Matcher(Label.LEVEL, ("commune",)),),
    equal=(Label.METRIC,),
    below=True,
)


def test_a_parents_message_absorbs_its_childrens():
    """The district's message counts its communes; communes of another district have their own."""
    watch = watching(BELOW, targets=(DISTRICTS, COMMUNES))
    figures = [
        assessed(BA_VI, 5, 500, 1_000, 732_621, role=Role.EACH, target=DISTRICTS),
        *(
            assessed(key(code), 5, 500, 1_000, 732_621, role=Role.EACH, target=COMMUNES)
            for code in ("09619", "09620", "00454")
        ),
    ]
    added = watch.look(NOW, figures)
    assert told(added) == [("behind/communes", "post", "opened"), (TARGET, "post", "opened")]
    assert withheld(added) == [("post", "opened", "absorbed:TW-4")] * 2
    district = next(one for one in added if one.group == TARGET and one.payload)
    communes = next(one for one in added if one.group == "behind/communes" and one.payload)
    assert "Minh Châu" in words(district)
    assert "Minh Châu" not in words(communes)
    assert "1 of 1" not in words(communes)
    recovered = watch.look(
        NOW + timedelta(days=1), [replace(figures[0], status=Status.ON_TRACK, headroom=1, attained=1), *figures[1:]]
    )
    assert ("behind/communes", "reply", "units") in told(recovered)


def incident(number: int, kind: IncidentKind, subject: str) -> Incident:
    """An open incident."""
    at = NOW + timedelta(minutes=number)
    return Incident(number, IncidentKey(kind, subject), IncidentState.OPEN, at, opened_at=at)


def circle(*subjects: str) -> dict[int, int]:
    """Who is inhibited by whom, where each subject inhibits the next one and the last one the first."""
    rules = tuple(
        Inhibition(f"{by}-{mutes}", (Matcher(Label.SUBJECT, (by,)),), (Matcher(Label.SUBJECT, (mutes,)),))
        for by, mutes in zip(subjects, (*subjects[1:], subjects[0]), strict=True)
    )
    incidents = tuple(incident(number, IncidentKind.LATE, subject) for number, subject in enumerate(subjects, 1))
    programme = replace(PROGRAMME, routing=Routing(Route("engineers"), inhibitions=rules))
    found = inhibitions(Situation(programme, NOW, incidents, (), ()))
    return {number: one.by.number for number, one in found.items()}


def test_of_two_that_inhibit_each_other_the_older_is_told():
    """And of a longer circle, too, one is always told: the oldest; what it inhibits inhibits nothing."""
    assert circle("a", "b") == {2: 1}
    assert circle("a", "b", "c") == {2: 1}
    assert circle("a", "b", "c", "d") == {2: 1, 4: 3}


def test_an_incident_does_not_inhibit_itself():
    """A rule whose two sides match the same incident says nothing of it."""
    assert circle("a") == {}


def test_shares_neither_inhibit_nor_are_inhibited():
    """A district's share is told inside its pool's message only, which is not there while the whole is good."""
    watch = watching(BELOW, targets=(DISTRICT_TARGET, COMMUNES))
    figures = [
        *may(city=25_000, long_bien=900),
        assessed(key("09619"), 5, 500, 1_000, 732_621, role=Role.EACH, target=COMMUNES),
    ]
    assert told(watch.look(NOW, figures)) == [("behind/communes", "post", "opened")]
