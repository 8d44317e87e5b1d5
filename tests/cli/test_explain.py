"""`explain`: the whole chain in words, as it was known on a day, and commands that show the rows behind each link."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.cli import passing_on, publishing
from tests.cli.calls import Answer, CommandLine, command_line, of
from tests.cli.conftest import Judged
from tests.corridor.dossiers import hanoi
from tests.corridor.story import OWN as EXAMPLE
from tests.corridor.story import SHIPPED, Teller, deliveries
from tests.installation import assemble, install

GOLDEN = Path(__file__).parent / "golden"
ROWS = "sql/rows/dossiers_processed_online.sql"
Step = Mapping[str, Any]
ANSWERED: dict[tuple[str, ...], Answer] = {}


@pytest.fixture(scope="module")
def programme_with_rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programme of the worked example, and what lists its records."""
    return assemble(tmp_path_factory.mktemp("explained") / "programme", EXAMPLE, *SHIPPED, ROWS)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, programme_with_rows: Path) -> CommandLine:
    """The worked example, from April's figures to the day on which the districts are no more, a pass a row."""
    made = deliveries(tmp_path_factory.mktemp("deliveries"))
    teller = Teller(install(tmp_path_factory.mktemp("told") / "home", programme_with_rows))
    teller.gather(made.april, hanoi(5, 9))
    teller.look("31 May", hanoi(5, 31))
    teller.look("10 June", hanoi(6, 10), made.twelve)
    teller.gather(made.seventeen, hanoi(6, 12))
    teller.look("13 June", hanoi(6, 13, 23, 59))
    teller.look("16 June", hanoi(6, 16), made.late_one)
    teller.look("20 June", hanoi(6, 20), made.correction)
    teller.gather(made.june, hanoi(7, 10))
    teller.look("14 July", hanoi(7, 14, 17))
    teller.look("1 August", hanoi(8, 1))
    return of(teller.installation)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A programme of which only what was published and self-reported has come."""
    return of(publishing.told(tmp_path_factory.mktemp("published")))


@pytest.fixture(scope="module")
def passed_on(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """Communes that ended and passed on, with what was due of theirs afterwards."""
    return of(passing_on.told(tmp_path_factory.mktemp("passed_on")))


def told_by(targetwatch: CommandLine, *arguments: str) -> Answer:
    """What a command that only reads answers; once asked, the same home answers the same."""
    key = (*targetwatch.environment.values(), *arguments)
    if key not in ANSWERED:
        ANSWERED[key] = targetwatch(*arguments)
    return ANSWERED[key]


def explained(targetwatch: CommandLine, *arguments: str) -> Mapping[str, Any]:
    """What `explain --json` says."""
    answer = told_by(targetwatch, "explain", *arguments, "--json")
    assert answer.code == 0, answer.errors
    said: Mapping[str, Any] = json.loads(answer.out)
    return said


def steps(targetwatch: CommandLine, *arguments: str) -> dict[str, Step]:
    """The steps of the only account, by their ids."""
    (account,) = explained(targetwatch, *arguments)["accounts"]
    return {step["step"]: step for step in account["steps"]}


def answers(targetwatch: CommandLine, step: Step) -> list[list[dict[str, Any]]]:
    """The rows that each command of a step gives, as it is printed."""
    return [rows_of(targetwatch, shown["command"]) for shown in step["queries"]]


def rows_of(targetwatch: CommandLine, command: str) -> list[dict[str, Any]]:
    """The rows that a printed command gives."""
    program, *arguments = shlex.split(command)
    assert program == "targetwatch"
    answer = told_by(targetwatch, *arguments, "--format", "json")
    assert answer.code == 0, (command, answer.errors)
    rows: list[dict[str, Any]] = json.loads(answer.out)
    return rows


CASES = {
    "pooled.en": ("dossiers_district", "01", "--at", "2025-06-13"),
    "body.vi": ("dossiers_processed_online", "mỹ đức", "--at", "2025-06-16", "--lang", "vi"),
    "restated.en": ("dossiers_district", "hai ba trung", "--at", "2025-06-12"),
    "ended.en": ("dossiers_district", "Thành phố Hà Nội"),
    "ended.vi": ("dossiers_district", "282@2021-01-01", "--lang", "vi"),
}
PUBLISHED = {
    "rank.vi": ("rank", "01", "--lang", "vi"),
    "reported.en": ("mailboxes", "01"),
    "planned.vi": ("broadband", "01", "--lang", "vi"),
    "misreported.en": ("websites", "01"),
    "never.en": ("dossiers_district", "01"),
}
PASSED_ON = {
    "heir.en": ("on_time_communes", "101@2025-07-01"),
    "passed_on.vi": ("dossiers_on_time", "phường tây", "--lang", "vi"),
}
STORIES = {"told": CASES, "published": PUBLISHED, "passed_on": PASSED_ON}
EVERY = [(home, name) for home, cases in STORIES.items() for name in cases]


def legible(text: str) -> str:
    """What was said without what differs from one home to the next: fingerprints of deliveries."""
    return re.sub(r"\b[0-9a-f]{32}\b", "<batch>", text)


@pytest.mark.parametrize(("home", "name"), EVERY)
def test_golden_answers(
    request: pytest.FixtureRequest, golden: Callable[[Path, str], None], home: str, name: str
) -> None:
    """What people read is word for word what was read and found good, and a file for each kind of figure shows it."""
    answer = told_by(request.getfixturevalue(home), "explain", *STORIES[home][name])
    assert answer.code == 0, answer.errors
    golden(GOLDEN / f"explain.{name}.txt", legible(answer.out))


@pytest.mark.parametrize(("home", "name"), EVERY)
def test_every_printed_command_runs(request: pytest.FixtureRequest, home: str, name: str) -> None:
    """Each line that begins with `targetwatch sql` is answered by the same home, as it is printed."""
    targetwatch: CommandLine = request.getfixturevalue(home)
    lines = [line.strip() for line in told_by(targetwatch, "explain", *STORIES[home][name]).out.splitlines()]
    commands = [line for line in lines if line.startswith("targetwatch sql")]
    assert commands
    for command in commands:
        rows_of(targetwatch, command)


def test_the_records_are_those_that_were_counted(told: CommandLine) -> None:
    """Of a body as many records are listed as its denominator has, and of its numerator, as it was known then."""
    for unit, day, numerator in (("282", "2025-06-16", 650), ("007", "2025-06-12", 730)):
        chain = steps(told, "dossiers_district", unit, "--at", day)
        listed, delivered = answers(told, chain["records"])
        assert (sum(row["in_numerator"] for row in listed), len(listed)) == (numerator, 1_000)
        value = chain["value"]["facts"]
        assert (value["numerator"], value["denominator"]) == (numerator, 1_000)
        assert {row["batch_id"] for row in listed} <= {row["batch_id"] for row in delivered}


def test_what_was_taken_over_is_told_apart(passed_on: CommandLine) -> None:
    """Of a unit that follows others its own records are listed, and theirs with the parts that passed on to it."""
    chain = steps(passed_on, "on_time_communes", "101@2025-07-01")
    own, theirs, _ = answers(passed_on, chain["records"])
    assert (sum(row["in_numerator"] for row in own), len(own)) == (11, 12)
    assert {(row["name"], row["numerator"], row["denominator"]) for row in theirs} == {
        ("Phường Đông", 6, 8),
        ("Phường Tây", 5, 7),
    }
    value = chain["value"]["facts"]
    assert (value["numerator"], value["denominator"]) == (20, 24)  # 3 of 4 of the one that was divided
    path = chain["required"]["facts"]
    assert path["baseline"]["exact"] == str(Fraction(24 + 10 // 2, 30 + 20 // 2))
    assert path["computed_millionths"] == path["required_millionths"]


def test_the_bodies_of_a_sum_add_up_to_it(told: CommandLine) -> None:
    """The figures of the listed bodies add up to the value, and with the missing ones they are all that owe."""
    chain = steps(told, "dossiers_district", "01", "--at", "2025-06-13")
    bodies, missing = answers(told, chain["records"])
    value = chain["value"]["facts"]
    assert sum(row["numerator"] for row in bodies) == value["numerator"] == 21_000
    assert sum(row["denominator"] for row in bodies) == value["denominator"] == 29_000
    assert [row["full_name"] for row in missing] == ["Huyện Mỹ Đức"]
    facts = chain["records"]["facts"]
    assert (len(bodies), len(bodies) + len(missing)) == (facts["bodies_reported"], facts["bodies_due"]) == (29, 30)


@pytest.mark.parametrize("day", ["2025-06-13", "2025-06-20", "2025-08-01"])
@pytest.mark.parametrize("unit", ["01", "282"])
def test_every_link_agrees_with_its_rows(told: CommandLine, unit: str, day: str) -> None:
    """What each step says is what the rows behind it say."""
    chain = steps(told, "dossiers_district", unit, "--at", day)
    versions = answers(told, chain["value"])[0]
    figures = ("numerator", "denominator")
    assert [chain["value"]["facts"][name] for name in figures] in [[row[name] for name in figures] for row in versions]
    assert chain["target"]["facts"]["version"] in [row["target_version"] for row in answers(told, chain["target"])[0]]
    if "comparison" in chain:
        (sides,) = answers(told, chain["comparison"])[0]
        facts = chain["comparison"]["facts"]
        assert [sides[name] for name in ("attained", "needed", "headroom")] == [
            facts[name] for name in ("attained", "needed", "headroom")
        ]
        assert {row["verdict"] for row in answers(told, chain["judgement"])[0]} == set(
            chain["judgement"]["facts"]["verdicts"]
        )
    newest = answers(told, chain["status"])[0][0]
    assert [newest[name] for name in ("status", "reason")] == [
        chain["status"]["facts"][name] for name in ("status", "reason")
    ]
    history = answers(told, chain["incident"])[0]
    incident = chain["incident"]["facts"]
    assert [row["event"] for row in history if row["number"] == incident["incident"]] == [
        one["event"] for one in incident.get("history", ())
    ]
    for rows in answers(told, chain["messages"]):
        assert len(rows) == len(chain["messages"]["facts"]["messages"])


def test_the_comparison_is_that_of_the_worked_example(told: CommandLine) -> None:
    """Its integers are the table's, at their best and at their worst while one district is missing."""
    facts = steps(told, "dossiers_district", "01", "--at", "2025-06-13")["comparison"]["facts"]["comparisons"]
    now = {one["missing_units"]: (one["attained"], one["needed"]) for one in facts if one["against"] == "required"}
    assert now == {"best": (22_000_000_000, 21_978_630_000), "worst": (21_000_000_000, 21_978_630_000)}
    (after,) = [
        one
        for one in steps(told, "dossiers_district", "01", "--at", "2025-06-16")["comparison"]["facts"]["comparisons"]
        if one["against"] == "required"
    ]
    assert (after["attained"], after["needed"], after["reached"]) == (21_650_000_000, 21_978_630_000, False)


def test_the_comparisons_agree_with_the_verdicts(told: CommandLine, published: CommandLine) -> None:
    """Every comparison that is told as short stands among the failed expectations, and no other."""
    names = {"required": "short_at_", "margin": "margin_short_at_", "final": "final_short_at_"}
    cases = [
        (told, "dossiers_district", unit, "--at", day) for unit in ("01", "282") for day in ("2025-06-13", "2025-07-14")
    ]
    cases += [(published, target, "01") for target in ("rank", "mailboxes")]
    for targetwatch, *arguments in cases:
        chain = steps(targetwatch, *arguments)
        said = chain["comparison"]["facts"]["comparisons"]
        short = {f"{names[one['against']]}{one['missing_units']}" for one in said if not one["reached"]}
        told_of = {f"{names[one['against']]}{one['missing_units']}" for one in said}
        assert short == set(chain["judgement"]["facts"]["verdicts"]) & told_of


def test_the_path_gives_what_was_judged_by(told: CommandLine, published: CommandLine) -> None:
    """The line that is told, declared or from the first value, asks for exactly what the ledger was judged by."""
    district = steps(told, "dossiers_district", "01", "--at", "2025-06-13")["required"]["facts"]
    rank = steps(published, "rank", "01")["required"]["facts"]
    for facts in (district, rank):
        assert facts["computed_millionths"] == facts["required_millionths"]
    assert (district["days_so_far"], district["days_in_all"], district["required_millionths"]) == (
        1_247,
        1_461,
        732_621,
    )
    assert rank["baseline"]["on"] == "2021-12-31"


def test_everything_is_as_it_was_known_then(told: CommandLine) -> None:
    """On an earlier day April has its old figures, the correction is said apart, and no later incident is spoken of."""
    before = steps(told, "dossiers_district", "007", "--at", "2025-06-12")
    assert before["value"]["facts"]["numerator"] == 730
    assert [row["numerator"] for row in before["value"]["facts"]["restated"]] == [330]
    assert "Since restated to 330 / 1,000 dossiers = 33.0% on 20 Jun 2025." in before["value"]["says"]
    city = steps(told, "dossiers_district", "01", "--at", "2025-06-13")
    assert city["incident"]["facts"] == {"incident": None, "earlier": []}
    assert city["messages"]["facts"]["messages"] == []
    later = steps(told, "dossiers_district", "01", "--at", "2025-06-20")
    assert [one["event"] for one in later["incident"]["facts"]["history"]] == ["opened"]
    assert later["incident"]["facts"]["is_live"]
    assert {one["reason"] for one in later["messages"]["facts"]["messages"]} == {"opened", "restated"}
    closed = steps(told, "dossiers_district", "01", "--at", "2025-07-14")
    assert [one["event"] for one in closed["incident"]["facts"]["history"]][-1] == "resolved"
    assert not closed["incident"]["facts"]["is_live"]


def test_quarantine_and_refusals_are_told(judged: Judged, programme_with_rows: Path) -> None:
    """How many rows of a body's deliveries were set aside, and why one was refused, with the rows themselves."""
    targetwatch = command_line(judged.installation.home, programme_with_rows)
    chain = steps(targetwatch, "dossiers_district", "001")
    facts = chain["records"]["facts"]
    listed, delivered, aside = answers(targetwatch, chain["records"])
    assert facts["rows_quarantined"] == len({(row["delivered_as"], row["position"]) for row in aside}) == 1
    assert [row["delivered_as"] for row in delivered] == ["Tháng 5.csv"]
    assert len(listed) == facts["records"] == 99
    assert "1 row of it is in quarantine." in chain["records"]["says"]


def test_records_that_nothing_lists(targetwatch: CommandLine) -> None:
    """Where the programme has no file that lists a metric's records, that is said, and the deliveries are told."""
    records = steps(targetwatch, "dossiers_district", "001")["records"]
    assert records["says"][0] == f"There is no {ROWS} to list the records."
    assert "“Tháng 5.csv”" in records["says"][1]


def test_one_account_for_each_target_and_tier(told: CommandLine, published: CommandLine) -> None:
    """A metric brings its targets of the unit, and what is observed without a target; a target only itself."""
    (whole,) = explained(told, "dossiers_processed_online", "01")["accounts"]
    assert (whole["target"], whole["tier"]) == ("dossiers_district", "district")
    (untargeted,) = explained(published, "websites", "01")["accounts"]
    assert untargeted["target"] is None
    assert [step["step"] for step in untargeted["steps"]] == ["records", "value", "claims"]
    nothing = explained(told, "dossiers_processed_online", "00004@2021-01-01")
    assert nothing["accounts"] == []
    assert nothing["says"][-1].startswith("No target of this metric is set for Phường Trúc Bạch")


def test_both_languages_show_the_same_commands(told: CommandLine) -> None:
    """The words differ, the commands do not."""

    def commands(language: str) -> list[str]:
        lines = told("explain", "dossiers_district", "01", "--at", "2025-06-16", "--lang", language).out.splitlines()
        return [line for line in lines if "targetwatch sql" in line]

    assert commands("vi") == commands("en") != []


def test_json_says_the_same_as_the_text(told: CommandLine) -> None:
    """Every sentence and every command of the text is in the JSON, in its order."""
    said = explained(told, "dossiers_district", "282", "--at", "2025-06-16")
    text = told("explain", "dossiers_district", "282", "--at", "2025-06-16").out

    def parts() -> Iterator[str]:
        yield said["heading"]
        yield from said["says"]
        for account in said["accounts"]:
            for step in account["steps"]:
                yield step["heading"]
                yield from step["says"]
                yield from (shown["command"] for shown in step["queries"])

    place = 0
    for part in parts():
        place = text.index(part, place) + len(part)


def test_only_snapshots_are_read(told: CommandLine, tmp_path: Path) -> None:
    """A copy of the snapshots alone is explained word for word the same."""
    home = tmp_path / "home"
    shutil.copytree(Path(told.environment["TARGETWATCH_HOME"]) / "snapshots", home / "snapshots", symlinks=True)
    copied = command_line(home, Path(told.environment["TARGETWATCH_PROGRAMME"]))
    asked = ("explain", "dossiers_district", "282")
    assert copied(*asked).out == told(*asked).out != ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("dossiers_proccessed_online", "01"), "Did you mean dossiers_processed_online"),
        (("nothing at all", "01"), "Metrics: dossiers_processed_online."),
        (("dossiers_district", "My Dc"), "Huyện Mỹ Đức (282@2021-01-01)"),
        (("dossiers_district", "?"), "targetwatch units"),
        (("dossiers_district", "282@2020-01-01"), "282@2021-01-01"),
        (("dossiers_district", "hoan kiem", "--at", "13 June"), "Write --at 2025-06-13."),
        (("dossiers_district", "01", "--at", "2025-05-30"), "Write --at 2025-05-31 or a later day."),
    ],
)
def test_what_cannot_be_explained(told: CommandLine, arguments: tuple[str, ...], said: str) -> None:
    """An unknown name, a day that is none and one before the first pass: exit code 2, and what to write."""
    answer = told("explain", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.errors
    assert "Traceback" not in answer.errors


def test_a_name_that_several_bear(told: CommandLine) -> None:
    """Of several units with a name it is the one that is spoken of; where none is, each is named with what to write."""
    (account,) = explained(told, "dossiers_district", "ba vì")["accounts"]
    assert account["target"] == "dossiers_district"
    answer = told("explain", "dossiers_district", "00004")  # a commune's code, then another's: neither has a target
    assert (answer.code, answer.out) == (2, "")
    assert "'00004' can mean 2 units." in answer.errors
    assert "00004@2021-01-01  Phường Trúc Bạch" in answer.errors
    assert "00004@2025-07-01  Phường Ba Đình" in answer.errors


def test_before_the_first_pass(tmp_path: Path, programme_with_rows: Path) -> None:
    """Where nothing has been published yet that is said, with the command that comes next."""
    answer = command_line(tmp_path / "home", programme_with_rows)("explain", "dossiers_district", "01")
    assert (answer.code, answer.out) == (2, "")
    assert "targetwatch run" in answer.errors
