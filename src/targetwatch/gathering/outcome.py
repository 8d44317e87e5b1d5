"""What became of a delivery: as the warehouse writes it down, and as people are told."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from targetwatch.gathering import reasons
from targetwatch.gathering.delivery import Delivery, Gated, Gathered, Landed, Refused
from targetwatch.gathering.formats.table import rejected_rows
from targetwatch.model import Source

if TYPE_CHECKING:
    from targetwatch.warehouse.records import Batch

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
    return Gated(pl.DataFrame(), rejected_rows(()), refused.because, reports, touched)


def batch(delivery: Delivery, source: Source, landed: Landed | Refused, gated: Gated, known_at: datetime) -> Batch:
    """The delivery as the warehouse writes it down."""
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
    )


def staged(landed: Landed | Refused, gated: Gated, known_at: datetime) -> pl.DataFrame | None:
    """The good rows as they are merged into the record table; None where the batch is refused."""
    if gated.refusal is not None:
        return None
    return gated.good.with_columns(
        batch_id=pl.lit(landed.batch_id), known_from=pl.lit(known_at).cast(pl.Datetime("us", "UTC"))
    )


def gathered(
    delivery: Delivery,
    source: Source,
    landed: Landed | Refused,
    gated: Gated,
    unnamed_before: frozenset[str] | None = None,
) -> Gathered:
    """What people are told of a delivery that was recorded.

    `unnamed_before` are the columns without a name in the source that earlier deliveries had: any other one is new, and
    is warned of. None where there was no delivery before: what the first one has besides is nobody's change.
    """
    new = [] if unnamed_before is None else [name for name in landed.unnamed_columns if name not in unnamed_before]
    warnings = gated.warnings + ((str(reasons.new_columns(new)),) if new else ())
    return Gathered(
        source=source.id,
        delivered_as=delivery.name,
        batch_id=landed.batch_id,
        state="accepted" if gated.refusal is None else "refused",
        refused_because=gated.refusal,
        rows_delivered=_rows(landed),
        rows_accepted=gated.good.height if gated.refusal is None else 0,
        rows_quarantined=gated.quarantined.height,
        warnings=warnings,
    )


def already_known(delivery: Delivery, landed: Landed | Refused) -> Gathered:
    """What people are told of bytes that were delivered and accepted before: nothing changes."""
    return Gathered(source=delivery.source, delivered_as=delivery.name, batch_id=landed.batch_id, state="already_known")


def _rows(landed: Landed | Refused) -> int:
    return landed.rows_delivered if isinstance(landed, Landed) else 0
