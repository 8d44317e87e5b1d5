"""What was taken out of an object store: the name and the state of every object, in a file of the source's spool.

It is a memory and no ledger: without it all objects are taken again, and are found to be known by what they hold. It is
written when what was taken lies safe in the spool, so that a crash at any moment loses nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path

NAME = ".taken.json"


def read_taken(folder: Path) -> dict[str, str]:
    """The state in which each object was taken last, by its name; nothing where the file is not there, or is broken."""
    try:
        found = json.loads((folder / NAME).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return {name: state for name, state in found.items() if isinstance(state, str)} if isinstance(found, dict) else {}


def write_taken(folder: Path, taken: Mapping[str, str], present: Collection[str]) -> None:
    """Keep what was `taken` of the objects that are still `present`, whole or not at all."""
    kept = {name: taken[name] for name in sorted(taken.keys() & set(present))}
    unfinished = folder / f"{NAME}.part"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(kept, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, folder / NAME)
