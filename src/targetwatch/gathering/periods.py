"""Which period a day lies in, for whole columns of days."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from targetwatch.model import Cadence

LENGTHS: Mapping[Cadence, str] = {Cadence.MONTH: "1mo", Cadence.QUARTER: "1q", Cadence.YEAR: "1y"}


def first_day(day: pl.Expr, cadence: Cadence) -> pl.Expr:
    """The first day of the period that `day` lies in."""
    return day.dt.truncate(LENGTHS[cadence])


def last_day(day: pl.Expr, cadence: Cadence) -> pl.Expr:
    """The last day of the period that `day` lies in."""
    return first_day(day, cadence).dt.offset_by(LENGTHS[cadence]).dt.offset_by("-1d")
