"""What is wrong with a catalogue: where, what, and what to write instead."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from enum import StrEnum
from itertools import groupby

FEW = 8  # names that a hint still lists one by one
MANY = 5_000  # names among which none is looked for
MOST = 200  # issues of one file that are said one by one
LONGEST = 600  # characters of a message, which may quote a value of any length
CUT = " [...] "


class Severity(StrEnum):
    """Whether an issue keeps the catalogue from being used."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Issue:
    """One thing wrong in a file. Lines and columns count from 1; `path` is relative to the catalogue's folder.

    What is said may quote the file: it is kept short and of one line, without characters that a terminal would obey.
    """

    path: str
    line: int
    column: int
    message: str  # no full stop
    hint: str = ""  # whole sentences
    severity: Severity = Severity.ERROR
    of_the_file: bool = field(default=False, compare=False)  # as a whole, so that no line of it shows anything
    stands_for: int = field(default=1, compare=False)  # issues that are not said one by one

    def __post_init__(self) -> None:
        for name in ("message", "hint"):
            object.__setattr__(self, name, _cut(legible(getattr(self, name))))

    def __str__(self) -> str:
        return self.shown_as(self.path)

    def shown_as(self, path: str) -> str:
        """The issue in one line, its file named `path`."""
        kind = "warning: " if self.severity is Severity.WARNING else ""
        return f"{legible(path)}:{self.line}:{self.column}: {kind}{self.message}. {self.hint}".rstrip()


class CatalogueError(Exception):
    """The catalogue cannot be used. `issues` holds everything that was found wrong with it, in order of place."""

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues: tuple[Issue, ...] = tuple(issues)
        super().__init__("\n".join(str(issue) for issue in self.issues))


def bounded(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Each issue once, in order of place: all of a file, or the first ones and how many there are more."""
    kept: list[Issue] = []
    for _, grouped in groupby(sorted(set(issues)), key=lambda issue: issue.path):
        of_one_file = list(grouped)
        kept += of_one_file[:MOST]
        if rest := of_one_file[MOST:]:
            worst = min(rest, key=lambda issue: issue.severity is Severity.WARNING)
            count = sum(issue.stands_for for issue in rest)
            kept.append(and_more(count, replace(worst, line=rest[0].line, column=rest[0].column)))
    return tuple(kept)


def and_more(count: int, like: Issue) -> Issue:
    """What is said in the place of `count` issues, of which `like` is one."""
    things = "1 more thing is" if count == 1 else f"{count:,} more things are"
    said = f"{things} wrong in this file"
    return replace(like, message=said, hint="Mend what is said of it first.", stands_for=count)


def legible(text: str) -> str:
    """`text` with its code in the place of every character that cannot be seen, or that a terminal would obey."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in text)


def _cut(text: str) -> str:
    """`text`, or its beginning and its end where it is too long for a message."""
    if len(text) <= LONGEST:
        return text
    end = LONGEST // 3
    return text[: LONGEST - end - len(CUT)] + CUT + text[-end:]


def nearest(name: str, names: Collection[str]) -> str | None:
    """The one of `names` that `name` was most probably meant to be, None where nothing is near."""
    if len(name) > LONGEST or len(names) > MANY:
        return None
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
