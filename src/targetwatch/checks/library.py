"""Great Expectations itself, imported where it is needed and as lightly as it can be."""

from __future__ import annotations

import gc
import importlib
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any

# What Great Expectations imports for its rarest expectations and its pictures, and nothing calls while it is imported.
RARELY_USED = ("altair", "scipy.stats")


class _Later(ModuleType):
    """A module that is imported when something in it is first asked for."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


@cache
def great_expectations() -> Any:
    """The library, ready for use. The import costs seconds: it is made once, when the first suite is run."""
    # Read while it is imported: no pass of the pipeline speaks to anyone's analytics.
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    for name in RARELY_USED:
        sys.modules.setdefault(name, _Later(name))
    with _without_collecting(), warnings.catch_warnings():
        # It imports sre_constants, which Python has deprecated; nothing here can change that.
        warnings.simplefilter("ignore", DeprecationWarning)
        import great_expectations
        from great_expectations.execution_engine import pandas_execution_engine
    # It hashes every value of a frame to tell one batch from another in its records, which are not kept here: that is
    # two thirds of the work of judging a large one.
    pandas_execution_engine.hash_pandas_dataframe = lambda _: ""
    # It logs, at every run, how it came to read each parameter.
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    return great_expectations


@contextmanager
def _without_collecting() -> Iterator[None]:
    """No search for garbage in what imports make: they make hundreds of thousands of objects, and all of them stay."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
