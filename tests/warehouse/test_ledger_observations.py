"""Observations are only ever added, only where they differ, and can be asked for as they were known at a moment."""

from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targetwatch.warehouse import Warehouse, ledger
from tests.warehouse.conftest import PRODUCT_SQL, PROGRAMME_SQL
from tests.warehouse.samples import FOUNDED, MOMENT, at, observed, programme


def test_what_is_observed_is_read_back_as_it_was(warehouse: Warehouse) -> None:
    """A BODIES frame comes back with its columns, types, figures and moments."""
    frame = observed({}, {"org_unit": "002", "numerator": 0, "denominator": 0, "batch_id": None})
    with warehouse.ledger() as conn:
        assert ledger.append_observations(conn, frame, run_id="r1", recorded_at=at(13)) == 2
    with warehouse.ledger() as conn:
        assert ledger.bodies(conn, at(14)).select(frame.columns).equals(frame)
        assert ledger.bodies(conn, at(14)).schema["known_at"] == MOMENT


def test_the_same_figures_again_add_nothing(warehouse: Warehouse) -> None:
    """Measuring again what has not changed leaves the ledger as it is, whenever it arrived."""
    with warehouse.ledger() as conn:
        ledger.append_observations(conn, observed({}), run_id="r1", recorded_at=at(13))
        again = observed({}, {"known_at": at(20)})
        assert ledger.append_observations(conn, again.head(1), run_id="r2", recorded_at=at(20)) == 0
        assert ledger.append_observations(conn, again.tail(1), run_id="r2", recorded_at=at(20)) == 0


def test_a_restatement_is_a_new_row_and_the_old_one_stays(warehouse: Warehouse) -> None:
    """Before a correction arrived the old figures were known, from then on the new ones."""
    with warehouse.ledger() as conn:
        ledger.append_observations(conn, observed({}), run_id="r1", recorded_at=at(13))
        corrected = observed({"numerator": 640, "known_at": at(20)})
        assert ledger.append_observations(conn, corrected, run_id="r2", recorded_at=at(20)) == 1
        known = {day: ledger.bodies(conn, at(day))["numerator"].to_list() for day in (12, 13, 19, 20, 30)}
    assert known == {12: [], 13: [650], 19: [650], 20: [640], 30: [640]}


def test_figures_that_return_to_what_they_were_are_a_new_row(warehouse: Warehouse) -> None:
    """A correction that is taken back is a restatement too."""
    with warehouse.ledger() as conn:
        for day, numerator in ((13, 650), (14, 640), (15, 650)):
            row = observed({"numerator": numerator, "known_at": at(day)})
            assert ledger.append_observations(conn, row, run_id="r", recorded_at=at(day)) == 1
        assert [ledger.bodies(conn, at(day))["numerator"].item() for day in (13, 14, 15)] == [650, 640, 650]


def test_two_corrections_at_one_moment_keep_their_order(warehouse: Warehouse) -> None:
    """Of two rows with the same known_at and recorded_at the one that was written later counts."""
    with warehouse.ledger() as conn:
        for numerator in (650, 640, 645):
            ledger.append_observations(conn, observed({"numerator": numerator}), run_id="r", recorded_at=at(13))
        assert ledger.bodies(conn, at(13))["numerator"].item() == 645


def test_origins_stand_beside_each_other(warehouse: Warehouse) -> None:
    """What a unit reports does not overwrite what is computed from its records."""
    with warehouse.ledger() as conn:
        both = observed({}, {"origin": "reported", "numerator": 700})
        assert ledger.append_observations(conn, both, run_id="r", recorded_at=at(13)) == 2
        assert ledger.bodies(conn, at(13))["origin"].to_list() == ["computed", "reported"]


def test_rolled_up_figures_are_kept_apart_from_bodies(warehouse: Warehouse) -> None:
    """A ROLLED frame is stored too, and no body's figures are taken from it."""
    rolled = observed({"org_unit": "01"}).with_columns(rolled_up=True, bodies_reported=29, bodies_due=30)
    with warehouse.ledger() as conn:
        ledger.append_observations(conn, rolled, run_id="r", recorded_at=at(13))
        assert ledger.append_observations(conn, rolled, run_id="r", recorded_at=at(14)) == 0
        assert ledger.append_observations(conn, rolled.with_columns(bodies_reported=30), run_id="r", recorded_at=at(14))
        assert ledger.bodies(conn, at(14)).is_empty()


def test_what_a_pass_saw_goes_by_when_it_was_written_down(warehouse: Warehouse) -> None:
    """A figure that is dated back, or that overlapped a pass, was not seen by that pass; the next one sees it anew."""
    with warehouse.ledger() as conn:
        ledger.append_observations(conn, observed({}), run_id="r1", recorded_at=at(16))
        assert not ledger.oldest_period_observed_since(conn, at(16))
        overlapping = observed({"numerator": 640, "known_at": at(15)})
        assert ledger.append_observations(conn, overlapping, run_id="r2", recorded_at=at(20)) == 1
        assert ledger.oldest_period_observed_since(conn, at(16)) == overlapping["period_start"].item()
        assert ledger.bodies(conn, at(16))["numerator"].item() == 640
        seen = {day: ledger.bodies_recorded_by(conn, at(day)) for day in (15, 16, 19, 20)}
        assert {day: frame["numerator"].to_list() for day, frame in seen.items()} == {
            15: [],
            16: [650],
            19: [650],
            20: [640],
        }
        assert seen[20].schema == ledger.bodies(conn, at(16)).schema
        assert not ledger.oldest_period_observed_since(conn, at(20))


def test_a_corrected_publication_of_the_same_day_was_not_seen_before(warehouse: Warehouse) -> None:
    """A published figure that is corrected keeps its day of publication; the pass before saw the old one."""
    published = observed({"origin": "published", "known_at": at(1)})
    corrected = observed({"origin": "published", "known_at": at(1), "numerator": 640})
    with warehouse.ledger() as conn:
        ledger.append_observations(conn, published, run_id="r1", recorded_at=at(16))
        ledger.append_observations(conn, corrected, run_id="r2", recorded_at=at(20))
        assert ledger.bodies_recorded_by(conn, at(16))["numerator"].item() == 650
        assert ledger.bodies(conn, at(16))["numerator"].item() == 640


def test_roll_ups_alone_are_nothing_new_of_a_body(warehouse: Warehouse) -> None:
    """What a pass itself adds for the units above is no reason to look for restatements."""
    rolled = observed({"org_unit": "01"}).with_columns(rolled_up=True, bodies_reported=29, bodies_due=30)
    with warehouse.ledger() as conn:
        ledger.append_observations(conn, rolled, run_id="r", recorded_at=at(20))
        assert not ledger.oldest_period_observed_since(conn, at(16))


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_publications_may_be_delivered_in_any_order(warehouse: Warehouse, order: tuple[int, ...]) -> None:
    """What was published at each moment is the same, whichever publication was delivered first."""
    published = [
        observed({"origin": "published", "numerator": numerator, "known_at": at(day)})
        for day, numerator in ((1, 650), (2, 640), (3, 650))
    ]
    with warehouse.ledger() as conn:
        for place in order:
            ledger.append_observations(conn, published[place], run_id="r", recorded_at=at(30))
        assert [ledger.bodies(conn, at(day))["numerator"].item() for day in (1, 2, 3)] == [650, 640, 650]


def test_a_hundred_thousand_rows_go_in_at_once(warehouse: Warehouse) -> None:
    """A first load of years is one frame, and loading it twice adds nothing."""
    number = pl.int_range(100_000, eager=True)
    frame = (
        observed({})
        .drop("org_unit", "numerator")
        .join(pl.DataFrame({"org_unit": number.cast(pl.String), "numerator": number % 1000}), how="cross")
    )
    with warehouse.ledger() as conn:
        assert ledger.append_observations(conn, frame, run_id="r", recorded_at=at(13)) == 100_000
        assert ledger.append_observations(conn, frame, run_id="r", recorded_at=at(13)) == 0


def test_the_view_and_its_macro_show_values_for_reading(published, warehouse: Warehouse) -> None:
    """`observations` shows the newest version, `observations_as_of` what was known earlier, per cent as 0 to 100."""
    with warehouse.ledger() as conn:
        for day, numerator, denominator in ((13, 650, 1000), (20, 600, 0)):
            row = observed({"numerator": numerator, "denominator": denominator, "known_at": at(day)})
            ledger.append_observations(conn, row, run_id="r", recorded_at=at(day))
        ledger.apply_catalogue(conn, programme(), at(13))
    with published().read() as reader:
        newest = reader.query("SELECT value, org_unit_name, org_unit_valid_from FROM observations").rows
        asked = {"moment": at(20) - timedelta(seconds=1)}
        earlier = reader.query("SELECT value FROM observations_as_of($moment)", asked).rows
    assert newest == [(None, "Ba Đình", FOUNDED)]
    assert earlier == [(65.0,)]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """One warehouse for many examples, which keep apart by their metric."""
    return Warehouse(tmp_path_factory.mktemp("shared"), PRODUCT_SQL, PROGRAMME_SQL)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=8))
def test_replaying_changes_nothing(shared: Warehouse, deliveries: list[tuple[int, int, int]]) -> None:
    """However often the same figures are measured again, every moment shows what was known then."""
    metric = f"metric {uuid4()}"
    known: dict[int, int] = {}
    with shared.ledger() as conn:
        for day, numerator, replays in sorted(deliveries, key=lambda delivery: delivery[0]):
            known[day] = numerator
            row = observed({"metric": metric, "numerator": numerator, "known_at": at(day)})
            for _ in range(replays + 1):
                ledger.append_observations(conn, row, run_id="r", recorded_at=at(day))
        for day in range(1, 10):
            bodies = ledger.bodies(conn, at(day))
            found = bodies.filter(bodies["metric"] == metric)["numerator"].to_list()
            newest = [known[earlier] for earlier in sorted(known) if earlier <= day][-1:]
            assert found == newest
