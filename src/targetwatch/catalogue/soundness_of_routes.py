"""Whether the routing tree does what it seems to: each of its nodes can be come to, and none is there twice."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from targetwatch.catalogue import implication
from targetwatch.catalogue.document import Document, Place
from targetwatch.catalogue.issues import Issue, Severity
from targetwatch.catalogue.match_spec import matchers
from targetwatch.catalogue.routing_spec import NEVER, NO_ESCALATION, NOBODY, RouteSpec, RoutingSpec
from targetwatch.catalogue.validation import Checked
from targetwatch.model import Label, Matcher


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the tree: where it is written, who hears of what comes to it, and what it and all above it ask."""

    spec: RouteSpec
    place: Place
    receiver: str
    asked: tuple[Matcher, ...]
    taken: tuple[Node, ...]  # the nodes before it and before those above it, past which nothing goes that they match
    beside: tuple[Node, ...]  # the nodes before it below the same one

    @property
    def at(self) -> Place:
        """What is pointed at where the node is at fault."""
        return (*self.place, "match") if self.spec.match is not None else self.place


def nodes(spec: RoutingSpec) -> Iterator[Node]:
    """Every node of the tree, each before those below it."""
    root = spec.route
    return _nodes(Node(root, ("route",), root.receiver, matchers(root.match), (), ()))


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    taken, beside = node.taken, list[Node]()
    for index, spec in enumerate(node.spec.routes or ()):
        asked = (*node.asked, *matchers(spec.match))
        place = (*node.place, "routes", index)
        child = Node(spec, place, spec.receiver or node.receiver, asked, taken, tuple(beside))
        yield from _nodes(child)
        beside.append(child)
        if not spec.goes_on:
            taken = (*taken, child)


def of_routes(checked: Checked[RoutingSpec] | None) -> Iterator[Issue]:
    """Errors of the tree, beyond what each of its keys can show."""
    if checked is None or checked.spec is None:
        return
    spec, document = checked.spec, checked.document
    if any(place[:1] == ("route",) for place in checked.spoiled):
        return
    if spec.route.match is not None:
        said = "the root of the tree asks nothing: what no node below it takes is told by it"
        yield document.key_issue(("route", "match"), said, "Move 'match' into a node under 'routes'.")
    if spec.route.goes_on:
        said = "behind the root of the tree there is nothing to go on to"
        yield document.key_issue(("route", "continue"), said, "Delete this line.")
    if spec.route.match is not None:
        return
    unreached: list[Place] = []
    for node in nodes(spec):
        if any(node.place[: len(place)] == place for place in unreached):
            continue
        wrong = list(_unreached(document, node))
        if wrong:
            unreached.append(node.place)
        yield from wrong or _twice(document, node)
        yield from _idle(document, node)


def _unreached(document: Document, node: Node) -> Iterator[Issue]:
    said = "nothing ever comes to this node: "
    if not implication.can_match(node.asked):
        kinds = [one for one in node.asked if one.label is Label.KIND]
        asked = [one.label for one in node.asked if not one.negated]
        absent = implication.labels_never_had(kinds, asked)
        why = f"no incident of such a kind has a '{absent[0]}'" if absent else "what it asks cannot hold all at once"
        yield document.issue(node.at, said + why, "Mend what it or a node above it matches, or delete it.")
    elif node.taken and implication.covers([one.asked for one in node.taken], node.asked):
        one = next((one for one in node.taken if implication.covers([one.asked], node.asked)), None)
        whom = "those before it together take" if one is None else f"the one in line {_line(document, one)} takes"
        hint = "Write this one first, or 'continue: true' into the other."
        yield document.issue(node.at, f"{said}{whom} all that it matches", hint)


def _twice(document: Document, node: Node) -> Iterator[Issue]:
    """Two nodes beside each other by which the same receiver would hear of the same incidents."""
    for other in node.beside:
        if other.receiver != node.receiver or node.spec.routes or other.spec.routes:
            continue
        if implication.covers([other.asked], node.asked) and implication.covers([node.asked], other.asked):
            said = f"'{node.receiver}' hears of the same incidents by the node in line {_line(document, other)}"
            yield document.issue(node.at, said, "Delete one of the two.")
            return


def _idle(document: Document, node: Node) -> Iterator[Issue]:
    spec = node.spec
    if "repeat_interval" in spec.model_fields_set and spec.repeat_interval is not None and not spec.repeat_interval:
        hint = f"Write how long after, as in 5 working days, or '{NEVER}'."
        yield document.issue((*node.place, "repeat_interval"), "it would be told again at every look", hint)
    if spec.escalation is not None and node.receiver == NOBODY and not spec.routes:
        said = f"what is told to {NOBODY} is not escalated"
        yield document.issue((*node.place, "escalation"), said, f"Name a receiver, or write '{NO_ESCALATION}'.")
    if spec.goes_on and node.place[:-1] and _is_last(document, node):
        said = "'continue' at the last node leads nowhere"
        issue = document.key_issue((*node.place, "continue"), said, "Delete it, or write the node that follows.")
        yield replace(issue, severity=Severity.WARNING)


def _is_last(document: Document, node: Node) -> bool:
    if len(node.place) < 3:
        return False
    around = document.data
    for part in node.place[:-1]:
        around = around[part]
    return bool(node.place[-1] == len(around) - 1)


def _line(document: Document, node: Node) -> int:
    return document.mark(node.at).line


def heard_by(spec: RouteSpec, labels: Mapping[Label, str], receiver: str = NOBODY) -> frozenset[str]:
    """The receivers that may hear of an incident with these labels, whatever its others are."""
    receiver = spec.receiver or receiver
    known: Collection[Matcher] = [Matcher(label, (value,)) for label, value in labels.items()]
    heard: set[str] = set()
    is_taken = False
    for child in spec.routes or ():
        asked = matchers(child.match)
        if not implication.can_match((*known, *asked)):
            continue
        heard |= heard_by(child, labels, receiver)
        if implication.covers([asked], tuple(known)):
            is_taken = True
            if not child.goes_on:
                break
    return frozenset(heard if is_taken else heard | {receiver})


def labels_asked(spec: RouteSpec) -> frozenset[Label]:
    """The labels that the nodes of a tree ask about: by no others does it tell incidents apart."""
    own = frozenset(question.label for question in matchers(spec.match))
    return own.union(*map(labels_asked, spec.routes or ()))
