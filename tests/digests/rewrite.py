"""Writes the golden digests anew: `python -m tests.digests.rewrite`. Then read the difference."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from targetwatch.model import Language
from targetwatch.notifications.digests import Ears, as_lines, as_message, render, tell
from targetwatch.notifications.digests.picture import Picture
from tests.digests import examples

GOLDEN = Path(__file__).parent / "golden"
TOLD: dict[str, tuple[Picture, str | None]] = {
    "weekly": (examples.week(), "heads"),
    "weekly.part": (examples.week(), "ba-vi"),
    "weekly.nothing": (examples.quiet_week(), None),
    "monthly": (examples.month(), "heads"),
}


def golden(name: str, language: Language, form: str) -> Path:
    """The file that holds a digest, as a payload (json) or as a terminal shows it (txt)."""
    return GOLDEN / f"{name}.{language.value}.{form}"


def written(name: str, language: Language, form: str) -> str:
    """A digest as its file should hold it."""
    picture, receiver = TOLD[name]
    page = render(tell(picture, Ears(picture.situation), receiver), language)
    if form == "txt":
        return "\n".join(as_lines(page)) + "\n"
    return json.dumps(as_message(page, language), ensure_ascii=False, indent=2) + "\n"


def rewrite() -> None:
    """Write every digest, and take away the files of those that are gone."""
    GOLDEN.mkdir(exist_ok=True)
    kept = {
        golden(name, language, form): written(name, language, form)
        for name in TOLD
        for language in Language
        for form in ("json", "txt")
    }
    for file in GOLDEN.iterdir():
        if file not in kept:
            file.unlink()
    for file, text in kept.items():
        file.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(kept)} digests written\n")


if __name__ == "__main__":
    rewrite()
