"""All pages of a service's answer, one after the other, until it says or shows that there are no more."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from dlt.common.configuration.specs.runtime_configuration import RuntimeConfiguration
from dlt.sources.helpers.rest_client import RESTClient
from requests.auth import AuthBase

from targetwatch.gathering.connectors.faults import UnreachableError
from targetwatch.gathering.connectors.http_session import NO_CONTENT, PoliteSession
from targetwatch.gathering.connectors.json_answer import AnswerError, rows_at
from targetwatch.gathering.connectors.paging import paginator, total_of
from targetwatch.model import HttpFetch, Paging

COUNTED_ON = (Paging.PAGE, Paging.OFFSET)  # these are over where all that there is has come
Check = Callable[[Any], None]  # raises AnswerError where an answer says that it is none


class Client(RESTClient):
    """dlt's client, for a service at `address`; but rows that are not where they are to be are no empty page."""

    def __init__(
        self,
        address: str,
        headers: Mapping[str, str],
        auth: AuthBase | None,
        session: PoliteSession,
        check: Check | None = None,
    ) -> None:
        # With settings of its own dlt looks for none: neither its files nor its variables play a part here.
        quiet = RuntimeConfiguration(dlthub_telemetry=False)
        super().__init__(address, dict(headers), auth, session=session, config=quiet)
        self.polite = session
        self._check = check

    def extract_response(self, response: Any, data_selector: Any) -> list[Any]:
        """The rows in an answer. Raises AnswerError where there are none to be found."""
        if response.status_code == NO_CONTENT:
            return []
        answer = response.json()
        if self._check is not None:
            self._check(answer)
        return rows_at(answer, data_selector)


def pages(client: Client, fetch: HttpFetch, since: str | None) -> Iterator[Sequence[Any]]:
    """The rows of each page since the mark `since`, None for all there are.

    Raises AnswerError where a page is none, or one comes a second time; UnreachableError where fewer rows came than the
    service spoke of.
    """
    if "://" in fetch.path:
        raise AnswerError("was not asked for: http.path is a whole address, and the host is the connection's to say")
    met: set[bytes] = set()
    received, total = 0, None
    answers = client.paginate(
        fetch.path,
        params=_params(fetch, since),
        paginator=paginator(fetch),
        data_selector=fetch.records,
        hooks={"response": []},  # the session judges what a status means
    )
    for number, page in enumerate(answers, start=1):
        if number > fetch.most_pages:
            raise AnswerError(f"goes on after {fetch.most_pages:,} pages, and so many are the most (http.most_pages)")
        mark = hashlib.blake2b(repr(list(page)).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if page and mark in met:
            raise AnswerError(f"repeats, as page {number:,}, an earlier page word for word")
        met.add(mark)
        received += len(page)
        if page.response.status_code != NO_CONTENT:
            total = total_of(page.response.json(), fetch.total_path)
        yield page
        if fetch.paging in COUNTED_ON and total is not None and received >= total:
            break
    if total is not None and received < total:
        # Whatever was taken meanwhile is gone again: half of it is not what there is.
        raise UnreachableError(
            f"The service of source {client.polite.source} spoke of {total:,} rows and gave {received:,}: they may "
            "have changed while they were read. It is asked again by the next pass."
        )


def _params(fetch: HttpFetch, since: str | None) -> dict[str, Any]:
    params: dict[str, Any] = dict(fetch.params)
    if fetch.page_size:
        params[fetch.size_param] = fetch.page_size
    if fetch.since_param and since is not None:
        params[fetch.since_param] = since
    return params
