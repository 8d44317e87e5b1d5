"""No process outlives its supervisor: not one that ignores being asked, that hides, or whose supervisor was killed."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

from targetwatch.supervisor.keeper import lives
from targetwatch.supervisor.processes import Processes, Service

PATIENCE = 30.0  # seconds that a test waits for what must come

SLEEP = "import time\nwhile True: time.sleep(1)"
STUBBORN = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: time.sleep(1)"


def until(condition: Callable[[], bool]) -> None:
    """Wait for what must come, with a bound."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


def service(folder: Path, name: str, program: str, stop_step: int = 0, grace: float = 5.0) -> Service:
    """A small Python program as a service."""
    return Service(name, (sys.executable, "-c", program), folder / f"{name}.log", stop_step, grace)


def hiding(pid_file: Path) -> str:
    """A program that leaves behind a grandchild in a session of its own, as a daemon does."""
    return textwrap.dedent(f"""
        import os, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                open({str(pid_file)!r} + ".part", "w").write(str(os.getpid()))
                os.rename({str(pid_file)!r} + ".part", {str(pid_file)!r})
                while True: time.sleep(1)
            os._exit(0)
        while True: time.sleep(1)
    """)


class Ends:
    """Collects what is told of services that end by themselves."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int | None]] = []

    def __call__(self, name: str, code: int | None) -> None:
        """Note one."""
        self.told.append((name, code))


def test_services_stop_step_by_step(tmp_path: Path):
    """What others need is stopped after them, and only once they are gone."""
    saying = textwrap.dedent("""
        import signal, sys, time
        def end(*_):
            time.sleep(0.2)
            open(sys.argv[1], "a").write(sys.argv[2])
            sys.exit(0)
        signal.signal(signal.SIGTERM, end)
        print("ready", flush=True)
        while True: time.sleep(1)
    """)
    order = tmp_path / "order"
    processes = Processes(Ends())
    for name, step in (("c", 2), ("a", 0), ("b", 1)):
        argv = (sys.executable, "-c", saying, str(order), name)
        processes.start(Service(name, argv, tmp_path / f"{name}.log", step, 5.0), os.environ, tmp_path)
    logs = [tmp_path / f"{name}.log" for name in "abc"]
    until(lambda: all(log.exists() and log.read_text() == "ready\n" for log in logs))
    assert processes.stop(PATIENCE) == []
    assert order.read_text() == "abc"


def test_a_service_that_will_not_end_is_killed(tmp_path: Path):
    """Being asked is for those that listen; a grace later comes SIGKILL."""
    processes = Processes(Ends())
    pid = processes.start(service(tmp_path, "stubborn", STUBBORN, grace=0.2), os.environ, tmp_path)
    assert lives(pid)
    assert processes.stop(PATIENCE) == []
    assert not lives(pid)


def test_a_grandchild_that_hides_is_found(tmp_path: Path):
    """A process that left its parent and its session is still ours, and goes too."""
    processes = Processes(Ends())
    processes.start(service(tmp_path, "parent", hiding(tmp_path / "pid")), os.environ, tmp_path)
    until((tmp_path / "pid").exists)
    hidden = int((tmp_path / "pid").read_text())
    assert lives(hidden)
    assert processes.stop(PATIENCE) == []
    assert not lives(hidden)


def test_a_service_that_ends_is_told_of_with_its_exit_code(tmp_path: Path):
    """Who ended and how is known, and the others are not touched by it."""
    ends = Ends()
    processes = Processes(ends)
    other = processes.start(service(tmp_path, "other", SLEEP), os.environ, tmp_path)
    processes.start(service(tmp_path, "short", "print('oh'); raise SystemExit(7)"), os.environ, tmp_path)
    assert processes.wait_for_end("short", PATIENCE) == 7
    until(lambda: bool(ends.told))
    assert ends.told == [("short", 7)]
    assert (tmp_path / "short.log").read_text() == "oh\n"
    assert lives(other)
    assert processes.stop(PATIENCE) == []
    assert ends.told == [("short", 7)]  # stopping is no end by itself


def test_a_program_that_is_not_there_ends_with_127(tmp_path: Path):
    """What cannot be started says so in its log."""
    processes = Processes(Ends())
    processes.start(Service("none", ("/no/such/program",), tmp_path / "none.log", 0, 1.0), os.environ, tmp_path)
    assert processes.wait_for_end("none", PATIENCE) == 127
    assert "could not be started" in (tmp_path / "none.log").read_text()
    assert processes.stop(PATIENCE) == []


def supervised(tmp_path: Path) -> tuple[subprocess.Popen[str], list[int]]:
    """A supervisor in a process of its own with two services, one of which hides a grandchild; and all their ids."""
    program = textwrap.dedent(f"""
        import os, sys, time
        from pathlib import Path
        from targetwatch.supervisor.processes import Processes, Service
        folder = Path({str(tmp_path)!r})
        processes = Processes(lambda name, code: None)
        for name, program in (("plain", {STUBBORN!r}), ("hiding", {hiding(tmp_path / "pid")!r})):
            log = folder / (name + ".log")
            print(processes.start(Service(name, (sys.executable, "-c", program), log, 0, 0.5), os.environ, folder))
        print(processes.keeper_pid, flush=True)
        time.sleep(600)
    """)
    supervisor = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout is not None
    pids = [int(supervisor.stdout.readline()) for _ in range(3)]
    until((tmp_path / "pid").exists)
    return supervisor, [*pids, int((tmp_path / "pid").read_text())]


def test_a_killed_supervisor_leaves_nothing(tmp_path: Path):
    """After kill -9 of the supervisor its keeper stops everything, also what hides or will not listen, and goes."""
    supervisor, pids = supervised(tmp_path)
    assert all(lives(pid) for pid in pids)
    supervisor.kill()
    supervisor.communicate(timeout=PATIENCE)
    until(lambda: not any(lives(pid) for pid in pids))


def test_a_killed_keeper_is_noticed_and_leaves_no_service(tmp_path: Path):
    """The keeper itself may be killed: its services are told by the kernel, and the supervisor kills what stays."""
    ends = Ends()
    processes = Processes(ends)
    pids = [
        processes.start(service(tmp_path, "plain", SLEEP), os.environ, tmp_path),
        processes.start(service(tmp_path, "stubborn", STUBBORN), os.environ, tmp_path),
    ]
    os.kill(processes.keeper_pid, signal.SIGKILL)
    until(lambda: bool(ends.told))
    assert ends.told[0][0] == "the keeper of processes"
    assert processes.stop(PATIENCE) == []
    until(lambda: not any(lives(pid) for pid in pids))


def test_a_log_that_has_grown_large_is_set_aside(tmp_path: Path):
    """Logs of a set-up that stays up for months do not fill the disk."""
    from targetwatch.supervisor import keeper

    log = tmp_path / "api-server.log"
    log.write_bytes(b"x" * 100)
    holder = keeper.Keeper()
    holder.services[1] = keeper.Started("api-server", 1, 0, 1.0, str(log))
    holder.tidy_logs(50)
    assert log.read_bytes() == b""
    assert (tmp_path / "api-server.log.1").read_bytes() == b"x" * 100
