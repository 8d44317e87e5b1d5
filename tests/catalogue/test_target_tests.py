"""Test files of targets: what a line stands for, and that docs/catalogue.md shows the truth about them."""

import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from targetwatch.catalogue import load, spec, target_tests
from targetwatch.catalogue.reading_tests import TargetTests, read_tests
from targetwatch.catalogue.target_tests import Case, MessageReason, Observed
from targetwatch.model import Origin, Period, UnitKey
from targetwatch.notifications.stories import ReplyKind
from targetwatch.rehearsing import rehearse
from targetwatch.settings import CHECKOUT

HERE = Path(__file__).parent
PAGE = (CHECKOUT / "docs" / "catalogue.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^```(?:yaml|csv)\n# (\S+?\.(?:yaml|csv)).*?\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
SUITE = CHECKOUT / "expectations" / "judgement" / "targets.json"
SPECS = (target_tests.TargetTestsSpec, target_tests.CaseSpec, target_tests.GivenSpec, target_tests.ExpectSpec)
KEYS = {field.alias or name for kind in SPECS for name, field in kind.model_fields.items()}
CITY, BA_DINH, HOAN_KIEM = (UnitKey(code, date(2021, 1, 1)) for code in ("01", "001", "002"))
UNITS = """code,valid_from,valid_to,level,kind,name,parent_code
01,2021-01-01,,city,thanh_pho,Thành phố Hà Nội,
001,2021-01-01,2025-06-30,district,quan,Quận Ba Đình,01
002,2021-01-01,2025-06-30,district,quan,Quận Hoàn Kiếm,01
001,2025-07-01,,district,quan,Ba Đình mới,01
"""
EXPECT = "    expect: [{on: 2025-06-13, incident: none}]\n"


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A copy of the sound catalogue with a second district, and one that came after."""
    root = Path(shutil.copytree(HERE / "sound", tmp_path / "catalogue"))
    (root / "org_units" / "units.csv").write_text(UNITS, encoding="utf-8")
    (root / "tests").mkdir()
    return root


def read(root: Path, text: str) -> TargetTests:
    """What a file of tests comes to."""
    (root / "tests" / "share.yaml").write_text(text, encoding="utf-8")
    return read_tests(root, load(root))


def case_of(root: Path, given: str, expect: str = EXPECT, head: str = "target: share_district\n") -> Case:
    """The one case of a file with these lines under `given`."""
    tests = read(root, f"{head}cases:\n  - case: a case\n    given:\n{given}{expect}")
    assert tests.issues == ()
    (case,) = tests.cases
    return case


def observed(root: Path, given: str) -> dict[UnitKey, Observed]:
    """What one line under `given` stands for, by unit."""
    return {one.unit: one for one in case_of(root, f"      - {{{given}, known: 2025-06-13}}\n").observed}


def test_the_example_of_the_page_runs(tmp_path: Path) -> None:
    """The example of docs/catalogue.md is read without an issue, and everything in it is as expected."""
    for name, content in EXAMPLES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    programme = load(tmp_path)
    tests = read_tests(tmp_path, programme)
    assert [str(issue) for issue in tests.issues] == []
    assert [case.target for case in tests.cases] == ["dossiers_district"]
    assert [str(one) for one in rehearse(programme, tests.cases, SUITE).differences] == []


@pytest.mark.parametrize("key", sorted(KEYS - spec.FamilySpec.model_fields.keys()))
def test_every_key_is_documented(key: str) -> None:
    """A key that may be written in a test is named in its section of the page."""
    assert re.search(rf"\b{key}\b", PAGE.split("## Tests for targets")[1])


def test_every_reason_that_people_are_told_can_be_expected() -> None:
    """A reason of a message about a target is one that a test may name, and is documented.

    Not those of sources, nor those that follow from what people do and from how long they wait.
    """
    beside = {"more", "acknowledged", "lapsed", "escalated", "repeated"}
    assert {str(reason) for reason in MessageReason} == {"opened", *(kind for kind in ReplyKind if kind not in beside)}
    assert [one for one in MessageReason if f"`{one}`" not in PAGE.split("## Tests for targets")[1]] == []


def test_a_line_is_one_observation_of_the_unit_that_the_target_names(catalogue: Path) -> None:
    """Without more said it is of the target's own unit and tier, from the metric's source, at the day's beginning."""
    case = case_of(catalogue, "      - {period: 2025-05, value: 634 of 1000, known: 2025-06-13}\n")
    assert case.observed == (
        Observed(
            unit=CITY,
            tier="district",
            period=Period(date(2025, 5, 1), date(2025, 5, 31)),
            origin=Origin.COMPUTED,
            numerator=634,
            denominator=1000,
            parts=True,
            known_at=datetime(2025, 6, 12, 17, tzinfo=UTC),
        ),
    )


def test_a_day_is_its_beginning_where_something_becomes_known_and_its_end_where_it_is_looked_at(
    catalogue: Path,
) -> None:
    """So what became known on a day is seen on it; a time of day is the programme's."""
    given = "      - {period: 2025-05, value: 1 of 2, known: 2025-06-13 17:30}\n"
    case = case_of(
        catalogue, given, "    expect: [{on: 2025-06-13, incident: none}, {on: 2025-06-14, incident: none}]\n"
    )
    assert case.observed[0].known_at == datetime(2025, 6, 13, 10, 30, tzinfo=UTC)
    assert [one.at for one in case.expected] == [
        datetime(2025, 6, 13, 16, 59, 59, 999999, tzinfo=UTC),
        datetime(2025, 6, 14, 16, 59, 59, 999999, tzinfo=UTC),
    ]


def test_every_unit_of_a_level_has_the_same(catalogue: Path) -> None:
    """`every` stands for the units of a level that exist on the period's last day, but for those left out."""
    both = observed(catalogue, "period: 2025-05, every: district, value: 7 of 10")
    assert {key: (one.numerator, one.denominator) for key, one in both.items()} == {
        BA_DINH: (7, 10),
        HOAN_KIEM: (7, 10),
    }
    assert set(observed(catalogue, 'period: 2025-05, every: district, except: ["001"], value: 7 of 10')) == {HOAN_KIEM}
    assert set(observed(catalogue, "period: 2025-07, every: district, value: 7 of 10")) == {
        UnitKey("001", date(2025, 7, 1))
    }


def test_what_they_have_together_is_shared_out_to_the_last_one(catalogue: Path) -> None:
    """`together` gives each as much as the others, and what is left over to the first ones."""
    both = observed(catalogue, "period: 2025-05, every: district, together: 7 of 9")
    assert [(one.numerator, one.denominator) for one in both.values()] == [(4, 5), (3, 4)]


def test_a_share_without_its_parts_is_scaled_by_its_own_digits(catalogue: Path) -> None:
    """63.45 % is 6,345 of 10,000, which are not the real numerator and denominator."""
    (one,) = observed(catalogue, "period: 2025-05, value: 63.45").values()
    assert (one.numerator, one.denominator, one.parts) == (6345, 10_000, False)


def test_a_code_means_the_unit_of_that_day(catalogue: Path) -> None:
    """Of two units that bear a code the one of the period's last day is meant, or the one that is named in full."""
    assert set(observed(catalogue, 'period: 2025-06, unit: "001", value: 1 of 2')) == {BA_DINH}
    assert set(observed(catalogue, 'period: 2025-07, unit: "001", value: 1 of 2')) == {UnitKey("001", date(2025, 7, 1))}
    assert set(observed(catalogue, 'period: 2025-07, unit: "001@2021-01-01", value: 1 of 2')) == {BA_DINH}
    assert set(observed(catalogue, 'period: 2025-05, units: ["001", "002"], value: 1 of 2')) == {BA_DINH, HOAN_KIEM}


def test_a_file_may_have_targets_of_its_own(catalogue: Path) -> None:
    """A target that is written in the file is what its cases are about, and the catalogue has none the more."""
    family = (HERE / "sound" / "targets" / "share.yaml").read_text(encoding="utf-8").replace("share_district", "trial")
    head = family.replace("value: 80", "value: 70") + "target: trial\n"
    given = "      - {period: 2025-05, every: district, value: 7 of 10, known: 2025-06-13}\n"
    case = case_of(catalogue, given, head=head)
    assert [(version.target, version.value) for version in case.versions] == [("trial", 700_000)]
    assert [version.target for version in load(catalogue).targets] == ["share_district"]


def test_without_a_sound_catalogue_the_shape_is_held_against_still(catalogue: Path) -> None:
    """Where the catalogue has errors, what is wrong with a test by itself is said beside them."""
    (catalogue / "tests" / "share.yaml").write_text(
        "target: Nowhere\ncases: [{case: a, expct: []}]\n", encoding="utf-8"
    )
    tests = read_tests(catalogue, None)
    assert tests.cases == ()
    assert [(issue.line, issue.column, issue.message) for issue in tests.issues] == [
        (1, 9, "'Nowhere' is not an id"),
        (2, 19, "unknown key 'expct'"),
    ]


def test_a_catalogue_without_tests_has_none(catalogue: Path) -> None:
    """A folder that is empty or missing holds no test, and is no error."""
    assert read_tests(catalogue, load(catalogue)) == TargetTests((), ())
    (catalogue / "tests").rmdir()
    assert read_tests(catalogue, load(catalogue)) == TargetTests((), ())
