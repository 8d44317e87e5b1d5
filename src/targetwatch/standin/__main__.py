"""`python -m targetwatch.standin`: serve the stand-in of the home folder that the settings name."""

from __future__ import annotations

from targetwatch import clock
from targetwatch.settings import Settings
from targetwatch.standin.server import serve


def main() -> None:
    """Serve until a signal says stop."""
    settings = Settings()
    serve(settings.home, settings.standin_port, lambda: clock.now(settings).timestamp(), host=settings.host)


if __name__ == "__main__":
    main()
