"""No word out of the data, and none out of an address, can become anything but a word."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from targetwatch.settings import Settings
from tests.board.conftest import Read
from tests.board.parsed import Parsed
from tests.board.worlds import World

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}{% raw %}'&amp;<!--"
PAGES = ["/", "/?open=districts_online", "/targets/districts_online", "/targets/mail", "/sources/procedures",
         "/claims/websites/2021-07-15"]  # fmt: skip
PARAMETERS = ("q", "owner", "open", "lang", "status", "incident", "anything")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home in which every word that people wrote is hostile."""
    world = World(rename=lambda text: f"{text}{HOSTILE}")
    return Settings(home=world.fill(tmp_path_factory.mktemp("hostile") / "home"))


def _is_harmless(page: Parsed) -> None:
    """One script and one style of our own, both with a nonce; no handler, no picture, no address but ours."""
    for tag in ("script", "style"):
        (own,) = page.all(tag)
        assert own.attributes["nonce"]
    assert page.all("img") == []
    for element in page.all():
        assert not [name for name in element.attributes if name.startswith("on")]
        for name in ("href", "action", "src"):
            assert element.attributes.get(name, "/").startswith(("/", "#"))


@pytest.mark.parametrize("path", PAGES)
def test_hostile_names_are_only_words(hostile: Settings, read: Read, path: str) -> None:
    """They are read as they were written, and do nothing."""
    page = read(path, of=hostile)
    _is_harmless(page)
    assert " ".join(HOSTILE.split()) in page.one("h1").text
    assert "49" not in page.one("h1").text


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_hostile_addresses_are_only_words(read: Read, parameter: str) -> None:
    """Whatever a link says that somebody was made to follow."""
    page = read(f"/?{parameter}={quote(HOSTILE)}")
    _is_harmless(page)


def test_a_hostile_search_is_shown_as_it_was_written(read: Read) -> None:
    """In its field, and in every link that keeps it."""
    page = read(f"/?q={quote(HOSTILE)}")
    search = next(field for field in page.all("input") if field.attributes.get("name") == "q")
    assert search.attributes["value"] == HOSTILE


@pytest.mark.parametrize("kind", ["targets", "sources", "claims"])
def test_a_page_that_is_not_there_repeats_nothing_harmful(read: Read, kind: str) -> None:
    """Its id goes into the links to the other language alone."""
    page = read(f"/{kind}/{quote(HOSTILE.replace('/', ''), safe='')}", status=404)
    _is_harmless(page)


def test_an_id_cannot_break_out_of_the_sql_that_is_shown() -> None:
    """A quotation mark is doubled, as SQL has it."""
    from targetwatch.board import queries

    assert "claim = 'x''; DROP TABLE run; --'" in queries.of_claim("x'; DROP TABLE run; --")[0]
