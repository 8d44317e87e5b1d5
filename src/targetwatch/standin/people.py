"""The people of the workspace: those whom the catalogue names, and one whom it does not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

USER_ID = re.compile(r"[UW][A-Z0-9]{2,}")
VISITOR = "U0VISITOR0"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who reads the messages. `roles` are the ids of the owners that the catalogue says they are."""

    id: str
    name: str
    roles: tuple[str, ...] = ()
    locale: str = "vi-VN"

    @property
    def handle(self) -> str:
        """What Slack calls the user name: lower case, without spaces."""
        return self.id.lower()


NOBODY = Person(VISITOR, "Visitor without a role / Khách, không có vai trò")


def people_of(catalogue: Path | None) -> dict[str, Person]:
    """The people of the catalogue in this folder, by id, and last the visitor, who has no role.

    What is wrong with a catalogue is for the watch to say: then there is the visitor alone.
    """
    known: dict[str, Person] = {}
    if catalogue is None:
        return {VISITOR: NOBODY}
    receivers = _read(catalogue / "receivers.yaml")
    names = _names(catalogue)
    for user, said in _mapping(receivers.get("people")).items():
        roles = _mapping(said)
        if USER_ID.fullmatch(str(user)):
            called = "; ".join(f"{names.get(str(role), role)}{_of(units)}" for role, units in roles.items())
            known[str(user)] = Person(str(user), called or str(user), tuple(map(str, roles)))
    users = _mapping(receivers.get("operators")).get("users")
    for user in users if isinstance(users, list) else ():
        if USER_ID.fullmatch(str(user)) and str(user) not in known:
            known[str(user)] = Person(str(user), "Data engineer / Kỹ sư dữ liệu", ())
    known[VISITOR] = NOBODY
    return known


def _of(units: object) -> str:
    """The org_units that a role is held for, by their codes; nothing where it is for all."""
    return "" if units == "all" else f" ({', '.join(map(str, units)) if isinstance(units, list) else units})"


def _names(catalogue: Path) -> dict[str, str]:
    """The offices' names by id, in both languages."""
    return {
        str(owner): " / ".join(dict.fromkeys(str(name) for name in _mapping(said).values() if name))
        for owner, said in _read(catalogue / "owners.yaml").items()
    }


def _read(file: Path) -> Mapping[str, object]:
    try:
        return _mapping(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, yaml.YAMLError):
        return {}


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
