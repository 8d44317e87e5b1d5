"""The life of an incident: a table of cases, and a plain reference implementation that it must always agree with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targetwatch.incidents import advance, advance_all
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

NOW = datetime(2025, 6, 16, 10, 5, tzinfo=UTC)
KEY = IncidentKey(IncidentKind.BEHIND, "dossiers_district", "01", date(2021, 1, 1))
LOOKS = {"B": Outlook.BAD, "G": Outlook.GOOD, "U": Outlook.UNKNOWN, "S": Outlook.SUPERSEDED, "E": Outlook.ENDED}


def month(number: int) -> date:
    """The first day of the number-th month counted from January 2025."""
    return date(2025 + number // 12, number % 12 + 1, 1)


def look(word: str) -> Finding:
    """B3: a bad look at month 3. The letters are those of LOOKS."""
    period = month(int(word[1:])) if word[1:] else None
    return Finding(KEY, LOOKS[word[0]], period, {"judged": word})


def live(words: Sequence[str], patience: Patience) -> tuple[list[Incident], list[IncidentEvent]]:
    """The episodes that these looks make, by number, and everything that happened."""
    incidents: dict[int, Incident] = {}
    events: list[IncidentEvent] = []
    current = None
    for position, word in enumerate(words):
        moment = NOW + timedelta(hours=position)
        transition = advance(current, look(word), patience, moment, len(incidents) + 1)
        events.extend(transition.events)
        if transition.incident is not None:
            incidents[transition.incident.number] = transition.incident
        current = transition.incident if transition.incident is not None and transition.incident.state.is_live else None
    return list(incidents.values()), events


CASES = [
    ("opens at the first bad period", 0, 0, "B1", "opened"),
    ("`for` 1 waits for the second", 1, 0, "B1", "pending"),
    ("and opens at it", 1, 0, "B1 B2", "pending opened"),
    ("`for` 2 opens at the third", 2, 0, "B1 B2 B3", "pending opened"),
    ("one period again and again counts once", 1, 0, "B1 B1 B1 B1", "pending"),
    ("a good period between starts the count anew", 1, 0, "B1 G2 B3", "pending withdrawn pending"),
    ("closes at the first good period", 0, 0, "B1 G2", "opened resolved"),
    ("`keep_open_for` 1 waits for the second good one", 0, 1, "B1 G2", "opened changed"),
    ("and closes at it", 0, 1, "B1 G2 G3", "opened changed resolved"),
    ("a good period again and again counts once", 0, 1, "B1 G2 G2 G2", "opened changed"),
    ("a bad one between starts that count anew", 0, 1, "B1 G2 B3 G4", "opened changed changed changed"),
    ("unknown closes nothing", 0, 0, "B1 U2 U3", "opened"),
    ("and breaks no count", 1, 1, "B1 U2 B3 G4 U5 G6", "pending opened changed resolved"),
    ("unknown opens nothing", 0, 0, "U1 U2", ""),
    ("good opens nothing", 0, 0, "G1 G2", ""),
    ("a restated older period moves nothing", 0, 0, "B2 G1", "opened"),
    ("in no direction", 0, 1, "B1 G3 B2", "opened changed"),
    ("a late delivery that mends the newest period closes it", 0, 0, "B1 G1", "opened resolved"),
    (
        "one that spoils the newest period takes its good count back",
        0,
        1,
        "B1 G2 B2 G3",
        "opened changed changed changed",
    ),
    ("and counts on from the run before it", 0, 1, "B1 G2 B3 G3", "opened changed changed resolved"),
    ("a pending one that was mended is withdrawn", 1, 0, "B1 B1 G1", "pending withdrawn"),
    ("breaching again after closing is a new episode", 0, 0, "B1 G2 B3", "opened resolved opened"),
    ("the end of its target closes it as ended", 0, 0, "B1 E", "opened ended"),
    ("a new version of its target closes it as superseded", 0, 0, "B1 S", "opened superseded"),
    ("the end of its target withdraws a pending one", 1, 0, "B1 E", "pending withdrawn"),
    ("an end without an incident is nothing", 0, 0, "E S", ""),
    ("without periods one look opens, however patient", 3, 0, "B", "opened"),
    ("and one look closes", 0, 3, "B G", "opened resolved"),
]


@pytest.mark.parametrize(("claim", "open_after", "keep_open_for", "looks", "expected"), CASES)
def test_table(claim: str, open_after: int, keep_open_for: int, looks: str, expected: str):
    """Each case says what happens at its looks."""
    _, events = live(looks.split(), Patience(open_after, keep_open_for))
    assert " ".join(event.kind.value for event in events) == expected, claim


def test_sources_are_not_patient():
    """Incidents without periods open and close at one look, since nothing is counted for them."""
    key = IncidentKey(IncidentKind.LATE, "procedures")
    looks = [Finding(key, Outlook.BAD, facts={"missing": 1}), Finding(key, Outlook.GOOD)]
    advanced = advance_all([], looks, lambda _: Patience(5, 5), NOW, 1)
    assert [event.kind for event in advanced.events] == [IncidentEventKind.OPENED, IncidentEventKind.RESOLVED]
    assert advanced.incidents[0].facts == {"missing": 1}  # what it was about stays known


def test_a_superseded_target_begins_anew_in_the_same_pass():
    """Two looks at one key in one pass close the old episode and begin the next one with the next number."""
    old = advance(None, look("B1"), Patience(), NOW, 7).incident
    assert old is not None
    advanced = advance_all([old], [look("S"), look("B2")], lambda _: Patience(), NOW, 8)
    assert [(one.number, one.state) for one in advanced.incidents] == [
        (7, IncidentState.SUPERSEDED),
        (8, IncidentState.OPEN),
    ]
    assert advanced.next_number == 9


def test_facts_keep_the_period_before():
    """A new judged period keeps the facts of the one before it, and another look at it keeps them too."""
    incidents, events = live(["B1", "B2", "B2", "B3"], Patience())
    assert incidents[0].facts == {"judged": "B3", "previous": {"judged": "B2"}}
    assert events[-1].facts_before == {"judged": "B2", "previous": {"judged": "B1"}}


def test_looking_again_changes_nothing():
    """The same look twice gives the same incident, no event and no new number."""
    first = advance(None, look("B1"), Patience(), NOW, 1)
    again = advance(first.incident, look("B1"), Patience(), NOW + timedelta(days=1), 2)
    assert again.incident == first.incident
    assert again.events == ()


@dataclass
class Reference:
    """The meaning of `for` and `keep_open_for`, written down plainly: a list, and counting at its end."""

    patience: Patience
    counted: list[tuple[date, Outlook]] = field(default_factory=list)
    is_open: bool = False

    def look(self, finding: Finding) -> str | None:
        """What happens at this look, if anything that changes the state does."""
        if not self.counted and finding.outlook is not Outlook.BAD:
            return None
        if finding.outlook in (Outlook.ENDED, Outlook.SUPERSEDED):
            return self._end(finding.outlook.value)
        if finding.outlook is Outlook.UNKNOWN or finding.period_start is None:
            return None
        if self.counted and finding.period_start < self.counted[-1][0]:
            return None
        began = not self.counted
        if self.counted and finding.period_start == self.counted[-1][0]:
            self.counted.pop()
        self.counted.append((finding.period_start, finding.outlook))
        if not self.is_open and finding.outlook is Outlook.GOOD:
            return self._end("resolved")
        if not self.is_open and self._run(Outlook.BAD) > self.patience.open_after:
            self.is_open = True
            return "opened"
        if self.is_open and self._run(Outlook.GOOD) > self.patience.keep_open_for:
            return self._end("resolved")
        return "pending" if began else None

    def _run(self, outlook: Outlook) -> int:
        length = 0
        for _, seen in reversed(self.counted):
            if seen is not outlook:
                break
            length += 1
        return length

    def _end(self, how: str) -> str:
        ending = how if self.is_open else "withdrawn"
        self.counted, self.is_open = [], False
        return ending


looks = st.one_of(
    st.tuples(st.sampled_from("BG"), st.integers(0, 8)).map(lambda pair: f"{pair[0]}{pair[1]}"),
    st.sampled_from(["U3", "E", "S"]),
)


@given(st.lists(looks, max_size=25), st.integers(0, 3), st.integers(0, 3))
def test_agrees_with_the_reference(words: list[str], open_after: int, keep_open_for: int):
    """Whatever is looked at in whatever order, the lifecycle does what the plain reading of the rules does."""
    reference = Reference(Patience(open_after, keep_open_for))
    expected = [step for word in words if (step := reference.look(look(word))) is not None]
    _, events = live(words, Patience(open_after, keep_open_for))
    assert [event.kind.value for event in events if event.kind is not IncidentEventKind.CHANGED] == expected


@given(st.lists(looks, max_size=25), st.integers(0, 3), st.integers(0, 3))
def test_every_look_twice_is_every_look_once(words: list[str], open_after: int, keep_open_for: int):
    """Replaying each look at once changes neither the incidents nor what happened, closings and re-openings aside."""
    patience = Patience(open_after, keep_open_for)
    current = None
    for position, word in enumerate(words):
        transition = advance(current, look(word), patience, NOW, position + 1)
        if transition.incident is None or not transition.incident.state.is_live:
            current = None
            continue
        again = advance(transition.incident, look(word), patience, NOW + timedelta(hours=1), 99)
        assert again.events == ()
        assert again.incident == transition.incident
        current = transition.incident


@given(st.lists(looks, max_size=25), st.integers(0, 3), st.integers(0, 3))
def test_no_step_is_illegal(words: list[str], open_after: int, keep_open_for: int):
    """An episode begins, may open once, and ends at most once; what is closed never moves again."""
    legal = {
        None: {"pending", "opened"},
        "pending": {"opened", "withdrawn"},
        "opened": {"changed", "resolved", "ended", "superseded"},
        "changed": {"changed", "resolved", "ended", "superseded"},
    }
    _, events = live(words, Patience(open_after, keep_open_for))
    last: dict[int, str] = {}
    for event in events:
        assert event.kind.value in legal.get(last.get(event.number), set())
        last[event.number] = event.kind.value
