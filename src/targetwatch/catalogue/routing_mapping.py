"""From what receivers.yaml says to the model: where a node of the tree is silent, it has what the one above it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import time
from typing import Any

from targetwatch.catalogue.acknowledged_spec import in_millionths
from targetwatch.catalogue.match_spec import matchers
from targetwatch.catalogue.routing_spec import EVERYWHERE, ReceiverSpec, RouteSpec, RoutingSpec, WindowSpec
from targetwatch.catalogue.spec import TextSpec, Weekday
from targetwatch.model import (
    EscalationStep,
    Holder,
    Inhibition,
    Label,
    Receiver,
    Route,
    Routing,
    SeverityRule,
    Span,
    Text,
    TimeWindow,
    Transport,
)

WEEK = tuple(Weekday)
MAIL = "smtp_default"  # the Connection that Airflow's own e-mail goes by
GROUP_BY = (Label.KIND, Label.SUBJECT)


def receivers(spec: RoutingSpec | None, owners: Mapping[str, TextSpec]) -> tuple[Receiver, ...]:
    """The receivers in the order of the file; none where there is no file."""
    return () if spec is None else tuple(_receiver(name, one, owners) for name, one in spec.receivers.items())


def routing(spec: RoutingSpec | None) -> Routing:
    """The policy of a programme; without a file nobody is told anything."""
    if spec is None:
        return Routing()
    said = {} if spec.operators is None else {"dead_after": spec.operators.dead_after}
    return Routing(
        root=_route(spec.route, {}),
        windows={name: _window(name, one) for name, one in spec.time_windows.items()},
        inhibitions=tuple(
            Inhibition(name, matchers(one.by), matchers(one.mutes), one.equal, one.below)
            for name, one in spec.inhibitions.items()
        ),
        severities=tuple(
            SeverityRule(one.severity, matchers(one.match), one.short_by, one.periods, one.missed)
            for one in spec.severities
        ),
        escalations={
            name: tuple(EscalationStep(step.after, step.receiver) for step in steps)
            for name, steps in spec.escalations.items()
        },
        holders=tuple(_holders(spec)),
        operators=None if spec.operators is None else spec.operators.receiver,
        operator_users=() if spec.operators is None else spec.operators.users,
        **said,
    )


def _receiver(name: str, spec: ReceiverSpec, owners: Mapping[str, TextSpec]) -> Receiver:
    channel, transport, connection = spec.channel or "", Transport.SLACK, None
    if spec.email is not None:
        channel, transport, connection = ", ".join(spec.email), Transport.EMAIL, spec.connection or MAIL
    elif spec.webhook is not None:
        channel, transport, connection = spec.webhook, Transport.WEBHOOK, spec.webhook
    title = owners.get(spec.title or "")
    return Receiver(
        name=name,
        channel=channel,
        language=spec.language,
        mention=spec.mention or "",
        title=None if title is None else Text(title.vi, title.en),
        transport=transport,
        addresses=spec.email or (),
        connection=connection,
        worse_by=in_millionths(spec.worse_by, None) or 0,
        charts=spec.charts,
        digests=spec.digests,
        fallback=spec.fallback,
    )


def _route(spec: RouteSpec, above: Mapping[str, Any]) -> Route:
    """A node and all below it; `above` is what the node above it says, or has from further up."""
    said = {name: getattr(spec, name) for name in INHERITED if name in spec.model_fields_set}
    holds = {**above, **said}
    return Route(
        receiver=holds["receiver"],
        match=matchers(spec.match),
        group_by=holds.get("group_by", GROUP_BY),
        group_wait=holds.get("group_wait") or Span(),
        group_interval=holds.get("group_interval") or Span(),
        repeat_interval=holds.get("repeat_interval"),
        active_in=holds.get("active_in", ()),
        escalation=holds.get("escalation"),
        goes_on=spec.goes_on,
        routes=tuple(_route(child, holds) for child in spec.routes or ()),
    )


INHERITED = (
    "receiver",
    "group_by",
    "group_wait",
    "group_interval",
    "repeat_interval",
    "active_in",
    "escalation",
)


def _window(name: str, spec: WindowSpec) -> TimeWindow:
    weekdays = tuple(sorted({WEEK.index(day) for day in spec.weekdays}))
    return TimeWindow(name, spec.working_days, weekdays, spec.begins, spec.to or time.max)


def _holders(spec: RoutingSpec) -> Iterator[Holder]:
    for user, roles in spec.people.items():
        for owner, units in roles.items():
            yield from (Holder(user, owner, None if unit == EVERYWHERE else unit) for unit in units)
