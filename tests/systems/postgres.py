"""A real PostgreSQL on loopback, in a temporary folder, run by a user without privileges and ended by its id."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pytest

if TYPE_CHECKING:
    import psycopg

Connect = Callable[[str, str], None]

OWNER = "postgres"
READER = "reader"  # the login that a connector is given: it may read, and nothing else
UNPRIVILEGED = ("postgres", "nobody")  # PostgreSQL does not run as root
PATIENCE = 60.0  # seconds
# Nothing of it is to outlive the tests.
DATABASES = count(1)
FOR_TESTS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "lc_messages=C", "max_connections=40")


class NoPostgresError(Exception):
    """No PostgreSQL is installed here."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server, and its databases."""

    port: int
    password: str

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """A connection of the owner's, each statement by itself."""
        import psycopg

        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=OWNER, password=self.password, dbname=database, autocommit=True
        )

    def create(self, *statements: str) -> Database:
        """A new database with what the statements make in it, which the reader may read."""
        name = f"test_{next(DATABASES)}"
        with self.connect() as conn:
            conn.execute(f"CREATE DATABASE {name}")
        made = Database(self, name)
        made.run(f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {READER}", *statements)
        return made


@dataclass(frozen=True, slots=True)
class Database:
    """One database of a running server."""

    server: Postgres
    name: str

    def connect(self) -> psycopg.Connection[Any]:
        """A connection of the owner's, each statement by itself."""
        return self.server.connect(self.name)

    def run(self, *statements: str) -> None:
        """Run statements as the owner, each by itself."""
        with self.connect() as conn:
            for statement in statements:
                conn.execute(statement)

    def copy(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        """Add rows to a table."""
        with self.connect() as conn, conn.cursor().copy(f"COPY {table} FROM STDIN") as copying:
            for row in rows:
                copying.write_row(row)

    def value(self, query: str) -> Any:
        """The one value that a query has."""
        with self.connect() as conn:
            found = conn.execute(query).fetchone()
        assert found is not None
        return found[0]

    def uri(self, password: str | None = None, **extra: str) -> str:
        """The reader's Airflow Connection to it."""
        asked = f"?{urlencode(extra)}" if extra else ""
        secret = quote(password or self.server.password, safe="")
        return f"postgres://{READER}:{secret}@127.0.0.1:{self.server.port}/{self.name}{asked}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL for as long as the tests last; skipped where none is installed, but not by CI."""
    try:
        _programs()
    except NoPostgresError as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))
    with running() as server:
        yield server


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Connect:
    """A way to set up an Airflow Connection, as its environment has it, for the length of a test."""
    if "AIRFLOW_HOME" not in os.environ:  # read when Airflow is first imported
        monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path_factory.mktemp("airflow")))

    def by(name: str, uri: str) -> None:
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", uri)

    return by


@contextmanager
def running() -> Iterator[Postgres]:
    """A server of its own, for as long as the block lasts. Raises NoPostgresError where none is installed."""
    programs = _programs()
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="targetwatch-postgres-"))
    password = secrets.token_urlsafe(12)
    try:
        if user is not None:
            os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        secret = folder / "password"
        secret.write_text(password, encoding="utf-8")
        secret.chmod(0o644)  # within a folder that its user alone can enter
        _run(programs / "initdb", "-D", folder / "data", "-U", OWNER, "-A", "scram-sha-256", f"--pwfile={secret}",
             "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", user=user, folder=folder)  # fmt: skip
        port = _free_port()
        settings = [part for one in (*FOR_TESTS, f"port={port}", "listen_addresses=127.0.0.1") for part in ("-c", one)]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", folder / "data", "-k", folder, *settings],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, **_as(user),
            )  # fmt: skip
        try:
            found = Postgres(port, password)
            _wait(server, found, folder / "log")
            with found.connect() as conn:
                conn.execute(f"CREATE ROLE {READER} LOGIN PASSWORD '{password}'")
            yield found
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: what it leaves is thrown away
            server.wait(PATIENCE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """The folder of the newest PostgreSQL's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise NoPostgresError("No PostgreSQL is installed: `apt-get install postgresql` brings one.")
    return Path(on_path).resolve().parent


def _user() -> str | None:
    """Whom to run the server as: nobody else, unless this is root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in UNPRIVILEGED if name in known)


def _as(user: str | None) -> dict[str, Any]:
    """What makes a process of that user's, without anything of ours."""
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"}
    if user is None:
        return {"env": environment}
    return {"env": environment, "user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _run(*command: object, user: str | None, folder: Path) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd=folder, **_as(user))
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(server: subprocess.Popen[bytes], found: Postgres, log: Path) -> None:
    """Wait until the server answers."""
    import psycopg

    for _ in range(round(PATIENCE / 0.05)):
        if server.poll() is not None:
            raise RuntimeError(f"PostgreSQL did not start: {log.read_text(encoding='utf-8', errors='replace')}")
        try:
            found.connect().close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("PostgreSQL did not answer in time.")
