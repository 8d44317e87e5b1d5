"""Every step may run twice or die half-way: run again, it ends in the same state, and nobody hears a thing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from targetwatch.notifications.delivery import despatch
from tests.corridor.deaths import GATHERING, SENDING, WATCHING, Death, dies
from tests.corridor.dossiers import APRIL, MAY, districts, hanoi, month_of, parquet, shared_out
from tests.corridor.story import CORRECTED_ONE, LATE_ONE
from tests.installation import Installation, install, prepare, wait_until_complete

pytestmark = pytest.mark.timeout(900)  # one machine may be shared by many

A_MONTH = 100  # dossiers of a district
DEADLINE, DELIVERED, CORRECTED = hanoi(6, 13, 23, 59), hanoi(6, 16), hanoi(6, 20)


@dataclass(frozen=True)
class Telling:
    """What the snapshots said and what stood in Slack: at the deadline, with May whole, with April corrected."""

    states: tuple[dict[str, list[str]], ...]
    told: tuple[list[tuple[str, bool, bool, list[str]]], ...]
    after_the_deaths: tuple[list[str], ...] = ()  # current_status once watching has died at every seam


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The deliveries: months of a hundred dossiers a district, once for each telling, one of them with a bad row."""
    folder = tmp_path_factory.mktemp("prepared")
    codes = districts()
    may = shared_out([code for code in codes if code != LATE_ONE], 17, 68, 79)
    late = month_of(MAY, {LATE_ONE: 65}, A_MONTH).write_csv().replace("online", "by pigeon", 1)
    april = {"procedures/04.parquet": parquet(month_of(APRIL, dict.fromkeys(codes, 73), A_MONTH))}
    prepare(folder / "april", april)
    prepare(folder / "may", {"procedures/05.parquet": parquet(month_of(MAY, may, A_MONTH))})
    for telling in ("whole", "dying"):
        prepare(folder / f"late, {telling}", {"procedures/282.csv": late})
        correction = month_of(APRIL, {CORRECTED_ONE: 33}, A_MONTH).write_csv()
        prepare(folder / f"correction, {telling}", {"procedures/007.csv": correction})
    prepare(folder / "again", {"procedures/282 lần 2.csv": late} | april)
    wait_until_complete(folder)
    return folder


@pytest.fixture(scope="module")
def at_the_deadline(tmp_path_factory: pytest.TempPathFactory, programme: Path, prepared: Path) -> Installation:
    """An installation where May is short of one district; every telling goes on from a copy of it."""
    installation = install(tmp_path_factory.mktemp("replaying") / "home", programme)
    for delivery, now in (("april", hanoi(5, 31)), ("may", DEADLINE)):
        installation.deliver(prepared / delivery)
        installation.run(now)
    return installation


@pytest.fixture(scope="module")
def whole(at_the_deadline: Installation, prepared: Path) -> tuple[Installation, Telling]:
    """The story told without a death."""
    installation = at_the_deadline.copied(at_the_deadline.home.with_name("whole"))
    states, told = [installation.state()], [installation.told()]
    for step, now in (("late", DELIVERED), ("correction", CORRECTED)):
        installation.deliver(prepared / f"{step}, whole")
        installation.run(now)
        states.append(installation.state())
        told.append(installation.told())
    return installation, Telling(tuple(states), tuple(told))


@pytest.fixture(scope="module")
def interrupted(at_the_deadline: Installation, prepared: Path) -> tuple[Installation, Telling]:
    """The story told by processes that die at every seam in turn, each followed by one that begins anew."""
    installation = at_the_deadline.copied(at_the_deadline.home.with_name("dying"))
    states, told, after_the_deaths = [installation.state()], [installation.told()], []
    with pytest.MonkeyPatch.context() as patch:
        # What a dead process had begun to send has arrived by now: the stand-in answers before the process dies.
        patch.setattr(despatch, "SETTLING", 0.0)
        for step, now, gathering, watching, sending in (
            ("late", DELIVERED, GATHERING, WATCHING, SENDING),
            ("correction", CORRECTED, GATHERING[3:4], WATCHING[3:4] + WATCHING[-1:], SENDING[1:3]),
        ):
            installation.deliver(prepared / f"{step}, dying")
            _die(gathering, installation.gather, now)
            installation.gather(now)
            _die(watching, installation.watch, now)
            after_the_deaths.append(installation.state()["current_status"])
            installation.watch(now)
            _die(sending, installation.notify, now)
            installation.notify(now)
            installation.watch(now)  # shows what the dead had sent
            states.append(installation.state())
            told.append(installation.told())
    return installation, Telling(tuple(states), tuple(told), tuple(after_the_deaths))


def _die(deaths: Iterable[Death], step: Callable[[datetime], object], now: datetime) -> None:
    for death in deaths:
        assert dies(death, lambda: step(now)), f"The step was never {death}."


def test_the_story_is_one_in_which_much_happens(whole: tuple[Installation, Telling]) -> None:
    """What is replayed here opens, resolves and restates: posts, edits and replies, and a row put to quarantine."""
    installation, _ = whole
    sent = Counter(
        (row["delivery"], row["reason"])
        for row in installation.rows("SELECT delivery, reason FROM notifications WHERE state = 'sent'")
    )
    assert sent == {
        ("post", "opened"): 3,
        ("update", "resolved"): 1,
        ("reply", "resolved"): 1,
        ("reply", "restated"): 2,
    }
    assert installation.row("SELECT count(*) AS rows FROM quarantine") == {"rows": 1}


def test_deaths_change_nothing_in_the_end(
    whole: tuple[Installation, Telling], interrupted: tuple[Installation, Telling]
) -> None:
    """After a death at every seam the snapshots say, row by row, what they say where nothing died."""
    for undisturbed, disturbed in zip(whole[1].states, interrupted[1].states, strict=True):
        assert {view: len(rows) for view, rows in disturbed.items()} == {
            view: len(rows) for view, rows in undisturbed.items()
        }
        assert disturbed == undisturbed


def test_deaths_repeat_and_lose_no_message(
    whole: tuple[Installation, Telling], interrupted: tuple[Installation, Telling]
) -> None:
    """Slack has each message and reply exactly once, in the same words, however often its sender died."""
    for undisturbed, disturbed in zip(whole[1].told, interrupted[1].told, strict=True):
        assert disturbed == undisturbed


def test_people_see_the_state_before_until_there_is_a_new_one(interrupted: tuple[Installation, Telling]) -> None:
    """However watching died, what was published stood as it was: nobody ever read half of a pass."""
    _, telling = interrupted
    assert list(telling.after_the_deaths) == [state["current_status"] for state in telling.states[:-1]]


def test_what_was_taken_leaves_the_inbox(interrupted: tuple[Installation, Telling]) -> None:
    """However often gathering died, its file is in the end among the originals and not in the inbox."""
    home = interrupted[0].home
    assert [path for path in (home / "inbox").rglob("*") if path.is_file()] == []
    names = sorted(path.name.split("-", 1)[1] for path in (home / "originals").rglob("*") if path.is_file())
    assert names == ["007.csv", "04.parquet", "05.parquet", "282.csv"]


def test_every_step_again_changes_nothing(whole: tuple[Installation, Telling], prepared: Path) -> None:
    """The same bytes under whatever name, another look and another sending: no row, no word, no message more."""
    installation, telling = whole
    records = (installation.home / "snapshots/current/records.duckdb").resolve()
    installation.deliver(prepared / "again")
    gathered = installation.gather(CORRECTED)
    assert {one.state for one in gathered} == {"already_known"}
    assert len(gathered) == 2
    for _ in range(2):
        watched = installation.watch(CORRECTED)
        assert (watched.batches, watched.observations, watched.assessments) == (0, 0, 0)
        assert (watched.events, watched.notifications) == (0, 0)
        assert installation.notify(CORRECTED).sent == 0
    assert installation.state() == telling.states[-1]
    assert installation.told() == telling.told[-1]
    assert (installation.home / "snapshots/current/records.duckdb").resolve() == records


def test_a_pass_at_a_later_moment_changes_nothing_either(whole: tuple[Installation, Telling]) -> None:
    """Time alone, with no deadline passed and nothing delivered, adds no row and edits no message."""
    installation, telling = whole
    watched = installation.run(hanoi(6, 28, 23)).watched
    assert (watched.observations, watched.assessments, watched.events, watched.notifications) == (0, 0, 0, 0)
    assert installation.told() == telling.told[-1]
