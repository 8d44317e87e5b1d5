"""Shows every message as Slack would: `python -m tests.messages.page [FOLDER]`.

Posts the golden stories into a stand-in with Slack's own client, charts drawn and uploaded, replies in their threads,
Vietnamese beside English, and takes pictures of its page with chromium. FOLDER is docs/images where none is given.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk import WebClient
from slack_sdk.socket_mode import SocketModeClient
from websockets.sync.client import connect

from targetwatch.model import Language
from targetwatch.notifications.delivery import drawing
from targetwatch.notifications.messages import render
from targetwatch.settings import CHECKOUT
from targetwatch.standin import running
from targetwatch.standin.server import Running
from tests.messages.told import STORIES

CHANNELS = {Language.VI: "chi-tieu", Language.EN: "data-quality"}
FIRST = datetime(2024, 11, 20, 9, 5, tzinfo=UTC)  # the stand-in's clock, a minute later at every message
# A page for each, and under each message the replies of its thread.
PAGES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "messages-target": {
        "behind": ("reply.acknowledged", "reply.escalated", "reply.worse", "reply.restated", "reply.lapsed",
                   "reply.repeated", "reply.resolved"),
        "behind.updated": (),
    },
    "messages-buttons": {"behind.buttons": (), "late.buttons": (), "missed.rank": ()},
    "messages-units": {
        "behind.each": ("reply.units", "reply.units.passed_on", "reply.better", "reply.unchanged"),
        "behind.each.exceptions": (),
        "behind.one_pool_of_several": (),
        "behind.absorbed": (),
        "behind.resolved": (),
    },
    "messages-ends": {
        "behind.ended": ("reply.ended",),
        "behind.superseded": ("reply.superseded",),
        "behind.passed_on": ("reply.passed_on",),
        "behind.ended.unit": (),
        "behind.not_judged_anew": (),
        "behind.shrank": (),
        "behind.shrank.restated": (),
        "behind.acknowledged": ("reply.lapsed.worse", "reply.lapsed.withdrawn"),
    },
    "messages-sources": {
        "late": ("reply.late.more", "reply.acknowledged.whole", "reply.escalated.source", "reply.repeated.source",
                 "reply.late.resolved"),
        "late.one": (),
        "late.still": (),
        "late.resolved": (),
        "quality": ("reply.quality.more", "reply.quality.resolved"),
        "quality.resolved": (),
    },
    "messages-figures": {
        "claim": ("reply.repeated.claim", "reply.claim.resolved"),
        "claim.quotient": (),
        "claim.contradicted": (),
        "claim.against_records": (),
        "claim.rate": (),
        "claim.resolved": (),
    },
    "messages-reports": {
        "reports.many": ("reply.reports", "reply.reports.acknowledged", "reply.reports.resolved"),
        "reports": (),
        "reports.rank": (),
        "reports.expired": (),
        "reports.exceeded": (),
        "reports.acknowledged": (),
        "reports.resolved": (),
    },
    "messages-several": {
        "collected": ("reply.collected",),
        "collected.many": (),
        "collected.resolved": ("reply.collected.resolved",),
        "collected.over": (),
        "meanwhile": (),
        "meanwhile.nothing": (),
    },
}  # fmt: skip
# Pages of payloads that have goldens of their own: folder of tests/, and what is shown of it.
GOLDEN_PAGES: Mapping[str, tuple[str, Mapping[str, tuple[str, ...]]]] = {
    "messages-digests": ("digests", {"weekly": (), "weekly.part": (), "weekly.nothing": (), "monthly": ()}),
    "messages-operations": (
        "operations",
        {
            "task": (), "task-often": ("reply-day",), "task-over": ("reply-over",), "gather": (),
            "never": (), "silent": (), "silent-over": ("reply-silent-over",),
        },
    ),
}  # fmt: skip
# For the README: one message, in one language.
ALONE = {"slack-behind": "behind.updated", "slack-claim": "claim"}
WIDTH = 1180


def post(client: WebClient, channel: str, name: str, language: Language, thread: str | None = None) -> str:
    """Send a golden story as the sender does, its chart drawn and uploaded; the message's `ts`."""
    payload: Any = render(STORIES[name], language)
    for block in payload["blocks"]:
        if "chart" in block:
            picture = drawing.png(block.pop("chart"))
            file: Any = client.files_upload_v2(content=picture, filename="chart.png", alt_txt=block["alt_text"])
            block["slack_file"] = {"id": file["file"]["id"]}
    return str(client.chat_postMessage(channel=channel, thread_ts=thread, **payload)["ts"])


def golden(folder: str, name: str, language: Language) -> Any:
    """A golden payload of tests/`folder`."""
    file = CHECKOUT / "tests" / folder / "golden" / f"{name}.{language.value}.json"
    return json.loads(file.read_text(encoding="utf-8"))


def post_golden(
    folder: str, client: WebClient, channel: str, name: str, language: Language, thread: str | None = None
) -> str:
    """Send a golden payload as it stands; the message's `ts`."""
    payload = golden(folder, name, language)
    return str(client.chat_postMessage(channel=channel, thread_ts=thread, **payload)["ts"])


def show(
    standin: Running,
    threads: Mapping[str, tuple[str, ...]],
    languages: tuple[Language, ...],
    send: Callable[..., str] = post,
) -> None:
    """Put messages and their threads onto the stand-in's page, a channel a language."""
    standin.clear()
    client = WebClient(token="xoxb-not-a-token", base_url=standin.api)
    for language in languages:
        for name, replies in threads.items():
            root = send(client, CHANNELS[language], name, language)
            for reply in replies:
                send(client, CHANNELS[language], reply, language, root)


@contextmanager
def listening(standin: Running) -> Iterator[None]:
    """Somebody hears the buttons, as `targetwatch listen` does: the page shows them awake."""
    client = SocketModeClient(
        app_token="xapp-not-a-token",
        web_client=WebClient(base_url=standin.api),
    )
    client.connect()
    try:
        yield
    finally:
        client.close()


@contextmanager
def browser() -> Iterator[str]:
    """A chromium without a window; the address that it is steered by."""
    chromium = next(
        found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))
    )
    with tempfile.TemporaryDirectory() as profile:
        quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        run = [chromium, *quiet, "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            port = _port(Path(profile) / "DevToolsActivePort")
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
                pages = json.load(answer)
            yield next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page")
        finally:
            process.terminate()
            process.wait(20)


def _port(file: Path) -> str:
    for _ in range(200):
        if file.exists() and "\n" in (text := file.read_text(encoding="utf-8")):
            return text.split("\n", 1)[0]
        time.sleep(0.1)
    raise RuntimeError("chromium did not start within 20 seconds.")


def shoot(steered_by: str, address: str, file: Path, width: int = WIDTH, selector: str = "main") -> None:
    """A picture of a whole page, or of the first element that `selector` finds."""
    with connect(steered_by, max_size=None) as socket:
        asked = iter(range(1, 1000))

        def ask(method: str, **values: object) -> Any:
            number = next(asked)
            socket.send(json.dumps({"id": number, "method": method, "params": values}))
            while True:
                answer = json.loads(socket.recv(timeout=60))
                if answer.get("id") == number:
                    return answer["result"]

        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        ask("Emulation.setDeviceMetricsOverride", **size)
        ask("Page.navigate", url=address)
        ready = "document.readyState === 'complete' && [...document.images].every(one => one.complete)"
        for _ in range(100):
            if ask("Runtime.evaluate", expression=ready)["result"].get("value"):
                break
            time.sleep(0.1)
        time.sleep(0.5)
        found = ask(
            "Runtime.evaluate", returnByValue=True,
            expression=f"(() => {{ const box = (document.querySelector({selector!r}) || document.body)"
            ".getBoundingClientRect(); return [box.x + scrollX, box.y + scrollY, box.width, box.height]; })()",
        )["result"]["value"]  # fmt: skip
        clip = dict(zip(("x", "y", "width", "height"), found, strict=True)) | {"scale": 1}
        kind = file.suffix.removeprefix(".")
        quality = {"quality": 60} if kind == "webp" else {}
        shot = ask("Page.captureScreenshot", format=kind, captureBeyondViewport=True, clip=clip, **quality)
        picture = base64.b64decode(shot["data"])
        file.write_bytes(drawing.packed(picture) if kind == "png" else picture)


def main(folder: Path) -> None:
    """Take every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    minutes = count()
    with (
        tempfile.TemporaryDirectory() as home,
        running(
            Path(home), clock=lambda: FIRST.timestamp() + 60 * next(minutes), zone=ZoneInfo("Asia/Ho_Chi_Minh")
        ) as standin,
        browser() as steered_by,
    ):
        for name, threads in PAGES.items():
            show(standin, threads, tuple(Language))
            with listening(standin):
                shoot(steered_by, standin.address, folder / f"{name}.webp")
            sys.stdout.write(f"{folder / name}.webp\n")
        for name, (goldens, threads) in GOLDEN_PAGES.items():
            show(standin, threads, tuple(Language), partial(post_golden, goldens))
            with listening(standin):
                shoot(steered_by, standin.address, folder / f"{name}.webp")
            sys.stdout.write(f"{folder / name}.webp\n")
        for name, story in ALONE.items():
            show(standin, {story: ()}, (Language.EN,))
            shoot(steered_by, standin.address, folder / f"{name}.png", 640, ".ch")
            sys.stdout.write(f"{folder / name}.png\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else CHECKOUT / "docs" / "images")
