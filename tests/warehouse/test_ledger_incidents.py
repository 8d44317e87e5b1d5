"""Incidents and their events, claims, runs and the copy of the catalogue survive the way into the ledger and back."""

from dataclasses import replace
from datetime import date

import pytest

from targetwatch.model import IncidentEvent, IncidentEventKind, IncidentKey, IncidentKind, IncidentState, Text
from targetwatch.warehouse import JudgedVersionEdited, Warehouse, ledger
from tests.warehouse.samples import BEHIND, CLAIM, INCIDENT, TARGET, at, programme

LATE = replace(INCIDENT, number=2, key=IncidentKey(IncidentKind.LATE, "procedures"), facts={}, last_period=None)


def test_incidents_are_read_back_as_they_were(warehouse: Warehouse) -> None:
    """Keys with and without a unit, facts in Vietnamese, moments: all of it survives, and numbers go on."""
    with warehouse.ledger() as conn:
        assert ledger.next_incident_number(conn) == 1
        assert ledger.save_incidents(conn, [INCIDENT, LATE]) == 2
    with warehouse.ledger() as conn:
        assert ledger.live_incidents(conn) == [INCIDENT, LATE]
        assert ledger.next_incident_number(conn) == 3


def test_only_incidents_that_changed_are_written(warehouse: Warehouse) -> None:
    """Saving an incident as it is writes nothing; a closed one no longer goes on, and is not forgotten."""
    closed = replace(INCIDENT, state=IncidentState.RESOLVED, closed_at=at(20), facts={"judged": None})
    with warehouse.ledger() as conn:
        ledger.save_incidents(conn, [INCIDENT, LATE])
        assert ledger.save_incidents(conn, [INCIDENT, LATE]) == 0
        assert ledger.save_incidents(conn, [closed, LATE]) == 1
        assert ledger.live_incidents(conn) == [LATE]
        assert ledger.incidents(conn) == [closed, LATE]


def test_events_keep_their_order(warehouse: Warehouse) -> None:
    """What happened in one pass, at one moment, is read back in the order in which it happened."""
    events = [
        IncidentEvent(kind, 1, INCIDENT.key, at(16), {"step": step}, {"step": step + 1})
        for step, kind in enumerate((IncidentEventKind.PENDING, IncidentEventKind.OPENED, IncidentEventKind.CHANGED))
    ]
    with warehouse.ledger() as conn:
        ledger.save_incidents(conn, [INCIDENT])
        assert ledger.append_events(conn, events, run_id="r", recorded_at=at(16)) == 3
        assert ledger.incident_events(conn, 1) == events
        assert ledger.incident_events(conn, 2) == []


def test_incidents_are_named_for_people(published, warehouse: Warehouse) -> None:
    """The view says what each is about in both languages, whatever its kind."""
    misreported = replace(INCIDENT, number=3, key=IncidentKey(IncidentKind.MISREPORTED, CLAIM.id))
    with warehouse.ledger() as conn:
        ledger.apply_catalogue(conn, programme(), at(1))
        ledger.append_claims(conn, [CLAIM], run_id="r", recorded_at=at(1))
        ledger.save_incidents(conn, [INCIDENT, LATE, misreported])
    with published().read() as reader:
        rows = reader.query("SELECT name, subject_name_en, org_unit_name, is_live FROM incidents ORDER BY number").rows
    assert rows == [
        ("TW-1", "Dossiers online, districts", "Hà Nội", True),
        ("TW-2", "Procedures", None, True),
        ("TW-3", "Units with a portal", None, True),
    ]


def test_claims_are_added_where_their_finding_differs(warehouse: Warehouse) -> None:
    """Checking a claim again adds nothing, a correction does, and the newest is what stands."""
    corrected = replace(CLAIM, published="70.8", finding="adds_up")
    unknown = replace(CLAIM, id="other/2024-11-01", numerator=None, denominator=None, finding="not_evaluated")
    with warehouse.ledger() as conn:
        assert ledger.append_claims(conn, [CLAIM, unknown], run_id="r", recorded_at=at(1)) == 2
        assert ledger.append_claims(conn, [CLAIM, unknown], run_id="r", recorded_at=at(2)) == 0
        assert ledger.append_claims(conn, [corrected, unknown], run_id="r", recorded_at=at(3)) == 1
        assert ledger.latest_claims(conn) == [unknown, corrected]


def test_a_run_counts_once_it_has_ended(warehouse: Warehouse) -> None:
    """A pass that died is not the newest one; what was measured is remembered once."""
    with warehouse.ledger() as conn:
        assert ledger.newest_run(conn) is None
        for name, day in (("r1", 16), ("r2", 17)):
            ledger.start_run(conn, name, as_of=at(day), started_at=at(day))
        ledger.finish_run(conn, "r1", finished_at=at(16, 1), observations=1, assessments=2, events=3, notifications=4)
        newest = ledger.newest_run(conn)
        assert newest is not None
        assert (newest.run_id, newest.as_of) == ("r1", at(16))
        assert ledger.mark_measured(conn, ["a", "b"], "r1") == 2
        assert ledger.mark_measured(conn, ["b", "c"], "r2") == 1
        assert ledger.measured_batches(conn) == {"a", "b", "c"}


def test_the_catalogue_is_copied_once(warehouse: Warehouse) -> None:
    """Applying it again changes nothing; a mended name does, and no version is lost that the catalogue dropped."""
    renamed = replace(TARGET, short_name=Text("Khác", "Other"))
    with warehouse.ledger() as conn:
        assert ledger.apply_catalogue(conn, programme(), at(1))
        assert not ledger.apply_catalogue(conn, programme(), at(2))
        assert ledger.apply_catalogue(conn, programme(renamed), at(3))
        other = replace(TARGET, target="another")
        assert ledger.apply_catalogue(conn, programme(other), at(4))
    warehouse.publish_ledger(at(4))
    with warehouse.read() as reader:
        rows = reader.query("SELECT target, listed, short_name_en FROM target_version ORDER BY target").rows
        units = reader.query("SELECT org_unit, parent FROM org_unit ORDER BY org_unit").rows
    assert rows == [("another", True, "District dossiers"), ("dossiers_district", False, "Other")]
    assert units == [("001", "01"), ("01", None)]


def test_a_judged_version_cannot_be_edited_in_place(warehouse: Warehouse) -> None:
    """The error names the version and what to do, and nothing of the catalogue is applied."""
    edited = replace(TARGET, version="v2", value=700_000)
    with warehouse.ledger() as conn:
        ledger.apply_catalogue(conn, programme(), at(1))
        ledger.append_assessments(conn, [BEHIND], run_id="r", recorded_at=at(16))
    said = r"'dossiers_district', version from 2022-01-01.*further version"
    with pytest.raises(JudgedVersionEdited, match=said), warehouse.ledger() as conn:
        ledger.apply_catalogue(conn, programme(edited), at(17))
    with warehouse.ledger() as conn:
        assert not ledger.apply_catalogue(conn, programme(), at(18))


def test_a_version_may_be_mended_before_it_was_judged_and_followed_afterwards(warehouse: Warehouse) -> None:
    """What nobody was told can be changed; what was told is ended, and the next version begins on another day."""
    mended = replace(TARGET, version="v1b", value=810_000)
    ended = replace(mended, effective_to=date(2025, 6, 30))
    following = replace(TARGET, version="v2", value=850_000, effective_from=date(2025, 7, 1))
    with warehouse.ledger() as conn:
        ledger.apply_catalogue(conn, programme(), at(1))
        ledger.apply_catalogue(conn, programme(mended), at(2))
        ledger.append_assessments(conn, [replace(BEHIND, target_version="v1b")], run_id="r", recorded_at=at(16))
        assert ledger.apply_catalogue(conn, programme(ended, following), at(20))
