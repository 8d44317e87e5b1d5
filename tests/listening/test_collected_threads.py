"""A message that a route collects from several targets hears of what is snoozed in it, and of which of them it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.listening.world import CHAIR, NOW, TARGET, World, behind_in, typed, world_in

EACH = "each_district"
SECOND_TARGET = f"""
  - target: {EACH}
    name: {{vi: Hồ sơ trực tuyến – từng huyện, en: "Dossiers online, each district"}}
    short_name: {{vi: hồ sơ từng huyện, en: dossiers by district}}
    tier: district
    org_unit: {{level: district}}
    scope: each
    comparison: ">="
    value: 99
    trajectory: {{path: hold}}
    warning_margin: 1
    effective_from: 2021-07-15
    reference: R2021b
    owner: district_chairs
"""


def collect(programme: Path) -> None:
    """Have one message tell of two targets that have the same owner."""
    with (programme / "catalogue/targets/dossiers_processed_online.yaml").open("a", encoding="utf-8") as targets:
        targets.write(SECOND_TARGET)
    receivers = programme / "catalogue" / "receivers.yaml"
    written = receivers.read_text(encoding="utf-8")
    assert "\n  routes:" in written
    collected = written.replace("\n  routes:", "\n  group_by: [metric, owner]\n  routes:", 1)
    receivers.write_text(collected, encoding="utf-8")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world in which the districts together and each of them are behind, told of in one message a receiver."""
    behind = behind_in(tmp_path_factory.mktemp("collected"), collect)
    with world_in(tmp_path_factory.mktemp("told") / "home", behind) as made:
        yield made


def number_of(world: World, target: str, unit: str) -> int:
    """The number of the incident of a unit about a target."""
    row = world.installation.row(f"FROM incidents WHERE subject = '{target}' AND org_unit = '{unit}' AND is_live")
    return int(str(row["number"]))


def test_a_member_of_a_collected_message_that_is_snoozed_is_named_in_its_thread(world: World):
    """The message stands for another incident; its thread still hears of the snooze, and of what it is about."""
    stands_for = {row["incident"] for row in world.installation.rows("FROM notifications WHERE delivery = 'post'")}
    member = next(
        target for target, unit in ((TARGET, "01"), (EACH, "001")) if number_of(world, target, unit) not in stands_for
    )
    number = number_of(world, member, "01" if member == TARGET else "001")
    assert "Tạm dừng TW-" in world.answer(typed(world, CHAIR, f"snooze TW-{number} đang chờ phần mềm mới"))
    world.installation.notify(NOW)
    (said,) = [reply for reply in world.replies() if "Tạm dừng đến" in reply]
    name = "hồ sơ từng huyện" if member == EACH else "hồ sơ trực tuyến"
    assert name in said.partition("Chủ tịch UBND")[0].casefold()
