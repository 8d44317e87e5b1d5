"""An installation that the command line has run in once, and what it said then."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.calls import Answer, CommandLine, of
from tests.corridor.dossiers import APRIL, MAY, districts, hanoi, month_of, shared_out
from tests.corridor.story import programme_in
from tests.installation import Installation, install, prepare, wait_until_complete

NOW = hanoi(6, 16)
BROKEN = "id;what\n1;nothing that the source knows\n"


@dataclass(frozen=True)
class Judged:
    """An installation with one pass behind it: the districts are behind, and a delivery was refused."""

    installation: Installation
    ran: Answer  # `run --json --fail-on behind`
    targetwatch: CommandLine


@pytest.fixture(scope="session")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the worked example's programme."""
    return programme_in(tmp_path_factory.mktemp("commands") / "programme")


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory, programme: Path) -> Judged:
    """The pass itself is made by the command line."""
    folder = tmp_path_factory.mktemp("judged")
    april = month_of(APRIL, dict.fromkeys(districts(), 73), 100)
    may = month_of(MAY, shared_out(districts(), 4, 50, 76), 100)
    deliveries = {
        "Tháng 4.csv": april.write_csv(),
        "Tháng 5.csv": may.write_csv().replace("online", "by | pigeon", 1),
        "hỏng.csv": BROKEN,
    }
    prepare(folder / "prepared/all", {f"procedures/{name}": content for name, content in deliveries.items()})
    wait_until_complete(folder / "prepared")
    installation = install(folder / "home", programme)
    installation.deliver(folder / "prepared/all")
    targetwatch = of(installation, NOW)
    return Judged(installation, targetwatch("run", "--json", "--fail-on", "behind,missed"), targetwatch)


@pytest.fixture
def targetwatch(judged: Judged) -> CommandLine:
    """The command line of that installation."""
    return judged.targetwatch
