"""What follows from questions about labels: whether one set of them lets nothing through that another would not.

This is what shows a route that nothing can come to, and rules of which one takes away what another is there for. Each
answer is certain where it is yes; where it cannot be told without looking at incidents, it is no.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from targetwatch.model import IncidentKind, Label, Matcher, Severity

Asked = Sequence[Matcher]
REMEMBERED = 4_096  # sets of questions

# Labels of which every incident has exactly one of a few values.
FINITE: Mapping[Label, tuple[str, ...]] = {
    Label.KIND: tuple(kind.value for kind in IncidentKind),
    Label.SEVERITY: tuple(severity.value for severity in Severity),
}
SEVERAL = frozenset({Label.UNIT, Label.LEVEL})  # of which an incident may have several values at a time
_OF_SOURCE = frozenset({Label.KIND, Label.SEVERITY, Label.SUBJECT, Label.SOURCE, Label.OWNER})
# Which labels incidents of a kind can have. A source has no metric, no level and no unit.
LABELS_OF: Mapping[str, frozenset[Label]] = {
    IncidentKind.BEHIND.value: frozenset(Label),
    IncidentKind.LATE.value: _OF_SOURCE,
    IncidentKind.QUALITY.value: _OF_SOURCE,
    IncidentKind.MISREPORTED.value: frozenset(Label) - {Label.CAUSE},
}


def can_match(asked: Asked) -> bool:
    """Whether there can be an incident that answers all of `asked`."""
    return _can_match(tuple(asked))


@lru_cache(maxsize=REMEMBERED)
def _can_match(asked: tuple[Matcher, ...]) -> bool:
    return any(_is_possible(case) for case in _cases(asked))


def can_match_both(one: Asked, other: Asked) -> bool:
    """Whether there can be an incident that answers both."""
    return can_match((*one, *other))


def covers(taken: Iterable[Asked], asked: Asked) -> bool:
    """Whether every incident that answers `asked` answers all questions of one of `taken`."""
    known = _sets(tuple(asked))
    # Most questions are about labels with many values, and are the same in every case.
    left = [one for one in taken if all(_follows(question, known) for question in one if question.label not in FINITE)]
    if not left:
        return not can_match(asked)
    cases = [_sets(case) for case in _cases(asked) if _is_possible(case)]
    return all(any(all(_follows(question, case) for question in one) for one in left) for case in cases)


def kinds_of(asked: Asked) -> tuple[str, ...]:
    """The kinds of incidents that can answer `asked`."""
    return tuple(kind for kind in FINITE[Label.KIND] if can_match((*asked, Matcher(Label.KIND, (kind,)))))


def labels_never_had(asked: Asked, labels: Collection[Label]) -> list[Label]:
    """Those of `labels` that no incident has that answers `asked`."""
    kinds = kinds_of(asked)
    return [label for label in labels if kinds and not any(label in LABELS_OF[kind] for kind in kinds)]


@dataclass(frozen=True, slots=True)
class _Sets:
    """What questions say of each label: what it can be, as far as that is counted up, what not, and what was asked.

    Of the org_unit and those above it, one being asked for says nothing of the others. That a target's units are of
    two levels is so rare that asking for one of them is taken for asking for no other.
    """

    possible: Mapping[Label, frozenset[str]]
    excluded: Mapping[Label, frozenset[str]]
    asked: Mapping[Label, tuple[frozenset[str], ...]]


@lru_cache(maxsize=REMEMBERED)
def _sets(asked: tuple[Matcher, ...]) -> _Sets:
    excluded: dict[Label, frozenset[str]] = {}
    one_of: dict[Label, tuple[frozenset[str], ...]] = {}
    for question in asked:
        label, values = question.label, frozenset(question.values)
        if question.negated:
            excluded[label] = excluded.get(label, frozenset()) | values
        else:
            one_of[label] = (*one_of.get(label, ()), values)
    nothing: frozenset[str] = frozenset()
    possible: dict[Label, frozenset[str]] = {
        label: frozenset.intersection(*sets) - excluded.get(label, nothing)
        for label, sets in one_of.items()
        if label is not Label.UNIT
    }
    return _Sets(possible, excluded, one_of)


def _cases(asked: Asked) -> Iterator[tuple[Matcher, ...]]:
    """`asked`, with each combination of the values that labels with few values can have."""
    for values in product(*FINITE.values()):
        yield (*asked, *(Matcher(label, (value,)) for label, value in zip(FINITE, values, strict=True)))


def _is_possible(case: tuple[Matcher, ...]) -> bool:
    sets = _sets(case)
    if not all(sets.possible.values()):
        return False
    (kind,) = sets.possible[Label.KIND]
    return all(label in LABELS_OF[kind] for label in sets.asked)


def _follows(question: Matcher, known: _Sets) -> bool:
    """Whether `question` is answered wherever what is `known` is."""
    label, values = question.label, frozenset(question.values)
    possible = known.possible.get(label)
    if question.negated:
        is_other = label not in SEVERAL and possible is not None and not possible & values
        return is_other or values <= known.excluded.get(label, frozenset())
    if label in SEVERAL:
        return any(asked <= values for asked in known.asked.get(label, ()))
    return possible is not None and possible <= values
