"""What must be free before anything is started: the home, for one supervisor at a time, and the ports."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from targetwatch.settings import Settings
from targetwatch.supervisor import services
from targetwatch.supervisor.failures import AlreadyRunning, PortInUse

HANDOVER_SECONDS = 30.0  # a supervisor that was killed leaves its keeper, which needs a moment to tidy up
POLL_SECONDS = 0.2


@contextlib.contextmanager
def alone(home: Path) -> Iterator[int]:
    """Hold the home's lock, and yield it as a file descriptor: who else holds it too keeps the next one waiting.

    Raises AlreadyRunning where another supervisor lives in `home`.
    """
    with (home / "supervisor.lock").open("a+", encoding="utf-8") as file:
        deadline = time.monotonic() + HANDOVER_SECONDS
        while not _locked(file.fileno()):
            file.seek(0)
            holder = file.read().strip()
            if _is_alive(holder) or time.monotonic() > deadline:
                raise AlreadyRunning(home, holder)
            time.sleep(POLL_SECONDS)
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield file.fileno()


def check_ports(settings: Settings) -> None:
    """Raise PortInUse where a port that is needed belongs to another program."""
    wanted = [(settings.airflow_port, "Airflow's UI", "TARGETWATCH_AIRFLOW_PORT")]
    if services.wants_standin(settings):
        wanted.append((settings.standin_port, "the Slack stand-in", "TARGETWATCH_STANDIN_PORT"))
    for port, wanted_for, variable in wanted:
        if not _is_free(settings.host, port):
            raise PortInUse(settings.host, port, wanted_for, variable)


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
