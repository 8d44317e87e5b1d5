"""Starting and stopping the set-up, with small processes in the place of Airflow's: what people are told, and when."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from targetwatch.settings import Settings
from targetwatch.supervisor import (
    AlreadyRunning,
    PortInUse,
    ServiceDied,
    SetUpFailed,
    Supervisor,
    airflow_home,
    services,
)
from targetwatch.supervisor.keeper import lives, living
from targetwatch.supervisor.processes import Processes, Service

FAKE = str(Path(__file__).parent / "fake_airflow.py")
PATIENCE = 30.0


def free_port() -> int:
    """A port that nobody has this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fake(name: str, logs: Path, *command: str, stop_step: int = 0) -> Service:
    """A process of the stand-in for Airflow."""
    return Service(name, (sys.executable, FAKE, *command), logs / f"{name}.log", stop_step, 5.0)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home of this test's own, on free ports."""
    return Settings(home=tmp_path / "home", airflow_port=free_port(), standin_port=free_port())


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Small processes in the place of Airflow's."""

    def airflow(logs: Path) -> tuple[Service, ...]:
        api = fake("api", logs, "serve", str(settings.airflow_port), stop_step=1)
        return (api, fake("scheduler", logs, "work"), fake("triggerer", logs, "work"))

    monkeypatch.setattr(services, "airflow", airflow)
    monkeypatch.setattr(services, "standin", lambda logs: fake("standin", logs, "serve", str(settings.standin_port)))
    monkeypatch.setattr(services, "watchdog", lambda logs: fake("watchdog", logs, "work"))
    monkeypatch.setattr(services, "listener", lambda logs: fake("listener", logs, "work"))
    monkeypatch.setattr(services, "migration", lambda logs: fake(services.MIGRATION, logs, "db"))


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The names and ids of what is started."""
    found: list[tuple[str, int]] = []
    start = Processes.start

    def noting(self: Processes, service: Service, *rest: object) -> int:
        pid = start(self, service, *rest)  # type: ignore[arg-type]
        found.append((service.name, pid))
        return pid

    monkeypatch.setattr(Processes, "start", noting)
    return found


def test_it_comes_up_says_where_and_leaves_nothing(settings: Settings, started: list[tuple[str, int]]):
    """Addresses and login are said; afterwards no process is there, and that is said too."""
    said: list[str] = []
    with Supervisor(settings, said.append).running() as up:
        assert up.ui == f"http://127.0.0.1:{settings.airflow_port}"
        assert up.standin == f"http://127.0.0.1:{settings.standin_port}"
        assert all(lives(pid) for name, pid in started if name != services.MIGRATION)
    assert living({pid for _, pid in started}) == []
    told = "\n".join(said)
    assert up.ui in told
    assert up.standin in told
    assert f"{up.user} / {up.password}" in told
    assert said[-1] == "Stopped; no process is left."


def test_a_second_start_migrates_nothing_and_does_not_show_the_password_again(
    settings: Settings, started: list[tuple[str, int]]
):
    """The schema is as the installed Airflow left it, and the login has been told."""
    with Supervisor(settings, lambda _: None).running() as up:
        password = up.password
    said: list[str] = []
    started.clear()
    with Supervisor(settings, said.append).running() as again:
        assert again.password == password
    assert services.MIGRATION not in [name for name, _ in started]
    assert password not in "\n".join(said)
    assert "passwords.json" in "\n".join(said)


def test_with_a_token_there_is_no_stand_in(settings: Settings, started: list[tuple[str, int]]):
    """Messages go to the real Slack, and nothing pretends to be it."""
    real = Settings(home=settings.home, airflow_port=settings.airflow_port, slack_token="xoxb-real")
    with Supervisor(real, lambda _: None).running() as up:
        assert up.standin is None
    assert "standin" not in [name for name, _ in started]


def test_a_port_in_use_is_said_before_anything_starts(settings: Settings, started: list[tuple[str, int]]):
    """The message names the port and the setting that moves it; the exit code is that of wrong input."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", settings.standin_port))
        other.listen()
        with (
            pytest.raises(PortInUse, match=rf"{settings.standin_port}.*TARGETWATCH_STANDIN_PORT=") as caught,
            Supervisor(settings, lambda _: None).running(),
        ):
            pass
    assert caught.value.exit_code == 2
    assert started == []


def test_a_home_has_one_supervisor(settings: Settings):
    """A second one in the same home is refused, with the first one's process id."""
    with (
        Supervisor(settings, lambda _: None).running(),
        pytest.raises(AlreadyRunning, match=r"already running .*process \d+") as caught,
        Supervisor(settings, lambda _: None).running(),
    ):
        pass
    assert caught.value.exit_code == 2


def test_a_service_that_dies_takes_the_rest_with_it_and_is_named(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, started: list[tuple[str, int]]
):
    """Which one, how, and the last lines of its log; the exit code is that of our failure."""
    sound = services.airflow
    monkeypatch.setattr(services, "airflow", lambda logs: (*sound(logs), fake("dag-processor", logs, "die")))
    with (
        pytest.raises(ServiceDied, match="dag-processor ended with exit code 5") as caught,
        Supervisor(settings, lambda _: None).running() as up,
    ):
        up.wait(PATIENCE)
    assert "the disk is full" in str(caught.value)
    assert caught.value.exit_code == 3
    assert living({pid for _, pid in started}) == []


def test_a_migration_that_fails_is_named(monkeypatch: pytest.MonkeyPatch, settings: Settings):
    """Nothing is started on a database that is not in order."""
    monkeypatch.setattr(services, "migration", lambda logs: fake(services.MIGRATION, logs, "die"))
    with (
        pytest.raises(ServiceDied, match="db migrate ended with exit code 5"),
        Supervisor(settings, lambda _: None).running(),
    ):
        pass


@contextmanager
def pressing(key: Callable[[], None]) -> Iterator[None]:
    """Press a key a moment after the block has begun, from outside."""
    timer = threading.Timer(0.2, key)
    timer.start()
    try:
        yield
    finally:
        timer.join()


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_ctrl_c_and_sigterm_end_it_quietly(settings: Settings, started: list[tuple[str, int]], number: str):
    """Whoever waits is let go, everything is stopped, and the block is left as if it had come to its end."""
    before = signal.getsignal(signal.SIGINT)
    with (
        Supervisor(settings, lambda _: None).running() as up,
        pressing(lambda: os.kill(os.getpid(), signal.Signals[number])),
    ):
        up.wait(PATIENCE)
        pytest.fail("the wait went on")
    assert living({pid for _, pid in started}) == []
    assert signal.getsignal(signal.SIGINT) is before


def test_a_failure_inside_the_block_stops_everything_and_comes_through(
    settings: Settings, started: list[tuple[str, int]]
):
    """The demo may fail; the set-up does not stay behind."""
    with pytest.raises(LookupError), Supervisor(settings, lambda _: None).running():
        raise LookupError
    assert living({pid for _, pid in started}) == []


def test_keys_and_login_are_for_their_owner_alone(settings: Settings):
    """Whatever is secret lies in files of mode 0600, in a folder of mode 0700."""
    home = airflow_home.prepare(settings, "http://127.0.0.1:1")
    assert stat.S_IMODE(home.folder.stat().st_mode) == 0o700
    for name in ("airflow.cfg", "keys.json", "passwords.json"):
        assert stat.S_IMODE((home.folder / name).stat().st_mode) == 0o600


def test_keys_and_login_are_made_once_a_home(settings: Settings, tmp_path: Path):
    """A restart keeps sessions and encrypted values readable; another home shares nothing with this one."""
    first = airflow_home.prepare(settings, "http://127.0.0.1:1")
    again = airflow_home.prepare(settings, "http://127.0.0.1:1")
    other = airflow_home.prepare(Settings(home=tmp_path / "other"), "http://127.0.0.1:1")
    assert (first.password_is_new, again.password_is_new) == (True, False)
    assert again.password == first.password != other.password
    assert (again.folder / "keys.json").read_text() != (other.folder / "keys.json").read_text()


def test_another_airflows_environment_is_left_out(monkeypatch: pytest.MonkeyPatch, settings: Settings):
    """A variable in somebody's shell must not point us at another metadata database; connections are welcome."""
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql://production")
    monkeypatch.setenv("AIRFLOW_CONN_CITY", "https://city")
    monkeypatch.setenv("TARGETWATCH_CLOCK", "/nowhere")
    env = services.environment(settings, Path("/home/airflow"))
    assert "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN" not in env
    assert "TARGETWATCH_CLOCK" not in env  # the settings at hand have none
    assert env["AIRFLOW_CONN_CITY"] == "https://city"
    assert env["AIRFLOW_HOME"] == "/home/airflow"
    assert env["TARGETWATCH_HOME"] == str(settings.home)


def test_the_configuration_is_what_airflow_reads(settings: Settings):
    """Airflow itself, in the environment of a service, reads loopback, SQLite in the home, no examples and our DAGs."""
    home = airflow_home.prepare(settings, "http://127.0.0.1:1")
    asked = ("api/host", "core/load_examples", "database/sql_alchemy_conn", "dag_processor/dag_bundle_config_list")
    program = (
        "import json\n"
        "from airflow.configuration import conf\n"
        f"print(json.dumps([conf.get(*option.split('/')) for option in {asked!r}]))\n"
    )
    env = services.environment(settings, home.folder)
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True, timeout=120
    )
    host, examples, database, bundles = json.loads(done.stdout.splitlines()[-1])
    assert (host, examples) == ("127.0.0.1", "False")
    assert database == f"sqlite:///{home.database}"
    assert json.loads(bundles)[0]["kwargs"] == {"path": str(airflow_home.DAGS)}


def test_every_failure_has_an_exit_code():
    """The command line can tell wrong input from our failure by the exception alone."""
    kinds = SetUpFailed.__subclasses__()
    assert {kind.exit_code for kind in kinds} == {2, 3}
