"""Discrepancies: what units report of themselves beside what the records give, to be judged, and what is found."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from targetwatch.evaluation.acknowledging import Acknowledged, acknowledged
from targetwatch.evaluation.comparison import LARGEST
from targetwatch.evaluation.coverage import OBSERVED
from targetwatch.evaluation.due import MOMENT
from targetwatch.evaluation.periods import today
from targetwatch.evaluation.tolerance import LARGEST_COMPARED, deviation, is_relative, tolerance_of
from targetwatch.model import Discrepancy, Origin, Programme, ReportFinding, UnitKey, Verdict

REPORTS = pl.Schema(
    {
        "metric": pl.String,
        "tier": pl.String,
        "org_unit": pl.String,
        "org_unit_valid_from": pl.Date,
        "period_start": pl.Date,
        "period_end": pl.Date,
        "reported_numerator": pl.Int64,
        "reported_denominator": pl.Int64,
        "reported_parts": pl.Boolean,
        "reported_at": MOMENT,
        "computed_numerator": pl.Int64,
        "computed_denominator": pl.Int64,
        "computed_parts": pl.Boolean,
        "computed_at": MOMENT,
        "unjudged": pl.Boolean,  # one has no value, records are missing, or they are too large to be compared
        "deviation": pl.Int64,  # how far the two are apart, in millionths (targetwatch.evaluation.tolerance)
        "allowed": pl.Int64,  # how far they may be, in the same
    }
)
FIGURES = tuple(f"{whose}_{which}" for whose in ("reported", "computed") for which in ("numerator", "denominator"))


def reports_frame(programme: Programme, each: pl.DataFrame) -> pl.DataFrame:
    """Every report of a unit of itself beside what its records give, ready for the reports suite (REPORTS).

    `each` is ROLLED of every origin, as known at one moment. A pair is compared only where all the bodies whose records
    make the computed value have delivered the period: a record that is still to come accuses nobody. One that is not
    compared is 0 away of what is allowed, and `unjudged`.
    """
    reported = _one_each(each.filter(pl.col("origin") == Origin.REPORTED.value, ~pl.col("rolled_up")))
    computed = _one_each(each.filter(pl.col("origin") == Origin.COMPUTED.value))
    pairs = reported.join(computed, on=OBSERVED, suffix="_computed", validate="1:1")
    allowed = pl.DataFrame(
        [
            (one.id, is_relative(one), tolerance_of(programme, one, Origin.REPORTED))
            for one in programme.metrics.values()
        ],
        schema={"metric": pl.String, "relative": pl.Boolean, "allowed": pl.Int64},
        orient="row",
    )
    sides = pairs.join(allowed, on="metric").rename(
        {
            **{name: f"reported_{name}" for name in ("numerator", "denominator", "parts")},
            **{f"{name}_computed": f"computed_{name}" for name in ("numerator", "denominator", "parts")},
            "known_at": "reported_at",
            "known_at_computed": "computed_at",
        }
    )
    said, held = ((pl.col(f"{whose}_numerator"), pl.col(f"{whose}_denominator")) for whose in ("reported", "computed"))
    is_whole = pl.col("bodies_reported_computed") == pl.col("bodies_due_computed")
    are_figures = pl.all_horizontal(pl.col(name).abs() <= LARGEST_COMPARED for name in FIGURES)
    have_values = (pl.col("reported_denominator") > 0) & (pl.col("computed_denominator") > 0)
    judged = sides.with_columns(unjudged=~(is_whole & are_figures & have_values).fill_null(value=False))
    comparable = judged.filter(~pl.col("unjudged")).with_columns(
        deviation=deviation(said, held, rounded=~pl.col("reported_parts")).clip(0, LARGEST)
    )
    apart = judged.filter("unjudged").with_columns(deviation=pl.lit(0, dtype=pl.Int64))
    return (
        pl.concat([comparable.cast({"deviation": pl.Int64}), apart])
        .filter(pl.all_horizontal(pl.col(name).is_not_null() for name in FIGURES))
        .sort(OBSERVED)
        .select(pl.col(name).cast(dtype) for name, dtype in REPORTS.items())
    )


def decide_reports(
    programme: Programme, frame: pl.DataFrame, verdicts: pl.DataFrame, as_of: datetime
) -> list[Discrepancy]:
    """What the verdicts (row, verdict) on `frame` (REPORTS) and the day's acknowledgements make of each report."""
    misreported = set(verdicts.filter(pl.col("verdict") == Verdict.MISREPORTED.value)["row"])
    guarded = set(verdicts.filter(pl.col("verdict") == Verdict.GUARD.value)["row"])
    day = today(as_of, programme.time_zone)
    levels = {unit.key: unit.level for unit in programme.org_units}
    found = []
    for place, row in enumerate(frame.iter_rows(named=True)):
        finding = ReportFinding.AGREES
        if row.pop("unjudged") or place in guarded:
            finding = ReportFinding.NOT_EVALUATED
        elif place in misreported:
            finding = ReportFinding.MISREPORTED
        said = Acknowledged()
        if finding is ReportFinding.MISREPORTED:
            unit = UnitKey(row["org_unit"], row["org_unit_valid_from"])
            said = _acknowledged(programme, row["metric"], unit, levels.get(unit), row["deviation"], day)
        if said.holds:
            finding = ReportFinding.ACKNOWLEDGED
        if finding is ReportFinding.NOT_EVALUATED:
            row["deviation"] = None
        found.append(
            Discrepancy(
                **row, finding=finding, reason=said.reason, acknowledged_by=said.by, acknowledged_until=said.until,
                lapsed=said.lapsed,
            )
        )  # fmt: skip
    return found


def newest_of_each(discrepancies: list[Discrepancy]) -> list[Discrepancy]:
    """Of every metric, tier and unit the newest period that could be compared, in order of these keys."""
    newest: dict[tuple[str, str, UnitKey], Discrepancy] = {}
    for one in discrepancies:
        key = (one.metric, one.tier, one.unit)
        is_newer = key not in newest or newest[key].period_end < one.period_end
        if one.finding is not ReportFinding.NOT_EVALUATED and is_newer:
            newest[key] = one
    return [newest[key] for key in sorted(newest)]


def _acknowledged(
    programme: Programme, metric: str, unit: UnitKey, level: str | None, apart: int, day: date
) -> Acknowledged:
    if not programme.acknowledged:
        return Acknowledged()
    return acknowledged(programme.acknowledged, metric, unit, level, apart, day)


def _one_each(rows: pl.DataFrame) -> pl.DataFrame:
    """One row a unit and period: where a sum stands beside what was observed of the unit alone, that of more bodies."""
    return rows.sort("bodies_due", descending=True, maintain_order=True).unique(
        subset=OBSERVED, keep="first", maintain_order=True
    )
