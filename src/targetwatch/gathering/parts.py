"""The parts of a delivery: the sheets of a workbook, the files of an archive. Where a row stands is one number.

A row's position is its line or row in its part; the parts are kept apart by what is above that: part k, from 0, begins
at k times PART. A delivery of one part has plain positions.
"""

from __future__ import annotations

from collections.abc import Sequence

PART = 1_000_000_000_000  # more rows than any file has; sql/ says the same number


def position_in(part: int, row: int) -> int:
    """The position of a part's row, from which both can be told again."""
    return part * PART + row


def row_of(position: int) -> int:
    """The line or row within its part."""
    return position % PART


def part_of(position: int, parts: Sequence[str]) -> str | None:
    """What the part of a position is called; None where the delivery has one part without a name."""
    place = position // PART
    return parts[place] if place < len(parts) else None
