"""JSON lines: fields within fields, lines that are no records, and lines that mean harm."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from targetwatch.gathering.formats import json_lines, read_table
from targetwatch.model import Column, ColumnType, Source
from tests.gathering.sources import PROCEDURES
from tests.gathering.workbooks import refused, rejected_of, table_of

EVENTS: Source = replace(
    PROCEDURES,
    id="events",
    formats=("jsonl",),
    columns=(
        Column("code", "system.code", ColumnType.TEXT),
        Column("calls", "calls", ColumnType.NUMBER),
        Column("note", "note", ColumnType.TEXT, required=False),
    ),
)


def lines(*records: Any) -> bytes:
    """The records, one a line."""
    return "\n".join(one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in records).encode()


def event(code: str = "A", calls: Any = 1, **more: Any) -> dict[str, Any]:
    """A record in which nothing is wrong."""
    return {"system": {"code": code, "secret": "x"}, "calls": calls, **more}


def test_fields_within_fields(tmp_path: Path) -> None:
    """A field within a field is named with a point; what the source does not name is named and not kept."""
    table = table_of(tmp_path, lines(event("A"), event("Ấ", 2.50, note="hai\ndòng")), EVENTS)
    assert table.frame.rows() == [(1, "A", "1", None), (2, "Ấ", "2.5", "hai\ndòng")]
    assert table.header.unnamed == ("system.secret",)


def test_values_as_they_would_stand_in_a_table(tmp_path: Path) -> None:
    """Digits stay as written, truth is true or false, null and empty lines are nothing, lists stay JSON."""
    values = ["1.10", "true", "null", '[1, {"a": 2}]', '"x"']
    records = [f'{{"calls": {value}}}\r' for value in values]
    records.insert(2, "")
    table = table_of(tmp_path, b"\xef\xbb\xbf" + lines(*records), EVENTS)
    assert table.frame["position"].to_list() == [1, 2, 4, 5, 6]
    assert table.frame["calls"].to_list() == ["1.10", "true", None, '[1, {"a": 2}]', "x"]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999999999", "9" * 5_000])
def test_numbers_that_no_column_can_hold(tmp_path: Path, value: str) -> None:
    """What is no number, or one of a billion digits, is text for the gate to put aside, and fills no memory."""
    table = table_of(tmp_path, lines(event(), f'{{"system": {{"code": "B"}}, "calls": {value}}}'), EVENTS)
    assert table.frame["calls"].to_list() == ["1", value]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"calls": 1', "The line is not JSON"),
        ('{"calls": 1} {"calls": 2}', "The line is not JSON"),
        ("calls,1", "The line is not JSON"),
        ("[1, 2]", "The line of JSON is no record {...}"),
        ("12", "The line of JSON is no record {...}"),
        ('{"calls": ' + "[" * 100_000 + "]" * 100_000 + "}", "JSON nested too deep"),
        ('{"a":' * 50_000 + "1" + "}" * 50_000, "JSON nested too deep"),
    ],
)
def test_a_line_that_is_no_record(tmp_path: Path, line: str, reason: str) -> None:
    """It is rejected by its number, and nothing that stands in it is shown; the lines about it are read."""
    table = table_of(tmp_path, lines(event("A"), line, event("B")), EVENTS)
    assert table.frame["position"].to_list() == [1, 3]
    assert rejected_of(table) == [(2, reason, None, None)]


def test_a_line_of_another_encoding(tmp_path: Path) -> None:
    """In a file that mixes encodings each line that is not UTF-8 is named, and the others are read."""
    old = '{"calls": 2, "note": "Hồ sơ"}'.encode().replace("ồ".encode(), b"\xf4\xcc")  # as in Windows-1258
    content = lines(event("A")) + b"\n" + old + b"\n" + lines(event("B")) + b"\n" + old
    table = table_of(tmp_path, content, EVENTS)
    told = [(at, reason) for at, reason, *_ in rejected_of(table)]
    assert told == [(2, "The line is not UTF-8"), (4, "The line is not UTF-8")]
    assert table.frame["code"].to_list() == ["A", "B"]


def test_half_a_character_is_replaced(tmp_path: Path) -> None:
    """Half of a character, which JSON can escape and no file can hold, is replaced."""
    table = table_of(tmp_path, lines(r'{"calls": 1, "note": "a\ud83d"}'), EVENTS)
    assert table.frame["note"].item() == "a\N{REPLACEMENT CHARACTER}"


def test_a_line_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that is longer than is taken is passed over piece by piece, by its number; the next one is read."""
    monkeypatch.setattr(json_lines, "LONGEST_LINE", 1_000)
    table = table_of(tmp_path, lines(event("A"), event("B", note="x" * 10_500), event("C")), EVENTS)
    assert table.frame["code"].to_list() == ["A", "C"]
    assert [(at, reason) for at, reason, *_ in rejected_of(table)] == [(2, "The line is longer than any that is taken")]


def test_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows come in blocks of the same columns, and no block has more rows than one may hold."""
    monkeypatch.setattr(json_lines, "ROWS_AT_ONCE", 1_000)
    path = tmp_path / "x"
    path.write_bytes(lines(*(event(str(number)) for number in range(4_500))))
    blocks = list(read_table(path, EVENTS).blocks)
    assert [block.frame.height for block in blocks] == [1_000] * 4 + [500]
    assert len({tuple(block.frame.schema.items()) for block in blocks}) == 1
    assert blocks[-1].frame["position"][-1] == 4_500


@pytest.mark.parametrize(
    ("content", "because"),
    [
        (b'{"other": 1}', "The header has none of the source's columns: it has “other”; wanted are"),
        (b'{"calls": 1', "Line 1: The line is not JSON"),
        (b'{\n  "calls": 1\n}', "The file is one JSON document over many lines"),
        (b'[{"calls": 1}]', "The file is one JSON document over many lines"),
        (b' [\n {"calls": 1}]', "The file is one JSON document over many lines"),
        ('{"calls": 1}'.encode("utf-16"), "JSON that is not UTF-8: save it as UTF-8"),
        ('{"calls": 1}'.encode("utf-16-le"), "JSON that is not UTF-8: save it as UTF-8"),
        (b"", "The file is empty (0 bytes)"),
    ],
)
def test_files_that_are_no_json_lines(tmp_path: Path, content: bytes, because: str) -> None:
    """A file of something else is refused with what it is and what to do."""
    assert refused(tmp_path, content, EVENTS).startswith(because)


def test_a_source_that_takes_no_json(tmp_path: Path) -> None:
    """JSON is told by its content, and refused where the source does not take it."""
    because = refused(tmp_path, lines(event()), PROCEDURES)
    assert because == "The file is jsonl, and this source takes csv, parquet, xlsx"
