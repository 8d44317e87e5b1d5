"""How an answer goes on: dlt's paginators, kept from going round in circles and from stopping short in silence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urljoin

from dlt.sources.helpers.rest_client.paginators import (
    BasePaginator,
    BaseReferencePaginator,
    RangePaginator,
    SinglePagePaginator,
)
from requests import Request, Response

from targetwatch.gathering.connectors.http_address import origin, same_service
from targetwatch.gathering.connectors.json_answer import AnswerError, found_at
from targetwatch.model import HttpFetch, Paging


def paginator(fetch: HttpFetch) -> BasePaginator:
    """What asks for the next page of a service as its source describes it."""
    match fetch.paging:
        case Paging.PAGE:
            return RangePaginator(fetch.page_param, fetch.first_page, 1, error_message_items="pages")
        case Paging.OFFSET:
            return Offsets(fetch.offset_param)
        case Paging.CURSOR:
            return Cursors(fetch.cursor_param, fetch.next_path)
        case Paging.LINK:
            return Links(fetch.next_path)
    return SinglePagePaginator()


def total_of(answer: Any, path: str | None) -> int | None:
    """How many rows the service says that there are in all; None where it is not to be asked, or says nothing."""
    found = found_at(answer, path) if path else []
    if not found or found[0] is None:
        return None
    if isinstance(found[0], bool) or not isinstance(found[0], int | str) or not str(found[0]).isdecimal():
        raise AnswerError(f"has no whole number at {path}, where the number of all rows is to be")
    return int(found[0])


class Offsets(RangePaginator):
    """So many rows on: as many as came, and not as many as were asked for, since a service may give fewer at a time."""

    def __init__(self, param: str) -> None:
        super().__init__(param, 0, 0, error_message_items="rows")

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """Go on by the rows of this page; the first page without any is the last one."""
        self.value_step = len(data or ())
        super().update_state(response, data)


class _References(BaseReferencePaginator):
    """What refers from page to page. One that comes a second time would never end."""

    def __init__(self) -> None:
        super().__init__()
        self._met: set[str] = set()

    def _go_on_at(self, reference: object) -> None:
        if reference in (None, "", False):
            self._next_reference = None
            return
        if isinstance(reference, bool) or not isinstance(reference, str | int):
            raise AnswerError("names the next page by something that is neither text nor a number")
        mark = str(reference)
        if mark in self._met:
            raise AnswerError("names as the next page one that it has given already")
        self._met.add(mark)
        self._next_reference = mark


class Cursors(_References):
    """Each answer holds the mark of the next page at a JSONPath; the last one holds none."""

    def __init__(self, param: str, path: str | None) -> None:
        super().__init__()
        self._param = param
        self._path = path or "$.next"

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """Take the mark out of the answer."""
        self._go_on_at(_first(found_at(response.json(), self._path)))

    def update_request(self, request: Request) -> None:
        """Ask for the page of the mark."""
        params: Any = request.params or {}
        request.params = {**params, self._param: self._next_reference}


class Links(_References):
    """Each answer names the address of the next page in its Link header or at a JSONPath; the last one names none."""

    def __init__(self, path: str | None) -> None:
        super().__init__()
        self._path = path

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """Take the address out of the answer. One of another service is refused: the credentials are not for it."""
        named = response.links.get("next", {}).get("url")
        if named is None and self._path is not None:
            named = _first(found_at(response.json(), self._path))
        here = str(response.url)
        there = urljoin(here, named) if isinstance(named, str) and named else named
        if isinstance(there, str) and there and not same_service(here, there):
            raise AnswerError(f"names as the next page one at {origin(there)}, and no credentials are carried there")
        self._go_on_at(there)

    def update_request(self, request: Request) -> None:
        """Ask for the page at that address, which has its parameters in it."""
        request.url, request.params = self._next_reference, None


def _first(found: Sequence[Any]) -> Any:
    return found[0] if found else None
