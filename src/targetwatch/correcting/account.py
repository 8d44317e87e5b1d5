"""What became of rows that were asked for or handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from targetwatch.gathering import Gathered
    from targetwatch.warehouse.quarantine import KnownBatch, RowKey, SetAside

KEY_LENGTH = 12  # of a batch's id, in the key of a row
LISTED = "`targetwatch quarantine list` shows what is in quarantine."


class NotInQuarantineError(Exception):
    """What was asked for is not in quarantine: the message says what became of it, and what to do."""


@dataclass(frozen=True, slots=True)
class StillWrong:
    """A row that was handed in and set aside once more. `number` is its row in the sheet, None where there was none."""

    key: str
    number: int | None
    reason: str  # in both languages, as str(Text)
    column: str | None


@dataclass(frozen=True, slots=True)
class Resubmitted:
    """What became of rows that were handed in."""

    source: str
    handed_in: int = 0
    put_right: int = 0
    right_before: int = 0  # put right before they came: left as they are
    unchanged: int = 0  # as they had been delivered: not handed in again
    still_wrong: tuple[StillWrong, ...] = ()
    left_out: tuple[tuple[int, str], ...] = ()  # what could not be handed in: its row, and why, as str(Text)
    gathered: tuple[Gathered, ...] = ()


def key_of(key: RowKey) -> str:
    """The key of a row as it stands in a spreadsheet."""
    return f"{key.batch_id[:KEY_LENGTH]}:{key.position}"


def only_batch(found: Sequence[KnownBatch], start: str) -> KnownBatch:
    """The one batch that was found by the start of its id. Raises NotInQuarantineError where it is none, or several."""
    if len(found) == 1:
        return found[0]
    if found:
        raise NotInQuarantineError(f"{len(found)} batches begin with {start!r}: write more of the id. {LISTED}")
    raise NotInQuarantineError(f"No batch has an id that begins with {start!r}. {LISTED}")


def what_became_of(batch: KnownBatch, rows: Sequence[SetAside]) -> str:
    """What to say of a batch of which nothing is in quarantine."""
    if not rows:
        return f"No row of {batch.delivered_as} was set aside: there is nothing to hand in."
    again = sorted({str(row.emptied_by)[:KEY_LENGTH] for row in rows if row.emptied_how == "set_aside_again"})
    right = sum(row.emptied_how == "put_right" for row in rows)
    stands = f" {len(rows) - right} of its rows stand in quarantine out of {', '.join(again)} now." if again else ""
    return f"Nothing of {batch.delivered_as} is in quarantine any more: {right} rows of it were put right.{stands}"
