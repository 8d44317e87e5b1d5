"""A service as its Airflow Connection describes it: where it is, who asks, and with what manners."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from dlt.sources.helpers.rest_client.auth import APIKeyAuth, BearerTokenAuth, HttpBasicAuth

from targetwatch.gathering.connectors.airflow_connections import connection_of
from targetwatch.gathering.connectors.faults import FetchError
from targetwatch.gathering.connectors.http_address import PORTS, stays_here
from targetwatch.gathering.connectors.http_pages import Check, Client
from targetwatch.gathering.connectors.http_session import PoliteSession
from targetwatch.gathering.connectors.http_tokens import ClientCredentials
from targetwatch.gathering.connectors.manners import Manners
from targetwatch.gathering.connectors.time_limit import TimeLimit
from targetwatch.model import Source

if TYPE_CHECKING:
    from airflow.sdk import Connection
    from requests.auth import AuthBase

SECONDS = {"pause_seconds": "pause", "time_limit_seconds": "time_limit", "timeout_seconds": "answer_timeout"}
SHORTEST = 4  # characters; a shorter one would blot out half of every message


@contextmanager
def service_of(
    source: Source, manners: Manners, token_header: str | None = None, check: Check | None = None
) -> Iterator[Client]:
    """A client of the service of `source` for the length of one fetch, whose time begins now.

    The connection's password is a bearer token, or stands by itself in the header `token_header`; with a login they are
    basic authentication, with a `token_url` in the extra a client's id and secret. Raises NotConnectedError without a
    connection, FetchError where it is malformed.
    """
    connection = connection_of(source)
    extra = _extra(source, connection)
    manners = _manners(source, extra, manners)
    address = _address(source, connection)
    headers = {str(name): str(value) for name, value in _mapping(source, extra, "headers").items()}
    for value in (connection.login, connection.password, *headers, *headers.values()):
        _check_header(source, value)
    in_clear = not (address.startswith("https") or stays_here(address) or extra.get("allow_http") is True)
    if in_clear and (connection.password or headers):
        hint = "Write its address with https, or say 'allow_http: true' in its extra."
        raise _malformed(source, "would carry credentials unencrypted", hint)
    with TimeLimit(manners.time_limit, manners.ticks) as limit, ExitStack() as sessions:
        session = sessions.enter_context(PoliteSession(source.id, manners, limit, _verify(source, extra)))
        session.secrets |= {one for one in (connection.password, *headers.values()) if one and len(one) >= SHORTEST}
        auth = _tokens(source, connection, extra, session, sessions) or _auth(connection, token_header)
        yield Client(address, headers, auth, session, check)


def _address(source: Source, connection: Connection) -> str:
    """Where the service is: `host` may be a whole address; else scheme, host, port and path are put together."""
    host, schema = (connection.host or "").strip(), (connection.schema or "").strip("/ ")
    if not host:
        raise _malformed(source, "names no host", "Write it as https://host.")
    path = ""
    if "://" not in host:
        scheme = schema if schema in PORTS else connection.conn_type if connection.conn_type in PORTS else "https"
        path = "" if schema in PORTS else schema
        host = f"{scheme}://{host}"
    try:
        split = urlsplit(host)
        port = split.port or connection.port
        named = split.hostname
    except ValueError:
        raise _malformed(source, "has an address that is none", "Write it as https://host:port/path.") from None
    if split.scheme not in PORTS or not named:
        raise _malformed(source, "has no address of http or https", "Write it as https://host:port/path.")
    if split.username is not None or split.query or split.fragment:
        hint = "Put who asks into login and password, and what is asked for into the source's file."
        raise _malformed(source, "has more in its address than host and path", hint)
    named = f"[{named}]" if ":" in named else named
    parts = [split.scheme, "://", named, f":{port}" if port else "", split.path.rstrip("/"), f"/{path}" if path else ""]
    return "".join(parts)


def _tokens(
    source: Source, connection: Connection, extra: Mapping[str, Any], session: PoliteSession, sessions: ExitStack
) -> AuthBase | None:
    """Tokens that are given out to a client, by a session of their own; None where the connection has none such."""
    token_url = extra.get("token_url")
    if token_url is None:
        return None
    if not isinstance(token_url, str) or urlsplit(token_url).scheme not in PORTS:
        raise _malformed(source, "has a 'token_url' that is no address", "Write it as https://host/token.")
    if not (token_url.startswith("https") or stays_here(token_url) or extra.get("allow_http") is True):
        raise _malformed(source, "would send its secret unencrypted", "Write a 'token_url' of https.")
    if not connection.login or not connection.password:
        raise _malformed(source, "has a 'token_url' and no client", "Put id and secret into login and password.")
    asking = sessions.enter_context(
        PoliteSession(source.id, session.manners, session.limit, True if session.verify is None else session.verify)
    )
    asking.secrets = session.secrets
    client, scope = (connection.login, connection.password), str(extra.get("scope", ""))
    tokens = ClientCredentials(asking, token_url, client, scope, extra.get("token_auth") == "body")
    session.renew = tokens.renew
    return tokens


def _auth(connection: Connection, token_header: str | None) -> AuthBase | None:
    """What says who asks, with a password that is for good."""
    login, password = connection.login or "", connection.password or ""
    if token_header is not None and password:
        return APIKeyAuth(name=token_header, api_key=password)
    if login:
        return HttpBasicAuth(login, password)
    return BearerTokenAuth(token=password) if password else None


def _manners(source: Source, extra: Mapping[str, Any], manners: Manners) -> Manners:
    """What the connection says of pace and patience; the rest is as usual."""
    said: dict[str, Any] = {}
    for key, name in SECONDS.items():
        value = extra.get(key)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 86_400:
            raise _malformed(source, f"has a '{key}' that is no number of seconds", "Write a number of at most 86400.")
        said[name] = float(value)
    return replace(manners, **said)


def _verify(source: Source, extra: Mapping[str, Any]) -> bool | str:
    """Certificates are always verified: by the usual authorities, or by those in a file."""
    verify = extra.get("verify", True)
    if verify is True or (isinstance(verify, str) and verify):
        return verify
    hint = "Write the path of the file with its authority's certificate, or leave it out."
    raise _malformed(source, "has a 'verify' that is no file", hint)


def _extra(source: Source, connection: Connection) -> Mapping[str, Any]:
    import json

    try:
        extra = json.loads(connection.extra or "{}")
    except ValueError:
        extra = None
    if not isinstance(extra, dict):
        raise _malformed(source, "has an extra that is no JSON object", 'Write it as {"pause_seconds": 1}.')
    return extra


def _mapping(source: Source, extra: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = extra.get(key) or {}
    if not isinstance(value, dict):
        raise _malformed(source, f"has '{key}' that are no JSON object", 'Write them as {"X-Client": "targetwatch"}.')
    return value


def _check_header(source: Source, value: str | None) -> None:
    """What goes into a header can be carried by one: a line break would make another of it."""
    if value and not (value.isprintable() and value.isascii() and value == value.strip()):
        hint = "Look for a line break or a blank at the end, and write it again."
        raise _malformed(source, "has a login, password or header that no request can carry", hint)


def _malformed(source: Source, what: str, hint: str) -> FetchError:
    name = source.connection or source.id
    return FetchError(f"The Airflow Connection '{name}' of source {source.id} {what}. {hint}")
