"""What can go wrong between starting the embedded set-up and its end, each with the exit code it stands for."""

from __future__ import annotations

from pathlib import Path

LINES_SHOWN = 15


class SetUpFailed(Exception):  # noqa: N818 - named after what is the case
    """The embedded set-up could not be started or did not stay up. The message says what to do next."""

    exit_code = 3


class PortInUse(SetUpFailed):
    """A port that was asked for belongs to another program; nothing has been started."""

    exit_code = 2

    def __init__(self, host: str, port: int, wanted_for: str, variable: str) -> None:
        super().__init__(
            f"Port {port} on {host} is in use, and {wanted_for} needs it. "
            f"Stop the program that has it, or choose another port: {variable}={port + 1}"
        )


class AlreadyRunning(SetUpFailed):
    """Another supervisor works in the same home; nothing has been started."""

    exit_code = 2

    def __init__(self, home: Path, pid: str) -> None:
        holder = f" (process {pid})" if pid else ""
        super().__init__(
            f"targetwatch is already running in {home}{holder}. Stop it first, or choose another TARGETWATCH_HOME."
        )


class ServiceDied(SetUpFailed):
    """One of the services ended though nobody had asked it to; the others have been stopped."""

    def __init__(self, name: str, code: int | None, log: Path | None) -> None:
        self.name = name
        self.code = code
        super().__init__(f"{name} {_how_it_ended(code)}. Everything else has been stopped.{last_lines(log)}")


class TookTooLong(SetUpFailed):
    """A service was started and did not become ready in time."""

    def __init__(self, name: str, seconds: float, log: Path | None) -> None:
        super().__init__(f"{name} was not ready after {seconds:.0f} seconds.{last_lines(log)}")


class ProcessesLeft(SetUpFailed):
    """Processes of ours outlived SIGKILL: they hang in the kernel, and only a person can help."""

    def __init__(self, pids: list[int]) -> None:
        super().__init__(f"These processes could not be stopped: {', '.join(map(str, pids))}")


def last_lines(log: Path | None) -> str:
    """The end of `log`, indented under a line that names the file; empty where there is nothing to show."""
    if log is None or not log.exists():
        return ""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LINES_SHOWN:]
    shown = "\n".join(f"    {line}" for line in lines) if lines else "    (it is empty)"
    return f"\nThe end of {log}:\n{shown}"


def _how_it_ended(code: int | None) -> str:
    if code is None:
        return "ended"
    return f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
