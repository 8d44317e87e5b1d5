"""From what is delivered to what a column holds."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from targetwatch.gathering.casting import cast, unreadable
from targetwatch.model import Column, ColumnType

HANOI = "Asia/Ho_Chi_Minh"


def read(value: Any, kind: ColumnType, zone: str = HANOI, **how: Any) -> tuple[Any, bool]:
    """What one value, beside one that is plainly readable, is read as, and whether it was unreadable."""
    delivered = pl.Series("x", [value, None])
    typed = cast(delivered, Column("x", "x", kind), zone, **how)
    return typed[0], unreadable(delivered, typed)[0]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2025-05-31", date(2025, 5, 31)),
        (" 2025-05-31 ", date(2025, 5, 31)),
        ("31/05/2025", date(2025, 5, 31)),
        ("1/5/2025", date(2025, 5, 1)),
        ("2025-05-31 23:59", date(2025, 5, 31)),
        ("2025-05-31T23:59:59.5", date(2025, 5, 31)),
        ("31/05/2025 23:59:59", date(2025, 5, 31)),
        ("2025-05-31T17:00:00Z", date(2025, 6, 1)),
        ("2025-05-31 16:59:59+00:00", date(2025, 5, 31)),
        ("2025-05-31 23:30:00.123000+02:00", date(2025, 6, 1)),
        (date(2025, 5, 31), date(2025, 5, 31)),
        (datetime(2025, 5, 31, 17, 0, tzinfo=UTC), date(2025, 6, 1)),
        (datetime(2025, 5, 31, 23, 0), date(2025, 5, 31)),  # noqa: DTZ001 - a file may hold moments without a zone
        ("", None),
        ("   ", None),
        (None, None),
    ],
)
def test_dates(written: Any, day: date | None) -> None:
    """A date is read in the forms that people and systems write, as a day in the programme's time zone."""
    assert read(written, ColumnType.DATE) == (day, False)


@pytest.mark.parametrize(
    "written",
    ["31/02/2025", "5/31/2025", "2025-13-01", "20250531", "2025-05", "2025", "hôm qua", "45000", "2025-05-31x"],
)
def test_what_is_no_date(written: str) -> None:
    """What is no date, or might be another one, is not guessed at."""
    assert read(written, ColumnType.DATE) == (None, True)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2025-05", date(2025, 5, 1)),
        ("05/2025", date(2025, 5, 1)),
        ("5/2025", date(2025, 5, 1)),
        ("2025", date(2025, 1, 1)),
    ],
)
def test_whole_periods(written: str, day: date) -> None:
    """Where a date says which period a figure is for, a month or a year alone will do."""
    assert read(written, ColumnType.DATE, whole_periods=True) == (day, False)
    assert read("2025-13", ColumnType.DATE, whole_periods=True) == (None, True)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2025-05-31T10:00:00+07:00", datetime(2025, 5, 31, 3, 0, tzinfo=UTC)),
        ("2025-05-31 10:00", datetime(2025, 5, 31, 3, 0, tzinfo=UTC)),
        ("31/05/2025 10:00", datetime(2025, 5, 31, 3, 0, tzinfo=UTC)),
        ("2025-05-31", datetime(2025, 5, 30, 17, 0, tzinfo=UTC)),
    ],
)
def test_moments(written: str, moment: datetime) -> None:
    """A moment without an offset is one in the programme's time zone."""
    assert read(written, ColumnType.TIMESTAMP) == (moment, False)


def test_summer_time() -> None:
    """An hour that the clocks skipped is no moment; one that they went through twice is the first of the two."""
    assert read("2025-03-30 02:30", ColumnType.TIMESTAMP, "Europe/Amsterdam") == (None, True)
    twice = datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    assert read("2025-10-26 02:30", ColumnType.TIMESTAMP, "Europe/Amsterdam") == (twice, False)


def test_moments_with_and_without_an_offset_side_by_side() -> None:
    """Every value of a column is read for itself."""
    delivered = pl.Series("x", ["2025-05-31T10:00:00+02:00", "2025-05-31 10:00", "31/05/2025", "x"])
    typed = cast(delivered, Column("x", "x", ColumnType.TIMESTAMP), HANOI)
    assert [moment and moment.astimezone(UTC).hour for moment in typed] == [8, 3, 17, None]
    assert unreadable(delivered, typed).to_list() == [False, False, False, True]


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        (ColumnType.INTEGER, "12", 12),
        (ColumnType.INTEGER, "-3", -3),
        (ColumnType.INTEGER, "12.0", 12),
        (ColumnType.INTEGER, 12.0, 12),
        (ColumnType.INTEGER, Decimal("12.00"), 12),
        (ColumnType.INTEGER, "9007199254740993", 9007199254740993),
        (ColumnType.NUMBER, "3,5", Decimal("3.5")),
        (ColumnType.NUMBER, "-3.25", Decimal("-3.25")),
        (ColumnType.NUMBER, 0.1, Decimal("0.1")),
        (ColumnType.BOOLEAN, "TRUE", True),
        (ColumnType.BOOLEAN, "0", False),
        (ColumnType.BOOLEAN, 1, True),
        (ColumnType.BOOLEAN, "Có", True),
        (ColumnType.BOOLEAN, "co\N{COMBINING ACUTE ACCENT}", True),
        (ColumnType.BOOLEAN, "không", False),
        (ColumnType.BOOLEAN, "no", False),
        (ColumnType.TEXT, 12, "12"),
        (ColumnType.TEXT, " a ", "a"),
    ],
)
def test_other_values(kind: ColumnType, written: Any, value: Any) -> None:
    """Whole numbers stay exact, a decimal comma is a point, yes and no are read in both languages."""
    assert read(written, kind) == (value, False)


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (ColumnType.INTEGER, "1.5"),
        (ColumnType.INTEGER, "1,234"),
        (ColumnType.INTEGER, "1e3"),
        (ColumnType.INTEGER, "99999999999999999999"),
        (ColumnType.INTEGER, float("nan")),
        (ColumnType.NUMBER, "1.234,5"),
        (ColumnType.NUMBER, "3 triệu"),
        (ColumnType.BOOLEAN, "maybe"),
        (ColumnType.BOOLEAN, "2"),
        (ColumnType.DATE, [date(2025, 5, 1)]),
        (ColumnType.TEXT, b"bytes"),
    ],
)
def test_what_cannot_be_read(kind: ColumnType, written: Any) -> None:
    """What is not of the column's type is missing, and is named as unreadable."""
    assert read(written, kind) == (None, True)


def test_spellings() -> None:
    """A declared spelling stands for its value, whatever its case; any other value stays for the gate to judge."""
    column = Column("x", "x", ColumnType.TEXT, values={"online": "online", "Trực tuyến": "online"})
    delivered = pl.Series("x", ["TRỰC TUYẾN", "Online", " trực tuyến ", "zalo", ""])
    assert cast(delivered, column, HANOI).to_list() == ["online", "online", "online", "zalo", None]


def test_spellings_of_a_truth() -> None:
    """Declared spellings are replaced before the type is read."""
    column = Column("x", "x", ColumnType.BOOLEAN, values={"đã ký": "true", "chưa ký": "false"})
    assert cast(pl.Series("x", ["Đã ký", "chưa ký"]), column, HANOI).to_list() == [True, False]


def test_an_empty_column() -> None:
    """A column that was not delivered is missing all along, and nothing of it is unreadable."""
    delivered = pl.Series("x", [None, None], dtype=pl.String)
    for kind in ColumnType:
        typed = cast(delivered, Column("x", "x", kind), HANOI)
        assert typed.null_count() == 2
        assert not unreadable(delivered, typed).any()


@pytest.mark.parametrize("kind", [ColumnType.TEXT, ColumnType.DATE, ColumnType.BOOLEAN, ColumnType.NUMBER])
def test_a_column_of_few_values_is_read_as_any_other(kind: ColumnType) -> None:
    """In a large delivery each value is read once; what comes out, and what cannot be read, is the same."""
    few = pl.Series([" 2025-05-01", "01/05/2025", "", None, "true", "1,5", "ồ", "đo\u0302i", "2025-05-02 "])
    column = Column("x", "x", kind)
    large = pl.concat([few] * 1000)
    read = cast(large, column, "Asia/Ho_Chi_Minh")
    assert read.equals(pl.concat([cast(few, column, "Asia/Ho_Chi_Minh")] * 1000))
    assert unreadable(large, read).sum() == 1000 * unreadable(few, cast(few, column, "Asia/Ho_Chi_Minh")).sum()
