"""Writes the golden pages anew: `python -m tests.board.rewrite`. Then read the difference."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from targetwatch.board.app import create_app
from targetwatch.settings import Settings
from tests.board.browser import Browser
from tests.board.worlds import NOW, World

GOLDEN = Path(__file__).parent / "golden"
PAGES = {
    "board.vi": "/",
    "board.open.en": "/?lang=en&open=districts_online",
    "board.empty.vi": "/?q=nobody",
    "target.vi": "/targets/districts_online",
    "target.each.en": "/targets/mail?lang=en",
    "source.vi": "/sources/procedures",
    "reports.vi": "/reports/online/district",
    "reports.en": "/reports/online/district?lang=en",
    "claim.en": "/claims/websites%2F2021-07-15?lang=en",
}
# What is the same on every page, and what differs from one run to the next.
LEFT_OUT = re.compile(r'<(style|script) nonce.*?</\1>\n?|<svg class="defs".*?</defs></svg>\n?', re.DOTALL)
DIGEST = re.compile(r"(ledger-\d{8}T\d{6}Z)-[0-9a-f]{6}")


def golden(name: str) -> Path:
    """The file that holds a page."""
    return GOLDEN / f"{name}.html"


def written(settings: Settings, name: str) -> str:
    """A page as its file should hold it."""
    text = Browser(create_app(settings, lambda: NOW)).get(PAGES[name]).text
    lines = DIGEST.sub(r"\1-digest", LEFT_OUT.sub("", text)).splitlines()
    return "\n".join(line.rstrip() for line in lines if line.strip()) + "\n"


def rewrite() -> None:
    """Write every page, and take away the files of pages that are gone."""
    GOLDEN.mkdir(exist_ok=True)
    for file in GOLDEN.glob("*.html"):
        if file.stem not in PAGES:
            file.unlink()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=World().fill(Path(folder) / "home"))
        for name in PAGES:
            golden(name).write_text(written(settings, name), encoding="utf-8")
    sys.stdout.write(f"{len(PAGES)} pages written\n")


if __name__ == "__main__":
    rewrite()
