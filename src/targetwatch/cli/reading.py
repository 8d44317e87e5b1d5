"""Commands that only read: they open the newest snapshots, never the live databases."""

from __future__ import annotations

import json
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from targetwatch.cli import console
from targetwatch.cli.failures import WrongInput
from targetwatch.model import IncidentState, Language
from targetwatch.settings import Settings

Json = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
Lang = Annotated[Language, typer.Option("--lang", help="Language of names and statuses.")]


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
    from targetwatch.wording import shown

    rows = warehouse.fetch(
        Settings().home, "FROM current_status ORDER BY position, role, headroom NULLS LAST"
    ).to_dicts()
    rows = [row for row in rows if units or row["role"] != "share"]
    if as_json:
        _print_json(rows)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in (
        "Status",
        "Target",
        "Value",
        "Needed now",
        "Final",
        "Short (−), over (+)",
        "Due",
        "Why",
        "Incident",
    ):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*shown.status_line(row, lang))
    console.answers.print(table)


def incidents(
    every: Annotated[bool, typer.Option("--all", help="Closed incidents too.")] = False,
    as_json: Json = False,
    lang: Lang = Language.EN,
) -> None:
    """List the incidents that are live: what fell behind, what is missing, what was refused."""
    from targetwatch import warehouse
    from targetwatch.wording import shown

    rows = warehouse.fetch(Settings().home, "FROM incidents ORDER BY number DESC").to_dicts()
    rows = [row for row in rows if every or IncidentState(row["state"]).is_live]
    if as_json:
        _print_json(rows)
        return
    if not rows:
        console.answers.print("No incident is live." if not every else "There never was an incident.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Incident", "State", "About", "Unit", "Opened", "Closed"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*shown.incident_line(row, lang))
    console.answers.print(table)


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
            text = frame.write_csv()
        case Format.JSON:
            text = json.dumps(frame.to_dicts(), default=str, ensure_ascii=False, indent=1) + "\n"
        case Format.MARKDOWN:
            text = _markdown(frame.columns, frame.rows())
        case Format.TABLE:
            _print_table(frame.columns, frame.rows(), output)
            return
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


def _print_table(columns: list[str], rows: list[tuple[object, ...]], output: Path | None) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("–" if value is None else str(value) for value in row))
    if output:
        from rich.console import Console

        with output.open("w", encoding="utf-8") as file:
            Console(file=file, width=200).print(table, markup=False)
        return
    console.answers.print(table)
    console.errors.print(f"{len(rows):,} rows", highlight=False)


def _markdown(columns: list[str], rows: list[tuple[object, ...]]) -> str:
    def cell(value: object) -> str:
        return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")

    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    lines += ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _print_json(rows: list[dict[str, object]]) -> None:
    sys.stdout.write(json.dumps(rows, default=str, ensure_ascii=False, indent=1) + "\n")
