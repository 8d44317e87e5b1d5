"""What every method of the Web API has in common: arguments that come in, answers that go out, and refusals."""

from __future__ import annotations

import json
from collections.abc import Mapping

Arguments = Mapping[str, object]
Answer = dict[str, object]


class Refused(Exception):  # noqa: N818 - Slack's word for it is an answer that is not ok
    """An answer that is not ok: Slack's error code and remarks."""

    def __init__(self, code: str, remarks: list[str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.remarks = remarks or []


def structure(value: object, complaint: str) -> object:
    """A structure that came as JSON within a form, or as itself within a JSON body; else the complaint is refused."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value else None
    except ValueError:
        raise Refused(complaint) from None
