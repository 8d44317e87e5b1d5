"""What the views show for reading is in the unit of measure, as it is for people."""

from dataclasses import replace

import pytest

from targetwatch.units_of_measure import per_one
from targetwatch.warehouse import Warehouse, ledger
from tests.warehouse.samples import BEHIND, MAY, at, observed, programme


@pytest.mark.parametrize("unit_of_measure", ["percent", "percentage_points", "count", "days", "billion_vnd"])
def test_every_view_scales_alike(published, warehouse: Warehouse, unit_of_measure: str) -> None:
    """SQL's factor is that of the vocabulary: 100 for per cent and for percentage points, and 1 for all else."""
    usual = programme()
    metric = replace(usual.metrics["dossiers_online"], unit_of_measure=unit_of_measure)
    with warehouse.ledger() as conn:
        ledger.apply_catalogue(conn, replace(usual, metrics={metric.id: metric}), at(1))
        ledger.append_observations(conn, observed({"numerator": 650}), run_id="r", recorded_at=at(16))
        ledger.append_assessments(conn, [BEHIND], run_id="r", recorded_at=at(16))
        ledger.start_run(conn, "r", as_of=at(16), started_at=at(16))
    scale = per_one(unit_of_measure)
    with published().read() as reader:
        for view in ("current_status", "assessments"):
            (row,) = reader.fetch(f"FROM {view}").to_dicts()
            assert row["value"] == pytest.approx(21_650 / 30_000 * scale)
            assert (row["required"], row["final"]) == pytest.approx((0.732621 * scale, 0.8 * scale))
        (row,) = reader.fetch("SELECT headroom FROM current_status").to_dicts()
        assert row["headroom"] == pytest.approx(-328.63 / 30_000 * scale)
        (row,) = reader.fetch("SELECT value, period_start FROM observations").to_dicts()
        assert (row["value"], row["period_start"]) == (pytest.approx(0.65 * scale), MAY[0])
