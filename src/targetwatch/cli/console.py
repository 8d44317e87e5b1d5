"""Where the command line writes: answers to standard output, progress and errors to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from targetwatch.pipeline import Progress

# In a pipe or a file nothing is folded to the width of a screen.
answers = Console(width=None if sys.stdout.isatty() else 10_000)
errors = Console(stderr=True)


@contextmanager
def progress(first: str) -> Iterator[Progress]:
    """Show what is being done: a line that moves in a terminal, a line a step in a log."""
    if errors.is_terminal:
        with errors.status(first) as status:

            def move(step: str) -> None:
                status.update(step)

            yield move
    else:

        def say(step: str) -> None:
            errors.print(step, markup=False, highlight=False, soft_wrap=True)

        yield say


def lines(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table of what people read; where it is wider than the screen its cells fold."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    answers.print(table)
