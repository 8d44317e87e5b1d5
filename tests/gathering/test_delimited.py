"""CSV as it comes: quotation marks, lines of the wrong length, and the number of the line in all of it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from targetwatch.gathering.formats.delimited import read_delimited, sniff_header
from targetwatch.gathering.formats.table import Table
from targetwatch.model import Text
from tests.gathering.sources import PROCEDURES, REPORTING

COLUMNS = [column.delivered_as for column in REPORTING.columns]
HEADER = ",".join(COLUMNS)


def read(folder: Path, content: str) -> Table:
    """What is read of a CSV of the reporting source."""
    path = folder / "x.csv"
    path.write_bytes(content.encode())
    return read_delimited(path, REPORTING)


def rows_of(table: Table) -> list[tuple[int, str | None, str | None]]:
    """Position, first and last column of every row."""
    return table.frame.select("position", "metric", "share").rows()


def rejected(table: Table) -> list[tuple[int, str]]:
    """The rejected lines, with the reason in English."""
    return [
        (position, Text.parse(reason).en) for position, reason in table.rejected.select("position", "reason").rows()
    ]


def test_blank_lines_count_and_hold_nothing(tmp_path: Path) -> None:
    """A blank line or one of delimiters alone is no row, and the rows after it keep the number of their line."""
    table = read(tmp_path, f"\n{HEADER}\r\na,,,,,,1\r\n\r\n   \nb,,,,,,2\n,,,,,,\n")
    assert rows_of(table) == [(3, "a", "1"), (6, "b", "2")]
    assert rejected(table) == []


def test_quoted_fields(tmp_path: Path) -> None:
    """A quoted field may hold delimiters and doubled quotation marks."""
    table = read(tmp_path, f'{HEADER}\n"a, ""b""",,,,,,"1"\n"",,,,,,2\n')
    assert rows_of(table) == [(2, 'a, "b"', "1"), (3, "", "2")]


def test_a_record_of_several_lines(tmp_path: Path) -> None:
    """A quoted field may go on over lines; what follows keeps the number of its line."""
    table = read(tmp_path, f'{HEADER}\n"one\ntwo, still\n\nfour",,,,,,1\nb,,,,,,2\n')
    assert rows_of(table) == [(2, "one\ntwo, still\n\nfour", "1"), (6, "b", "2")]


def test_a_quotation_mark_inside_a_field(tmp_path: Path) -> None:
    """A quotation mark that does not begin a field is a sign like any other, alone or in pairs over lines."""
    table = read(tmp_path, f'{HEADER}\n5" disk,,,,,,1\nb,,,,,,2\n7" disk,,,,,,3\n')
    assert rows_of(table) == [(2, '5" disk', "1"), (3, "b", "2"), (4, '7" disk', "3")]


def test_a_quotation_mark_that_is_never_closed(tmp_path: Path) -> None:
    """The line where it stands is put aside, and takes no other line with it."""
    table = read(tmp_path, f'{HEADER}\na,,,,,,1\n"b,,,,,,2\nc,,,,,,3\nd,,,,,,4\n')
    assert rows_of(table) == [(2, "a", "1"), (4, "c", "3"), (5, "d", "4")]
    assert rejected(table) == [(3, "A quotation mark is opened and not closed")]


def test_two_lines_with_a_stray_quotation_mark(tmp_path: Path) -> None:
    """Two stray marks do not make one record of the lines between them."""
    table = read(tmp_path, f'{HEADER}\n"a,,,,,,1\nb,,,,,,2\n"c,,,,,,3\n')
    assert rows_of(table) == [(3, "b", "2")]
    assert [position for position, _ in rejected(table)] == [2, 4]


def test_text_after_a_closing_quotation_mark(tmp_path: Path) -> None:
    """A field that goes on after its closing mark is not guessed at."""
    table = read(tmp_path, f'{HEADER}\n"a"b,,,,,,1\nc,,,,,,2\n')
    assert rows_of(table) == [(3, "c", "2")]
    assert [position for position, _ in rejected(table)] == [2]


def test_lines_of_the_wrong_length(tmp_path: Path) -> None:
    """Short and long lines are put aside with both numbers; a quoted delimiter does not count as one."""
    table = read(tmp_path, f'{HEADER}\na\nb,,,,,,2\n"c,c",,,,,,,\nd,,,,,,4,\n')
    assert rows_of(table) == [(3, "b", "2")]
    assert rejected(table) == [
        (2, "The line has 1 fields and the header 7"),
        (4, "The line has 8 fields and the header 7"),
        (5, "The line has 8 fields and the header 7"),
    ]


def test_a_header_with_a_column_too_many(tmp_path: Path) -> None:
    """A delimiter at the end of every line, header and all, makes a column without a name, and nothing else."""
    table = read(tmp_path, f"{HEADER},\na,,,,,,1,\n")
    assert rows_of(table) == [(2, "a", "1")]
    assert table.header.unnamed == ()


def test_header_names_in_any_case(tmp_path: Path) -> None:
    """The case of the names and the space around them make no difference, nor does the columns' order."""
    table = read(tmp_path, " Share , METRIC ,tier,org_unit,period,numerator,denominator\n1,a,,,,,\n")
    assert rows_of(table) == [(2, "a", "1")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_by_the_names(delimiter: str) -> None:
    """The delimiter is the one that makes the most known names, not the commonest sign."""
    names = ["dossier_id", "procedure", "a,b;c|d\te".replace(delimiter, " "), "org_unit"]
    assert sniff_header(delimiter.join(names), PROCEDURES) == (delimiter, names)


SIGNS = st.characters(codec="utf-8", exclude_characters="\r\0\v\f\x1c\x1d\x1e\x85\u2028\u2029")


@given(st.lists(st.lists(st.text(SIGNS), min_size=7, max_size=7), min_size=1, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
def test_what_is_written_is_read(tmp_path: Path, rows: list[list[str]]) -> None:
    """Whatever a careful writer writes is read back sign for sign, each row with the number of its first line."""
    rows = [row for row in rows if "".join(row).strip()]
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    lines = []
    for row in rows:
        lines.append(written.getvalue().count("\n") + 1)
        writer.writerow(row)
    table = read(tmp_path, written.getvalue())
    assert table.rejected.is_empty()
    assert table.frame["position"].to_list() == lines
    names = [column.name for column in REPORTING.columns]
    assert [[value or "" for value in row] for row in table.frame.select(names).rows()] == rows
