"""What people read in a digest, word for word: in Slack and in a terminal, in both languages."""

from __future__ import annotations

import pytest

from targetwatch.model import Language
from tests.digests.rewrite import GOLDEN, TOLD, golden, written

BOTH = pytest.mark.parametrize("language", list(Language), ids=str)


@BOTH
@pytest.mark.parametrize("form", ["json", "txt"])
@pytest.mark.parametrize("name", TOLD)
def test_the_digest_is_the_one_that_was_read(name: str, form: str, language: Language) -> None:
    """Every digest is that of its golden file; `python -m tests.digests.rewrite` writes them anew."""
    assert golden(name, language, form).read_text(encoding="utf-8") == written(name, language, form)


def test_no_golden_file_is_left_over() -> None:
    """Every golden file belongs to a digest."""
    kept = {golden(name, language, form).name for name in TOLD for language in Language for form in ("json", "txt")}
    assert {file.name for file in GOLDEN.iterdir()} == kept
