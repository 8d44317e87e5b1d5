"""Queries with their values in place: what was asked of the snapshots is what a reader can ask again, as printed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

_NAME = re.compile(r"\$(\w+)")
_IN_DOUBLE_QUOTES = re.compile(r'([\\"$`])')


@dataclass(frozen=True, slots=True)
class Query:
    """A query that can be asked as it stands. `name` is that of its file."""

    name: str
    sql: str

    @classmethod
    def of(cls, name: str, text: str, values: Mapping[str, object]) -> Query:
        """The query in a file's text, on one line, with its values in place of its `$names`.

        Raises KeyError for a name without a value.
        """
        return cls(name, _NAME.sub(lambda found: literal(values[found[1]]), bare(text)))

    @property
    def command(self) -> str:
        """The command that asks it, as a shell reads it."""
        return f'targetwatch sql "{_IN_DOUBLE_QUOTES.sub(_BACKSLASHED, self.sql)}"'


_BACKSLASHED = r"\\\1"


def bare(text: str) -> str:
    """The statement of a SQL file on one line, without its comments and its semicolon."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("--")]
    return " ".join(" ".join(lines).split()).removesuffix(";").rstrip()


def wanted(text: str, values: Mapping[str, object]) -> dict[str, object]:
    """Those of the values that the statement of a SQL file names: DuckDB refuses any other."""
    return {name: values[name] for name in _NAME.findall(bare(text))}


def literal(value: object) -> str:
    """A value as SQL writes it. Raises TypeError for one that no query here asks with."""
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case datetime():
            return f"'{value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=' ')}+00'"
        case date():
            return f"'{value.isoformat()}'"
        case list() | tuple():
            return f"[{', '.join(map(literal, value))}]"
        case str():
            return "'" + value.replace("'", "''") + "'"
    raise TypeError(f"No query is asked with {value!r}.")
