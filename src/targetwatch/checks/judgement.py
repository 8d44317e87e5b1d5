"""The judgement: one Great Expectations run over one frame; the rows that fail an expectation are the verdicts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from targetwatch.checks.suite import Outcome, SuiteError, read_suite, run_suite
from targetwatch.model import Verdict

TARGETS = frozenset(Verdict) - {Verdict.MISREPORTED}
CLAIMS = frozenset({Verdict.GUARD, Verdict.MISREPORTED})  # of published figures, and of reports
VERDICTS = pl.Schema({"row": pl.UInt32, "verdict": pl.String})
EXPECTED = "rows_expected"
MOMENT = "as_of"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a suite found: `verdicts` (row, verdict) name the failing rows of the frame by position, from 0.

    `failures` say, a sentence each, which guard failed and which expectation could not run. If there is any, nothing
    was judged: every row has the one verdict `guard`, and a row without a verdict never passes for a good one.
    """

    verdicts: pl.DataFrame
    failures: tuple[str, ...]


def judge(frame: pl.DataFrame, suite: Path, needed: Collection[Verdict] = TARGETS) -> Judgement:
    """Judge every row of `frame` by the suite at `suite`, in one run.

    The suite may ask for the parameter `rows_expected`: the sum of that column over the moments in the frame, or where
    it has none the number of its rows. An expectation whose `mostly` is reached names no rows. A frame without rows is
    judged to nothing. Raises SuiteError where an expectation stands for no known verdict, and where the suite has none
    for a verdict that is `needed`: the rules would take its silence for good news.
    """
    written = read_suite(suite)["expectations"]
    _require(suite, written, needed)
    if frame.is_empty():
        return Judgement(pl.DataFrame(schema=VERDICTS), ())
    named = _named(written)
    asked = frame.select(name for name in frame.columns if name in named)
    outcomes = run_suite(suite, asked.to_pandas(), {EXPECTED: _rows_expected(frame)})
    failures = tuple(failure for outcome in outcomes for failure in _failures(outcome))
    if failures:
        return Judgement(_on_every_row(frame, Verdict.GUARD), failures)
    failing: dict[str, set[int]] = defaultdict(set)  # two expectations may stand for one verdict
    for outcome in outcomes:
        if not outcome.success:
            failing[outcome.meta["verdict"]].update(outcome.rows)
    columns = {
        "row": [row for rows in failing.values() for row in rows],
        "verdict": [verdict for verdict, rows in failing.items() for _ in rows],
    }
    return Judgement(pl.DataFrame(columns, schema=VERDICTS).sort("row", "verdict"), ())


def _require(suite: Path, written: Iterable[Mapping[str, Any]], needed: Collection[Verdict]) -> None:
    """Raise SuiteError unless every expectation stands for a verdict, and every verdict needed has one."""
    known = {verdict.value for verdict in Verdict}
    stands_for = [(expectation.get("type"), (expectation.get("meta") or {}).get("verdict")) for expectation in written]
    for place, (expectation, verdict) in enumerate(stands_for, start=1):
        if verdict not in known:
            raise SuiteError(
                f"{suite}: expectation {place} ({expectation}) has the meta.verdict {verdict!r}. "
                f"Write one of {', '.join(sorted(known))}."
            )
    lacking = sorted(set(needed) - {verdict for _, verdict in stands_for})
    if lacking:
        raise SuiteError(
            f"{suite}: no expectation has the meta.verdict {', '.join(lacking)}. The rules of status need it: "
            f"without it every row would seem to pass. Write an expectation for it."
        )


def _named(part: Any) -> set[str]:
    """Every text in the suite; those among them that are columns of the frame are all that it can look at."""
    if isinstance(part, str):
        return {part}
    if isinstance(part, Mapping):
        return {name for value in part.values() for name in _named(value)}
    if isinstance(part, (list, tuple)):
        return {name for value in part for name in _named(value)}
    return set()


def _rows_expected(frame: pl.DataFrame) -> int:
    if EXPECTED not in frame.columns:
        return frame.height
    moments = frame.select(MOMENT, EXPECTED).unique() if MOMENT in frame.columns else frame.select(EXPECTED).unique()
    return int(moments[EXPECTED].sum())


def _failures(outcome: Outcome) -> list[str]:
    """Why an outcome leaves nothing to trust: it did not run, is a guard that fails, or cannot say which rows fail."""
    said = f"{outcome.expectation}({', '.join(outcome.columns)})" if outcome.columns else outcome.expectation
    if outcome.error is not None:
        return [f"{said} could not run: {outcome.error}"]
    if outcome.success:
        return []
    if outcome.meta["verdict"] == Verdict.GUARD:
        return [f"{said} is a guard, and fails" + (f" in {len(outcome.rows)} rows." if outcome.rows else ".")]
    if not outcome.rows:
        return [f"{said} fails and names no rows; only an expectation about rows can give verdicts."]
    return []


def _on_every_row(frame: pl.DataFrame, verdict: Verdict) -> pl.DataFrame:
    return pl.DataFrame({"row": range(frame.height), "verdict": [verdict.value] * frame.height}, schema=VERDICTS)
