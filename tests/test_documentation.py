"""Documentation cannot drift: commands, settings, statuses and what the README names are held against the code."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from targetwatch.cli import app
from targetwatch.model import Status
from targetwatch.settings import Settings

CHECKOUT = Path(__file__).parents[1]
COMMANDS = (CHECKOUT / "docs" / "commands.md").read_text(encoding="utf-8")
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")


def test_every_command_is_documented() -> None:
    """The table of commands has every command, and no other."""
    documented = set(re.findall(r"^\| `targetwatch (\w+)", COMMANDS, re.MULTILINE))
    assert documented == set(get_command(app).commands)  # type: ignore[attr-defined]


def test_every_setting_is_documented() -> None:
    """The table of settings has every setting by its environment variable, and no other."""
    documented = set(re.findall(r"^\| `TARGETWATCH_(\w+)`", COMMANDS, re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}


def test_every_status_is_documented_in_the_order_of_the_rules() -> None:
    """The table of statuses has them in the order in which the first that applies is taken."""
    assert re.findall(r"^\| `(\w+)` \|", COMMANDS.split("## Statuses")[1], re.MULTILINE) == list(Status)


def test_the_commands_of_the_readme_exist() -> None:
    """Every `make` target and `targetwatch` command that the README names is there."""
    targets = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE)) <= targets
    assert set(re.findall(r"targetwatch (\w+)", README.split("## Two commands")[1])) <= set(
        get_command(app).commands  # type: ignore[attr-defined]
    )


@pytest.mark.parametrize(
    "page", [CHECKOUT / "README.md", *(CHECKOUT / "docs").rglob("*.md")], ids=lambda page: page.name
)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """Every relative link and picture of a page is a file of the checkout."""
    links = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_make_help_says_what_every_target_is_for() -> None:
    """A target that a person can call has a sentence in `make help`."""
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    called = set(re.findall(r"^\.PHONY: ([a-z-]+)", makefile, re.MULTILINE))
    assert called == set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))


def test_the_lock_names_no_registry() -> None:
    """requirements.lock has a hash for every package and the address of none."""
    lock = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"https?://|--index-url|--find-links", lock)
    pins = re.findall(r"^([A-Za-z0-9_.\[\]-]+==[^ \\]+)(.*)$", lock, re.MULTILINE)
    assert pins
    assert [name for name, rest in pins if not rest.rstrip().endswith("\\")] == []


def test_the_examples_of_sql_are_one_command_each() -> None:
    """The README's commands can be read by a shell."""
    for block in re.findall(r"```\n(.*?)```", README, re.DOTALL):
        shlex.split(block, comments=True)
