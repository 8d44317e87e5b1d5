"""`explain` finds what was told of an incident whatever its message is called, and whatever else that is about."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

import pytest

from tests.cli.calls import CommandLine, of
from tests.corridor.dossiers import APRIL, JUNE, MAY, districts, hanoi, month_of
from tests.corridor.story import OWN as EXAMPLE
from tests.corridor.story import SHIPPED
from tests.installation import assemble, install, prepare, wait_until_complete

EACH = """
  - target: each_district
    name: {vi: Hồ sơ trực tuyến – từng huyện, en: "Dossiers online, each district"}
    short_name: {vi: hồ sơ trực tuyến từng huyện, en: dossiers online by district}
    tier: district
    org_unit: {level: district}
    scope: each
    comparison: ">="
    value: 65
    trajectory: {path: hold}
    warning_margin: 1
    effective_from: 2021-07-15
    reference: R2021b
    owner: district_chairs
"""
RECEIVERS = """receivers:
  heads-of-units: {channel: chi-tieu, language: vi}
  duty-desk: {webhook: duty_desk, language: en}
  engineers: {channel: data-quality, language: en}
route:
  receiver: engineers
  group_by: [metric]
  routes:
    - {match: {kind: behind}, receiver: heads-of-units, group_by: [metric, owner], continue: true}
    - {match: {kind: behind}, receiver: duty-desk, group_by: [], active_in: [never_now], continue: true}
    - receiver: engineers
time_windows:
  never_now: {working_days: true, from: "03:00", to: "03:01"}
operators: {receiver: engineers}
"""
FAR_OFF, NEAR = "001", "005"
BY_OWNER = "metric=dossiers_processed_online&owner=district_chairs"
Messages = list[Mapping[str, Any]]


@pytest.fixture(scope="module")
def targetwatch(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A district by itself in April, the districts together in May, all in one message a receiver; over in June."""
    folder = tmp_path_factory.mktemp("collected")
    programme = assemble(folder / "programme", EXAMPLE, *SHIPPED)
    (programme / "catalogue/receivers.yaml").write_text(RECEIVERS, encoding="utf-8")
    with (programme / "catalogue/targets/dossiers_processed_online.yaml").open("a", encoding="utf-8") as targets:
        targets.write(EACH)
    online = {
        "april": (APRIL, {**dict.fromkeys(districts(), 80), FAR_OFF: 50}),
        "may": (MAY, {**dict.fromkeys(districts(), 70), FAR_OFF: 55}),
        "june": (JUNE, dict.fromkeys(districts(), 80)),
    }
    for step, (month, of_each) in online.items():
        prepare(folder / "prepared" / step, {f"procedures/{step}.csv": month_of(month, of_each, 100).write_csv()})
    wait_until_complete(folder / "prepared")
    installation = install(folder / "home", programme)
    for step, now in (("april", hanoi(5, 31)), ("may", hanoi(6, 13, 18)), ("june", hanoi(7, 14, 18))):
        installation.deliver(folder / "prepared" / step)
        installation.run(now)
    return of(installation)


def steps(targetwatch: CommandLine, target: str, unit: str, *arguments: str) -> dict[str, Mapping[str, Any]]:
    """The links of the chain that `explain` gives, by their ids."""
    answer = targetwatch("explain", target, unit, *arguments, "--json")
    assert answer.code == 0, answer.errors
    (account,) = json.loads(answer.out)["accounts"]
    return {step["step"]: step for step in account["steps"]}


def told(targetwatch: CommandLine, target: str, unit: str, *arguments: str) -> Messages:
    """The messages that `explain` names for a target and unit; the command that it prints gives as many."""
    step = steps(targetwatch, target, unit, *arguments)["messages"]
    found: Messages = step["facts"]["messages"]
    (query,) = step["queries"]
    rows = targetwatch(*shlex.split(query["command"])[1:], "--format", "json")
    assert len(json.loads(rows.out)) == len(found)
    return found


def groups(messages: Messages, receiver: str) -> set[str]:
    """What the messages to a receiver are called."""
    return {one["message_group"] for one in messages if one["receiver"] == receiver}


def reasons(messages: Messages, receiver: str) -> list[str]:
    """Why a receiver was told, one message, edit or reply after the other."""
    return [one["reason"] for one in messages if one["receiver"] == receiver]


def test_a_message_that_is_called_otherwise_is_found(targetwatch: CommandLine) -> None:
    """Where routes group by metric and owner, no message is called after the target, and all of it is found."""
    messages = told(targetwatch, "each_district", FAR_OFF)
    assert groups(messages, "heads-of-units") == {BY_OWNER}
    assert groups(messages, "engineers") == {"metric=dossiers_processed_online"}
    assert reasons(messages, "heads-of-units")[0] == "opened"
    assert "resolved" in reasons(messages, "heads-of-units")


def test_a_message_of_another_incidents_episode_is_found(targetwatch: CommandLine) -> None:
    """Who joins a message that another incident began is told of in it, from then on, and when all is over too."""
    began, joined = told(targetwatch, "each_district", FAR_OFF), told(targetwatch, "dossiers_district", "01")
    assert groups(joined, "heads-of-units") == {BY_OWNER}
    episodes = [{one["incident"] for one in found if one["state"] == "sent"} for found in (began, joined)]
    assert episodes[0] == episodes[1]
    assert episodes[1] != {steps(targetwatch, "dossiers_district", "01")["incident"]["facts"]["incident"]}
    assert "opened" not in reasons(joined, "heads-of-units")
    assert reasons(joined, "heads-of-units")[-1] == "resolved"


def test_a_share_is_told_of_in_the_message_of_its_tier(targetwatch: CommandLine) -> None:
    """What is told of a unit's share is what is told of those that answer for it, as long as it was behind itself."""
    share = told(targetwatch, "dossiers_district", NEAR)
    assert groups(share, "heads-of-units") == {BY_OWNER}
    whole = told(targetwatch, "dossiers_district", "01")
    assert [one["created_at"] for one in share if one["state"] == "sent"] == [
        one["created_at"] for one in whole if one["state"] == "sent"
    ]


def test_what_is_held_back_is_found_for_all_that_it_is_about(targetwatch: CommandLine) -> None:
    """A row says once why several are not told of yet: each of them is explained by it, in words."""
    for target, unit, first in (("each_district", FAR_OFF, "2025-05-31"), ("dossiers_district", "01", "2025-06-13")):
        held = [one for one in told(targetwatch, target, unit) if one["receiver"] == "duty-desk"]
        assert {(one["state"], one["state_reason"]) for one in held} == {("suppressed", "outside_hours")}
        assert groups(held, "duty-desk") == {"everything"}
        said = targetwatch("explain", target, unit, "--at", first).out
        assert "webhook duty_desk: a new message: withheld: outside the hours of its route" in said


def test_nothing_is_told_of_who_was_in_no_trouble(targetwatch: CommandLine) -> None:
    """Another district's own target was never missed: no message about its neighbours is taken for its own."""
    answer = targetwatch("explain", "each_district", NEAR)
    assert "There was no incident, and so no message." in answer.out
    before = told(targetwatch, "each_district", FAR_OFF, "--at", "2025-06-01")
    assert reasons(before, "heads-of-units") == ["opened"]
