"""What people see, to the letter."""

from __future__ import annotations

import pytest

from targetwatch.settings import Settings
from tests.board.rewrite import GOLDEN, PAGES, golden, written


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_the_one_that_was_looked_at(settings: Settings, name: str) -> None:
    """Every page is that of its golden file; `python -m tests.board.rewrite` writes them anew."""
    assert written(settings, name) == golden(name).read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    """Every golden file belongs to a page."""
    assert {file.name for file in GOLDEN.glob("*.html")} == {golden(name).name for name in PAGES}
