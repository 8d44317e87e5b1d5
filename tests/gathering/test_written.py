"""Numbers and dates as people in Vietnam write them, whole columns of them, with and without a declared format."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from targetwatch.gathering.casting import cast, unreadable
from targetwatch.model import Column, ColumnType

HANOI = "Asia/Ho_Chi_Minh"
NBSP, NARROW = "\u00a0", "\u202f"


def read(written: str, kind: ColumnType, number_format: str | None = None, whole_periods: bool = False) -> object:
    """What one value is read as, between others; None where it cannot be, which is said."""
    delivered = pl.Series("x", [None, written, ""])
    typed = cast(delivered, Column("x", "x", kind, number_format=number_format), HANOI, whole_periods)
    assert unreadable(delivered, typed)[1] == (typed[1] is None)
    return typed[1]


@pytest.mark.parametrize(
    ("written", "plain", "vi", "en"),
    [
        ("1.234,5", None, "1234.5", None),
        ("1,234.5", None, None, "1234.5"),
        ("1.234", "1.234", "1234", "1.234"),
        ("1,234", "1.234", "1.234", "1234"),
        ("1.234.567", None, "1234567", None),
        ("1 234", "1234", "1234", "1234"),
        (f"1{NBSP}234", "1234", "1234", "1234"),
        (f"-1{NARROW}234,5", "-1234.5", "-1234.5", None),
        ("12,5 %", "12.5", "12.5", None),
        ("12.5%", "12.5", None, "12.5"),
        ("−5", "-5", "-5", "-5"),
        ("12 34", None, None, None),
        ("1.23.456", None, None, None),
        ("1.2345", "1.2345", None, "1.2345"),
        ("NaN", None, None, None),
        ("Infinity", None, None, None),
        ("1e999999999", None, None, None),
        ("９", None, None, None),
    ],
)
def test_numbers(written: str, plain: str | None, vi: str | None, en: str | None) -> None:
    """Each is read by the declared format, and never as two things; without one nothing but a space parts thousands."""
    found = [read(written, ColumnType.NUMBER, said) for said in (None, "vi", "en")]
    assert found == [None if value is None else Decimal(value) for value in (plain, vi, en)]


@pytest.mark.parametrize(
    ("written", "said", "whole"),
    [
        ("1.234", "vi", 1234),
        ("1.234,0", "vi", None),
        ("1 234", None, 1234),
        ("1.234", None, None),
        ("12.0", None, 12),
        ("12.000", None, None),  # twelve, or twelve thousand
        ("12.000", "vi", 12000),
        ("1,000", "en", 1000),
    ],
)
def test_whole_numbers(written: str, said: str | None, whole: int | None) -> None:
    """Twelve thousand is never read as twelve."""
    found = read(written, ColumnType.INTEGER, said)
    assert found == whole or (written == "1.234,0" and found == 1234)


@pytest.mark.parametrize(
    ("written", "day", "period"),
    [
        ("31-5-2025", date(2025, 5, 31), date(2025, 5, 31)),
        ("31.05.2025", date(2025, 5, 31), date(2025, 5, 31)),
        ("Ngày 31 tháng 5 năm 2025", date(2025, 5, 31), date(2025, 5, 31)),
        ("tháng 7/2025", None, date(2025, 7, 1)),
        ("Tháng 07 năm 2025", None, date(2025, 7, 1)),
        ("T7/2025", None, date(2025, 7, 1)),
        ("tha\u0301ng 7/2025", None, date(2025, 7, 1)),  # as some systems write it, letter and mark apart
        ("Quý II/2025", None, date(2025, 4, 1)),
        ("quý 4 năm 2025", None, date(2025, 10, 1)),
        ("năm 2025", None, date(2025, 1, 1)),
        ("tháng 13/2025", None, None),
        ("quý V/2025", None, None),
        ("31-02-2025", None, None),
        ("5-31-2025", None, None),
    ],
)
def test_dates_and_periods(written: str, day: date | None, period: date | None) -> None:
    """Days in other forms are days; where whole periods are reported, months, quarters and years are their first."""
    assert read(written, ColumnType.DATE) == day
    assert read(written, ColumnType.DATE, whole_periods=True) == period
