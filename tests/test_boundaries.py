"""The promise of who may import what, read off every import statement, those inside functions too."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
PACKAGE = CHECKOUT / "src" / "targetwatch"
ROOMS = {
    "duckdb": ("src/targetwatch/warehouse/", "src/targetwatch/preload.py"),
    "great_expectations": ("src/targetwatch/checks/",),
    "slack_sdk": ("src/targetwatch/notifications/delivery/slack",),
    "airflow": (
        "dags/",
        "src/targetwatch/board/plugin.py",
        "src/targetwatch/triggers.py",
        "src/targetwatch/gathering/connectors/airflow_",
        "src/targetwatch/notifications/delivery/airflow_",
        "src/targetwatch/operations/airflow_",
    ),
}


@cache
def imports(file: Path) -> frozenset[str]:
    """The top-level packages that a file imports, wherever in it; under TYPE_CHECKING too."""
    return frozenset(_imports(file))


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("library", ROOMS)
def test_a_library_is_imported_in_its_rooms_alone(library: str) -> None:
    """DuckDB in the warehouse, Great Expectations in the checks, Slack in its adapter, Airflow at the edge."""
    files = [*PACKAGE.rglob("*.py"), *(CHECKOUT / "dags").glob("*.py")]
    importing = {file.relative_to(CHECKOUT).as_posix() for file in files if library in imports(file)}
    assert importing, f"nothing imports {library} any more: this test looks at nothing"
    assert {file for file in importing if not file.startswith(ROOMS[library])} == set()


def test_every_library_that_is_imported_is_declared() -> None:
    """What the product imports by name is a dependency by name, and not there by the grace of another."""
    written = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    declared = {_named(re.split(r"[\[<>=~! ;]", one, maxsplit=1)[0]) for one in written}
    declared.add("pydantic-core")  # what pydantic raises and lists its errors with, at the version it wants
    files = [*PACKAGE.rglob("*.py"), *(CHECKOUT / "dags").glob("*.py")]
    imported = {name for file in files for name in imports(file)} - set(sys.stdlib_module_names) - {"targetwatch"}
    assert {"duckdb", "croniter"} <= imported
    brought_by = packages_distributions()
    missing = {name for name in imported if not declared & {_named(one) for one in brought_by.get(name, ())}}
    assert missing == set()


def _named(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def test_no_module_is_a_drawer_for_everything() -> None:
    """One noun, one module: none is called utils, helpers, common or manager."""
    drawers = {"utils", "helpers", "common", "manager", "misc"}
    assert {file.name for file in PACKAGE.rglob("*.py") if file.stem in drawers} == set()


def test_sql_is_not_put_together_from_strings() -> None:
    """No f-string that holds a statement of SQL: values bind, and identifiers do not come out of data.

    The board shows its readers the queries behind a figure. That text is for them to ask; nothing here runs it.
    """
    words = ("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "MERGE ", "CREATE ", "DROP ")
    found = [
        f"{file.relative_to(CHECKOUT)}:{node.lineno}"
        for file in PACKAGE.rglob("*.py")
        if file != PACKAGE / "board" / "queries.py"
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
        and any(isinstance(part, ast.Constant) and str(part.value).startswith(words) for part in node.values)
    ]
    assert found == []
