"""The doorbell: it rings for complete files, for each source by itself, again after a restart, and never storms."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from airflow.triggers.base import TriggerEvent
from airflow.triggers.shared_stream import SharedStreamManager

from targetwatch import triggers
from targetwatch.gathering.connectors import Look
from targetwatch.gathering.delivery import Delivery
from targetwatch.triggers import FIRST_REMINDER, LAST_REMINDER, Doorbell, InboxTrigger, Sighting

APRIL = Sighting("april.csv", 10, 1)
MAY = Sighting("may.csv", 20, 2)
PATIENCE = 20.0  # seconds that a test waits for what must come; it is handed a failure, not a hang


def lying(*sightings: Sighting) -> frozenset[Sighting]:
    """What lies in a source's folder."""
    return frozenset(sightings)


def deliver(inbox: Path, source: str, name: str, text: str = "x") -> Path:
    """A file that is moved into an inbox as a careful deliverer does it."""
    folder = inbox / source
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.part").write_text(text, encoding="utf-8")
    return (folder / f"{name}.part").rename(folder / name)


def test_a_new_file_rings_at_once_and_once():
    """One file, one ring, however often the inbox is looked at."""
    bell = Doorbell()
    assert not bell.rings(lying(), 0.0)
    assert bell.rings(lying(APRIL), 0.5)
    assert not any(bell.rings(lying(APRIL), second / 2) for second in range(2, 60))


def test_a_file_that_stays_rings_ever_more_seldom():
    """A delivery whose event was lost is announced again, and one that cannot be gathered does not storm."""
    bell = Doorbell()
    rung = [second for second in range(4 * 3600) if bell.rings(lying(APRIL), float(second))]
    gaps = [later - earlier for earlier, later in itertools.pairwise(rung)]
    assert gaps[:4] == [FIRST_REMINDER, 2 * FIRST_REMINDER, 4 * FIRST_REMINDER, 8 * FIRST_REMINDER]
    assert max(gaps) == LAST_REMINDER


def test_a_second_file_rings_while_the_first_is_still_waited_with():
    """Backing off from one file does not delay the next."""
    bell = Doorbell()
    assert bell.rings(lying(APRIL), 0.0)
    assert bell.rings(lying(APRIL, MAY), 1.0)
    assert not bell.rings(lying(APRIL, MAY), 2.0)


def test_the_same_name_delivered_again_rings_again():
    """A file that was gathered and comes again, or came with other bytes, is another delivery."""
    bell = Doorbell()
    assert bell.rings(lying(APRIL), 0.0)
    assert not bell.rings(lying(), 1.0)
    assert bell.rings(lying(APRIL), 2.0)
    assert bell.rings(lying(Sighting("april.csv", 10, 9)), 3.0)


def test_a_burst_is_one_ring():
    """Twenty files that land together ring once: the task that answers looks at the inbox itself."""
    bell = Doorbell()
    burst = lying(*(Sighting(f"{number}.csv", 1, 1) for number in range(20)))
    assert bell.rings(burst, 0.0)
    assert not bell.rings(burst, 0.5)


def test_a_scan_finds_what_gathering_would_take(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Whether a file is complete is decided in one place, by the connector."""
    complete = deliver(tmp_path, "procedures", "may.csv")
    deliver(tmp_path, "reporting", "june.xlsx")

    def look(source: str, inbox: Path) -> Look:
        found = (Delivery(complete, source, "may.csv", 1),) if source == "procedures" else ()
        return Look(found, ("june.xlsx",))

    monkeypatch.setattr(triggers.connectors, "look", look)
    found = triggers.scan(tmp_path)
    assert {source: {sighting.name for sighting in files} for source, files in found.items()} == {
        "procedures": {"may.csv"}
    }


def test_a_file_that_is_being_written_is_not_announced(tmp_path: Path):
    """Neither a file under a name for unfinished ones nor one that has just changed is complete."""
    deliver(tmp_path, "procedures", "may.csv")  # changed this moment
    (tmp_path / "procedures" / "june.csv.part").write_text("half", encoding="utf-8")
    assert triggers.scan(tmp_path) == {}


def test_a_folder_that_cannot_be_read_stops_no_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """One source's broken folder does not silence the doorbell of the others."""
    complete = deliver(tmp_path, "procedures", "may.csv")
    deliver(tmp_path, "reporting", "june.xlsx")

    def look(source: str, inbox: Path) -> Look:
        if source == "reporting":
            raise PermissionError(13, "Permission denied", str(inbox / source))
        return Look((Delivery(complete, source, "may.csv", 1),), ())

    monkeypatch.setattr(triggers.connectors, "look", look)
    assert set(triggers.scan(tmp_path)) == {"procedures"}


def test_an_inbox_that_is_not_there_yet_is_empty(tmp_path: Path):
    """A new home has no inbox until something is delivered; that is no fault."""
    assert triggers.scan(tmp_path / "inbox") == {}


def test_the_trigger_survives_the_way_through_the_database(tmp_path: Path):
    """What the DAG file writes down is what the triggerer makes the trigger from."""
    from airflow.sdk.module_loading import import_string

    trigger = InboxTrigger(inbox=str(tmp_path), source="procedures")
    path, arguments = trigger.serialize()
    again = import_string(path)(**arguments)
    assert again.serialize() == trigger.serialize()
    assert again.shared_stream_key() == trigger.shared_stream_key()


def test_every_source_hears_its_own_bell_from_one_scan(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Airflow's own manager of shared streams runs one scan for both, and each gets its own events only."""
    scans = 0
    found = {"procedures": lying(MAY), "reporting": lying(APRIL)}

    def scan(inbox: Path) -> dict[str, frozenset[Sighting]]:
        nonlocal scans
        scans += 1
        return found

    monkeypatch.setattr(triggers, "scan", scan)

    async def both() -> list[dict[str, Any]]:
        manager = SharedStreamManager(max_subscriber_queue=1024, ack_timeout=60.0, cohort_grace_period=0.0, log=Log())
        bells = [InboxTrigger(inbox=str(tmp_path), source=source, poll_seconds=0.01) for source in found]
        try:
            streams = [
                bell.filter_shared_stream(
                    manager.subscribe(trigger_id=number, trigger=bell, key=bell.shared_stream_key())
                )
                for number, bell in enumerate(bells)
            ]
            events = [await asyncio.wait_for(anext(stream), PATIENCE) for stream in streams]
        finally:
            await manager.stop_all()
        return [event.payload for event in events]

    assert asyncio.run(both()) == [{"source": "procedures", "files": 1}, {"source": "reporting", "files": 1}]
    assert scans <= 3  # not one for each of them at each poll


def test_after_a_restart_it_rings_for_what_still_lies_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Nothing is remembered over a restart, so nothing can be forgotten over one."""
    monkeypatch.setattr(triggers, "scan", lambda inbox: {"procedures": lying(MAY)})

    def first_event() -> TriggerEvent:
        async def run() -> TriggerEvent:
            events = InboxTrigger(inbox=str(tmp_path), source="procedures", poll_seconds=0.01).run()
            try:
                return await asyncio.wait_for(anext(events), PATIENCE)
            finally:
                await events.aclose()

        return asyncio.run(run())

    assert first_event().payload == first_event().payload == {"source": "procedures", "files": 1}


def test_the_real_look_rings_for_a_real_file(tmp_path: Path):
    """From a file that is moved into the inbox to an event, with nothing stood in for."""
    deliver(tmp_path, "procedures", "hồ sơ 'tháng 5'.csv")

    async def first(events: AsyncIterator[TriggerEvent]) -> TriggerEvent:
        return await asyncio.wait_for(anext(events), PATIENCE)

    trigger = InboxTrigger(inbox=str(tmp_path), source="procedures", poll_seconds=0.05)
    assert asyncio.run(first(trigger.run())).payload == {"source": "procedures", "files": 1}


class Log:
    """A logger that the shared streams can write to."""

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: None
