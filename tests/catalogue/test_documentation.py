"""docs/catalogue.md cannot drift: its examples load, and it names every key."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from targetwatch.catalogue import load, match_spec, read, routing_spec, spec

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^```(?:yaml|csv)\n# (\S+?\.(?:yaml|csv)).*?\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
SPECS = [
    kind
    for module in (spec, match_spec, routing_spec)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, BaseModel)
]
KEYS = sorted({field.alias or name for kind in SPECS for name, field in kind.model_fields.items()})


def test_the_examples_are_a_catalogue(tmp_path: Path) -> None:
    """The examples of the page, put into the files that they name, load without an issue."""
    for name, content in EXAMPLES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    assert [str(issue) for issue in read(tmp_path).issues] == []
    assert [target.value for target in load(tmp_path).targets] == [
        *(750_000, 800_000, 700_000, 850_000),
        *(600_000, 650_000, 700_000),
    ]


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_documented(key: str) -> None:
    """A key that may be written is named on the page."""
    assert re.search(rf"\b{key}\b", PAGE), f"docs/catalogue.md does not name '{key}'"
