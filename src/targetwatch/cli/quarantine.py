"""Commands about rows in quarantine: what is in it and why, a spreadsheet for their unit, and handing them in again."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from targetwatch import catalogue, clock
from targetwatch.cli import console
from targetwatch.cli.failures import WrongInput
from targetwatch.cli.reading import Json, Lang
from targetwatch.correcting.account import NotInQuarantineError, Resubmitted
from targetwatch.gathering.parts import row_of
from targetwatch.model import Language, Programme, Text
from targetwatch.settings import Settings

if TYPE_CHECKING:
    from targetwatch.warehouse import Reader

Batch = Annotated[str | None, typer.Option("--batch", help="Only of this batch: its id, or the start of it.")]
Unit = Annotated[
    str | None, typer.Option("--unit", help="Only of this unit, by code or name, as far as it could be read.")
]
NOTHING = Text("Không có dòng nào bị cách ly.", "Nothing is in quarantine.")

app = typer.Typer(
    help="Rows that were set aside: list them, export them to a spreadsheet for their unit, hand them in again.",
    no_args_is_help=True,
)


@app.command("list")
def list_(
    source: Annotated[str | None, typer.Option("--source", help="Only of this source.")] = None,
    unit: Unit = None,
    batch: Annotated[
        str | None, typer.Option("--batch", help="Only of this batch: its id, or the start of it.")
    ] = None,
    rows: Annotated[bool, typer.Option("--rows", help="The rows one by one, each with its value and reason.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Also what has left quarantine since, and how.")] = False,
    as_json: Json = False,
    lang: Lang = Language.EN,
) -> None:
    """List what is in quarantine: by source, delivery, unit and reason, or row by row."""
    from targetwatch import warehouse
    from targetwatch.cli import quarantine_lines as lines

    settings = Settings()
    programme = catalogue.load(settings.catalogue)
    _check_source(programme, source)
    asked = {"source": source, "batch": batch, "every": every}
    query = "quarantine_rows" if rows else "quarantine_counts"
    with warehouse.open_snapshots(settings.home) as reader:
        found = [
            row for code in _codes(programme, unit) for row in _fetch(reader, settings, query, {**asked, "unit": code})
        ]
    if as_json:
        _print_json([lines.as_data(row) for row in found])
    elif not found:
        console.answers.print(NOTHING.in_(lang))
    elif rows:
        lines.print_rows(found, programme, every, lang)
    else:
        lines.print_counts(found, programme, every, lang)


@app.command("export")
def export(
    what: Annotated[
        list[str],
        typer.Argument(help="A source (left out with --batch), then the file to write, such as to-correct.xlsx."),
    ],
    batch: Annotated[
        str | None, typer.Option("--batch", help="Only of this batch: its id, or the start of it.")
    ] = None,
    unit: Unit = None,
    lang: Annotated[Language, typer.Option("--lang", help="Language of the spreadsheet.")] = Language.VI,
) -> None:
    """Write rows in quarantine to a spreadsheet that their unit can correct and send back.

    Each row as it was delivered, its reason in words and the bad cell marked; only columns that the source names.
    """
    from targetwatch.exporting import export_sheet

    settings = Settings()
    *sources, name = what
    if len(sources) > 1 or not (sources or batch):
        raise WrongInput("Write a source and a file, as in `targetwatch quarantine export procedures to-correct.xlsx`.")
    path = Path(name)
    _check_source(catalogue.load(settings.catalogue), sources[0] if sources else None)
    if path.suffix.lower() != ".xlsx":
        raise WrongInput(f"{name} is no name of a spreadsheet. Write one that ends in .xlsx.")
    if path.exists():
        raise WrongInput(f"{name} is there already, and may hold corrections. Write another name, or delete it.")
    if not path.absolute().parent.is_dir():
        raise WrongInput(f"There is no folder {path.absolute().parent}. Make it first.")
    try:
        written = export_sheet(
            settings, path, source_id=sources[0] if sources else None, batch=batch, unit=unit, language=lang
        )
    except NotInQuarantineError as nothing:
        raise WrongInput(str(nothing)) from nothing
    rows = f"{written:,} {'row' if written == 1 else 'rows'}"
    _say(f"{rows} written to {name}. Corrected, it comes back with: targetwatch quarantine submit {name}")


@app.command("submit")
def submit(
    sheet: Annotated[Path | None, typer.Argument(help="A spreadsheet of `export` that was corrected.")] = None,
    batch: Annotated[
        str | None,
        typer.Option("--batch", help="Instead: this batch's rows as they were delivered, now that a rule was mended."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Hand rows in quarantine in again: corrected in a spreadsheet, or as they were once a rule was mended.

    They go the way of all deliveries. What is good empties the quarantine; what is not stays listed, once. Twice
    changes nothing.
    """
    from targetwatch import resubmitting
    from targetwatch.correcting.returned import NoCorrectionSheetError

    if (sheet is None) == (batch is None):
        raise WrongInput("Write either a spreadsheet or --batch with the id of a batch.")
    if sheet is not None and not sheet.is_file():
        raise WrongInput(f"There is no file {sheet}.")
    settings = Settings()
    now = clock.now(settings)
    try:
        with console.progress("Handing in") as progress:
            done = (
                resubmitting.submit_sheet(settings, sheet, now, progress)
                if sheet is not None
                else resubmitting.submit_batch(settings, str(batch), now, progress)
            )
    except (NotInQuarantineError, NoCorrectionSheetError) as wrong:
        raise WrongInput(str(wrong)) from wrong
    if as_json:
        _print_json(asdict(done))
    else:
        _print_submitted(done)


def _check_source(programme: Programme, source: str | None) -> None:
    known = [one.id for one in programme.sources.values() if not one.planned]
    if source is not None and source not in programme.sources:
        raise WrongInput(f"No source is called {source!r}. Write one of: {', '.join(known)}.")


def _codes(programme: Programme, unit: str | None) -> Sequence[str | None]:
    """The codes of the units that are meant; what is no unit's code or name is asked for as it stands."""
    from targetwatch.catalogue.finding import find_units

    if unit is None:
        return [None]
    return sorted({one.key.code for one in find_units(programme.org_units, unit)}) or [unit]


def _fetch(reader: Reader, settings: Settings, query: str, values: Mapping[str, object]) -> list[dict[str, Any]]:
    text = (settings.product_sql / "queries" / f"{query}.sql").read_text(encoding="utf-8")
    return reader.fetch(text, values).to_dicts()


def _print_submitted(done: Resubmitted) -> None:
    for one in done.gathered:
        if one.refused_because:
            _say(f"{one.delivered_as} was refused: {Text.parse(one.refused_because).en}")
    wrong = len(done.still_wrong)
    said = [f"{done.source}: {done.handed_in:,} handed in, {done.put_right:,} put right, {wrong:,} still wrong"]
    if done.unchanged:
        said.append(f"{done.unchanged:,} as they had been delivered, and so left as they are")
    if done.right_before:
        said.append(f"{done.right_before:,} put right before")
    _say(f"{'; '.join(said)}.")
    for row in done.still_wrong:
        where = f"row {row_of(row.number)}" if row.number is not None else row.key
        blamed = f", column {row.column}" if row.column else ""
        _say(f"  {where}{blamed}: {Text.parse(row.reason).en}")
    for number, why in done.left_out:
        _say(f"  row {row_of(number)} was left out: {Text.parse(why).en}")


def _say(line: str) -> None:
    console.answers.print(line, markup=False, highlight=False, soft_wrap=True, emoji=False)


def _print_json(data: object) -> None:
    sys.stdout.write(json.dumps(data, default=str, ensure_ascii=False, indent=1) + "\n")
