"""The command that runs the tests of targets: what the rules make of invented observations, beside what is expected."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from targetwatch import catalogue
from targetwatch.catalogue import Severity
from targetwatch.catalogue.issues import nearest
from targetwatch.cli import console
from targetwatch.cli.failures import OUR_FAILURE, WRONG_INPUT, WrongInput
from targetwatch.settings import Settings
from targetwatch.steps import watching

if TYPE_CHECKING:
    from rich.console import Console

    from targetwatch.catalogue.target_tests import Case
    from targetwatch.differing import Difference
    from targetwatch.model import Programme
    from targetwatch.rehearsing import Rehearsal

NOT_AS_EXPECTED = 1
LIKE = 3  # cases that are named where somebody wrote a part of a title


def run_tests(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Which: files of catalogue/tests, targets or cases, such as dossiers_district or 'a missing month'; "
            "all of them if not given.",
            show_default=False,
        ),
    ] = None,
    require_all: Annotated[
        bool, typer.Option("--require-all", help="Leave with 1 if a target has no test, instead of a warning.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Run the tests in catalogue/tests: whether every target is judged, and told of, as it is meant to be.

    They play invented figures through the production rules: no delivery, no ledger and no network is needed, and
    nothing is written. docs/catalogue.md says how a test is written.

    Leaves with 0 if everything is as expected, with 1 if not, and with 2 if a file of the catalogue is wrong.
    """
    from targetwatch import rehearsing
    from targetwatch.catalogue.reading_tests import read_tests
    from targetwatch.cli.findings import Findings, Format, write

    settings = Settings()
    reading = catalogue.read(settings.catalogue)
    tests = read_tests(settings.catalogue, reading.programme)
    errors = [issue for issue in (*reading.issues, *tests.issues) if issue.severity is Severity.ERROR]
    if errors or reading.programme is None:
        write(Findings(settings.catalogue, errors, None), Format.JSON if as_json else Format.TEXT)
        raise typer.Exit(WRONG_INPUT)
    cases = _chosen(tests.cases, names) if names else tests.cases
    found = rehearsing.rehearse(reading.programme, cases, watching.judgement_suite(settings, "targets"))
    untested = [] if names and not require_all else _untested(reading.programme, tests.cases)
    if as_json:
        _print_json(found, untested)
    else:
        _print(settings.catalogue, found, untested, require_all)
    if found.check_failures:
        raise typer.Exit(OUR_FAILURE)
    if found.differences or (untested and require_all):
        raise typer.Exit(NOT_AS_EXPECTED)


def _chosen(cases: Sequence[Case], names: Iterable[str]) -> list[Case]:
    """The cases that are named: by their file, their target or what they are called."""
    chosen: set[int] = set()
    for name in names:
        meant = {number for number, case in enumerate(cases) if name in _called(case)}
        if not meant:
            raise WrongInput(f"No file, target or case of tests/ is called '{name}'. {_meant(cases, name)}")
        chosen |= meant
    return [case for number, case in enumerate(cases) if number in chosen]


def _meant(cases: Sequence[Case], name: str) -> str:
    """What to write instead: the nearest name, a case of which somebody wrote a part, or which targets have tests."""
    files = {Path(case.path).stem for case in cases}
    targets, titles = {case.target for case in cases}, {case.name for case in cases}
    if (near := nearest(name, sorted(files | targets | titles))) is not None:
        return f"Write '{near}'."
    like = [f"'{title}'" for title in sorted(titles) if name and name.casefold() in title.casefold()]
    if like:
        return f"Write {' or '.join(like[:LIKE])}."
    return f"There are tests of {', '.join(sorted(targets))}." if targets else "There is no test yet."


def _called(case: Case) -> tuple[str, ...]:
    path = Path(case.path)
    return case.path, f"catalogue/{case.path}", path.name, path.stem, case.target, case.name


def _untested(programme: Programme, cases: Iterable[Case]) -> list[str]:
    tested = {case.target for case in cases}
    return [target for target in dict.fromkeys(one.target for one in programme.targets) if target not in tested]


def _print(root: Path, found: Rehearsal, untested: Sequence[str], require_all: bool) -> None:
    """The differences are the answer, case by case; what else there is to say goes to standard error."""
    for one in found.rehearsed:
        if one.differences:
            _say(console.answers, f"{one.case.target}, '{one.case.name}':")
        for difference in one.differences:
            _say(console.answers, f"{_place(root, difference)}: {difference.says}")
        if one.differences:
            _say(console.answers, "")
    for failure in found.check_failures:
        _say(console.errors, f"A check could not run, so nothing was judged: {failure}")
    for target in untested:
        kind = "error" if require_all else "warning"
        _say(console.errors, f"{kind}: target '{target}' has no test. Write one into tests/{target}.yaml.")
    if not found.check_failures:
        _say(console.answers, _summary(found))


def _place(root: Path, difference: Difference) -> str:
    """Where an expectation is written, from where the reader stands if it lies below, so that a click opens it."""
    path = (root / difference.path).absolute()
    here = Path.cwd()
    return f"{path.relative_to(here) if path.is_relative_to(here) else path}:{difference.line}:{difference.column}"


def _summary(found: Rehearsal) -> str:
    cases, targets = len(found.rehearsed), len({one.case.target for one in found.rehearsed})
    expectations = sum(len(expected.wants) for one in found.rehearsed for expected in one.case.expected)
    said = f"{_counted(cases, 'case')} of {_counted(targets, 'target')}, {_counted(expectations, 'expectation')}"
    if not found.differences:
        return f"{said}: all as expected."
    failed = sum(bool(one.differences) for one in found.rehearsed)
    return f"{said}: {_counted(len(found.differences), 'difference')} in {_counted(failed, 'case')}."


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def _say(where: Console, line: str) -> None:
    where.print(line, markup=False, highlight=False, soft_wrap=True)


def _print_json(found: Rehearsal, untested: Sequence[str]) -> None:
    cases = [
        {
            "path": one.case.path,
            "line": one.case.line,
            "column": one.case.column,
            "target": one.case.target,
            "case": one.case.name,
            "as_expected": not one.differences and not found.check_failures,
            "differences": [_of(difference) for difference in one.differences],
        }
        for one in found.rehearsed
    ]
    written = {"cases": cases, "untested": list(untested), "check_failures": list(found.check_failures)}
    sys.stdout.write(json.dumps(written, ensure_ascii=False, indent=1) + "\n")


def _of(difference: Difference) -> dict[str, object]:
    said = ("line", "column", "on", "unit", "what", "expected", "found", "explained")
    return {name: getattr(difference, name) for name in said} | {"says": str(difference)}
