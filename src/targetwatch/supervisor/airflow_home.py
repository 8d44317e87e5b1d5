"""The embedded Airflow's home: its configuration, its keys and its database's schema.

Everything lies in `home/airflow/airflow.cfg`, mode 0600, written anew at each start; so `AIRFLOW_HOME=<home>/airflow
airflow dags list` works for a person too. Keys and the login are made once a home and kept.
"""

from __future__ import annotations

import configparser
import io
import json
import os
import secrets
import sqlite3
from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from targetwatch.settings import CHECKOUT, Settings

DAGS = CHECKOUT / "dags"
USER = "admin"

# What Airflow imports first, in every process of its own.
LOCAL_SETTINGS = '''\
"""Written by targetwatch at each start."""

from targetwatch import preload

preload.into_the_scheduler()
'''

# What hears when Airflow's scheduler has set up its logging.
PLUGIN = '''\
"""Written by targetwatch at each start."""

from airflow.plugins_manager import AirflowPlugin

from targetwatch.operations import airflow_logs


class SecretsStayOut(AirflowPlugin):
    name = "targetwatch_logs"
    listeners = [airflow_logs]
'''


@dataclass(frozen=True, slots=True)
class AirflowHome:
    """A folder that is ready for `airflow` to be started in."""

    folder: Path
    password: str
    password_is_new: bool

    @property
    def database(self) -> Path:
        """Airflow's own metadata, in SQLite."""
        return self.folder / "airflow.db"

    @property
    def passwords(self) -> Path:
        """Where the login is kept."""
        return self.folder / "passwords.json"

    @property
    def _schema(self) -> Path:
        return self.folder / "schema.json"

    def has_current_schema(self) -> bool:
        """Whether the database is as the installed Airflow left it, so that migrating would change nothing."""
        if not self._schema.exists() or not self.database.exists():
            return False
        noted: dict[str, str] = json.loads(self._schema.read_text(encoding="utf-8"))
        return noted == {"airflow": version("apache-airflow-core"), "revision": self._revision()}

    def note_schema(self) -> None:
        """Note that the installed Airflow has just migrated the database."""
        noted = {"airflow": version("apache-airflow-core"), "revision": self._revision()}
        self._schema.write_text(json.dumps(noted), encoding="utf-8")

    def _revision(self) -> str:
        with closing(sqlite3.connect(self.database)) as connection:
            try:
                (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
            except sqlite3.Error:
                return ""
        return str(revision)


def prepare(settings: Settings, ui: str) -> AirflowHome:
    """Make or refresh the home, for an Airflow whose own processes reach its API at the address `ui`."""
    folder = settings.home.resolve() / "airflow"
    for each in (folder, folder / "config", folder / "plugins", folder / "bundles"):
        each.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    (folder / "config" / "airflow_local_settings.py").write_text(LOCAL_SETTINGS, encoding="utf-8")
    (folder / "plugins" / "targetwatch_logs.py").write_text(PLUGIN, encoding="utf-8")
    kept = _kept(folder / "keys.json", _new_keys)
    home = AirflowHome(folder, "", False)
    is_new = not home.passwords.exists()
    login = _kept(home.passwords, lambda: {USER: secrets.token_urlsafe(12)})
    _write_config(home, settings, kept, ui)
    return AirflowHome(folder, login[USER], is_new)


def _new_keys() -> dict[str, str]:
    return {
        "fernet_key": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "secret_key": secrets.token_urlsafe(32),
        "jwt_secret": secrets.token_urlsafe(64),
    }


def _kept(path: Path, make: Callable[[], dict[str, str]]) -> dict[str, str]:
    """What `path` holds; made now, for its owner's eyes only, where there is nothing yet."""
    if not path.exists():
        _write_private(path, json.dumps(make()))
    path.chmod(0o600)
    kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return kept


def _write_private(path: Path, text: str) -> None:
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    unfinished.replace(path)


def _write_config(home: AirflowHome, settings: Settings, keys: dict[str, str], ui: str) -> None:
    logs = settings.home.resolve() / "logs"
    bundle = {
        "name": "targetwatch",
        "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
        "kwargs": {"path": str(DAGS)},
    }
    config = configparser.ConfigParser(interpolation=None)
    config.read_dict(
        {
            "core": {
                "dags_folder": str(DAGS),
                "plugins_folder": str(home.folder / "plugins"),
                "executor": "LocalExecutor",
                "parallelism": "4",
                "load_examples": "False",
                "dags_are_paused_at_creation": "False",  # an event for a paused DAG would be lost
                "fernet_key": keys["fernet_key"],
                "simple_auth_manager_users": f"{USER}:admin",
                "simple_auth_manager_passwords_file": str(home.passwords),
                "execution_api_server_url": f"{ui}/execution/",
                "hostname_callable": "socket.gethostname",  # the default asks DNS, and waits where there is none
            },
            "database": {
                "sql_alchemy_conn": f"sqlite:///{home.database}",
                "check_migrations": "False",  # the supervisor has seen to it, once for all four
            },
            "logging": {
                "base_log_folder": str(logs / "tasks"),
                "dag_processor_child_process_log_directory": str(logs / "dags"),
                "colored_console_log": "False",
            },
            "scheduler": {
                "scheduler_idle_sleep_time": "0.2",
                # After a crash the next start takes over within a minute, not five: nobody else could be at work.
                "orphaned_tasks_check_interval": "20",
                "task_instance_heartbeat_timeout": "60",
            },
            "triggerer": {"job_heartbeat_sec": "2", "triggerer_health_check_threshold": "10"},
            "dag_processor": {
                "parsing_processes": "1",
                "refresh_interval": "15",
                "dag_bundle_storage_path": str(home.folder / "bundles"),
                "dag_bundle_config_list": json.dumps([bundle]),
            },
            "api": {
                "host": settings.host,
                "port": str(settings.airflow_port),
                "base_url": ui,  # what links to logs begin with
                "secret_key": keys["secret_key"],
                "workers": "1",
                "worker_timeout": "30",
            },
            # A worker that misses the end of its task looks again after this long.
            "workers": {"min_heartbeat_interval": "1"},
            "api_auth": {"jwt_secret": keys["jwt_secret"]},
        }
    )
    text = io.StringIO()
    config.write(text)
    _write_private(
        home.folder / "airflow.cfg", text.getvalue().replace("%", "%%")
    )  # Airflow interpolates what it reads
