"""Native Great Expectations suites: read from plain JSON, run over a pandas frame, failing rows named by position."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from targetwatch.checks.library import great_expectations, one_run

if TYPE_CHECKING:
    import pandas as pd


class SuiteError(Exception):
    """A suite file that Great Expectations cannot take: says which file and why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one expectation of a suite found in a frame.

    `rows` are the positions (from 0) of the rows that fail; an expectation on the frame as a whole names none. An
    expectation that could not run has an `error`, has not succeeded and names no rows.
    """

    expectation: str
    kwargs: Mapping[str, Any]
    meta: Mapping[str, Any]
    severity: str  # critical, warning or info
    success: bool
    rows: tuple[int, ...]
    error: str | None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the expectation speaks of, the one to blame first."""
        named = [self.kwargs[key] for key in ("column", "column_A", "column_B") if key in self.kwargs]
        return (*named, *self.kwargs.get("column_list", ()))


def read_suite(path: Path) -> dict[str, Any]:
    """The suite in the JSON file at `path`, as written. Raises SuiteError when it is no suite."""
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise SuiteError(f"There is no expectation suite {path}.") from missing
    except json.JSONDecodeError as fault:
        raise SuiteError(f"{path}:{fault.lineno}:{fault.colno}: this is not JSON: {fault.msg}.") from fault
    if not isinstance(written, dict) or not isinstance(written.get("expectations"), list):
        raise SuiteError(f"{path}: a suite is an object with a name and a list of expectations.")
    return written


def run_suite(
    path: Path,
    frame: pd.DataFrame,
    parameters: Mapping[str, Any] | None = None,
    only: Collection[int] | None = None,
) -> list[Outcome]:
    """Run the suite at `path` over `frame`: one outcome an expectation, in the order of the file.

    `only` are the places (from 0) of the expectations that are run, where not all are.

    `parameters` are the values of what the suite writes as `{"$PARAMETER": "name"}`. The frame's own index is not
    looked at: rows are named by their position. Raises SuiteError when the suite itself is wrong; an expectation that
    fails while it runs is an outcome with an error. On an empty frame every expectation about rows succeeds.
    """
    written = read_suite(path)
    great_expectations()
    from great_expectations.core.expectation_suite import ExpectationSuite

    # Results come back in an order of their own, so each expectation carries its place.
    numbered = [
        {**expectation, "meta": {**(expectation.get("meta") or {}), "place": place}}
        for place, expectation in enumerate(written["expectations"])
        if only is None or place in only
    ]
    places = [one["meta"]["place"] for one in numbered]
    try:
        suite = ExpectationSuite(name=str(written.get("name") or path.stem), expectations=numbered)
    except Exception as fault:
        raise SuiteError(f"{path}: Great Expectations cannot take this suite: {fault}") from fault
    # An expectation of a kind that it does not know is only logged and left out.
    taken = {expectation.meta["place"] for expectation in suite.expectations if expectation.meta}
    unknown = [one["type"] for one in numbered if one["meta"]["place"] not in taken]
    if unknown:
        raise SuiteError(f"{path}: Great Expectations knows no expectation {', '.join(unknown)}.")
    batch = _whole_frame().get_batch({"dataframe": frame.reset_index(drop=True)})
    # COMPLETE and no index columns: the labels it gives are then row positions, and it is fast. What else it would say
    # of the rows that fail (their values, a query for them) nobody reads.
    with one_run():
        found = batch.validate(
            suite,
            result_format={
                "result_format": "COMPLETE",
                "exclude_unexpected_values": True,
                "return_unexpected_index_query": False,
            },
            expectation_parameters=dict(parameters or {}),
        )
    by_place = {result.expectation_config.meta["place"]: result for result in found.results}
    return [_outcome(written["expectations"][place], by_place.get(place)) for place in places]


@cache
def _whole_frame() -> Any:
    """What makes a batch of a frame: one context for the process, since making one costs a tenth of a second."""
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = great_expectations().get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("frames").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole")


def _outcome(expectation: Mapping[str, Any], result: Any) -> Outcome:
    """What a result of Great Expectations says about the expectation as it is written in the file."""
    error = "Great Expectations gave no result" if result is None else _first_error(result.exception_info)
    rows = () if result is None or error else tuple(sorted(result.result.get("unexpected_index_list") or ()))
    return Outcome(
        expectation=expectation["type"],
        kwargs=expectation.get("kwargs") or {},
        meta=expectation.get("meta") or {},
        severity=str(expectation.get("severity") or "critical"),
        success=bool(result is not None and result.success and not error),
        rows=rows,
        error=error,
    )


def _first_error(exception_info: Any) -> str | None:
    """The message of the first exception anywhere in `exception_info`, which nests them under metric ids."""
    return next(_errors(exception_info), None)


def _errors(part: Any) -> Iterator[str]:
    if not isinstance(part, Mapping):
        return
    if part.get("raised_exception"):
        yield str(part.get("exception_message") or "an exception without a message")
    for nested in part.values():
        yield from _errors(nested)
