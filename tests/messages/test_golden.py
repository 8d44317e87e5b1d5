"""What people read in Slack, word for word."""

from __future__ import annotations

import pytest

from targetwatch.model import Language
from tests.messages.page import PAGES
from tests.messages.rewrite import GOLDEN, golden, written
from tests.messages.told import STORIES

BOTH = pytest.mark.parametrize("language", list(Language), ids=str)


@BOTH
@pytest.mark.parametrize("name", STORIES)
def test_the_payload_is_the_one_that_was_read(name: str, language: Language) -> None:
    """Every story has the payload of its golden file; `python -m tests.messages.rewrite` writes them anew."""
    assert golden(name, language).read_text(encoding="utf-8") == written(name, language)


def test_no_golden_file_is_left_over() -> None:
    """Every golden file belongs to a story."""
    assert {file.name for file in GOLDEN.glob("*.json")} == {
        golden(name, language).name for name in STORIES for language in Language
    }


def test_every_message_is_on_a_page_of_the_docs() -> None:
    """Each story is shown once on the pages that the pictures in docs/messages.md are of."""
    shown = [name for threads in PAGES.values() for root, replies in threads.items() for name in (root, *replies)]
    assert sorted(shown) == sorted(STORIES)
