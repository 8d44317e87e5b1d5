"""The CKAN connector: which data sets of a list a portal has published, and how old each of them is.

CKAN's action API is asked: `package_search` for all that is public, and `package_show` for each data set of the list
that was not among it, since a search index may lag behind. A file's `last_modified` is set when it is uploaded; of a
data set that only links to files elsewhere nothing but `metadata_modified` says when anything about it changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from targetwatch.gathering.connectors.airflow_service import service_of
from targetwatch.gathering.connectors.http_pages import Client, pages
from targetwatch.gathering.connectors.http_session import FORBIDDEN, MISSING, RefusedError
from targetwatch.gathering.connectors.json_answer import AnswerError
from targetwatch.gathering.connectors.manners import Manners
from targetwatch.gathering.connectors.wanted import Wanted, read_wanted
from targetwatch.gathering.spool import Row
from targetwatch.model import CkanFetch, HttpFetch, Paging, Source

ACTIONS = "api/3/action"
SEARCH = HttpFetch(
    path=f"{ACTIONS}/package_search",
    records="$.result.results",
    params={"sort": "name asc"},  # by relevance a data set may change its page while they are read
    paging=Paging.OFFSET,
    page_size=200,  # whole data sets, each with all its files; a portal may give fewer at once without saying so
    size_param="rows",
    offset_param="start",
    total_path="$.result.count",
)
TOKEN_HEADER = "Authorization"  # noqa: S105 - the header's name: CKAN wants the token in it as it is


def rows_of_portal(
    source: Source, fetch: CkanFetch, catalogue: Path, on: date, manners: Manners | None = None
) -> Iterator[Row]:
    """A row for each data set of the list catalogue/sources/<wanted>, as the portal has it `on` that day.

    Raises FetchError where the list or the connection is wrong, UnreachableError where the portal does not answer.
    """
    wanted = read_wanted(source, catalogue / "sources", fetch.wanted)
    with service_of(source, manners or Manners(), TOKEN_HEADER, _check) as service:
        try:
            found = {str(one.get("name")): one for page in pages(service, SEARCH, None) for one in page}
            for one in wanted:
                yield _row(one, found.get(one.name) or _shown(service, one.name), on)
        except AnswerError as fault:
            hint = "Compare the address of the Airflow Connection with the portal's: it ends before /api."
            service.polite.fail(f"gave an answer that {fault}", hint)


def _check(answer: Any) -> None:
    """CKAN says of each answer whether it is one, whatever the status of HTTP."""
    if not isinstance(answer, Mapping) or "success" not in answer:
        raise AnswerError("is none of CKAN's action API")
    if answer["success"] is not True:
        error = answer.get("error")
        kind = error.get("__type") if isinstance(error, Mapping) else None
        raise AnswerError(f"says that it failed: {str(kind or 'no reason given')[:80]}")


def _shown(client: Client, name: str) -> Mapping[str, Any] | None:
    """One data set by its name; None where there is none, or none that everybody may see."""
    try:
        answer = client.get(f"{ACTIONS}/package_show", {"id": name}).json()
    except RefusedError as refused:
        if refused.status in (MISSING, FORBIDDEN):
            return None
        raise
    _check(answer)
    result = answer.get("result")
    if not isinstance(result, Mapping):
        raise AnswerError("has no data set in it")
    return result if result.get("name") == name else None


def _row(wanted: Wanted, found: Mapping[str, Any] | None, on: date) -> Row:
    files = found.get("resources") if found else None
    resources = [one for one in files if isinstance(one, Mapping)] if isinstance(files, Sequence) else []
    is_public = found is not None and found.get("state", "active") == "active" and not found.get("private")
    published = is_public and bool(resources)
    moments = [moment for one in resources if (moment := _moment(one.get("last_modified")))]
    updated = max(moments, default=None)
    by = "data" if updated else "metadata"
    if found is not None and updated is None:
        updated = _moment(found.get("metadata_modified"))
    return {
        "data_set": wanted.name,
        "publisher": wanted.org_unit,
        "checked_on": on,
        "published": published,
        "resources": len(resources) if is_public else 0,
        "updated_on": updated if published else None,
        "updated_by": by if published and updated else None,
        "every_days": wanted.every_days,
    }


def _moment(text: Any) -> datetime | None:
    """A moment as CKAN writes it: in UTC, without saying so."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
