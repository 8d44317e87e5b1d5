"""The SQL of records and metrics, tested as data: each YAML file below this folder is a case.

claim       what the case shows, in a sentence
table       the record table: sql/records/<table>.sql and <table>.merge.sql
defaults    what a delivered row says of each column that it does not mention
deliveries  in order of arrival: `batch`, `at` and the `rows` that are merged
metric      sql/metrics/<metric>.sql is asked; without it the record table itself is
look_at     or another table that a merge writes to
ask         the parameters of the metric
expect      all the rows of the answer, in any order, as far as the columns go that the rows mention
only        of the answer, only rows with these values
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

HERE = Path(__file__).parent
SQL = HERE.parents[1] / "sql"
CASES = sorted(HERE.rglob("*.yaml"))
Row = Mapping[str, Any]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.relative_to(HERE).with_suffix("").as_posix())
def test_sql(path: Path) -> None:
    """What the case claims holds."""
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    database = duckdb.connect()
    database.execute("SET TimeZone = 'UTC'")
    table = case["table"]
    for migration in sorted((SQL / "migrations" / "records").glob("*.sql")):
        database.execute(migration.read_text(encoding="utf-8"))
    for _ in range(2):  # it may be run over what is there
        database.execute((SQL / "records" / f"{table}.sql").read_text(encoding="utf-8"))
    for delivery in case["deliveries"]:
        merge(database, table, delivery, case.get("defaults", {}))
    if "metric" in case:
        query = (SQL / "metrics" / f"{case['metric']}.sql").read_text(encoding="utf-8")
        answer = rows_of(database.execute(query, case["ask"]))
    else:
        answer = rows_of(database.execute(f"FROM {case.get('look_at', table)}"))
    answer = [row for row in answer if all(row[name] == value for name, value in case.get("only", {}).items())]
    columns = list(case["expect"][0]) if case["expect"] else []
    found = [{name: row[name] for name in columns} for row in answer]
    assert sorted(found, key=repr) == sorted(case["expect"], key=repr), case["claim"]


def merge(database: duckdb.DuckDBPyConnection, table: str, delivery: Row, defaults: Row) -> None:
    """Merge the delivery's rows into the record table, as the warehouse does."""
    database.execute(f"CREATE OR REPLACE TEMP TABLE staged AS SELECT * EXCLUDE (known_to) FROM {table} LIMIT 0")
    stamp = {"batch_id": delivery["batch"], "known_from": delivery["at"]}
    for row in delivery["rows"]:
        values = {**defaults, **row, **stamp}
        names, marks = ", ".join(values), ", ".join("?" for _ in values)
        database.execute(f"INSERT INTO staged ({names}) VALUES ({marks})", list(values.values()))
    for statement in database.extract_statements((SQL / "records" / f"{table}.merge.sql").read_text(encoding="utf-8")):
        database.execute(statement, {"source": "a_source"} if statement.named_parameters else None)


def rows_of(answer: duckdb.DuckDBPyConnection) -> Sequence[Row]:
    """The rows of an answer, by column; moments as ISO text in UTC."""
    names = [column[0] for column in answer.description]
    return [
        {
            name: value.isoformat(sep=" ", timespec="minutes") if hasattr(value, "tzinfo") else value
            for name, value in zip(names, row, strict=True)
        }
        for row in answer.fetchall()
    ]
