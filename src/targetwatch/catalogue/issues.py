"""What is wrong with a catalogue: where, what, and what to write instead."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

FEW = 8  # names that a hint still lists one by one


class Severity(StrEnum):
    """Whether an issue keeps the catalogue from being used."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Issue:
    """One thing wrong in a file. Lines and columns count from 1; `path` is relative to the catalogue's folder."""

    path: str
    line: int
    column: int
    message: str  # no full stop
    hint: str = ""  # whole sentences
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        kind = "warning: " if self.severity is Severity.WARNING else ""
        return f"{self.path}:{self.line}:{self.column}: {kind}{self.message}. {self.hint}".rstrip()


class CatalogueError(Exception):
    """The catalogue cannot be used. `issues` holds everything that was found wrong with it, in order of place."""

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues: tuple[Issue, ...] = tuple(issues)
        super().__init__("\n".join(str(issue) for issue in self.issues))


def nearest(name: str, names: Collection[str]) -> str | None:
    """The one of `names` that `name` was most probably meant to be, None where nothing is near."""
    matches = get_close_matches(name, names, n=1) or get_close_matches(name.lower(), names, n=1)
    return matches[0] if matches else None


def instead(name: str, names: Collection[str]) -> str:
    """A sentence that says which of `names` to write in the place of `name`."""
    if (match := nearest(name, names)) is not None:
        return f"Write '{match}'."
    if not names:
        return "None is declared yet."
    if len(names) <= FEW:
        return f"Write one of: {', '.join(sorted(names))}."
    return f"None of the {len(names)} that are declared is like it."
