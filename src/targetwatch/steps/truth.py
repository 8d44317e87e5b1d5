"""What one pass does about truth: what is said held against what is known, and rates against what they are rates of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from targetwatch.model import Assessment, Claim, Discrepancy, Programme
    from targetwatch.warehouse import Warehouse

CLAIMS_TABLE = "published_figures"


@dataclass(frozen=True, slots=True)
class Held:
    """What holding it all against what is known found."""

    assessments: list[Assessment]  # with the remark that a denominator shrank
    claims: list[Claim]
    discrepancies: list[Discrepancy]
    failures: tuple[str, ...]  # checks that could not run


def hold(
    programme: Programme,
    warehouse: Warehouse,
    each: pl.DataFrame,
    assessments: Sequence[Assessment],
    suites: tuple[Path, Path],
    now: datetime,
) -> Held:
    """Hold what units report and what was published against what the records give, and rates against earlier ones.

    `each` is what is known of every origin (ROLLED); `suites` are those of published figures and of reports.
    """
    from targetwatch import checks, evaluation
    from targetwatch.model import Origin
    from targetwatch.warehouse import ledger, records

    on_claims, on_reports = suites
    figures = None
    if any(source.table == CLAIMS_TABLE for source in programme.sources.values()):
        with warehouse.records() as conn:
            figures = records.record_rows(conn, CLAIMS_TABLE, now)
    with warehouse.ledger() as conn:
        versions = ledger.versions_of(conn, assessments)
    rolled = evaluation.best_origin(each)
    remarked = evaluation.with_shrinkage(programme, assessments, rolled, versions)

    claims: list[Claim] = []
    failures: tuple[str, ...] = ()
    if figures is not None:
        claimed = evaluation.claims_frame(figures, programme, each)
        judgement = checks.judge(claimed, on_claims, checks.CLAIMS)
        claims = evaluation.decide_claims(claimed, judgement.verdicts)
        failures += judgement.failures
    discrepancies: list[Discrepancy] = []
    if Origin.REPORTED.value in each["origin"].unique():
        reported = evaluation.reports_frame(programme, each)
        judgement = checks.judge(reported, on_reports, checks.CLAIMS)
        discrepancies = evaluation.decide_reports(programme, reported, judgement.verdicts, now)
        failures += judgement.failures
    return Held(remarked, claims, discrepancies, failures)
