"""A world in which targets are behind, made once and copied for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import Installation
from tests.listening.world import World, behind_in, world_in


@pytest.fixture(scope="session")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation in which 18 of 30 districts are behind, before its first pass of watch."""
    return behind_in(tmp_path_factory.mktemp("listening"))


@pytest.fixture(scope="session")
def told(behind: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world after its first pass: everybody has been told. Tests that change it take `world`."""
    with world_in(tmp_path_factory.mktemp("told") / "home", behind) as world:
        yield world


@pytest.fixture
def world(told: World, tmp_path: Path) -> Iterator[World]:
    """A copy of that world of a test's own."""
    with told.copied(tmp_path / "home") as world:
        yield world
