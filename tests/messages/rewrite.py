"""Writes the golden payloads anew: `python -m tests.messages.rewrite`. Then read the difference."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from targetwatch.model import Language
from targetwatch.notifications.messages import render
from tests.messages.told import STORIES

GOLDEN = Path(__file__).parent / "golden"


def golden(name: str, language: Language) -> Path:
    """The file that holds the payload of a story."""
    return GOLDEN / f"{name}.{language.value}.json"


def written(name: str, language: Language) -> str:
    """The payload of a story as its file should hold it; of a chart, which is to be looked at, its hash alone."""
    payload = render(STORIES[name], language)
    blocks: Any = payload["blocks"]
    for block in blocks:
        if "chart" in block:
            spec = json.dumps(block["chart"], sort_keys=True, ensure_ascii=False)
            block["chart"] = f"sha256 {hashlib.sha256(spec.encode()).hexdigest()}"
    return json.dumps(payload, ensure_ascii=False, indent=2) + "\n"


def rewrite() -> None:
    """Write every payload, and take away the files of stories that are gone."""
    GOLDEN.mkdir(exist_ok=True)
    kept = {golden(name, language): written(name, language) for name in STORIES for language in Language}
    for file in GOLDEN.glob("*.json"):
        if file not in kept:
            file.unlink()
    for file, text in kept.items():
        file.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(kept)} payloads written\n")


if __name__ == "__main__":
    rewrite()
