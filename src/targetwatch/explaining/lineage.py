"""Where a unit comes from: those that passed on to it, and where all of them stood when its path began."""

from __future__ import annotations

from datetime import date

from targetwatch.evaluation.baselines import Stood, baselines
from targetwatch.evaluation.succession import Succession
from targetwatch.explaining.found import Answer, Case, Place
from targetwatch.model import Cadence, Calendar, Metric, MetricKind, PeriodState, Programme, Text, UnitKey


def predecessors(place: Place, unit: UnitKey) -> list[str]:
    """The units that passed on to `unit`, at whatever remove, as code@valid_from, the nearest first."""
    before = Succession(one.unit for one in place.units.values()).predecessors
    found: dict[UnitKey, None] = {}
    left = [unit]
    while left:
        new = [one.key for one in before.get(left.pop(0), ()) if one.key not in found]
        found |= dict.fromkeys(new)
        left += new
    return [str(key) for key in found]


def stood(case: Case, found: Answer, unit: UnitKey, on: date | None, *, passes_on: bool) -> Stood | None:
    """Where `unit` stood when its path began, by the rule that judges: out of the rows of `explain_baseline`."""
    import polars as pl

    from targetwatch.evaluation.coverage import ROLLED
    from targetwatch.evaluation.due import BODY

    metric = str(case.place.metric["metric"])
    wanted = ["metric", "tier", "org_unit", "org_unit_valid_from", "period_start", "period_end", "numerator"]
    rows = [
        {
            **{name: row[name] for name in (*wanted, "denominator", "parts")},
            "bodies_reported": 1,
            "period_state": PeriodState.COMPLETE.value,
        }
        for row in found.rows
    ]
    rolled = pl.DataFrame(rows, schema={name: ROLLED[name] for name in (rows[0] if rows else ROLLED)})
    asked = pl.DataFrame(
        [(metric, case.tier, unit.code, unit.valid_from, on, passes_on)],
        schema={**{name: ROLLED[name] for name in BODY}, "baseline_on": pl.Date, "passes_on": pl.Boolean},
        orient="row",
    )
    return baselines(_programme(case.place), rolled, asked)[0]


def _programme(place: Place) -> Programme:
    """As much of the programme as the ledger has, and as says where units stood."""
    row = place.metric
    kind = MetricKind(row["kind"])
    counted = Text(row["counted_vi"], row["counted_en"])
    metric = Metric(
        row["metric"], place.two("name"), kind, row["unit_of_measure"], counted, Cadence(row["cadence"]),
        row["source"], None, row["owner"],
    )  # fmt: skip
    units = tuple(one.unit for one in place.units.values())
    return Programme(
        Text("", ""),
        place.time_zone,
        date.min,
        "",
        {},
        Calendar("", ()),
        units,
        {metric.id: metric},
        {},
        (),
        (),
        {},
        {},
    )
