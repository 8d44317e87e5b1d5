"""Columns that change from one delivery to the next: new, missing, renamed and retyped ones are told apart.

A new column is a warning, for it is not kept. A missing one that is not required is a warning, once; a required one
refuses the batch. One that most probably has another name now is said to be so in either case. A column most of whose
values can no longer be read as its type refuses the batch for that one reason, and not for every row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Protocol

from targetwatch.gathering import reasons
from targetwatch.model import Source, Text
from targetwatch.wording.plain import plain

ALIKE = 0.8  # share of letters from which a name may be another spelling
FEWEST = 20  # unreadable values: below that they are single faults, each with its row
LONGEST = 24  # signs of an example


class Before(Protocol):
    """What the accepted deliveries before this one had."""

    @property
    def named(self) -> frozenset[str]:
        """The source's columns that each of the last few had, by their names in the warehouse."""

    @property
    def unnamed(self) -> frozenset[str]:
        """The columns without a name in the source that any of them had."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a column held: values that are not empty, those that cannot be read as its type, and the first of those."""

    filled: int
    unreadable: int
    position: int = 0
    value: str = ""


def changes(source: Source, named: Collection[str], unnamed: Sequence[str], before: Before | None) -> tuple[Text, ...]:
    """In what the columns of a delivery differ from those before it: `named` by their names in the warehouse.

    None of it refuses the batch. The first delivery differs from nothing.
    """
    if before is None:
        return ()
    new = [name for name in unnamed if name not in before.unnamed]
    gone = [column for column in source.columns if column.name not in named]
    # Of a required one the refusal says so.
    refused = perhaps_renamed([column.delivered_as for column in gone if column.required], new)
    usual = [column.delivered_as for column in gone if not column.required and column.name in before.named]
    renamed = perhaps_renamed(usual, [name for name in new if name not in refused.values()])
    said = [reasons.renamed(old, name) for old, name in renamed.items()]
    if plainly_missing := [name for name in usual if name not in renamed]:
        said.append(reasons.optional_missing(plainly_missing))
    if plainly_new := [name for name in new if name not in {*renamed.values(), *refused.values()}]:
        said.append(reasons.new_columns(plainly_new))
    return tuple(said)


def missing(required: Sequence[str], unnamed: Sequence[str]) -> Text:
    """Why a batch is refused that lacks required columns, by the deliverer's names, and what they may be called now."""
    said = [reasons.columns_missing(required)]
    said += [reasons.renamed(old, new) for old, new in perhaps_renamed(required, unnamed).items()]
    return Text("; ".join(one.vi for one in said), "; ".join(one.en for one in said))


def perhaps_renamed(gone: Sequence[str], new: Sequence[str]) -> dict[str, str]:
    """For each column that is gone the new one by nearly the same name, if there is one; each new one once."""
    pairs = sorted(
        ((_likeness(old, name), -place, old, name) for old in gone for place, name in enumerate(new)), reverse=True
    )
    found: dict[str, str] = {}
    for likeness, _, old, name in pairs:
        if likeness >= ALIKE and old not in found and name not in found.values():
            found[old] = name
    return found


def retyped(source: Source, seen: Mapping[str, Seen], before: Before | None = None) -> Text | None:
    """Why a batch is refused most of whose values in some column are not of its type; `seen` by warehouse names.

    The example shows the shape of a value, digits as 9 and letters as a: what stood there is told to nobody.
    """
    said = [
        reasons.retyped(
            column.delivered_as,
            column.type,
            was_readable=before is not None and column.name in before.named,
            unreadable=found.unreadable,
            filled=found.filled,
            position=found.position,
            shape=shape_of(found.value),
        )
        for column in source.columns
        if (found := seen.get(column.name)) is not None
        and found.unreadable >= FEWEST
        and 2 * found.unreadable > found.filled
    ]
    return Text("; ".join(one.vi for one in said), "; ".join(one.en for one in said)) if said else None


def unreadable_in(put_aside: Sequence[Path], content: Path) -> dict[str, Seen]:
    """The columns whose values could not be read, by the rows that were `put_aside` for it out of `content`.

    A row is put aside for the first of its faults: of two columns that went wrong together one is seen.
    """
    import polars as pl

    if not put_aside:
        return {}
    unreadable = [str(reason) for reason in reasons.UNREADABLE.values()]
    found = (
        pl.scan_parquet(list(put_aside), glob=False)
        .filter(pl.col("reason").is_in(unreadable) & pl.col("column_name").is_not_null())
        .group_by("column_name")
        .agg(pl.len(), pl.col("position").min(), pl.col("delivered_value").sort_by("position").first())
        .filter(pl.col("len") >= FEWEST)
        .collect()
    )
    rows = pl.scan_parquet(content, glob=False)
    return {
        name: Seen(rows.select(pl.col(name).count()).collect().item(), count, position, value or "")
        for name, count, position, value in found.iter_rows()
    }


def shape_of(value: str) -> str:
    """How a value is written, without the value: 31.05.2025 is 99.99.9999."""
    signs = ("9" if sign.isdecimal() else "a" if sign.isalpha() else sign for sign in " ".join(value.split()))
    shape = "".join(signs)
    return shape if len(shape) <= LONGEST else f"{shape[:LONGEST]}…"


def _likeness(one: str, other: str) -> float:
    left, right = _letters(one), _letters(other)
    if not left or not right:
        return 0.0
    return 1.0 if left == right else SequenceMatcher(None, left, right).ratio()


def _letters(name: str) -> str:
    """The letters and digits of a name, without marks and case: mã hồ sơ, MA_HO_SO and MaHoSo are one."""
    return "".join(sign for sign in plain(name) if sign.isalnum())
