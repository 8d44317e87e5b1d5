"""What sql/rows lists, held against what sql/metrics counts, over the cases in which the measurements are tested."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from targetwatch import catalogue
from targetwatch.explaining.queries import Query, bare, wanted
from tests.sql.test_sql import CASES, HERE, SQL, merge, rows_of

ROWS = SQL / "rows"
SOURCES = {"published_figures": "published", "rankings": "rankings", "unit_reports": "reporting"}  # by their tables


@cache
def case_of(path: Path) -> dict[str, Any]:
    """What a case says."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


MEASURED = [path for path in CASES if "metric" in case_of(path)]


@cache
def measured(path: Path) -> duckdb.DuckDBPyConnection:
    """The records of a case in a database, which is asked and never changed."""
    case = case_of(path)
    database = duckdb.connect()
    database.execute("SET TimeZone = 'UTC'")
    for migration in sorted((SQL / "migrations" / "records").glob("*.sql")):
        database.execute(migration.read_text(encoding="utf-8"))
    database.execute((SQL / "records" / f"{case['table']}.sql").read_text(encoding="utf-8"))
    for delivery in case["deliveries"]:
        merge(database, case["table"], delivery, case.get("defaults", {}))
    return database


def text_of(metric: str, table: str) -> str:
    """What lists the records behind a figure of a metric that was measured from a record table."""
    own = ROWS / f"{metric}.sql"
    if own.exists() and table in (text := own.read_text(encoding="utf-8")):
        return text
    return (ROWS / f"{SOURCES.get(table, table)}.sql").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", MEASURED, ids=lambda path: path.relative_to(HERE).with_suffix("").as_posix())
def test_as_much_is_listed_as_was_counted(path: Path) -> None:
    """Behind every figure that a case measures stand as many records, or parts that add up to it, or one statement."""
    database, case = measured(path), case_of(path)
    query = (SQL / "metrics" / f"{case['metric']}.sql").read_text(encoding="utf-8")
    for figure in rows_of(database.execute(query, case["ask"])):
        text = text_of(str(figure["metric"]), case["table"])
        days = {"first_day": figure["period_start"], "last_day": figure["period_end"]}
        values = {**figure, **days, "known_at": case["ask"]["known_at"]}
        listed = rows_of(database.execute(text, wanted(text, values)))
        if case["table"] in SOURCES:
            assert [row["batch_id"] for row in listed] == [figure["batch_id"]]
        elif listed and "in_numerator" in listed[0]:
            counted = sum(bool(row["in_numerator"]) for row in listed), len(listed)
            is_share = (figure["numerator"], figure["denominator"]) == counted
            assert is_share or (figure["numerator"], figure["denominator"]) == (counted[0], 1), figure["metric"]
        else:
            assert sum(row["numerator"] for row in listed) == figure["numerator"], figure["metric"]
            if listed and "denominator" in listed[0]:
                assert sum(row["denominator"] for row in listed) == figure["denominator"], figure["metric"]


@pytest.mark.parametrize("file", sorted(ROWS.glob("*.sql")), ids=lambda path: path.stem)
def test_a_list_of_records_runs_with_its_values_in_place(file: Path) -> None:
    """What is printed for a person is one line without parameters, and gives the rows that binding them gives."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    text = file.read_text(encoding="utf-8")
    for path in MEASURED:
        case = case_of(path)
        if not re.search(rf"\bFROM {case['table']}\b", text):
            continue
        database = measured(path)
        query = (SQL / "metrics" / f"{case['metric']}.sql").read_text(encoding="utf-8")
        for figure in rows_of(database.execute(query, {**case["ask"], "known_at": moment})):
            days = {"first_day": figure["period_start"], "last_day": figure["period_end"]}
            values = {**figure, **days, "known_at": moment}
            printed = Query.of(file.stem, text, values).sql
            assert "$" not in printed
            assert "\n" not in printed
            assert rows_of(database.execute(printed)) == rows_of(database.execute(text, wanted(text, values)))


def test_the_records_of_every_dossier_and_publication_are_listed() -> None:
    """The shipped programme lists the records of each metric of its dossiers, and of what is published or reported."""
    programme = catalogue.load(SQL.parent / "catalogue")
    of_dossiers = [one.id for one in programme.metrics.values() if one.source == "procedures" and one.sql is not None]
    assert of_dossiers
    assert [name for name in (*of_dossiers, *SOURCES.values()) if not (ROWS / f"{name}.sql").exists()] == []


def test_every_query_of_an_explanation_is_one_statement() -> None:
    """What is printed on one line has no comment inside that would swallow the rest, and no semicolon."""
    for path in [*ROWS.glob("*.sql"), *(SQL / "queries").glob("explain_*.sql")]:
        text = path.read_text(encoding="utf-8")
        assert text.startswith("-- "), path.name
        assert "--" not in bare(text), path.name
        assert ";" not in bare(text), path.name
