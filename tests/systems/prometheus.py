"""A real Prometheus on loopback, in a temporary folder, over samples of long ago, and ended by its id.

It scrapes nothing: `promtool` writes the samples into blocks, as whoever moves from one server to another does.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

PATIENCE = 60.0  # seconds
PROGRAMS = ("prometheus", "promtool")


class NoPrometheusError(Exception):
    """No Prometheus is installed here."""


@dataclass(frozen=True, slots=True)
class Series:
    """A metric with labels, and its value at every moment at which it was scraped."""

    metric: str
    labels: Mapping[str, str]
    samples: Iterable[tuple[float, str]]  # seconds since 1970, and what stood there: 1, 0, NaN


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A running server."""

    address: str


def scraped(
    first: datetime,
    last: datetime,
    value: str | Callable[[datetime], str | None],
    every: int = 60,
    offset: float = 7.0,
) -> Iterator[tuple[float, str]]:
    """Samples from `first` to before `last`, one every so many seconds; None where the scrape was missed.

    A server spreads its scrapes: each has its own offset from the full minute.
    """
    at = first.timestamp() + offset
    while at < last.timestamp():
        found = value if isinstance(value, str) else value(datetime.fromtimestamp(at, first.tzinfo))
        if found is not None:
            yield at, found
        at += every


def or_skip() -> None:
    """Skip whatever needs a real Prometheus where none is installed, but not by CI."""
    try:
        _programs()
    except NoPrometheusError as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))


@contextmanager
def prometheus(series: Iterable[Series], *flags: str) -> Iterator[Prometheus]:
    """A server over these series, for as long as the block lasts. Raises NoPrometheusError where none is installed."""
    server_program, tool = _programs()
    folder = Path(tempfile.mkdtemp(prefix="targetwatch-prometheus-"))
    try:
        text = folder / "samples.txt"
        with text.open("w", encoding="utf-8") as file:
            for one in series:
                labels = ",".join(f'{name}="{value}"' for name, value in one.labels.items())
                file.writelines(f"{one.metric}{{{labels}}} {value} {at:.3f}\n" for at, value in one.samples)
            file.write("# EOF\n")
        # It reads the whole text again for every block: few long ones, not one for every two hours.
        _run(tool, "tsdb", "create-blocks-from", "--max-block-duration=1000h", "openmetrics", text, folder / "data")
        (folder / "prometheus.yml").write_text("global: {}\n", encoding="utf-8")
        port = _free_port()
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [
                    server_program,
                    f"--config.file={folder}/prometheus.yml",
                    f"--storage.tsdb.path={folder}/data",
                    "--storage.tsdb.retention.time=10y",
                    f"--web.listen-address=127.0.0.1:{port}",
                    *flags,
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder,
                env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "GOMAXPROCS": "2"},
            )  # fmt: skip
        try:
            found = Prometheus(f"http://127.0.0.1:{port}")
            _wait(server, found, folder / "log")
            yield found
        finally:
            server.send_signal(signal.SIGKILL)  # at once: what it leaves is thrown away
            server.wait(PATIENCE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> tuple[str, str]:
    found = [shutil.which(name) for name in PROGRAMS]
    if not all(found):
        raise NoPrometheusError("No Prometheus is installed: `apt-get install prometheus` brings one.")
    return str(found[0]), str(found[1])


def _run(*command: object) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=PATIENCE * 2)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(server: subprocess.Popen[bytes], found: Prometheus, log: Path) -> None:
    """Wait until the server answers queries."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(round(PATIENCE / 0.05)):
        if server.poll() is not None:
            raise RuntimeError(f"Prometheus did not start: {log.read_text(encoding='utf-8', errors='replace')}")
        try:
            opener.open(f"{found.address}/-/ready", timeout=PATIENCE).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("Prometheus did not answer in time.")
