"""The command that prints the digest of a week or a month, and sends it where it has not been sent."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from targetwatch import catalogue, clock, pipeline
from targetwatch.cli import console
from targetwatch.cli.failures import OUR_FAILURE, WrongInput
from targetwatch.cli.reading import Lang
from targetwatch.model import Language, Programme, Rhythm
from targetwatch.settings import Settings


def digest(
    weekly: Annotated[
        bool, typer.Option("--weekly", help="That of the newest week that is over (the default).")
    ] = False,
    monthly: Annotated[bool, typer.Option("--monthly", help="That of the newest month whose data was due.")] = False,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", help="As it was known at the end of that day, or at a moment such as 2024-11-25T08:05."
        ),
    ] = None,
    receiver: Annotated[
        str | None, typer.Option("--receiver", help="As this receiver gets it: of what it is told of, and no more.")
    ] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Send it to every receiver that wants it and has not got it yet.")
    ] = False,
    lang: Lang = Language.EN,
) -> None:
    """Print what a week or a month came to: what changed, who has not reported, what is due next. Whole, and uncut.

    Nothing is sent without --send, and with it nothing twice.
    """
    from targetwatch.notifications.digests import as_lines

    settings = Settings()
    if weekly and monthly:
        raise WrongInput("Write --weekly or --monthly, not both.")
    rhythm = Rhythm.MONTHLY if monthly else Rhythm.WEEKLY
    programme = catalogue.load(settings.catalogue)
    if receiver is not None and receiver not in {one.name for one in programme.receivers}:
        known = ", ".join(one.name for one in programme.receivers)
        raise WrongInput(f"No receiver is called {receiver!r}. Write one of: {known}.")
    now = clock.now(settings)
    moment = _moment(as_of, programme, now)
    if send:
        if as_of is not None:
            raise WrongInput("A digest of the past can be printed and not sent: leave --as-of or --send out.")
        _send(settings, rhythm, now)
        return
    page = pipeline.read_digest(settings, rhythm, moment, lang, receiver)
    if page is None:
        _say("Nothing had been judged by then, so that there is no digest of it. `targetwatch run` gathers and judges.")
        return
    for line in as_lines(page):
        _say(line)


def _send(settings: Settings, rhythm: Rhythm, now: datetime) -> None:
    with console.progress("Making the digest") as progress:
        digested = pipeline.digest(settings, now, (rhythm,), progress)
        delivered = pipeline.notify(settings, now, progress)
    for why in digested.why_nothing:
        _say(why)
    if digested.made:
        overtaken = f", {digested.overtaken} older ones were overtaken" if digested.overtaken else ""
        _say(f"{', '.join(digested.made)}: {digested.rows - digested.overtaken} made{overtaken}.")
    _say(f"{delivered.sent} sent.")
    for problem in delivered.problems:
        console.errors.print(problem, markup=False, highlight=False, soft_wrap=True)
    if delivered.problems:
        raise typer.Exit(OUR_FAILURE)


def _moment(as_of: str | None, programme: Programme, now: datetime) -> datetime:
    """The moment that is meant: of a day its end, on the wall clock of the programme; never a moment to come."""
    if as_of is None:
        return now.replace(second=0, microsecond=0)
    try:
        moment = datetime.fromisoformat(as_of)
    except ValueError:
        raise WrongInput(f"{as_of!r} is no moment. Write --as-of 2024-11-25 or --as-of 2024-11-25T08:05.") from None
    zone = ZoneInfo(programme.time_zone)
    if "T" not in as_of and " " not in as_of:
        moment = datetime.combine(moment.date() + timedelta(days=1), time(), zone) - timedelta(minutes=1)
    moment = moment.replace(tzinfo=moment.tzinfo or zone).astimezone(UTC)
    if moment > now:
        raise WrongInput(f"Nothing is known yet of {as_of}. Write a moment that has passed.")
    return moment


def _say(line: str) -> None:
    console.answers.print(line, markup=False, highlight=False, soft_wrap=True, emoji=False)
