"""The tree on the command line: what it is, who would hear of an incident and why, and tests of it as CI runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from targetwatch.settings import CHECKOUT
from tests.cli.calls import CommandLine, command_line
from tests.cli.conftest import Judged

GOLDEN = Path(__file__).parent / "golden"
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
FRIDAY_MORNING = datetime(2025, 6, 13, 9, 0, tzinfo=HANOI)


@pytest.fixture
def shipped(tmp_path: Path) -> CommandLine:
    """The command line over the shipped catalogue, on a Friday morning, where nothing has ever run."""
    return command_line(tmp_path / "home", CHECKOUT, FRIDAY_MORNING)


def hears(answer: str) -> dict[str, Any]:
    """What `--json` says of each receiver."""
    return {one["receiver"]: one for one in json.loads(answer)["hear"]}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("routes.show", ("show",)),
        ("routes.target", ("test", "--target", "dossiers_district")),
        ("routes.night", ("test", "--target", "dossiers_district", "--at", "2025-04-29 20:00")),
        ("routes.share", ("test", "--target", "dossiers_commune", "--unit", "271")),
        ("routes.source", ("test", "--source", "procedures")),
        ("routes.labels", ("test", "--kind", "misreported", "--owner", "city_office", "--severity", "notice")),
    ],
)
def test_golden_answers(
    shipped: CommandLine, golden: Callable[[Path, str], None], name: str, arguments: tuple[str, ...]
) -> None:
    """What people read is word for word what was read and found good."""
    answer = shipped("routes", *arguments)
    assert (answer.code, answer.errors) == (0, "")
    golden(GOLDEN / f"{name}.txt", answer.out)


@pytest.mark.parametrize(
    ("arguments", "receivers"),
    [
        (("--target", "dossiers_city"), "heads-of-units,data-engineers"),
        (("--target", "digital_transformation_rank"), "data-engineers, heads-of-units"),
        (("--target", "dossiers_commune", "--unit", "xã ba vì"), "heads-of-units,data-engineers"),
        (("--source", "procedures"), "data-engineers"),
        (("--source", "procedures", "--kind", "quality"), "data-engineers"),
        (("--metric", "portal_visits", "--kind", "misreported"), "heads-of-units,data-engineers"),
        (("--kind", "behind", "--level", "commune", "--owner", "commune_chairs"), "heads-of-units,data-engineers"),
    ],
)
def test_the_shipped_tree_tells_whom_it_should(
    shipped: CommandLine, arguments: tuple[str, ...], receivers: str
) -> None:
    """What is behind or published wrongly goes to the heads of units and to the engineers, a source to these alone."""
    assert shipped("routes", "test", *arguments, "--expect", receivers).code == 0


def test_an_expectation_that_fails_says_what_differs(shipped: CommandLine) -> None:
    """It leaves with 1, and says who was expected, who hears, who is missing and who is too many."""
    answer = shipped("routes", "test", "--source", "procedures", "--expect", "heads-of-units,operators")
    assert answer.code == 1
    assert answer.errors.splitlines() == [
        "",
        "expected:   heads-of-units, operators",
        "hear of it: data-engineers",
        "missing:    heads-of-units, operators",
        "too many:   data-engineers",
    ]
    assert shipped("routes", "test", "--source", "procedures", "--expect", "nobody").errors.splitlines() == [
        "",
        "expected:   nobody",
        "hear of it: data-engineers",
        "too many:   data-engineers",
    ]


@pytest.mark.parametrize(
    ("at", "told_at"),
    [
        ("2025-06-13 09:00", "2025-06-13 09:00"),
        ("2025-06-13 07:29", "2025-06-13 07:30"),
        ("2025-06-13 17:30", "2025-06-16 07:30"),  # a Friday: the end of the hours is not part of them
        ("2025-06-14", "2025-06-16 07:30"),
        ("2025-04-29 18:00", "2025-05-05 07:30"),  # before 30 April, 1 May and the Friday that is bridged
        ("2025-04-26 09:00", "2025-04-26 09:00"),  # a Saturday that is worked for it
        ("2025-01-24 18:00", "2025-02-03 07:30"),  # before Tết
    ],
)
def test_hours_are_those_of_the_calendar(shipped: CommandLine, at: str, told_at: str) -> None:
    """Outside the working hours of Vietnam's calendar the heads of units hear when the next ones begin."""
    answer = hears(shipped("routes", "test", "--target", "dossiers_district", "--at", at, "--json").out)
    moments = {name: datetime.fromisoformat(one["told_at"]).astimezone(HANOI) for name, one in answer.items()}
    assert moments["heads-of-units"] == datetime.fromisoformat(told_at).replace(tzinfo=HANOI)
    opened = datetime.fromisoformat(at if " " in at else f"{at} 08:00")
    assert moments["data-engineers"] == opened.replace(tzinfo=HANOI)


def test_steps_are_counted_in_working_days(shipped: CommandLine) -> None:
    """Five and ten working days from the opening: public holidays and the days off that are bridged do not count."""
    arguments = ("routes", "test", "--target", "dossiers_district", "--at", "2025-04-25 10:00", "--json")
    steps = hears(shipped(*arguments).out)["heads-of-units"]["escalation"]
    assert [
        (one["receiver"], one["after_working_days"], datetime.fromisoformat(one["at"]).astimezone(HANOI))
        for one in steps
    ] == [
        ("information-director", 5, datetime(2025, 5, 6, 10, 0, tzinfo=HANOI)),
        ("city-office", 10, datetime(2025, 5, 13, 10, 0, tzinfo=HANOI)),
    ]
    assert hears(shipped(*arguments).out)["data-engineers"]["escalation"] == []


def test_a_node_says_why_it_is_not_come_to(shipped: CommandLine) -> None:
    """As data too: each node with what came of it, and the label that is another."""
    answer = json.loads(shipped("routes", "test", "--source", "procedures", "--json").out)
    assert answer["labels"]["owner"] == ["city_office"]
    assert [(one["node"], one["outcome"], one["because"]) for one in answer["nodes"]] == [
        ("0", "passes", []),
        ("1", "unmatched", ["kind is late"]),
        ("2", "tells", []),
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ("--target", "dossiers_distrct"),
            "There is no target or source 'dossiers_distrct'. Write 'dossiers_district'.",
        ),
        (("--target", "procedures"), "'procedures' is a source, and no target. Write --source procedures."),
        (("--target", "dossiers_city", "--kind", "late"), "An incident of kind 'late' is about no target."),
        (("--target", "dossiers_city", "--unit", "Ba Vi"), "'Ba Vi' may be "),
        (("--target", "dossiers_city", "--unit", "Atlantis"), "No unit has the code or the name 'Atlantis'."),
        (("--metric", "dossiers_processed_online"), "Metric 'dossiers_processed_online' has 3 targets: name one,"),
        (("--metric", "dossiers_on_time"), "Metric 'dossiers_on_time' has no target; or write --kind misreported."),
        (("--kind", "behnid"), "There is no kind of incident 'behnid'. Write 'behind'."),
        (("--owner", "city_office"), "Say what it is about: --target, --source, --metric, or --kind"),
        (
            ("--source", "procedures", "--unit", "271"),
            "An incident of a source is late or quality, and of no org_unit.",
        ),
        (("--target", "dossiers_city", "--at", "soon"), "'soon' is no moment. Write --at 2025-06-13, or"),
        (
            ("--target", "dossiers_city", "--expect", "heads"),
            "There is no receiver 'heads'. Write one of: city-office, data-engineers,",
        ),
        (("--expect", "heads-of-units"), "Describe the incident that --expect or --at is about"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_write(
    shipped: CommandLine, arguments: tuple[str, ...], says: str
) -> None:
    """A wrong name, or what does not go together, is wrong input; nothing is said of anybody."""
    answer = shipped("routes", "test", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.errors.startswith(says)


def test_without_options_it_is_said_who_hears_of_what_is_live(judged: Judged) -> None:
    """Every live incident of the newest snapshot with its receivers; units' shares of a pooled target are not apart."""
    answer = judged.targetwatch("routes", "test")
    assert (answer.code, answer.errors) == (0, "")
    said = [line for line in answer.out.splitlines() if line.startswith("TW-")]
    assert [line.split(" ", 1)[1] for line in said] == [
        "behind dossiers_district 01, warning, open: heads-of-units, data-engineers",
        "quality procedures, warning, open: data-engineers",
    ]
    found = json.loads(judged.targetwatch("routes", "test", "--json").out)
    assert [one["state"] for one in found] == ["open", "open"]
    assert [[each["receiver"] for each in one["hear"]] for one in found] == [
        ["heads-of-units", "data-engineers"],
        ["data-engineers"],
    ]


def test_where_nothing_was_published_nothing_is_live(shipped: CommandLine) -> None:
    """Without a snapshot there is nothing to look at, and it is said what makes one."""
    answer = shipped("routes", "test")
    assert answer.code == 2
    assert "targetwatch run" in answer.errors
