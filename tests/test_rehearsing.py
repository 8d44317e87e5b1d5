"""Rehearsing the tests of targets: the shipped ones can fail, and no case depends on what is played beside it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from targetwatch.catalogue import load
from targetwatch.catalogue.reading_tests import read_tests
from targetwatch.catalogue.target_tests import Case
from targetwatch.model import Comparison, Programme, TargetVersion
from targetwatch.rehearsing import Rehearsal, rehearse
from targetwatch.settings import CHECKOUT

CATALOGUE = CHECKOUT / "catalogue"
SOUND = CHECKOUT / "tests" / "catalogue" / "sound"
SUITE = CHECKOUT / "expectations" / "judgement" / "targets.json"
A_THOUSANDTH = {"percent": 10, "rank": 10_000}  # of a percentage point, a hundredth of a place, in millionths
OTHER_WAY = {
    Comparison.AT_LEAST: Comparison.ABOVE,
    Comparison.ABOVE: Comparison.AT_LEAST,
    Comparison.AT_MOST: Comparison.BELOW,
    Comparison.BELOW: Comparison.AT_MOST,
}
Mutation = Callable[[TargetVersion, int], TargetVersion]


def _later(version: TargetVersion, _: int) -> TargetVersion:
    return version if version.due is None else replace(version, due=version.due + timedelta(days=365))


MUTATIONS: dict[str, Mutation] = {
    "asks for more": lambda version, step: replace(version, value=version.value + step),
    "asks for less": lambda version, step: replace(version, value=version.value - step),
    "is compared otherwise": lambda version, _: replace(version, comparison=OTHER_WAY[version.comparison]),
    "is due a year later": _later,
}


@pytest.fixture(scope="module")
def programme() -> Programme:
    """The shipped catalogue."""
    return load(CATALOGUE)


@pytest.fixture(scope="module")
def cases(programme: Programme) -> tuple[Case, ...]:
    """Its tests."""
    tests = read_tests(CATALOGUE, programme)
    assert [str(issue) for issue in tests.issues] == []
    return tests.cases


def differing(rehearsal: Rehearsal) -> set[str]:
    """The targets of which something is not as expected."""
    assert rehearsal.check_failures == ()
    return {difference.target for difference in rehearsal.differences}


def test_every_shipped_target_has_a_test_that_is_as_expected(programme: Programme, cases: tuple[Case, ...]) -> None:
    """Nothing differs, and no target is left out."""
    assert [str(difference) for difference in rehearse(programme, cases, SUITE).differences] == []
    assert {case.target for case in cases} == {version.target for version in programme.targets}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_every_shipped_test_can_fail(mutation: str, programme: Programme, cases: tuple[Case, ...]) -> None:
    """A target that asks for a thousandth of a point more, or less, compares otherwise or is due later, fails."""

    def mutated(version: TargetVersion) -> TargetVersion:
        return MUTATIONS[mutation](version, A_THOUSANDTH[programme.metrics[version.metric].unit_of_measure])

    changed = [replace(case, versions=tuple(map(mutated, case.versions))) for case in cases]
    targets = {case.target for case, other in zip(cases, changed, strict=True) if case.versions != other.versions}
    assert len(targets) > 8
    assert differing(rehearse(programme, changed, SUITE)) == targets


def test_a_copy_of_the_shipped_catalogue_with_another_value_fails(tmp_path: Path, cases: tuple[Case, ...]) -> None:
    """It is the files that are tested: with 81 written for 80, the districts' test fails and no other does."""
    copy = Path(shutil.copytree(CATALOGUE, tmp_path / "catalogue"))
    path = copy / "targets" / "dossiers_processed_online.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("value: 80", "value: 81"), encoding="utf-8")
    changed = load(copy)
    theirs = [case for case in read_tests(copy, changed).cases if case.target.startswith("dossiers_")]
    assert len(theirs) == len([case for case in cases if case.target.startswith("dossiers_")])
    assert differing(rehearse(changed, theirs, SUITE)) == {"dossiers_district"}


def test_a_case_is_the_same_alone_and_beside_others(programme: Programme, cases: tuple[Case, ...]) -> None:
    """What differs in a case does not depend on which others are rehearsed with it."""
    some = [case for case in cases if case.target in ("dossiers_district", "epayment_accounts")]
    wrong = [
        replace(case, versions=tuple(replace(one, value=one.value + 50_000) for one in case.versions)) for case in some
    ]
    together = [list(map(str, one.differences)) for one in rehearse(programme, wrong, SUITE).rehearsed]
    alone = [list(map(str, rehearse(programme, [case], SUITE).differences)) for case in wrong]
    assert together == alone
    assert sum(map(len, alone)) > len(alone)


def rehearsed(
    tmp_path: Path, target: str, given: Sequence[str], expect: Sequence[str], units: str | None = None
) -> list[str]:
    """The differences of one case, where the sound catalogue's target has these lines added to it, or other units."""
    root = Path(shutil.copytree(SOUND, tmp_path / "catalogue"))
    if units is not None:
        (root / "org_units" / "units.csv").write_text(units, encoding="utf-8")
    path = root / "targets" / "share.yaml"
    path.write_text(path.read_text(encoding="utf-8") + target, encoding="utf-8")
    (root / "tests").mkdir()
    lines = ["target: share_district", "cases:", "  - case: a case", "    given:"]
    lines += [*(f"      - {{{line}}}" for line in given), "    expect:", *(f"      - {{{line}}}" for line in expect)]
    (root / "tests" / "share.yaml").write_text("\n".join(lines), encoding="utf-8")
    sound = load(root)
    tests = read_tests(root, sound)
    assert tests.issues == ()
    return [str(difference) for difference in rehearse(sound, tests.cases, SUITE).differences]


MONTHS = (
    "period: 2025-03, every: district, value: 60 of 100, known: 2025-04-10",
    "period: 2025-04, every: district, value: 60 of 100, known: 2025-05-10",
    "period: 2025-05, every: district, value: 60 of 100, known: 2025-06-10",
)


def test_patience_counts_the_periods_between_the_days_that_are_looked_at(tmp_path: Path) -> None:
    """With `for: 2` the third bad month opens the incident, though only the last day is asked for."""
    expect = ["on: 2025-05-11, incident: pending, messages: none", "on: 2025-06-11, incident: open, messages: opened"]
    assert rehearsed(tmp_path, "    for: 2\n", MONTHS, expect) == []


def test_a_pending_incident_that_never_opened_is_none(tmp_path: Path) -> None:
    """What never opened was told to nobody and has left nothing."""
    given = [*MONTHS[:1], "period: 2025-04, every: district, value: 90 of 100, known: 2025-05-10"]
    expect = ["on: 2025-04-10, incident: pending", "on: 2025-05-10, incident: none, messages: none"]
    assert rehearsed(tmp_path, "    for: 2\n", given, expect) == []


def test_messages_are_those_since_the_line_before(tmp_path: Path) -> None:
    """A month that is worse is told once, to each receiver that hears of the target; then nothing more is."""
    given = [*MONTHS[:1], "period: 2025-04, every: district, value: 50 of 100, known: 2025-05-10"]
    expect = [
        "on: 2025-04-10, messages: {heads: opened}",
        "on: 2025-05-20, messages: worse",
        "on: 2025-05-21, messages: none",
    ]
    assert rehearsed(tmp_path, "", given, expect) == []


def test_a_message_that_differs_is_said_by_receiver_and_reason(tmp_path: Path) -> None:
    """What was told instead of what was expected is said, and to whom where it is not the same for all."""
    expect = ["on: 2025-04-10, messages: none", "on: 2025-05-10, messages: [better, resolved]"]
    assert rehearsed(tmp_path, "", MONTHS[:2], expect) == [
        "share_district, 'a case', 2025-04-10: expected messages none, is opened",
        "share_district, 'a case', 2025-05-10: expected messages better, resolved, is worse",
    ]


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ("status: on_track", "expected on_track, is behind (short_of_required): {}"),
        (
            "status: on_track, reason: within_margin",
            "expected on_track (within_margin), is behind (short_of_required): {}",
        ),
        ("status: behind, reason: incomplete", "expected incomplete, is behind (short_of_required): {}"),
        ("period: 2025-02", "expected February 2025 to be judged, is March 2025: short_of_required"),
        ("period: none", "expected no period to be judged, is March 2025: short_of_required"),
        ("value: 61 of 100", "expected the value 61 of 100, is 60.0% (60 of 100 dossiers)"),
        ("value: none", "expected the value none, is 60.0% (60 of 100 dossiers)"),
        ("required: 71.3416", "expected 71.3416% needed, is 71.3415%"),
        ("required: none", "expected nothing needed, is 71.3415%"),
        ("headroom: 11.3", "expected a headroom of 11.3 points, is -11.34 points"),
        ("headroom: -11.35", "expected a headroom of -11.35 points, is -11.34 points"),
        ("headroom_units: -11", "expected a headroom of -11 dossiers, is -12"),
        ("incident: none", "expected incident none, is open: behind (short_of_required)"),
    ],
)
def test_a_difference_is_said_in_words_with_its_figures(tmp_path: Path, expected: str, said: str) -> None:
    """What was expected, what is and why, in one line."""
    figures = "60.0% (60 of 100 dossiers) against 71.3% needed, 11.3 points short"
    assert rehearsed(tmp_path, "", MONTHS[:1], [f"on: 2025-04-10, {expected}"]) == [
        f"share_district, 'a case', 2025-04-10: {said.format(figures)}"
    ]


def test_what_is_missing_is_said_with_its_bounds(tmp_path: Path) -> None:
    """Where the missing units decide, the difference says between which ends the value may still be."""
    units = "code,valid_from,valid_to,level,kind,name,parent_code\n01,2021-01-01,,city,thanh_pho,Hà Nội,\n"
    units += "001,2021-01-01,,district,quan,Ba Đình,01\n002,2021-01-01,,district,quan,Hoàn Kiếm,01\n"
    given = ['period: 2025-05, every: district, except: ["002"], value: 71 of 100, known: 2025-06-13']
    assert rehearsed(tmp_path, "", given, ["on: 2025-06-13, status: behind"], units) == [
        "share_district, 'a case', 2025-06-13: expected behind, is at_risk (incomplete): 71.0% (71 of 100 dossiers) "
        "against 73.3% needed, and with 1 unit missing it may be anything from 35.5% to 85.5%"
    ]


def test_a_distance_is_never_on_the_other_side_of_zero(tmp_path: Path) -> None:
    """Short by 0.004 points is not as good as exactly reached, however it is rounded."""
    given = ["period: 2025-05, every: district, value: 73258 of 100000, known: 2025-06-13"]
    expect = ["on: 2025-06-13, headroom: 0.0", "on: 2025-06-13, headroom: -0.00, value: 73.26, required: 73.26"]
    assert rehearsed(tmp_path, "", given, expect) == [
        "share_district, 'a case', 2025-06-13: expected a headroom of 0.0 points, is -0.004 points",
        "share_district, 'a case', 2025-06-13: expected a headroom of -0.00 points, is -0.004 points",
    ]


def test_a_unit_that_the_target_is_not_for_is_said_so(tmp_path: Path) -> None:
    """Before the version is in force there is nothing to expect of it."""
    assert rehearsed(tmp_path, "", MONTHS[:1], ["on: 2021-06-10, status: no_data"]) == [
        "share_district, 'a case', 2021-06-10: expected status no_data, is nothing: "
        "the target is not for 01@2021-01-01 then"
    ]
