"""What became of a delivery: as the warehouse writes it down, and as people are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from targetwatch.gathering.blocks import Parts
from targetwatch.gathering.columns import Before
from targetwatch.gathering.columns import changes as changes_of
from targetwatch.gathering.delivery import Delivery, Gated, Gathered, Landed, Refused
from targetwatch.gathering.putting_aside import SCHEMA
from targetwatch.model import Source, Text

if TYPE_CHECKING:
    from targetwatch.warehouse.records import Batch
    from targetwatch.warehouse.staged_rows import FileRows, GoodRows

REPORT_SCHEMA = {
    "org_unit": pl.String,
    "org_unit_valid_from": pl.Date,
    "tier": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
}
PERIOD_SCHEMA = {"period_start": pl.Date, "period_end": pl.Date}


def nothing_of(refused: Refused) -> Gated:
    """A delivery that could not be read, as a gate would hand it on: no rows, and why."""
    reports, touched = pl.DataFrame(schema=REPORT_SCHEMA), pl.DataFrame(schema=PERIOD_SCHEMA)
    return Gated(None, Parts(Path(), pl.DataFrame(schema=SCHEMA)), refused.because, reports, touched)


def batch(
    delivery: Delivery,
    source: Source,
    landed: Landed | Refused,
    gated: Gated,
    known_at: datetime,
    changes: Sequence[Text] = (),
) -> Batch:
    """The delivery as the warehouse writes it down; `changes` are those of its columns."""
    from targetwatch.warehouse.records import Batch

    return Batch(
        batch_id=landed.batch_id,
        source=source.id,
        table=source.table,
        delivered_as=delivery.name,
        content_hash=landed.content_hash,
        bytes=delivery.bytes,
        landed_as=f"landing/{source.id}/{landed.path.name}" if isinstance(landed, Landed) else None,
        rows_delivered=_rows(landed),
        known_at=known_at,
        unnamed_columns=landed.unnamed_columns,
        refused_because=gated.refusal,
        watermark=landed.watermark if isinstance(landed, Landed) else None,
        named_columns=landed.named_columns if isinstance(landed, Landed) else (),
        column_changes=tuple(str(change) for change in changes),
        parts=landed.parts if isinstance(landed, Landed) else (),
    )


def staged(landed: Landed | Refused, gated: Gated, known_at: datetime) -> GoodRows | None:
    """The good rows as they are merged into the record table; None where the batch is refused."""
    from targetwatch.warehouse.staged_rows import GoodRows

    if gated.sorted is None:
        return None
    good = gated.sorted
    return GoodRows(good.rows, good.bad, good.height, landed.batch_id, known_at)


def put_aside(gated: Gated) -> FileRows:
    """The bad rows as they are written down."""
    from targetwatch.warehouse.staged_rows import FileRows

    return FileRows(tuple(gated.put_aside.paths), gated.put_aside.height)


def gathered(
    delivery: Delivery,
    source: Source,
    landed: Landed | Refused,
    gated: Gated,
    changes: Sequence[Text] = (),
) -> Gathered:
    """What people are told of a delivery that was recorded; of the `changes` of its columns they are warned."""
    warnings = (*gated.warnings, *(str(change) for change in changes))
    return Gathered(
        source=source.id,
        delivered_as=delivery.name,
        batch_id=landed.batch_id,
        state="accepted" if gated.refusal is None else "refused",
        refused_because=gated.refusal,
        rows_delivered=_rows(landed),
        rows_accepted=gated.rows_accepted,
        rows_quarantined=gated.rows_quarantined,
        warnings=warnings,
    )


def column_changes(
    delivery: Delivery, source: Source, landed: Landed | Refused, before: Before | None
) -> tuple[Text, ...]:
    """In what a delivery's columns differ from those `before` it; corrections have the columns that they were given."""
    if isinstance(landed, Refused) or delivery.correction is not None:
        return ()
    return changes_of(source, landed.named_columns, landed.unnamed_columns, before)


def already_known(delivery: Delivery, landed: Landed | Refused) -> Gathered:
    """What people are told of bytes that were delivered and accepted before: nothing changes."""
    return Gathered(source=delivery.source, delivered_as=delivery.name, batch_id=landed.batch_id, state="already_known")


def _rows(landed: Landed | Refused) -> int:
    return landed.rows_delivered if isinstance(landed, Landed) else 0
