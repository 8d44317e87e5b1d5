"""The gate: a source's expectation suite over a batch, and what its findings mean for rows and for the batch.

Every expectation has in its `meta` a `reason` in both languages and may have the `column` to blame. A row that fails an
expectation of severity `critical` is bad; a frame that fails one about the whole of it is refused. What is only a
`warning` or `info` is said, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from targetwatch.checks.suite import Outcome, SuiteError, read_suite, run_suite
from targetwatch.model import Text

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

STOPS = "critical"
FIVE_YEARS = timedelta(days=1826)
OF_EACH_ROW = frozenset(
    {
        "expect_column_values_to_not_be_null",
        "expect_column_values_to_be_null",
        "expect_column_values_to_be_between",
        "expect_column_values_to_be_in_set",
        "expect_column_values_to_not_be_in_set",
        "expect_column_values_to_match_regex",
        "expect_column_values_to_not_match_regex",
        "expect_column_values_to_match_regex_list",
        "expect_column_values_to_not_match_regex_list",
        "expect_column_value_lengths_to_be_between",
        "expect_column_value_lengths_to_equal",
        "expect_column_pair_values_a_to_be_greater_than_b",
        "expect_column_pair_values_to_be_equal",
        "expect_column_pair_values_to_be_in_set",
        "expect_select_column_values_to_be_unique_within_record",
        "expect_multicolumn_sum_to_equal",
    }
)


class GateError(Exception):
    """A check that could not run: the batch was not judged, and is neither taken nor refused."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a gate found. `failing` has for each bad row: row (from 0), reason and column_name of its first fault."""

    failing: pl.DataFrame
    refusals: tuple[Text, ...]
    warnings: tuple[Text, ...]


def judge_rows(
    rows: pl.DataFrame | pl.LazyFrame,
    suite: Path,
    today: date,
    start: date,
    rows_at_once: int = 500_000,
    between: Callable[[], None] = lambda: None,
) -> Findings:
    """Run the gate suite at `suite` over `rows`, in parts of at most `rows_at_once` rows.

    What an expectation asks of each row by itself is asked part by part; what it asks of the rows as a whole (a largest
    value, no value twice, a share of them) is asked of all of them, and only the columns that it speaks of are read for
    it. `between` is called before each part.

    Beside the batch's own columns the suite may compare with the date columns `today`, `start` (the programme's first
    day) and `in_five_years`: a comparison of two columns is done all at once, one with a constant date row by row.
    For what is asked of the frame as a whole they are parameters too, as in `{"$PARAMETER": "today -
    timedelta(days=100)"}`. Raises SuiteError where the suite is wrong, and GateError where a check could not run.
    """
    import polars as pl

    lazy = rows.lazy()
    height = lazy.select(pl.len()).collect().item()
    columns = lazy.collect_schema().names()
    days = {"today": today, "start": start, "in_five_years": today + FIVE_YEARS}
    given = lazy.with_columns(pl.lit(day).alias(name) for name, day in days.items() if name not in columns)
    columns = [*columns, *(name for name in days if name not in columns)]
    parameters = {name: datetime.combine(day, time()) for name, day in days.items()}
    written = read_suite(suite)["expectations"]
    found: list[_Found] = []
    for run in _runs(written, height, rows_at_once):
        between()
        asked = [written[place] for place in run.places]
        part = given.slice(run.offset, run.length).select(
            [name for name in columns if _speaks_of(asked, name)] or columns[:1]
        )
        for place, outcome in zip(
            run.places, run_suite(suite, to_pandas(part.collect()), parameters, run.places), strict=True
        ):
            _check_it_ran(outcome, suite)
            found.append(_Found(place, run.offset, outcome))
    found.sort(key=lambda one: (one.place, one.offset))
    refusals: dict[Text, None] = {}
    warnings: dict[Text, None] = {}
    for one in found:
        if not one.outcome.success and (one.outcome.severity != STOPS or not one.outcome.rows):
            (warnings if one.outcome.severity != STOPS else refusals)[reason_of(one.outcome)] = None
    return Findings(_failing_rows(found), tuple(refusals), tuple(warnings))


class _Run(NamedTuple):
    """Some of the expectations, by their places in the suite, over some of the rows."""

    places: Sequence[int]
    offset: int
    length: int


class _Found(NamedTuple):
    place: int
    offset: int
    outcome: Outcome


def _runs(written: Sequence[Mapping[str, Any]], height: int, rows_at_once: int) -> Iterator[_Run]:
    """All of the suite at once where the rows are few; else part by part what can be asked so, and then the rest."""
    if height <= rows_at_once:
        yield _Run(range(len(written)), 0, height)
        return
    by_row = [place for place, expectation in enumerate(written) if _is_of_each_row(expectation)]
    if by_row:
        for offset in range(0, height, rows_at_once):
            yield _Run(by_row, offset, rows_at_once)
    for place in sorted(set(range(len(written))) - set(by_row)):
        yield _Run([place], 0, height)


def _is_of_each_row(expectation: Mapping[str, Any]) -> bool:
    """Whether it says of each row by itself if it fails. One that lets some rows fail looks at how many they are."""
    share = (expectation.get("kwargs") or {}).get("mostly", 1)
    return expectation.get("type") in OF_EACH_ROW and share == 1


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


def _failing_rows(found: Iterable[_Found]) -> pl.DataFrame:
    """The rows that fail an expectation, each with the first in the suite that it fails."""
    import polars as pl

    schema = {"row": pl.Int64, "reason": pl.String, "column_name": pl.String}
    parts = [pl.DataFrame(schema=schema)]
    for _, offset, outcome in found:
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
