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
    from targetwatch.warehouse import Connection

CLAIMS_TABLE = "published_figures"


@dataclass(frozen=True, slots=True)
class Held:
    """What holding what is said against what is known found."""

    claims: list[Claim]
    discrepancies: list[Discrepancy]
    failures: tuple[str, ...]  # checks that could not run


def hold(
    programme: Programme, figures: pl.DataFrame | None, each: pl.DataFrame, suites: tuple[Path, Path], now: datetime
) -> Held:
    """Hold what units report and what was published against what the records give.

    `figures` are the rows of CLAIMS_TABLE, None where no source has it; `each` is what is known of every origin
    (ROLLED); `suites` are those of published figures and of reports.
    """
    from targetwatch import checks, evaluation
    from targetwatch.model import Origin

    on_claims, on_reports = suites
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
    return Held(claims, discrepancies, failures)


def remarked(
    conn: Connection, programme: Programme, assessments: Sequence[Assessment], rolled: pl.DataFrame
) -> list[Assessment]:
    """The assessments, each with the remark that its denominator shrank, where it did. `rolled` is ROLLED now."""
    from targetwatch import evaluation
    from targetwatch.warehouse import ledger

    return evaluation.with_shrinkage(programme, assessments, rolled, ledger.versions_of(conn, assessments))
