"""What passes through this room: a delivery, what landed of it, how its rows were sorted, and what became of it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from targetwatch.model import Text

if TYPE_CHECKING:
    import polars as pl


class DeliveryChangedError(Exception):
    """The file changed while it was read: it is still being written, and the next pass takes it."""


class DeliveryGoneError(DeliveryChangedError):
    """The file is no longer in the inbox: another process has taken it, or its deliverer has taken it back."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What tells the file that was read from one that has taken its name, or that was written to since."""

    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int

    def is_same_file(self, other: Fingerprint) -> bool:
        """Whether both are the same content of the same file, renamed or not: renaming sets the change time."""
        return (self.inode, self.size, self.mtime_ns) == (other.inode, other.size, other.mtime_ns)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file that lies complete in a source's inbox, or in its spool. One with a `problem` is refused unopened.

    What was fetched is `spooled`: it holds nothing but the source's columns, ids hashed already, and is not kept.
    """

    path: Path
    source: str
    name: str  # as people write it: valid Unicode, no control characters
    bytes: int
    problem: Text | None = None
    spooled: bool = False

    def fingerprint(self, path: Path | None = None) -> Fingerprint:
        """The fingerprint of what lies at its path now, or at another: of the link itself where it is not followed."""
        seen = os.stat(path or self.path, follow_symlinks=self.problem is None)
        return Fingerprint(seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)


@dataclass(frozen=True, slots=True)
class Landed:
    """A delivery that could be read: the columns that the source names, as Parquet and as a frame, and nothing else.

    `frame` has `position` (Int64: the line of a CSV, the row of a sheet, else the number of the row from 1) and the
    source's columns by their names in the warehouse, still as delivered. `rejected` has the lines that could not be
    split into columns: position, reason, column_name, delivered_value.
    """

    batch_id: str
    content_hash: str
    path: Path
    frame: pl.DataFrame
    unnamed_columns: tuple[str, ...]
    rejected: pl.DataFrame
    fingerprint: Fingerprint  # of the file from before it was read
    missing_columns: tuple[str, ...] = ()  # required and not delivered, as the deliverer calls them
    watermark: str | None = None  # how far a source that is fetched bit by bit has now been gathered

    @property
    def rows_delivered(self) -> int:
        """How many rows the delivery has, readable or not."""
        return self.frame.height + self.rejected.height


@dataclass(frozen=True, slots=True)
class Refused:
    """A delivery that could not be read at all. `because` is in both languages, as `str(Text)`."""

    batch_id: str
    content_hash: str
    because: str
    fingerprint: Fingerprint  # of the file from before it was read
    unnamed_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gated:
    """The rows of a landed delivery, sorted.

    `good` has the source's columns by type (dates pl.Date, moments pl.Datetime("us", "UTC"), integers Int64, numbers
    Decimal(38, 6)) and position, record_id, org_unit, org_unit_valid_from, tier, period_start, period_end.
    `quarantined` has one row for each bad row: position, reason, column_name, delivered_value. `refusal` says why the
    batch is refused whole, as `str(Text)`, or is None. `reports` says which unit reported which period: org_unit,
    org_unit_valid_from, tier, period_start, period_end. `touched` names the periods that the rows can change:
    period_start, period_end. `warnings` are what checks that only warn found. Of a refused batch `reports` and
    `touched` go as far as it could be read.
    """

    good: pl.DataFrame
    quarantined: pl.DataFrame
    refusal: str | None
    reports: pl.DataFrame
    touched: pl.DataFrame
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gathered:
    """What became of one delivery."""

    source: str
    delivered_as: str
    batch_id: str
    state: Literal["accepted", "refused", "already_known"]
    refused_because: str | None = None
    rows_delivered: int = 0
    rows_accepted: int = 0
    rows_quarantined: int = 0
    warnings: tuple[str, ...] = field(default=())
