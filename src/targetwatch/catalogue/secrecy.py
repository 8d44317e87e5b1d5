"""What is a secret as it stands, and so does not belong into a catalogue, nor into what is said of one."""

from __future__ import annotations

import re
from typing import Any

from targetwatch.catalogue.fields import wrong
from targetwatch.catalogue.folder import RECEIVERS

CONNECT = "Keep it in an Airflow Connection, and write the Connection's id here."
SECRET = re.compile(
    r"hooks\.slack\.com|://[^/@\s]*:[^/@\s]*@|\bxox[a-z]-|\bxapp-|[?&](token|key|secret|sig|signature)=", re.IGNORECASE
)
ADDRESS = "://"  # most addresses that messages are sent to let in whoever knows them


def openly(value: Any) -> Any:
    """The value, if it is none that has to be kept: to be asked before anything is said of it that would repeat it."""
    if isinstance(value, str):
        if SECRET.search(value):
            raise wrong("an address or a token with a secret in it stands here", CONNECT)
        if ADDRESS in value:
            raise wrong("an address stands here, and whoever knows it may be let in by it", CONNECT)
    return value


def is_to_be_hidden(path: str, line: str) -> bool:
    """Whether a line of a catalogue's file is not to be shown."""
    return SECRET.search(line) is not None or (path == RECEIVERS and ADDRESS in line)
