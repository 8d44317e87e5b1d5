"""Matchers of the command line and of Slack: the same questions as in receivers.yaml, in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targetwatch.catalogue import load
from targetwatch.catalogue.matchers import MatcherError, parse_matcher, written
from targetwatch.model import Label, Matcher, Programme

CATALOGUE = Path(__file__).resolve().parents[2] / "catalogue"


@pytest.fixture(scope="module")
def programme() -> Programme:
    """The shipped programme."""
    return load(CATALOGUE)


@pytest.mark.parametrize(
    ("text", "matcher"),
    [
        ("kind=behind", Matcher(Label.KIND, ("behind",))),
        ("level=district,commune", Matcher(Label.LEVEL, ("district", "commune"))),
        (" owner != city_office ", Matcher(Label.OWNER, ("city_office",), negated=True)),
        ("unit=271", Matcher(Label.UNIT, ("271",))),
        ("unit=00004@2025-07-01", Matcher(Label.UNIT, ("00004@2025-07-01",))),
        ("subject=dossiers_district", Matcher(Label.SUBJECT, ("dossiers_district",))),
        ("subject=procedures", Matcher(Label.SUBJECT, ("procedures",))),
        (
            "subject=dossiers_processed_online/district",
            Matcher(Label.SUBJECT, ("dossiers_processed_online/district",)),
        ),
        ("Severity=critical, critical,warning", Matcher(Label.SEVERITY, ("critical", "warning"))),
        ("cause=missing_data", Matcher(Label.CAUSE, ("missing_data",))),
    ],
)
def test_a_matcher_is_read_as_it_is_written(text: str, matcher: Matcher, programme: Programme) -> None:
    """Each form gives the question that it reads as, and writing that gives the same again."""
    assert parse_matcher(text, programme) == matcher
    assert parse_matcher(written(matcher), programme) == matcher


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("behind", "'behind' is no matcher. Write label=value, as in kind=behind or level=district,commune."),
        ("", "'' is no matcher. Write label=value, as in kind=behind or level=district,commune."),
        ("knd=behind", "There is no label 'knd'. Write 'kind'."),
        (
            "who=me",
            "There is no label 'who'. Labels are kind, subject, metric, source, tier, level, unit, owner, severity, "
            "cause.",
        ),
        ("kind=", "'kind=' names no value. Write kind=value, or kind=one,another."),
        ("kind=behind,", "'kind=behind,' names no value. Write kind=value, or kind=one,another."),
        ("kind=behnid", "There is no kind of incident 'behnid'. Write 'behind'."),
        ("severity=high", "There is no severity 'high'. Write one of: critical, notice, warning."),
        ("metric=dossier_processed_online", "There is no metric 'dossier_processed_online'. Write "),
        ("source=procedure", "There is no source 'procedure'. Write 'procedures'."),
        ("level=comune", "There is no level 'comune'. Write 'commune'."),
        ("owner=city_offise", "There is no owner 'city_offise'. Write 'city_office'."),
        ("subject=dossiers_distrct", "There is no target or source 'dossiers_distrct'. Write 'dossiers_district'."),
        ("subject=portal_visit/2021", "There is no metric 'portal_visit'. Write 'portal_visits'."),
        ("unit=BA", "There is no org_unit 'BA'. `targetwatch units BA` helps to find its code."),
        ("unit=00004@2025-07", "There is no org_unit '00004@2025-07'. "),
        ("unit=00004@2025-07-02", "No org_unit '00004' begins on 2025-07-02. Write one of: 00004@"),
        ("x" * 5_000, f"'{'x' * 60}...' is no matcher. "),
    ],
)
def test_what_is_wrong_with_a_matcher_is_said(text: str, says: str, programme: Programme) -> None:
    """Each mistake is named, with the nearest right name."""
    with pytest.raises(MatcherError) as raised:
        parse_matcher(text, programme)
    assert str(raised.value).startswith(says)


@given(st.text(max_size=80))
def test_no_text_does_worse_than_being_refused(text: str) -> None:
    """Whatever somebody writes in Slack is a matcher or a sentence about what is wrong with it."""
    says, values = "", tuple[str, ...]()
    try:
        values = parse_matcher(text, load(CATALOGUE)).values
    except MatcherError as refused:
        says = str(refused)
    assert values or says.endswith(".")
