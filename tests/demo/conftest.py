"""The sample of the demo, made once for all of its tests, a tenth of its usual size."""

from pathlib import Path

import pytest

from targetwatch import catalogue
from targetwatch.demo import deliveries
from targetwatch.model import Programme

CATALOGUE = Path(__file__).resolve().parents[2] / "catalogue"
SEED = 2025
SCALE = 0.1


@pytest.fixture(scope="session")
def hanoi() -> Programme:
    """The shipped catalogue."""
    return catalogue.load(CATALOGUE)


@pytest.fixture(scope="session")
def told(hanoi: Programme) -> deliveries.Sample:
    """A small sample of the demo's own seed."""
    return deliveries.sample(hanoi, CATALOGUE, SEED, SCALE)
