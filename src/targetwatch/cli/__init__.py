"""The command line. It works without Airflow running; Airflow's tasks call the same pipeline.

Exit codes: 0 fine, 1 targets missed (only where asked with --fail-on), 2 wrong input, 3 our failure.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable

import typer

from targetwatch.cli import (
    acting,
    digesting,
    explaining,
    listening,
    quarantine,
    reading,
    replaying,
    routes,
    running,
    testing,
    units,
    validating,
    watchdog,
    working,
)

app = typer.Typer(
    name="targetwatch",
    help="Watches metrics against targets and tells the right person, in time and truthfully, what falls behind.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("validate", validating.validate),
    ("schemas", validating.schemas),
    ("test", testing.run_tests),
    ("gather", working.gather),
    ("watch", working.watch),
    ("run", working.run),
    ("status", reading.status),
    ("incidents", reading.incidents),
    ("ack", acting.ack),
    ("unack", acting.unack),
    ("silence", acting.silence),
    ("silences", acting.silences),
    ("explain", explaining.explain),
    ("digest", digesting.digest),
    ("replay", replaying.replay),
    ("units", units.units),
    ("sql", reading.sql),
    ("listen", listening.listen),
    ("demo", running.demo),
    ("up", running.up),
    ("watchdog", watchdog.watchdog),
    ("doctor", running.doctor),
)
for _name, _command in _COMMANDS:
    app.command(_name)(_command)
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(routes.app, name="routes")
for _one in (*app.registered_commands, *quarantine.app.registered_commands, *routes.app.registered_commands):
    # A terminal wraps paragraphs where it ends, and not where the docstring's lines do.
    _paragraphs = inspect.cleandoc(getattr(_one.callback, "__doc__", None) or "").split("\n\n")
    _one.help = "\n\n".join(" ".join(paragraph.split()) for paragraph in _paragraphs)


def main() -> None:
    """Run the command line and turn failures into messages and exit codes."""
    from targetwatch.cli.failures import explain

    os.umask(0o077)  # deliveries hold people's data: what is written is its owner's alone
    try:
        sys.exit(app(standalone_mode=False) or 0)
    except Exception as failure:  # noqa: BLE001 - the edge: every failure becomes a message and an exit code
        sys.exit(explain(failure))
