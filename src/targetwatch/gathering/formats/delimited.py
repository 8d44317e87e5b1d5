"""CSV in the forms that it comes in: UTF-8 or UTF-16, any of four delimiters, and lines that are not as they should be.

Polars parses what is well-formed, and only that: it fills short lines up in silence and gives up on a stray quotation
mark. So lines are sorted first, all at once: a line with as many fields as the header goes to Polars; the few whose
quotation marks are irregular are read one by one by Python's csv module; every other line is rejected, by its number.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from targetwatch.gathering import reasons
from targetwatch.gathering.formats.table import (
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


def read_delimited(path: Path, source: Source) -> Table:
    """The named columns of the CSV at `path`, all as text; `position` is the line in the file, the header's being 1."""
    lines = decode(path.read_bytes()).split("\n")
    first = next((place for place, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise UnreadableError(reasons.EMPTY_FILE)
    delimiter, delivered = sniff_header(lines[first].rstrip("\r"), source)
    header = match_header(delivered, source)
    data = pl.DataFrame({"line": pl.Series(lines[first + 1 :], dtype=pl.String).str.strip_suffix("\r")})
    del lines
    data = data.with_columns(position=pl.int_range(first + 2, first + 2 + pl.len(), dtype=pl.Int64))
    whole, irregular = _sort_lines(data, delimiter)
    records, rejects, swallowed = _read_irregular(data["line"], irregular, first + 2, delimiter, len(delivered))
    if swallowed:
        whole = whole.filter(~pl.col("position").is_in(list(swallowed)))
    wrong = whole.filter(pl.col("fields") != len(delivered))
    rejects += [
        (position, reasons.wrong_field_count(fields, len(delivered)), None, None)
        for position, fields in wrong.select("position", "fields").iter_rows()
    ]
    frame = _parse(whole.filter(pl.col("fields") == len(delivered)), delimiter, header)
    if records:
        frame = pl.concat([frame, _framed(records, header)]).sort("position")
    return Table(header, frame, rejected_rows(sorted(rejects, key=lambda reject: reject[0])))


def decode(content: bytes) -> str:
    """The text in `content`: UTF-8, with a byte order mark or not, or UTF-16. Raises UnreadableError for the rest."""
    encoding = "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif content[1:2] == b"\0" or content[:1] == b"\0":
        encoding = "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as fault:
        raise UnreadableError(reasons.not_text(content.count(b"\n", 0, fault.start) + 1)) from fault


def sniff_header(line: str, source: Source) -> tuple[str, list[str]]:
    """The delimiter that makes most of the source's columns of the header, and the names. Raises UnreadableError."""
    splits = [(delimiter, next(csv.reader([line], delimiter=delimiter), [])) for delimiter in DELIMITERS]
    delimiter, names = max(splits, key=lambda split: count_matches(split[1], source))
    if count_matches(names, source) == 0:
        delimiter, names = max(splits, key=lambda split: len(split[1]))
        raise UnreadableError(reasons.no_known_column(names, [column.delivered_as for column in source.columns]))
    return delimiter, names


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
    lines: pl.Series, irregular: Sequence[int], first_position: int, delimiter: str, width: int
) -> tuple[list[Record], list[Reject], set[int]]:
    """Read the lines at the places `irregular`: records of several lines, and quotation marks inside a field.

    Gives the records, the rejected lines, and the positions of the lines that a record of several lines took in.
    """
    records: list[Record] = []
    rejects: list[Reject] = []
    swallowed: set[int] = set()
    for place in irregular:
        position = first_position + place
        if position in swallowed:
            continue
        fields, taken = _record_at(lines, place, delimiter)
        if fields is not None and len(fields) == width:
            records.append((position, fields))
            swallowed.update(range(position, position + taken))
        elif fields is not None and taken == 1:
            rejects.append((position, reasons.wrong_field_count(len(fields), width), None, None))
        else:
            rejects.append((position, reasons.UNCLOSED_QUOTE, None, None))
    return records, rejects, swallowed


def _record_at(lines: pl.Series, place: int, delimiter: str) -> tuple[list[str] | None, int]:
    """The record that begins at `place` and how many lines it takes; None where its quotation marks do not close."""
    taken = 0

    def following() -> Iterator[str]:
        nonlocal taken
        for line in lines[place : place + LONGEST_RECORD]:
            taken += 1
            yield line + "\n"

    try:
        return next(csv.reader(following(), delimiter=delimiter, strict=True)), taken
    except (csv.Error, StopIteration):
        return None, taken


def _parse(whole: pl.DataFrame, delimiter: str, header: Header) -> pl.DataFrame:
    """The named columns of lines that are known to be well-formed."""
    names = {f"column_{place}": column.name for place, column in header.named}
    if whole.is_empty():
        return _framed([], header)
    text = whole["line"].str.join("\n").item()
    parsed = pl.read_csv(
        text.encode(),
        has_header=False,
        separator=delimiter,
        schema={f"column_{place}": pl.String for place in range(len(header.delivered))},
        columns=list(names),
    )
    if parsed.height != whole.height:
        raise RuntimeError(f"{whole.height} lines were read as {parsed.height} rows")
    return parsed.rename(names).insert_column(0, whole["position"]).select("position", *names.values())


def _framed(records: Sequence[Record], header: Header) -> pl.DataFrame:
    columns = {column.name: [fields[place] or None for _, fields in records] for place, column in header.named}
    schema = {"position": pl.Int64, **dict.fromkeys(columns, pl.String)}
    return pl.DataFrame({"position": [position for position, _ in records], **columns}, schema=schema)
