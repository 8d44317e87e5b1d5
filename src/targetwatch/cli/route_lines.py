"""The routing tree, and who hears of an incident by it, in lines of text and as data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from targetwatch.catalogue.matchers import written
from targetwatch.model import (
    Incident,
    Label,
    Language,
    Matcher,
    Programme,
    Receiver,
    Route,
    SeverityRule,
    Span,
    TimeWindow,
    Transport,
)
from targetwatch.notifications.policy.foretelling import Foretold, Hearing, Look, Outcome, Places
from targetwatch.notifications.policy.matching import Labels
from targetwatch.wording import dates

EN = Language.EN
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NOBODY = "nobody"
CALLED = {Transport.SLACK: "Slack", Transport.EMAIL: "e-mail", Transport.WEBHOOK: "webhook"}


def tree(programme: Programme) -> Iterator[str]:
    """The whole policy: the tree, and below it what its nodes and the incidents' labels rest on."""
    routing = programme.routing
    if routing.root is None:
        yield "No tree is declared: nobody is told anything. docs/catalogue.md says how receivers.yaml is written."
        return
    yield f"everything → {_told(routing.root, None)}"
    yield from _nodes(routing.root, "")
    yield from _section("Receivers", (f"{one.name}: {_where(one)}{_manner(one)}" for one in programme.receivers))
    yield from _section("Time windows", (f"{name}: {window(one)}" for name, one in routing.windows.items()))
    yield from _section(
        "Severities, the first that holds", [_severity(one) for one in routing.severities] + ["else warning"]
    )
    yield from _section(
        "Inhibitions",
        (
            f"{one.name}: {asked(one.by)} mutes {asked(one.mutes)}"
            f"{' of the same ' + ' and '.join(one.equal) if one.equal else ''}{' below it' if one.below else ''}"
            for one in routing.inhibitions
        ),
    )
    yield from _section(
        "Escalations",
        (
            f"{name}: " + ", ".join(f"{step.receiver} after {days(step.after_working_days)}" for step in steps)
            for name, steps in routing.escalations.items()
        ),
    )
    yield from _section(
        "People",
        (
            f"{one.user}: {one.owner}{f' of {one.unit} and below' if one.unit is not None else ''}"
            for one in routing.holders
        ),
    )
    users = f"; anything may be done by {', '.join(routing.operator_users)}" if routing.operator_users else ""
    dead = f", and that nothing was evaluated for {clock(routing.dead_after)}"
    told = f"{routing.operators} hears what broke{dead}{users}" if routing.operators else "nobody hears what broke"
    yield from _section("Operators", [told])


def _section(heading: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield f"{heading}:"
        yield from (f"  {line}" for line in found)


def _nodes(route: Route, before: str) -> Iterator[str]:
    for place, child in enumerate(route.routes):
        is_last = place == len(route.routes) - 1
        goes_on = ", and goes on" if child.goes_on else ""
        yield f"{before}{'└─ ' if is_last else '├─ '}{asked(child.match)} → {_told(child, route)}{goes_on}"
        yield from _nodes(child, before + ("   " if is_last else "│  "))


def _told(route: Route, above: Route | None) -> str:
    """What a node says of how it tells: of what it has from the node above only who hears."""
    said = [route.receiver]
    if above is None or route.group_by != above.group_by:
        said.append(f"a message by {', '.join(route.group_by) or 'nothing: all in one'}")
    for name, span in (("group_wait", route.group_wait), ("group_interval", route.group_interval)):
        if span and (above is None or span != getattr(above, name)):
            said.append(f"{name} {spelt(span)}")
    if route.repeat_interval != (above.repeat_interval if above is not None else None):
        said.append(f"repeated after {spelt(route.repeat_interval)}" if route.repeat_interval else "never repeated")
    if route.active_in != (above.active_in if above is not None else ()):
        said.append(f"in {' or '.join(route.active_in)}" if route.active_in else "at any time")
    if route.escalation != (above.escalation if above is not None else None):
        said.append(f"escalated by {route.escalation}" if route.escalation else "not escalated")
    return ", ".join(said)


def asked(match: Iterable[Matcher]) -> str:
    """What a rule asks, as it is written on the command line."""
    return " ".join(written(one) for one in match) or "everything"


def spelt(span: Span) -> str:
    """A span as it is written in the catalogue."""
    return days(span.working_days) if span.working_days else clock(span.time)


def clock(time: timedelta) -> str:
    """A time as it is written in the catalogue: 30m, 4h, 3d."""
    minutes = int(time.total_seconds()) // 60
    for length, letter in ((24 * 60, "d"), (60, "h")):
        if minutes and minutes % length == 0:
            return f"{minutes // length}{letter}"
    return f"{minutes}m"


def days(count: int) -> str:
    """So many working days."""
    return f"{count} working day{'' if count == 1 else 's'}"


def window(one: TimeWindow) -> str:
    """When a window is open, in words."""
    on = ", ".join(DAYS[day] for day in one.weekdays) or "any day"
    working = "working days" if not one.weekdays else f"{on} that are working days"
    until = f"{one.to:%H:%M}" if one.to.second == 0 else "midnight"
    return f"{working if one.working_days else on}, {one.begins:%H:%M} to {until}"


def _severity(rule: SeverityRule) -> str:
    conditions = []
    if rule.short_by is not None:
        conditions.append(f"short by {rule.short_by / 10_000:g} %")
    if rule.periods is not None:
        conditions.append(f"{rule.periods} period{'' if rule.periods == 1 else 's'}")
    if rule.missed:
        conditions.append("past due")
    when = " or ".join(conditions) or "always"
    return f"{rule.severity}: {when}{f', of {asked(rule.match)}' if rule.match else ''}"


def _where(receiver: Receiver) -> str:
    said = f"#{receiver.channel}" if receiver.transport is Transport.SLACK else receiver.channel
    return f"{CALLED[receiver.transport]} {said}, {receiver.language}"


def _manner(receiver: Receiver) -> str:
    said = []
    if receiver.title is not None:
        said.append(f"called {receiver.title.en}")
    if receiver.worse_by:
        said.append(f"worse by {receiver.worse_by / 10_000:g} at least")
    if receiver.digests:
        said.append(f"digests {' and '.join(receiver.digests)}")
    if receiver.fallback is not None:
        said.append(f"else {receiver.fallback}")
    return "".join(f"; {one}" for one in said)


def foretold(found: Foretold, incident: Incident, time_zone: str, remark: str = "") -> Iterator[str]:
    """Who hears of one incident and why, receiver by receiver, and then the way through the tree."""
    opened = incident.opened_at or incident.began_at
    yield " ".join(f"{label}={_shown(label, values)}" for label, values in found.labels.items() if values)
    yield f"It opens at {dates.moment(opened, time_zone, EN)}."
    if remark:
        yield remark
    yield ""
    if not found.hear:
        yield "Nobody hears of it."
    for one in found.hear:
        yield f"{one.receiver.name} hears of it: {_where(one.receiver)}, message {one.group}"
        yield from (f"  {line}" for line in _course(one, opened, time_zone))
    yield ""
    yield "The way through the tree:"
    yield from (f"  {'  ' * (len(look.places) - 1)}{_look(look, found.labels)}" for look in found.looks)


def _shown(label: Label, values: tuple[str, ...]) -> str:
    """The values of a label; of the org_unit and those above it, the unit itself."""
    return ",".join(values[1:2] or values) if label is Label.UNIT else ",".join(values)


def _course(one: Hearing, opened: datetime, time_zone: str) -> Iterator[str]:
    def said(at: datetime) -> str:
        return dates.moment(at, time_zone, EN)

    waits = f" after group_wait {spelt(one.route.group_wait)}" if one.route.group_wait else ""
    hours = " or ".join(one.route.active_in)
    if one.told_at is None:
        yield f"never told: {hours} is not open within two months"
    elif one.told_at == opened:
        yield f"told at once{f', within {hours}' if hours else ''}"
    elif one.told_at == one.waited_until:
        yield f"told at {said(one.told_at)},{waits}{f', within {hours}' if hours else ''}"
    else:
        outside = f"{said(one.waited_until)}{waits}"
        yield f"told at {said(one.told_at)}, because {outside} is outside {hours}"
    for step in one.steps:
        name = f"{step.receiver.name}{f' ({step.receiver.title.en})' if step.receiver.title is not None else ''}"
        done = "has been taken" if step.is_taken else f"at {said(step.at)}"
        yield f"not acknowledged after {days(step.after_working_days)}: {name}, {_where(step.receiver)}, {done}"
    if one.repeats_at is not None and one.route.repeat_interval is not None:
        yield f"told again after {spelt(one.route.repeat_interval)} without news: at {said(one.repeats_at)}"
    if one.route.group_interval:
        yield f"what follows is told {spelt(one.route.group_interval)} apart at least"
    if one.receiver.worse_by:
        more = f"{one.receiver.worse_by / 10_000:g}"
        yield f"told as worse when {more} more is missing (points of a share, % of a count); less is an edit"


def _look(look: Look, labels: Labels) -> str:
    asks = asked(look.route.match) if len(look.places) > 1 else "everything"
    node = f"{address(look.places)} {asks} → {look.route.receiver}"
    match look.outcome:
        case Outcome.TELLS:
            return f"{node}: {'told to nobody' if look.route.receiver == NOBODY else 'told by this node'}"
        case Outcome.PASSES:
            return f"{node}: goes further down"
        case Outcome.TAKEN:
            return f"{node}: not come to, {address(look.taken_by)} took it"
    return f"{node}: not matched, {' and '.join(unmet(look, labels))}"


def unmet(look: Look, labels: Labels) -> Iterator[str]:
    """Why an incident with these labels does not match a node."""
    for matcher in look.unmet:
        held = labels.get(matcher.label, ())
        yield f"{matcher.label} is {', '.join(held) if held else 'nothing'}"


def address(places: Places) -> str:
    """A node by its place: 0 is the root, 2.1 the first node below its second."""
    return ".".join(str(place + 1) for place in places[1:]) or "0"


def as_data(found: Foretold, incident: Incident, remark: str = "") -> dict[str, Any]:
    """All of it as plain values."""
    return {
        "labels": {label.value: list(values) for label, values in found.labels.items()},
        "opens_at": incident.opened_at,
        "remark": remark or None,
        "hear": [
            {
                "receiver": one.receiver.name,
                "transport": one.receiver.transport.value,
                "channel": one.receiver.channel,
                "language": one.receiver.language.value,
                "group": one.group,
                "node": address(one.places),
                "waited_until": one.waited_until,
                "told_at": one.told_at,
                "escalation": [
                    {
                        "receiver": step.receiver.name,
                        "after_working_days": step.after_working_days,
                        "at": step.at,
                        "taken": step.is_taken,
                    }
                    for step in one.steps
                ],
                "repeats_at": one.repeats_at,
            }
            for one in found.hear
        ],
        "nodes": [
            {
                "node": address(look.places),
                "match": [written(one) for one in look.route.match],
                "receiver": look.route.receiver,
                "outcome": look.outcome.value,
                "because": list(unmet(look, found.labels)) or ([address(look.taken_by)] if look.taken_by else []),
            }
            for look in found.looks
        ],
    }
