"""What people read in Slack, word for word."""

from __future__ import annotations

import re

import pytest

from targetwatch.model import Language
from targetwatch.settings import CHECKOUT
from targetwatch.standin.mrkdwn import EMOJI
from tests.messages.page import GOLDEN_PAGES, PAGES
from tests.messages.rewrite import GOLDEN, golden, written
from tests.messages.told import STORIES

GOLDENS = [GOLDEN, *(CHECKOUT / "tests" / folder / "golden" for folder, _ in GOLDEN_PAGES.values())]
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


def test_every_other_golden_message_is_on_a_page_too() -> None:
    """Digests, and what operators are told, are shown as Slack shows them, in both languages."""
    for folder, threads in GOLDEN_PAGES.values():
        shown = {name for root, replies in threads.items() for name in (root, *replies)}
        files = (CHECKOUT / "tests" / folder / "golden").glob("*.json")
        assert {f"{name}.{language.value}.json" for name in shown for language in Language} == {
            one.name for one in files
        }


def test_every_shape_is_drawn_on_the_page() -> None:
    """What stands for a picture in any golden message the page draws, so that nobody reads it as letters."""
    files = [file for folder in GOLDENS for file in folder.glob("*.json")]
    used = {code for file in files for code in re.findall(r":([a-z][a-z0-9_]+):", file.read_text(encoding="utf-8"))}
    assert {"white_check_mark", "warning"} <= used
    assert used - set(EMOJI) == set()
