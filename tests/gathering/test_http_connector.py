"""The HTTP connector against a service on loopback: how it pages, waits, tries again and says who it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from targetwatch.gathering import FetchError, NotConnectedError, UnreachableError
from targetwatch.gathering.connectors.airflow_http import rows_of_service
from targetwatch.gathering.connectors.manners import Manners
from targetwatch.model import Column, ColumnType, HttpFetch, Paging
from tests.gathering.sources import PROCEDURES
from tests.systems.services import faults
from tests.systems.services.connections import SECRET, connect, connected
from tests.systems.services.service import Fault, Listing, Service, Tokens

SOURCE = replace(
    PROCEDURES,
    id="calls",
    connector="http",
    columns=(Column("number", "number", ColumnType.INTEGER), Column("code", "system.code", ColumnType.TEXT)),
)
ROWS = [
    {"number": number, "changed": f"2025-05-{number:02}", "system": {"code": f"c{number}"}} for number in range(1, 24)
]
WAYS = {
    Paging.NONE: HttpFetch("/none"),
    Paging.PAGE: HttpFetch("/page", "$.items", paging=Paging.PAGE, page_size=5, total_path="$.total"),
    Paging.OFFSET: HttpFetch("/offset", "$.items", paging=Paging.OFFSET, page_size=9, total_path="$.total"),
    Paging.CURSOR: HttpFetch("/cursor", "$.items", paging=Paging.CURSOR, page_size=5, next_path="$.next"),
    Paging.LINK: HttpFetch("/link", "$.items", paging=Paging.LINK, page_size=5, since_param="since"),
}
CURSORS = WAYS[Paging.CURSOR]


class Waits(list[float]):
    """The waits that were asked for, none of which is waited."""

    def manners(self, **bounds: Any) -> Manners:
        """Manners that are in no hurry and take no time."""
        return Manners(sleep=self.append, **bounds)


def service(*wrong: Fault, **said: Any) -> Service:
    """The rows in every way of paging; never more than five at once."""
    made = Service(
        {
            f"/{way}": Listing(ROWS, way, 5, 5, since_field="changed")
            for way in ("none", "page", "offset", "cursor", "link")
        },
        **said,
    )
    made.faults.extend(wrong)
    return made


@pytest.fixture
def patch(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No proxy of this machine stands between the tests and loopback."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    return monkeypatch


def numbers(fetch: HttpFetch, since: str | None = None, manners: Manners | None = None) -> list[int]:
    """The numbers of the rows that are fetched."""
    return [row["number"] for row in rows_of_service(SOURCE, fetch, since, manners or Waits().manners())]


@pytest.mark.parametrize(("way", "requests"), [("none", 1), ("page", 5), ("offset", 5), ("cursor", 5), ("link", 5)])
def test_every_row_comes_once(patch: pytest.MonkeyPatch, way: str, requests: int) -> None:
    """Whatever the way of paging, and though fewer come at once than were asked for; with no request too many."""
    with connected(patch, "calls", service()) as asked:
        assert numbers(WAYS[Paging(way)]) == [row["number"] for row in ROWS]
    assert len(asked.asked) == requests


@pytest.mark.parametrize("way", [Paging.PAGE, Paging.OFFSET])
def test_without_a_total_the_first_empty_page_is_the_last(patch: pytest.MonkeyPatch, way: Paging) -> None:
    """A service that does not say how much there is, is asked until nothing comes."""
    with connected(patch, "calls", service()) as asked:
        assert numbers(replace(WAYS[way], total_path=None)) == [row["number"] for row in ROWS]
    assert len(asked.asked) == 6


def test_only_what_is_new_is_asked_for(patch: pytest.MonkeyPatch) -> None:
    """The mark of what was gathered before goes along with every page."""
    with connected(patch, "calls", service()) as asked:
        assert numbers(WAYS[Paging.LINK], "2025-05-12") == list(range(12, 24))
    assert {one.params["since"] for one in asked.asked} == {"2025-05-12"}


def test_a_field_within_a_field_has_a_name_and_other_fields_lose_their_values(patch: pytest.MonkeyPatch) -> None:
    """What the source names is given, nested or not; of the rest nothing but the names."""
    with connected(patch, "calls", service()):
        first = next(rows_of_service(SOURCE, WAYS[Paging.NONE], None))
    assert first == {"number": 1, "changed": None, "system.code": "c1"}


def test_a_fetch_goes_page_by_page(patch: pytest.MonkeyPatch) -> None:
    """The first rows are there before the second page is asked for."""
    with connected(patch, "calls", service()) as asked:
        rows = rows_of_service(SOURCE, CURSORS, None)
        assert next(rows)["number"] == 1
        assert len(asked.asked) == 1
        rows.close()  # type: ignore[attr-defined]


def test_no_content_is_no_row(patch: pytest.MonkeyPatch) -> None:
    """A service that has nothing new may say so by 204."""
    with connected(patch, "calls", service(faults.status(204, body=b""))):
        assert numbers(CURSORS) == []


@pytest.mark.parametrize(
    "wrong",
    [
        faults.status(500),
        faults.status(503),
        faults.status(408),
        faults.cut(),
        faults.cut_without_a_length(b'{"items": [{"number": 1'),
        faults.half_a_gzip({"items": ROWS, "next": None}),
        faults.hang_up,
    ],
)
def test_what_passes_is_tried_again(patch: pytest.MonkeyPatch, wrong: Fault) -> None:
    """A page that fails in passing comes at the next try, and no row is there twice or missing."""
    waits = Waits()
    with connected(patch, "calls", service(faults.fine, wrong, wrong)):
        assert numbers(CURSORS, manners=waits.manners(first_wait=1.0)) == [row["number"] for row in ROWS]
    first, second = waits
    assert 0.5 <= first <= 1 <= second <= 2


def test_it_is_tried_a_bounded_number_of_times(patch: pytest.MonkeyPatch) -> None:
    """A service that stays away is let be until the next pass."""
    with (
        connected(patch, "calls", service(*[faults.status(503)] * 9)) as asked,
        pytest.raises(UnreachableError, match=r"answered with 503; it was asked 3 times"),
    ):
        numbers(CURSORS, manners=Waits().manners(attempts=3))
    assert len(asked.asked) == 3


def test_nobody_listens(patch: pytest.MonkeyPatch) -> None:
    """A connection that is refused may stand by the next pass."""
    with connected(patch, "calls", service()):
        pass
    with pytest.raises(UnreachableError, match="refused the connection"):
        numbers(CURSORS)


def test_a_service_says_how_long_to_wait(patch: pytest.MonkeyPatch) -> None:
    """Retry-After is obeyed, in seconds or as a moment of the service's own clock."""
    moment = {"Retry-After": "Wed, 21 May 2025 07:28:30 GMT", "Date": "Wed, 21 May 2025 07:28:00 GMT"}
    waits = Waits()
    wrong = faults.status(429, {"Retry-After": "7"}), faults.only(429, moment)
    with connected(patch, "calls", service(*wrong)):
        assert len(numbers(CURSORS, manners=waits.manners())) == 23
    assert waits == [7.0, 30.0]


def test_a_wait_that_is_too_long_is_left_to_the_next_pass(patch: pytest.MonkeyPatch) -> None:
    """Where the service wants more time than a fetch has left, nobody sits there and waits."""
    waits = Waits()
    with (
        connected(patch, "calls", service(faults.status(429, {"Retry-After": "86400"}))),
        pytest.raises(UnreachableError, match="asked again in 86400 seconds"),
    ):
        numbers(CURSORS, manners=waits.manners())
    assert waits == []


def test_a_rate_limit_is_kept(patch: pytest.MonkeyPatch) -> None:
    """Where no request is left the next one waits until the service counts anew; an operator's pause is kept too."""
    rest = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "12"}
    page = {"items": ROWS[:5], "next": "5"}
    waits = Waits()
    with connected(patch, "calls", service(faults.status(200, rest, page)), pause_seconds=3):
        assert len(numbers(CURSORS, manners=waits.manners(ticks=lambda: 0.0))) == 23
    assert waits == [12.0, 3.0, 3.0, 3.0]


@pytest.mark.parametrize("said", [{"password": SECRET}, {"login": "targetwatch", "password": SECRET}, {}])
def test_who_asks(patch: pytest.MonkeyPatch, said: dict[str, str]) -> None:
    """A password alone is a bearer token, with a login it is basic authentication; neither is needed."""
    with connected(patch, "calls", service(), **said) as asked:
        assert numbers(WAYS[Paging.NONE])
    header = asked.asked[0].headers.get("Authorization", "")
    assert header.partition(" ")[0] == ("Basic" if "login" in said else "Bearer" if said else "")
    assert (SECRET in header) == (said == {"password": SECRET})


def test_a_token_in_a_header_of_its_own(patch: pytest.MonkeyPatch) -> None:
    """A source may name the header that its token goes into; further headers are the connection's."""
    wants = service(header=("X-API-Key", SECRET))
    with connected(patch, "calls", wants, password=SECRET, headers={"X-Office": "STTTT"}) as asked:
        assert numbers(replace(CURSORS, token_header="X-API-Key"))
    assert asked.asked[0].headers["X-Office"] == "STTTT"
    assert "Authorization" not in asked.asked[0].headers


@pytest.mark.parametrize("way", [{}, {"token_auth": "body"}])
def test_a_token_that_runs_out_is_renewed(patch: pytest.MonkeyPatch, way: dict[str, str]) -> None:
    """Where the connection has a client's id and secret, a 401 on the way is answered by a new token."""
    gateway = service(tokens=Tokens(("client", SECRET), lives_for=2))
    with connected(
        patch, "calls", gateway, login="client", password=SECRET, token_url="{address}/token", **way
    ) as asked:
        assert numbers(CURSORS) == [row["number"] for row in ROWS]
    given = [one for one in asked.asked if one.path == "/token"]
    assert len(given) == 3
    assert ("client_secret" in given[0].form) == bool(way)
    assert ("Authorization" in given[0].headers) == (not way)


def test_a_token_that_is_never_taken_is_not_asked_for_again_and_again(patch: pytest.MonkeyPatch) -> None:
    """One new token, and if that is not taken either the credentials are wrong."""
    gateway = service(tokens=Tokens(("client", SECRET), lives_for=0))
    with (
        connected(patch, "calls", gateway, login="client", password=SECRET, token_url="{address}/token") as asked,
        pytest.raises(FetchError, match=r"does not know who asks \(401: Invalid Credentials\)"),
    ):
        numbers(CURSORS)
    assert [one.path for one in asked.asked] == ["/token", "/cursor", "/token", "/cursor"]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, r"does not know who asks \(401"),
        (403, r"does not show /cursor to whoever asks \(403"),
        (404, r"has nothing at /cursor \(404"),
        (400, r"does not answer what it is asked at /cursor \(400"),
        (501, r"does not answer what it is asked at /cursor \(501"),
    ],
)
def test_what_does_not_pass_is_not_tried_again(patch: pytest.MonkeyPatch, status: int, words: str) -> None:
    """It says what to mend, after one request, and never what the token is, though the service should repeat it."""
    wrong = faults.status(status, body={"error": {"message": f"no good: {SECRET}"}})
    with (
        connected(patch, "calls", service(*[wrong] * 3), password=SECRET) as asked,
        pytest.raises(FetchError, match=words) as said,
    ):
        numbers(CURSORS)
    assert not isinstance(said.value, UnreachableError)
    assert len(asked.asked) == 1
    assert "no good: ***" in str(said.value)
    assert SECRET not in str(said.value)


def test_a_source_without_a_connection(patch: pytest.MonkeyPatch) -> None:
    """It says how to connect it."""
    patch.delenv("AIRFLOW_CONN_CALLS", raising=False)
    with pytest.raises(NotConnectedError, match="airflow connections add calls"):
        numbers(CURSORS)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"address": "http://192.0.2.1", "password": SECRET}, "would carry credentials unencrypted"),
        ({"address": "https://user:pass@example.org", "password": SECRET}, "has more in its address"),
        ({"address": "ftp://example.org"}, "no address of http or https"),
        ({"address": "https://example.org", "password": f"{SECRET}\n"}, "that no request can carry"),
        ({"address": "https://example.org", "verify": False}, "a 'verify' that is no file"),
        ({"address": "https://example.org", "pause_seconds": "long"}, "no number of seconds"),
        ({"address": "https://example.org", "token_url": "https://example.org/token"}, "a 'token_url' and no client"),
    ],
)
def test_a_connection_that_is_malformed_is_not_tried(
    patch: pytest.MonkeyPatch, said: dict[str, Any], words: str
) -> None:
    """Its fault is named with what to write instead, and without its secret."""
    connect(patch, "calls", **said)
    with pytest.raises(FetchError, match=words) as fault:
        numbers(CURSORS)
    assert SECRET not in str(fault.value)
    assert "The Airflow Connection 'calls'" in str(fault.value)
