"""Commands that change something: they gather, judge and send."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from targetwatch import clock, pipeline
from targetwatch.cli import console
from targetwatch.cli.failures import OUR_FAILURE, WrongInput
from targetwatch.model import Status, Text
from targetwatch.pipeline import Watched
from targetwatch.settings import Settings
from targetwatch.steps.asking import INBOX_IS_EMPTY

if TYPE_CHECKING:
    from targetwatch.gathering import Gathered
    from targetwatch.notifications import Delivered

TARGETS_MISSED = 1

Json = Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")]
FailOn = Annotated[
    str,
    typer.Option("--fail-on", help="Exit with 1 if any target has one of these statuses, such as missed,behind."),
]


def gather(
    source: Annotated[
        str | None, typer.Argument(help="A source of the catalogue; all working ones if not given.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Take what waits in the inboxes, sort good rows from bad ones and record them.

    A refused delivery is no failure of this command: it is told as an incident by the next `watch`.
    """
    settings = Settings()
    known = pipeline.working_sources(settings)
    if source is not None and source not in known:
        raise WrongInput(f"No working source is called {source!r}. Write one of: {', '.join(known)}.")
    with console.progress("Looking into the inboxes") as progress:
        gathered, failures = pipeline.gather_each(
            settings, [source] if source else known, clock.now(settings), progress
        )
    nothing = pipeline.why_nothing(settings, source) if source and not gathered and not failures else INBOX_IS_EMPTY
    _print_gathered(gathered, as_json, nothing)
    if failures:
        raise ExceptionGroup("Not everything could be gathered", failures)


def watch(as_json: Json = False, fail_on: FailOn = "") -> None:
    """Measure, judge and decide once, publish the snapshot and send what is to be told."""
    settings = Settings()
    wanted = _statuses(fail_on)
    with console.progress("Measuring") as progress:
        watched = pipeline.watch(settings, clock.now(settings), progress)
        delivered = pipeline.notify(settings, clock.now(settings), progress)
    _print_watched(watched, delivered, as_json)
    _exit_on_problems(watched, delivered)
    _exit_on(settings, wanted)


def run(as_json: Json = False, fail_on: FailOn = "") -> None:
    """One pass of everything: gather what waits, watch, and exit."""
    settings = Settings()
    wanted = _statuses(fail_on)
    with console.progress("Looking into the inboxes") as progress:
        ran = pipeline.run(settings, clock.now(settings), progress)
    if as_json:
        sys.stdout.write(json.dumps(asdict(ran), default=str, ensure_ascii=False, indent=1) + "\n")
    else:
        _print_gathered(ran.gathered, as_json=False)
        _print_watched(ran.watched, ran.delivered, as_json=False)
    _exit_on_problems(ran.watched, ran.delivered)
    _exit_on(settings, wanted)


def _statuses(text: str) -> frozenset[Status]:
    wanted = [word.strip() for word in text.split(",") if word.strip()]
    unknown = [word for word in wanted if word not in list(Status)]
    if unknown:
        raise WrongInput(f"No status is called {unknown[0]!r}. Statuses: {', '.join(Status)}.")
    return frozenset(Status(word) for word in wanted)


def _exit_on_problems(watched: Watched, delivered: Delivered) -> None:
    """Leave with 3 if a check could not run or a message could not be sent: the pipeline broke."""
    problems = (*watched.check_failures, *delivered.problems)
    for problem in problems:
        console.errors.print(problem, markup=False, highlight=False, soft_wrap=True)
    if problems:
        raise typer.Exit(OUR_FAILURE)


def _exit_on(settings: Settings, wanted: frozenset[Status]) -> None:
    """Leave with 1 if a target that answers as a whole has one of the statuses asked for."""
    if not wanted:
        return
    from targetwatch import warehouse

    rows = warehouse.fetch(settings.home, "SELECT target, status FROM current_status WHERE role <> 'share'").to_dicts()
    if missed := sorted({str(row["target"]) for row in rows if row["status"] in wanted}):
        console.errors.print(f"{' or '.join(sorted(wanted))} ({len(missed)}): {', '.join(missed)}", highlight=False)
        raise typer.Exit(TARGETS_MISSED)


def _print_gathered(gathered: Sequence[Gathered], as_json: bool, nothing: str = INBOX_IS_EMPTY) -> None:
    if as_json:
        sys.stdout.write(
            json.dumps([asdict(one) for one in gathered], default=str, ensure_ascii=False, indent=1) + "\n"
        )
        return
    for one in gathered:
        match one.state:
            case "accepted":
                bad = f", {one.rows_quarantined:,} to quarantine" if one.rows_quarantined else ""
                said = f"{one.rows_accepted:,} rows recorded{bad}"
            case "refused":
                said = f"refused: {Text.parse(one.refused_because or '').en}"
            case _:
                said = "the same bytes were delivered before: nothing changes"
        console.answers.print(
            f"{one.source}: {one.delivered_as}: {said}", markup=False, highlight=False, soft_wrap=True
        )
        for warning in one.warnings:
            console.errors.print(f"  {Text.parse(warning).en}", markup=False, highlight=False, soft_wrap=True)
    if not gathered:
        console.answers.print(nothing, markup=False, highlight=False, soft_wrap=True)


def _print_watched(watched: Watched, delivered: Delivered, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(
            json.dumps({"watched": asdict(watched), "delivered": asdict(delivered)}, default=str, indent=1) + "\n"
        )
        return
    console.answers.print(
        f"Judged as of {watched.as_of:%Y-%m-%d %H:%M} UTC: {watched.assessments:,} assessments changed, "
        f"{watched.events:,} steps in incidents, {watched.notifications:,} messages to send, {delivered.sent:,} sent.",
        highlight=False,
        soft_wrap=True,
    )
