"""What is most probably forgotten is said, and never keeps a catalogue from being used."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from targetwatch.catalogue import Severity, forgotten, load, read
from targetwatch.catalogue.routing_spec import RouteSpec
from targetwatch.catalogue.soundness_of_routes import heard_by
from targetwatch.model import Label, Routing

SOUND = Path(__file__).parent / "sound"
TARGETS = Path("targets") / "share.yaml"
ENDED = "  owner: office\n  effective_to: 2024-12-31\n"


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A copy of the sound catalogue."""
    return Path(shutil.copytree(SOUND, tmp_path / "catalogue"))


def edit(catalogue: Path, name: str | Path, old: str, new: str) -> None:
    """Replace a part of a file."""
    text = (catalogue / name).read_text(encoding="utf-8")
    assert old in text
    (catalogue / name).write_text(text.replace(old, new), encoding="utf-8")


def warnings(catalogue: Path, today: date | None = None) -> list[str]:
    """The warnings of a catalogue that has no errors."""
    reading = read(catalogue, today=today)
    assert reading.programme is not None
    assert {issue.severity for issue in reading.issues} <= {Severity.WARNING}
    return [str(issue) for issue in reading.issues]


def test_a_target_that_ended_has_expired(catalogue: Path) -> None:
    """From the day after its end on a target that nothing follows is warned of, with what to write."""
    edit(catalogue, TARGETS, "  owner: office\n", ENDED)
    assert warnings(catalogue, date(2024, 12, 31)) == []
    assert warnings(catalogue, date(2025, 1, 1)) == [
        "targets/share.yaml:11:17: warning: target 'share_district': it ended on 2024-12-31, and no version follows. "
        "Add the version that follows, with 'replaces: 2021-07-15', or delete the target if it is over."
    ]


def test_without_a_day_nothing_has_expired(catalogue: Path) -> None:
    """Where nobody says which day it is, no target is taken to be over."""
    edit(catalogue, TARGETS, "  owner: office\n", ENDED)
    assert warnings(catalogue) == []


def follows(catalogue: Path, last: str, first: str) -> None:
    """Have a second version follow the first, which is in force until `last`, from `first` on."""
    edit(
        catalogue,
        TARGETS,
        "    value: 80\n    due: 2025-12-31\n",
        f"    due: 2030-12-31\n    versions:\n      - {{value: 70, effective_to: {last}}}\n"
        f"      - {{value: 80, effective_from: {first}, replaces: 2021-07-15}}\n",
    )


def test_a_version_to_come_keeps_a_target_alive(catalogue: Path) -> None:
    """A target before its second version has not expired, and one that follows at once leaves no gap."""
    follows(catalogue, "2025-12-31", "2026-01-01")
    assert warnings(catalogue, date(2025, 1, 1)) == []


def test_a_gap_between_two_versions_is_told(catalogue: Path) -> None:
    """Days on which nothing is asked, between a version and the one that replaces it, are warned of."""
    follows(catalogue, "2023-12-31", "2026-01-01")
    assert warnings(catalogue, date(2025, 1, 1)) == [
        "targets/share.yaml:18:37: warning: target 'share_district': nothing is asked from 2024-01-01 to 2025-12-31, "
        "between two versions. Write 2024-01-01, or end the version before this one on 2025-12-31."
    ]


def test_what_is_over_needs_neither_source_nor_receiver(catalogue: Path) -> None:
    """Of a target that has expired nothing else is said: nobody has to measure it, and nobody to hear of it."""
    shutil.copytree(
        SOUND.parent / "bad" / "target_that_nobody_measures",
        catalogue,
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns("expected.txt"),
    )
    edit(catalogue, "receivers.yaml", "  receiver: heads\noperators", "  receiver: nobody\noperators")
    assert len(warnings(catalogue)) == 2
    edit(catalogue, TARGETS, "  owner: office\n", ENDED)
    assert [warning.split(": ")[3] for warning in warnings(catalogue, date(2025, 1, 1))] == [
        "it ended on 2024-12-31, and no version follows. Add the version that follows, with 'replaces"
    ]


def test_a_metric_may_be_for_information(catalogue: Path) -> None:
    """A metric without a target is warned of, unless it says that it has none on purpose."""
    text = (catalogue / "metrics" / "share.yaml").read_text(encoding="utf-8").replace("metric: share", "metric: other")
    (catalogue / "metrics" / "other.yaml").write_text(text, encoding="utf-8")
    assert len(warnings(catalogue)) == 1
    (catalogue / "metrics" / "other.yaml").write_text(text + "for_information: true\n", encoding="utf-8")
    assert warnings(catalogue) == []


HEADS = """\
receivers: {heads: {channel: c, language: vi}}
operators: {receiver: heads}
route:
  receiver: nobody
  routes:
"""


@pytest.mark.parametrize(
    ("nodes", "heard"),
    [
        (["{match: {kind: behind}, receiver: heads}"], True),
        (["{match: {kind: [late, behind], owner: [council, office]}, receiver: heads}"], True),
        (["{match: {kind: behind, owner: council}, receiver: heads}"], False),
        (["{match: {kind: behind, not: {owner: council}}, receiver: heads}"], True),
        (["{match: {kind: late}, receiver: heads}"], False),
        (["{match: {kind: behind, metric: share, source: dossiers, tier: district}, receiver: heads}"], True),
        (["{match: {kind: behind, tier: city}, receiver: heads}"], False),
        (["{match: {kind: behind, severity: critical}, receiver: heads}"], True),
        (["{match: {owner: office}, continue: true}", "{match: {kind: behind}, receiver: heads}"], True),
        (["{match: {owner: office}}", "{match: {kind: behind}, receiver: heads}"], False),
        (["{match: {kind: behind}, routes: [{match: {subject: share_district}, receiver: heads}]}"], True),
    ],
    ids=[
        "everyone's",
        "named",
        "another's",
        "but another's",
        "another kind",
        "all labels",
        "another tier",
        "perhaps",
        "goes on",
        "stops",
        "further down",
    ],
)
def test_an_owner_is_heard_of(nodes: list[str], heard: bool, catalogue: Path) -> None:
    """An owner who answers for a target is warned of where no route tells anybody when it falls behind."""
    edit(catalogue, "owners.yaml", "office:", "council: {vi: Hội đồng, en: The council}\noffice:")
    edit(catalogue, "sources/dossiers.yaml", "owner: office", "owner: council")
    (catalogue / "receivers.yaml").write_text(HEADS + "".join(f"    - {node}\n" for node in nodes), encoding="utf-8")
    unheard = [warning for warning in warnings(catalogue) if "no receiver hears" in warning]
    assert [warning.startswith("owners.yaml:2:1: warning: owner 'office'") for warning in unheard] == [True] * (
        not heard
    )


def test_the_tree_is_walked_once_for_targets_that_it_does_not_tell_apart(
    catalogue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether an owner is heard of is worked out by what the routes ask about, however many targets there are."""
    walked: list[Mapping[Label, str]] = []

    def counting(spec: RouteSpec, labels: Mapping[Label, str]) -> frozenset[str]:
        walked.append(labels)
        return heard_by(spec, labels)

    monkeypatch.setattr(forgotten, "heard_by", counting)
    target = (catalogue / TARGETS).read_text(encoding="utf-8").partition("targets:\n")[2]
    with (catalogue / TARGETS).open("a", encoding="utf-8") as targets:
        targets.writelines(target.replace("share_district", f"share_{number}") for number in range(30))
    (catalogue / "receivers.yaml").write_text(HEADS + "    - {match: {owner: office}, receiver: heads}\n", "utf-8")
    assert warnings(catalogue) == []
    assert walked == [{Label.KIND: "behind", Label.OWNER: "office"}]


def test_a_catalogue_may_tell_nobody(catalogue: Path) -> None:
    """Without receivers.yaml nobody is told anything, and of that is warned once."""
    (catalogue / "receivers.yaml").unlink()
    assert warnings(catalogue) == [
        "receivers.yaml:1:1: warning: the file is missing: 1 target is watched, and nobody is told when one falls "
        "behind. List in it who is written to."
    ]
    assert load(catalogue).routing == Routing()


def test_wrong_files_are_not_blamed_for_what_they_may_say(catalogue: Path) -> None:
    """Where a file could not be understood, nothing is warned of that it may have set right."""
    edit(catalogue, TARGETS, "metric: share", "metric: shares")
    (catalogue / "receivers.yaml").write_text(
        "receivers: {heads: {chanel: c, language: vi}}\nroute: {receiver: nobody}", encoding="utf-8"
    )
    reading = read(catalogue, today=date(2025, 1, 1))
    assert {issue.severity for issue in reading.issues} == {Severity.ERROR}
    (catalogue / TARGETS).write_text("{", encoding="utf-8")
    assert {issue.severity for issue in read(catalogue).issues} == {Severity.ERROR}


def test_loading_passes_warnings_over(catalogue: Path) -> None:
    """A catalogue with warnings is loaded as it is."""
    (catalogue / "receivers.yaml").unlink()
    assert warnings(catalogue)
    assert [target.target for target in load(catalogue).targets] == ["share_district"]
