"""What has been judged may not be edited: reading a catalogue says so, and how to supersede it."""

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from targetwatch.catalogue import Issue, JudgedVersion, load, read
from targetwatch.model import TargetVersion

SOUND = Path(__file__).parent / "sound"
TODAY = date(2024, 3, 1)
DAY = date(2021, 7, 15)
SAID = {"value": "at least 80 %", "due": "2025-12-31"}
EXCEPTIONS = """    exceptions:
      - {org_unit: "001", value: 85}
      - {org_unit: "002", value: 90}
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A catalogue with one target for each of three districts."""
    root = Path(shutil.copytree(SOUND, tmp_path / "catalogue"))
    units = root / "org_units" / "units.csv"
    more = "".join(f"00{n},2021-01-01,2025-06-30,district,quan,Quận {n},01\n" for n in (2, 3))
    units.write_text(units.read_text(encoding="utf-8") + more, encoding="utf-8")
    edit(root, ('{code: "01"}', "{level: district}"), ("scope: pooled", "scope: each"))
    return root


def edit(catalogue: Path, *edits: tuple[str, str], more: str = "") -> None:
    """Replace parts of the file of targets, and add more behind it."""
    path = catalogue / "targets" / "share.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text + more, encoding="utf-8")


def judged(version: TargetVersion) -> JudgedVersion:
    """A version as the ledger has it."""
    selector = {"code": version.selector.code, "code_valid_from": version.selector.code_valid_from}
    said = json.dumps({key: str(value) for key, value in selector.items() if value})
    return JudgedVersion(version.target, version.effective_from, said, version.version, SAID)


def found(catalogue: Path, *versions: JudgedVersion, today: date | None = TODAY) -> list[Issue]:
    """What is wrong with a catalogue once these versions have been judged."""
    return [issue for issue in read(catalogue, versions, today).issues if "judged" in issue.message]


def test_what_is_as_it_was_is_no_issue(catalogue: Path) -> None:
    """A judged version that is still there, in words that are mended or ended, may stay."""
    (version,) = load(catalogue).targets
    edit(catalogue, ("Dossiers online at districts", "Dossiers, online"), ("  owner: office", "  owner: office\n"))
    edit(catalogue, ("  reference: R1\n", "  reference: R1\n  effective_to: 2024-12-31\n"))
    assert found(catalogue, judged(version)) == []


def test_an_edited_version_is_told_what_it_was_and_how_to_supersede_it(catalogue: Path) -> None:
    """The error stands at the version, says what was judged, and gives the lines to write."""
    (version,) = load(catalogue).targets
    edit(catalogue, ("value: 80", "value: 85"))
    (issue,) = found(catalogue, judged(version))
    assert str(issue) == (
        "targets/share.yaml:12:5: target 'share_district': the version from 2021-07-15 has been judged, and may not be "
        "edited. It said: value at least 80 %, due 2025-12-31. Put it back as it was. To change the target, end the "
        "version with effective_to: 2024-02-29, and add one with effective_from: 2024-03-01, replaces: 2021-07-15."
    )
    assert read(catalogue, [judged(version)], TODAY).programme is None


def test_a_version_may_not_be_moved_to_another_day(catalogue: Path) -> None:
    """What held on the days that were judged is not changed by letting it begin later; nor by taking it out."""
    (version,) = load(catalogue).targets
    edit(catalogue, ("effective_from: 2021-07-15", "effective_from: 2022-01-01"))
    (issue,) = found(catalogue, judged(version))
    assert str(issue) == (
        "targets/share.yaml:12:5: target 'share_district': its version from 2021-07-15 has been judged, and is gone. "
        "It said: value at least 80 %, due 2025-12-31. Put it back as it was, with effective_to: the day before the "
        "version that follows it begins. A version that has been judged begins on the day on which it began."
    )


def test_a_version_that_was_taken_out_long_ago_refuses_nobody(catalogue: Path) -> None:
    """What an earlier release let pass, and the catalogue has not listed since, is not asked for again."""
    (version,) = load(catalogue).targets
    edit(catalogue, ("effective_from: 2021-07-15", "effective_from: 2022-01-01"))
    assert found(catalogue, replace(judged(version), listed=False)) == []


def test_a_target_that_is_withdrawn_is_none_that_was_edited(catalogue: Path) -> None:
    """A whole target may be taken out: its incidents are closed as withdrawn, and nothing is judged by it anew."""
    (version,) = load(catalogue).targets
    gone = judged(version)
    assert found(catalogue, replace(gone, target="of_another_name")) == []


def test_without_a_day_the_days_are_left_open(catalogue: Path) -> None:
    """Where nobody says what day it is, and where the version has not begun yet, no date is made up."""
    (version,) = load(catalogue).targets
    edit(catalogue, ("value: 80", "value: 85"))
    for today in (None, DAY):
        (issue,) = found(catalogue, judged(version), today=today)
        assert "effective_to: the day before that" in issue.hint


def test_a_superseded_version_is_sound(catalogue: Path) -> None:
    """To do what the error says makes it go away."""
    (version,) = load(catalogue).targets
    ended = """    versions:
      - {value: 80, effective_to: 2024-02-29}
      - {value: 85, effective_from: 2024-03-01, replaces: 2021-07-15}
"""
    edit(catalogue, ("    value: 80\n", ""), more=ended)
    assert found(catalogue, judged(version)) == []
    assert load(catalogue).targets[0].version == version.version


def test_an_edited_exception_is_pointed_to(catalogue: Path) -> None:
    """Of a version and its exceptions the one is told that was edited, and no other."""
    edit(catalogue, more=EXCEPTIONS)
    before = [judged(version) for version in load(catalogue).targets]
    edit(catalogue, ("value: 90", "value: 91"))
    (issue,) = found(catalogue, *before)
    assert (issue.line, issue.column) == (20, 9)
    assert issue.message.endswith("may not be edited: its exception for unit 002")


def test_an_exception_changes_whom_its_version_is_for(catalogue: Path) -> None:
    """To add an exception to a judged version is to edit it; so is to take one away."""
    (whole,) = load(catalogue).targets
    edit(catalogue, more=EXCEPTIONS)
    assert len(found(catalogue, judged(whole))) == 1
    before = [judged(version) for version in load(catalogue).targets]
    edit(catalogue, ('      - {org_unit: "002", value: 90}\n', ""))
    assert [issue.line for issue in found(catalogue, *before)] == [12]


def test_an_edit_is_told_beside_what_else_is_wrong(catalogue: Path) -> None:
    """Other errors do not hide it, and a version that cannot be read is not called edited."""
    (version,) = load(catalogue).targets
    edit(catalogue, ("value: 80", "value: 85"))
    (catalogue / "calendar.yaml").write_text("country: vn\nweekend: []\n", encoding="utf-8")
    assert len(found(catalogue, judged(version))) == 1
    edit(catalogue, ("value: 85", "value: 8O"))
    assert found(catalogue, judged(version)) == []


def test_what_the_ledger_does_not_know_is_not_needed(catalogue: Path) -> None:
    """A ledger of the first release did not keep whom a version is for: the version itself is pointed to then."""
    edit(catalogue, more=EXCEPTIONS)
    before = [judged(version) for version in load(catalogue).targets]
    edit(catalogue, ("value: 90", "value: 91"))
    for selector in ("", "null", "[]", "{"):
        forgotten = [JudgedVersion(v.target, v.effective_from, selector, v.version, v.said) for v in before]
        assert [issue.line for issue in found(catalogue, *forgotten)] == [12]


def test_a_table_is_told_the_same(catalogue: Path) -> None:
    """A row that has been judged is as fast as YAML is."""
    (catalogue / "targets" / "share.yaml").unlink()
    table = catalogue / "targets" / "register.csv"
    header = "target,metric,tier,scope,level,comparison,value,trajectory,margin,effective_from,reference\n"
    table.write_text(header + "each,share,district,each,district,>=,80,hold,1,2021-07-15,R1\n", encoding="utf-8")
    (version,) = load(catalogue).targets
    table.write_text(table.read_text(encoding="utf-8").replace(",80,", ",81,"), encoding="utf-8")
    (issue,) = found(catalogue, judged(version))
    assert (issue.path, issue.line, issue.column) == ("targets/register.csv", 2, 1)
