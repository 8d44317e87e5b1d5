"""The shape of receivers.yaml: who is written to, and who of them hears of what, when, and who after them.

A receiver says where to and how, a route what and when. The words are Prometheus Alertmanager's wherever it has one.
"""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from targetwatch.catalogue.acknowledged_spec import Tolerance
from targetwatch.catalogue.fields import (
    Channel,
    Code,
    Identifier,
    Mention,
    ReceiverName,
    TimeOfDay,
    Truth,
    Whole,
    as_text,
    known,
    known_name,
    one_of,
    shape,
    wrong,
)
from targetwatch.catalogue.match_spec import MatchSpec, OneLabel, OneOrMore, each_once
from targetwatch.catalogue.secrecy import openly
from targetwatch.catalogue.spans import Duration, OneSpan, PerCent, WorkingDays
from targetwatch.catalogue.spec import KnownOwner, Spec, Weekday
from targetwatch.catalogue.unit_codes import known_unit
from targetwatch.model import Language, Rhythm, Severity

ADDRESS = r"[^@\s,<>:/]{1,64}@[A-Za-z0-9.-]{1,200}\.[A-Za-z]{2,24}"
CONNECTION = r"[A-Za-z][A-Za-z0-9_.-]{0,62}"
SLACK_USER = r"[UW][A-Z0-9]{8,20}"
EVERYWHERE = "all"
NEVER = "never"
NOBODY = "nobody"  # in the place of a receiver: what comes to such a node is told to none
NO_ESCALATION = "none"
HOURS_UNTIL_DEAD = timedelta(hours=3)


def _address(value: Any) -> str:
    said = as_text(openly(value), "an e-mail address")
    if re.fullmatch(ADDRESS, said) is None:
        raise wrong(f"'{said}' is no e-mail address", "Write it as in heads@example.org, without a name before it.")
    return said


def _connection(value: Any) -> str:
    said = as_text(openly(value), "the id of an Airflow Connection")
    if re.fullmatch(CONNECTION, said) is None:
        raise wrong(f"'{said}' is not the id of an Airflow Connection", "Begin it with a letter; no blanks, no /.")
    return said


def _slack_user(value: Any) -> str:
    said = as_text(value, "the id of a Slack user")
    if re.fullmatch(SLACK_USER, said) is None:
        raise wrong(f"'{said}' is not the id of a Slack user", "Write it as in U0123456789: Slack's 'Copy member ID'.")
    return said


def _unit_or_all(code: str, info: ValidationInfo) -> str:
    return code if code == EVERYWHERE else known_unit(code, info)


def _never(value: Any) -> Any:
    return None if value == NEVER else value


def _none(value: Any) -> Any:
    return None if value == NO_ESCALATION else value


def known_receiver(name: str, info: ValidationInfo) -> str:
    """A validator for the name of a receiver."""
    return known_name("receiver", name, info)


def _receiver_or_nobody(name: str, info: ValidationInfo) -> str:
    return name if name == NOBODY else known_receiver(name, info)


SlackChannel = Annotated[Channel, BeforeValidator(openly)]
Address = Annotated[str, BeforeValidator(_address), shape(ADDRESS)]
Connection = Annotated[str, BeforeValidator(_connection), shape(CONNECTION)]
SlackUser = Annotated[str, BeforeValidator(_slack_user), shape(SLACK_USER)]
UnitOrAll = Annotated[Code, AfterValidator(_unit_or_all)]
KnownReceiver = Annotated[ReceiverName, AfterValidator(known_receiver)]
ReceiverOrNobody = Annotated[ReceiverName, AfterValidator(_receiver_or_nobody)]
KnownEscalation = Annotated[Identifier, known("escalation")]
KnownWindow = Annotated[Identifier, known("time window")]
Labels = Annotated[tuple[OneLabel, ...], AfterValidator(each_once)]


class ReceiverSpec(Spec):
    """Where messages go, on which way, and how they read. On exactly one of three ways."""

    channel: SlackChannel | None = None
    email: Annotated[tuple[Address, ...], Field(min_length=1)] | None = None
    webhook: Connection | None = None
    connection: Connection | None = None
    language: Annotated[Language, one_of(Language, "a language")]
    mention: Mention | None = None
    title: KnownOwner | None = None
    worse_by: Tolerance | None = None
    charts: Truth = True
    digests: tuple[Annotated[Rhythm, one_of(Rhythm, "a rhythm")], ...] = ()
    fallback: KnownReceiver | None = None


class RouteSpec(Spec):
    """A node of the routing tree. What it does not say it has from the node above it, but for `match`, `continue`."""

    receiver: ReceiverOrNobody | None = None
    match: MatchSpec | None = None
    goes_on: Truth = Field(False, alias="continue")
    group_by: Labels = ()
    group_wait: OneSpan | None = None
    group_interval: OneSpan | None = None
    repeat_interval: Annotated[OneSpan | None, BeforeValidator(_never)] = None
    active_in: tuple[KnownWindow, ...] = ()
    escalation: Annotated[KnownEscalation | None, BeforeValidator(_none)] = None
    routes: Annotated[tuple[RouteSpec, ...], Field(min_length=1)] | None = None


class RootSpec(RouteSpec):
    """The node that everything enters by: it has a receiver, and asks nothing."""

    receiver: ReceiverOrNobody


class WindowSpec(Spec):
    """Hours of certain days, in the programme's time zone."""

    working_days: Truth = True
    weekdays: tuple[Annotated[Weekday, one_of(Weekday, "a day of the week")], ...] = ()
    begins: TimeOfDay = Field(time(0, 0), alias="from")
    to: TimeOfDay | None = None


class InhibitionSpec(Spec):
    """While an open incident matches `by`, those that match `mutes` are not told."""

    by: MatchSpec
    mutes: MatchSpec
    equal: Labels = ()
    below: Truth = False


class SeverityRuleSpec(Spec):
    """When an incident has a severity. One of the conditions suffices; without any it has it always."""

    severity: Annotated[Severity, one_of(Severity, "a severity")]
    match: MatchSpec | None = None
    short_by: PerCent | None = None
    periods: Whole | None = None
    missed: Truth = False


class EscalationStepSpec(Spec):
    """Who hears of what nobody has acknowledged after so many working days."""

    after: WorkingDays
    receiver: KnownReceiver


class OperatorsSpec(Spec):
    """Who hears that the pipeline broke or stands still, and who may acknowledge and silence anything."""

    receiver: KnownReceiver
    users: tuple[SlackUser, ...] = ()
    dead_after: Duration = HOURS_UNTIL_DEAD


class RoutingSpec(Spec):
    """receivers.yaml."""

    receivers: Annotated[dict[ReceiverName, ReceiverSpec], Field(min_length=1)]
    route: RootSpec
    time_windows: dict[Identifier, WindowSpec] = Field(default_factory=dict)
    inhibitions: dict[Identifier, InhibitionSpec] = Field(default_factory=dict)
    severities: tuple[SeverityRuleSpec, ...] = ()
    escalations: dict[Identifier, Annotated[tuple[EscalationStepSpec, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    people: dict[SlackUser, Annotated[dict[KnownOwner, OneOrMore[UnitOrAll]], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    operators: OperatorsSpec | None = None
