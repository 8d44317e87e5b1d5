"""The gate: a source's expectation suite over a batch, and what its findings mean for rows and for the batch.

Every expectation has in its `meta` a `reason` in both languages and may have the `column` to blame. A row that fails an
expectation of severity `critical` is bad; a frame that fails one about the whole of it is refused. What is only a
`warning` or `info` is said, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from targetwatch.checks.suite import Outcome, SuiteError, read_suite, run_suite
from targetwatch.model import Text

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

STOPS = "critical"
FIVE_YEARS = timedelta(days=1826)


class GateError(Exception):
    """A check that could not run: the batch was not judged, and is neither taken nor refused."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a gate found. `failing` has for each bad row: row (from 0), reason and column_name of its first fault."""

    failing: pl.DataFrame
    refusals: tuple[Text, ...]
    warnings: tuple[Text, ...]


def judge_rows(frame: pl.DataFrame, suite: Path, today: date, start: date, rows_at_once: int = 2_000_000) -> Findings:
    """Run the gate suite at `suite` over `frame`, in parts of at most `rows_at_once` rows.

    Beside the batch's own columns the suite may compare with the date columns `today`, `start` (the programme's first
    day) and `in_five_years`: a comparison of two columns is done all at once, one with a constant date row by row.
    For what is asked of the frame as a whole they are parameters too, as in `{"$PARAMETER": "today -
    timedelta(days=100)"}`. Raises SuiteError where the suite is wrong, and GateError where a check could not run.
    """
    import polars as pl

    days = {"today": today, "start": start, "in_five_years": today + FIVE_YEARS}
    given = frame.with_columns(pl.lit(day).alias(name) for name, day in days.items() if name not in frame.columns)
    written = read_suite(suite)
    columns = [name for name in given.columns if _speaks_of(written, name)] or frame.columns[:1]
    parameters = {name: datetime.combine(day, time()) for name, day in days.items()}
    parts: list[pl.DataFrame] = []
    refusals: dict[Text, None] = {}
    warnings: dict[Text, None] = {}
    for offset in range(0, max(frame.height, 1), rows_at_once):
        part = given.slice(offset, rows_at_once).select(columns)
        outcomes = run_suite(suite, to_pandas(part), parameters)
        for outcome in outcomes:
            _check_it_ran(outcome, suite)
        parts.append(_failing_rows(outcomes, offset))
        for outcome in outcomes:
            if not outcome.success and (outcome.severity != STOPS or not outcome.rows):
                (warnings if outcome.severity != STOPS else refusals)[reason_of(outcome)] = None
    return Findings(pl.concat(parts), tuple(refusals), tuple(warnings))


def reason_of(outcome: Outcome) -> Text:
    """The reason that the suite gives for an expectation, or the expectation itself where it gives none."""
    reason = outcome.meta.get("reason")
    if isinstance(reason, Mapping) and reason.get("vi") and reason.get("en"):
        return Text(str(reason["vi"]), str(reason["en"]))
    plain = str(reason) if reason else f"{outcome.expectation} ({', '.join(outcome.columns)})"
    return Text(plain, plain)


def to_pandas(frame: pl.DataFrame) -> pd.DataFrame:
    """`frame` in pandas, exactly: a whole number beside a missing one stays whole, and a yes beside one stays a yes."""
    import pandas as pd

    return pd.DataFrame({name: _to_pandas(frame[name]) for name in frame.columns})


def _to_pandas(column: pl.Series) -> Any:
    import pandas as pd
    import polars as pl

    if isinstance(column.dtype, pl.Decimal):
        return column.cast(pl.Float64).to_pandas()
    if isinstance(column.dtype, pl.Datetime) and column.dtype.time_zone is not None:
        # Great Expectations compares moments by their bare values, which pandas will not give of those with a zone.
        return column.dt.convert_time_zone("UTC").dt.replace_time_zone(None).to_pandas()
    if column.null_count() == 0 or not (column.dtype.is_integer() or column.dtype == pl.Boolean):
        return column.to_pandas()
    array = pd.arrays.BooleanArray if column.dtype == pl.Boolean else pd.arrays.IntegerArray
    filled = column.fill_null(False) if column.dtype == pl.Boolean else column.fill_null(0)
    return pd.Series(array(filled.to_numpy().copy(), column.is_null().to_numpy().copy()))


def _failing_rows(outcomes: Iterable[Outcome], offset: int) -> pl.DataFrame:
    import polars as pl

    schema = {"row": pl.Int64, "reason": pl.String, "column_name": pl.String}
    parts = [pl.DataFrame(schema=schema)]
    for outcome in outcomes:
        if outcome.rows and outcome.severity == STOPS:
            column = outcome.meta.get("column") or next(iter(outcome.columns), None)
            rows = pl.DataFrame({"row": pl.Series(outcome.rows, dtype=pl.Int64) + offset})
            parts.append(
                rows.with_columns(reason=pl.lit(str(reason_of(outcome))), column_name=pl.lit(column, dtype=pl.String))
            )
    return pl.concat(parts).unique("row", keep="first", maintain_order=True).sort("row")


def _check_it_ran(outcome: Outcome, suite: Path) -> None:
    if outcome.error is not None:
        raise GateError(
            f"{suite}: {outcome.expectation} on {', '.join(outcome.columns)} could not run: {outcome.error}"
        )


def _speaks_of(suite: Any, column: str) -> bool:
    """Whether `column` is named anywhere in the suite: only those columns are handed over."""
    if isinstance(suite, Mapping):
        return any(_speaks_of(value, column) for value in suite.values())
    if isinstance(suite, list):
        return any(_speaks_of(value, column) for value in suite)
    return suite == column


__all__ = ["Findings", "GateError", "SuiteError", "judge_rows", "reason_of", "to_pandas"]
