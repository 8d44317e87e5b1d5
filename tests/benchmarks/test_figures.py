"""The benchmark on a small sample: what it compares is really the same."""

from pathlib import Path

import pytest

from benchmarks import judging, measuring, sample, validating
from targetwatch import catalogue
from targetwatch.settings import CHECKOUT


def test_measuring_and_judging_agree_with_what_is_written_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values rolled up from sql/metrics, and the suite's verdicts, are those of one hand-written statement each."""
    for figure in (measuring, judging):
        monkeypatch.setattr(figure, "ROUNDS", 1)
    monkeypatch.setattr(judging, "ASSESSMENTS", 2_000)
    said: list[str] = []
    programme = catalogue.load(CHECKOUT / "catalogue")
    warehouse, made = sample.fill(tmp_path, programme, 20_000, said.append)
    rolled, owed = measuring.run(warehouse, programme, said.append)
    judging.run(programme, rolled, owed, said.append)
    assert made > 20_000
    assert any("values agree" in line for line in said)
    assert any("assessments" in line for line in said)


def test_the_targets_that_are_validated_are_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is timed is a catalogue that loads, with all the targets that it says, in a table and in YAML."""
    monkeypatch.setattr(validating, "ROUNDS", 1)
    monkeypatch.setattr(validating, "TARGETS", 20)
    said: list[str] = []
    validating.run(tmp_path, said.append)
    assert [line.split(":")[0].strip() for line in said[-2:]] == [
        "with 20 more targets in a table",
        "with 20 more targets in YAML",
    ]
