"""`python -m targetwatch.standin`: serve the stand-in of the home folder that the settings name."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from targetwatch import clock
from targetwatch.settings import Settings
from targetwatch.standin.server import serve


def main() -> None:
    """Serve until a signal says stop."""
    settings = Settings()
    zone = _zone(settings.catalogue / "programme.yaml")
    serve(
        settings.home,
        settings.standin_port,
        lambda: clock.now(settings).timestamp(),
        zone,
        settings.host,
        settings.catalogue,
    )


def _zone(programme: Path) -> ZoneInfo | None:
    """The programme's time zone, so that the page's times are the messages'; else the machine's own.

    What is wrong with a catalogue is for the watch to say: messages are shown whatever the state it is in.
    """
    try:
        return ZoneInfo(str(yaml.safe_load(programme.read_text(encoding="utf-8"))["time_zone"]))
    except (OSError, KeyError, TypeError, ValueError, yaml.YAMLError):
        return None


if __name__ == "__main__":
    main()
