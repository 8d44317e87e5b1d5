"""Import once, fork many: what makes the tasks of the embedded Airflow start fast.

Importing Great Expectations costs seconds. The scheduler's LocalExecutor forks its workers, and they fork the tasks; so
what the scheduler has imported, every task finds loaded. Imported only: no connection is opened and no frame is
computed here, since neither connections nor pools of threads survive a fork.
"""

from __future__ import annotations

import importlib
import sys

HEAVY = (
    "duckdb",
    "polars",
    "pyarrow.dataset",
    "holidays",
    "targetwatch.pipeline",
    "targetwatch.gathering.gate",
    "targetwatch.warehouse",
    "targetwatch.checks",
    "targetwatch.evaluation",
    "targetwatch.incidents",
    "targetwatch.notifications.delivery.slack",
    "targetwatch.standin",
)


def into_the_scheduler() -> None:
    """Import the heavy libraries if this process is `airflow scheduler`; in any other, do nothing."""
    if sys.argv[1:2] != ["scheduler"]:
        return
    for name in HEAVY:
        importlib.import_module(name)
    importlib.import_module("targetwatch.checks.library").great_expectations()
