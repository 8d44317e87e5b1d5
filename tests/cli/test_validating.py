"""`validate` says everything at once, to people, to programs and beside a change; `schemas` is for editors."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from targetwatch import catalogue
from targetwatch.catalogue import Issue, Severity
from targetwatch.catalogue.schemas import written
from targetwatch.cli.findings import Findings, Format, write
from tests.cli.calls import Answer, CommandLine, command_line
from tests.cli.conftest import NOW, Judged

SOUND = Path(__file__).parents[1] / "catalogue" / "sound"
TARGETS, METRIC, UNITS = "targets/share.yaml", "metrics/share.yaml", "org_units/units.csv"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a programme with the sound catalogue, in which whoever calls stands."""
    shutil.copytree(SOUND, tmp_path / "programme" / "catalogue")
    monkeypatch.chdir(tmp_path / "programme")
    return tmp_path / "programme"


@pytest.fixture
def validate(folder: Path) -> Callable[..., Answer]:
    """The command, over that programme and a home that is not there."""
    call = command_line(folder.with_name("home"), folder, NOW)
    return lambda *options: call("validate", *options)


def edit(folder: Path, name: str, *replaced: tuple[str, str]) -> None:
    """Replace parts of a file of the catalogue."""
    path = folder / "catalogue" / name
    text = path.read_text(encoding="utf-8")
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def break_it(folder: Path) -> None:
    """A catalogue with errors of several kinds, in YAML and in tables, and a warning."""
    edit(folder, TARGETS, ("    value: 80", "    valeu: 80"), ("2025-12-31\n", "2025-13-31\n"))
    edit(folder, UNITS, ("district,quan", "distrct,quan"))
    edit(folder, "owners.yaml", ("office:", "council: {vi: Hội đồng, en: The council}\noffice:"))
    (folder / "catalogue" / METRIC).write_text("metric: share\nname: {vi: Tỷ lệ, en: Share\n", encoding="utf-8")
    (folder / "catalogue" / "reciever.yaml").write_text("heads: {}\n", encoding="utf-8")


BROKEN = """\
catalogue/metrics/share.yaml:2:7: this is not YAML: this { has neither } nor ',' before line 3, column 1. \
Close it, and put a ',' between two values.
    2 | name: {vi: Tỷ lệ, en: Share
      |       ^

catalogue/org_units/units.csv:3:27: there is no level 'distrct'. Write 'district'.
    3 | 001,2021-01-01,2025-06-30,distrct,quan,Quận Ba Đình,01
      |                           ^

catalogue/reciever.yaml:1:1: a catalogue has no 'reciever.yaml'. Name it receivers.yaml.

catalogue/targets/share.yaml:15:5: unknown key 'valeu'. Write 'value'.
   15 |     valeu: 80
      |     ^

catalogue/targets/share.yaml:16:10: there is no day 2025-13-31. Write a day of the calendar, as in 2025-12-31.
   16 |     due: 2025-13-31
      |          ^

catalogue/owners.yaml:1:1: warning: owner 'council' answers for nothing. Delete it if it is not needed.
    1 | council: {vi: Hội đồng, en: The council}
      | ^

5 errors and 1 warning in the catalogue.
"""


def test_everything_at_once(folder: Path, validate: Callable[..., Answer]) -> None:
    """All errors with place, words, hint and excerpt, warnings behind them, and how many there are: exit code 2."""
    break_it(folder)
    answer = validate()
    assert (answer.code, answer.errors) == (2, "")
    assert answer.out == BROKEN


def test_warnings_keep_nobody_from_working(folder: Path, validate: Callable[..., Answer]) -> None:
    """A catalogue with warnings is sound: they are said, the summary counts them, and the exit code is 0."""
    assert validate().out == (
        "The catalogue is sound: 1 target, 1 metric, 1 source (1 working, 0 planned), 2 org_units. 0 warnings.\n"
    )
    edit(folder, TARGETS, ("  owner: office\n", "  owner: office\n  effective_to: 2025-06-15\n"))
    answer = validate()
    assert (answer.code, answer.errors) == (0, "")
    said, *_, summary = answer.out.splitlines()
    assert said.startswith(
        "catalogue/targets/share.yaml:11:17: warning: target 'share_district': it ended on 2025-06-15"
    )
    assert summary.startswith("The catalogue is sound: ")
    assert summary.endswith(" 1 warning.")


def test_the_day_is_that_of_the_programme(folder: Path) -> None:
    """Late in the evening of UTC it is the next day in Hanoi, and what ended yesterday there has expired."""
    edit(folder, TARGETS, ("  owner: office\n", "  owner: office\n  effective_to: 2025-06-15\n"))
    evening = datetime(2025, 6, 15, 16, 59, tzinfo=UTC)
    assert "ended" not in command_line(folder.with_name("home"), folder, evening)("validate").out
    morning = datetime(2025, 6, 15, 17, 0, tzinfo=UTC)
    assert "it ended on 2025-06-15" in command_line(folder.with_name("home"), folder, morning)("validate").out
    edit(folder, "programme.yaml", ("Asia/Ho_Chi_Minh", "Nowhere"))
    assert catalogue.day_of(folder / "catalogue", morning) == date(2025, 6, 15)


def test_paths_lead_from_where_one_stands(
    folder: Path, validate: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files below the working directory are named from there, others in full, so that a click opens them."""
    edit(folder, TARGETS, ("valu", "vale"))
    monkeypatch.chdir(folder / "catalogue" / "targets")
    assert validate().out.startswith("share.yaml:15:5: ")
    monkeypatch.chdir(folder / "catalogue" / "metrics")
    assert validate().out.startswith(f"{folder}/catalogue/targets/share.yaml:15:5: ")


def test_for_programs(folder: Path, validate: Callable[..., Answer]) -> None:
    """`--json` and `--format json` give all issues with all that is known of them, and a summary."""
    break_it(folder)
    answer = validate("--json")
    assert (answer.code, answer.errors) == (2, "")
    assert validate("--format", "json") == answer
    found = json.loads(answer.out)
    assert found["summary"] == {
        "sound": False,
        "errors": 5,
        "warnings": 1,
        "says": "5 errors and 1 warning in the catalogue.",
    }
    issues = {issue["path"]: issue for issue in found["issues"]}
    assert issues["catalogue/owners.yaml"]["severity"] == "warning"
    assert issues["catalogue/reciever.yaml"]["excerpt"] is None
    assert issues["catalogue/org_units/units.csv"] == {
        "path": "catalogue/org_units/units.csv",
        "line": 3,
        "column": 27,
        "severity": "error",
        "message": "there is no level 'distrct'",
        "hint": "Write 'district'.",
        "excerpt": "001,2021-01-01,2025-06-30,distrct,quan,Quận Ba Đình,01\n                          ^",
    }


def unescaped(text: str) -> str:
    """What GitHub's runner makes of an escaped text."""
    return re.sub("%(0D|0A|25|3A|2C)", lambda code: chr(int(code[1], 16)), text)


def test_beside_a_change_on_github(
    folder: Path, validate: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--format github` gives a workflow command for each issue, of which GitHub reads back what was meant."""
    break_it(folder)
    edit(folder, "receivers.yaml", ("chi-tieu", '"100%: a,b"'))
    (folder / "catalogue" / "metrics" / "a,b:c%.yml").write_text("", encoding="utf-8")
    answer = validate("--format", "github")
    assert answer.code == 2
    *commands, summary = answer.out.splitlines()
    assert summary == "7 errors and 1 warning in the catalogue."
    read_back = []
    for command in commands:
        found = re.fullmatch(r"::(error|warning) file=([^,:]+),line=(\d+),col=(\d+),title=targetwatch::(.*)", command)
        assert found is not None, command
        kind, path, line, column, message = found.groups()
        read_back.append((kind, unescaped(path), int(line), int(column), unescaped(message)))
    assert ("error", "catalogue/metrics/a,b:c%.yml", 1, 1) in {one[:4] for one in read_back}
    assert (
        "error",
        "catalogue/receivers.yaml",
        3,
        14,
        "'100%: a,b' is not a Slack channel. Write its name without #, or its id.",
    ) in read_back
    assert [one[0] for one in read_back].count("warning") == 1


def test_a_path_with_a_line_break_stays_one_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing that an issue says can begin a command of its own."""
    issue = Issue("a\n::error::b.yaml", 1, 1, "50 % of\r\nit")
    write(Findings(Path("/c"), [issue], None), Format.GITHUB)
    command, _ = capsys.readouterr().out.splitlines()
    assert command == (
        "::error file=/c/a<U+000A>%3A%3Aerror%3A%3Ab.yaml,line=1,col=1,title=targetwatch::50 %25 of<U+000D><U+000A>it."
    )


def test_beside_a_change_on_gitlab(folder: Path, validate: Callable[..., Answer]) -> None:
    """`--format gitlab` gives a code quality report, in which an issue keeps its fingerprint while lines move."""
    break_it(folder)

    def report() -> list[dict[str, Any]]:
        return json.loads(validate("--format", "gitlab").out)

    before = report()
    assert {len(entry["fingerprint"]) for entry in before} == {64}
    assert len({entry["fingerprint"] for entry in before}) == len(before) == 6
    assert {entry["check_name"] for entry in before} == {"targetwatch"}
    entry = next(one for one in before if one["location"]["path"] == "catalogue/targets/share.yaml")
    assert (entry["description"], entry["severity"]) == ("unknown key 'valeu'. Write 'value'.", "major")
    assert entry["location"]["lines"] == {"begin": 15}
    edit(folder, TARGETS, ("metric: share\n", "# moved\nmetric: share\n"))
    after = report()
    assert [one["fingerprint"] for one in after] == [one["fingerprint"] for one in before]
    assert after != before


def test_the_tests_of_targets_are_checked_too(folder: Path, validate: Callable[..., Answer]) -> None:
    """What is wrong with a file of tests/ is said with everything else."""
    tests = folder / "catalogue" / "tests"
    tests.mkdir()
    (tests / "share.yaml").write_text("target: share_distrct\ncases: []\n", encoding="utf-8")
    answer = validate()
    assert answer.code == 2
    assert "catalogue/tests/share.yaml:1:9: there is no target 'share_distrct'. Write " in answer.out


def test_a_judged_version_may_not_be_edited(judged: Judged, programme: Path, tmp_path: Path) -> None:
    """Where a ledger is at hand, editing a judged target is an error that says what it was and what to do."""
    edited = Path(shutil.copytree(programme, tmp_path / "programme"))
    assert CommandLine({**judged.targetwatch.environment, "TARGETWATCH_PROGRAMME": str(edited)})("validate").code == 0
    path = edited / "catalogue" / "targets" / "dossiers_processed_online.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("value: 80", "value: 75"), encoding="utf-8")
    answer = CommandLine({**judged.targetwatch.environment, "TARGETWATCH_PROGRAMME": str(edited)})("validate")
    assert answer.code == 2
    assert "the version from 2021-07-15 has been judged, and may not be edited" in answer.out
    assert (
        'It said: comparison ">=", value 80, due 2025-12-31, trajectory {path: linear, assumed: true, '
        "baseline: {on: 2021-12-31, value: 34}}, warning_margin 1." in answer.out
    )
    assert "replaces: 2021-07-15" in answer.out


def test_without_an_installation_nothing_is_opened(folder: Path) -> None:
    """Where there is no home, a catalogue is checked without importing a database, and no home is made."""
    code = (
        "import sys\nfrom targetwatch.cli import main\nsys.argv = ['targetwatch', 'validate']\n"
        "try:\n    main()\nfinally:\n    print(*sorted({'duckdb', 'polars', 'pandas'} & set(sys.modules)))"
    )
    home = folder.with_name("home")
    environment = {**os.environ, "TARGETWATCH_HOME": str(home), "TARGETWATCH_PROGRAMME": str(folder)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""
    assert not home.exists()


def test_a_catalogue_that_is_not_there(tmp_path: Path) -> None:
    """A folder that is not there is an error like another."""
    answer = command_line(tmp_path / "home", tmp_path / "nowhere")("validate")
    assert answer.code == 2
    assert answer.out.startswith(f"{tmp_path}/nowhere/catalogue:1:1: there is no such folder. Name the folder ")
    assert answer.out.splitlines()[-1] == "1 error in the catalogue."


def test_a_terminal_sees_the_caret_in_colour(folder: Path) -> None:
    """In a terminal the place is bold and the caret red; NO_COLOR takes that away, and nothing else."""
    edit(folder, TARGETS, ("valu", "vale"))
    environment = {**os.environ, "TARGETWATCH_HOME": str(folder / "no"), "TARGETWATCH_PROGRAMME": str(folder)}
    environment |= {"FORCE_COLOR": "1", "COLUMNS": "60", "TERM": "xterm"}
    environment.pop("NO_COLOR", None)
    call = [sys.executable, "-c", "from targetwatch.cli import main; main()", "validate"]
    coloured = subprocess.run(call, env=environment, capture_output=True, text=True, check=False).stdout
    assert "\x1b[1;31m^\x1b[0m" in coloured
    plain = subprocess.run(
        call, env={**environment, "NO_COLOR": "1"}, capture_output=True, text=True, check=False
    ).stdout
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == re.sub("\x1b\\[[0-9;]*m", "", plain)


def test_schemas_are_written(tmp_path: Path, folder: Path) -> None:
    """`schemas DIR` writes the schema of every kind of file, and says which files those are."""
    answer = command_line(tmp_path / "home", folder)("schemas", str(tmp_path / "new" / "schemas"))
    assert (answer.code, answer.errors) == (0, "")
    names = [name for name, _ in written()]
    assert answer.out.splitlines() == [str(tmp_path / "new" / "schemas" / name) for name in names]
    assert sorted(path.name for path in (tmp_path / "new" / "schemas").iterdir()) == sorted(names)
    for name, text in written():
        assert (tmp_path / "new" / "schemas" / name).read_text(encoding="utf-8") == text


def test_schemas_go_into_the_catalogue(folder: Path, validate: Callable[..., Answer]) -> None:
    """Without a folder they go where the catalogue's files look for them, and the catalogue stays sound."""
    assert command_line(folder.with_name("home"), folder)("schemas").code == 0
    assert (folder / "catalogue" / "schemas" / "metric.schema.json").is_file()
    assert validate().code == 0


def test_schemas_that_cannot_be_written(tmp_path: Path, folder: Path) -> None:
    """A folder that cannot be made is wrong input."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    answer = command_line(tmp_path / "home", folder)("schemas", str(tmp_path / "file" / "schemas"))
    assert (answer.code, answer.out) == (2, "")
    assert answer.errors.startswith("The schemas cannot be written to ")


def test_a_warning_is_one_on_github_too(capsys: pytest.CaptureFixture[str]) -> None:
    """A warning does not fail a check on GitHub: it is a command of another name."""
    issue = Issue("a.yaml", 1, 1, "odd", severity=Severity.WARNING)
    write(Findings(Path("/c"), [issue], None), Format.GITHUB)
    assert capsys.readouterr().out.startswith("::warning file=/c/a.yaml,line=1,col=1,")
