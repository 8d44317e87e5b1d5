"""What one pass does with the deliveries of a source: each is landed, gated and recorded, and its original put away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from targetwatch.model import Programme, Source
from targetwatch.settings import Settings
from targetwatch.steps import asking

if TYPE_CHECKING:
    from pathlib import Path

    from targetwatch.gathering import Delivery, Gathered, Landed, Refused
    from targetwatch.warehouse import Warehouse


@dataclass(slots=True)
class Taking:
    """One pass over the deliveries of `source`: what was `gathered`, and the `failures` for reasons of ours.

    A delivery that is refused, or that fails, stops none of the others: a failed one stays for the next pass.
    """

    settings: Settings
    programme: Programme
    source: Source
    warehouse: Warehouse
    now: datetime
    progress: Callable[[str], None]
    gathered: list[Gathered] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)

    def ask(self) -> None:
        """Ask the source's system what it has since it was asked last, and take that."""
        from targetwatch import gathering

        settings, programme, source, warehouse = self.settings, self.programme, self.source, self.warehouse
        spool = settings.home / "spool"
        self.take(gathering.spooled(source, spool))  # by a pass that died
        before, failed_before = len(self.gathered), len(self.failures)
        try:
            asked = asking.ask(settings, programme, source, warehouse, self.now, self.progress)
            if asked is gathering.Asked.DELIVERED:
                self.take(gathering.spooled(source, spool))
            has_answered = asked in (gathering.Asked.DELIVERED, gathering.Asked.NOTHING_NEW)
            if has_answered and len(self.failures) == failed_before:
                asking.answered(programme, source, warehouse, self.gathered[before:], self.now)
        except Exception as failure:  # noqa: BLE001 - raised by `finish`: files that lie there are taken all the same
            failure.add_note(f"This happened when the system of the source {source.id} was asked.")
            self.failures.append(failure)

    def take(self, deliveries: Iterable[Delivery]) -> None:
        """Take one delivery after the other."""
        from targetwatch import gathering

        for delivery in deliveries:
            self.progress(f"{self.source.id}: {delivery.name} ({delivery.bytes:,} bytes)")
            try:
                self.gathered.append(self.take_one(delivery))
            except gathering.DeliveryChangedError as left:
                self.progress(f"{self.source.id}: {left}")
            except Exception as failure:  # noqa: BLE001 - raised by `finish`, after those that it must not stop
                failure.add_note(f"This happened to the delivery {delivery.name} of the source {self.source.id}.")
                self.failures.append(failure)

    def take_one(self, delivery: Delivery) -> Gathered:
        """Land, gate and record one delivery, and put its original away."""
        from targetwatch import gathering

        with gathering.scratch(self.settings.home) as folder:
            gathered, landed = self._record(delivery, folder)
        gathering.retire(delivery, landed, self.settings.home)
        return gathered

    def finish(self) -> list[Gathered]:
        """Publish what is new: what was gathered. Raises an ExceptionGroup of the failures, where there are any."""
        if any(one.state != "already_known" for one in self.gathered):
            self.warehouse.publish_records(self.now)
        if self.failures:
            count = f"{len(self.failures)} deliveries of {self.source.id} could not be gathered"
            raise ExceptionGroup(count, self.failures)
        return self.gathered

    def _record(self, delivery: Delivery, folder: Path) -> tuple[Gathered, Landed | Refused]:
        """Land, gate and record one delivery, block by block in `folder`: what became of it, and what landed."""
        from targetwatch import gathering
        from targetwatch.warehouse import columns, records

        settings, source, now = self.settings, self.source, self.now
        allowed = gathering.TimeAllowed(timedelta(minutes=settings.delivery_minutes))
        landed = gathering.land(delivery, source, settings.home, gathering.record_key(settings.home), folder, allowed)
        with self.warehouse.records() as conn:
            known = records.accepted_batches(conn, [landed.batch_id])
            before = columns.columns_before(conn, source.id)
        if known:
            return gathering.already_known(delivery, landed), landed
        rules = gathering.gated_as(delivery, source)
        suites = settings.expectations / "gates"
        gated = gathering.sort_rows(landed, rules, self.programme, suites, now, allowed=allowed, before=before)
        changes = gathering.column_changes(delivery, source, landed, before)
        with self.warehouse.records() as conn:
            recorded = records.record_batch(
                conn,
                gathering.batch(delivery, source, landed, gated, now, changes),
                staged=gathering.staged(landed, gated, now),
                quarantined=gathering.put_aside(gated),
                reports=gated.reports,
                touched=gated.touched,
                recorded_at=now,
            )
        if not recorded:  # another process recorded the same bytes while they were gated here
            return gathering.already_known(delivery, landed), landed
        return gathering.gathered(delivery, source, landed, gated, changes), landed
