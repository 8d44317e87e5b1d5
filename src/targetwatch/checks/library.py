"""Great Expectations itself, imported where it is needed and as lightly as it can be."""

from __future__ import annotations

import gc
import importlib
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from types import ModuleType
from typing import Any

from targetwatch.garbage import without_collecting

# What Great Expectations imports for its rarest expectations and its pictures, and nothing calls while it is imported.
RARELY_USED = ("altair", "scipy.stats")

# What expectations and their configurations made of each other in the run that goes on, by what was asked and of whom.
_made: ContextVar[dict[object, Any] | None] = ContextVar("made", default=None)


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
    with without_collecting(), warnings.catch_warnings():
        # It imports sre_constants, which Python has deprecated; nothing here can change that.
        warnings.simplefilter("ignore", DeprecationWarning)
        import great_expectations
        from great_expectations.core.id_dict import IDDict
        from great_expectations.data_context.data_context_variables import EphemeralDataContextVariables
        from great_expectations.execution_engine import pandas_execution_engine
        from great_expectations.expectations import registry
        from great_expectations.expectations.expectation import Expectation
        from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
        from great_expectations.validator.validation_graph import ValidationGraph
    gc.freeze()  # what an import makes stays, so nobody need ever look at it again
    # It hashes every value of a frame to tell one batch from another in its records, which are not kept here: that is
    # two thirds of the work of judging a large one.
    pandas_execution_engine.hash_pandas_dataframe = lambda _: ""
    # It writes its configuration as YAML whenever a part of it is set, and in memory nobody reads that.
    EphemeralDataContextVariables.save = lambda _: None
    _leave_out_values(registry)
    engine = pandas_execution_engine.PandasExecutionEngine
    engine.get_domain_records = _found_whole_once(engine.get_domain_records)
    IDDict.to_id = _named_once(IDDict.to_id)
    Expectation.configuration = property(_asked_once(Expectation.configuration.fget))
    Expectation._get_runtime_kwargs = _asked_once(Expectation._get_runtime_kwargs)
    ExpectationConfiguration.to_domain_obj = _asked_once(ExpectationConfiguration.to_domain_obj)
    ValidationGraph.build_metric_dependency_graph = _followed_once(ValidationGraph.build_metric_dependency_graph)
    # It logs, at every run, how it came to read each parameter.
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    return great_expectations


@contextmanager
def one_run() -> Iterator[None]:
    """A run of a suite, in which nothing changes its expectations: what they say of themselves is worked out once.

    Great Expectations makes a new configuration of an expectation for every argument that it reads of it, and a new
    expectation of the configuration for every metric; and to name a metric it writes its arguments as JSON, though a
    dozen metrics have the same. Together that is half of the work of judging a small frame.
    """
    token = _made.set({})
    try:
        yield
    finally:
        _made.reset(token)


def _leave_out_values(registry: Any) -> None:
    """Have the values that fail looked for no longer. No result holds them (`exclude_unexpected_values`)."""
    for name, metric in registry._registered_metrics.items():
        of_pandas = metric["providers"].get("PandasExecutionEngine")
        if of_pandas is not None and name.endswith(".unexpected_values"):
            metric["providers"]["PandasExecutionEngine"] = (of_pandas[0], lambda **_: [])


def _asked_once(ask: Callable[..., Any]) -> Callable[..., Any]:
    """`ask`, a method whose arguments are those of the run, with its answer for an object kept while that goes on."""

    def answer(one: Any, *arguments: Any, **named: Any) -> Any:
        made = _made.get()
        if made is None:
            return ask(one, *arguments, **named)
        known = made.get((ask, id(one)))
        if known is None:  # with the object itself, so that its id is no other's
            made[ask, id(one)] = known = (one, ask(one, *arguments, **named))
        return known[1]

    return answer


def _found_whole_once(records: Callable[..., Any]) -> Callable[..., Any]:
    """`PandasExecutionEngine.get_domain_records`, which looks once whether all rows have values in the same columns.

    Where some have none the rows are filtered again each time, since a run would else hold a frame for every domain.
    """
    from great_expectations.core.id_dict import IDDict

    def answer(engine: Any, domain_kwargs: dict[str, Any]) -> Any:
        made = _made.get()
        if made is None or "ignore_row_if" not in domain_kwargs:
            return records(engine, domain_kwargs)
        domain = (records, IDDict(domain_kwargs).to_id())
        found = made.get(domain)
        if found is None:
            found = records(engine, domain_kwargs)
            if len(found) == len(engine.dataframe):
                made[domain] = found
        return found

    return answer


def _followed_once(follow: Callable[..., None]) -> Callable[..., None]:
    """`ValidationGraph.build_metric_dependency_graph`, which follows what a metric depends on once in a graph."""

    def answer(graph: Any, metric_configuration: Any, runtime_configuration: Any = None) -> None:
        followed = vars(graph).setdefault("followed", set())
        if metric_configuration.id not in followed:
            followed.add(metric_configuration.id)
            follow(graph, metric_configuration, runtime_configuration)

    return answer


def _named_once(name: Callable[..., Any]) -> Callable[..., Any]:
    """`IDDict.to_id`, whose answer for a dictionary without lists in it is kept while a run goes on."""

    def answer(one: dict[str, Any], id_keys: Any = None, id_ignore_keys: Any = None) -> Any:
        made = _made.get()
        if made is None or id_keys is not None or id_ignore_keys is not None:
            return name(one, id_keys, id_ignore_keys)
        content = tuple((key, type(value), value) for key, value in one.items())  # 1 is not True here
        try:
            known = made.get(content)
        except TypeError:
            return name(one)
        if known is None:
            made[content] = known = name(one)
        return known

    return answer
