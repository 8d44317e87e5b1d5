"""The embedded set-up, from the first check to the last process gone."""

from __future__ import annotations

import contextlib
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from targetwatch import pipeline
from targetwatch.settings import Settings
from targetwatch.supervisor import airflow_home, premises, services
from targetwatch.supervisor.airflow_api import AirflowApi
from targetwatch.supervisor.failures import (
    ProcessesLeft,
    ServiceDied,
    SetUpFailed,
    TookTooLong,
)
from targetwatch.supervisor.processes import Processes, Service

MIGRATION_SECONDS = 180.0
READY_SECONDS = 180.0
POLL_SECONDS = 0.2

Say = Callable[[str], None]


class Interrupted(KeyboardInterrupt):
    """Somebody asked the set-up to end, by Ctrl-C, SIGTERM or closing the terminal."""


@dataclass(frozen=True, slots=True)
class Up:
    """The running set-up, as its user sees it."""

    airflow: AirflowApi
    ui: str
    standin: str | None  # the stand-in's address; None where messages go to a real Slack
    user: str
    password: str
    logs: Path
    started_at: datetime
    _watch: Callable[[float | None], None]

    def wait(self, seconds: float | None = None) -> None:
        """Stay up until somebody ends it, or for so many seconds. Raises ServiceDied if a service ends by itself."""
        self._watch(seconds)

    def wait_until_watching(self, seconds: float = READY_SECONDS) -> None:
        """Wait until all of Airflow is at work and knows the DAGs, so that a delivery is seen at once."""
        deadline = time.monotonic() + seconds
        while lacking := self.airflow.unhealthy(self.started_at) or self._lacking_dags():
            if time.monotonic() > deadline:
                raise TookTooLong(f"Airflow ({', '.join(lacking)})", seconds, self.logs / "dag-processor.log")
            self.wait(POLL_SECONDS)

    def _lacking_dags(self) -> list[str]:
        """What keeps the DAGs from being there: a file that cannot be imported is a failure at once."""
        if errors := self.airflow.import_errors():
            raise SetUpFailed("\n".join(f"{file} cannot be imported:\n{why}" for file, why in errors.items()))
        return [] if "watch" in self.airflow.dags() else ["the DAG watch"]


class Supervisor:
    """Starts the set-up of `settings` and stops it again. `say` is given what a person should read, line by line."""

    def __init__(self, settings: Settings, say: Say | None = None, show_password: bool = False) -> None:
        self._settings = settings
        self._say = say or _to_stderr
        self._show_password = show_password
        self._home = settings.home.resolve()
        self._logs = self._home / "logs"
        self._died: tuple[str, int | None] | None = None
        self._something_died = threading.Event()
        self._listens_to_signals = False

    @contextlib.contextmanager
    def running(self) -> Iterator[Up]:
        """Start everything, hand over once the UI answers, and leave no process behind, however the block ends.

        An interruption of the block ends it quietly; one while starting is raised as Interrupted. Raises SetUpFailed's
        kinds, each with the exit code that it stands for, and CatalogueError.
        """
        self._logs.mkdir(parents=True, exist_ok=True)
        # A catalogue with errors is said before anything starts.
        for source in pipeline.working_sources(self._settings):
            (self._settings.inbox / source).mkdir(parents=True, exist_ok=True)
        with premises.alone(self._home) as lock, self._signals():
            premises.check_ports(self._settings)
            processes = Processes(self._on_end, lock)
            handed_over = False
            try:
                up = self._start(processes)
                handed_over = True
                yield up
            except KeyboardInterrupt:
                if self._died is not None:
                    raise self._death() from None
                if not handed_over:
                    raise
            finally:
                stopped = False
                while not stopped:  # a signal may still come before stopping has become deaf to it
                    with contextlib.suppress(Interrupted):
                        self._stop(processes)
                        stopped = True

    def _start(self, processes: Processes) -> Up:
        began, started_at = time.monotonic(), datetime.now(UTC)
        address = f"http://{_reachable(self._settings.host)}"
        ui = f"{address}:{self._settings.airflow_port}"
        home = airflow_home.prepare(self._settings, ui)
        env = services.environment(self._settings, home.folder)
        # So that messages link to their pages, inside the frame of Airflow.
        env["TARGETWATCH_BOARD_URL"] = env.get("TARGETWATCH_BOARD_URL") or f"{ui}/plugin/targetwatch/targetwatch"

        def start(service: Service) -> None:
            _keep_one_older(service.log)
            processes.start(service, env, home.folder)

        if not home.has_current_schema():
            self._say("Preparing Airflow's database (only the first time) ...")
            migration = services.migration(self._logs)
            start(migration)
            self._wait_for(lambda: processes.exit_code(migration.name) is not None, migration, MIGRATION_SECONDS)
            if code := processes.exit_code(migration.name):
                raise ServiceDied(migration.name, code, migration.log)
            home.note_schema()
        self._say("Starting Airflow ...")
        api_server, *others = services.airflow(self._logs)
        start(api_server)
        for service in others:
            start(service)
        standin = None
        if services.wants_standin(self._settings):
            service = services.standin(self._logs)
            start(service)
            standin = f"{address}:{self._settings.standin_port}"
            self._wait_for(lambda: _listens(address, self._settings.standin_port), service, READY_SECONDS)
        if services.wants_listener(self._settings):
            start(services.listener(self._logs))
        start(services.watchdog(self._logs))
        airflow = AirflowApi(ui, airflow_home.USER, home.password)
        self._wait_for(airflow.answers, api_server, READY_SECONDS)
        threading.Thread(target=airflow.warm_up, name="airflow-warm-up", daemon=True).start()
        up = Up(airflow, ui, standin, airflow_home.USER, home.password, self._logs, started_at, self._watch)
        self._introduce(up, home, time.monotonic() - began)
        return up

    def _introduce(self, up: Up, home: airflow_home.AirflowHome, seconds: float) -> None:
        self._say(f"Airflow is up after {seconds:.0f} s.")
        self._say(f"  Airflow    {up.ui}")
        if self._show_password or home.password_is_new:
            self._say(f"  login      {up.user} / {up.password}   (kept in {home.passwords})")
        else:
            self._say(f"  login      {up.user}, password in {home.passwords}")
        if up.standin is not None:
            self._say(f"  Slack      {up.standin}   (a stand-in; set TARGETWATCH_SLACK_TOKEN for the real one)")
        self._say(f"  inbox      {self._settings.inbox.resolve()}")
        self._say(f"  logs       {up.logs}")

    def _stop(self, processes: Processes) -> None:
        with self._deaf():
            self._say("Stopping ...")
            steps: dict[int, float] = {}
            for service in services.known(self._logs):
                steps[service.stop_step] = max(service.grace, steps.get(service.stop_step, 0))
            left = processes.stop(sum(steps.values()) + 20)
            if left:
                raise ProcessesLeft(left)
            self._say("Stopped; no process is left.")

    def _watch(self, seconds: float | None) -> None:
        deadline = None if seconds is None else time.monotonic() + seconds
        while deadline is None or time.monotonic() < deadline:
            # In slices, since a signal's handler runs between two of them wherever the thread waits on a lock.
            slice_ = 1.0 if deadline is None else max(0.0, min(1.0, deadline - time.monotonic()))
            if self._something_died.wait(slice_):
                raise self._death()

    def _wait_for(self, condition: Callable[[], bool], service: Service, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise TookTooLong(service.name, seconds, service.log)
            self._watch(POLL_SECONDS)

    def _on_end(self, name: str, code: int | None) -> None:
        """Called by the reader of the keeper's events when a service ends that was not asked to."""
        if name == services.MIGRATION or self._died is not None:
            return
        self._died = (name, code)
        self._something_died.set()
        main = threading.main_thread().ident
        if self._listens_to_signals and main is not None:
            signal.pthread_kill(main, signal.SIGTERM)  # wakes the block from whatever it is doing

    def _death(self) -> ServiceDied:
        name, code = self._died or ("a service", None)
        known = services.known(self._logs)
        return ServiceDied(name, code, next((service.log for service in known if service.name == name), None))

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """Let SIGINT, SIGTERM and SIGHUP raise Interrupted in the main thread; elsewhere signals are not ours."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, _interrupt) for number in numbers}
        self._listens_to_signals = True
        try:
            yield
        finally:
            self._listens_to_signals = False
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextlib.contextmanager
    def _deaf(self) -> Iterator[None]:
        """While stopping, a second Ctrl-C changes nothing: an abandoned stop is what leaves processes behind."""
        if not self._listens_to_signals:
            yield
            return
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self._say("Already stopping ..."))
        yield


def _interrupt(_signum: int, _frame: FrameType | None) -> None:
    raise Interrupted


def _to_stderr(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _reachable(host: str) -> str:
    """The address at which a server that listens on `host` is reached from this machine."""
    return "127.0.0.1" if host in ("0.0.0.0", "::", "localhost") else host  # noqa: S104 (it is compared with, not bound)


def _listens(address: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((address.removeprefix("http://"), port), timeout=1):
        return True
    return False


def _keep_one_older(log: Path) -> None:
    if log.exists():
        log.replace(log.with_name(f"{log.name}.1"))
