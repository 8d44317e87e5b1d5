"""Starting the stand-in: for good, or in the background of another process."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

import uvicorn

from targetwatch.standin.api import BOT
from targetwatch.standin.app import Workspace, create_app
from targetwatch.standin.faults import Faults
from targetwatch.standin.people import Person, people_of
from targetwatch.standin.sockets import Sockets
from targetwatch.standin.store import Store
from targetwatch.standin.tiers import Tiers

HOST = "127.0.0.1"
START_SECONDS = 20.0
POLL_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Running:
    """A stand-in in the background: its address, and what tests look into."""

    address: str
    store: Store
    faults: Faults
    people: Mapping[str, Person]
    sockets: Sockets
    tiers: Tiers

    def clear(self) -> None:
        """Make it as new: empty, without faults, and with nobody connected."""
        self.store.clear()
        self.faults.clear()
        self.sockets.clear()
        self.tiers.clear()

    @property
    def api(self) -> str:
        """The base address of its Web API."""
        return f"{self.address}/api/"


def store_of(home: Path, clock: Callable[[], float] = time.time) -> Store:
    """The messages that a home folder keeps."""
    return Store(home / "slack" / "messages.sqlite", clock)


def serve(
    home: Path,
    port: int,
    clock: Callable[[], float] = time.time,
    zone: tzinfo | None = None,
    host: str = HOST,
    catalogue: Path | None = None,
) -> None:
    """Serve until a signal says stop; on loopback, unless a container says otherwise.

    The people who can press buttons on the page are those of the catalogue in the folder `catalogue`.
    """
    app = create_app(_workspace(home, clock, catalogue), zone)
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=2)


@contextmanager
def running(
    home: Path,
    port: int = 0,
    clock: Callable[[], float] = time.time,
    zone: tzinfo | None = None,
    catalogue: Path | None = None,
) -> Iterator[Running]:
    """A stand-in in a thread of this process, on `port` or on a free one. It has stopped when the block is left."""
    workspace = _workspace(home, clock, catalogue)
    config = uvicorn.Config(
        create_app(workspace, zone),
        host=HOST,
        port=port,
        log_level="critical",
        access_log=False,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="slack-stand-in", daemon=True)
    thread.start()
    try:
        address = f"http://{HOST}:{_port(server, thread)}"
        yield Running(address, workspace.store, workspace.faults, workspace.people, workspace.sockets, workspace.tiers)
    finally:
        server.should_exit = True
        thread.join(timeout=START_SECONDS)


def _workspace(home: Path, clock: Callable[[], float], catalogue: Path | None) -> Workspace:
    people = people_of(catalogue)
    return Workspace(store_of(home, clock), people=people)


@contextmanager
def reach(home: Path, port: int, clock: Callable[[], float] = time.time) -> Iterator[str]:
    """The address of a stand-in's Web API: of the one that listens on `port`, else of one that lives for the block.

    Both keep the messages in the same file, so what is sent now is on the page whenever it is served.
    """
    listening = f"http://{HOST}:{port}/api/"
    if port and is_standin(listening):
        yield listening
        return
    with running(home, clock=clock) as standin:
        yield standin.api


def is_standin(api: str) -> bool:
    """Whether a stand-in answers at this address, and not some other server."""
    request = urllib.request.Request(f"{api}auth.test", data=b"token=xoxb-standin", method="POST")  # noqa: S310
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=2) as answer:
            return json.loads(answer.read()).get("bot_id") == BOT["bot_id"]
    except (OSError, ValueError, AttributeError):
        return False


def _port(server: uvicorn.Server, thread: threading.Thread) -> int:
    """The port that the server listens on, once it does."""
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("The Slack stand-in did not start: is its port taken by another program?")
        time.sleep(POLL_SECONDS)
    return int(server.servers[0].sockets[0].getsockname()[1])
