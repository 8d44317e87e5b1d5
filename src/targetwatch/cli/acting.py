"""Commands by which a person acts on incidents: acknowledging them, and withholding messages for a while."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from targetwatch import catalogue, clock, pipeline
from targetwatch.cli import console
from targetwatch.cli.failures import OUR_FAILURE, WrongInput
from targetwatch.cli.reading import Json, Lang
from targetwatch.model import Language, Programme
from targetwatch.settings import Settings

if TYPE_CHECKING:
    from targetwatch.incidents import Action

OF_TARGET = """
    SELECT number, org_unit, org_unit_valid_from, is_live AND state <> 'pending' AS is_open
    FROM incidents
    WHERE kind = 'behind' AND subject = $target
      AND ((facts ->> '$.judged.role') IS DISTINCT FROM 'share' OR $with_shares)
    ORDER BY number
"""
SILENCES = "FROM silences ORDER BY created_at, silence"

Reason = Annotated[str, typer.Option("--reason", help="Why, in a sentence that others will understand.")]
Until = Annotated[
    str | None,
    typer.Option("--until", help="Until when: a day (to its end), a moment or a length: 2025-06-20, 3d, 4h."),
]
As = Annotated[str | None, typer.Option("--as", help="Who does this; if not given, the name you are logged in by.")]
NoSend = Annotated[bool, typer.Option("--no-send", help="Leave the messages to the next pass.")]


def ack(
    numbers: Annotated[list[str] | None, typer.Argument(help="Incidents, such as TW-147.")] = None,
    target: Annotated[str | None, typer.Option("--target", help="Instead: the open incidents of this target.")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="Of the target only that of this org_unit.")] = None,
    reason: Reason = "",
    until: Until = None,
    by: As = None,
    no_send: NoSend = False,
    as_json: Json = False,
) -> None:
    """Acknowledge incidents: somebody is on it, so nothing is repeated and nobody else is told.

    It lapses at --until, or when it gets a worse severity; without --until it holds until the incident closes.
    It is judged on, and what gets worse or is over is told.
    """
    from targetwatch import incidents
    from targetwatch.incidents import terms

    settings = Settings()
    programme, now = catalogue.load(settings.catalogue), clock.now(settings)
    meant = _numbers(settings, programme, numbers or [], target, unit)

    def action() -> Action:
        end = terms.until(until, now, programme.time_zone) if until is not None else None
        return incidents.Acknowledge(meant, _author(by), reason, end)

    _do(settings, programme, action, now, send=not no_send, as_json=as_json)


def unack(
    numbers: Annotated[list[str], typer.Argument(help="Incidents, such as TW-147.")],
    reason: Reason = "",
    by: As = None,
    no_send: NoSend = False,
    as_json: Json = False,
) -> None:
    """Take an acknowledgement back: nobody is on it after all, and the incident is open again."""
    from targetwatch import incidents

    settings = Settings()
    programme, now = catalogue.load(settings.catalogue), clock.now(settings)
    meant = _numbers(settings, programme, numbers, None, None)

    def action() -> Action:
        return incidents.Unacknowledge(meant, _author(by), reason)

    _do(settings, programme, action, now, send=not no_send, as_json=as_json)


def silence(
    matchers: Annotated[
        list[str] | None,
        typer.Argument(help="Of what: label=value,value or label!=value, such as kind=behind unit=001. All must hold."),
    ] = None,
    reason: Reason = "",
    lasts: Annotated[str | None, typer.Option("--for", help="For how long: 30m, 4h, 3d, 2w.")] = None,
    until: Until = None,
    begins: Annotated[str | None, typer.Option("--from", help="From when, if not at once: a day or a moment.")] = None,
    end: Annotated[
        str | None, typer.Option("--end", help="Instead: end the silence of this id before its time.")
    ] = None,
    by: As = None,
    no_send: NoSend = False,
    as_json: Json = False,
) -> None:
    """Withhold the messages about what matches, for a while. The targets are judged on all the same.

    When it ends, what happened meanwhile is told. `targetwatch silences` lists the silences.
    """
    from targetwatch import incidents
    from targetwatch.catalogue.matchers import parse_matcher
    from targetwatch.incidents import terms

    settings = Settings()
    programme, now = catalogue.load(settings.catalogue), clock.now(settings)
    given = [word for word in (lasts, until) if word is not None]
    if end is not None and (matchers or given or begins):
        raise WrongInput(f"--end ends a silence that is there and takes nothing else. Write `silence --end {end}`.")
    if end is None and len(given) != 1:
        raise WrongInput("Write for how long, as in --for 3d, or until when, as in --until 2025-06-20: one of them.")

    def action() -> Action:
        if end is not None:
            return incidents.Withdraw(end, _author(by))
        match = tuple(parse_matcher(one, programme) for one in matchers or [])
        starts = _beginning(begins, programme.time_zone) if begins is not None else None
        ends = terms.until(given[0], now if starts is None else starts, programme.time_zone)
        return incidents.SilenceThat(match, _author(by), reason, ends, starts)

    _do(settings, programme, action, now, send=not no_send, as_json=as_json)


def silences(
    every: Annotated[bool, typer.Option("--all", help="Those that have ended too.")] = False,
    as_json: Json = False,
    lang: Lang = Language.EN,
) -> None:
    """List the silences: whose messages are withheld, by whom, why, until when, and how many were."""
    from targetwatch import warehouse
    from targetwatch.cli.acting_lines import HEADINGS, silence_line, state_of

    settings = Settings()
    programme, now = catalogue.load(settings.catalogue), clock.now(settings)
    rows = [{**row, "state": state_of(row, now)} for row in warehouse.fetch(settings.home, SILENCES).to_dicts()]
    rows = [row for row in rows if every or now < row["ended_at"]]
    if as_json:
        _print_json(rows)
        return
    if not rows:
        _say("No message is silenced." if not every else "There never was a silence.")
        return
    console.lines([one.in_(lang) for one in HEADINGS], (silence_line(row, programme.time_zone, lang) for row in rows))


def _numbers(
    settings: Settings, programme: Programme, words: Sequence[str], target: str | None, unit: str | None
) -> tuple[int, ...]:
    """The numbers of the incidents that are meant, by their own or by what they are about."""
    from targetwatch.incidents import ActionRefused, terms

    if bool(words) == bool(target):
        raise WrongInput("Write either the numbers of incidents, such as TW-147, or --target with the id of a target.")
    if target is not None:
        return _of_target(settings, programme, target, unit)
    if unit is not None:
        raise WrongInput("--unit says whose incident of a target is meant. Write --target with the target's id too.")
    try:
        return terms.numbers(words)
    except ActionRefused as refused:
        raise WrongInput(str(refused)) from refused


def _of_target(settings: Settings, programme: Programme, target: str, unit: str | None) -> tuple[int, ...]:
    from targetwatch import warehouse
    from targetwatch.catalogue.finding import find_units, nearest_units
    from targetwatch.catalogue.issues import instead

    known = sorted({one.target for one in programme.targets})
    if target not in known:
        raise WrongInput(f"No target is called {target!r}. {instead(target, known)}")
    units = find_units(programme.org_units, unit) if unit is not None else ()
    if unit is not None and not units:
        near = ", ".join(f"{one.name} ({one.key})" for one in nearest_units(programme.org_units, unit))
        raise WrongInput(f"No org_unit is called {unit!r}." + (f" Did you mean: {near}?" if near else ""))
    with warehouse.open_snapshots(settings.home) as reader:
        rows = reader.fetch(OF_TARGET, {"target": target, "with_shares": unit is not None}).to_dicts()
    keys = {(one.key.code, one.key.valid_from) for one in units}
    meant = [
        row["number"]
        for row in rows
        if row["is_open"] and (unit is None or (row["org_unit"], row["org_unit_valid_from"]) in keys)
    ]
    if not meant:
        whose = f" of {unit}" if unit is not None else ""
        raise WrongInput(f"No incident of {target}{whose} is open. `targetwatch incidents` lists those that are.")
    return tuple(meant)


def _author(by: str | None) -> str:
    if by is not None:
        return by
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        return ""


def _beginning(text: str, time_zone: str) -> datetime:
    """A moment, or the beginning of a day, in the programme's time zone."""
    from zoneinfo import ZoneInfo

    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise WrongInput(f"{text!r} is no beginning. Write a day or a moment: --from 2025-06-20T08:00.") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(time_zone))


def _do(
    settings: Settings, programme: Programme, action: Callable[[], Action], now: datetime, *, send: bool, as_json: bool
) -> None:
    """Take the action, send what it tells, and say what was done."""
    from targetwatch import incidents
    from targetwatch.catalogue.matchers import MatcherError
    from targetwatch.cli import acting_lines

    try:
        acted = pipeline.act(settings, action(), now)
    except (incidents.ActionRefused, MatcherError) as refused:
        raise WrongInput(str(refused)) from refused
    delivered = None
    if send:
        with console.progress("Sending") as progress:
            delivered = pipeline.notify(settings, clock.now(settings), progress)
    sent = delivered.sent if delivered is not None else None
    if as_json:
        _print_json(acting_lines.as_data(acted, sent))
    else:
        for line in acting_lines.said(acted, sent, programme.time_zone):
            _say(line)
    if delivered is not None and delivered.problems:
        for problem in delivered.problems:
            console.errors.print(problem, markup=False, highlight=False, soft_wrap=True)
        console.errors.print("What was asked for is done. The messages wait: the next pass tries again.")
        raise typer.Exit(OUR_FAILURE)


def _print_json(data: object) -> None:
    sys.stdout.write(json.dumps(data, default=str, ensure_ascii=False, indent=1) + "\n")


def _say(line: str) -> None:
    console.answers.print(line, markup=False, highlight=False, soft_wrap=True, emoji=False)
