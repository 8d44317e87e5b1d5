"""Rows in quarantine as a spreadsheet that is sent back to their unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from targetwatch import catalogue
from targetwatch.catalogue.finding import find_units, spelt
from targetwatch.correcting import words
from targetwatch.correcting.account import LISTED, NotInQuarantineError, key_of, only_batch
from targetwatch.correcting.sheet import MOST_ROWS, Sheet, SheetRow, write_sheet
from targetwatch.gathering.parts import row_of
from targetwatch.model import Language, Programme, Source, Text
from targetwatch.settings import Settings

if TYPE_CHECKING:
    from targetwatch.correcting.rows import Delivered
    from targetwatch.warehouse.quarantine import RowKey, SetAside


def export_sheet(
    settings: Settings, path: Path, *, source_id: str | None, batch: str | None, unit: str | None, language: Language
) -> int:
    """Write what is in quarantine of a source, or of the batch whose id begins so, and of a unit, to `path`.

    The number of rows. Raises NotInQuarantineError where there is none.
    """
    programme = catalogue.load(settings.catalogue)
    held, first = _held(settings, source_id, batch)
    if not held:
        raise NotInQuarantineError(f"Nothing of {batch or source_id} is in quarantine. {LISTED}")
    source = programme.sources.get(held[0].source)
    if source is None:
        raise NotInQuarantineError(f"The catalogue has no source {held[0].source!r} any more.")
    delivered = _delivered(settings, source, held)
    if unit is not None:
        codes = _codes(programme, unit)
        held = [row for row in held if _is_of(row, codes, delivered[row.key.batch_id], source)]
        if not held:
            raise NotInQuarantineError(
                f"Nothing of {unit} is in quarantine there, as far as the unit of a row could be read. {LISTED}"
            )
    if len(held) > MOST_ROWS:
        raise NotInQuarantineError(
            f"{len(held):,} rows are too many for one sheet, which takes {MOST_ROWS:,}. Name a batch or a unit; "
            "a batch that is bad as a whole is better delivered again."
        )
    held.sort(key=lambda row: (first[row.key].known_at, first[row.key].delivered_as, first[row.key].key.position))
    write_sheet(
        Sheet(
            source=source,
            language=language,
            rows=[_row(row, first[row.key], delivered[row.key.batch_id], language) for row in held],
            deliveries=_deliveries([first[row.key] for row in held], programme, language),
            send_to=programme.owners[source.owner].name.in_(language),
            hashed=any(delivered[row.key.batch_id].hashed for row in held),
            unit=_named(programme, unit) if unit is not None else None,
        ),
        path,
    )
    return len(held)


def _held(
    settings: Settings, source_id: str | None, start: str | None
) -> tuple[list[SetAside], dict[RowKey, SetAside]]:
    """What is in quarantine of a source or batch, and each row as it was delivered first."""
    from targetwatch.warehouse import Warehouse, quarantine

    warehouse = Warehouse(settings.home, settings.product_sql, settings.programme_sql, settings.snapshots_kept)
    with warehouse.records() as conn:
        batch = None if start is None else only_batch(quarantine.batches(conn, start), start).batch_id
        held = quarantine.rows_set_aside(conn, source=source_id, batch=batch)
        return held, quarantine.first_of(conn, held[0].source, held) if held else {}


def _delivered(settings: Settings, source: Source, held: Sequence[SetAside]) -> dict[str, Delivered]:
    """The rows as they were delivered, batch by batch."""
    from targetwatch.correcting.rows import rows_of

    batches = {row.key.batch_id: row.landed_as for row in held}
    return {
        batch: rows_of(
            settings.home, source, batch, landed_as, {row.key.position for row in held if row.key.batch_id == batch}
        )
        for batch, landed_as in batches.items()
    }


def _codes(programme: Programme, unit: str) -> frozenset[str]:
    """The codes that are meant: those of the units by that code or name, and else what was written."""
    return frozenset(one.key.code for one in find_units(programme.org_units, unit)) or frozenset({unit})


def _is_of(row: SetAside, codes: frozenset[str], delivered: Delivered, source: Source) -> bool:
    """Whether a row is of the unit, as far as that can be read."""
    if row.org_unit is not None:
        return row.org_unit in codes
    values = delivered.rows.get(row.key.position)
    if values is None or source.unit_column is None:
        return False
    return spelt(values.get(source.unit_column) or "") in {spelt(code) for code in codes}


def _row(row: SetAside, first: SetAside, delivered: Delivered, language: Language) -> SheetRow:
    """A row of the sheet, with the place where it stood when it was delivered first: that is what its unit has."""
    values = delivered.rows.get(row.key.position)
    return SheetRow(key_of(row.key), _place(first, language), Text.parse(row.reason), row.column_name, values)


def _place(row: SetAside, language: Language) -> str:
    number = row_of(row.key.position)
    if row.part:
        return words.ROW_OF_PART.in_(language).format(row.delivered_as, row.part, number)
    return words.ROW_OF.in_(language).format(row.delivered_as, number)


def _deliveries(held: Sequence[SetAside], programme: Programme, language: Language) -> list[str]:
    from targetwatch.wording import dates

    named: Mapping[str, tuple[str, datetime]] = {row.key.batch_id: (row.delivered_as, row.known_at) for row in held}
    return [
        f"{name}, {dates.moment(known_at, programme.time_zone, language)} ({batch[:12]})"
        for batch, (name, known_at) in named.items()
    ]


def _named(programme: Programme, unit: str) -> str:
    found = find_units(programme.org_units, unit)
    return f"{found[-1].name} ({found[-1].key.code})" if found else unit
