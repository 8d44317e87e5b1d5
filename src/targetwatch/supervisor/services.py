"""What the embedded set-up consists of: four processes of Airflow and, where no Slack is given, its stand-in."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pydantic import SecretStr

from targetwatch.settings import Settings
from targetwatch.supervisor.processes import Service

MIGRATION = "airflow db migrate"
STANDIN = "slack stand-in"
WATCHDOG = "watchdog"
LISTENER = "listener"


def migration(logs: Path) -> Service:
    """The one-off process that makes the metadata database or brings it up to date."""
    argv = (sys.executable, "-m", "airflow", "db", "migrate")
    return Service(MIGRATION, argv, logs / "db-migrate.log", stop_step=0, grace=10)


def airflow(logs: Path) -> tuple[Service, ...]:
    """Airflow's processes, in the order in which they are started.

    Those that make work stop first, and what running tasks still need (the API, Slack) stops after them. The log
    servers are left out: they would listen on all interfaces, and on one machine the log files are read as they are.
    """
    airflow = (sys.executable, "-m", "airflow")
    return (
        Service("airflow api-server", (*airflow, "api-server"), logs / "api-server.log", stop_step=1, grace=3),
        # A running task may end its work.
        Service("airflow scheduler", (*airflow, "scheduler", "--skip-serve-logs"), logs / "scheduler.log", 0, grace=20),
        Service("airflow dag-processor", (*airflow, "dag-processor"), logs / "dag-processor.log", 0, grace=3),
        # It remembers nothing, and it waits ten seconds for its own child though that has ended.
        Service("airflow triggerer", (*airflow, "triggerer", "--skip-serve-logs"), logs / "triggerer.log", 0, grace=3),
    )


def standin(logs: Path) -> Service:
    """The local server that stands in for Slack."""
    return Service(STANDIN, (sys.executable, "-m", "targetwatch.standin"), logs / "standin.log", stop_step=2, grace=6)


def watchdog(logs: Path) -> Service:
    """The process that says when nothing is evaluated any more. It needs none of the others."""
    argv = (sys.executable, "-m", "targetwatch.cli", "watchdog")
    return Service(WATCHDOG, argv, logs / "watchdog.log", stop_step=0, grace=5)


def listener(logs: Path) -> Service:
    """The process that answers buttons and commands. A refused token does not end it: the rest goes on without."""
    argv = (sys.executable, "-m", "targetwatch.cli", "listen", "--keep-trying")
    return Service(LISTENER, argv, logs / "listener.log", stop_step=0, grace=8)


def known(logs: Path) -> tuple[Service, ...]:
    """Every service that may be running."""
    return (*airflow(logs), standin(logs), watchdog(logs), listener(logs))


def wants_listener(settings: Settings) -> bool:
    """Whether there is something to listen to: the stand-in, or a Slack that an app-level token is known for."""
    return wants_standin(settings) or settings.slack_app_token is not None


def wants_standin(settings: Settings) -> bool:
    """Whether messages have nowhere else to go."""
    return not settings.has_slack


def environment(settings: Settings, airflow_home: Path) -> dict[str, str]:
    """The services' environment: this process's own, without another Airflow's settings, and with ours spelled out."""
    env = {name: value for name, value in os.environ.items() if not _is_foreign(name)}
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        if isinstance(value, Path):
            value = value.resolve()
        if value is not None:
            env[f"TARGETWATCH_{name.upper()}"] = str(value)
    local = "127.0.0.1,localhost"
    return env | {
        "AIRFLOW_HOME": str(airflow_home),
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), env.get("PATH", os.defpath))),
        "PYTHONUNBUFFERED": "1",
        "NO_PROXY": ",".join(filter(None, (env.get("NO_PROXY"), local))),
        "no_proxy": ",".join(filter(None, (env.get("no_proxy"), local))),
        "GX_ANALYTICS_ENABLED": "false",
        "SCARF_ANALYTICS": "false",
        "DO_NOT_TRACK": "1",
    }


def _is_foreign(name: str) -> bool:
    """Whether a variable would bend our Airflow into another's shape. Connections and variables are welcome."""
    if name.upper().startswith("TARGETWATCH_"):
        return True  # said again from the settings, so that what was left out stays left out
    return name.startswith(("AIRFLOW_", "_AIRFLOW_")) and not name.startswith(("AIRFLOW_CONN_", "AIRFLOW_VAR_"))
