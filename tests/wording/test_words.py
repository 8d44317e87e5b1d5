"""Every status, reason and state has its words, the same everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

import pytest

from targetwatch.model import IncidentKind, IncidentState, Language, Origin, PeriodState, Reason, Status, Text
from targetwatch.wording import words

TABLES: list[tuple[type[Enum], Mapping[Any, Text]]] = [
    (Status, words.STATUSES),
    (Status, words.STATUSES_IN_A_SENTENCE),
    (Reason, words.REASONS),
    (Origin, words.ORIGINS),
    (PeriodState, words.PERIOD_STATES),
    (IncidentKind, words.INCIDENT_KINDS),
    (IncidentState, words.INCIDENT_STATES),
]


@pytest.mark.parametrize(("kind", "table"), TABLES, ids=lambda one: getattr(one, "__name__", ""))
def test_nothing_is_without_words(kind: type[Enum], table: Mapping[Any, Text]) -> None:
    """Every member of the vocabulary has words in both languages, and no two members the same."""
    assert set(table) == set(kind)
    for language in Language:
        said = [text.in_(language) for text in table.values()]
        assert all(said)
        assert len(set(said)) == len(said)


def test_every_status_has_a_shape_of_its_own() -> None:
    """No two statuses share a shape, so that none depends on its colour."""
    assert set(words.SLACK_SHAPES) == set(Status)
    assert len(set(words.SLACK_SHAPES.values())) == len(Status)


@pytest.mark.parametrize("language", list(Language), ids=str)
@pytest.mark.parametrize("reason", list(Reason), ids=str)
def test_a_reason_is_a_plain_sentence(reason: Reason, language: Language) -> None:
    """A reason starts with a capital, ends with a full stop, and neither praises nor blames."""
    said = words.reason(reason, language)
    assert said[0].isupper()
    assert said.endswith(".")
    assert "!" not in said


def test_the_words_of_the_design() -> None:
    """The statuses are called as the design system calls them."""
    assert words.status(Status.MISSED, Language.VI) == "Quá hạn, chưa đạt"
    assert words.status(Status.AT_RISK, Language.EN) == "At risk"
    assert words.status(Status.BEHIND, Language.VI, in_a_sentence=True) == "chậm"
