"""Grouping: which incidents each receiver hears of, and which of them one message stands for.

Whoever was told of an incident hears how it goes on in the same message until its end, wherever its labels lead by
then: nobody is told of one incident in two messages, and no message is left behind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from targetwatch.model import Incident, IncidentKind, Label, Receiver, Route, Span
from targetwatch.notifications.policy.labels import labels_of_answering
from targetwatch.notifications.policy.matching import Labels
from targetwatch.notifications.policy.routing import asked, routed
from targetwatch.notifications.situation import GroupMessage, Situation, Told
from targetwatch.notifications.telling.targets import is_share

KINDS = tuple(IncidentKind)
BY_SUBJECT = frozenset({Label.KIND, Label.SUBJECT})
EVERYTHING = "everything"  # the name of a group without labels
Address = tuple[str, str]  # a receiver and one of its groups


@dataclass(frozen=True, slots=True)
class Group:
    """The incidents of a receiver that one message stands for: those who answer, and units' shares of pooled targets.

    Of those that are over there are only the ones whose end the receiver has not been told of.
    """

    receiver: Receiver
    route: Route
    name: str
    open: tuple[Incident, ...]  # answering, by number
    closed: tuple[Incident, ...]  # answering, by number
    shares: tuple[Incident, ...]

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """All of them."""
        return (*self.open, *self.closed, *self.shares)


def grouped(situation: Situation) -> list[Group]:
    """The groups of every receiver, in the order of the receivers, then of kinds and names."""
    receivers = {receiver.name: receiver for receiver in situation.programme.receivers}
    members: dict[Address, list[Incident]] = defaultdict(list)
    routes: dict[Address, Route] = {}
    leading = _Ways(situation, receivers)
    hearing: dict[int, list[Told]] = defaultdict(list)
    for told in situation.told:
        if told.receiver in receivers:
            hearing[told.number].append(told)
    for incident in sorted(situation.incidents, key=lambda one: one.number):
        if incident.opened_at is None:
            continue
        is_news, theirs = _is_news(situation, incident), hearing.get(incident.number, [])
        stays_in = {told.receiver for told in theirs}
        ways = leading.of(incident)
        for address, route in ways.items() if is_news else ():
            if address[0] not in stays_in:
                routes.setdefault(address, route)
                members[address].append(incident)
        for told in theirs:
            if is_news or told.held_since is not None:
                # Its labels may lead elsewhere by now: when its receiver is told is for the way that leads there.
                way = next((route for address, route in ways.items() if address[0] == told.receiver), None)
                if way is not None:
                    routes.setdefault((told.receiver, told.group), way)
                members[told.receiver, told.group].append(incident)
    for message in _left_behind(situation, members):
        if message.receiver in receivers:
            members[message.receiver, message.group] += _of_message(situation, message)
    order = list(receivers)
    groups = [
        _group(receivers[receiver], routes.get((receiver, name)), name, theirs)
        for (receiver, name), theirs in members.items()
        if theirs
    ]
    return sorted(groups, key=lambda one: (order.index(one.receiver.name), _first_kind(one), one.name))


def group_name(group_by: Iterable[Label], labels: Labels) -> str:
    """What the group of an incident with these labels is called: kind/subject where it is by these, as it always was.

    Else its labels and their values, as in `level=district&owner=chairs`; of its org_units the incident's own counts.
    """
    by = set(group_by)
    if by == BY_SUBJECT:
        return f"{labels[Label.KIND][0]}/{labels[Label.SUBJECT][0]}"
    return "&".join(f"{label}={_value(label, labels)}" for label in Label if label in by) or EVERYTHING


def _value(label: Label, labels: Labels) -> str:
    values = labels.get(label, ())
    if label is Label.UNIT:
        values = values[1:2]  # code@first-day of the unit itself: a code alone may have been re-used
    return ",".join(quote(value, safe="@/") for value in values)


def _is_news(situation: Situation, incident: Incident) -> bool:
    """Whether it goes on or this pass closed it. One that was over before matters only to those who wait for it."""
    return incident.state.is_live or situation.is_closed_now(incident)


class _Ways:
    """Who hears of the incidents of a situation. The ways of those that are alike to the tree are looked up once."""

    def __init__(self, situation: Situation, receivers: Mapping[str, Receiver]) -> None:
        self._situation, self._receivers = situation, receivers
        self._asked = tuple(asked(situation.programme.routing.root))
        self._found: dict[tuple[object, ...], Mapping[Address, Route]] = {}

    def of(self, incident: Incident) -> Mapping[Address, Route]:
        """The receivers that hear of an incident, each with its group and route. A share goes where its pool goes.

        To those that its labels lead to come, step by step, those to whom it was escalated.
        """
        labels = labels_of_answering(self._situation, incident)
        alike = incident.escalated, *map(labels.get, self._asked)
        if alike not in self._found:
            self._found[alike] = self._followed(labels, incident.escalated)
        return self._found[alike]

    def _followed(self, labels: Labels, escalated: int) -> dict[Address, Route]:
        routing = self._situation.programme.routing
        found: dict[Address, Route] = {}
        for node in routed(routing, labels):
            route = node.route
            receiver = self._receivers.get(route.receiver)
            if receiver is None:
                continue
            name = group_name(route.group_by, labels)
            found.setdefault((route.receiver, name), route)
            for step in routing.escalations.get(route.escalation or "", ())[:escalated]:
                to = self._receivers.get(step.receiver)
                if to is not None and not _is_same_place(to, receiver):
                    follows = replace(route, receiver=to.name, group_wait=Span(), repeat_interval=None)
                    found.setdefault((to.name, name), follows)
        return found


def _is_same_place(one: Receiver, other: Receiver) -> bool:
    return (one.transport, one.channel, one.addresses, one.connection) == (
        other.transport, other.channel, other.addresses, other.connection,
    )  # fmt: skip


def _left_behind(situation: Situation, members: Mapping[Address, list[Incident]]) -> list[GroupMessage]:
    """The messages that are out and to whose groups no incident leads any more, since the routes are others now."""
    return [one for one in situation.out if one.is_out and not members.get((one.receiver, one.group))]


def _of_message(situation: Situation, message: GroupMessage) -> list[Incident]:
    """The incidents that a message was posted for, as far as its name or its episode say."""
    kind, _, subject = message.group.partition("/")
    beside = situation.beside(IncidentKind(kind), subject) if kind in set(IncidentKind) else ()
    episode = situation.by_number.get(message.episode)
    found = beside or ((episode,) if episode is not None else ())
    return [one for one in found if one.opened_at is not None and _is_news(situation, one)]


def _group(receiver: Receiver, route: Route | None, name: str, incidents: Iterable[Incident]) -> Group:
    open_: list[Incident] = []
    closed: list[Incident] = []
    shares: list[Incident] = []
    for one in sorted({one.number: one for one in incidents}.values(), key=lambda one: one.number):
        (shares if is_share(one) else open_ if one.state.is_live else closed).append(one)
    return Group(receiver, route or Route(receiver.name), name, tuple(open_), tuple(closed), tuple(shares))


def _first_kind(group: Group) -> int:
    return min(KINDS.index(one.key.kind) for one in group.incidents)
