"""Commands that start something and stop it again, and the one that looks for what is wrong."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from targetwatch.cli import console
from targetwatch.cli.failures import OUR_FAILURE
from targetwatch.settings import Settings


def demo(
    once: Annotated[bool, typer.Option("--once", help="Play the story without Airflow, and exit.")] = False,
    pace: Annotated[float, typer.Option("--pace", help="Seconds between scenes, with Airflow.", min=1.0)] = 15.0,
    scale: Annotated[
        float, typer.Option("--scale", help="Size of the sample; 1 is 1.4 million dossiers.", min=0.01)
    ] = 1.0,
) -> None:
    """Play four years of synthetic dossiers: deliveries land, targets fall behind, recover, and go missing.

    Starts Airflow and a Slack stand-in on this machine only. Ctrl-C stops everything. All data is synthetic.
    """
    from targetwatch.demo import driver, storyline
    from targetwatch.supervisor import Interrupted, Supervisor

    settings = driver.stage(Settings())
    console.errors.print("This is a demo: every dossier in it is synthetic, made by a program.", highlight=False)
    if once:
        with console.progress("Preparing") as progress:
            driver.once(settings, _say, progress, scale=scale)
        return
    with console.progress("Preparing") as progress:
        told = driver.prepare(settings, progress, scale=scale)
    try:
        with Supervisor(settings, _say, show_password=True).running() as up:
            up.wait_until_watching()
            driver.play(
                settings,
                storyline.SCENES,
                driver.into_the_inbox(settings, told),
                _say,
                driver.until_told(settings, pace, up.wait),
            )
            _say("The story is told. Airflow, the board and the stand-in stay up; Ctrl-C stops them.")
            up.wait()
    except Interrupted:
        _say("Stopped while starting.")


def up() -> None:
    """Start Airflow, and a Slack stand-in where no token is set, at the real time. Ctrl-C stops everything."""
    from targetwatch.supervisor import Interrupted, Supervisor

    try:
        with Supervisor(Settings(), _say).running() as running:
            running.wait()
    except Interrupted:
        _say("Stopped while starting.")


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Look at everything that has to be right, and say what is not and what to do about it."""
    from targetwatch import clock, diagnosis

    settings = Settings()
    findings = diagnosis.examine(settings, clock.now(settings))
    if as_json:
        sys.stdout.write(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1) + "\n")
    else:
        for finding in findings:
            mark = "[green]ok[/green]  " if finding.sound else "[red]look[/red]"
            console.answers.print(f"{mark}  {finding.subject}: ", end="", highlight=False)
            console.answers.print(finding.says, markup=False, highlight=False, soft_wrap=True)
    if not all(finding.sound for finding in findings):
        raise typer.Exit(OUR_FAILURE)


def _say(line: str) -> None:
    console.errors.print(line, markup=False, highlight=False, soft_wrap=True)
