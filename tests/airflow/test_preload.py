"""Import once, fork many: the scheduler has the heavy libraries loaded, and nothing else pays for them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


def loaded_by(tmp_path: Path, *command: str) -> list[str]:
    """Which heavy libraries a process that was started with this command line has after the preloading."""
    program = tmp_path / "airflow"
    program.write_text(
        "import json, sys\n"
        "from targetwatch import preload\n"
        "preload.into_the_scheduler()\n"
        "print(json.dumps([name for name in (*preload.HEAVY, 'great_expectations') if name in sys.modules]))\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(program), *command], capture_output=True, text=True, check=True, timeout=120
    )
    found: list[str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("command", ["api-server", "triggerer", "dag-processor", "db"])
def test_no_other_process_imports_anything(tmp_path: Path, command: str):
    """Seconds and megabytes are spent only where tasks are forked."""
    assert loaded_by(tmp_path, command, "scheduler") == []


def test_the_scheduler_imports_what_the_tasks_need(tmp_path: Path):
    """A task that the scheduler's worker forks finds the libraries loaded."""
    from targetwatch import preload

    assert loaded_by(tmp_path, "scheduler", "--skip-serve-logs") == [*preload.HEAVY, "great_expectations"]
