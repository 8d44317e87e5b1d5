"""The command that looks back: which incidents there would have been, and how another catalogue would change them."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from targetwatch import catalogue, clock, replaying
from targetwatch.cli import console
from targetwatch.cli.failures import OUR_FAILURE, WrongInput
from targetwatch.cli.reading import Json, Lang
from targetwatch.model import Language
from targetwatch.replaying import Change, Episode, Pair
from targetwatch.settings import Settings
from targetwatch.steps import watching

if TYPE_CHECKING:
    from targetwatch.model import Programme
    from targetwatch.retracing import Retraced

SHOWN = 30  # lines of a list before it is cut


def replay(
    since: Annotated[str, typer.Option("--since", help="The first day that is told of, as 2025-01-01.")],
    until: Annotated[str | None, typer.Option("--until", help="The last day; today if not given.")] = None,
    changed: Annotated[
        Path | None, typer.Option("--with", help="The folder of a changed catalogue: only the difference is shown.")
    ] = None,
    units: Annotated[bool, typer.Option("--units", help="The units below pooled targets too.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Whole lists, however long, and what stays the same.")] = False,
    as_json: Json = False,
    lang: Lang = Language.EN,
) -> None:
    """Run the rules over what was known day by day, and say which incidents there would have been.

    Nothing is written to the ledger and nothing is sent. With --with, a changed catalogue is held against the one in
    force: what would have opened, resolved or never opened because of the change.
    """
    settings = Settings()
    programme = catalogue.load(settings.catalogue)
    other = _changed(changed) if changed is not None else None
    today = clock.now(settings).astimezone(ZoneInfo(programme.time_zone)).date()
    first, last = _day("--since", since), _day("--until", until) if until else today
    if last < first:
        later = f"--until {last} lies before" if until else f"Today is {last}, before"
        raise WrongInput(f"{later} --since {first}.")
    with console.progress("Reading what was known") as progress:
        now, then, days = _retraced(settings, programme, other, last, progress)
    failures = now.check_failures
    if failures:
        for failure in failures:
            console.errors.print(
                f"A check could not run, so nothing was judged: {failure}",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
        raise typer.Exit(OUR_FAILURE)
    found = replaying.episodes(now, first, programme.time_zone)
    if then is None or other is None:
        if as_json:
            _print_json([_plain(one) for one in found])
            return
        _print_found(found, programme, first, last, days, lang, units=units, every=every)
        return
    pairs = replaying.compared(found, replaying.episodes(then, first, other.time_zone))
    if as_json:
        _print_json([_plain_pair(pair) for pair in pairs])
        return
    _print_pairs(pairs, programme, other, first, last, days, lang, units=units, every=every)


def _retraced(
    settings: Settings, programme: Programme, other: Programme | None, last: date, progress: console.Progress
) -> tuple[Retraced, Retraced | None, int]:
    """Both catalogues' courses, from the programme's first day: what was live on the first day told of began before."""
    from targetwatch import retracing, warehouse

    observations, reports, deliveries = warehouse.history(settings.home, settings.product_sql)
    history = retracing.History(observations, reports, tuple(deliveries))
    programmes = [one for one in (programme, other) if one is not None]
    start = min(one.start for one in programmes)
    looked_at = sorted({one for each in programmes for one in retracing.moments(each, history, start, last)})
    progress(f"Judging {len(looked_at)} days on which anything could change")
    courses = [retracing.Course(each, history, tuple(looked_at)) for each in programmes]
    found = retracing.retrace(courses, watching.judgement_suite(settings, "targets"), whole=False)
    return found[0], found[1] if other is not None else None, len(looked_at)


def _print_found(
    found: Sequence[Episode],
    programme: Programme,
    first: date,
    last: date,
    days: int,
    lang: Language,
    *,
    units: bool,
    every: bool,
) -> None:
    from targetwatch.cli import replay_lines

    opened = [one for one in found if one.opened_on is not None]
    quiet = {one.key.subject for one in opened if not one.has_begun}
    shown = [one for one in opened if one.has_begun and (units or not one.is_share)]
    rows = [replay_lines.episode_line(one, programme, lang) for one in shown]
    _table([heading.in_(lang) for heading in replay_lines.HEADINGS], rows, every)
    alone = replaying.told(found)
    counted = Counter("live" if one.is_live else str(one.state) for one in alone)
    before = sum(one.opened_on is not None and one.opened_on < first for one in alone)
    things = "incident" if len(alone) == 1 else "incidents"
    _say(
        f"{first} to {last} ({days} days since the programme's start on which anything could change): "
        f"{len(alone)} {things}, {before} of them opened before; {counted['resolved']} resolved, "
        f"{counted['superseded']} superseded, {counted['ended']} ended, {counted['live']} still open. "
        f"{sum(one.opened_on is None for one in found)} were pending and never opened."
    )
    below = sum(one.is_share for one in opened)
    if quiet:
        _say(f"Late, and not told since nothing had ever come from them: {', '.join(sorted(quiet))}.")
    if below and not units:
        _say(f"Below pooled targets {below} units had incidents of their own, told inside the message: --units.")
    _say("Published figures and refused deliveries depend on no target, and are left out. Nothing was written or sent.")


def _print_pairs(
    pairs: Sequence[Pair],
    programme: Programme,
    other: Programme,
    first: date,
    last: date,
    days: int,
    lang: Language,
    *,
    units: bool,
    every: bool,
) -> None:
    from targetwatch.cli import replay_lines

    opened = [
        pair for pair in pairs if any(one is not None and one.opened_on is not None for one in (pair.now, pair.changed))
    ]
    counted = Counter(pair.change for pair in opened if not pair.either.is_share)
    below = Counter(pair.change for pair in opened if pair.either.is_share)
    shown = [
        pair for pair in opened if (units or not pair.either.is_share) and (every or pair.change is not Change.SAME)
    ]
    rows = [replay_lines.pair_line(pair, programme, other, lang) for pair in shown]
    _table([heading.in_(lang) for heading in replay_lines.PAIR_HEADINGS], rows, every)
    _say(f"{first} to {last} ({days} days on which anything could change), with the change: {_changes(counted)}.")
    if sum(below.values()) and not units:
        _say(f"Units below pooled targets: {_changes(below)}. --units lists them.")
    _say("Published figures and refused deliveries depend on no target, and are left out. Nothing was written or sent.")


def _changes(counted: Counter[Change]) -> str:
    return (
        f"{counted[Change.ONLY_CHANGED]} more would have opened, {counted[Change.ONLY_NOW]} would never have opened, "
        f"{counted[Change.MOVED]} on other days or with another end, {counted[Change.SAME]} the same"
    )


def _table(headings: Sequence[str], rows: Sequence[tuple[str, ...]], every: bool) -> None:
    if not rows:
        return
    shown = rows if every else rows[:SHOWN]
    console.lines(headings, shown)
    if len(rows) > len(shown):
        console.answers.print(f"and {len(rows) - len(shown):,} more: --all lists them", highlight=False)


def _say(line: str) -> None:
    console.errors.print(line, markup=False, highlight=False, soft_wrap=True)


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongInput(f"{option} '{text}' is not a date. Write year-month-day, as in 2025-01-01.") from None


def _changed(path: Path) -> Programme:
    """The changed catalogue, or that of the changed programme. What is wrong in it is said with the folder's name."""
    if not path.is_dir():
        raise WrongInput(f"--with {path}: there is no such folder. Name the folder that holds programme.yaml.")
    folder = path / "catalogue" if (path / "catalogue" / "programme.yaml").is_file() else path
    try:
        return catalogue.load(folder)
    except catalogue.CatalogueError as wrong:
        raise catalogue.CatalogueError(
            replace(issue, path=(folder / issue.path).as_posix()) for issue in wrong.issues
        ) from wrong


def _print_json(rows: Sequence[object]) -> None:
    sys.stdout.write(json.dumps(rows, default=str, ensure_ascii=False, indent=1) + "\n")


def _plain(one: Episode) -> dict[str, object]:
    return {
        "kind": one.key.kind,
        "subject": one.key.subject,
        "org_unit": one.key.org_unit or None,
        "org_unit_valid_from": one.key.org_unit_valid_from,
        "is_share": one.is_share,
        "began_on": one.began_on,
        "opened_on": one.opened_on,
        "closed_on": one.closed_on,
        "state": one.state,
        "facts": one.facts,
    }


def _plain_pair(pair: Pair) -> dict[str, object]:
    def side(one: Episode | None) -> dict[str, object] | None:
        return None if one is None else _plain(one)

    return {"change": pair.change, "now": side(pair.now), "changed": side(pair.changed)}
