"""`replay` on the command line: what it refuses, how it says so, and that it leaves everything as it was."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from tests.cli.calls import CommandLine
from tests.cli.conftest import Judged

pytestmark = pytest.mark.xdist_group("cli")


def fingerprints(home: Path) -> dict[str, str]:
    """Every file of a home with the hash of what it holds."""
    files = [path for path in sorted(home.rglob("*")) if path.is_file()]
    return {str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_changed_catalogue_is_held_against_the_one_in_force(judged: Judged, programme: Path, tmp_path: Path) -> None:
    """A target that asks for less would not have been missed, which is all that differs; nothing is written or sent."""
    changed = shutil.copytree(programme / "catalogue", tmp_path / "changed")
    targets = changed / "targets/dossiers_processed_online.yaml"
    targets.write_text(targets.read_text(encoding="utf-8").replace("value: 80", "value: 60"), encoding="utf-8")
    before = fingerprints(judged.installation.home)
    for folder in (changed, changed.parent):  # the catalogue, or the folder of a programme that has one
        if folder == changed.parent:
            shutil.move(changed, folder / "catalogue")
        answer = judged.targetwatch("replay", "--since", "2025-05-01", "--with", str(folder))
        assert answer.code == 0, answer.errors
        rows = [line for line in answer.out.splitlines() if line.startswith("would never open")]
        assert len(rows) == 1
        assert rows[0].endswith("never opens")
        assert "with the change: 0 more would have opened, 1 would never have opened" in answer.errors
    assert fingerprints(judged.installation.home) == before


def test_what_is_wrong_in_the_changed_catalogue_is_said_with_its_folder(
    targetwatch: CommandLine, programme: Path, tmp_path: Path
) -> None:
    """Both catalogues have files of the same names: the error names the one that is wrong."""
    changed = shutil.copytree(programme / "catalogue", tmp_path / "changed")
    targets = changed / "targets/dossiers_processed_online.yaml"
    targets.write_text(targets.read_text(encoding="utf-8").replace("tier: district", "tier: distrct"), encoding="utf-8")
    answer = targetwatch("replay", "--since", "2025-05-01", "--with", str(changed))
    assert (answer.code, answer.out) == (2, "")
    first, last = answer.errors.splitlines()
    assert first.startswith(f"{targets}:")
    assert first.endswith("Write 'district'.")
    assert last == "1 error in the catalogue; nothing was done."


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--since", "2025-31-01"), "--since '2025-31-01' is not a date. Write year-month-day, as in 2025-01-01."),
        (("--since", "2030-01-01"), "Today is 2025-06-16, before --since 2030-01-01."),
        (("--since", "2025-02-01", "--until", "2025-01-01"), "--until 2025-01-01 lies before --since 2025-02-01."),
        (
            ("--since", "2025-02-01", "--with", "nowhere"),
            "--with nowhere: there is no such folder. Name the folder that holds programme.yaml.",
        ),
    ],
)
def test_what_cannot_be_asked_is_said(targetwatch: CommandLine, arguments: tuple[str, ...], said: str) -> None:
    """A day that is none, days in the wrong order and a folder that is not there are wrong input, in a sentence."""
    answer = targetwatch("replay", *arguments)
    assert (answer.code, answer.out, answer.errors) == (2, "", f"{said}\n")
