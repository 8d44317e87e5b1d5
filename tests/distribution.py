"""How tests are shared out among processes (pytest-xdist): what shares a story stays together, and the longest start.

By itself xdist starts with the files that have the most tests. A story has few and takes minutes: begun last, it would
keep one core at work while the others wait. The end-to-end test is not among them: it has the machine to itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

# Folders whose tests look at one story that is told for all of them.
TOGETHER = ("tests/cli/", "tests/demo/", "tests/listening/", "tests/operations/")
# What takes longest, the longest first. What is not named comes after it, in the order of its names.
LONG = (
    "tests/demo/",
    "tests/cli/",
    "tests/corridor/",
    "tests/systems/test_documents.py",
    "tests/listening/",
    "tests/notifications/test_storm.py",
    "tests/digests/",
    "tests/board/",
    "tests/retracing/",
    "tests/properties/",
    "tests/test_rehearsing.py",
    "tests/systems/",
)


class Stories(LoadScopeScheduling):
    """Gives a process a file at a time or, of the folders in TOGETHER, the whole folder."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)


def longest_first(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The tests in the order in which they are to be begun."""

    def place(item: pytest.Item) -> int:
        return next((place for place, part in enumerate(LONG) if item.nodeid.startswith(part)), len(LONG))

    return sorted(items, key=place)


def scheduler(config: pytest.Config, log: Any) -> Stories:
    """What hands out the tests, in their order and not by how many a file has."""
    config.option.loadscopereorder = False
    return Stories(config, log)
