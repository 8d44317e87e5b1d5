"""`targetwatch test`: what it says of the shipped catalogue, and of one in which something is not as expected."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.models import CommandInfo, TyperInfo

from targetwatch.cli import app
from targetwatch.settings import CHECKOUT
from tests.cli.calls import CommandLine, command_line

SOUND = CHECKOUT / "tests" / "catalogue" / "sound"
GOOD = """target: share_district
cases:
  - case: May
    given:
      - {period: 2025-05, every: district, value: 733 of 1000, known: 2025-06-13}
    expect:
      - {on: 2025-06-13, status: at_risk, reason: within_margin}
"""
BAD = """target: share_district
cases:
  - case: May
    given:
      - {period: 2025-05, every: district, value: 733 of 1000, known: 2025-06-13}
    expect:
      - {on: 2025-06-13, status: behind, incident: open}
      - {on: 2025-06-13, unit: "001", value: 73.4, required: 73.2}
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A copy of the sound catalogue."""
    return Path(shutil.copytree(SOUND, tmp_path / "catalogue"))


@pytest.fixture
def targetwatch(catalogue: Path) -> CommandLine:
    """The command line over that catalogue. Its home is not there, and is not made."""
    return command_line(catalogue.parent / "home", catalogue.parent)


def write(catalogue: Path, text: str, name: str = "share.yaml") -> None:
    """Put a file of tests into the catalogue."""
    (catalogue / "tests").mkdir(exist_ok=True)
    (catalogue / "tests" / name).write_text(text, encoding="utf-8")


def test_the_shipped_catalogue_is_as_expected_and_every_target_is_tested() -> None:
    """Every shipped target has a test, and nothing differs: 0, also where a target without one would be an error."""
    answer = command_line(Path("nowhere"), CHECKOUT)("test", "--require-all")
    assert (answer.code, answer.errors) == (0, "")
    assert "of 12 targets" in answer.out
    assert answer.out.endswith(": all as expected.\n")


def test_what_is_as_expected_is_one_line(targetwatch: CommandLine, catalogue: Path) -> None:
    """Where nothing differs, one line says how much was tried; nothing is written anywhere."""
    write(catalogue, GOOD)
    before = sorted(catalogue.parent.rglob("*"))
    answer = targetwatch("test")
    assert (answer.code, answer.errors) == (0, "")
    assert answer.out == "1 case of 1 target, 2 expectations: all as expected.\n"
    assert sorted(catalogue.parent.rglob("*")) == before


def test_every_difference_is_said_at_once_with_its_place_and_why(targetwatch: CommandLine, catalogue: Path) -> None:
    """Case by case a line each: file, line and column, the day, what was expected, what is, and why: 1."""
    write(catalogue, BAD)
    answer = targetwatch("test")
    assert (answer.code, answer.errors) == (1, "")
    place = f"{catalogue}/tests/share.yaml"
    figures = "73.30% (733 of 1,000 dossiers) against 73.26% needed, exactly reached"
    assert answer.out.splitlines() == [
        "share_district, 'May':",
        f"{place}:7:34: 2025-06-13: expected behind, is at_risk (within_margin): {figures}",
        f"{place}:7:52: 2025-06-13: expected incident open, is none: at_risk (within_margin)",
        f"{place}:8:46: 2025-06-13, unit 001: expected the value 73.4, is 73.30% (733 of 1,000 dossiers)",
        f"{place}:8:62: 2025-06-13, unit 001: expected 73.2% needed, is 73.2621%",
        "",
        "1 case of 1 target, 4 expectations: 4 differences in 1 case.",
    ]


def test_json_holds_every_case_and_difference(targetwatch: CommandLine, catalogue: Path) -> None:
    """`--json` is one object: every case with its differences, and the targets without a test."""
    write(catalogue, BAD)
    answer = targetwatch("test", "--json")
    assert answer.code == 1
    found = json.loads(answer.out)
    assert (found["untested"], found["check_failures"]) == ([], [])
    (case,) = found["cases"]
    assert {name: case[name] for name in ("path", "line", "target", "case", "as_expected")} == {
        "path": "tests/share.yaml",
        "line": 3,
        "target": "share_district",
        "case": "May",
        "as_expected": False,
    }
    assert [(one["line"], one["column"], one["what"], one["found"]) for one in case["differences"]] == [
        (7, 34, "status", "at_risk (within_margin)"),
        (7, 52, "incident", "none"),
        (8, 46, "value", "73.30% (733 of 1,000 dossiers)"),
        (8, 62, "required", "73.2621%"),
    ]


def test_a_target_without_a_test_is_a_warning_or_an_error(targetwatch: CommandLine) -> None:
    """Without --require-all it is a warning and 0, with it an error and 1."""
    answer = targetwatch("test")
    assert answer.code == 0
    said = "target 'share_district' has no test. Write one into tests/share_district.yaml.\n"
    assert answer.errors == f"warning: {said}"
    answer = targetwatch("test", "--require-all")
    assert (answer.code, answer.errors) == (1, f"error: {said}")


@pytest.mark.parametrize("name", ["other.yaml", "other", "tests/other.yaml", "another May"])
def test_files_and_cases_can_be_named(targetwatch: CommandLine, catalogue: Path, name: str) -> None:
    """A file, with or without its ending, or a case runs alone; nothing is said of targets that were not asked for."""
    write(catalogue, BAD)
    write(catalogue, GOOD.replace("case: May", "case: another May"), "other.yaml")
    answer = targetwatch("test", name)
    assert (answer.code, answer.errors) == (0, "")
    assert answer.out == "1 case of 1 target, 2 expectations: all as expected.\n"


def test_a_target_names_all_its_cases(targetwatch: CommandLine, catalogue: Path) -> None:
    """The cases of a target run wherever they are written."""
    write(catalogue, GOOD)
    write(catalogue, GOOD.replace("case: May", "case: another May"), "other.yaml")
    assert targetwatch("test", "share_district").out.startswith("2 cases of 1 target, 4 expectations")


def test_a_name_that_nothing_has_is_wrong_input(targetwatch: CommandLine, catalogue: Path) -> None:
    """An unknown name is 2, with the nearest right one, a case of which it is a part, or what there is."""
    write(catalogue, GOOD.replace("case: May", "case: the month of May, in time"))
    for name, instead in (
        ("share_distrit", "Write 'share_district'."),
        ("shrae", "Write 'share'."),
        ("month of may", "Write 'the month of May, in time'."),
        ("another", "There are tests of share_district."),
        ("", "There are tests of share_district."),
    ):
        answer = targetwatch("test", name)
        assert (answer.code, answer.out) == (2, "")
        assert answer.errors == f"No file, target or case of tests/ is called '{name}'. {instead}\n"


def test_help_is_wrapped_where_the_terminal_ends() -> None:
    """No command's help breaks a line in the middle of a paragraph because its source does."""
    commands = [*app.registered_commands, *(one for group in app.registered_groups for one in of_group(group))]
    assert {"test", "replay", "export"} <= {str(one.name) for one in commands}
    assert [one.name for one in commands if not one.help or "\n" in one.help.replace("\n\n", "")] == []


def of_group(group: TyperInfo) -> list[CommandInfo]:
    """The commands of a group, such as `targetwatch routes`."""
    return group.typer_instance.registered_commands if group.typer_instance is not None else []


def test_files_that_are_wrong_are_said_all_at_once_and_nothing_is_run(
    targetwatch: CommandLine, catalogue: Path
) -> None:
    """Errors of test files and of the catalogue are said as `validate` says them, with the nearest right name: 2."""
    write(catalogue, GOOD.replace("share_district", "share_distrit"))
    write(catalogue, GOOD.replace("status: at_risk", "status: at_rsk"), "other.yaml")
    answer = targetwatch("test")
    assert answer.code == 2
    assert (
        f"{catalogue}/tests/share.yaml:1:9: there is no target 'share_distrit'. Write 'share_district'." in answer.out
    )
    assert f"{catalogue}/tests/other.yaml:7:34: 'at_rsk' is not a status. Write 'at_risk'." in answer.out
    assert targetwatch("validate").code == 2
    assert "there is no target 'share_distrit'" in targetwatch("validate").out


def test_a_suite_that_cannot_run_is_our_failure(targetwatch: CommandLine, catalogue: Path) -> None:
    """A check that cannot run judges nothing: 3, and no case is said to be fine."""
    write(catalogue, GOOD)
    shipped = (CHECKOUT / "expectations" / "judgement" / "targets.json").read_text(encoding="utf-8")
    suite = catalogue.parent / "expectations" / "judgement" / "targets.json"
    suite.parent.mkdir(parents=True)
    suite.write_text(shipped.replace('"days_overdue"', '"no_such_column"'), encoding="utf-8")
    answer = targetwatch("test")
    assert answer.code == 3
    assert "A check could not run, so nothing was judged" in answer.errors
    assert "all as expected" not in answer.out
