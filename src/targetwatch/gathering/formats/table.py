"""What every format is read into, and how a file's header is matched with the columns that a source names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Self

from targetwatch.gathering import reasons
from targetwatch.model import Column, Source, Text

if TYPE_CHECKING:
    import polars as pl


class UnreadableError(Exception):
    """A file that cannot be read as rows and columns, and why."""

    def __init__(self, because: Text) -> None:
        super().__init__(because.en)
        self.because = because


@dataclass(frozen=True, slots=True)
class Header:
    """A file's header, matched: which of its columns, by place, the source names."""

    delivered: tuple[str, ...]
    named: tuple[tuple[int, Column], ...]

    @property
    def unnamed(self) -> tuple[str, ...]:
        """The delivered columns that the source does not name."""
        kept = {place for place, _ in self.named}
        return tuple(name for place, name in enumerate(self.delivered) if place not in kept and name)


class Block(NamedTuple):
    """A part of a file: its rows as `Landed.frame` has them, and those that could not be split into columns."""

    frame: pl.DataFrame
    rejected: pl.DataFrame


class Table:
    """What a file holds of what its source names, block by block.

    `blocks` are gone through once and in order: at least one, even if it is empty, all with the same columns. Reading
    on may raise UnreadableError.
    """

    def __init__(self, header: Header, blocks: Iterable[Block], parts: Sequence[str] = ()) -> None:
        self.header = header
        self.blocks = blocks
        self.parts = tuple(parts)  # what its sheets or files are called: see gathering/parts.py

    @classmethod
    def whole(cls, header: Header, frame: pl.DataFrame, rejected: pl.DataFrame) -> Self:
        """A table that is held in memory, as one block."""
        return cls(header, [Block(frame, rejected)])

    @property
    def frame(self) -> pl.DataFrame:
        """All rows at once: for tables that are known to be small."""
        return self._at_once().frame

    @property
    def rejected(self) -> pl.DataFrame:
        """All rejected rows at once."""
        return self._at_once().rejected

    def _at_once(self) -> Block:
        import polars as pl

        blocks = list(self.blocks)
        whole = Block(pl.concat([block.frame for block in blocks]), pl.concat([block.rejected for block in blocks]))
        self.blocks = [whole]
        return whole


def match_header(delivered: Sequence[str], source: Source) -> Header:
    """Match the names in a header with the source's columns, whatever their case and surrounding space.

    Raises UnreadableError where a column that the source names stands twice.
    """
    wanted = {_folded(column.delivered_as): column for column in source.columns}
    named: dict[str, tuple[int, Column]] = {}
    for place, name in enumerate(delivered):
        column = wanted.get(_folded(name))
        if column is None:
            continue
        if column.name in named:
            raise UnreadableError(reasons.column_twice(column.delivered_as))
        named[column.name] = (place, column)
    return Header(tuple(name.strip() for name in delivered), tuple(named.values()))


def count_matches(delivered: Sequence[str], source: Source) -> int:
    """How many of the names in what may be a header the source knows."""
    return len({_folded(name) for name in delivered} & {_folded(column.delivered_as) for column in source.columns})


def rejected_rows(rows: Iterable[tuple[int, Text, str | None, str | None]]) -> pl.DataFrame:
    """A frame of bad rows: position, reason, column_name, delivered_value."""
    import polars as pl

    schema = {"position": pl.Int64, "reason": pl.String, "column_name": pl.String, "delivered_value": pl.String}
    written = [(position, str(reason), column, value) for position, reason, column, value in rows]
    return pl.DataFrame(written, schema=schema, orient="row")


def fold(name: str) -> str:
    """A column's name as it is compared: whatever its case, its spaces and its Unicode form."""
    return _folded(name)


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()
