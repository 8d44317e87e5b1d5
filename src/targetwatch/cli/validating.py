"""Commands about the catalogue's files: what is wrong with them, and the schemas by which editors know their shape."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from targetwatch import catalogue, clock, units_of_measure
from targetwatch.catalogue import JudgedVersion
from targetwatch.cli import console
from targetwatch.cli.failures import WRONG_INPUT, WrongInput
from targetwatch.cli.findings import Findings, Format, write
from targetwatch.model import MILLION, UnitEnding
from targetwatch.model import Path as Shape
from targetwatch.settings import Settings


def validate(
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            help="text for people, json for programs, github or gitlab for annotations beside the lines of a change.",
        ),
    ] = Format.TEXT,
) -> None:
    """Check the catalogue and say everything that is wrong with it, each error with file, line and column.

    Warnings come behind the errors. Where a ledger is at hand, a target that was edited although it has been judged is
    an error too. Leaves with 0 if the catalogue can be used, warnings or not, and with 2 if it cannot.
    """
    settings = Settings()
    findings = _read(settings)
    write(findings, Format.JSON if as_json else form)
    if findings.errors:
        raise typer.Exit(WRONG_INPUT)


def _read(settings: Settings) -> Findings:
    from targetwatch.catalogue.reading_tests import read_tests

    root = settings.catalogue
    today = catalogue.day_of(root, clock.now(settings))
    reading = catalogue.read(root, _judged(settings), today)
    tests = read_tests(root, reading.programme)
    return Findings(root, catalogue.bounded((*reading.issues, *tests.issues)), reading.programme)


def _judged(settings: Settings) -> Iterator[JudgedVersion]:
    """The judged versions that the ledger has, where there is one."""
    if not settings.home.is_dir():
        return  # a catalogue is checked where nothing is installed too, and DuckDB takes its time to import
    from targetwatch import warehouse

    for row in warehouse.judged_versions(settings.home):
        yield JudgedVersion(
            target=str(row["target"]),
            effective_from=_day(row["effective_from"]),
            selector=str(row["selector"] or ""),
            version=str(row["target_version"]),
            said=_said(row),
            listed=bool(row["listed"]),
        )


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError(f"The ledger holds {value!r} where a version's first day should be.")
    return value


def _said(row: Mapping[str, Any]) -> Mapping[str, str]:
    """What a version asked for, as it is written in the catalogue."""
    factor = units_of_measure.per_one(row["unit_of_measure"])

    def written(millionths: int) -> str:
        return f"{(Decimal(millionths) * factor / MILLION).normalize():f}"

    said = {"comparison": f'"{row["comparison"]}"', "value": written(row["value"])}
    if row["value_to"] is not None:
        said["value_to"] = written(row["value_to"])
    if row["due"] is not None:
        said["due"] = str(row["due"])
    said["trajectory"] = _trajectory(row, written)
    if row["warning_margin"]:
        said["warning_margin"] = written(row["warning_margin"])
    if row["when_unit_ends"] != UnitEnding.ENDS:
        said["when_unit_ends"] = str(row["when_unit_ends"])
    return said


def _trajectory(row: Mapping[str, Any], written: Callable[[int], str]) -> str:
    """The path of a version, as YAML has it in one line."""

    def point(kept: Mapping[str, Any]) -> str:
        return f"{{on: {kept['on']}, value: {written(kept['value'])}}}"

    drawn_from = json.loads(row["trajectory"])
    said = [f"path: {row['path']}", *(["assumed: true"] if row["path_assumed"] else [])]
    if drawn_from.get("baseline"):
        said.append(f"baseline: {point(drawn_from['baseline'])}")
    elif drawn_from.get("baseline_on"):
        said.append(f"baseline: {{on: {drawn_from['baseline_on']}, value: observed}}")
    elif row["path"] == Shape.LINEAR:
        said.append("baseline: first_observed")
    if drawn_from.get("milestones"):
        said.append(f"milestones: [{', '.join(map(point, drawn_from['milestones']))}]")
    return f"{{{', '.join(said)}}}"


def schemas(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder to write them to; schemas/ of the catalogue if not given.")
    ] = None,
) -> None:
    """Write the JSON Schemas of the catalogue's files, by which an editor completes and checks while one types.

    The first line of a file names its schema: `# yaml-language-server: $schema=../schemas/metric.schema.json`.
    """
    from targetwatch.catalogue.schemas import written

    folder = folder or Settings().catalogue / "schemas"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in written():
            (folder / name).write_text(text, encoding="utf-8")
            console.answers.print(str(folder / name), markup=False, highlight=False, soft_wrap=True)
    except OSError as error:
        raise WrongInput(f"The schemas cannot be written to {folder}: {error.strerror}.") from error
