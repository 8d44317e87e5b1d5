"""The driver: a home of its own, a clock that it moves, and scenes in order."""

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from targetwatch import clock
from targetwatch.demo import driver
from targetwatch.demo.storyline import OPENING, SCENES, Scene
from targetwatch.settings import Settings
from targetwatch.supervisor import AlreadyRunning
from targetwatch.supervisor.premises import alone

SCENE = Scene("one", datetime(2025, 5, 1, 2, 0, tzinfo=UTC), "Something happens.", "Something is seen.")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings whose home is a temporary folder."""
    return Settings(home=tmp_path)


def test_the_demo_has_a_home_and_a_clock_of_its_own(settings: Settings) -> None:
    """A staged demo lives below the home, says that its data are synthetic, and its clock stands at the opening."""
    staged = driver.stage(settings)
    assert staged.home == (settings.home / "demo").resolve()
    assert clock.now(staged) == OPENING
    assert "synthetic" in (staged.home / driver.MARK).read_text()


def test_staging_again_clears_everything_but_airflow(settings: Settings) -> None:
    """What an earlier demo left is gone, except Airflow's own folder, which makes the next start faster."""
    staged = driver.stage(settings)
    for left in ("airflow/airflow.db", "inbox/procedures/x.csv", "ledger.duckdb"):
        (staged.home / left).parent.mkdir(parents=True, exist_ok=True)
        (staged.home / left).write_text("left")
    driver.stage(settings)
    assert sorted(path.name for path in staged.home.iterdir()) == [driver.MARK, "airflow", "clock", "supervisor.lock"]
    assert (staged.home / "airflow/airflow.db").exists()


def test_a_folder_that_is_not_the_demos_is_left_alone(settings: Settings) -> None:
    """A folder named demo without the demo's mark is refused and keeps what it holds."""
    mine = settings.home / "demo" / "thesis.txt"
    mine.parent.mkdir()
    mine.write_text("precious")
    with pytest.raises(driver.ForeignFolderError, match="not made by the demo"):
        driver.stage(settings)
    assert mine.read_text() == "precious"


def test_a_demo_that_runs_is_not_cleared_away(settings: Settings) -> None:
    """While another demo lives in the folder, a second one is refused and clears nothing."""
    staged = driver.stage(settings)
    (staged.home / "ledger.duckdb").write_text("in use")
    with alone(staged.home), pytest.raises(AlreadyRunning):
        driver.stage(settings)
    assert (staged.home / "ledger.duckdb").read_text() == "in use"


def test_only_a_demo_has_a_clock_to_move(settings: Settings) -> None:
    """Without a clock file of its own a set-up keeps the real time."""
    with pytest.raises(ValueError, match="name no clock"):
        driver.set_clock(settings, OPENING)


def test_a_scene_moves_the_clock_then_delivers_then_is_told(settings: Settings) -> None:
    """A delivery is made at its scene's moment, and the pause comes last."""
    staged = driver.stage(settings)
    happened: list[object] = []
    driver.play(
        staged,
        [SCENE],
        deliver=lambda scene: happened.append((scene.id, clock.now(staged))),
        tell=happened.append,
        pause=lambda scene: happened.append(f"pause {scene.id}"),
    )
    assert happened[0] == ("one", SCENE.at)
    assert "Something happens." in str(happened[1])
    assert "Something is seen." in str(happened[2])
    assert happened[3] == "pause one"


def test_the_clock_ticks_while_airflow_works(settings: Settings) -> None:
    """Where nothing is told, a pause takes its longest, and the demo's clock goes on by a second each second."""
    staged = driver.stage(settings)
    waited: list[float] = []
    driver.until_told(staged, 1, waited.append, at_most=3)(SCENE)
    assert waited == [1.0, 1.0, 1.0]
    assert clock.now(staged) == SCENE.at + timedelta(seconds=3)


def test_a_pause_never_reaches_the_next_scene() -> None:
    """Scenes are hours apart, so that a clock that ticks through a pause never has to be set back."""
    moments = [scene.at for scene in SCENES]
    assert all(later - earlier > timedelta(hours=1) for earlier, later in itertools.pairwise(moments))
