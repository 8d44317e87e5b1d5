"""Writes the golden payloads anew: `python -m tests.operations.rewrite`. Then read the difference."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from targetwatch.model import Language
from targetwatch.operations import messages
from targetwatch.operations.trouble import OVER
from tests.operations.examples import MORNING, TROUBLES, minutes, operators

GOLDEN = Path(__file__).parent / "golden"


def payloads(language: Language) -> dict[str, dict[str, object]]:
    """Every message and reply, by the name of its file."""
    told = {
        name: messages.message(
            trouble, operators(), language, mentions="S0123456789" if trouble.message is None else ""
        )
        for name, trouble in TROUBLES.items()
    }
    over, still = TROUBLES["task-over"], TROUBLES["task-often"]
    told["reply-over"] = messages.reply(over, operators(), language, OVER, MORNING + minutes(530))
    told["reply-day"] = messages.reply(still, operators(), language, "day-2", MORNING + minutes(2 * 24 * 60), "S01")
    told["reply-silent-over"] = messages.reply(TROUBLES["silent-over"], operators(), language, OVER, MORNING)
    return told


def golden(name: str, language: Language) -> Path:
    """The file that holds a payload."""
    return GOLDEN / f"{name}.{language.value}.json"


def written(payload: dict[str, object]) -> str:
    """A payload as its file holds it."""
    return json.dumps(payload, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    kept = {golden(name, language): one for language in Language for name, one in payloads(language).items()}
    for file in set(GOLDEN.glob("*.json")) - set(kept):
        file.unlink()
    for file, one in kept.items():
        file.write_text(written(one), encoding="utf-8")
    sys.stdout.write(f"{len(kept)} payloads written\n")
