"""`for` and `keep_open_for` in time, and acknowledgements: tables of cases, and a second implementation to agree with.

The cases of Prometheus are what its documentation says and its rules manager does (rules/alerting.go): an alert fires
at the first evaluation whose distance from the first true one is at least `for`, is dropped at the first one that
is not true while it is pending, and with `keep_firing_for` is resolved at the first evaluation whose distance from the
first one that was not true is at least so long; a true one between starts that anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targetwatch.incidents import Transition, acknowledge, advance, lapse, unacknowledge
from targetwatch.model import (
    Finding,
    Incident,
    IncidentEvent,
    IncidentEventKind,
    IncidentKey,
    IncidentKind,
    IncidentState,
    Outlook,
    Patience,
)
from tests.incidents.plain import Life, Step

NOW = datetime(2025, 6, 16, 10, 5, tzinfo=UTC)
BEHIND = IncidentKey(IncidentKind.BEHIND, "dossiers_district", "01", date(2021, 1, 1))
LATE = IncidentKey(IncidentKind.LATE, "procedures")
LOOKS = {"B": Outlook.BAD, "G": Outlook.GOOD, "U": Outlook.UNKNOWN, "S": Outlook.SUPERSEDED, "E": Outlook.ENDED}


def month(number: int) -> date:
    """The first day of the number-th month counted from January 2025."""
    return date(2025 + number // 12, number % 12 + 1, 1)


@dataclass
class Played:
    """The steps taken by the real functions, as a pass and a person would."""

    key: IncidentKey
    patience: Patience
    moment: datetime = NOW
    current: Incident | None = None
    last: int = 0
    events: list[IncidentEvent] = field(default_factory=list)

    def take(self, step: Step) -> None:
        """One step."""
        self.moment += timedelta(minutes=step.after)
        if step.what == "ack":
            until = None if step.lasts is None else self.moment + timedelta(minutes=step.lasts)
            if self.current is not None:
                self.keep(acknowledge(self.current, "linh", "on it", until, self.moment))
        elif step.what == "back":
            if self.current is not None:
                self.keep(unacknowledge(self.current, "linh", "not on it", self.moment))
        else:
            self.keep(advance(self.current, look(self.key, step), self.patience, self.moment, self.last + 1))
            if self.current is not None:
                self.keep(lapse(self.current, self.moment))

    def keep(self, transition: Transition) -> None:
        """The incident goes on as the transition has it, if it does."""
        self.events.extend(transition.events)
        incident = transition.incident
        self.last = max(self.last, incident.number if incident is not None else 0)
        self.current = incident if incident is not None and incident.state.is_live else None

    @property
    def happened(self) -> list[str]:
        """The events, without those that only say that something changed."""
        return [event.kind.value for event in self.events if event.kind is not IncidentEventKind.CHANGED]

    @property
    def state(self) -> str:
        """Where it stands."""
        return "none" if self.current is None else self.current.state.value


def look(key: IncidentKey, step: Step) -> Finding:
    """The look that a step is."""
    period = None if step.period is None else month(step.period)
    return Finding(key, LOOKS[step.what], period, {"judged": f"{step.what}{step.period}"})


def every(minutes: int, words: str) -> list[Step]:
    """One look after the other, so many minutes apart; the first at minute 0."""
    return [Step(word, None, minutes if place else 0) for place, word in enumerate(words.split())]


def played(steps: Iterable[Step], patience: Patience, key: IncidentKey = LATE) -> Played:
    """All these steps, taken."""
    life = Played(key, patience)
    for step in steps:
        life.take(step)
    return life


# An evaluation a minute; what Prometheus is set to, what it sees, and the minutes at which it fires and resolves.
PROMETHEUS = [
    ("without `for` it fires at the first evaluation", 0, 0, "B", {0: "opened"}),
    ("`for: 5m` fires five minutes after the first, at the sixth evaluation", 5, 0, "B B B B B B B", {5: "opened"}),
    ("and not a minute before", 5, 0, "B B B B B", {}),
    ("one evaluation that is not true starts it anew", 5, 0, "B B B B G B B B B B B", {4: "withdrawn", 10: "opened"}),
    ("without `keep_firing_for` it resolves at the first that is not true", 0, 0, "B G", {0: "opened", 1: "resolved"}),
    (
        "`keep_firing_for: 3m` resolves three minutes after the first that is not true",
        0,
        3,
        "B G G G G",
        {0: "opened", 4: "resolved"},
    ),
    ("and not a minute before", 0, 3, "B G G G", {0: "opened"}),
    (
        "a true one between starts that anew",
        0,
        3,
        "B G G B G G G G",
        {0: "opened", 7: "resolved"},
    ),
    (
        "`for` and `keep_firing_for` together",
        2,
        2,
        "B B B G B G G G",
        {2: "opened", 7: "resolved"},
    ),
    ("resolved, it has to wait for `for` again", 2, 0, "B B B G B B B", {2: "opened", 3: "resolved", 6: "opened"}),
]


@pytest.mark.parametrize(("claim", "to_open", "to_close", "looks", "expected"), PROMETHEUS)
def test_time_has_the_meaning_of_prometheus(
    claim: str, to_open: int, to_close: int, looks: str, expected: dict[int, str]
) -> None:
    """At each of its looks a source's incident does what an alert of Prometheus does at its evaluations."""
    patience = Patience(0, 0, timedelta(minutes=to_open), timedelta(minutes=to_close))
    life = played(every(1, looks), patience)
    telling = [event for event in life.events if event.kind.value not in ("pending", "changed")]
    assert {int((event.at - NOW).total_seconds()) // 60: event.kind.value for event in telling} == expected, claim


def test_an_interval_between_looks_is_not_cut_short() -> None:
    """Looks an hour apart: `for` of 90 minutes opens at the third, since nothing opens between two looks."""
    life = played(every(60, "B B B"), Patience(0, 0, timedelta(minutes=90)))
    assert life.happened == ["pending", "opened"]
    assert life.current is not None
    assert life.current.opened_at == NOW + timedelta(minutes=120)


def test_missing_data_holds_time() -> None:
    """Ten minutes bad, an hour unknown: of `for: 30m` twenty minutes remain, from the next look that can tell."""
    patience = Patience(0, 0, timedelta(minutes=30), timedelta(minutes=30))
    life = played([Step("B"), Step("U", after=10), Step("U", after=30), Step("B", after=30)], patience)
    assert life.state == "pending"
    life.take(Step("B", after=19))
    assert life.state == "pending"
    life.take(Step("B", after=1))
    assert life.state == "open"
    for step in (Step("G", after=5), Step("U", after=10), Step("G", after=600), Step("G", after=19)):
        life.take(step)
    assert life.state == "open"
    life.take(Step("G", after=1))
    assert life.happened == ["pending", "opened", "resolved"]


def test_periods_and_time_must_both_have_passed() -> None:
    """`for` of one period and a day: neither two periods in an hour nor one period for a week opens it."""
    patience = Patience(1, 0, timedelta(days=1))
    day = 24 * 60
    assert played([Step("B", 1), Step("B", 2, 60)], patience, BEHIND).state == "pending"
    assert played([Step("B", 1), Step("B", 1, 7 * day)], patience, BEHIND).state == "pending"
    assert played([Step("B", 1), Step("B", 2, day)], patience, BEHIND).state == "open"


def test_one_period_judged_again_and_again_can_pass_the_time() -> None:
    """Time is the clock's: a target's breach that is judged anew each hour opens when a day of it has passed."""
    life = played([Step("B", 1), *(Step("B", 1, 60) for _ in range(24))], Patience(0, 0, timedelta(days=1)), BEHIND)
    assert life.happened == ["pending", "opened"]
    assert life.current is not None
    assert life.current.opened_at == NOW + timedelta(days=1)


ACKNOWLEDGED = [
    ("an open one is acknowledged", "B ack", "opened acknowledged", "acknowledged"),
    ("it is judged on, and closes like an open one", "B ack G", "opened acknowledged resolved", "none"),
    ("a pending one is not", "P ack", "pending", "pending"),
    ("missing data neither closes nor opens it again", "B ack U U", "opened acknowledged", "acknowledged"),
    ("the same words for the same time are one acknowledgement", "B ack ack", "opened acknowledged", "acknowledged"),
    ("its term passes, and it is open again", "B ack:5 B", "opened acknowledged lapsed", "open"),
    ("before that it is not", "B ack:15 B", "opened acknowledged", "acknowledged"),
    ("a look that closes it lets nothing lapse", "B ack:5 G", "opened acknowledged resolved", "none"),
    ("it can be acknowledged for longer", "B ack:5 ack:30 B", "opened acknowledged acknowledged", "acknowledged"),
    ("or again once it has lapsed", "B ack:5 B ack", "opened acknowledged lapsed acknowledged", "acknowledged"),
    ("it can be taken back", "B ack back", "opened acknowledged lapsed", "open"),
    ("what nobody acknowledged cannot", "B back", "opened", "open"),
    ("its target's end ends it", "B ack E", "opened acknowledged ended", "none"),
]


@pytest.mark.parametrize(("claim", "words", "expected", "state"), ACKNOWLEDGED)
def test_acknowledging(claim: str, words: str, expected: str, state: str) -> None:
    """Each case says what happens; looks are ten minutes apart, a person acts at once."""
    is_patient = words.startswith("P")
    life = Played(LATE, Patience(0, 0, timedelta(days=1)) if is_patient else Patience())
    for place, word in enumerate(words.replace("P", "B").split()):
        what, _, lasts = word.partition(":")
        is_person = what in ("ack", "back")
        life.take(Step(what, None, 0 if is_person or not place else 10, int(lasts) if lasts else None))
    assert (" ".join(life.happened), life.state) == (expected, state), claim


def test_an_acknowledgement_says_who_why_and_until_when() -> None:
    """The incident and the event bear them, and a lapse nobody caused says which it was."""
    opened = advance(None, look(LATE, Step("B")), Patience(), NOW, 1).incident
    assert opened is not None
    until = NOW + timedelta(days=3)
    done = acknowledge(opened, "linh", "their server moves on Friday", until, NOW)
    assert done.incident is not None
    assert (done.incident.acknowledged_by, done.incident.acknowledged_until) == ("linh", until)
    (event,) = done.events
    assert (event.by, event.why, event.until) == ("linh", "their server moves on Friday", until)
    (lapsed,) = lapse(done.incident, until).events
    assert (lapsed.kind, lapsed.by, lapsed.why, lapsed.until) == (IncidentEventKind.LAPSED, "", "term", until)
    (back,) = unacknowledge(done.incident, "minh", "it is not moving", NOW).events
    assert (back.by, back.why) == ("minh", "it is not moving")


apart = st.sampled_from((0, 1, 5, 5, 10, 30))


@st.composite
def looks(draw: st.DrawFn, periods: bool) -> list[Step]:
    """One look, or a few at one period that missing data comes between: the runs in which time is counted."""
    words = draw(st.sampled_from(("B", "B", "G", "G", "U", "S", "E", "BB", "BUB", "BUUB", "GG", "GUG", "GUUG", "BGUG")))
    period = draw(st.integers(0, 5)) if periods else None
    return [Step(word, period, draw(apart)) for word in words]


@st.composite
def steps(draw: st.DrawFn, periods: bool) -> list[Step]:
    """Looks and what people do, at any distance, at the same moment too."""
    a_person = st.builds(
        Step,
        what=st.sampled_from(("ack", "back")),
        after=apart,
        lasts=st.one_of(st.none(), st.sampled_from((1, 5, 20))),
    )
    some = st.one_of(looks(periods), looks(periods), looks(periods), a_person.map(lambda one: [one]))
    return [step for part in draw(st.lists(some, max_size=15)) for step in part]


waits = st.sampled_from((0, 5, 10, 15, 40))
MANY = settings(max_examples=300)
counts = st.integers(0, 3)


def agree(taken: Sequence[Step], key: IncidentKey, patience: Patience) -> None:
    """The real functions and the plain ones stand at the same place after each of the steps."""
    plain = Life(
        patience.open_after,
        patience.keep_open_for,
        int(patience.open_after_time.total_seconds()) // 60,
        int(patience.keep_open_for_time.total_seconds()) // 60,
    )
    real = Played(key, patience)
    for step in taken:
        plain.take(step)
        real.take(step)
        assert (real.state, real.happened) == (plain.state, plain.happened), step


@MANY
@given(steps(periods=True), counts, counts, waits, waits)
def test_a_target_agrees_with_the_plain_reading(
    taken: list[Step], open_after: int, keep_open_for: int, to_open: int, to_close: int
) -> None:
    """Whatever is looked at and done, in periods and in time, it stands where the plain reading of the rules has it."""
    times = (timedelta(minutes=to_open), timedelta(minutes=to_close))
    agree(taken, BEHIND, Patience(open_after, keep_open_for, *times))


@MANY
@given(steps(periods=False), waits, waits)
def test_a_source_agrees_with_the_plain_reading(taken: list[Step], to_open: int, to_close: int) -> None:
    """The same of what has no periods, where only time counts."""
    agree(taken, LATE, Patience(0, 0, timedelta(minutes=to_open), timedelta(minutes=to_close)))


LEGAL = {
    "none": {"pending", "opened"},
    "pending": {"opened", "withdrawn"},
    "open": {"changed", "acknowledged", "resolved", "ended", "superseded"},
    "acknowledged": {"changed", "acknowledged", "lapsed", "resolved", "ended", "superseded"},
}
LEADS_TO = {"pending": "pending", "opened": "open", "acknowledged": "acknowledged", "lapsed": "open"}


@given(steps(periods=True), counts, counts, waits, waits)
def test_no_step_is_illegal(
    taken: list[Step], open_after: int, keep_open_for: int, to_open: int, to_close: int
) -> None:
    """Nothing lapses that was not acknowledged, nothing is acknowledged that is not open, what is closed stays so."""
    patience = Patience(open_after, keep_open_for, timedelta(minutes=to_open), timedelta(minutes=to_close))
    life = played(taken, patience, BEHIND)
    states: dict[int, str] = {}
    for event in life.events:
        before = states.get(event.number, "none")
        assert event.kind.value in LEGAL.get(before, set()), (before, event)
        after = before if event.kind is IncidentEventKind.CHANGED else LEADS_TO.get(event.kind.value, "closed")
        states[event.number] = after
    moments = [event.at for event in life.events]
    assert moments == sorted(moments)


@given(steps(periods=True), counts, counts, waits, waits)
def test_looking_again_at_once_changes_nothing(
    taken: list[Step], open_after: int, keep_open_for: int, to_open: int, to_close: int
) -> None:
    """A second look at the same moment that finds the same leaves what goes on as it is, and says nothing."""
    patience = Patience(open_after, keep_open_for, timedelta(minutes=to_open), timedelta(minutes=to_close))
    life = Played(BEHIND, patience)
    for step in taken:
        life.take(step)
        if life.current is not None and step.what in LOOKS:
            again = advance(life.current, look(BEHIND, step), patience, life.moment, 99)
            assert (again.incident, again.events) == (life.current, ())


def test_closed_is_closed() -> None:
    """Neither a person nor time moves an incident that is over."""
    over = advance(None, look(LATE, Step("B")), Patience(), NOW, 1).incident
    assert over is not None
    closed = advance(over, look(LATE, Step("G")), Patience(), NOW, 2).incident
    assert closed is not None
    assert closed.state is IncidentState.RESOLVED
    for transition in (
        acknowledge(closed, "linh", "late", None, NOW),
        unacknowledge(closed, "linh", "late", NOW),
        lapse(closed, NOW + timedelta(days=9)),
    ):
        assert transition == Transition(closed)
