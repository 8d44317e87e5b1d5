"""An installation in a temporary folder: what is put into its inbox, its steps, what its snapshots and its Slack say.

The pipeline is the real one. The clock is an argument, Slack is the stand-in, and nothing is mocked.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from targetwatch import pipeline
from targetwatch.gathering import Gathered
from targetwatch.gathering.connectors import look
from targetwatch.notifications import Delivered
from targetwatch.pipeline import Ran, Watched
from targetwatch.settings import CHECKOUT, Settings
from targetwatch.standin.server import store_of
from targetwatch.standin.store import Message, channel_id_of
from targetwatch.warehouse import fetch, open_snapshots

SETTLING_POLL = 0.05  # seconds
# What differs from one telling of the same story to the next, and says nothing of what happened in it.
OF_THE_PASS = ("run_id", "attempts", "attempted_at", "settled_at", "slack_ts")
VIEWS = (
    "assessments",
    "batches",
    "claims",
    "current_status",
    "incident_history",
    "incidents",
    "notifications",
    "observations",
    "quarantine",
)


@dataclass(frozen=True)
class Installation:
    """A home and a programme, and the steps of the corridor by hand."""

    settings: Settings

    @property
    def home(self) -> Path:
        """The folder of all its state."""
        return self.settings.home

    def deliver(self, prepared: Path) -> None:
        """Let every prepared file appear in the inbox, complete since it was prepared (see `prepare`)."""
        for folder in sorted(prepared.iterdir()):
            there = self.settings.inbox / folder.name
            there.parent.mkdir(parents=True, exist_ok=True)
            if there.exists():
                there.rmdir()  # only an inbox that was emptied can be exchanged
            folder.rename(there)

    def gather(self, now: datetime) -> list[Gathered]:
        """Gather every working source."""
        return [
            one
            for source in pipeline.working_sources(self.settings)
            for one in pipeline.gather(self.settings, source, now)
        ]

    def watch(self, now: datetime) -> Watched:
        """One pass of watch; every check must have run."""
        watched = pipeline.watch(self.settings, now)
        assert watched.check_failures == ()
        return watched

    def notify(self, now: datetime) -> Delivered:
        """Send what waits."""
        return pipeline.notify(self.settings, now)

    def run(self, now: datetime) -> Ran:
        """One pass of everything; every check must have run."""
        ran = pipeline.run(self.settings, now)
        assert ran.watched.check_failures == ()
        return ran

    def rows(self, sql: str) -> list[dict[str, object]]:
        """What a query finds in the newest snapshots."""
        return fetch(self.home, sql).to_dicts()

    def row(self, sql: str) -> dict[str, object]:
        """The only row that a query finds."""
        (found,) = self.rows(sql)
        return found

    def state(self) -> dict[str, list[str]]:
        """All that the snapshots say, but for what names the pass that said it."""
        with open_snapshots(self.home) as snapshots:
            found = {view: snapshots.fetch(f"FROM {view}").drop(OF_THE_PASS, strict=False) for view in VIEWS}
        return {view: sorted(map(str, frame.rows())) for view, frame in found.items()}

    def messages(self, channel: str) -> list[Message]:
        """What stands in a channel, replies among it, oldest first."""
        return store_of(self.home).messages(channel_id_of(channel))

    def told(self) -> list[tuple[str, bool, bool, list[str]]]:
        """What stands in Slack: channel, whether it is a reply, whether it was edited, and its words."""
        store = store_of(self.home)
        return [
            (channel.name, message.is_reply, message.edited is not None, words(message))
            for channel in store.channels()
            for message in store.messages(channel.id)
        ]

    def copied(self, home: Path) -> Installation:
        """The same installation once more, with nothing in its inbox."""
        shutil.copytree(self.home, home, symlinks=True, ignore=shutil.ignore_patterns("inbox"))
        return Installation(self.settings.model_copy(update={"home": home}))


def install(home: Path, programme: Path) -> Installation:
    """An installation that reaches a Slack stand-in of its own in this process."""
    return Installation(Settings(home=home, programme=programme, standin_port=0, slack_token=None, slack_url=None))


def prepare(folder: Path, files: Mapping[str, bytes | str]) -> Path:
    """Write the files of a delivery, by `<source>/<name>`, beside the inbox, so that they are old when it comes."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def wait_until_complete(prepared: Path) -> None:
    """Wait until every delivery in the folder of prepared ones would be taken for complete: once, for all of them."""
    sources = [(step, source.name) for step in prepared.iterdir() for source in step.iterdir()]
    while any(look(source, step).unsettled for step, source in sources):
        time.sleep(SETTLING_POLL)


def words(message: Message) -> list[str]:
    """Everything in a message that somebody reads."""
    return [message.text, *_texts(message.blocks)]


def _texts(part: object) -> Iterator[str]:
    if isinstance(part, Mapping):
        for name, value in part.items():
            if name == "text" and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
    elif isinstance(part, list):
        for item in part:
            yield from _texts(item)


def assemble(folder: Path, own: Path, *shipped: str) -> Path:
    """A programme in `folder`: its own files, and copies of those of the shipped programme that it shares."""
    shutil.copytree(own, folder, dirs_exist_ok=True)
    for name in shipped:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / name, folder / name)
    return folder
