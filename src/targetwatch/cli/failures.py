"""What people read when something fails, and the exit code that goes with it."""

from __future__ import annotations

import os
import traceback

import typer
from pydantic import ValidationError

from targetwatch.catalogue import CatalogueError
from targetwatch.cli.console import errors
from targetwatch.settings import PREFIX, TRACEBACK

WRONG_INPUT = 2
OUR_FAILURE = 3


class WrongInput(Exception):  # noqa: N818 - named after what is the case
    """Something that was asked for cannot be: the message says what, and what to do instead."""


def explain(failure: Exception) -> int:
    """Print what went wrong, in words, and return the exit code."""
    match failure:
        case typer.Abort():
            errors.print("Stopped.")
            return 130
        case CatalogueError():
            for issue in failure.issues:
                errors.print(str(issue), markup=False, highlight=False, soft_wrap=True)
            count = sum(issue.stands_for for issue in failure.issues)
            found = "1 error" if count == 1 else f"{count:,} errors"
            errors.print(f"{found} in the catalogue; nothing was done.", highlight=False)
            return WRONG_INPUT
        case ValidationError():
            errors.print("A setting cannot be used:")
            for error in failure.errors():
                name = PREFIX + "_".join(str(part) for part in error["loc"]).upper()
                errors.print(f"  {name}: {error['msg']}", markup=False, highlight=False)
            return WRONG_INPUT
        case ExceptionGroup():
            return max([explain(one) for one in failure.exceptions], default=OUR_FAILURE)
        case WrongInput():
            errors.print(str(failure), markup=False, highlight=False, soft_wrap=True)
            return WRONG_INPUT
    code = int(getattr(failure, "exit_code", OUR_FAILURE))
    if show := getattr(failure, "show", None):  # Typer's own complaints about how it was called
        show()
        return code
    for line in (f"{type(failure).__name__}: {failure}", *getattr(failure, "__notes__", ())):
        errors.print(line, markup=False, highlight=False, soft_wrap=True)
    if code == OUR_FAILURE:
        if os.environ.get(TRACEBACK):
            traceback.print_exception(failure)
        else:
            errors.print(f"`targetwatch doctor` looks for the cause; {TRACEBACK}=1 shows where it happened.")
    return code
