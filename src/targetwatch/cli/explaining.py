"""The command that explains: why a target stands where it stands, each link with the command that shows its rows."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from targetwatch.cli import console
from targetwatch.cli.failures import WrongInput
from targetwatch.cli.reading import Json, Lang
from targetwatch.model import Language, Text
from targetwatch.settings import CHECKOUT, Settings

if TYPE_CHECKING:
    from targetwatch.explaining import Explanation, Step, Suite

SUITE = Path("expectations") / "judgement" / "targets.json"


def explain(
    metric: Annotated[str, typer.Argument(help="A metric, or one of its targets, by its id.")],
    unit: Annotated[str, typer.Argument(help="An org_unit: its code, code@valid_from or name, accents or none.")],
    at: Annotated[
        str | None, typer.Option("--at", help="As it was known at the end of that day, such as 2025-06-13.")
    ] = None,
    as_json: Json = False,
    lang: Lang = Language.EN,
) -> None:
    """Explain a figure from the records to the messages: what was counted, required, judged, found and told.

    Each step comes with the command that shows the rows behind it.
    """
    from targetwatch import explaining, warehouse

    settings = Settings()
    day = _day(at)
    with warehouse.open_snapshots(settings.home) as reader:
        snapshots = explaining.Snapshots(reader, settings.product_sql / "queries", settings.programme_sql / "rows")
        try:
            place, cases = explaining.read(snapshots, metric, unit, day)
        except (explaining.UnknownName, explaining.NothingJudged) as wrong:
            raise WrongInput(str(wrong)) from wrong
    explanation = explaining.explain(place, cases, _suite(settings), lang)
    if as_json:
        sys.stdout.write(json.dumps(explanation.as_data(), default=str, ensure_ascii=False, indent=1) + "\n")
    else:
        _print(explanation, lang)


def _day(at: str | None) -> date | None:
    try:
        return date.fromisoformat(at) if at is not None else None
    except ValueError:
        raise WrongInput(f"{at!r} is no day. Write --at 2025-06-13.") from None


def _suite(settings: Settings) -> Suite:
    """The suite that judges: the programme's own, or else the product's."""
    from targetwatch.checks.suite import read_suite
    from targetwatch.explaining import Suite

    own = settings.programme / SUITE
    path = own if own.exists() else CHECKOUT / SUITE
    return Suite(SUITE.as_posix(), read_suite(path)["expectations"])


def _print(explanation: Explanation, lang: Language) -> None:
    _say(explanation.heading)
    for sentence in explanation.says:
        _say(sentence)
    for account in explanation.accounts:
        _say("")
        _say(f"== {account.heading}")
        for number, step in enumerate(account.steps, start=1):
            _say("")
            _print_step(number, step, lang)


def _print_step(number: int, step: Step, lang: Language) -> None:
    _say(f"{number}. {step.heading}")
    for sentence in step.says:
        _say(f"   {sentence}")
    for shown in step.shown:
        _say(f"   {Text('Xem', 'To see').in_(lang)} {shown.rows}:")
        _say(f"     {shown.query.command}")


def _say(line: str) -> None:
    console.answers.print(line, markup=False, highlight=False, soft_wrap=True, emoji=False)
