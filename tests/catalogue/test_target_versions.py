"""Versions of targets: what makes one another, and that an upgrade makes none another."""

import shutil
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from targetwatch.catalogue import load
from targetwatch.catalogue.versions import JUDGED_BY, SAID_SINCE
from targetwatch.model import Selector, TargetVersion, Trajectory, UnitEnding

SOUND = Path(__file__).parent / "sound"
SHIPPED = Path(__file__).resolve().parents[2] / "catalogue"

# As 0.1 wrote them into ledgers. One that changes would refuse every ledger in which it has been judged.
FIRST_HASHES = {
    ("broadband_communes", "2021-07-15"): "1f1b198603d3c346",
    ("broadband_households", "2021-07-15"): "4a7f4a5a2c3b59d0",
    ("digital_transformation_rank", "2021-07-15"): "220cf75719fb465a",
    ("document_management_units", "2021-07-15"): "f934d7ff048bf3ae",
    ("dossiers_city", "2021-07-15"): "0fcaf42bff107c73",
    ("dossiers_district", "2021-07-15"): "8383feac8c79d15a",
    ("dossiers_commune", "2021-07-15"): "8a33bb6a89322a68",
    ("epayment_accounts", "2021-07-15"): "0b2f8dbfeb9ab0f9",
    ("official_mailboxes", "2021-07-15"): "3e14ef9ff6123f0b",
    ("postal_service_points", "2021-01-20"): "bdf8f4e18cf8a3f4",
    ("procedures_online_level4", "2021-07-15"): "0803c21f217b10f8",
    ("vpostcode_households", "2021-01-20"): "52a3b71220836348",
}

LINEAR = "{path: linear, assumed: true, baseline: {on: 2021-12-31, value: 34}}"
LEVEL = "{level: district}"
CODE = 'org_unit: {code: "01"}'
EACH = ("scope: pooled", "scope: each")
EXCEPTIONS = '    exceptions: [{org_unit: "001", value: 85}]\n'
USES = {
    "kind": ((CODE, "org_unit: {level: district}"), (CODE, "org_unit: {level: district, kind: quan}")),
    "every": ((CODE, f"org_unit: {LEVEL}"), (CODE, "org_unit: {all: true}")),
    "code_valid_from": ((CODE, CODE), (CODE, 'org_unit: {code: "01@2021-01-01"}')),
    "parent_valid_from": ((CODE, 'org_unit: {parent: "01"}'), (CODE, 'org_unit: {parent: "01@2021-01-01"}')),
    "except_for": ((CODE, f"org_unit: {LEVEL}"), (CODE, f"org_unit: {LEVEL}")),
    "baseline_on": (
        (LINEAR, "{path: linear, assumed: true, baseline: first_observed}"),
        (LINEAR, "{path: linear, assumed: true, baseline: {on: 2021-12-31, value: observed}}"),
    ),
    "when_unit_ends": ((CODE, CODE), (CODE, f"{CODE}\n  when_unit_ends: passes_on")),
}


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A copy of the sound catalogue with a second district."""
    root = Path(shutil.copytree(SOUND, tmp_path / "catalogue"))
    units = root / "org_units" / "units.csv"
    more = "002,2021-01-01,2025-06-30,district,quan,Quận Hoàn Kiếm,01\n"
    units.write_text(units.read_text(encoding="utf-8") + more, encoding="utf-8")
    return root


def rewritten(catalogue: Path, *edits: tuple[str, str], more: str = "") -> TargetVersion:
    """The first version of the sound catalogue's target, with parts of its file replaced and more behind it."""
    text = (SOUND / "targets" / "share.yaml").read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    (catalogue / "targets" / "share.yaml").write_text(text + more, encoding="utf-8")
    return load(catalogue).targets[0]


def test_the_shipped_versions_are_those_of_the_first_release() -> None:
    """Every ledger of 0.1 knows the shipped versions by these hashes, and so does every later release."""
    targets = load(SHIPPED).targets
    assert {(t.target, str(t.effective_from)): t.version for t in targets} == FIRST_HASHES


def test_the_shipped_dossiers_say_that_they_end_with_their_units() -> None:
    """The choice is written where a reader sees it, and is the one that 0.1 made for all."""
    text = (SHIPPED / "targets" / "dossiers_processed_online.yaml").read_text(encoding="utf-8")
    assert "  when_unit_ends: ends" in text
    assert {target.when_unit_ends for target in load(SHIPPED).targets} == {UnitEnding.ENDS}


@pytest.mark.parametrize("said", USES)
def test_what_may_be_said_since_makes_another_version(said: str, catalogue: Path) -> None:
    """Each field that 0.1 did not have is part of what a version is judged by, once it is used."""
    without, with_it = USES[said]
    more = EXCEPTIONS if said == "except_for" else ""
    assert rewritten(catalogue, EACH, without).version != rewritten(catalogue, EACH, with_it, more=more).version


def test_every_such_field_is_tried() -> None:
    """No field of a selector or a trajectory is left out of the hash, and none that is new is untried."""
    assert set(USES) == {*SAID_SINCE, "when_unit_ends"}
    new = [field.name for kind in (Selector, Trajectory) for field in fields(kind) if field.name in SAID_SINCE]
    assert sorted(new) == sorted(SAID_SINCE)
    unjudged = {field.name for field in fields(TargetVersion)} - set(JUDGED_BY)
    assert unjudged == {"version", "name", "short_name", "effective_to", "reference", "owner", "replaces"}


def test_what_is_said_by_default_makes_no_other_version(catalogue: Path) -> None:
    """To write out that a target ends with its unit changes nothing."""
    assert rewritten(catalogue).version == rewritten(catalogue, (CODE, f"{CODE}\n  when_unit_ends: ends")).version


def test_a_version_says_which_one_it_replaces(catalogue: Path) -> None:
    """The first version replaces none, each later one the one before, and that makes no other version of it."""
    two = """    versions:
      - {value: 75, effective_to: 2022-12-31}
      - {value: 80, effective_from: 2023-06-01, replaces: 2021-07-15}
"""
    rewritten(catalogue, ("    value: 80\n", ""), more=two)
    first, second = load(catalogue).targets
    assert (first.replaces, second.replaces) == (None, date(2021, 7, 15))
    alone = rewritten(catalogue, ("    value: 80\n", "    value: 80\n    effective_from: 2023-06-01\n"))
    assert alone.version == second.version


def test_a_baseline_may_be_what_was_observed(catalogue: Path) -> None:
    """A line may begin at a value, at what each unit had by a day, or at its first value ever."""
    observed = rewritten(catalogue, USES["baseline_on"][1]).trajectory
    assert (observed.baseline, observed.baseline_on) == (None, date(2021, 12, 31))
    first = rewritten(catalogue, USES["baseline_on"][0]).trajectory
    assert (first.baseline, first.baseline_on) == (None, None)
    declared = rewritten(catalogue).trajectory
    assert declared.baseline is not None
    assert declared.baseline_on is None
