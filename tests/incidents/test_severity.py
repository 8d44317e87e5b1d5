"""How bad an incident is: by how far, by how long, exactly; and what a change of it does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targetwatch.incidents import Advanced, acknowledge, advance_all, severity_of, weigh, weigh_all
from targetwatch.model import (
    Comparison,
    Finding,
    Incident,
    IncidentEventKind,
    IncidentKey,
    IncidentKind,
    IncidentState,
    Label,
    Matcher,
    Outlook,
    Patience,
    Severity,
    SeverityRule,
)

NOW = datetime(2025, 6, 16, 10, 5, tzinfo=UTC)
MILLION = 1_000_000
KEY = IncidentKey(IncidentKind.BEHIND, "dossiers_district", "01")
CRITICAL, WARNING, NOTICE = Severity.CRITICAL, Severity.WARNING, Severity.NOTICE


def judged(numerator: int, denominator: int, required: int, comparison: Comparison, status: str = "behind") -> Incident:
    """An open incident whose newest judged period has these figures; `required` in millionths."""
    value, threshold = numerator * MILLION, required * denominator
    strict = int(comparison in (Comparison.ABOVE, Comparison.BELOW))
    is_high = comparison in (Comparison.AT_LEAST, Comparison.ABOVE)
    headroom = (value - threshold if is_high else threshold - value) - strict
    facts = {"headroom": headroom, "denominator": denominator, "required": required, "final": 900_000, "status": status}
    return Incident(1, KEY, IncidentState.OPEN, NOW, opened_at=NOW, bad_periods=1, facts={"judged": facts})


def weighed(incident: Incident, *rules: SeverityRule) -> Severity:
    """Its severity by rules that match everything."""
    return severity_of(incident, rules, lambda *_: True)


HIGH, LOW = Comparison.AT_LEAST, Comparison.AT_MOST
NEAR = judged(79, 100, 800_000, HIGH)
FAR = SeverityRule(CRITICAL, short_by=100_000)  # a tenth of what is needed
LONG = SeverityRule(CRITICAL, periods=3)
MISSED = SeverityRule(CRITICAL, missed=True)
ALWAYS = SeverityRule(NOTICE)

CASES = [
    ("a tenth short, exactly, is a tenth short", judged(720, 1000, 800_000, HIGH), (FAR,), CRITICAL),
    ("a hair less is not", judged(720_001, 1_000_000, 800_000, HIGH), (FAR,), WARNING),
    ("where lower is better it is held against what is allowed", judged(11, 10, 1_000_000, LOW), (FAR,), CRITICAL),
    ("and less is not", judged(109, 100, 1_000_000, LOW), (FAR,), WARNING),
    ("where nothing is allowed, anything is too far", judged(1, 10, 0, LOW), (FAR,), CRITICAL),
    ("a rank is held against the rank that is needed", judged(9, 1, 5_000_000, LOW), (FAR,), CRITICAL),
    ("three bad periods in a row", replace(NEAR, bad_periods=3), (LONG,), CRITICAL),
    ("two are not three", replace(NEAR, bad_periods=2), (LONG,), WARNING),
    ("past due", judged(79, 100, 800_000, HIGH, "missed"), (MISSED,), CRITICAL),
    ("the first rule that holds counts", NEAR, (FAR, ALWAYS, LONG), NOTICE),
    ("one condition of a rule suffices", judged(10, 100, 800_000, HIGH), (replace(FAR, periods=9),), CRITICAL),
    ("where none holds it is a warning", NEAR, (FAR, LONG, MISSED), WARNING),
    ("without rules too", judged(0, 100, 800_000, HIGH), (), WARNING),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "incident", "rules", "expected"), CASES)
def test_table(claim: str, incident: Incident, rules: tuple[SeverityRule, ...], expected: Severity) -> None:
    """Each case says what the rules make of an incident."""
    assert weighed(incident, *rules) is expected, claim


@given(
    st.integers(0, 10**9), st.integers(1, 10**9), st.integers(1, 10 * MILLION), st.integers(1, 2 * MILLION),
    st.sampled_from((Comparison.AT_LEAST, Comparison.AT_MOST)),
)  # fmt: skip
def test_how_far_is_exact(numerator: int, denominator: int, required: int, share: int, comparison: Comparison) -> None:
    """It agrees with fractions for any figures: the gap over the threshold, held against the rule's share."""
    value, threshold = Fraction(numerator, denominator), Fraction(required, MILLION)
    gap = threshold - value if comparison is Comparison.AT_LEAST else value - threshold
    is_far = gap > 0 and gap / threshold >= Fraction(share, MILLION)
    found = weighed(judged(numerator, denominator, required, comparison), SeverityRule(CRITICAL, short_by=share))
    assert (found is CRITICAL) is is_far


def test_a_late_source_counts_the_longest_silence_of_its_units() -> None:
    """Units that miss their third period in a row make it as bad as three periods; one missing period is one."""
    late = Incident(
        1, IncidentKey(IncidentKind.LATE, "procedures"), IncidentState.OPEN, NOW, opened_at=NOW, bad_periods=1
    )
    silent = [{"periods": 3, "units": ["001@2021-01-01"]}, {"periods": 2, "units": ["002@2021-01-01"]}]
    assert weighed(replace(late, facts={"silent": silent}), LONG) is CRITICAL
    assert weighed(late, LONG) is WARNING
    assert weighed(late, replace(LONG, periods=1)) is CRITICAL


def test_only_rules_that_match_count() -> None:
    """A rule asks the labels of the incident first."""
    rule = SeverityRule(CRITICAL, (Matcher(Label.TIER, ("commune",)),), short_by=1)
    incident = judged(0, 100, 800_000, Comparison.AT_LEAST)
    asked: list[tuple[Matcher, ...]] = []

    def never(_: Incident, match: tuple[Matcher, ...]) -> bool:
        asked.append(match)
        return False

    assert severity_of(incident, (rule,), never) is WARNING
    assert asked == [rule.match]


def test_while_it_is_only_kept_open_it_keeps_its_severity() -> None:
    """A good period makes what was critical no notice: it would rise again with the next bad one."""
    quiet = replace(judged(99, 100, 800_000, Comparison.AT_LEAST), severity=CRITICAL, good_periods=1, bad_periods=0)
    assert weighed(quiet, ALWAYS) is CRITICAL


def test_a_rise_ends_an_acknowledgement() -> None:
    """Worse than when somebody took it on, it is open again, and the event says that severity did it."""
    taken = acknowledge(judged(1, 100, 800_000, Comparison.AT_LEAST), "linh", "on it", None, NOW).incident
    assert taken is not None
    risen = weigh(taken, CRITICAL, NOW)
    assert risen.incident is not None
    assert (risen.incident.state, risen.incident.severity) == (IncidentState.OPEN, CRITICAL)
    changed, lapsed = risen.events
    assert (changed.facts_before["severity"], changed.facts_after["severity"]) == ("warning", "critical")
    assert (lapsed.kind, lapsed.by, lapsed.why) == (IncidentEventKind.LAPSED, "", "severity")
    fallen = weigh(taken, NOTICE, NOW)
    assert fallen.incident is not None
    assert fallen.incident.state is IncidentState.ACKNOWLEDGED
    assert [event.kind for event in fallen.events] == [IncidentEventKind.CHANGED]
    assert weigh(taken, WARNING, NOW).events == ()


def advanced(live: list[Incident], *findings: Finding) -> Advanced:
    """A pass with these looks."""
    return advance_all(live, findings, lambda _: Patience(), NOW, len(live) + 1)


def test_what_a_pass_found_and_how_bad_it_is_are_one_event() -> None:
    """The event that opens or changes an incident says its severity; only where there is none does one of its own."""
    opened = weigh_all(advanced([], Finding(KEY, Outlook.BAD, facts={"step": 1})), lambda _: CRITICAL, NOW)
    (event,) = opened.events
    assert (event.kind, event.facts_after) == (IncidentEventKind.OPENED, {"step": 1, "severity": "critical"})
    (incident,) = opened.known
    assert incident.severity is CRITICAL
    assert incident.facts == {"step": 1}
    assert opened.incidents == (incident,)

    worse = weigh_all(advanced([incident], Finding(KEY, Outlook.BAD, facts={"step": 2})), lambda _: NOTICE, NOW)
    (event,) = worse.events
    assert event.kind is IncidentEventKind.CHANGED
    assert (event.facts_before, event.facts_after) == (
        {"step": 1, "severity": "critical"},
        {"step": 2, "severity": "notice"},
    )
    alone = weigh_all(advanced([incident]), lambda _: NOTICE, NOW)
    assert [one.kind for one in alone.events] == [IncidentEventKind.CHANGED]
    assert [one.severity for one in alone.incidents] == [NOTICE]


def test_weighing_again_changes_nothing() -> None:
    """The same severity is no news, and a closed incident has the one that it closed with."""
    first = weigh_all(advanced([], Finding(KEY, Outlook.BAD)), lambda _: CRITICAL, NOW)
    again = weigh_all(advanced(list(first.known)), lambda _: CRITICAL, NOW)
    assert (again.events, again.incidents) == ((), ())
    closed = weigh_all(advanced(list(first.known), Finding(KEY, Outlook.GOOD)), lambda _: NOTICE, NOW)
    assert [one.severity for one in closed.incidents] == [CRITICAL]
    assert [one.kind for one in closed.events] == [IncidentEventKind.RESOLVED]


def test_terms_that_have_passed_lapse_in_a_pass() -> None:
    """Also of an incident that nothing was found about; one that closes in the same pass lapses no more."""
    live = advanced([], Finding(KEY, Outlook.BAD)).known[0]
    taken = acknowledge(live, "linh", "on it", NOW + timedelta(days=1), NOW).incident
    assert taken is not None
    tomorrow = NOW + timedelta(days=1)
    passed = weigh_all(Advanced((), (), 2, (taken,)), lambda _: WARNING, tomorrow)
    assert [(one.kind, one.why) for one in passed.events] == [(IncidentEventKind.LAPSED, "term")]
    assert [one.state for one in passed.incidents] == [IncidentState.OPEN]
    closing = advance_all([taken], [Finding(KEY, Outlook.GOOD)], lambda _: Patience(), tomorrow, 2)
    assert [one.kind for one in weigh_all(closing, lambda _: WARNING, tomorrow).events] == [IncidentEventKind.RESOLVED]
