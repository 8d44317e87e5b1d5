"""Plays the story: sets the demo's clock, drops each scene's deliveries and says what happens.

With Airflow running that is all it does, and Airflow does the rest; `once` runs the pipeline itself after each scene.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from targetwatch import catalogue, clock, pipeline
from targetwatch.demo import deliveries, storyline
from targetwatch.demo.deliveries import Sample
from targetwatch.demo.storyline import Scene
from targetwatch.settings import Settings
from targetwatch.supervisor.premises import alone

Tell = Callable[[str], None]
Deliver = Callable[[Scene], object]
Pause = Callable[[Scene], None]

SEED = 2025
FOLDER = "demo"
MARK = "SYNTHETIC.txt"
KEPT = frozenset({"airflow", "logs", "supervisor.lock", MARK})  # a warm Airflow starts sooner, and a lock is no litter
SETTLING_POLL = 0.1  # seconds
TOLD = Path(__file__).with_name("told.sql")
SAYS_SO = (
    "Everything in this folder is the demo's: the dossiers are synthetic, made by a program. No real dossier is here."
)


class ForeignFolderError(Exception):
    """The folder that the demo would clear holds something that is not the demo's."""

    exit_code = 2


def stage(settings: Settings) -> Settings:
    """Settings with a home and a clock of their own below `settings.home`, cleared of what an earlier demo left.

    Raises ForeignFolderError, or AlreadyRunning (of targetwatch.supervisor) where a demo lives there now; nothing is
    cleared then.
    """
    home = (settings.home / FOLDER).resolve()
    home.mkdir(parents=True, exist_ok=True)
    mark = home / MARK
    if not mark.exists() and any(home.iterdir()):
        raise ForeignFolderError(f"{home} was not made by the demo. Move it away, or choose another TARGETWATCH_HOME.")
    mark.write_text(SAYS_SO + "\n", encoding="utf-8")
    with alone(home):
        for left in home.iterdir():
            if left.name in KEPT:
                continue
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left)
            else:
                left.unlink()
    staged = settings.model_copy(update={"home": home, "clock": home / "clock"})
    set_clock(staged, storyline.OPENING)
    return staged


def set_clock(settings: Settings, moment: datetime) -> None:
    """Put the demo's clock at `moment`; whoever reads it meanwhile sees the old moment or the new one."""
    if settings.clock is None:
        raise ValueError("The settings name no clock; only those of a demo do (demo.driver.stage).")
    unfinished = settings.clock.with_name(f".{settings.clock.name}.part")
    unfinished.write_text(moment.isoformat() + "\n", encoding="utf-8")
    unfinished.replace(settings.clock)


def prepare(settings: Settings, progress: Tell, *, seed: int = SEED, scale: float = 1.0) -> Sample:
    """Make the sample and load its history, to the end of February 2025, as if it had been delivered at the opening.

    `scale` 1 makes about 1.4 million dossiers over four years.
    """
    programme = catalogue.load(settings.catalogue)
    progress("Making synthetic dossiers of four years; none of them is real")
    told = deliveries.sample(programme, settings.catalogue, seed, scale)
    deliveries.drop(settings.inbox, deliveries.history(told), storyline.OPENING)
    progress(f"Loading {told.history.height:,} synthetic dossiers, June 2021 to February 2025")
    wait_until_settled(settings, told)
    pipeline.gather(settings, "procedures", clock.now(settings), progress)
    return told


def play(settings: Settings, scenes: Iterable[Scene], deliver: Deliver, tell: Tell, pause: Pause) -> None:
    """Play scenes in order: move the clock, deliver, say what happens and what to look for, and pause."""
    for scene in scenes:
        set_clock(settings, scene.at)
        deliver(scene)
        tell(f"{scene.at:%d %B %Y, %H:%M}  {scene.happens}")
        tell(f"    Look for: {scene.look_for}")
        pause(scene)


def into_the_inbox(settings: Settings, told: Sample) -> Deliver:
    """A way to deliver a scene: all of its files appear in the inbox at once."""

    def deliver(scene: Scene) -> list[Path]:
        every = (file for sent in scene.sent for file in deliveries.files(told, sent))
        return deliveries.drop(settings.inbox, every, scene.at)

    return deliver


def until_told(settings: Settings, at_least: float, wait: Callable[[float], None], at_most: float = 120.0) -> Pause:
    """A way to pause while Airflow works: from `at_least` seconds on until it has told all, at most `at_most` seconds.

    The demo's clock goes on by a second each second. A scene must not begin before the one before it has been gathered:
    its deliveries would arrive at another date. `wait` waits for so many seconds.
    """

    def pause(scene: Scene) -> None:
        last_delivery = scene.at
        for second in range(1, round(at_most) + 1):
            wait(1.0)
            moment = scene.at + timedelta(seconds=second)
            if lies_in_an_inbox(settings):
                last_delivery = moment
            elif second >= at_least and is_told(settings, last_delivery):
                return
            set_clock(settings, moment)

    return pause


def lies_in_an_inbox(settings: Settings) -> bool:
    """Whether a delivery waits to be gathered."""
    return any(not path.name.startswith(".") for path in settings.inbox.glob("*/*"))


def is_told(settings: Settings, moment: datetime) -> bool:
    """Whether the snapshots show that all deliveries until `moment` have been measured, judged and sent."""
    from targetwatch import warehouse

    try:
        with warehouse.open_snapshots(settings.home) as snapshots:
            return bool(snapshots.fetch(TOLD.read_text(encoding="utf-8"), {"moment": moment.astimezone(UTC)}).item())
    except warehouse.NoSnapshot:
        return False


def wait_until_settled(settings: Settings, told: Sample) -> None:
    """Wait until the inbox takes what was just dropped for complete, which needs about a second of real time."""
    from targetwatch.gathering.connectors import look

    sources = [source.id for source in told.programme.sources.values() if not source.planned]
    while any(look(source, settings.inbox).unsettled for source in sources):
        time.sleep(SETTLING_POLL)


def once(settings: Settings, tell: Tell, progress: Tell, *, seed: int = SEED, scale: float = 1.0) -> None:
    """Tell the whole story without Airflow, in the staged home of `settings`: the pipeline runs after each scene."""
    told = prepare(settings, progress, seed=seed, scale=scale)

    def run(_: Scene) -> None:
        wait_until_settled(settings, told)
        pipeline.run(settings, clock.now(settings), progress)

    play(settings, storyline.SCENES, into_the_inbox(settings, told), tell, run)
