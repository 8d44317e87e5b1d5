"""Routing: down the tree of routes, from its root to the nodes that tell an incident."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from targetwatch.model import Label, Route, Routing
from targetwatch.notifications.policy.matching import Labels, matches


@dataclass(frozen=True, slots=True)
class Step:
    """A node that an incident went through: its place among the children of the one before, from 0, and the node."""

    place: int
    route: Route


@dataclass(frozen=True, slots=True)
class Routed:
    """A node that tells an incident, and the way to it: the steps from the root, which is at 0, to the node itself."""

    route: Route
    path: tuple[Step, ...]

    @property
    def places(self) -> tuple[int, ...]:
        """The node's address in the tree: (0, 2, 1) is the second child of the root's third."""
        return tuple(step.place for step in self.path)


def routed(routing: Routing, labels: Labels) -> tuple[Routed, ...]:
    """The nodes that tell an incident with these labels, in the tree's order; none where it does not match the root."""
    root = routing.root
    if root is None or not matches(root.match, labels):
        return ()
    return tuple(_below((Step(0, root),), labels))


def asked(route: Route | None) -> frozenset[Label]:
    """The labels that a tree leads and groups by: incidents that have these in common go the same ways."""
    if route is None:
        return frozenset()
    return frozenset(matcher.label for matcher in route.match).union(route.group_by, *map(asked, route.routes))


def _below(path: tuple[Step, ...], labels: Labels) -> Iterator[Routed]:
    """The deepest nodes that the labels come to from the end of `path`, which they match; itself if no child does."""
    came_further = False
    for place, child in enumerate(path[-1].route.routes):
        if not matches(child.match, labels):
            continue
        came_further = True
        yield from _below((*path, Step(place, child)), labels)
        if not child.goes_on:
            break
    if not came_further:
        yield Routed(path[-1].route, path)
