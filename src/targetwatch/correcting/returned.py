"""The spreadsheet when it comes back: which rows it has, and what stands in them now.

It is read like any delivery, with the same care for what a hostile file may hold. Rows are known by their keys alone:
sorted, filtered or with rows deleted, it says the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from targetwatch.correcting import words
from targetwatch.gathering.formats import UnreadableError, read_table
from targetwatch.model import Column, ColumnType, Language, Source, Text

if TYPE_CHECKING:
    import polars as pl

KEY = "row key "  # beside the language: no column of a source is called so


class NoCorrectionSheetError(Exception):
    """The file is no spreadsheet of rows in quarantine, and what to do."""


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """A row of the returned sheet: its number there, and its cells by the names of the source's columns."""

    number: int
    key: str
    cells: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Returned:
    """The rows that have a key, and those that are left out, each with the reason. `headed`: columns that are there."""

    rows: tuple[ReturnedRow, ...]
    left_out: tuple[tuple[int, Text], ...]
    headed: frozenset[str]


def read_keys(path: Path, any_source: Source) -> list[str]:
    """The keys of the rows in the sheet at `path`. Raises NoCorrectionSheetError where it is none."""
    frame = _read(path, replace(any_source, columns=_key_columns()))
    return [key for key in _keys(frame) if key]


def read_rows(path: Path, source: Source) -> Returned:
    """The rows of the sheet at `path`, which holds rows of `source`."""
    columns = tuple(
        replace(column, type=ColumnType.TEXT, required=False, keyed_hash=False, values={}) for column in source.columns
    )
    frame = _read(path, replace(source, columns=(*columns, *_key_columns())))
    names = [column.name for column in columns if column.name in frame.columns]
    keys = _keys(frame)
    count = Counter(keys)
    rows: list[ReturnedRow] = []
    left_out: list[tuple[int, Text]] = []
    for key, row in zip(keys, frame.iter_rows(named=True), strict=True):
        if key is None:
            if any(row[name] for name in names):
                left_out.append((row["position"], words.NO_KEY))
        elif count[key] > 1:
            left_out.append((row["position"], words.KEY_TWICE))
        else:
            rows.append(ReturnedRow(row["position"], key, {name: row[name] for name in names}))
    return Returned(tuple(rows), tuple(left_out), frozenset(names))


def _key_columns() -> tuple[Column, ...]:
    return tuple(
        Column(f"{KEY}{language}", words.KEY.in_(language), ColumnType.TEXT, required=False) for language in Language
    )


def _read(path: Path, source: Source) -> pl.DataFrame:
    import polars as pl

    try:
        table = read_table(path, source, ("xlsx",))
    except UnreadableError as fault:
        raise NoCorrectionSheetError(
            f"{path.name} cannot be read as a sheet of rows in quarantine: {fault.because.en}. "
            "`targetwatch quarantine export` makes one; any other file belongs into the inbox of its source."
        ) from None
    rejected, frame = table.rejected, table.frame
    if not any(name.startswith(KEY) for name in frame.columns):
        raise NoCorrectionSheetError(
            f"{path.name} is no sheet of rows in quarantine: it has no column “{words.KEY.en}” or “{words.KEY.vi}”. "
            "`targetwatch quarantine export` makes one; any other file belongs into the inbox of its source."
        )
    if not rejected.is_empty():
        position, reason, column = rejected.select("position", "reason", "column_name").row(0)
        raise NoCorrectionSheetError(
            f"{path.name}, row {position}, column {column}: {Text.parse(reason).en}. "
            "Write the value itself into the cell, and submit the sheet again."
        )
    return frame.with_columns(pl.col(pl.String).str.strip_chars().replace("", None))


def _keys(frame: pl.DataFrame) -> list[str | None]:
    import polars as pl

    present = [name for name in frame.columns if name.startswith(KEY)]
    return frame.select(pl.coalesce(present)).to_series().to_list()
