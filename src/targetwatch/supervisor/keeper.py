"""The keeper: a small process that owns every service, so that none can outlive the supervisor.

It is run by path, and imports only the standard library and psutil, so that it starts in a blink. The supervisor writes
commands to its standard input and reads events from its standard output, one JSON object a line. When the input ends,
however the supervisor ended (`kill -9` too), the keeper stops what it started and goes.

On Linux it is a child subreaper: a process that a service leaves behind becomes the keeper's own child, and is found.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import selectors
import shutil
import signal
import sys
import time
from dataclasses import dataclass
from typing import Any

import psutil  # type: ignore[import-untyped]

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
KILL_SECONDS = 10.0
TIDY_SECONDS = 60.0
LOG_BYTES = 50_000_000


@dataclass(frozen=True)
class Started:
    """A service that was started: the leader of a session of its own."""

    name: str
    pid: int
    stop_step: int  # services of a lower step are stopped, and gone, before those of a higher one are asked to
    grace: float  # seconds between SIGTERM and SIGKILL
    log: str


class Keeper:
    """Starts services, says when one ends, and stops them all."""

    def __init__(self) -> None:
        self.services: dict[int, Started] = {}
        self.ended: set[int] = set()

    def start(self, name: str, argv: list[str], env: dict[str, str], cwd: str, log: str, stop_step: int,
              grace: float) -> None:  # fmt: skip
        """Run `argv` in a session of its own, with its output in the file `log`."""
        keeper = os.getpid()
        pid = os.fork()
        if pid == 0:
            _become(argv, env, cwd, log, keeper)
        self.services[pid] = Started(name, pid, stop_step, grace, log)
        tell(event="started", name=name, pid=pid)

    def tidy_logs(self, most_bytes: int = LOG_BYTES) -> None:
        """Set a log aside that has grown large. Services append, so they go on at the start of the emptied file."""
        for service in self.services.values():
            with contextlib.suppress(OSError):
                if os.path.getsize(service.log) > most_bytes:
                    shutil.copyfile(service.log, f"{service.log}.1")
                    os.truncate(service.log, 0)

    def reap(self) -> None:
        """Collect every child that has ended, adopted ones too, and tell of the services among them."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in self.services and pid not in self.ended:
                self.ended.add(pid)
                tell(event="ended", name=self.services[pid].name, pid=pid, code=os.waitstatus_to_exitcode(status))

    def everything(self) -> list[int]:
        """Every living process that a service started, also one that left its session."""
        if sys.platform != "linux":  # no subreaper: what a service left behind is known by its session alone
            return living(set(self.services) - self.ended)
        with contextlib.suppress(psutil.Error):
            return [process.pid for process in psutil.Process().children(recursive=True) if lives(process.pid)]
        return []

    def of(self, services: list[Started]) -> list[int]:
        """The living processes of these services' sessions."""
        sessions = {service.pid for service in services}
        return [pid for pid in self.everything() if session_of(pid) in sessions]

    def stop(self) -> None:
        """Stop all services in their order, then whatever else is left, and tell which process could not be stopped."""
        for step in sorted({service.stop_step for service in self.services.values()}):
            services = [service for service in self.services.values() if service.stop_step == step]
            for service in services:  # the leader sees to its own; where it is gone, each is told
                for pid in self.of([service]) if service.pid in self.ended else [service.pid]:
                    _signal(pid, signal.SIGTERM)
            self._wait(services)
        deadline = time.monotonic() + KILL_SECONDS
        while (left := self.everything()) and time.monotonic() < deadline:
            for pid in left:
                _signal(pid, signal.SIGKILL)
            time.sleep(0.05)
            self.reap()
        tell(event="stopped", left=left)

    def _wait(self, services: list[Started]) -> None:
        """Wait until the services are gone with all their processes; kill each whose grace is over."""
        asked = time.monotonic()
        while self.of(services):
            for service in services:
                if time.monotonic() - asked > service.grace:
                    for pid in self.of([service]):
                        _signal(pid, signal.SIGKILL)
            if time.monotonic() - asked > KILL_SECONDS + max(service.grace for service in services):
                return
            time.sleep(0.05)
            self.reap()


def _become(argv: list[str], env: dict[str, str], cwd: str, log: str, keeper: int) -> None:
    """Turn this forked child into the service. Does not return."""
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != keeper:  # it died before the line above took hold
            os._exit(1)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.chdir(cwd)
        os.execvpe(argv[0], argv, env)  # noqa: S606 (the supervisor's own command line, without a shell)
    except OSError as error:
        os.write(2, f"{argv[0]} could not be started: {error}\n".encode())
    finally:
        os._exit(127)


def living(sessions: set[int]) -> list[int]:
    """The living processes of `sessions`."""
    return [pid for pid in psutil.pids() if session_of(pid) in sessions and lives(pid)]


def session_of(pid: int) -> int | None:
    """The session that a process is in; None if it is gone or is not ours to ask about."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        return os.getsid(pid)
    return None


def lives(pid: int) -> bool:
    """Whether a process is there and is more than an uncollected exit code."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def tell(**event: Any) -> None:
    """Write one event; a supervisor that is gone need not read it."""
    with contextlib.suppress(OSError):
        os.write(1, json.dumps(event).encode() + b"\n")


def main() -> None:
    """Obey the commands on standard input until they end, then stop everything."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    for held in map(int, sys.argv[1:]):
        os.set_inheritable(held, False)  # the home's lock is the keeper's to hold, not the services'
    wake_read, wake_write = os.pipe()
    for end in (wake_read, wake_write):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(wake_write)
    asked_to_end: list[int] = []
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda signum, _frame: asked_to_end.append(signum))
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is the supervisor's to answer
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    keeper = Keeper()
    unread = b""
    with selectors.DefaultSelector() as selector:
        selector.register(0, selectors.EVENT_READ)
        selector.register(wake_read, selectors.EVENT_READ)
        while not asked_to_end:
            ready = {key.fd for key, _ in selector.select(TIDY_SECONDS)}
            if not ready:
                keeper.tidy_logs()
            if wake_read in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(wake_read, 4096)
                keeper.reap()
            if 0 in ready:
                chunk = os.read(0, 65536)
                if not chunk:
                    break
                *lines, unread = (unread + chunk).split(b"\n")
                for line in lines:
                    keeper.start(**json.loads(line))
    keeper.stop()


if __name__ == "__main__":
    main()
