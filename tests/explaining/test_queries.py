"""Queries with their values in place: what a person reads is what was asked, whatever the values hold."""

from __future__ import annotations

import subprocess
from datetime import UTC, date, datetime

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targetwatch.explaining.queries import Query, bare, literal, wanted

TEXT = "-- Says $why.\nSELECT $text AS text, $list AS list,\n  $number AS number;\n"


@settings(deadline=None, max_examples=60)
@given(text=st.text(), items=st.lists(st.text()), number=st.none() | st.integers(-(2**63), 2**63 - 1))
def test_a_shell_and_duckdb_read_the_values_back(text: str, items: list[str], number: int | None) -> None:
    """Quotes, dollars, backslashes and line ends in a value come through the shell and DuckDB unharmed."""
    text, items = text.replace("\0", ""), [item.replace("\0", "") for item in items]
    query = Query.of("a_query", TEXT, {"text": text, "list": items, "number": number})
    arguments = f"set -- {query.command}; printf '%s' \"$#$1$2$3\""
    read = subprocess.run(["sh", "-c", arguments], capture_output=True, check=True).stdout.decode()
    assert read == f"3targetwatchsql{query.sql}"
    (row,) = duckdb.connect().execute(query.sql).fetchall()
    assert row == (text, items, number)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "NULL"),
        (True, "true"),
        (7, "7"),
        ("Huyện 'Ba Vì'", "'Huyện ''Ba Vì'''"),
        (date(2025, 6, 16), "'2025-06-16'"),
        (datetime(2025, 6, 16, 2, tzinfo=UTC), "'2025-06-16 02:00:00+00'"),
        (datetime(2025, 6, 16, 2, 0, 0, 5, tzinfo=UTC), "'2025-06-16 02:00:00.000005+00'"),
        (["a", date(2025, 6, 16)], "['a', '2025-06-16']"),
    ],
)
def test_how_a_value_is_written(value: object, written: str) -> None:
    """Days and moments are written as DuckDB reads them, moments in UTC to the microsecond."""
    assert literal(value) == written


def test_a_value_of_another_kind_is_refused() -> None:
    """What no query is asked with is not guessed at."""
    with pytest.raises(TypeError, match="No query is asked with"):
        literal(0.5)


def test_comments_are_no_part_of_a_query() -> None:
    """A name in a comment asks for no value, and a line holds the whole statement."""
    assert bare(TEXT) == "SELECT $text AS text, $list AS list, $number AS number"
    assert wanted(TEXT, {"text": "a", "list": [], "number": 1, "other": 2}) == {"text": "a", "list": [], "number": 1}
    with pytest.raises(KeyError):
        wanted(TEXT, {"text": "a"})
