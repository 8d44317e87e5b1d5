"""No token, password or secret leaves the process: into no file, snapshot, log, message, XCom or line of a command.

Not even where the system at the other end sends back in its errors what it was sent.
"""

from __future__ import annotations

import base64
import json
import logging
import re
import socket
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from airflow.dag_processing.dagbag import DagBag

from targetwatch import diagnosis, operations
from targetwatch.operations.scrubbing import forms, scrubbed
from targetwatch.settings import CHECKOUT, Settings
from targetwatch.standin import running
from targetwatch.standin.server import Running
from targetwatch.warehouse import open_snapshots
from tests.installation import words
from tests.systems.services import connections
from tests.systems.small_programme import of_sources

NOW = datetime(2025, 6, 18, 2, tzinfo=UTC)
SOURCES = ("lgsp", "city_portal", "documents", "data_centre_wan", "open_data_portal", "mailboxes")
ISSUED = "issued-access-token-8b1f7c"  # what the gateway gives for the client's secret is a secret too
SECRETS = {
    "slack token": "xoxb-123456789012-SeCrEtOfTheBot",
    "app token": "xapp-1-A012345-987654-SeCrEtOfTheApp",
    "watchdog's address": "http://127.0.0.1:9/ping/SeCrEtOfTheService",
    "mail": "mật khẩu/thư+điện tử",
    "webhook": "hook/S3cret+of&the=webhook",
    "webhook's signature": "hmac-S3cret-of-the-webhook",
    "gateway": "client's secret/of+the gateway",
    "portal": "portal%bearer/t0ken+x",
    "database": "p@ss:w/rd?of&the=database",
    "prometheus": "prometheus+p@ssword/x y",
    "ckan": "ckan-api-key-0f-the-portal",
    "issued": ISSUED,
}
# In a header a password is packed together with its login.
SECRETS |= {
    "gateway's login": f"targetwatch:{SECRETS['gateway']}",
    "prometheus' login": f"reader:{SECRETS['prometheus']}",
}


class Echo(BaseHTTPRequestHandler):
    """A service that refuses everything, and says in its refusal all that it was sent; it gives tokens, though."""

    def _answer(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(errors="replace")
        gives = self.path.startswith("/token")
        said = {"access_token": ISSUED, "token_type": "Bearer", "expires_in": 60} if gives else {
            "error": f"forbidden: {dict(self.headers)} {self.path} {sent}", "success": False, "status": "error",
        }  # fmt: skip
        body = json.dumps(said, ensure_ascii=False).encode()
        self.send_response(200 if gives else 403, None if gives else f"no {self.headers.get('Authorization')}"[:200])
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = _answer  # noqa: N815 (the names are the library's)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def echoing() -> Iterator[str]:
    """The service on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Records(logging.Handler):
    """Every record of every logger, as it would be written, with its arguments and its traceback."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.lines.append(f"{record.name}: {logging.Formatter().format(record)} {record.__dict__.get('msg')}")


@pytest.fixture
def records() -> Iterator[Records]:
    """All loggers at DEBUG, as somebody sets them who looks for a fault."""
    handler, root = Records(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield handler
    finally:
        root.setLevel(before)
        root.removeHandler(handler)


@dataclass
class Seen:
    """What came out, by where it came out."""

    texts: list[tuple[str, str]] = field(default_factory=list)

    def add(self, where: str, what: object) -> None:
        """Something came out."""
        self.texts.append((where, what if isinstance(what, str) else repr(what)))

    def leaks(self) -> list[tuple[str, str]]:
        """Which secret came out where."""
        return [
            (name, where)
            for where, text in self.texts
            for name, secret in SECRETS.items()
            if any(form in text for form in forms(secret))
        ]


def programme_with_every_receiver(folder: Path) -> Path:
    """A small programme whose late sources are told by Slack, by mail and by a webhook."""
    made = of_sources(folder, SOURCES)
    wanted = (CHECKOUT / "catalogue" / "sources" / "open_data_list.csv").read_text(encoding="utf-8").splitlines()
    kept = [wanted[0], *(line for line in wanted if re.search(r",SO-(TP|NV)\b", line))]
    (made / "catalogue" / "sources" / "open_data_list.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    path = made / "catalogue" / "receivers.yaml"
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    written["receivers"] |= {
        "by-mail": {"email": ["someone@example.invalid"], "language": "vi"},
        "by-hook": {"webhook": "hook", "language": "en"},
    }
    everything = [{"receiver": name, "continue": True} for name in ("by-mail", "by-hook", "data-engineers")]
    written["route"] = {"receiver": "data-engineers", "routes": everything}
    path.write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
    return made


def connect_all(patch: pytest.MonkeyPatch, echo: str) -> None:
    """Every connection with its secret."""
    port = closed_port()
    connections.connect(
        patch, "lgsp", echo, login="targetwatch", password=SECRETS["gateway"], token_url=f"{echo}/token"
    )
    connections.connect(patch, "city_portal", echo, headers={"Authorization": f"Bearer {SECRETS['portal']}"})
    connections.connect(patch, "open_data_portal", echo, password=SECRETS["ckan"])
    connections.connect(patch, "data_centre_wan", echo, login="reader", password=SECRETS["prometheus"])
    database = {"conn_type": "postgres", "host": "127.0.0.1", "port": port, "login": "reader", "schema": "documents"}
    patch.setenv("AIRFLOW_CONN_DOCUMENTS", json.dumps(database | {"password": SECRETS["database"]}))
    mail = {"conn_type": "smtp", "host": "127.0.0.1", "port": port, "login": "sender", "password": SECRETS["mail"]}
    patch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(mail | {"extra": {"from_email": "a@example.invalid"}}))
    hook = {"conn_type": "http", "host": f"{echo}/hook", "password": SECRETS["webhook"]}
    extra = {"secret": SECRETS["webhook's signature"], "headers": {"X-Token": SECRETS["webhook"]}}
    patch.setenv("AIRFLOW_CONN_HOOK", json.dumps(hook | {"extra": extra}))


@dataclass
class Instance:
    """A task instance, as far as callbacks see it."""

    dag_id: str
    task_id: str
    run_id: str = "run"
    try_number: int = 1
    log_url: str = "http://127.0.0.1:8080/log"


def run_tasks(patch: pytest.MonkeyPatch, seen: Seen) -> set[str]:
    """Run every task of the shipped DAGs, and the callback that follows; the names of those that failed.

    What a task returns is what Airflow keeps as its XCom, and what it raises goes into its log with its traceback.
    """
    failed = set()
    patch.setattr("targetwatch.clock.now", lambda _: NOW)
    bag = DagBag(CHECKOUT / "dags")
    assert bag.import_errors == {}
    dags = [dag for dag in bag.dags.values() if "act" not in dag.tags]  # those need a person who fills in a form
    for dag in sorted(dags, key=lambda dag: (not dag.dag_id.startswith("gather"), dag.dag_id)):
        for task in dag.tasks:
            context: dict[str, Any] = {"ti": Instance(dag.dag_id, task.task_id), "task": None}
            try:
                seen.add(f"xcom of {dag.dag_id}/{task.task_id}", json.dumps(task.python_callable(), default=str))
            except Exception as raised:  # noqa: BLE001 - whatever a task raises goes into its log
                seen.add(f"log of {dag.dag_id}/{task.task_id}", "".join(traceback.format_exception(raised)))
                if type(raised).__name__ == "AirflowSkipException":
                    continue
                failed.add(f"{dag.dag_id}/{task.task_id}")
                for callback in task.on_failure_callback:
                    callback(context | {"exception": raised})
            else:
                for callback in task.on_success_callback:
                    callback(context)
    return failed


def look_into_files(home: Path, seen: Seen) -> None:
    """Every file under the home, byte by byte, and every table and view of the snapshots, row by row."""
    for file in sorted(home.rglob("*")):
        if file.is_file():
            seen.add(f"file {file.relative_to(home)}", file.read_bytes().decode("utf-8", errors="replace"))
    with open_snapshots(home) as snapshots:
        names = snapshots.fetch(
            "SELECT DISTINCT table_catalog, table_schema, table_name FROM information_schema.tables"
        ).rows()
        assert len(names) > 20
        for catalog, schema, table in names:
            rows = snapshots.fetch(f'SELECT * FROM "{catalog}"."{schema}"."{table}"').rows()
            seen.add(f"snapshot's {table}", "\n".join(map(str, rows)))


def standing(standin: Running) -> Iterator[tuple[str, str]]:
    """Every message in the stand-in, as it is kept and as it is read."""
    for channel in standin.store.channels():
        for message in standin.store.messages(channel.id):
            kept = json.dumps([message.text, message.blocks, message.metadata], ensure_ascii=False)
            yield channel.name, "\n".join([kept, *words(message)])


@pytest.mark.timeout(300)
def test_no_secret_leaves_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, records: Records, capfd: pytest.CaptureFixture[str]
) -> None:
    """All of the corridor with every secret set, every system refusing, and every word that came out looked through."""
    seen, home = Seen(), tmp_path / "home"
    programme = programme_with_every_receiver(tmp_path / "programme")
    refused = home / "inbox" / "mailboxes" / "hỏng.csv"
    refused.parent.mkdir(parents=True)
    refused.write_text("no,such,columns\n1,2,3\n", encoding="utf-8")
    with running(tmp_path / "slack") as standin, echoing() as echo:
        connect_all(monkeypatch, echo)
        given = {
            "HOME": str(home), "PROGRAMME": str(programme), "SLACK_URL": standin.api,
            "SLACK_TOKEN": SECRETS["slack token"], "SLACK_APP_TOKEN": SECRETS["app token"],
            "WATCHDOG_URL": SECRETS["watchdog's address"],
        }  # fmt: skip
        for name, value in given.items():
            monkeypatch.setenv(f"TARGETWATCH_{name}", value)
        settings = Settings()
        failed = run_tasks(monkeypatch, seen)
        for finding in diagnosis.examine(settings, NOW):
            seen.add("doctor", finding.says)
        seen.add("settings", repr(settings))
        operations.failed(settings, "told/by-hand", f"it said {SECRETS['mail']} and {SECRETS['slack token']}", NOW)
        seen.add("sending", repr(operations.send(settings, NOW)))
        told = list(standing(standin))
    for channel, text in told:
        seen.add(f"message in {channel}", text)
    for line in records.lines:
        seen.add("log", line)
    written = capfd.readouterr()
    seen.add("standard output", written.out)
    seen.add("standard error", written.err)
    look_into_files(home, seen)

    refusing = {f"gather__{source}/gather" for source in SOURCES if source != "mailboxes"}
    assert refusing <= failed, "not every system was asked, and refused: this test looks at nothing"
    assert "van-hanh" in {channel for channel, _ in told}, "the operators heard nothing"
    assert "data-quality" in {channel for channel, _ in told}, "nothing was told of the refused delivery"
    echoed = {where for where, text in seen.texts if "forbidden: {" in text}
    assert {"log of gather__lgsp/gather", "message in van-hanh", "doctor"} <= echoed, "no system sent back what it got"
    assert seen.leaks() == []


def test_a_leak_would_be_seen() -> None:
    """The look that finds nothing above finds what is there."""
    seen = Seen()
    seen.add("a file", f"Authorization: Basic {base64.b64encode(SECRETS['database'].encode()).decode()}")
    seen.add("a log", f"https://x/?token={quote(SECRETS['portal'], safe='')}")
    assert seen.leaks() == [("database", "a file"), ("portal", "a log")]


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_known_in_each_form_in_which_it_travels(name: str) -> None:
    """In an address, in JSON, in base 64: what is known is taken out, whatever stands around it."""
    secret = SECRETS[name]
    for form in forms(secret):
        said = f"refused ({form}), says {form}"
        assert all(one not in scrubbed(said, [secret]) for one in forms(secret))


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("postgresql://reader:p4ss@db/x", "postgresql://***@db/x"),
        ("token xoxb-1-2-abc and xapp-1-A-b", "token *** and ***"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("Authorization: Basic cmVhZGVyOnA0c3M=", "Authorization: Basic ***"),
        ("GET /x?api_key=abc&page=2 failed", "GET /x?api_key=***&page=2 failed"),
        ("{'password': 'abc', 'host': 'db'}", "{'password': '***', 'host': 'db'}"),
        ("https://hooks.slack.com/services/T/B/x: 404", "https://hooks.slack.com/*** 404"),
        ("disk full on /var/lib/targetwatch", "disk full on /var/lib/targetwatch"),
        ("column closed_on is missing; the key is dossier_id", "column closed_on is missing; the key is dossier_id"),
    ],
)
def test_what_looks_like_a_secret_is_hidden_though_nobody_knows_it(said: str, left: str) -> None:
    """And what does not is left as it is: an error must still say what is wrong."""
    assert scrubbed(said) == left
