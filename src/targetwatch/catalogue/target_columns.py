"""The columns of a table of targets, and the document that one target of a table becomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from targetwatch.catalogue.cells import Cell, Cells
from targetwatch.catalogue.document import START, Document, Mark, Place

TRAJECTORY = ("trajectory", "assumed", "baseline", "milestones")
EXCEPTIONS_OWN = ("org_unit", "value", "value_to", "due", "margin", *TRAJECTORY)
WORDS = ("name_vi", "name_en", "short_name_vi", "short_name_en")
SELECTING = ("org_unit", "level", "kind", "parent")
COLUMNS = (
    "target",
    "metric",
    *SELECTING,
    "tier",
    "scope",
    "comparison",
    "value",
    "value_to",
    "due",
    "trajectory",
    "assumed",
    "baseline",
    "milestones",
    "margin",
    "effective_from",
    "effective_to",
    "replaces",
    "reference",
    "owner",
    *WORDS,
    "for",
    "keep_open_for",
    "when_unit_ends",
)
REQUIRED = (
    "target",
    "metric",
    "tier",
    "scope",
    "comparison",
    "value",
    "trajectory",
    "margin",
    "effective_from",
    "reference",
)
KEYS = {"margin": "warning_margin"}  # what a column is called in YAML, where that is something else
EMPTY = {"name_vi": "name", "short_name_vi": "short_name"}  # where what is missing would begin
MEANT = {"source": "reference", "unit": "org_unit", "code": "org_unit", "path": "trajectory", "id": "target"}
PLAIN = (  # the columns that hold the value of a key as it is
    "tier",
    "scope",
    "comparison",
    "value",
    "value_to",
    "due",
    "margin",
    "effective_from",
    "effective_to",
    "replaces",
    "reference",
    "owner",
    "for",
    "keep_open_for",
    "when_unit_ends",
)
ALL = "all"


class Said(dict[str, Cell]):
    """What a row says, column by column. What is empty is not in it, but in `empty`."""

    def __init__(self, header: Sequence[str], cells: Sequence[Cell]) -> None:
        pairs = [(column, cell) for column, cell in zip(header, cells, strict=False) if column]
        super().__init__((column, cell) for column, cell in pairs if cell.text.strip())
        self.empty = {column: cell for column, cell in pairs if not cell.text.strip()}


@dataclass(slots=True)
class TargetTable(Document):
    """One target of a table. `data` is what a file of targets would say of it."""

    is_table: ClassVar[bool] = True

    cells: Cells | None = None
    offsets: dict[Place, int] = field(default_factory=dict)

    def mark(self, place: Place) -> Mark:
        """Where the cell of the value at `place` begins, or that of the nearest thing around it."""
        for length in range(len(place), -1, -1):
            if self.cells is not None and (offset := self.offsets.get(place[:length])) is not None:
                return self.cells.mark(offset)
        return START

    def key_mark(self, place: Place) -> Mark:
        """Where the cell of the value stands: a table has no keys beside its values."""
        return self.mark(place)

    def called(self, key: str) -> str:
        """The column that holds `key`, or the columns."""
        *others, last = (f"'{column}'" for column in _columns(key))
        return f"one of {', '.join(others)} and {last}" if others else last

    def add(self, key: str, value: str = "...") -> str:
        """How to give `key` a value."""
        return f"Fill in {self.called(key)}" if value == "..." else f"Write {value} under {self.called(key)}"

    def write(self, key: str, value: object, line: int) -> str:
        """How to give `key` the value in another row."""
        return f"Write {value} under {self.called(key)} in line {line}"


def _columns(key: str) -> Sequence[str]:
    if key == "org_unit":
        return SELECTING
    if key in ("name", "short_name"):
        return (f"{key}_vi",)
    return (next((column for column, called in KEYS.items() if called == key), key),)
