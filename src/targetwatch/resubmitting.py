"""What a unit or a data engineer does about rows in quarantine: take them out as a spreadsheet, and hand them in again.

What is handed in goes the way of all deliveries, and says of itself which rows in quarantine it corrects before it is
gathered: it may die half-way, and done again it ends in the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from targetwatch import catalogue, pipeline
from targetwatch.correcting.account import (
    NotInQuarantineError,
    Resubmitted,
    StillWrong,
    key_of,
    only_batch,
    what_became_of,
)
from targetwatch.model import Source, Text
from targetwatch.settings import Settings

if TYPE_CHECKING:
    from targetwatch.correcting.returned import ReturnedRow
    from targetwatch.correcting.rows import Delivered, Values
    from targetwatch.gathering import Gathered
    from targetwatch.warehouse import Warehouse
    from targetwatch.warehouse.quarantine import KnownBatch, RowKey, SetAside


@dataclass(frozen=True, slots=True)
class _HandedIn:
    """A row on its way: which one in quarantine it corrects, its values now, and its row in the sheet."""

    held: SetAside
    values: Values
    number: int | None


def submit_sheet(
    settings: Settings, path: Path, now: datetime, progress: pipeline.Progress = pipeline.silent
) -> Resubmitted:
    """Hand in what was corrected in the spreadsheet at `path`; what nobody has changed is left as it is."""
    from targetwatch.correcting import returned, words
    from targetwatch.warehouse import quarantine

    programme = catalogue.load(settings.catalogue)
    warehouse = _warehouse(settings)
    progress(f"Reading {path.name}")
    any_source = next(source for source in programme.sources.values() if not source.planned)
    starts = {key.partition(":")[0] for key in returned.read_keys(path, any_source)}
    with warehouse.records() as conn:
        known = {start: found[0] for start in starts if start and len(found := quarantine.batches(conn, start)) == 1}
    sources = {batch.source for batch in known.values()} & programme.sources.keys()
    if len(sources) != 1:
        raise NotInQuarantineError(
            f"{path.name} has no row that was ever set aside here. Was it exported from another installation?"
            if not sources
            else f"{path.name} has rows of several sources: {', '.join(sorted(sources))}. Submit one sheet for each."
        )
    source = programme.sources[sources.pop()]
    sheet = returned.read_rows(path, source)
    keys = {row.key: _parsed(row.key, known) for row in sheet.rows}
    with warehouse.records() as conn:
        now_at = quarantine.followed(conn, source.id, [key for key in keys.values() if key is not None])
    left_out = list(sheet.left_out)
    right_before = 0
    by_batch: dict[str, list[tuple[ReturnedRow, SetAside]]] = defaultdict(list)
    for row in sheet.rows:
        key = keys[row.key]
        held = now_at.get(key) if key is not None else None
        if held is None or held.emptied_how == quarantine.SET_ASIDE_AGAIN:
            left_out.append((row.number, words.UNKNOWN_KEY))
        elif held.is_held:
            by_batch[held.key.batch_id].append((row, held))
        else:
            right_before += 1
    corrected: dict[str, list[_HandedIn]] = {}
    unchanged = 0
    for batch_id, pairs in by_batch.items():
        delivered = _delivered(settings, source, pairs[0][1], [held.key.position for _, held in pairs])
        changed, same, empty = _changed(settings, source, pairs, delivered, sheet.headed)
        corrected[batch_id] = changed
        unchanged += same
        left_out += [(number, words.STILL_EMPTY) for number in empty]
    return _hand_in(settings, source, warehouse, corrected, now, progress, unchanged, right_before, left_out)


def submit_batch(
    settings: Settings, start: str, now: datetime, progress: pipeline.Progress = pipeline.silent
) -> Resubmitted:
    """Hand in the rows in quarantine of the batch whose id begins so, as they were delivered; a refused one whole."""
    from targetwatch.correcting import words
    from targetwatch.correcting.rows import original_of
    from targetwatch.gathering import corrections
    from targetwatch.warehouse import quarantine

    programme = catalogue.load(settings.catalogue)
    warehouse = _warehouse(settings)
    with warehouse.records() as conn:
        batch = only_batch(quarantine.batches(conn, start), start)
        rows = quarantine.rows_set_aside(conn, batch=batch.batch_id, every=True)
    if batch.source not in programme.sources:
        raise NotInQuarantineError(f"The catalogue has no source {batch.source!r} any more.")
    source = programme.sources[batch.source]
    held = quarantine.held_in(rows)
    if batch.accepted and not held:
        raise NotInQuarantineError(what_became_of(batch, rows))
    original = original_of(settings.home, source, batch.batch_id)
    if not batch.accepted and original is not None:
        corrections.hand_in_again(original, source, settings.home, batch.delivered_as)
        gathered = pipeline.resubmit(settings, source.id, now, progress)
        return _came_of(warehouse, source, {row.key: None for row in held}, gathered)
    delivered = _delivered(settings, source, rows[0], [row.key.position for row in held]) if rows else None
    whole = [row for row in held if delivered is not None and row.key.position in delivered.rows]
    left_out = [(row.key.position, words.unsplit(Text.parse(row.reason))) for row in held if row not in whole]
    handed_in = [_HandedIn(row, delivered.rows[row.key.position], None) for row in whole] if delivered else []
    return _hand_in(settings, source, warehouse, {batch.batch_id: handed_in}, now, progress, 0, 0, left_out)


def _parsed(key: str, known: Mapping[str, KnownBatch]) -> RowKey | None:
    from targetwatch.warehouse.quarantine import RowKey

    start, _, position = key.partition(":")
    batch = known.get(start)
    return RowKey(batch.batch_id, int(position)) if batch is not None and position.isdecimal() else None


def _delivered(settings: Settings, source: Source, row: SetAside, positions: Sequence[int]) -> Delivered:
    """The rows of the batch of `row` at these positions; all of them where it was refused."""
    from targetwatch.correcting.rows import rows_of

    wanted = positions if row.batch_accepted else None
    return rows_of(settings.home, source, row.key.batch_id, row.landed_as, wanted)


def _changed(
    settings: Settings,
    source: Source,
    pairs: Sequence[tuple[ReturnedRow, SetAside]],
    delivered: Delivered,
    headed: frozenset[str],
) -> tuple[list[_HandedIn], int, list[int]]:
    """The rows of a batch that were changed in the sheet, how many were not, and those that are empty still."""
    from targetwatch.correcting.cells import meant

    changed: list[_HandedIn] = []
    empty: list[int] = []
    for row, held in pairs:
        before = delivered.rows.get(held.key.position)
        values = {
            column.name: meant(row.cells[column.name], (before or {}).get(column.name))
            if column.name in headed
            else (before or {}).get(column.name)
            for column in source.columns
        }
        if before is None and not any(values.values()):
            empty.append(row.number)
        elif before is None or any(values[name] != before.get(name) for name in values):
            if delivered.hashed:
                values |= _hashed(settings, source, values, before or {})
            changed.append(_HandedIn(held, values, row.number))
    return changed, len(pairs) - len(changed) - len(empty), empty


def _hashed(settings: Settings, source: Source, values: Values, before: Values) -> dict[str, str | None]:
    """The ids that were written into a sheet of hashed ones, hashed: none of them is written anywhere as it is."""
    import polars as pl

    from targetwatch.gathering import record_key
    from targetwatch.gathering.record_key import keyed_hashes

    key = record_key(settings.home)
    names = [column.name for column in source.columns if column.keyed_hash]
    fresh = [name for name in names if values[name] is not None and values[name] != before.get(name)]
    return {name: keyed_hashes(pl.Series([values[name]], dtype=pl.String), key).item() for name in fresh}


def _hand_in(
    settings: Settings,
    source: Source,
    warehouse: Warehouse,
    corrected: Mapping[str, Sequence[_HandedIn]],
    now: datetime,
    progress: pipeline.Progress,
    unchanged: int,
    right_before: int,
    left_out: Sequence[tuple[int, Text]],
) -> Resubmitted:
    """Write a delivery for each batch that rows are of, say what it corrects, and let it be gathered."""
    from targetwatch.gathering import corrections
    from targetwatch.warehouse import quarantine

    numbers: dict[RowKey, int | None] = {}
    for rows in corrected.values():
        if not rows:
            continue
        held = rows[0].held
        delivered = _delivered(settings, source, held, [row.held.key.position for row in rows])
        contents, corrects = _contents(warehouse, rows, delivered)
        places = [(key.batch_id, key.position) for key in corrects.values()]
        whole, hashed = not held.batch_accepted, delivered.hashed
        with corrections.prepared(contents, source, settings.home, places, whole=whole, hashed=hashed) as one:
            with warehouse.records() as conn:
                quarantine.hand_in(conn, one.batch_id, source.id, corrects, now)
            corrections.hand_in(one, held.delivered_as)
        numbers |= {row.held.key: row.number for row in rows}
    gathered = pipeline.resubmit(settings, source.id, now, progress) if numbers else []
    came = _came_of(warehouse, source, numbers, gathered)
    return Resubmitted(
        source.id,
        came.handed_in,
        came.put_right,
        right_before,
        unchanged,
        came.still_wrong,
        tuple((number, str(why)) for number, why in sorted(left_out, key=lambda one: one[0])),
        tuple(gathered),
    )


def _contents(
    warehouse: Warehouse, rows: Sequence[_HandedIn], delivered: Delivered
) -> tuple[list[Values], dict[int, RowKey]]:
    """The rows of the delivery, and which of them, by their number from 1, correct which row in quarantine.

    Of a refused batch they are all that it had: its good rows were never recorded.
    """
    from targetwatch.warehouse import quarantine

    fresh = {row.held.key.position: row.values for row in rows}
    batch_id = rows[0].held.key.batch_id
    if rows[0].held.batch_accepted:
        every: Mapping[int, Values] = fresh
        held = {row.held.key for row in rows}
    else:
        every = {**delivered.rows, **fresh}
        with warehouse.records() as conn:
            held = {row.key for row in quarantine.rows_set_aside(conn, batch=batch_id)}
    places = sorted(every)
    corrects = {
        number: quarantine.RowKey(batch_id, place)
        for number, place in enumerate(places, start=1)
        if quarantine.RowKey(batch_id, place) in held
    }
    return [every[place] for place in places], corrects


def _came_of(
    warehouse: Warehouse, source: Source, numbers: Mapping[RowKey, int | None], gathered: Sequence[Gathered]
) -> Resubmitted:
    """What became of the rows that were handed in, by the keys under which they had been in quarantine."""
    from targetwatch.warehouse import quarantine

    with warehouse.records() as conn:
        now = quarantine.followed(conn, source.id, numbers)
    wrong = tuple(
        StillWrong(key_of(now[key].key), number, now[key].reason, now[key].column_name)
        for key, number in numbers.items()
        if key in now and now[key].emptied_how != quarantine.PUT_RIGHT
    )
    return Resubmitted(source.id, len(numbers), len(numbers) - len(wrong), still_wrong=wrong, gathered=tuple(gathered))


def _warehouse(settings: Settings) -> Warehouse:
    from targetwatch.warehouse import Warehouse

    return Warehouse(settings.home, settings.product_sql, settings.programme_sql, settings.snapshots_kept)
