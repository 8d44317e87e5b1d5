"""The command that watches whether anything is evaluated at all."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from targetwatch import clock
from targetwatch.cli import console
from targetwatch.cli.failures import OUR_FAILURE
from targetwatch.settings import Settings


def watchdog(
    every: Annotated[float, typer.Option("--every", help="Seconds from one look to the next.", min=1.0)] = 60.0,
    once: Annotated[bool, typer.Option("--once", help="Look once and exit, with 3 if nothing is evaluated.")] = False,
) -> None:
    """Tell the operators when nothing has been evaluated for too long, and send what else they were not told.

    It needs neither the pipeline nor Airflow: run it apart from them. Ctrl-C stops it.
    """
    settings = Settings()
    if once:
        sound, says = _look(settings, None)
        _say(says)
        if not sound:
            raise typer.Exit(OUR_FAILURE)
        return
    said = ""
    while True:
        try:
            _, says = _look(settings, timedelta(seconds=every))
        except Exception as failure:  # noqa: BLE001 - whatever stops one look must not stop the watchdog
            says = _safely(settings, failure)
        if says.partition(",")[0] != said:
            _say(says)
            said = says.partition(",")[0]
        time.sleep(every)


def _look(settings: Settings, every: timedelta | None) -> tuple[bool, str]:
    """One look, what it found told, and the service outside told that all is well."""
    from targetwatch import operations
    from targetwatch.operations import watchdog as dead_mans

    operators = operations.known_operators(settings)
    dead_after = operations.DEAD_AFTER if operators is None else operators.dead_after
    now = clock.now(settings)
    looked = dead_mans.look(settings.home, dead_after, now, datetime.now(UTC), every)
    problems = list(operations.send(settings, now).problems)
    if looked.sound and settings.watchdog_url is not None:
        problems.append(dead_mans.ping(settings.watchdog_url.get_secret_value()))
    return looked.sound, ". ".join((looked.says, *filter(None, problems)))


def _safely(settings: Settings, failure: Exception) -> str:
    from targetwatch import operations

    return operations.one_line(settings, f"This look failed: {type(failure).__name__}: {failure}")


def _say(line: str) -> None:
    moment = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    console.errors.print(f"{moment}  {line}", markup=False, highlight=False, soft_wrap=True)
