"""Secrets out of what is told: an error may carry a password, in an address or in a line of a configuration."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from pydantic import SecretStr

from targetwatch.settings import Settings

HIDDEN = "***"
SHORTEST = 6  # what is shorter occurs in ordinary words
CONNECTION = "AIRFLOW_CONN_"
# Names of what an Airflow connection's `extra` keeps secret.
TELLTALE = re.compile(r"pass|secret|token|key|credential|authorization|private", re.IGNORECASE)
SHAPES = (
    re.compile(r"\bxox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]+"),
    re.compile(r"\bxapp-[A-Za-z0-9-]+"),
    re.compile(r"(?<=hooks\.slack\.com/)\S+"),
    re.compile(r"(?<=://)[^/\s@:]*:[^\s@]+(?=@)"),
    re.compile(r"(?i)(?<=\bbearer )[\w.~+/=-]+"),
    re.compile(r"(?i)(?<=\bbasic )[\w.~+/=-]{8,}"),
    re.compile(
        r"(?i)\b(?P<name>password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|signature|sslpassword)"
        r"(?P<between>[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;)]+"
    ),
)


def known_secrets(settings: Settings, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The secrets of the settings and of the Airflow connections in the environment, the longest first."""
    held = (getattr(settings, name) for name in type(settings).model_fields)
    of_settings = [one.get_secret_value() for one in held if isinstance(one, SecretStr)]
    of_connections = [
        secret for name, value in environment.items() if name.startswith(CONNECTION) for secret in _of_connection(value)
    ]
    found = {one for one in (*of_settings, *of_connections) if len(one) >= SHORTEST}
    return tuple(sorted(found, key=lambda one: (-len(one), one)))


def scrubbed(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` with every known secret, in the forms in which it travels, and all that looks like one, as `***`."""
    for secret in secrets:
        for form in forms(secret):
            text = text.replace(form, HIDDEN)
    for shape in SHAPES:
        text = shape.sub(_hidden, text)
    return text


def forms(secret: str) -> tuple[str, ...]:
    """How a secret may be written: as it is, as a part of an address, as JSON, in base 64 alone."""
    raw = secret.encode()
    written = {
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        base64.b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode(),
    }
    return tuple(sorted(written, key=lambda one: (-len(one), one)))


def _hidden(match: re.Match[str]) -> str:
    kept = match.groupdict()
    return f"{kept['name']}{kept['between']}{HIDDEN}" if kept else HIDDEN


def _of_connection(value: str) -> Iterator[str]:
    """The secrets of an Airflow connection, written as JSON or as an address."""
    try:
        written = json.loads(value)
    except ValueError:
        yield from _of_address(value)
        return
    if isinstance(written, dict):
        if isinstance(password := written.get("password"), str):
            yield password
        extra = written.get("extra")
        if isinstance(extra, str):
            try:
                extra = json.loads(extra)
            except ValueError:
                extra = None
        yield from _of_extra(extra)


def _of_address(value: str) -> Iterator[str]:
    try:
        parts = urlsplit(value)
        password = parts.password
    except ValueError:
        return
    if password:
        yield unquote(password)
    for name, one in parse_qsl(parts.query):
        if name == "__extra__":
            yield from _of_connection(json.dumps({"extra": one}))
        elif TELLTALE.search(name):
            yield one


def _of_extra(extra: object) -> Iterator[str]:
    if isinstance(extra, dict):
        for name, one in extra.items():
            if isinstance(one, str) and TELLTALE.search(str(name)):
                yield one
            else:
                yield from _of_extra(one)
