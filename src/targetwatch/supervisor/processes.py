"""The supervisor's side of the keeper: start services, hear when one ends, stop them all and see that they are gone."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from targetwatch.supervisor import keeper
from targetwatch.supervisor.failures import SetUpFailed

ANSWER_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Service:
    """A process to be kept running. Services of a lower `stop_step` are gone before those of a higher are stopped."""

    name: str
    argv: tuple[str, ...]
    log: Path
    stop_step: int
    grace: float  # seconds that it has to end by itself when it is asked to


class Processes:
    """Services that live no longer than this object's `stop`, nor than the process that made it.

    `on_end` is called in another thread, with a service's name and exit code, when one ends before `stop`.
    `lock` is a file descriptor that the keeper holds open until everything is gone.
    """

    def __init__(self, on_end: Callable[[str, int | None], None], lock: int | None = None) -> None:
        self._on_end = on_end
        self._told = threading.Condition()
        self._pids: dict[str, int] = {}
        self._codes: dict[str, int] = {}
        self._left: list[int] | None = None
        self._stopping = False
        self._keeper = subprocess.Popen(  # noqa: S603 (this interpreter, running a file of ours)
            [sys.executable, "-I", keeper.__file__, *([] if lock is None else [str(lock)])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # so that Ctrl-C in the terminal reaches the supervisor alone
            pass_fds=() if lock is None else (lock,),
        )
        self._reader = threading.Thread(target=self._read, name="keeper-events", daemon=True)
        self._reader.start()

    def start(self, service: Service, env: Mapping[str, str], folder: Path) -> int:
        """Start `service` in `folder` and return its process id."""
        command = {
            "name": service.name,
            "argv": list(service.argv),
            "env": dict(env),
            "cwd": str(folder),
            "log": str(service.log),
            "stop_step": service.stop_step,
            "grace": service.grace,
        }
        keeper_input = self._keeper.stdin
        assert keeper_input is not None  # noqa: S101 (it was asked for)
        with self._told:
            self._codes.pop(service.name, None)
            keeper_input.write(json.dumps(command).encode() + b"\n")
            keeper_input.flush()
            self._pids.pop(service.name, None)
            if not self._told.wait_for(lambda: service.name in self._pids, ANSWER_SECONDS):
                raise SetUpFailed(f"{service.name} could not be started: the keeper of processes does not answer.")
            return self._pids[service.name]

    @property
    def keeper_pid(self) -> int:
        """The process that everything that is started descends from."""
        return self._keeper.pid

    def exit_code(self, name: str) -> int | None:
        """The exit code of a service that has ended; None while it runs."""
        with self._told:
            return self._codes.get(name)

    def wait_for_end(self, name: str, seconds: float) -> int | None:
        """Wait until a service has ended and return its exit code; None if it still runs after `seconds`."""
        with self._told:
            self._told.wait_for(lambda: name in self._codes, seconds)
            return self._codes.get(name)

    def stop(self, seconds: float) -> list[int]:
        """Stop everything in order and return the ids of the processes that are still there, which should be none."""
        self._stopping = True
        with contextlib.suppress(OSError):
            assert self._keeper.stdin is not None  # noqa: S101 (it was asked for)
            self._keeper.stdin.close()
        with self._told:
            self._told.wait_for(lambda: self._left is not None or not self._reader.is_alive(), seconds)
        try:
            self._keeper.wait(keeper.KILL_SECONDS)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
            self._keeper.wait()
        self._reader.join(keeper.KILL_SECONDS)
        if self._keeper.stdout is not None:
            self._keeper.stdout.close()
        return self._kill_sessions()

    def _read(self) -> None:
        assert self._keeper.stdout is not None  # noqa: S101 (it was asked for)
        for line in self._keeper.stdout:
            self._hear(json.loads(line))
        with self._told:
            self._told.notify_all()
        if not self._stopping:
            self._on_end("the keeper of processes", self._keeper.poll())

    def _hear(self, event: Mapping[str, Any]) -> None:
        with self._told:
            if event["event"] == "started":
                self._pids[event["name"]] = event["pid"]
            elif event["event"] == "ended":
                self._codes[event["name"]] = event["code"]
            elif event["event"] == "stopped":
                self._left = list(event["left"])
            self._told.notify_all()
        if event["event"] == "ended" and not self._stopping:
            self._on_end(event["name"], event["code"])

    def _kill_sessions(self) -> list[int]:
        """Kill what a keeper that was itself killed had to leave, and return what is left even then."""
        sessions = {pid for name, pid in self._pids.items() if name not in self._codes}
        deadline = time.monotonic() + keeper.KILL_SECONDS
        while (left := keeper.living(sessions)) and time.monotonic() < deadline:
            for pid in left:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
        return sorted({*left, *(pid for pid in self._left or [] if keeper.lives(pid))})
