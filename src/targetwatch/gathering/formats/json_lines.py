"""JSON lines: one record a line, as UTF-8 text. A field within a field is named with a point: `system.code`.

Fields are read as those of a service that answers in JSON are. A line that is no record is rejected by its number and
stops no other one; nothing that stands in it is shown, since it may be anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import IO, Any

import polars as pl

from targetwatch.gathering import reasons
from targetwatch.gathering.connectors.json_answer import AnswerError, parse, row_of
from targetwatch.gathering.formats import refusals
from targetwatch.gathering.formats.table import Block, Table, UnreadableError, fold, match_header, rejected_rows
from targetwatch.gathering.spool import NAMES_KEPT, as_text
from targetwatch.model import Source, Text

LONGEST_LINE = 4 * 1024 * 1024  # bytes
ROWS_AT_ONCE = 50_000
BYTES_AT_ONCE = 16 * 1024 * 1024  # of lines: Python takes several times that for what is in them
LOOKED_AT = 10_000  # lines that say which fields there are
MARK = b"\xef\xbb\xbf"

Line = tuple[int, bytes | None]  # its number from 1, and what it holds; None: more than is taken
Record = Mapping[str, Any]


def read_json_lines(path: Path, source: Source) -> Table:
    """The named fields of the records at `path`, as text; `position` is the line.

    Which fields a file has is told by its first 10,000 lines: a record may leave out what others have. Raises
    UnreadableError where none of those lines is a record with a named field.
    """
    wanted = [column.delivered_as for column in source.columns]
    fields = _fields(path, frozenset(wanted))
    header = match_header(fields, source)
    if not header.named:
        raise UnreadableError(reasons.no_known_column(fields, wanted))
    return Table(header, _blocks(path, {column.name: fields[place] for place, column in header.named}))


def _fields(path: Path, named: frozenset[str]) -> list[str]:
    """The names of the fields in the first lines, in the order in which they come; so many of those not named."""
    found: dict[str, None] = {}
    known = {fold(name) for name in named}
    first: tuple[int, Text] | None = None
    lines = 0
    with path.open("rb") as file:
        for number, line in islice(_lines(file), LOOKED_AT):
            lines += 1
            record = _record(line, named)
            if isinstance(record, Text):
                first = first or (number, record)
                continue
            for name in record:
                if len(found) < NAMES_KEPT or fold(name) in known:
                    found[name] = None
    if lines == 0:
        raise UnreadableError(reasons.EMPTY_FILE)
    if not found and first is not None:
        raise UnreadableError(refusals.at_line(*first))
    return list(found)


def _blocks(path: Path, fields: Mapping[str, str]) -> Iterator[Block]:
    """The rows of the file, block by block; `fields` are the names in the records by those in the warehouse."""
    named = frozenset(fields.values())
    positions: list[int] = []
    columns: dict[str, list[str | None]] = {name: [] for name in fields}
    rejects: list[tuple[int, Text, str | None, str | None]] = []
    size = 0
    with path.open("rb") as file:
        for number, line in _lines(file):
            record = _record(line, named)
            if isinstance(record, Text):
                rejects.append((number, record, None, None))
            else:
                positions.append(number)
                for name, field in fields.items():
                    columns[name].append(as_text(record.get(field)))
            size += len(line or b"")
            if len(positions) + len(rejects) >= ROWS_AT_ONCE or size >= BYTES_AT_ONCE:
                yield _block(positions, columns, rejects)
                positions, columns, rejects, size = [], {name: [] for name in fields}, [], 0
    yield _block(positions, columns, rejects)


def _block(positions: list[int], columns: Mapping[str, list[str | None]], rejects: list[Any]) -> Block:
    schema = {"position": pl.Int64, **dict.fromkeys(columns, pl.String)}
    return Block(pl.DataFrame({"position": positions, **columns}, schema=schema), rejected_rows(rejects))


def _record(line: bytes | None, named: frozenset[str]) -> Record | Text:
    """The fields of one line, or why it has none."""
    if line is None:
        return refusals.LONG_LINE
    try:
        found = parse(line)
        return row_of(found, named) if isinstance(found, Mapping) else refusals.NOT_A_RECORD
    except AnswerError as fault:
        if isinstance(fault.__context__, RecursionError):
            return refusals.DEEP_JSON
        return refusals.NOT_UTF8 if isinstance(fault.__context__, UnicodeDecodeError) else refusals.NOT_JSON


def _lines(file: IO[bytes]) -> Iterator[Line]:
    """The lines that have anything in them; one that is too long is passed over piece by piece."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        rest = line
        while not rest.endswith(b"\n") and (rest := file.readline(LONGEST_LINE)):
            line = b""
        if not line:
            yield number, None
        elif text := (line.removeprefix(MARK) if number == 1 else line).strip():
            yield number, text
