"""The operators: who hears of what broke. They are remembered, since the catalogue itself may be what broke."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from targetwatch.model import Language, Programme, Receiver, Text, Transport
from targetwatch.operations.store import FOLDER, write_whole

DEAD_AFTER = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Operators:
    """The receivers of what broke, in the order in which they are tried, and what a message to them needs to know."""

    programme: Text
    time_zone: str
    receivers: tuple[Receiver, ...] = ()  # the operators' own, then its fallback
    dead_after: timedelta = field(default=DEAD_AFTER)  # without an evaluation


def operators_of(programme: Programme) -> Operators:
    """The operators that a catalogue names; without receivers where it names none."""
    by_name = {receiver.name: receiver for receiver in programme.receivers}
    found: list[Receiver] = []
    name = programme.routing.operators
    while name is not None and name in by_name and by_name[name] not in found:
        found.append(by_name[name])
        name = by_name[name].fallback
    return Operators(programme.name, programme.time_zone, tuple(found), programme.routing.dead_after)


def remember(home: Path, operators: Operators) -> None:
    """Keep them for when the catalogue cannot be read, and note that they are as it says now."""
    text = json.dumps(_written(operators), ensure_ascii=False, indent=1) + "\n"
    path = _path(home)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        os.utime(path)
    else:
        write_whole(path, text)


def remembered(home: Path) -> Operators | None:
    """Those of the last catalogue that could be read; None where there was none yet."""
    try:
        return _read(json.loads(_path(home).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_fresh(home: Path, catalogue: Path) -> bool:
    """Whether they were remembered after the files that name them were last changed."""
    try:
        changed = max((catalogue / name).stat().st_mtime for name in ("receivers.yaml", "programme.yaml"))
        return _path(home).stat().st_mtime > changed
    except OSError:
        return False


def _path(home: Path) -> Path:
    return home / FOLDER / "operators.json"


def _written(operators: Operators) -> dict[str, object]:
    return {
        "programme": {"vi": operators.programme.vi, "en": operators.programme.en},
        "time_zone": operators.time_zone,
        "dead_after_seconds": operators.dead_after.total_seconds(),
        "receivers": [
            {
                "name": one.name,
                "transport": one.transport.value,
                "channel": one.channel,
                "addresses": list(one.addresses),
                "connection": one.connection,  # its id; what it holds is Airflow's to keep
                "language": one.language.value,
                "mention": one.mention,
            }
            for one in operators.receivers
        ],
    }


def _read(held: Mapping[str, Any]) -> Operators:
    receivers = tuple(
        Receiver(
            name=one["name"],
            channel=one["channel"],
            language=Language(one["language"]),
            mention=one["mention"],
            transport=Transport(one["transport"]),
            addresses=tuple(one["addresses"]),
            connection=one["connection"],
        )
        for one in held["receivers"]
    )
    dead_after = timedelta(seconds=held["dead_after_seconds"])
    return Operators(Text(**held["programme"]), held["time_zone"], receivers, dead_after)
