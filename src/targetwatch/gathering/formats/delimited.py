"""CSV in the forms that it comes in: any of four delimiters, and lines that are not as they should be.

Polars parses what is well-formed, and only that: it fills short lines up in silence and gives up on a stray quotation
mark. A block without quotation marks whose lines all have as many fields as the header goes to Polars as it is. In
any other block the lines are sorted first: a line with the right number of fields goes to Polars; the few whose
quotation marks are irregular are read one by one by Python's csv module; every other line is rejected, by its number.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

import numpy as np
import polars as pl

from targetwatch.gathering import reasons
from targetwatch.gathering.formats import lines
from targetwatch.gathering.formats.lines import LONGEST_LINE, LineBlock, LineBlocks
from targetwatch.gathering.formats.table import (
    Block,
    Header,
    Table,
    UnreadableError,
    count_matches,
    match_header,
    rejected_rows,
)
from targetwatch.model import Source, Text

DELIMITERS = (",", ";", "\t", "|")
LONGEST_RECORD = 1000  # lines: what goes on longer was opened by a stray quotation mark

Record = tuple[int, list[str]]  # the number of its first line, and its fields
Reject = tuple[int, Text, str | None, str | None]


def read_delimited(path: Path, source: Source, block_bytes: int | None = None) -> Table:
    """The named columns of the CSV at `path`, all as text; `position` is the line in the file, the header's being 1.

    No more than some blocks of `block_bytes` (16 MB) are held at a time.
    """
    blocks = LineBlocks(path, block_bytes or lines.BLOCK_BYTES)
    line = _first_line(blocks)
    delimiter, delivered = sniff_header(line, source)
    header = match_header(delivered, source)
    return Table(header, _read(blocks, delimiter, header))


def sniff_header(line: str, source: Source) -> tuple[str, list[str]]:
    """The delimiter that makes most of the source's columns of the header, and the names. Raises UnreadableError."""
    splits = [(delimiter, next(csv.reader([line], delimiter=delimiter), [])) for delimiter in DELIMITERS]
    delimiter, names = max(splits, key=lambda split: count_matches(split[1], source))
    if count_matches(names, source) == 0:
        delimiter, names = max(splits, key=lambda split: len(split[1]))
        raise UnreadableError(reasons.no_known_column(names, [column.delivered_as for column in source.columns]))
    return delimiter, names


def _first_line(blocks: LineBlocks) -> str:
    """The first line that is not blank, taken away with those before it. Raises UnreadableError where there is none."""
    for block in blocks:
        start = len(block.text) - len(block.text.lstrip())
        if start == len(block.text):
            continue
        begin = block.text.rfind(b"\n", 0, start) + 1
        end = block.text.find(b"\n", start) + 1 or len(block.text)
        if end < len(block.text):
            blocks.put_back(LineBlock(block.first + block.text.count(b"\n", 0, end), block.text[end:]))
        return block.text[begin:end].decode().rstrip("\r\n")
    raise UnreadableError(reasons.EMPTY_FILE)


def _read(blocks: LineBlocks, delimiter: str, header: Header) -> Iterator[Block]:
    """The blocks of the table: one for each block of lines, and one without rows where there are none."""
    swallowed: set[int] = set()  # lines that a record of several lines, begun in an earlier block, took in
    empty = True
    for part in blocks:
        block = None if swallowed else _read_plain(part, delimiter, header)
        yield block or _read_sorted(part, blocks.following(), delimiter, header, swallowed)
        empty = False
    if empty:
        yield Block(_framed([], header), rejected_rows(()))


def _read_plain(block: LineBlock, delimiter: str, header: Header) -> Block | None:
    """The block, if nothing about its lines has to be looked at one by one; else None."""
    text = block.text if block.text.endswith(b"\n") else block.text + b"\n"
    text = text.replace(b"\r\n", b"\n")
    if b'"' in text or b"\r" in text or not _has_fields(text, delimiter, len(header.delivered)):
        return None
    frame = _parse(text, delimiter, header)
    # A row of nothing may be one of delimiters alone, which is no row.
    if _has_blank_row(frame, f"{delimiter} \t"):
        return None
    return Block(_numbered(frame, block.first), rejected_rows(()))


def _has_blank_row(frame: pl.DataFrame, space: str) -> bool:
    """Whether some row has nothing but `space` in it. Most have something in their first column."""
    for name in frame.columns:
        frame = frame.filter((pl.col(name).str.strip_chars(space) == "").fill_null(True))
        if frame.is_empty():
            return False
    return True


def _has_fields(text: bytes, delimiter: str, width: int) -> bool:
    """Whether each line of `text`, which has no quotation marks, has `width` fields, and more than one."""
    if width < 2:
        return False
    signs = np.frombuffer(text, np.uint8)
    marks = signs[np.flatnonzero((signs == ord(delimiter)) | (signs == ord("\n")))]
    if len(marks) % width:
        return False
    marks = marks.reshape(-1, width)
    return bool((marks[:, -1] == ord("\n")).all() and (marks[:, :-1] == ord(delimiter)).all())


def _read_sorted(
    block: LineBlock, following: Iterator[str], delimiter: str, header: Header, swallowed: set[int]
) -> Block:
    """The block, its lines sorted. `swallowed` tells of the block before, and afterwards of this one to the next."""
    line = pl.Series("line", block.lines(), dtype=pl.String).str.strip_suffix("\r")
    width = len(header.delivered)
    data = _numbered(line.to_frame(), block.first)
    whole, irregular = _sort_lines(data, delimiter)
    records, rejects = _read_irregular(line, irregular, following, block.first, delimiter, width, swallowed)
    if swallowed:
        whole = whole.filter(~pl.col("position").is_in(list(swallowed)))
    swallowed.intersection_update(range(block.first + len(line), max(swallowed, default=0) + 1))
    fits = pl.col("fields") == width
    taken = whole.filter(fits)
    text = "".join(f"{line}\n" for line in taken["line"]).encode()
    frame = _parse(text, delimiter, header) if text else _framed([], header).drop("position")
    if frame.height != taken.height:
        raise RuntimeError(f"{taken.height} lines were read as {frame.height} rows")
    frame = frame.insert_column(0, taken["position"])
    if records:
        frame = pl.concat([frame, _framed(records, header)]).sort("position")
    rejected = pl.concat([rejected_rows(rejects), _of_wrong_length(whole.filter(~fits), width)])
    return Block(frame, rejected.sort("position"))


def _sort_lines(data: pl.DataFrame, delimiter: str) -> tuple[pl.DataFrame, list[int]]:
    """The lines that are a record each, with their number of fields; and the places of those with irregular quotes."""
    line = pl.col("line")
    # Spreadsheet programs write out empty rows as delimiters alone.
    filled = data.with_row_index("place").filter(line.str.strip_chars(f"{delimiter} \t") != "")
    quoted = filled.filter(line.str.contains('"', literal=True))
    plain = filled.filter(~line.str.contains('"', literal=True)) if quoted.height else filled
    plain = plain.with_columns(fields=line.str.count_matches(delimiter, literal=True) + 1)
    if quoted.is_empty():
        return plain, []
    mark = re.escape(delimiter)
    field = f'(?:"(?:[^"]|"")*"|[^"{mark}]*)'
    regular = line.str.contains(f"^{field}(?:{mark}{field})*$")
    unquoted = line.str.replace_all('"(?:[^"]|"")*"', "")
    whole = quoted.filter(regular).with_columns(fields=unquoted.str.count_matches(delimiter, literal=True) + 1)
    irregular = quoted.filter(~regular)["place"].to_list()
    return pl.concat([plain, whole]).sort("position"), irregular


def _read_irregular(
    lines: pl.Series,
    irregular: Sequence[int],
    following: Iterator[str],
    first: int,
    delimiter: str,
    width: int,
    swallowed: set[int],
) -> tuple[list[Record], list[Reject]]:
    """Read the lines at the places `irregular`: records of several lines, and quotation marks inside a field.

    Gives the records and the rejected lines; the positions of the lines that a record of several took in go into
    `swallowed`. A record may go on into the lines `following` the block.
    """
    records: list[Record] = []
    rejects: list[Reject] = []
    after: list[str] = []
    for place in irregular:
        position = first + place
        if position in swallowed:
            continue
        if not after and place + LONGEST_RECORD > len(lines):
            after = [line.removesuffix("\r") for line in islice(following, LONGEST_RECORD)]
        fields, taken = _record_of(chain(lines[place : place + LONGEST_RECORD], after), delimiter)
        if fields is not None and len(fields) == width:
            records.append((position, fields))
            swallowed.update(range(position, position + taken))
        elif fields is not None and taken == 1:
            rejects.append((position, reasons.wrong_field_count(len(fields), width), None, None))
        else:
            rejects.append((position, reasons.UNCLOSED_QUOTE, None, None))
    return records, rejects


def _record_of(lines: Iterable[str], delimiter: str) -> tuple[list[str] | None, int]:
    """The record that `lines` begin with and how many it takes; None where its quotation marks do not close."""
    taken = 0

    def following() -> Iterator[str]:
        nonlocal taken
        length = 0
        for line in islice(lines, LONGEST_RECORD):
            taken += 1
            length += len(line)
            if length > LONGEST_LINE:
                return
            yield line + "\n"

    try:
        return next(csv.reader(following(), delimiter=delimiter, strict=True)), taken
    except (csv.Error, StopIteration):
        return None, taken


def _of_wrong_length(lines: pl.DataFrame, width: int) -> pl.DataFrame:
    """Lines with more or fewer fields than the header, as they are rejected."""
    why = {found: str(reasons.wrong_field_count(found, width)) for found in lines["fields"].unique()}
    nothing = pl.lit(None, dtype=pl.String)
    return lines.select(
        "position",
        reason=pl.col("fields").replace_strict(why, return_dtype=pl.String) if why else nothing,
        column_name=nothing,
        delivered_value=nothing,
    )


def _parse(text: bytes, delimiter: str, header: Header) -> pl.DataFrame:
    """The named columns of lines that are known to be well-formed."""
    names = {f"column_{place + 1}": column.name for place, column in header.named}
    return pl.read_csv(
        text,
        has_header=False,
        separator=delimiter,
        schema={f"column_{place + 1}": pl.String for place in range(len(header.delivered))},
        columns=list(names),
    ).select(pl.col(place).alias(name) for place, name in names.items())


def _numbered(frame: pl.DataFrame, first: int) -> pl.DataFrame:
    return frame.select(pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias("position"), pl.all())


def _framed(records: Sequence[Record], header: Header) -> pl.DataFrame:
    columns = {column.name: [fields[place] or None for _, fields in records] for place, column in header.named}
    schema = {"position": pl.Int64, **dict.fromkeys(columns, pl.String)}
    return pl.DataFrame({"position": [position for position, _ in records], **columns}, schema=schema)
