"""What the tests of the corridor share: the programme of the worked example."""

from pathlib import Path

import pytest

from tests.corridor.story import programme_in


@pytest.fixture(scope="session")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the worked example's programme."""
    return programme_in(tmp_path_factory.mktemp("example") / "programme")
