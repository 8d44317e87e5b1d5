"""Rows of totals: they are no records, and a delivery that does not add up to its own total is not believed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from targetwatch.gathering import Gated
from targetwatch.model import Column, ColumnType, Reporters, Source, Text, TotalRows
from tests.gathering.sources import PROCEDURES, gate, landed_of, put_aside

HEADER = "unit,date,made,spent\n"
ROWS = ("001,2025-05-31,10,1.5\n", "00001,2025-05-31,7,2.25\n", "00004,2025-05-31,3,\n")
SOURCE: Source = replace(
    PROCEDURES,
    formats=("csv",),
    gate=None,
    columns=(
        Column("unit", "unit", ColumnType.TEXT),
        Column("made_on", "date", ColumnType.DATE),
        Column("made", "made", ColumnType.INTEGER),
        Column("spent", "spent", ColumnType.NUMBER),
    ),
    period_column="made_on",
    unit_column="unit",
    tier_column=None,
    tier="any",
    reporters=(Reporters("any", "district"), Reporters("any", "commune")),
    identified_by=("unit", "made_on"),
    bad_rows_allowed=0.0,
    total_rows=TotalRows("unit", ("TOTAL", "Tổng cộng"), ("made", "spent")),
)


def sorted_rows(home: Path, text: str, source: Source = SOURCE, rows_at_once: int = 2) -> Gated:
    """A delivery through the gate, a few rows at a time."""
    return gate(landed_of(home, text, source=source), source, rows_at_once=rows_at_once)


def why(gated: Gated) -> str:
    """Why the delivery is refused."""
    assert gated.refusal is not None
    return Text.parse(gated.refusal).en


@pytest.mark.parametrize(
    "total", ["TOTAL,TOTAL,20,3.75\n", "Total ,,20.0,3.750\n", " tổng CỘNG,,20,3.75\n", "TOTAL,Total,+20,3.75\n"]
)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_row_of_totals_is_no_record(tmp_path: Path, total: str, place: int) -> None:
    """Wherever it stands and however its letters are written; nothing of it is counted or put aside."""
    lines = [*ROWS[:place], total, *ROWS[place:]]
    gated = sorted_rows(tmp_path, HEADER + "".join(lines))
    assert gated.refusal is None
    assert gated.good is not None
    assert gated.good.height == len(ROWS)
    assert put_aside(gated) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("".join(ROWS), "The row of totals, “TOTAL”, “Tổng cộng”, is missing: the file may have been cut off"),
        ("".join(ROWS[1:]) + "TOTAL,,20,3.75\n", "says 20 in “made”, and the rows add up to 10"),
        ("".join(ROWS) + "TOTAL,,20,4\n", "says 4 in “spent”, and the rows add up to 3.75"),
        ("".join(ROWS) + "TOTAL,,20,3.75\nTotal,,19,3.75\n", "says 19 in “made”, and the rows add up to 20"),
        (ROWS[0] + "00001,2025-05-31,seven,1\nTOTAL,,17,2.5\n", "says 17 in “made”, and the rows add up to 10"),
        ("TOTAL,,0,0\n", "has no rows"),
    ],
    ids=["cut off", "a row lost", "changed by hand", "two totals", "unreadable", "nothing else"],
)
def test_what_does_not_add_up_is_refused(tmp_path: Path, text: str, words: str) -> None:
    """The earlier data stand: nothing says which of the rows is wrong, or which one is not there."""
    assert words in why(sorted_rows(tmp_path, HEADER + text))


def test_rows_are_passed_over_where_nothing_is_said_to_add_up(tmp_path: Path) -> None:
    """Subtotals, say, that are one of many; a delivery without any is as good."""
    source = replace(SOURCE, total_rows=TotalRows("unit", ("subtotal",)))
    for number, text in enumerate(("".join(ROWS), f"{ROWS[0]}SUBTOTAL,,10,1.5\n{ROWS[1]}{ROWS[2]}Subtotal,,10,99\n")):
        gated = sorted_rows(tmp_path / str(number), HEADER + text, source)
        assert gated.refusal is None
        assert gated.good is not None
        assert gated.good.height == len(ROWS)


def test_the_lines_of_bad_rows_are_still_those_of_the_file(tmp_path: Path) -> None:
    """A row of totals at the top moves no other one."""
    source = replace(SOURCE, bad_rows_allowed=0.5)
    text = f"{HEADER}TOTAL,,20,3.75\n{ROWS[0]}{ROWS[1]}999,2025-05-31,3,\n"
    assert [(position, column) for position, _, column, _ in put_aside(sorted_rows(tmp_path, text, source))] == [
        (5, "unit")
    ]
