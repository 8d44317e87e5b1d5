"""Calling the command line: in this process, as its entry point is called, or as a program of its own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from targetwatch import cli
from targetwatch.cli import console
from tests.installation import Installation

NOTHING_FOLDED = 10_000  # the width that a pipe has


@dataclass(frozen=True)
class Answer:
    """What came of a call: its exit code, its answer and, apart from it, everything else that it said."""

    code: int
    raw: bytes
    errors: str

    @property
    def out(self) -> str:
        """The answer as text."""
        return self.raw.decode()


@dataclass(frozen=True)
class CommandLine:
    """The command line of an installation, at a moment."""

    environment: dict[str, str]

    def __call__(self, *arguments: str) -> Answer:
        """Call it in this process."""
        written, errors = io.BytesIO(), io.StringIO()
        out = io.TextIOWrapper(written, encoding="utf-8", write_through=True)
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(errors):
            for name, value in self.environment.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["targetwatch", *arguments])
            patch.setattr(console.answers, "width", NOTHING_FOLDED)
            with pytest.raises(SystemExit) as left:
                cli.main()
        code = left.value.code
        return Answer(code if isinstance(code, int) else int(code is not None), written.getvalue(), errors.getvalue())

    def as_a_program(self, *arguments: str, typed: str = "") -> Answer:
        """Call it as a program of its own, with what is typed into it."""
        done = subprocess.run(
            [sys.executable, "-c", "from targetwatch.cli import main; main()", *arguments],
            env={**os.environ, **self.environment},
            input=typed.encode(),
            capture_output=True,
            check=False,
            timeout=120,
        )
        return Answer(done.returncode, done.stdout, done.stderr.decode())


def command_line(home: Path, programme: Path, now: datetime | None = None) -> CommandLine:
    """The command line over a home and a programme; `now` stops its clock."""
    environment = {
        "TARGETWATCH_HOME": str(home),
        "TARGETWATCH_PROGRAMME": str(programme),
        "TARGETWATCH_STANDIN_PORT": "0",
        "NO_COLOR": "1",
    }
    if now is not None:
        clock = home.with_name(f"{home.name}.clock")
        clock.write_text(now.isoformat(), encoding="utf-8")
        environment["TARGETWATCH_CLOCK"] = str(clock)
    return CommandLine(environment)


def of(installation: Installation, now: datetime | None = None) -> CommandLine:
    """The command line of an installation."""
    return command_line(installation.home, installation.settings.programme, now)
