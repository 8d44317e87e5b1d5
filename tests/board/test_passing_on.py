"""What the board and `targetwatch status` say of units that passed on, and of targets with exceptions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from targetwatch.board import charts, sentences
from targetwatch.board.read_model import opened
from targetwatch.board.standing import Standing
from targetwatch.cli import lines
from targetwatch.model import (
    Basis,
    Language,
    Milestone,
    OrgUnit,
    Reason,
    Role,
    Selector,
    Status,
    Successor,
    TargetVersion,
    Trajectory,
    UnitEnding,
)
from targetwatch.model import Path as Shape
from targetwatch.settings import CHECKOUT, Settings
from targetwatch.warehouse import Warehouse, fetch, ledger
from tests.board.conftest import Read
from tests.board.worlds import OLD_TOWN, TAN_LAP_1, TAN_LAP_2, TAY_HO, World, _now, at, judged

TO = (Successor(TAN_LAP_1, Fraction(1, 3), Basis.COUNTED), Successor(TAN_LAP_2, Fraction(2, 3), Basis.COUNTED))
LAST = at(6, 14, 3)


@dataclass(frozen=True)
class Reorganised(World):
    """The small city, with a commune that passed on and a district with a value of its own."""

    def _units(self) -> Iterable[OrgUnit]:
        for unit in super()._units():
            yield replace(unit, successors=TO) if unit.key == OLD_TOWN else unit

    def _targets(self) -> Iterable[TargetVersion]:
        for target in super()._targets():
            if target.target == "communes_online":
                yield replace(target, when_unit_ends=UnitEnding.PASSES_ON)
            elif target.target == "mail":
                yield replace(target, selector=Selector(level="district", except_for=(TAY_HO,)))
                yield replace(target, version="mail-v1/003", value=950_000, selector=Selector(code=TAY_HO.code))
            else:
                yield target

    def fill(self, home: Path) -> Path:
        """As before, and one more pass that finds the commune passed on."""
        super().fill(home)
        warehouse = Warehouse(home, CHECKOUT / "sql", Path(__file__).parent.parent / "warehouse" / "sql")
        found = [
            replace(
                judged("communes_online", OLD_TOWN, Status.ENDED, Reason.UNIT_PASSED_ON, 0, 1, 0, 0, role=Role.SHARE),
                period_start=None, period_end=None, numerator=None, denominator=None, required=None, final=None,
                attained=None, needed=None, headroom=None, headroom_units=None, as_of=LAST,
            ),
            replace(
                judged("mail", TAY_HO, Status.BEHIND, Reason.SHORT_OF_REQUIRED, 47, 50, 950_000, 950_000),
                target_version="mail-v1/003", as_of=LAST,
            ),
        ]  # fmt: skip
        anew = {(one.target, one.org_unit) for one in found}
        found += [replace(one, as_of=LAST) for one in _now() if (one.target, one.org_unit) not in anew]
        with warehouse.ledger() as conn:
            ledger.start_run(conn, "r3", as_of=LAST, started_at=LAST)
            ledger.append_assessments(conn, found, run_id="r3", recorded_at=LAST)
            ledger.finish_run(conn, "r3", finished_at=LAST, observations=0, assessments=2, events=0, notifications=0)
        warehouse.publish_ledger(LAST)
        return home


@pytest.fixture(scope="module")
def reorganised(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the home of that city."""
    return Settings(home=Reorganised().fill(tmp_path_factory.mktemp("reorganised") / "home"))


def test_a_unit_that_passed_on_names_its_followers(reorganised: Settings) -> None:
    """The row of a unit has who follows it, the largest part first, and since which day it is no more."""
    with opened(reorganised) as model:
        (old,) = [one for one in model.shares("communes_online") if one.status is Status.ENDED]
    assert old.reason is Reason.UNIT_PASSED_ON
    assert old.ended_on == date(2024, 12, 31)
    assert old.followers == ("Xã Tân Lập (Quận Tây Hồ)", "Xã Tân Lập (Quận Ba Đình)")
    assert old.target.when_unit_ends is UnitEnding.PASSES_ON


@pytest.mark.parametrize(
    ("language", "declared", "said"),
    [
        ("en", "passes on to those that follow", "The unit no longer exists; the target passed on to Xã Tân Lập"),
        ("vi", "chuyển cho đơn vị tiếp nhận", "Đơn vị không còn nữa; chỉ tiêu chuyển cho Xã Tân Lập"),
    ],
)
def test_the_page_says_what_was_declared_and_who_followed(
    read: Read, reorganised: Settings, language: str, declared: str, said: str
) -> None:
    """The declared choice is among the facts of the target, and its units say to whom they passed on."""
    words = read(f"/targets/communes_online?lang={language}", now=LAST, of=reorganised).words
    assert declared in words
    assert said in words


def test_a_target_with_exceptions_gives_every_value_that_a_unit_is_held_to(read: Read, reorganised: Settings) -> None:
    """The row and the page of a target of many name both: no unit's own value stands for all."""
    row = read("/?lang=en", now=LAST, of=reorganised).row("mail").text
    page = read("/targets/mail?lang=en", now=LAST, of=reorganised).words
    for words in (row, page):
        assert "≥ 95% and ≥ 100%" in words


@pytest.mark.parametrize("language", list(Language))
def test_status_shows_the_choice_and_the_followers(reorganised: Settings, language: Language) -> None:
    """A line of `targetwatch status --units` has both under their headings."""
    sql = "FROM current_status WHERE target = 'communes_online' ORDER BY status = 'ended' DESC, role"
    ended, *going_on = fetch(reorganised.home, sql).to_dicts()
    headings = [heading.in_(language) for heading in lines.STATUS_HEADINGS]
    line = dict(zip(headings, lines.status_line(ended, language), strict=True))
    declared, why = headings[9], headings[8]
    assert (
        line[declared]
        == {Language.VI: "chuyển cho đơn vị tiếp nhận", Language.EN: "passes on to those that follow"}[language]
    )
    assert "Xã Tân Lập" in line[why]
    others = [dict(zip(headings, lines.status_line(one, language), strict=True)) for one in going_on]
    assert {one[declared] for one in others} == {line[declared]}
    assert all("Xã Tân Lập" not in one[why] for one in others)


def drawn(standing: Standing) -> list[float]:
    """How high the path is drawn at each month's end: up is little."""
    line = charts.line(standing, charts.Window.until(LAST.date()), height=1_000)
    assert line is not None
    return [height for stretch in line.path for _, height in stretch]


def test_a_path_is_drawn_from_where_it_stood_on_the_day(reorganised: Settings) -> None:
    """The line begins on the day, with the newest value by then: the same as if that had been declared."""
    with opened(reorganised) as model:
        (found,) = model.standings("districts_online")
    year_end = date(2024, 12, 31)
    observed = Trajectory(Shape.LINEAR, assumed=False, baseline_on=year_end)
    (december,) = [one for one in found.series if one.period.last_day == year_end]
    value = Fraction(december.numerator, december.denominator) * 1_000_000
    declared = Trajectory(Shape.LINEAR, assumed=False, baseline=Milestone(year_end, int(value)))
    lines = [
        drawn(replace(found, target=replace(found.target, trajectory=trajectory)))
        for trajectory in (observed, declared)
    ]
    assert lines[0] == lines[1]
    target = replace(found.target, trajectory=observed)
    assert "31/12/2024" in sentences.path(replace(found, target=target), Language.VI)
    assert "from where it stood on 31 Dec 2024" in sentences.path(replace(found, target=target), Language.EN)


def test_a_path_that_was_handed_down_is_drawn_through_what_was_required(reorganised: Settings) -> None:
    """A successor's own figures do not say where its line began; what was required of it does."""
    with opened(reorganised) as model:
        (found,) = model.standings("districts_online")
    line = Trajectory(Shape.LINEAR, assumed=False, baseline_on=date(2021, 12, 31))
    passes_on = replace(found.target, trajectory=line, when_unit_ends=UnitEnding.PASSES_ON)
    ends = replace(passes_on, when_unit_ends=UnitEnding.ENDS)
    needed = 732_621
    of_the_heir = replace(found, target=passes_on, figures=replace(found.figures, required=needed))
    declared = Trajectory(Shape.LINEAR, assumed=False, baseline=Milestone(date(2021, 12, 31), 340_000))
    by_hand = replace(of_the_heir, target=replace(ends, trajectory=declared))
    window = charts.Window.until(LAST.date())
    (handed_down,), (same,) = (charts._path(one, window, one.series) for one in (of_the_heir, by_hand))
    assert [day for day, _ in handed_down] == [day for day, _ in same]
    assert [float(value) for _, value in handed_down] == pytest.approx([float(value) for _, value in same], abs=1e-5)
    assert drawn(replace(of_the_heir, target=ends)) != drawn(of_the_heir)
