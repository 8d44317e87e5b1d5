"""The HTTP connector: the rows of a service that answers in JSON, page by page."""

from __future__ import annotations

from collections.abc import Iterator

from targetwatch.gathering.connectors.airflow_service import service_of
from targetwatch.gathering.connectors.http_pages import pages
from targetwatch.gathering.connectors.json_answer import AnswerError, row_of
from targetwatch.gathering.connectors.manners import Manners
from targetwatch.gathering.spool import Row
from targetwatch.model import HttpFetch, Source


def rows_of_service(
    source: Source, fetch: HttpFetch, since: str | None, manners: Manners | None = None
) -> Iterator[Row]:
    """The rows that the service of `source` has since the mark `since`, None for all of them, page after page.

    A field within a field is named `outer.inner`; of fields that the source does not name the name alone is given.
    Raises NotConnectedError without a connection; FetchError where something is to be mended: the credentials, the
    path, what is read out of the answers; UnreachableError where the service did not answer, or not to its end.
    """
    named = frozenset(column.delivered_as for column in source.columns)
    with service_of(source, manners or Manners(), fetch.token_header) as service:
        try:
            for page in pages(service, fetch, since):
                yield from (row_of(item, named) for item in page)
        except AnswerError as fault:
            hint = f"Compare 'http' in catalogue/sources/{source.id}.yaml with its documentation."
            service.polite.fail(f"gave an answer that {fault}", hint)
