"""A world to listen in: an installation in which targets are behind, a stand-in, and people who hold roles."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from targetwatch.listening import heartbeat
from targetwatch.listening.asked import Asked
from targetwatch.listening.desk import Desk
from targetwatch.listening.listener import Listener
from targetwatch.settings import Settings
from targetwatch.standin import running
from targetwatch.standin.asides import Aside
from targetwatch.standin.interactions import Interactions
from targetwatch.standin.server import Running
from targetwatch.standin.store import Message, channel_id_of, write_ts
from tests.corridor.dossiers import APRIL, MAY, districts, hanoi, month_of, parquet, shared_out
from tests.corridor.story import OWN, SHIPPED
from tests.installation import Installation, assemble, install, prepare, wait_until_complete, words

TARGET = "dossiers_district"
HEADS, ENGINEERS = "chi-tieu", "data-quality"
CHAIR, OF_ONE, OPERATOR, STRANGER, VISITOR = "U0CHAIR0001", "U0DISTRICT1", "U0OPERATOR1", "U0DIRECTOR1", "U0VISITOR0"
ONE_DISTRICT = "001"  # Quận Ba Đình
PEOPLE = f"""
people:
  {CHAIR}: {{district_chairs: all}}
  {OF_ONE}: {{district_chairs: "{ONE_DISTRICT}"}}
  {STRANGER}: {{director: all}}
"""
NOW = hanoi(6, 17)
PATIENCE = 60.0
APP_TOKEN = "xapp-1-A0STANDIN-0-cafe"


def people_in(programme: Path) -> None:
    """Give a programme people who hold roles, an operator, and an office that answers for nothing."""
    receivers = programme / "catalogue" / "receivers.yaml"
    written = receivers.read_text(encoding="utf-8")
    written = written.replace("{receiver: data-engineers}", f"{{receiver: data-engineers, users: [{OPERATOR}]}}")
    receivers.write_text(written + PEOPLE, encoding="utf-8")
    owners = programme / "catalogue" / "owners.yaml"
    owners.write_text(owners.read_text(encoding="utf-8") + "director: {vi: Giám đốc Sở, en: Director}\n", "utf-8")


def behind_in(folder: Path, change: Callable[[Path], None] = lambda programme: None) -> Installation:
    """An installation in which 18 of 30 districts are behind since May, and nothing has been sent.

    `change` is given the folder of the programme before it is read.
    """
    programme = assemble(folder / "programme", OWN, *SHIPPED)
    people_in(programme)
    change(programme)
    installation = install(folder / "home", programme)
    codes = districts()
    may = shared_out(codes, 18, 684, 781)
    made = {
        "april": {"Tháng 4-2025.parquet": parquet(month_of(APRIL, dict.fromkeys(codes, 730)))},
        "may": {"Tháng 5-2025.parquet": parquet(month_of(MAY, may))},
    }
    prepared = folder / "deliveries"
    steps = {
        step: prepare(prepared / step, {f"procedures/{name}": content for name, content in files.items()})
        for step, files in made.items()
    }
    wait_until_complete(prepared)
    for step, moment in (("april", hanoi(5, 10)), ("may", hanoi(6, 10))):
        installation.deliver(steps[step])
        installation.gather(moment)
    return installation


@dataclass
class World:
    """One installation with its stand-in. `clock` is the moment that everything in it lives at."""

    installation: Installation
    standin: Running
    clock: datetime = NOW
    log: list[str] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        """The settings of the installation."""
        return self.installation.settings

    @property
    def episode(self) -> int:
        """The number of the incident of the districts as one."""
        return int(str(self.installation.row("FROM incidents WHERE org_unit = '01'")["number"]))

    def answer(self, asked: Asked) -> str:
        """What the desk answers, without a socket."""
        from targetwatch.standin.api import BOT

        answered = Desk(self.settings, BOT["team"]).answer(asked, self.clock)
        return "\n".join(answered.reply.lines)

    @property
    def channel(self) -> str:
        """The id of the heads' channel."""
        return channel_id_of(HEADS)

    def message(self) -> Message:
        """The message about the target in the heads' channel."""
        top = [one for one in self.standin.store.messages(self.channel) if not one.is_reply]
        return top[0]

    def replies(self, channel: str | None = None) -> list[str]:
        """The words of the replies in a channel, in their order."""
        return ["\n".join(words(one)) for one in self.standin.store.messages(channel or self.channel) if one.is_reply]

    def asides(self, user: str) -> list[str]:
        """What one person was told alone."""
        return ["\n".join(_read(one)) for one in self.standin.store.asides.of(user)]

    def listener(self, **options: object) -> Listener:
        """A listener of this installation that lives in this process."""
        return Listener(
            self.settings, APP_TOKEN, self.standin.api, lambda: self.clock, self.log.append, 0.05, **options
        )  # type: ignore[arg-type]

    @contextmanager
    def listening(self) -> Iterator[Listener]:
        """A listener in a thread, connected."""
        listener = self.listener()
        thread = threading.Thread(target=listener.run, name="listener", daemon=True)
        thread.start()
        try:
            wait_for(lambda: self.standin.sockets.connected == 1)
            yield listener
        finally:
            listener.stop()
            thread.join(PATIENCE)

    @contextmanager
    def copied(self, home: Path) -> Iterator[World]:
        """The same world once more, with a stand-in of its own."""
        shutil.copytree(self.installation.home, home, symlinks=True)
        with opened(home, self.settings) as world:
            yield world

    def asked(self, user: str, text: str) -> str:
        """What somebody is answered who types /targets and this; a listener must be connected."""
        before = len(self.asides(user))
        self.interactions.command(user, self.channel, text, f"{self.standin.address}/")
        wait_for(lambda: len(self.asides(user)) > before)
        wait_for(self.is_idle)
        return self.asides(user)[-1]

    def pressed(self, user: str, action: str) -> str:
        """What somebody is answered who presses a button of the message; a listener must be connected."""
        before = len(self.asides(user))
        self.interactions.press(user, self.channel, self.message().ts, action, f"{self.standin.address}/")
        wait_for(lambda: len(self.asides(user)) > before)
        wait_for(self.is_idle)
        return self.asides(user)[-1]

    @property
    def interactions(self) -> Interactions:
        """What people do on the stand-in's page."""
        return Interactions(self.standin.store, self.standin.people, self.standin.sockets)

    def is_idle(self) -> bool:
        """Whether every interaction that was heard is done."""
        waiting = self.installation.home / "listening" / "waiting"
        return not waiting.exists() or not any(waiting.iterdir())

    def incidents(self) -> list[dict[str, object]]:
        """The incidents, as the newest snapshot shows them."""
        return self.installation.rows("FROM incidents ORDER BY number")


def button(world: World, user: str, action: str, value: str = "", ts: str = "", team: str = "") -> Asked:
    """A button as Slack would tell it, whatever is in it."""
    from targetwatch.standin.api import BOT

    return Asked(
        key=f"{action}-{user}-{value}-{ts}",
        user=user,
        team=team or BOT["team"],
        channel=world.channel,
        channel_name=HEADS,
        action=action,
        value=value or json.dumps({"incident": world.episode, "group": f"behind/{TARGET}"}),
        message_ts=ts or write_ts(world.message().ts),
    )


def typed(world: World, user: str, text: str, channel: str = HEADS) -> Asked:
    """A command as Slack would tell it."""
    from targetwatch.standin.api import BOT

    return Asked(f"{user}-{text}", user, BOT["team"], channel_id_of(channel), channel, text=text)


def _read(aside: Aside) -> list[str]:
    return words(Message(aside.channel, aside.ts, "", list(aside.blocks)))


def wait_for(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until something is so, and fail if it does not come to be."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("What was waited for did not happen.")
        time.sleep(0.02)


@contextmanager
def opened(home: Path, settings: Settings) -> Iterator[World]:
    """The world of a home folder, with a stand-in."""
    with running(home, clock=NOW.timestamp, catalogue=settings.catalogue) as standin:
        port = int(standin.address.rpartition(":")[2])
        yield World(Installation(settings.model_copy(update={"home": home, "standin_port": port})), standin)


@contextmanager
def world_in(home: Path, installation: Installation) -> Iterator[World]:
    """The installation once more in `home`, with a stand-in, after a pass that told everybody."""
    shutil.copytree(installation.home, home, symlinks=True, ignore=shutil.ignore_patterns("inbox"))
    with opened(home, installation.settings) as world:
        heartbeat.beat(home, NOW)  # so that the messages get buttons
        world.installation.run(NOW)
        yield world
