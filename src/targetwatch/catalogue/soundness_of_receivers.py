"""Whether messages get to receivers: on one way each, and by a tree that leads to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from targetwatch.catalogue.document import Document, plain
from targetwatch.catalogue.issues import Issue, Severity
from targetwatch.catalogue.routing_spec import NOBODY, ReceiverSpec, RoutingSpec
from targetwatch.catalogue.soundness_of_routes import nodes
from targetwatch.catalogue.validation import Checked

WAYS = ("channel", "email", "webhook")


def of_receivers(checked: Checked[RoutingSpec] | None) -> Iterator[Issue]:
    """Errors of single receivers and of their fallbacks; warnings for those that never hear anything."""
    if checked is None or checked.spec is None:
        return
    document, spec = checked.document, checked.spec
    spoiled = {place[:2] for place in checked.spoiled}
    if any(place[:1] == ("receivers",) and len(place) == 1 for place in spoiled):
        return
    if NOBODY in spec.receivers:
        said = f"'{NOBODY}' stands for no receiver at all"
        yield document.key_issue(("receivers", NOBODY), said, "Give the receiver another name.")
    for name, receiver in spec.receivers.items():
        if ("receivers", name) not in spoiled:
            yield from _way(checked, name, receiver)
    yield from _in_circles(checked, spec)
    sections = {place[0] for place in checked.spoiled if place}
    if not sections & {"receivers", "route", "escalations", "operators"}:
        yield from _never_told(checked, spec)
        if spec.operators is None:
            said = "nobody hears when the pipeline breaks or stands still: 'operators' is missing"
            yield _warning(document.issue((), said, "Add 'operators: {receiver: ...}'."))


def of_old_form(document: Document) -> Issue | None:
    """What is to be done with a file of before there were routes, where a receiver itself said what it is told."""
    data = plain(document)
    said = [name for name, one in data.items() if isinstance(one, dict) and {"kinds", "owners"} & one.keys()]
    if "receivers" in data or "route" in data or not said:
        return None
    message = f"'{said[0]}' says itself what it is told of, as was done before there were routes"
    hint = (
        "Put all receivers under 'receivers:', without 'kinds' and 'owners', and what these said under 'route:', "
        "as docs/catalogue.md shows it."
    )
    return document.key_issue((said[0],), message, hint)


def _way(checked: Checked[RoutingSpec], name: str, receiver: ReceiverSpec) -> Iterator[Issue]:
    document, place = checked.document, ("receivers", name)
    given = [way for way in WAYS if getattr(receiver, way) is not None]
    if not given:
        hint = "Add 'channel: ...' for Slack, 'email: [...]', or 'webhook: ...' with the id of an Airflow Connection."
        yield document.key_issue(place, f"receiver '{name}' says of no way to it", hint)
        return
    for way in given[1:]:
        said = f"receiver '{name}' has '{given[0]}' and '{way}'"
        hint = "Delete one of the two, or make two receivers of it: a route with 'continue: true' tells both."
        yield document.key_issue((*place, way), said, hint)
    if len(given) > 1:
        return
    if receiver.connection is not None and given != ["email"]:
        hint = "Delete it." if given == ["channel"] else "Delete it: 'webhook' names the Connection already."
        yield document.key_issue((*place, "connection"), f"'connection' has no meaning beside '{given[0]}'", hint)
    if receiver.mention is not None and given != ["channel"]:
        said = f"'mention' has no meaning beside '{given[0]}': it is a user group of Slack's"
        yield document.key_issue((*place, "mention"), said, "Delete it.")


def _in_circles(checked: Checked[RoutingSpec], spec: RoutingSpec) -> Iterator[Issue]:
    """Fallbacks that lead back to where they began: nobody would hear in the end."""
    said_of: set[str] = set()
    for name in spec.receivers:
        way = [name]
        while (after := spec.receivers[way[-1]].fallback) in spec.receivers and after is not None and after not in way:
            way.append(after)
        if after != name or said_of & set(way):
            continue
        said_of |= set(way)
        said = "is its own fallback" if len(way) == 1 else f"falls back on itself: {' > '.join((*way, name))}"
        hint = "Name another one." if len(way) == 1 else "Name another one, or delete one of these lines."
        yield checked.document.issue(("receivers", name, "fallback"), f"receiver '{name}' {said}", hint)


def _never_told(checked: Checked[RoutingSpec], spec: RoutingSpec) -> Iterator[Issue]:
    """Receivers, time windows and escalations that are declared, and that nothing leads to."""
    routed = list(nodes(spec))
    escalated = {node.spec.escalation for node in routed}
    heard = {node.receiver for node in routed}
    heard |= {step.receiver for name in escalated for step in spec.escalations.get(name or "", ())}
    heard |= {name for name, receiver in spec.receivers.items() if receiver.digests}
    heard |= {spec.operators.receiver} if spec.operators is not None else set()
    for _ in spec.receivers:  # a fallback may have one of its own
        heard |= {spec.receivers[name].fallback or "" for name in heard & spec.receivers.keys()}
    windows = {window for node in routed for window in node.spec.active_in}
    for name in spec.receivers.keys() - heard - {NOBODY}:
        said = f"receiver '{name}' never hears anything: no route, escalation or digest leads to it"
        yield _warning(checked.document.key_issue(("receivers", name), said, "Name it in a route, or delete it."))
    for name in spec.escalations.keys() - escalated:
        said = f"no route escalates by '{name}'"
        hint = f"Write 'escalation: {name}' into a route, or delete it."
        yield _warning(checked.document.key_issue(("escalations", name), said, hint))
    for name in spec.time_windows.keys() - windows:
        hint = f"Write 'active_in: [{name}]' into a route, or delete it."
        yield _warning(checked.document.key_issue(("time_windows", name), f"no route keeps to '{name}'", hint))


def _warning(issue: Issue) -> Issue:
    return replace(issue, severity=Severity.WARNING)
