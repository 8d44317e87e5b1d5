"""What passes through this room: a delivery, what landed of it, how its rows were sorted, and what became of it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from targetwatch.model import Text

if TYPE_CHECKING:
    import polars as pl

    from targetwatch.gathering.blocks import Parts


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
    A `correction` brings rows of a quarantine back, or the whole of a refused batch: see gathering/corrections.py.
    """

    path: Path
    source: str
    name: str  # as people write it: valid Unicode, no control characters
    bytes: int
    problem: Text | None = None
    spooled: bool = False
    correction: Literal["rows", "whole"] | None = None
    is_copy: bool = False  # of an object that stays where it is: it is removed once recorded, and not kept

    def fingerprint(self, path: Path | None = None) -> Fingerprint:
        """The fingerprint of what lies at its path now, or at another: of the link itself where it is not followed."""
        seen = os.stat(path or self.path, follow_symlinks=self.problem is None)
        return Fingerprint(seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)


@dataclass(frozen=True, slots=True)
class Landed:
    """A delivery that could be read: the columns that the source names, as Parquet, and nothing else.

    `content` has `position` (Int64: the line of a CSV, the row of a sheet, else the number of the row from 1) and the
    source's columns by their names in the warehouse, still as delivered. It lies in the scratch folder; `path` is where
    it is kept, as it was read when these bytes came for the first time. `rejected` has the lines that could not be
    split into columns: position, reason, column_name, delivered_value.
    """

    batch_id: str
    content_hash: str
    path: Path
    content: Path
    rows_read: int
    rejected: Parts
    unnamed_columns: tuple[str, ...]
    fingerprint: Fingerprint  # of the file from before it was read
    missing_columns: tuple[str, ...] = ()  # required and not delivered, as the deliverer calls them
    watermark: str | None = None  # how far a source that is fetched bit by bit has now been gathered
    named_columns: tuple[str, ...] = ()  # those of the source's columns that it has, by their names in the warehouse
    parts: tuple[str, ...] = ()  # what its sheets or packed files are called: see gathering/parts.py

    @property
    def rows_delivered(self) -> int:
        """How many rows the delivery has, readable or not."""
        return self.rows_read + self.rejected.height

    @property
    def frame(self) -> pl.DataFrame:
        """All of `content` at once: for deliveries that are known to be small."""
        import polars as pl

        return pl.read_parquet(self.content, glob=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """A delivery that could not be read at all. `because` is in both languages, as `str(Text)`."""

    batch_id: str
    content_hash: str
    because: str
    fingerprint: Fingerprint  # of the file from before it was read
    unnamed_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sorted:
    """The rows of a delivery that the rules for every source let through, as Parquet, and which of them are bad yet.

    `rows` has the source's columns by type (dates pl.Date, moments pl.Datetime("us", "UTC"), integers Int64, numbers
    Decimal(38, 6)) and position, record_id, org_unit, org_unit_valid_from, tier, period_start, period_end. `bad` are
    files with the places in it (`place`, from 0) of the rows that are not good.
    """

    rows: Path
    bad: tuple[Path, ...]
    height: int  # of the good ones


@dataclass(frozen=True, slots=True)
class Gated:
    """The rows of a landed delivery, sorted.

    `put_aside` has one row for each bad row: position, reason, column_name, delivered_value, and record_id and
    org_unit as far as they can be told. `refusal` says why the batch is refused whole, as `str(Text)`, or is None.
    `reports` says which unit reported which period: org_unit, org_unit_valid_from, tier, period_start, period_end.
    `touched` names the periods that the rows can change: period_start, period_end. `warnings` are what checks that only
    warn found. Of a refused batch `reports` and `touched` go as far as it could be read.
    """

    sorted: Sorted | None  # None where the batch is refused
    put_aside: Parts
    refusal: str | None
    reports: pl.DataFrame
    touched: pl.DataFrame
    warnings: tuple[str, ...] = ()

    @property
    def rows_accepted(self) -> int:
        """How many rows are good."""
        return 0 if self.sorted is None else self.sorted.height

    @property
    def rows_quarantined(self) -> int:
        """How many rows are bad."""
        return self.put_aside.height

    @property
    def good(self) -> pl.DataFrame:
        """All good rows at once, without columns where there are none: for deliveries that are known to be small."""
        import polars as pl

        if self.sorted is None:
            return pl.DataFrame()
        rows = pl.read_parquet(self.sorted.rows, glob=False).with_row_index("place").cast({"place": pl.Int64})
        for part in self.sorted.bad:
            rows = rows.join(pl.read_parquet(part, glob=False), on="place", how="anti", maintain_order="left")
        return rows.drop("place", "row")

    @property
    def quarantined(self) -> pl.DataFrame:
        """All bad rows at once, by position: for deliveries that are known to be small."""
        return self.put_aside.frame().sort("position")


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
