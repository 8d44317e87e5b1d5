"""Permission: who may acknowledge and silence what, by the roles that the catalogue says Slack users hold. Pure.

Whoever holds the role that answers for an incident may act on it: for the role's org_unit and those below, or for all.
Whom it was escalated to may, too, and so may the operators, on anything. Nobody else may.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from targetwatch.model import Holder, Incident, Label, Programme, Role, Routing, Text
from targetwatch.notifications.policy.matching import Labels
from targetwatch.notifications.policy.routing import routed

OPERATORS = Text("Bộ phận vận hành số liệu", "Data operators")
MOST_NAMED = 3


class Ground(StrEnum):
    """Why somebody may act."""

    OWNER = "owner"  # they hold the role that answers
    ESCALATED = "escalated"  # it was escalated to them
    OPERATOR = "operator"


class Hindrance(StrEnum):
    """Why somebody may not act."""

    NO_ROLE = "no_role"  # the catalogue knows no role of theirs
    ANOTHER_OFFICE = "another_office"  # another role answers
    ANOTHER_UNIT = "another_unit"  # theirs answers, for other org_units


@dataclass(frozen=True, slots=True)
class Matter:
    """What somebody wants to act on.

    `lineage` are its org_unit and all those above, each as code and code@first-day; empty: it is of no unit.
    """

    owner: str
    lineage: tuple[str, ...] = ()
    escalated_to: tuple[str, ...] = ()  # roles


@dataclass(frozen=True, slots=True)
class Allowed:
    """Somebody may act, and as whom: an operator without a role has no holder."""

    ground: Ground
    holder: Holder | None = None


@dataclass(frozen=True, slots=True)
class Denied:
    """Somebody may not act."""

    hindrance: Hindrance
    matter: Matter


def permission(routing: Routing, user: str, matter: Matter) -> Allowed | Denied:
    """Whether the Slack user of this id may act on the matter, and as whom."""
    roles = roles_of(routing, user)
    for ground, owners in ((Ground.OWNER, (matter.owner,)), (Ground.ESCALATED, matter.escalated_to)):
        of_office = [holder for holder in roles if holder.owner in owners and holder.owner]
        covering = [holder for holder in of_office if holder.unit is None or holder.unit in matter.lineage]
        if covering:
            # Of several the narrowest: a district's chair acts as that, though they may be more.
            return Allowed(ground, max(covering, key=lambda holder: _depth(holder, matter)))
    if user and user in routing.operator_users:
        return Allowed(Ground.OPERATOR, roles[0] if roles else None)
    if not roles:
        return Denied(Hindrance.NO_ROLE, matter)
    answers = any(holder.owner == matter.owner for holder in roles)
    return Denied(Hindrance.ANOTHER_UNIT if answers else Hindrance.ANOTHER_OFFICE, matter)


def roles_of(routing: Routing, user: str) -> tuple[Holder, ...]:
    """The roles that a Slack user holds."""
    return tuple(holder for holder in routing.holders if holder.user == user and user)


def matter_of(labels: Labels, escalated_to: Iterable[str] = ()) -> Matter:
    """Who answers for what has these labels, and for which org_unit."""
    owners = labels.get(Label.OWNER, ())
    return Matter(owners[0] if owners else "", labels.get(Label.UNIT, ()), tuple(escalated_to))


def escalated_to(programme: Programme, labels: Labels, incident: Incident) -> tuple[str, ...]:
    """The roles that the incident's escalation has come to: those by whose names its receivers are called."""
    routing = programme.routing
    names = {
        receiver.title
        for one in routed(routing, labels)
        for step in routing.escalations.get(one.route.escalation or "", ())[: incident.escalated]
        for receiver in programme.receivers
        if receiver.name == step.receiver and receiver.title is not None
    }
    return tuple(owner.id for owner in programme.owners.values() if owner.name in names)


def is_of_a_unit(incident: Incident) -> bool:
    """Whether it is one unit's, and not that of a source, a claim or of units pooled as one."""
    judged = incident.facts.get("judged")
    is_pooled = isinstance(judged, Mapping) and judged.get("role") == Role.POOLED.value
    return bool(incident.key.org_unit) and not is_pooled


def office(programme: Programme, allowed: Allowed) -> Text:
    """As whom somebody acts: the office by the name of its role, and its org_unit; never a person."""
    if allowed.holder is None:
        return OPERATORS
    return named(programme, allowed.holder)


def named(programme: Programme, holder: Holder) -> Text:
    """A role by its name, and its org_unit where it is of one."""
    role = owner_name(programme, holder.owner)
    unit = unit_name(programme, holder.unit)
    return Text(f"{role.vi}, {unit}", f"{role.en}, {unit}") if unit else role


def owner_name(programme: Programme, owner: str) -> Text:
    """The name of a role."""
    known = programme.owners.get(owner)
    return known.name if known is not None else Text(owner, owner)


def refusal(programme: Programme, user: str, denied: Denied) -> Text:
    """Why somebody may not act, and which office may."""
    matter = denied.matter
    may = owner_name(programme, matter.owner) if matter.owner else OPERATORS
    unit = unit_name(programme, matter.lineage[1] if len(matter.lineage) > 1 else None)
    of = Text(f"{may.vi} ({unit})", f"{may.en} ({unit})") if unit else may
    if denied.hindrance is Hindrance.NO_ROLE:
        return Text(
            f"Việc này thuộc về: {of.vi}. Tài khoản Slack của bạn chưa được gắn với vai trò nào; "
            "vai trò được ghi trong catalogue/receivers.yaml, mục people.",
            f"This is for: {of.en}. Your Slack account holds no role; roles are written in catalogue/receivers.yaml, "
            "under people.",
        )
    yours = [named(programme, holder) for holder in roles_of(programme.routing, user)]
    vi, en = ("; ".join(one.vi for one in yours[:MOST_NAMED]), "; ".join(one.en for one in yours[:MOST_NAMED]))
    return Text(f"Việc này thuộc về: {of.vi}. Vai trò của bạn: {vi}.", f"This is for: {of.en}. You are: {en}.")


def _depth(holder: Holder, matter: Matter) -> int:
    """How narrow a holder's org_unit is: the matter's own unit is narrower than the ones above it."""
    return -matter.lineage.index(holder.unit) if holder.unit in matter.lineage else -len(matter.lineage) - 1


def unit_name(programme: Programme, unit: str | None) -> str:
    """The name of a unit given as code or code@first-day; empty for all of them, and for the root."""
    if unit is None or unit in (programme.root_unit, ""):
        return ""
    found = [one for one in programme.org_units if unit in (one.key.code, str(one.key))]
    if not found or found[-1].key.code == programme.root_unit:
        return ""
    return max(found, key=lambda one: one.key.valid_from).name
