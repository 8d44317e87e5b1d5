"""Commands that change something, their exit codes, and what is on standard output and what beside it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.main import get_command

from targetwatch.cli import app
from tests.cli.calls import CommandLine, command_line, of
from tests.cli.conftest import NOW, Judged

COMMANDS = get_command(app).commands


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_help_that_a_stranger_understands(targetwatch: CommandLine, command: str) -> None:
    """Every command says with --help what it does, and of each option what it is for."""
    answer = targetwatch(command, "--help")
    assert (answer.code, answer.errors) == (0, "")
    assert f"targetwatch {command}" in answer.out
    described = COMMANDS[command]
    assert (described.help or "").strip()
    assert [param.name for param in described.params if not getattr(param, "help", "")] == []


def test_help_of_the_whole(targetwatch: CommandLine) -> None:
    """Without a command, or with --help, all commands are listed, each with a sentence."""
    answer = targetwatch("--help")
    assert answer.code == 0
    assert [name for name in COMMANDS if name not in answer.out] == []
    assert [name for name in COMMANDS if name not in targetwatch().out + targetwatch().errors] == []


def test_as_a_program(targetwatch: CommandLine) -> None:
    """As a program of its own it answers on standard output alone, and leaves with the code of its answer."""
    answer = targetwatch.as_a_program("status", "--json")
    assert (answer.code, answer.errors) == (0, "")
    assert json.loads(answer.out)[0]["status"] == "behind"
    assert targetwatch.as_a_program("gather", "nothing").code == 2


def test_run_says_all_that_it_did(judged: Judged) -> None:
    """`run --json` is one JSON object: what was gathered, judged and delivered."""
    done = json.loads(judged.ran.out)
    gathered = {one["delivered_as"]: one for one in done["gathered"]}
    assert {name: one["state"] for name, one in gathered.items()} == {
        "Tháng 4.csv": "accepted",
        "Tháng 5.csv": "accepted",
        "hỏng.csv": "refused",
    }
    assert gathered["Tháng 5.csv"]["rows_quarantined"] == 1
    assert done["watched"]["check_failures"] == []
    assert done["delivered"]["sent"] == 3


def test_a_missed_target_is_exit_code_1_only_where_asked(judged: Judged) -> None:
    """`--fail-on behind` leaves with 1 and names the targets; without it, or for another status, all is well."""
    assert judged.ran.code == 1
    assert "behind or missed (1): dossiers_district" in judged.ran.errors
    assert judged.targetwatch("watch").code == 0
    assert judged.targetwatch("watch", "--fail-on", "no_data").code == 0


def test_progress_is_no_answer(judged: Judged) -> None:
    """What is being done is said on standard error, so that standard output can be read by a machine."""
    for step in ("Tháng 4.csv", "Judging every target", "Publishing the snapshots", "Sending"):
        assert step in judged.ran.errors
    assert judged.ran.out.startswith("{")


def test_a_pass_in_words(judged: Judged) -> None:
    """`run` and `watch` say in a line what changed: the second time, nothing."""
    answer = judged.targetwatch("run")
    assert answer.code == 0
    assert answer.out.splitlines() == [
        "Nothing waits in the inboxes.",
        "Judged as of 2025-06-16 02:00 UTC: 0 assessments changed, 0 steps in incidents, 0 messages to send, 0 sent.",
    ]
    watched = json.loads(judged.targetwatch("watch", "--json").out)
    assert (watched["watched"]["assessments"], watched["delivered"]["sent"]) == (0, 0)


def test_gathering_alone(judged: Judged) -> None:
    """`gather` and `gather SOURCE` say what became of each delivery; with nothing there, that."""
    assert judged.targetwatch("gather").out == "Nothing waits in the inboxes.\n"
    assert judged.targetwatch("gather", "procedures").out == "Nothing waits in the inboxes.\n"
    assert json.loads(judged.targetwatch("gather", "--json").out) == []


def test_an_unknown_source(targetwatch: CommandLine) -> None:
    """A source that is not there is wrong input, and those that are there are named."""
    answer = targetwatch("gather", "proceedures")
    assert (answer.code, answer.out) == (2, "")
    assert "'proceedures'" in answer.errors
    assert "procedures" in answer.errors


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("watch", "--fail-on", "late"), "No status is called 'late'. Statuses: ended,"),
        (("stauts",), "stauts"),
        (("status", "--jason"), "--jason"),
        (("status", "--lang", "fr"), "fr"),
        (("sql", "SELECT 1", "--format", "excel"), "excel"),
    ],
)
def test_a_call_that_makes_no_sense(targetwatch: CommandLine, arguments: tuple[str, ...], said: str) -> None:
    """What was typed wrongly is repeated, with what could have been meant: exit code 2, and nothing was done."""
    answer = targetwatch(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.errors
    assert "Traceback" not in answer.errors


def test_a_setting_that_cannot_be_used(judged: Judged) -> None:
    """A wrong setting is named by its environment variable: exit code 2."""
    wrong = CommandLine({**judged.targetwatch.environment, "TARGETWATCH_STANDIN_PORT": "many"})
    answer = wrong("status")
    assert (answer.code, answer.out) == (2, "")
    assert "TARGETWATCH_STANDIN_PORT" in answer.errors


def test_a_sound_catalogue(targetwatch: CommandLine) -> None:
    """`validate` says what it read."""
    answer = targetwatch("validate")
    assert (answer.code, answer.errors) == (0, "")
    assert answer.out.startswith("The catalogue is sound: 1 target, 1 metric, 1 source (1 working, 0 planned), ")


@pytest.mark.parametrize("command", ["gather", "watch", "run"])
def test_a_broken_catalogue(tmp_path: Path, programme: Path, command: str) -> None:
    """Every error at once, each with file, line and column and what to write instead: exit code 2, nothing done."""
    broken = tmp_path / "programme"
    shutil.copytree(programme, broken)
    target = broken / "catalogue/targets/dossiers_processed_online.yaml"
    target.write_text(target.read_text().replace("value: 80", "valeu: 80").replace("2021-07-15", "15/07/2021"))
    receivers = broken / "catalogue/receivers.yaml"
    receivers.write_text(receivers.read_text().replace("language: vi", "language: fr"))
    answer = command_line(tmp_path / "home", broken)(command)
    assert (answer.code, answer.out) == (2, "")
    errors = answer.errors.splitlines()
    assert [line.split(" ")[0] for line in errors[:-1]] == [
        "receivers.yaml:2:49:",
        "targets/dossiers_processed_online.yaml:10:5:",
        "targets/dossiers_processed_online.yaml:16:21:",
    ]
    assert "unknown key 'valeu'. Write 'value'." in answer.errors
    assert errors[-1] == "3 errors in the catalogue; nothing was done."
    assert not (tmp_path / "home").exists()


def test_our_own_failure_is_exit_code_3(tmp_path: Path, programme: Path) -> None:
    """What is neither the user's nor the targets' fault is 3: here a suite that is not JSON, named with its place."""
    broken = tmp_path / "programme"
    shutil.copytree(programme, broken)
    suites = broken / "expectations/judgement"
    suites.mkdir()
    (suites / "targets.json").write_text("{ not json")
    answer = command_line(tmp_path / "home", broken, NOW)("watch")
    assert (answer.code, answer.out) == (3, "")
    assert "targets.json:1:3: this is not JSON" in answer.errors
    assert "targetwatch doctor" in answer.errors
    assert "Traceback" not in answer.errors


def test_the_doctor_finds_nothing(judged: Judged) -> None:
    """`doctor` looks at everything, and where all is well says so: exit code 0."""
    answer = of(judged.installation, NOW)("doctor")
    assert (answer.code, answer.errors) == (0, "")
    assert "look" not in [line.split()[0] for line in answer.out.splitlines()]
    found = json.loads(judged.targetwatch("doctor", "--json").out)
    looked_at = {one["subject"] for one in found}
    assert {"Python", "Settings", "Home", "Catalogue", "Warehouse", "Outbox", "Slack"} <= looked_at
    assert all(one["sound"] for one in found)


def test_the_doctor_names_a_variable_that_is_no_setting(judged: Judged, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who set a variable that nothing reads is told so, and the setting that was probably meant."""
    monkeypatch.setenv("TARGETWATCH_PROGRAM", "elsewhere")
    monkeypatch.setenv("TARGETWATCH_WEATHER", "fine")
    answer = of(judged.installation, NOW)("doctor", "--json")
    assert answer.code == 3
    assert [one["says"] for one in json.loads(answer.out) if not one["sound"]] == [
        "TARGETWATCH_PROGRAM is no setting, and nothing reads it. TARGETWATCH_PROGRAMME is one. docs/commands.md lists "
        "them all.",
        "TARGETWATCH_WEATHER is no setting, and nothing reads it. docs/commands.md lists them all.",
    ]


def test_the_doctor_finds_what_is_wrong(judged: Judged, tmp_path: Path) -> None:
    """A home with nothing in it and a catalogue that is not there: the doctor says what to do, and leaves with 3."""
    answer = command_line(tmp_path / "home", tmp_path / "nowhere")("doctor", "--json")
    assert answer.code == 3
    wrong = {one["subject"]: one["says"] for one in json.loads(answer.out) if not one["sound"]}
    assert "targetwatch validate" in wrong["Catalogue"]
