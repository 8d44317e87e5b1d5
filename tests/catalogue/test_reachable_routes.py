"""Nodes that are said never to be come to never are, by the rules that messages are sent by."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targetwatch.catalogue.document import Document, read_document
from targetwatch.catalogue.fields import Names
from targetwatch.catalogue.implication import LABELS_OF, can_match, covers
from targetwatch.catalogue.match_spec import MatchSpec, matchers
from targetwatch.catalogue.routing_mapping import routing
from targetwatch.catalogue.routing_spec import NOBODY, RoutingSpec
from targetwatch.catalogue.soundness_of_routes import heard_by, nodes, of_routes
from targetwatch.catalogue.validation import Checked, check
from targetwatch.model import Label
from targetwatch.notifications.policy.matching import matches
from targetwatch.notifications.policy.routing import routed

KINDS, SEVERITIES = ("behind", "late", "quality", "misreported"), ("critical", "warning", "notice")
OWNERS, METRICS = ("office", "council"), ("share", "count")
RECEIVERS = ("heads", "desk")
VALUES: Mapping[str, tuple[str, ...]] = {
    "kind": KINDS,
    "severity": SEVERITIES,
    "owner": OWNERS,
    "metric": METRICS,
    "unit": ("01", "001"),
}


def incidents() -> Iterator[dict[Label, tuple[str, ...]]]:
    """The labels of every incident that there can be with these values; an owner or a metric may be another one."""
    for kind, severity, owner, metric, unit in product(
        KINDS, SEVERITIES, ("office", "another"), ("share", "another", ""), ((), ("001", "01"))
    ):
        labels = {
            Label.KIND: (kind,),
            Label.SEVERITY: (severity,),
            Label.OWNER: (owner,),
            Label.METRIC: (metric,) if metric else (),
            Label.UNIT: unit,
        }
        if all(label in LABELS_OF[kind] for label, values in labels.items() if values):
            yield {label: values for label, values in labels.items() if values}


EVERY = tuple(incidents())


def asks() -> st.SearchStrategy[dict[str, Any]]:
    """Labels with values."""
    one = {
        label: st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)
        for label, values in VALUES.items()
    }
    return st.fixed_dictionaries({}, optional=one)


def matching() -> st.SearchStrategy[dict[str, Any]]:
    """A match: labels, and labels under `not`."""
    return st.builds(lambda said, unlike: {**said, **({"not": unlike} if unlike else {})}, asks(), asks())


def trees() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Nodes below a root."""
    node = {"receiver": st.sampled_from((*RECEIVERS, NOBODY)), "match": matching(), "continue": st.booleans()}

    def of(children: st.SearchStrategy[list[dict[str, Any]]]) -> st.SearchStrategy[list[dict[str, Any]]]:
        return st.lists(st.fixed_dictionaries(node, optional={"routes": children}), min_size=1, max_size=3)

    return st.recursive(of(st.nothing()), of, max_leaves=4)


def checked(below: list[dict[str, Any]], folder: Path) -> Checked[RoutingSpec]:
    """A tree as the catalogue reads it."""
    said = {
        "receivers": {name: {"channel": "c", "language": "vi"} for name in RECEIVERS},
        "route": {"receiver": "heads", "routes": below},
    }
    file = folder / "receivers.yaml"
    file.write_text(json.dumps(said), encoding="utf-8")
    document, issues = read_document(file, "receivers.yaml")
    assert issues == []
    found = check(document, RoutingSpec, Names())
    assert found.issues == ()
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the files of the trees lie."""
    return tmp_path_factory.mktemp("trees")


@settings(deadline=None, max_examples=60)
@given(below=trees())
def test_what_is_said_never_to_be_come_to_never_is(below: list[dict[str, Any]], folder: Path) -> None:
    """Of all incidents there can be none goes through a node that `validate` says nothing comes to."""
    found = checked(below, folder)
    assert found.spec is not None
    places = {(issue.line, issue.column) for issue in of_routes(found) if "nothing ever comes" in issue.message}
    unreached = {node.place for node in nodes(found.spec) if _at(found.document, node.at) in places}
    model = routing(found.spec)
    for labels in EVERY:
        for node in routed(model, labels):
            for length in range(1, len(node.places)):
                assert _place(node.places[1 : length + 1]) not in unreached


@settings(deadline=None, max_examples=60)
@given(below=trees())
def test_who_may_hear_is_at_least_who_hears(below: list[dict[str, Any]], folder: Path) -> None:
    """By an incident's kind and owner alone nobody is ruled out who hears of it in the end."""
    found = checked(below, folder)
    assert found.spec is not None
    model = routing(found.spec)
    hear: dict[tuple[str, str], set[str]] = defaultdict(set)
    for labels in EVERY:
        hear[labels[Label.KIND][0], labels[Label.OWNER][0]] |= {node.route.receiver for node in routed(model, labels)}
    for (kind, owner), receivers in hear.items():
        assert receivers <= heard_by(found.spec.route, {Label.KIND: kind, Label.OWNER: owner})


@settings(deadline=None)
@given(matching(), st.lists(matching(), max_size=2))
def test_implication_is_right_where_it_is_certain(asked: dict[str, Any], taken: list[dict[str, Any]]) -> None:
    """What is covered is answered by every incident that answers the question; what cannot match matches none."""
    question = matchers(MatchSpec.model_validate(asked))
    before = [matchers(MatchSpec.model_validate(one)) for one in taken]
    answering = [labels for labels in EVERY if matches(question, labels)]
    if not can_match(question):
        assert answering == []
    if covers(before, question):
        assert all(any(matches(one, labels) for one in before) for labels in answering)


def _at(document: Document, place: tuple[str | int, ...]) -> tuple[int, int]:
    mark = document.mark(place)
    return mark.line, mark.column


def _place(places: tuple[int, ...]) -> tuple[str | int, ...]:
    """The place in the file of a node by its address in the tree."""
    return ("route", *(part for place in places for part in ("routes", place)))
