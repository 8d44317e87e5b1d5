"""A stand-in for a CKAN portal: the action API as CKAN 2.10 answers it, over data sets that are invented.

`package_search` gives ten data sets unless it is asked for more, and never more than the portal's own limit, without
saying so; private and deleted ones are not among them. `package_show` looks them up one by one. What is wrong is said
with `success: false`, the kind of error, and a status of HTTP that fits. Moments are in UTC, without a zone.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from tests.systems.services.service import Asked, Handler, Service

Package = dict[str, Any]
ERRORS = {
    400: {"__type": "Search Query Error", "message": "Search Query is invalid: 'Invalid sort'"},
    403: {"__type": "Authorization Error", "message": "Access denied: User not authorized to read package"},
    404: {"__type": "Not Found Error", "message": "Not found"},
    409: {"__type": "Validation Error", "rows": ["Must be a natural number"]},
    500: {"__type": "Internal Server Error", "message": "Internal Server Error"},
}


def package(
    name: str,
    modified: datetime | None = None,
    *,
    files: int = 1,
    metadata_modified: datetime | None = None,
    private: bool = False,
    state: str = "active",
    seed: int = 0,
) -> Package:
    """An invented data set. Files without `modified` are links: nothing says when what they lead to was changed."""
    chance = Random(f"{name}/{seed}")
    created = datetime(2023, 5, 1, 3, 0, tzinfo=UTC) + timedelta(minutes=chance.randrange(100_000))
    resources = [
        {
            "cache_last_updated": None,
            "created": _written(created),
            "datastore_active": False,
            "format": "CSV",
            "id": str(UUID(int=chance.getrandbits(128))),
            "last_modified": None if modified is None else _written(modified - timedelta(days=number)),
            "metadata_modified": _written(created),
            "mimetype": "text/csv",
            "name": f"{name}-{number}.csv",
            "position": number,
            "resource_type": None,
            "size": chance.randrange(1_000, 1_000_000),
            "state": "active",
            "url": f"https://data.example/dataset/{name}/resource/{number}",
            "url_type": None if modified is None else "upload",
        }
        for number in range(files)
    ]
    return {
        "id": str(UUID(int=chance.getrandbits(128))),
        "isopen": True,
        "license_id": "cc-by",
        "metadata_created": _written(created),
        "metadata_modified": _written(metadata_modified or modified or created),
        "name": name,
        "notes": "",
        "num_resources": len(resources),
        "num_tags": 0,
        "organization": {"name": "an-office", "title": "Một sở", "type": "organization", "state": "active"},
        "private": private,
        "resources": resources,
        "state": state,
        "title": name.replace("-", " ").capitalize(),
        "type": "dataset",
        "extras": [],
        "tags": [],
    }


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat()


def ckan(packages: list[Package], most_rows: int = 1000, forgotten: tuple[str, ...] = ()) -> Service:
    """A portal with these data sets; its search index has lost the `forgotten` ones."""
    by_name = {one["name"]: one for one in packages}

    def act(handler: Handler, asked: Asked) -> bool:
        base, _, action = asked.path.rpartition("/")
        if base not in ("/api/3/action", "/api/action"):
            return False
        about = f"{handler.server.service.address}/api/3/action/help_show?name={action}"
        if action == "package_search":
            public = sorted(name for name, one in by_name.items() if one["state"] == "active" and not one["private"])
            found = [by_name[name] for name in public if name not in forgotten]
            if asked.params.get("sort", "name asc") != "name asc":
                return _fail(handler, about, 400)
            try:
                rows, start = (int(asked.params.get(key, usual)) for key, usual in (("rows", "10"), ("start", "0")))
            except ValueError:
                return _fail(handler, about, 409)
            result: Any = {
                "count": len(found),
                "facets": {},
                "results": found[start : start + min(rows, most_rows)],
                "search_facets": {},
                "sort": "name asc",
            }
        elif action == "package_show":
            one = by_name.get(asked.params.get("id", ""))
            if one is None or one["state"] != "active":
                return _fail(handler, about, 404)
            if one["private"]:
                return _fail(handler, about, 403)
            result = one
        else:
            handler.reply(f"Bad request - Action name not known: {action}", 400)
            return True
        handler.reply({"help": about, "success": True, "result": result})
        return True

    return Service(other=act)


def _fail(handler: Handler, about: str, status: int) -> bool:
    handler.reply({"help": about, "success": False, "error": ERRORS[status]}, status)
    return True
