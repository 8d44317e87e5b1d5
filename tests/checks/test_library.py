"""Great Expectations is imported lightly: what its rarest expectations need comes when one of them is used."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pandas as pd

from targetwatch.checks.library import great_expectations, one_run
from targetwatch.checks.suite import run_suite

PROGRAM = """
import gc, json, sys
from targetwatch.checks.library import great_expectations
great_expectations()
unused = [name for name in ("scipy.stats._distn_infrastructure", "altair.vegalite") if name in sys.modules]

import pandas as pd
from pathlib import Path
from targetwatch.checks.suite import run_suite
(outcome,) = run_suite(Path(sys.argv[1]), pd.DataFrame({"drawn": ["a"] * 90 + ["b"] * 10}))

import altair
import scipy.stats
print(json.dumps({
    "loaded before anything needs them": unused,
    "collects garbage again": gc.isenabled(),
    "error": outcome.error,
    "success": outcome.success,
    "altair": altair.Chart.__name__,
    "scipy": round(float(scipy.stats.norm.cdf(0)), 3),
}))
"""


def test_what_is_rarely_used_is_imported_when_it_is_used(tmp_path: Path):
    """Charts and distributions are not paid for at every start; an expectation that needs them finds them."""
    suite = tmp_path / "suite.json"
    divergence = {
        "type": "expect_column_kl_divergence_to_be_less_than",
        "kwargs": {
            "column": "drawn",
            "partition_object": {"values": ["a", "b"], "weights": [0.9, 0.1]},
            "threshold": 0.01,
        },
        "meta": {"verdict": "guard"},
    }
    suite.write_text(json.dumps({"name": "drawn", "expectations": [divergence]}), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PROGRAM), str(suite)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "loaded before anything needs them": [],
        "collects garbage again": True,
        "error": None,
        "success": True,
        "altair": "Chart",
        "scipy": 0.5,
    }


def test_an_expectation_describes_itself_once_in_a_run_and_anew_after_it():
    """What a run keeps of an expectation, so that it is not worked out hundreds of times, does not outlive the run."""
    great_expectations()
    from great_expectations.expectations.core import ExpectColumnValuesToNotBeNull

    expectation = ExpectColumnValuesToNotBeNull(column="attained")
    with one_run():
        within = expectation.configuration
        assert expectation.configuration is within
        assert within.to_domain_obj() is within.to_domain_obj()
        assert ExpectColumnValuesToNotBeNull(column="needed").configuration.kwargs == {"column": "needed"}
    expectation.column = "required"
    assert expectation.configuration.kwargs == {"column": "required"}
    assert within.to_domain_obj() is not within.to_domain_obj()


def test_a_metric_is_named_as_great_expectations_names_it():
    """What metrics are called in a run is what they are called without one: 1 is no True, and lists differ."""
    great_expectations()
    from great_expectations.core.id_dict import IDDict

    contents = [
        {"column": "a", "strict": 1},
        {"column": "a", "strict": True},
        {"column": "a", "strict": 1.0},
        {"column_list": ["a", "b"], "batch_id": None},
        {"column_list": ["b", "a"], "batch_id": None},
        {"column": "a"},
        {},
    ]
    outside = [IDDict(content).to_id() for content in contents]
    with one_run():
        assert [IDDict(content).to_id() for content in contents * 2] == outside * 2
        assert IDDict(contents[0]).to_id(id_keys=["strict"]) == "strict=1"
    assert len({str(name) for name in outside}) == len(contents)


def test_rows_without_a_value_fall_out_of_a_run_where_an_expectation_says_so(tmp_path: Path):
    """What a run knows of the rows that two columns are compared in it knows of this comparison, and of no other."""
    frame = pd.DataFrame(
        {"a": [1, None, 3, None, 5], "b": [1, 2, None, None, 6], "whole": [1, 2, 3, 4, 5], "other": [1, 2, 0, 4, 5]}
    )

    def equal(left: str, right: str, **kwargs: object) -> dict[str, object]:
        return {
            "type": "expect_column_pair_values_to_be_equal",
            "kwargs": {"column_A": left, "column_B": right, **kwargs},
            "meta": {"verdict": "guard"},
        }

    def where(operator: str) -> dict[str, object]:
        return {"type": "comparison", "column": {"name": "whole"}, "operator": operator, "parameter": 3}

    either = {"ignore_row_if": "either_value_is_missing"}
    expected = [
        (equal("a", "b", ignore_row_if="neither"), (1, 2, 3, 4)),
        (equal("a", "b", ignore_row_if="both_values_are_missing"), (1, 2, 4)),
        (equal("a", "b", **either), (4,)),
        (equal("a", "b", ignore_row_if="neither", row_condition=where(">")), (3, 4)),
        (equal("a", "b", ignore_row_if="neither", row_condition=where("<")), (1,)),
        (equal("whole", "other", **either), (2,)),
        (equal("whole", "other", **either, row_condition=where(">")), ()),
        (equal("whole", "a", **either), ()),
    ]
    suite = tmp_path / "suite.json"
    suite.write_text(json.dumps({"name": "pairs", "expectations": [one for one, _ in expected]}), encoding="utf-8")
    found = run_suite(suite, frame)
    assert [outcome.error for outcome in found] == [None] * len(expected)
    assert [outcome.rows for outcome in found] == [rows for _, rows in expected]
