"""The command that listens to Slack: buttons in messages, and /targets."""

from __future__ import annotations

import signal
from types import FrameType
from typing import Annotated

import typer

from targetwatch.cli import console
from targetwatch.cli.failures import WrongInput
from targetwatch.settings import Settings

STANDIN_TOKEN = "xapp-standin"  # noqa: S105 (the stand-in takes any)


def listen(
    keep_trying: Annotated[
        bool, typer.Option("--keep-trying", help="Wait where Slack refuses the token, and do not give up.")
    ] = False,
) -> None:
    """Answer the buttons of messages and the command /targets, over Slack's Socket Mode: nothing has to be reachable.

    Runs until it is stopped. While it runs, messages have buttons; without it, they show commands. `up` and `demo`
    start it themselves. It needs TARGETWATCH_SLACK_APP_TOKEN; where no Slack is set, it listens to the stand-in.
    """
    from targetwatch import clock
    from targetwatch.listening.listener import Listener

    settings = Settings()
    if settings.has_slack and settings.slack_app_token is None:
        raise WrongInput(
            "No app-level token is set. Put one (xapp-..., with the scope connections:write) into "
            "TARGETWATCH_SLACK_APP_TOKEN, and turn Socket Mode on in the app's settings. Without it, messages show "
            "commands instead of buttons."
        )
    token = settings.slack_app_token.get_secret_value() if settings.slack_app_token else STANDIN_TOKEN
    base = settings.slack_url if settings.has_slack else f"http://127.0.0.1:{settings.standin_port}/api/"
    listener = Listener(settings, token, base, lambda: clock.now(settings), _say, keep_trying=keep_trying)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        listener.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    listener.run()
    _say("Stopped.")


def _say(line: str) -> None:
    console.errors.print(line, markup=False, highlight=False, soft_wrap=True)
