"""The CKAN connector against a portal that answers as CKAN does: what it asks, what it makes of that, what it says."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from targetwatch.catalogue import read
from targetwatch.gathering import FetchError, UnreachableError
from targetwatch.gathering.connectors.airflow_ckan import rows_of_portal
from targetwatch.gathering.connectors.manners import Manners
from targetwatch.model import CkanFetch, Source
from tests.gathering.sources import PROCEDURES
from tests.systems.services import faults
from tests.systems.services.ckan import ckan, package
from tests.systems.services.connections import SECRET, connected
from tests.systems.services.service import Fault

SOURCE: Source = replace(PROCEDURES, id="portal", connector="ckan", fetch=CkanFetch("list.csv"))
ON = date(2025, 6, 10)
NAMES = [f"bo-du-lieu-{number:03}" for number in range(30)]
MAY = datetime(2025, 5, 20, 18, 30, 0, 123456, tzinfo=UTC)


def wanted(folder: Path, text: str | bytes | None = None) -> Path:
    """A catalogue with the list of what is wanted: by default all of NAMES, each every 31 days."""
    lines = ["name,org_unit,title,every_days", *(f"{name},SO-TTTT,Bộ dữ liệu,31" for name in NAMES)]
    content = text if isinstance(text, bytes) else ("\n".join(lines) if text is None else text).encode()
    (folder / "sources").mkdir(exist_ok=True)
    (folder / "sources" / "list.csv").write_bytes(content)
    return folder


def looked(catalogue: Path, name: str = "list.csv") -> Mapping[str, Mapping[str, Any]]:
    """What is found of each data set."""
    manners = Manners(sleep=lambda _: None)
    return {row["data_set"]: row for row in rows_of_portal(SOURCE, CkanFetch(name), catalogue, ON, manners)}


@pytest.fixture
def patch(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No proxy of this machine stands between the tests and loopback."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    return monkeypatch


def test_all_that_is_public_is_found_page_by_page(patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Also where the portal gives fewer at once than it is asked for; what is not on the list plays no part."""
    others = [package(f"khac-{number}", MAY) for number in range(40)]
    with connected(patch, "portal", ckan([*others, *(package(name, MAY) for name in NAMES)], most_rows=25)) as portal:
        found = looked(wanted(tmp_path))
    assert list(found) == NAMES
    assert all(row["published"] for row in found.values())
    assert [one.params["start"] for one in portal.asked] == ["0", "25", "50"]


def test_what_a_data_set_is(patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its newest file says when it was renewed; a link says nothing, and then the data set itself has to."""
    changed = datetime(2025, 6, 1, 1, 0, tzinfo=UTC)
    portal = ckan(
        [
            package(NAMES[0], MAY, files=3, metadata_modified=changed),
            package(NAMES[1], None, metadata_modified=changed),
            package(NAMES[2], MAY, files=0),
        ]
    )
    with connected(patch, "portal", portal):
        found = looked(wanted(tmp_path))
    assert found[NAMES[0]] == {
        "data_set": NAMES[0],
        "publisher": "SO-TTTT",
        "checked_on": ON,
        "published": True,
        "resources": 3,
        "updated_on": MAY,
        "updated_by": "data",
        "every_days": 31,
    }
    assert (found[NAMES[1]]["updated_on"], found[NAMES[1]]["updated_by"]) == (changed, "metadata")
    assert (found[NAMES[2]]["published"], found[NAMES[2]]["updated_on"]) == (False, None)


def test_what_the_search_does_not_find_is_looked_up_by_name(patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A search index may lag behind; what is private, deleted or was never there is not published."""
    portal = ckan(
        [
            package(NAMES[0], MAY),
            package(NAMES[1], MAY),
            package(NAMES[2], MAY, private=True),
            package(NAMES[3], MAY, state="deleted"),
        ],
        forgotten=(NAMES[1],),
    )
    with connected(patch, "portal", portal):
        found = looked(wanted(tmp_path))
    assert [name for name, row in found.items() if row["published"]] == NAMES[:2]
    assert len(portal.pages_of("/api/3/action/package_show")) == len(NAMES) - 1


def test_the_token_goes_as_ckan_wants_it(patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By itself in the Authorization header, without a word before it."""
    portal = ckan([package(name, MAY) for name in NAMES])
    portal.header = ("Authorization", SECRET)
    with connected(patch, "portal", portal, password=SECRET):
        assert len(looked(wanted(tmp_path))) == len(NAMES)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (
            faults.status(200, body={"help": "", "success": False, "error": {"__type": "Search Error"}}),
            "says that it failed: Search Error",
        ),
        (faults.status(200, body={"help": "", "success": False}), "says that it failed: no reason given"),
        (faults.status(200, body={"results": []}), "is none of CKAN's action API"),
        (faults.status(200, body={"success": True, "result": None}), r"has nothing at \$.result.results"),
        (
            faults.status(409, body={"success": False, "error": {"message": "Bad"}}),
            r"at /api/3/action/package_search \(409: Bad\)",
        ),
        (faults.status(403, body={"success": False, "error": {"message": "Access denied"}}), r"\(403: Access denied\)"),
        (faults.says(b"<html>Sign in</html>", "text/html"), "a web page where JSON is wanted"),
    ],
)
def test_what_the_portal_refuses(patch: pytest.MonkeyPatch, tmp_path: Path, wrong: Fault, words: str) -> None:
    """An error is an error whatever its status, and not a portal without data sets."""
    portal = ckan([])
    portal.faults.append(wrong)
    with connected(patch, "portal", portal), pytest.raises(FetchError, match=words) as fault:
        looked(wanted(tmp_path))
    assert not isinstance(fault.value, UnreachableError)


def test_a_portal_that_is_down_publishes_not_nothing(patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither where the search fails nor where a single look does: what is not known is not said."""
    portal = ckan([package(NAMES[0], MAY)])
    portal.faults.extend([faults.fine, *[faults.status(502)] * 5])
    with connected(patch, "portal", portal), pytest.raises(UnreachableError, match="answered with 502"):
        looked(wanted(tmp_path))


WRONG_LISTS = [
    ("name,org_unit,title\na-b,X,Y", "sources/list.csv:1: the column 'every_days' is missing"),
    ("name,org_unit,title,every_days\nMột bộ,X,Y,31", "sources/list.csv:2: 'Một bộ' is no name of a data set"),
    ("name,org_unit,title,every_days\na-b,X,Y,31\na-b,X,Y,31", "sources/list.csv:3: 'a-b' is there twice"),
    ("name,org_unit,title,every_days\na-b,X,Y,monthly", "sources/list.csv:2: every_days is 'monthly'"),
    ("name,org_unit,title,every_days\na-b,X,Y,0", "sources/list.csv:2: every_days is '0'"),
    ("name,org_unit,title,every_days\n", "sources/list.csv:2: it lists nothing"),
    (b"name,org_unit,title,every_days\na-b,X,\xff,31", "cannot be read as CSV in UTF-8"),
]


@pytest.mark.parametrize(("text", "words"), WRONG_LISTS)
def test_a_list_that_is_wrong(tmp_path: Path, text: str | bytes, words: str) -> None:
    """It says where and what to write instead, before the portal is asked for anything."""
    with pytest.raises(FetchError, match=words):
        looked(wanted(tmp_path, text))


@pytest.mark.parametrize("name", ["none.csv", "../list.csv", "/etc/passwd"])
def test_a_list_that_is_not_there(tmp_path: Path, name: str) -> None:
    """It lies beside the source's own file, and nowhere else."""
    wanted(tmp_path)
    (tmp_path / "list.csv").write_text("name,org_unit,title,every_days\na-b,X,Y,31")
    with pytest.raises(FetchError, match="there is no such file beside its own"):
        looked(tmp_path, name)


@pytest.mark.parametrize("text", [text for text, _ in WRONG_LISTS])
def test_what_is_refused_here_validate_has_said_before(tmp_path: Path, text: str | bytes) -> None:
    """A list with which nothing could be asked is an error of the catalogue, with its place."""
    tests = Path(__file__).parents[1] / "catalogue"
    shutil.copytree(tests / "sound", tmp_path / "catalogue")
    shutil.copy(tests / "bad/list_that_is_empty/sources/dossiers.yaml", tmp_path / "catalogue/sources")
    issues = read(wanted(tmp_path / "catalogue", text)).issues
    assert {issue.path for issue in issues} == {"sources/list.csv"}
