"""Tables of targets say what files of targets say."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from targetwatch.catalogue import load, read
from targetwatch.catalogue.target_columns import COLUMNS
from targetwatch.catalogue.target_tables import MAX_MISSHAPEN
from targetwatch.model import Comparison, Milestone, Selector, TargetVersion, Text, UnitEnding, UnitKey
from targetwatch.model import Path as Way

SOUND = Path(__file__).parent / "sound"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "catalogue.md"
TABLE = Path("targets") / "register.csv"
HEADER = (
    "target,metric,tier,scope,org_unit,level,comparison,value,value_to,due,trajectory,assumed,baseline,milestones,margin,"
    "effective_from,effective_to,replaces,reference,for,keep_open_for,when_unit_ends"
)
MORE_DISTRICTS = """002,2021-01-01,2025-06-30,district,quan,Quận Hoàn Kiếm,01
003,2021-01-01,2025-06-30,district,quan,Quận Tây Hồ,01
"""

Row = dict[str, str]


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A copy of the sound catalogue, with two more districts, without its file of targets."""
    root = Path(shutil.copytree(SOUND, tmp_path / "catalogue"))
    (root / "targets" / "share.yaml").unlink()
    units = root / "org_units" / "units.csv"
    units.write_text(units.read_text(encoding="utf-8") + MORE_DISTRICTS, encoding="utf-8")
    return root


def rule(**said: str) -> Row:
    """A row of a version for every district."""
    sound = {
        "target": "each",
        "metric": "share",
        "tier": "district",
        "scope": "each",
        "level": "district",
        "comparison": ">=",
        "value": "80",
        "due": "2025-12-31",
        "trajectory": "hold",
        "margin": "1",
        "effective_from": "2021-07-15",
        "reference": "R1",
    }
    return {**dict.fromkeys(HEADER.split(","), ""), **sound, **said}


def exception(**said: str) -> Row:
    """A row that says something else for one district."""
    return {**dict.fromkeys(HEADER.split(","), ""), "target": "each", "effective_from": "2021-07-15", **said}


def written(*rows: Row) -> str:
    """A table of rows that need no quotes."""
    return "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)]) + "\n"


def targets(catalogue: Path, table: str) -> tuple[TargetVersion, ...]:
    """The targets of a catalogue with this table."""
    (catalogue / TABLE).write_text(table, encoding="utf-8")
    return load(catalogue).targets


def messages(catalogue: Path, table: str) -> list[str]:
    """What is wrong with a catalogue with this table."""
    (catalogue / TABLE).write_text(table, encoding="utf-8")
    return [str(issue) for issue in read(catalogue).issues]


def test_a_table_says_what_yaml_says(catalogue: Path) -> None:
    """The same targets in a table and in YAML are the same versions, with the same hashes."""
    table = targets(
        catalogue,
        written(
            rule(trajectory="linear", assumed="true", baseline="2021-12-31: 34", effective_to="2023-12-31"),
            rule(
                value="85",
                trajectory="linear",
                baseline="2021-12-31: observed",
                effective_from="2024-01-01",
                replaces="2021-07-15",
                when_unit_ends="passes_on",
                **{"for": "1", "keep_open_for": "2"},
            ),
            exception(org_unit="001", effective_from="2024-01-01", value="90", margin="2"),
            rule(
                target="all_units",
                org_unit="all",
                level="",
                comparison="between",
                value_to="90.5",
                trajectory="steps",
                milestones="2022-12-31: 50; 2023-12-31:60",
            ),
        ),
    )
    (catalogue / TABLE).unlink()
    (catalogue / "targets" / "each.yaml").write_text(
        """
metric: share
defaults:
  name: {vi: Tỷ lệ trực tuyến, en: Share online}
  short_name: {vi: Tỷ lệ trực tuyến, en: Share online}
  tier: district
  scope: each
  due: 2025-12-31
  warning_margin: 1
  effective_from: 2021-07-15
  reference: R1
  owner: office
targets:
  - target: each
    org_unit: {level: district}
    comparison: ">="
    versions:
      - value: 80
        trajectory: {path: linear, assumed: true, baseline: {on: 2021-12-31, value: 34}}
        effective_to: 2023-12-31
      - value: 85
        trajectory: {path: linear, baseline: {on: 2021-12-31, value: observed}}
        effective_from: 2024-01-01
        replaces: 2021-07-15
        when_unit_ends: passes_on
        for: 1
        keep_open_for: 2
        exceptions: [{org_unit: "001", value: 90, warning_margin: 2}]
  - target: all_units
    org_unit: {all: true}
    comparison: between
    value: 80
    value_to: 90.5
    trajectory: {path: steps, milestones: [{on: 2022-12-31, value: 50}, {on: 2023-12-31, value: 60}]}
""",
        encoding="utf-8",
    )
    assert table == load(catalogue).targets
    assert [target.target for target in table] == ["each", "each", "each", "all_units"]


def test_columns_come_in_any_order(catalogue: Path) -> None:
    """The header says what a column holds, and not its place."""
    row = rule(trajectory="linear", baseline="first_observed")
    assert targets(catalogue, written(row)) == targets(catalogue, written(dict(reversed(row.items()))))


def test_whom_it_is_for_has_four_columns(catalogue: Path) -> None:
    """Code, level, kind and parent are columns; a code may come with its unit's first day, and all stands for all."""
    who = [
        ({"org_unit": "001@2021-01-01"}, Selector(code="001", code_valid_from=date(2021, 1, 1))),
        ({"level": "district", "kind": "quan"}, Selector(level="district", kind="quan")),
        ({"parent": "01"}, Selector(parent="01")),
        ({"org_unit": "all"}, Selector(every=True)),
    ]
    nobody = {"org_unit": "", "level": "", "kind": "", "parent": ""}
    rows = [{**rule(target=f"t{n}"), **nobody, **said} for n, (said, _) in enumerate(who)]
    assert [target.selector for target in targets(catalogue, written(*rows))] == [selector for _, selector in who]


def test_an_exception_takes_over_what_it_leaves_empty(catalogue: Path) -> None:
    """It says its own of value or baseline, and all the rest, the path too, is that of its version."""
    whole, value, baseline = targets(
        catalogue,
        written(
            rule(trajectory="linear", assumed="true", baseline="first_observed", when_unit_ends="passes_on"),
            exception(org_unit="001", value="85.5"),
            exception(org_unit="002", baseline="2021-12-31: 40"),
        ),
    )
    keys = (UnitKey("001", date(2021, 1, 1)), UnitKey("002", date(2021, 1, 1)))
    assert whole.selector == Selector(level="district", except_for=keys)
    assert value.selector == Selector(code="001", code_valid_from=date(2021, 1, 1))
    assert (value.value, value.trajectory) == (855_000, whole.trajectory)
    assert (baseline.value, baseline.trajectory.baseline) == (800_000, Milestone(date(2021, 12, 31), 400_000))
    assert (baseline.trajectory.path, baseline.trajectory.assumed) == (Way.LINEAR, True)
    for version in (value, baseline):
        assert version.when_unit_ends is UnitEnding.PASSES_ON
        assert (version.comparison, version.due, version.warning_margin) == (Comparison.AT_LEAST, whole.due, 10_000)
    assert len({whole.version, value.version, baseline.version}) == 3


def test_another_path_brings_its_own_points(catalogue: Path) -> None:
    """An exception that names another path takes over neither baseline nor milestones; one that names the same does."""
    _, held, linear = targets(
        catalogue,
        written(
            rule(trajectory="linear", baseline="2021-12-31: 34"),
            exception(org_unit="001", trajectory="hold"),
            exception(org_unit="002", trajectory="linear", assumed="true"),
        ),
    )
    assert (held.trajectory.path, held.trajectory.baseline) == (Way.HOLD, None)
    assert linear.trajectory.baseline == Milestone(date(2021, 12, 31), 340_000)
    assert linear.trajectory.assumed


def test_what_an_exception_repeats_is_no_contradiction(catalogue: Path) -> None:
    """A spreadsheet that fills every column down is read."""
    _, repeated = targets(catalogue, written(rule(), rule(org_unit="001", value="85")))
    assert (repeated.value, repeated.selector.code, repeated.selector.level) == (850_000, "001", None)


def test_rows_of_a_target_need_not_stand_together(catalogue: Path) -> None:
    """An exception may stand anywhere below its version, and a version may be any row."""
    rows = [
        rule(effective_to="2023-12-31"),
        rule(target="other", value="60"),
        rule(value="85", effective_from="2024-01-01", replaces="2021-07-15"),
        exception(org_unit="001", value="81"),
        exception(org_unit="002", value="86", effective_from="2024-01-01"),
    ]
    found = targets(catalogue, written(*rows))
    assert [(t.target, t.value, str(t.effective_from)) for t in found] == [
        ("each", 800_000, "2021-07-15"),
        ("each", 810_000, "2021-07-15"),
        ("each", 850_000, "2024-01-01"),
        ("each", 860_000, "2024-01-01"),
        ("other", 600_000, "2021-07-15"),
    ]


def test_words_are_those_of_the_metric_unless_said(catalogue: Path) -> None:
    """Names and owner may be left to the metric; a target's later versions and exceptions are called as its first."""
    (plain,) = targets(catalogue, written(rule()))
    assert (plain.name, plain.short_name, plain.owner) == (
        Text("Tỷ lệ trực tuyến", "Share online"),
        Text("Tỷ lệ trực tuyến", "Share online"),
        "office",
    )
    names = {"name_vi": "Từng huyện", "name_en": "Each district"}
    found = targets(
        catalogue,
        written(
            {**rule(effective_to="2023-12-31"), **names},
            {**rule(effective_from="2024-01-01", replaces="2021-07-15"), **dict.fromkeys(names, "")},
            {**exception(org_unit="001", value="81", effective_from="2024-01-01"), **dict.fromkeys(names, "")},
        ),
    )
    assert {version.name for version in found} == {Text("Từng huyện", "Each district")}
    assert {version.short_name for version in found} == {plain.short_name}


def test_a_spreadsheets_csv_is_read(catalogue: Path) -> None:
    """Byte order mark, Windows' line ends, quotes and line ends within them change nothing."""
    names = {"name_vi": "Ba Đình", "name_en": "A"}
    plain = targets(catalogue, written({**rule(), **names}))
    quoted = written({**rule(), **names, "name_en": '"A"', "value": '"80"'}).replace("\n", "\r\n")
    (catalogue / TABLE).write_bytes(b"\xef\xbb\xbf" + quoted.encode())
    assert load(catalogue).targets == plain
    (target,) = targets(catalogue, written({**rule(), **names, "name_en": '"An ""A"", and\nmore"'}))
    assert target.name.en == 'An "A", and\nmore'


def test_the_place_is_that_of_the_cell_behind_quoted_lines(catalogue: Path) -> None:
    """Lines and columns are counted in the file, also behind values that hold commas and line ends."""
    row = {"name_vi": '"Một,\nhai, ""ba"""', "name_en": "B", **rule(value="8O")}
    (message,) = messages(catalogue, written(row))
    line, column = map(int, message.split(":")[1:3])
    assert (catalogue / TABLE).read_text(encoding="utf-8").split("\n")[line - 1][column - 1 :].startswith("8O,")
    assert line == 3


@pytest.mark.parametrize(
    ("milestones", "column"),
    [("2022-12-31: 5O; 2023-12-31: 60", 13), ("2022-12-31: 50; 2023-13-31: 60", 17), ("2022-12-31: 50 ;60", 17)],
    ids=["value", "day", "no point"],
)
def test_a_wrong_milestone_is_pointed_to(milestones: str, column: int, catalogue: Path) -> None:
    """Of several milestones in a cell the place of the wrong one is told."""
    row = rule(trajectory="steps", milestones=milestones)
    (message,) = messages(catalogue, written(row))
    begins = written(row).splitlines()[1].index(milestones)
    assert int(message.split(":")[2]) == begins + column


def test_all_rows_are_checked_at_once(catalogue: Path) -> None:
    """A mistake in each of ten targets is ten messages, and those without one are not blamed."""
    rows = [rule(target=f"t{n}", value="80" if n % 2 else "8O") for n in range(20)]
    found = messages(catalogue, written(*rows))
    assert [int(message.split(":")[1]) for message in found] == list(range(2, 22, 2))


def test_a_wrong_version_is_not_blamed_on_its_exceptions(catalogue: Path) -> None:
    """Where the row of a version cannot be read, its exceptions are not taken for versions."""
    broken = written(rule(), exception(org_unit="001", value="85")).replace(",80,", ',8"0,')
    assert len(messages(catalogue, broken)) == 1


def test_what_is_no_table_is_soon_given_up(catalogue: Path) -> None:
    """A file of rows of another shape gives some messages and not a million."""
    found = messages(catalogue, HEADER + "\n" + "1,2,3\n" * 50_000)
    assert len(found) == MAX_MISSHAPEN + 1
    for wide in ("," * 1_000_000, HEADER + "\n" + "," * 1_000_000):
        (message,) = messages(catalogue, wide)
        assert "a row has more than 100 values" in message


def test_missing_columns_are_said_once(catalogue: Path) -> None:
    """A column that every row lacks is missing in the header, and not in each row."""
    rows = [{key: said for key, said in rule(target=f"t{n}").items() if key != "margin"} for n in range(5)]
    assert messages(catalogue, written(*rows)) == [
        "targets/register.csv:1:1: there is no column 'margin'. Add it to the header."
    ]


def test_what_stands_below_a_misspelt_column_is_checked(catalogue: Path) -> None:
    """A column that is meant to be another is read as that other, so that all is said at once."""
    table = written(rule(value="8O")).replace("comparison", "comparision")
    assert [message.split(": ")[1] for message in messages(catalogue, table)] == [
        "unknown column 'comparision'. Write 'comparison'.",
        "'8O' is not a number. Write the number alone, as in 8.",
    ]


def test_a_target_of_two_tables_is_there_twice(catalogue: Path) -> None:
    """Rows of one target stand in one file."""
    (catalogue / "targets" / "another.csv").write_text(written(rule()), encoding="utf-8")
    (message,) = messages(catalogue, written(rule(effective_from="2022-01-01")))
    assert "target 'each' is declared twice. The first is in targets/another.csv:2." in message


def test_every_column_is_documented() -> None:
    """A column that may be written is named on the page of the catalogue."""
    page = PAGE.read_text(encoding="utf-8")
    assert [column for column in COLUMNS if not re.search(rf"`{column}`", page)] == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.integers(0, 700),
    length=st.integers(0, 40),
    text=st.text(alphabet="abv:;-\"',\n\r\t 01@é", max_size=12),
)
def test_no_table_can_make_reading_fail(start: int, length: int, text: str, catalogue: Path) -> None:
    """Whatever is cut out of a table or put into it, reading ends with a programme or with issues that have a place."""
    table = written(
        rule(trajectory="linear", baseline="2021-12-31: 34", effective_to="2023-12-31"),
        rule(effective_from="2024-01-01", replaces="2021-07-15", trajectory="steps", milestones="2024-12-31: 50"),
        exception(org_unit="002@2021-01-01", value="70"),
    )
    (catalogue / TABLE).write_text(table[:start] + text + table[start + length :], encoding="utf-8", newline="")
    reading = read(catalogue)
    assert reading.programme is not None or reading.issues
    lines = len((table + text).splitlines()) + 12
    assert all(1 <= issue.line <= lines and issue.column >= 1 for issue in reading.issues)
