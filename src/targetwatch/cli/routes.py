"""Commands about the routing tree: what it is, and who would get what and why."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated, Any

import typer

from targetwatch import catalogue, clock
from targetwatch.catalogue.issues import instead
from targetwatch.cli import console
from targetwatch.cli.failures import WrongInput
from targetwatch.cli.reading import Json
from targetwatch.model import Programme
from targetwatch.settings import Settings

if TYPE_CHECKING:
    from targetwatch.cli.described import Description
    from targetwatch.notifications.policy.foretelling import Foretold

NOT_AS_EXPECTED = 1
NOBODY = "nobody"

app = typer.Typer(
    help="The routing tree: what it is, and who would hear of an incident, by which node, when, and who next.",
    no_args_is_help=True,
)


def _option(name: str, says: str) -> Any:
    return typer.Option(name, help=says)


@app.command("show")
def show(as_json: Json = False) -> None:
    """Show the tree, and the receivers, hours, severities, inhibitions, escalations and people beside it."""
    from targetwatch.cli import route_lines

    programme = catalogue.load(Settings().catalogue)
    if as_json:
        _print_json(_plain(programme))
        return
    for line in route_lines.tree(programme):
        _say(line)


@app.command("test")
def try_out(
    target: Annotated[str | None, _option("--target", "A target that is behind.")] = None,
    unit: Annotated[str | None, _option("--unit", "The org_unit: a code, CODE@FIRST_DAY or a name.")] = None,
    kind: Annotated[str | None, _option("--kind", "behind, late, quality or misreported.")] = None,
    metric: Annotated[str | None, _option("--metric", "The metric.")] = None,
    source: Annotated[str | None, _option("--source", "A source that is late; --kind quality: refused.")] = None,
    owner: Annotated[str | None, _option("--owner", "Who answers for it, if not whom the catalogue says.")] = None,
    tier: Annotated[str | None, _option("--tier", "The tier, if not the target's.")] = None,
    level: Annotated[str | None, _option("--level", "The level, if not the unit's.")] = None,
    severity: Annotated[str | None, _option("--severity", "critical, warning or notice; else warning.")] = None,
    cause: Annotated[str | None, _option("--cause", "missing_data: nothing is known to be behind.")] = None,
    at: Annotated[str | None, _option("--at", "When it opens: 2025-06-13, or '2025-06-13 17:30'. Else now.")] = None,
    expect: Annotated[
        str | None, _option("--expect", "Receivers that are to hear of it, as in heads,engineers; or nobody.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say who would hear of an incident, by which way through the tree, when, and who next. Nothing is sent.

    The options describe it, and the catalogue fills in the rest: a target gives its metric, source, tier, level and
    owner. Without any, every live incident of the newest snapshot is looked at. With --expect it leaves with 1 where
    others would hear of it: a test of the tree, as CI runs it.
    """
    from targetwatch.cli.described import Description

    settings = Settings()
    programme = catalogue.load(settings.catalogue)
    said = Description(target, unit, kind, metric, source, owner, tier, level, severity, cause)
    expected = None if expect is None else _receivers(programme, expect)
    if said == Description():
        if expected is not None or at is not None:
            raise WrongInput("Describe the incident that --expect or --at is about, as in --target dossiers_district.")
        _test_live(settings, programme, as_json)
    else:
        _test_described(settings, programme, said, at, expected, as_json)


def _receivers(programme: Programme, listed: str) -> frozenset[str]:
    names = [name.strip() for name in listed.split(",")]
    known = [receiver.name for receiver in programme.receivers]
    if names == [NOBODY]:
        return frozenset()
    for name in names:
        if name not in known:
            raise WrongInput(f"There is no receiver '{name}'. {instead(name, known)}")
    return frozenset(names)


def _test_described(
    settings: Settings,
    programme: Programme,
    said: Description,
    at: str | None,
    expected: frozenset[str] | None,
    as_json: bool,
) -> None:
    from targetwatch.cli import route_lines
    from targetwatch.cli.described import described, moment
    from targetwatch.notifications.policy.foretelling import foretell

    opens = clock.now(settings) if at is None else moment(at, programme)
    meant = described(programme, said, opens)
    found = foretell(meant.situation, meant.incident, meant.otherwise)
    if as_json:
        _print_json(route_lines.as_data(found, meant.incident, meant.remark))
    else:
        for line in route_lines.foretold(found, meant.incident, programme.time_zone, meant.remark):
            _say(line)
    if expected is not None:
        _compare(found, expected, programme)


def _compare(found: Foretold, expected: frozenset[str], programme: Programme) -> None:
    """Say what differs from what was expected, and leave with 1 where anything does."""
    hear = frozenset(one.receiver.name for one in found.hear)
    if hear == expected:
        return
    order = [receiver.name for receiver in programme.receivers]
    console.errors.print("", highlight=False)
    for what, names in (
        ("expected", expected),
        ("hear of it", hear),
        ("missing", expected - hear),
        ("too many", hear - expected),
    ):
        if names or what in ("expected", "hear of it"):
            _complain(f"{what + ':':<11} {_listed(names, order)}")
    raise typer.Exit(NOT_AS_EXPECTED)


def _listed(names: Collection[str], order: list[str]) -> str:
    return ", ".join(sorted(names, key=order.index)) or NOBODY


def _test_live(settings: Settings, programme: Programme, as_json: bool) -> None:
    from targetwatch.cli import route_lines
    from targetwatch.notifications.policy.foretelling import foretell
    from targetwatch.notifications.policy.muting import muted
    from targetwatch.notifications.policy.reasons import explained
    from targetwatch.notifications.telling.targets import is_share
    from targetwatch.steps import hearing
    from targetwatch.wording import dates

    situation = hearing.live(settings, programme, clock.now(settings))
    open_ = [one for one in situation.incidents if one.opened_at is not None and not is_share(one)]
    withheld = muted(situation)
    looked_at = [(one, foretell(situation, one)) for one in open_]
    if as_json:
        _print_json(
            [
                {
                    "incident": one.name,
                    "state": one.state.value,
                    "muted": withheld.get(one.number),
                    **route_lines.as_data(found, one),
                }
                for one, found in looked_at
            ]
        )
        return
    if not looked_at:
        _say("No incident is live.")
    for one, found in looked_at:
        who = ", ".join(dict.fromkeys(hears.receiver.name for hears in found.hear)) or NOBODY
        unit = f" {one.key.org_unit}" if one.key.org_unit else ""
        _say(f"{one.name} {one.key.kind} {one.key.subject}{unit}, {one.severity}, {one.state}: {who}")
        if (reason := withheld.get(one.number)) is not None:
            why = explained(reason)
            _say(f"  not told for the time being: {why.en if why is not None else reason}")
        for hears in found.hear:
            node = route_lines.address(hears.places)
            step = next((step for step in hears.steps if not step.is_taken), None)
            after = ""
            if step is not None and one.acknowledged_at is None:
                day = dates.moment(step.at, programme.time_zone, route_lines.EN)
                after = f"; {step.receiver.name} from {day} on, if nobody acknowledges it"
            _say(f"  {hears.receiver.name} by node {node}, message {hears.group}{after}")


def _plain(programme: Programme) -> dict[str, Any]:
    from dataclasses import asdict

    return {"receivers": [asdict(one) for one in programme.receivers], "routing": asdict(programme.routing)}


def _print_json(data: object) -> None:
    sys.stdout.write(json.dumps(data, default=str, ensure_ascii=False, indent=1) + "\n")


def _say(line: str) -> None:
    console.answers.print(line, markup=False, highlight=False, soft_wrap=True, emoji=False)


def _complain(line: str) -> None:
    console.errors.print(line, markup=False, highlight=False, soft_wrap=True, emoji=False)
