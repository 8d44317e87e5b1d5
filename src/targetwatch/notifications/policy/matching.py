"""Matching: whether the labels of an incident answer a rule's questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from targetwatch.model import Label, Matcher

Labels = Mapping[Label, tuple[str, ...]]
NOTHING = ("",)  # what a label is that an incident does not have, as in Alertmanager


def matches(matchers: Iterable[Matcher], labels: Labels) -> bool:
    """Whether all of `matchers` hold; without any, everything does."""
    return all(holds(matcher, labels) for matcher in matchers)


def holds(matcher: Matcher, labels: Labels) -> bool:
    """Whether the label has one of the matcher's values or, negated, none of them."""
    held = labels.get(matcher.label) or NOTHING
    return set(held).isdisjoint(matcher.values) is matcher.negated
