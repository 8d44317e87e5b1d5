"""Commands that only read: they open the newest snapshots, never the live databases."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from targetwatch.cli import console
from targetwatch.cli.failures import WrongInput
from targetwatch.model import Language, Text
from targetwatch.settings import Settings

if TYPE_CHECKING:
    import polars as pl

Json = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
Lang = Annotated[Language, typer.Option("--lang", help="Language of names and statuses.")]


STATUS = "FROM current_status ORDER BY position, role, headroom NULLS LAST, org_unit_name"
INCIDENTS = """
    SELECT *, coalesce(facts->>'$.judged.role' = 'share', false) AS is_share FROM incidents ORDER BY number DESC
"""


HAS_REPORTS = "FROM duckdb_views() WHERE view_name = 'discrepancies'"
REPORTS = """
    SELECT
      metric,
      tier,
      any_value(metric_name_vi) AS metric_name_vi,
      any_value(metric_name_en) AS metric_name_en,
      count(*) AS compared,
      count(*) FILTER (WHERE finding = 'misreported') AS misreported,
      count(*) FILTER (WHERE finding = 'acknowledged') AS acknowledged
    FROM discrepancies
    WHERE is_newest
    GROUP BY metric, tier
    HAVING misreported + acknowledged > 0
    ORDER BY metric, tier
"""


class Format(StrEnum):
    """How the answer of a query is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    MARKDOWN = "markdown"
    PARQUET = "parquet"


def status(
    units: Annotated[
        bool, typer.Option("--units", help="Every org_unit, not only those that answer for a target.")
    ] = False,
    as_json: Json = False,
    lang: Lang = Language.EN,
) -> None:
    """Show where every target stands: status, value, what is needed now, by when, and why."""
    from targetwatch import warehouse
    from targetwatch.cli import lines

    found = warehouse.fetch(Settings().home, STATUS).to_dicts()
    rows = lines.by_need(row for row in found if units or row["role"] != "share")
    if as_json:
        _print_json(rows)
        return
    _print_lines(lines.STATUS_HEADINGS, (lines.status_line(row, lang) for row in rows), lang)
    if warehouse.fetch(
        Settings().home, HAS_REPORTS
    ).height:  # as far as the snapshot's release held them beside records
        for row in warehouse.fetch(Settings().home, REPORTS).to_dicts():
            console.answers.print(lines.reports_line(row, lang), markup=False)


def incidents(
    every: Annotated[bool, typer.Option("--all", help="Closed incidents too.")] = False,
    units: Annotated[bool, typer.Option("--units", help="Those of every org_unit under a pooled target too.")] = False,
    as_json: Json = False,
    lang: Lang = Language.EN,
) -> None:
    """List the incidents that are live: what fell behind, what is missing, what was refused."""
    from targetwatch import catalogue, clock, warehouse
    from targetwatch.cli import lines

    settings = Settings()
    now = clock.now(settings)
    rows = warehouse.fetch(settings.home, INCIDENTS).to_dicts()
    rows = [row for row in rows if (every or row["is_live"]) and (units or not row["is_share"])]
    if as_json:
        _print_json(rows)
        return
    if not rows:
        console.answers.print("No incident is live." if not every else "There never was an incident.")
        return
    time_zone = catalogue.load(settings.catalogue).time_zone
    _print_lines(lines.INCIDENT_HEADINGS, (lines.incident_line(row, now, time_zone, lang) for row in rows), lang)


def sql(
    query: Annotated[str | None, typer.Argument(help="One query. Without it, an interactive shell opens.")] = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How to write the answer.")] = Format.TABLE,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file to write to, instead of the screen.")
    ] = None,
) -> None:
    """Ask the newest snapshot in SQL, read-only: current_status, observations, assessments, incidents and more.

    `SHOW TABLES` lists the views; every column has a comment: `FROM duckdb_columns()`.
    """
    from targetwatch import warehouse

    home = Settings().home
    if query is None:
        sys.exit(subprocess.run(warehouse.interactive_command(home), check=False).returncode)  # noqa: S603 - our own argv
    if form is Format.PARQUET and output is None and sys.stdout.isatty():
        raise WrongInput("Parquet is not for a terminal. Write it to a file: --output answer.parquet")
    frame = warehouse.fetch(home, query)
    match form:
        case Format.PARQUET:
            frame.write_parquet(output or sys.stdout.buffer)
            return
        case Format.CSV:
            text = _in_cells(frame).write_csv()
        case Format.JSON:
            text = _json(frame.to_dicts())
        case Format.MARKDOWN:
            text = _markdown(frame.columns, frame.rows())
        case Format.TABLE:
            _print_table(frame.columns, frame.rows(), output)
            return
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


def _print_lines(headings: Sequence[Text], rows: Iterable[tuple[str, ...]], lang: Language) -> None:
    console.lines([heading.in_(lang) for heading in headings], rows)


def _print_table(columns: list[str], rows: list[tuple[object, ...]], output: Path | None) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("–" if value is None else escape(str(value)) for value in row))
    if output:
        from rich.console import Console

        with output.open("w", encoding="utf-8") as file:
            Console(file=file, width=200).print(table, markup=False)
        return
    console.answers.print(table)
    console.errors.print(f"{len(rows):,} rows", highlight=False)


def _in_cells(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with what a cell of CSV cannot hold as text: lists and structures as JSON."""
    import polars as pl

    def cell(value: object) -> str | None:
        return value if value is None else _json(value, None) if isinstance(value, Mapping | list) else str(value)

    others = (pl.Binary, pl.Duration, pl.Object)
    text = [column for column in frame if column.dtype.is_nested() or column.dtype in others]
    return frame.with_columns(pl.Series(column.name, map(cell, column.to_list()), pl.String) for column in text)


def _markdown(columns: list[str], rows: list[tuple[object, ...]]) -> str:
    def cell(value: object) -> str:
        return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")

    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    lines += ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _print_json(rows: Sequence[Mapping[str, object]]) -> None:
    sys.stdout.write(_json(rows))


def _json(value: object, indent: int | None = 1) -> str:
    """A value as JSON, on lines of its own with `indent`. JSON has no word for what is not a number: that is null."""
    text = json.dumps(_plain(value), default=str, ensure_ascii=False, indent=indent, allow_nan=False)
    return text if indent is None else f"{text}\n"


def _plain(value: object) -> object:
    match value:
        case Mapping():
            return {str(name): _plain(part) for name, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case float() if not math.isfinite(value):
            return None
    return value
