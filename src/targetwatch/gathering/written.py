"""Numbers and dates as people in Vietnam write them, turned into plain forms: 1.234,5 and 12,5 % and tháng 7/2025.

Whole columns at a time; what is in none of these forms stays as it is, for the reader to refuse.
"""

from __future__ import annotations

import polars as pl

SPACES = "[ \u00a0\u2009\u202f]"  # the space, those that do not break a line, and the thin one
GROUPED_BY_SPACE = rf"^[+-]?\d{{1,3}}(?:{SPACES}\d{{3}})+(?:[.,]\d+)?$"
NUMBERS = {
    "vi": (r"^[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?$", ".", ","),
    "en": (r"^[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?$", ",", "."),
}
NO_NUMBER = "(?)"  # what a number of the other format is turned into: it is not to be read as another number
QUARTERS = {"1": "01", "2": "04", "3": "07", "4": "10", "i": "01", "ii": "04", "iii": "07", "iv": "10"}
DAY_IN_WORDS = r"(?i)^(?:ngày\s+)?(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})$"
DAY = r"^(\d{1,2})[-.](\d{1,2})[-.](\d{4})"
MONTH = r"(?i)^(?:tháng|t\.?)\s*(\d{1,2})\s*(?:[-/.]|\s+năm\s+|\s+)\s*(\d{4})$"
QUARTER = r"(?i)^(?:quý|q\.?)\s*(i{1,3}|iv|[1-4])\s*(?:[-/.]|\s+năm\s+|\s+)\s*(\d{4})$"
YEAR = r"(?i)^năm\s+(\d{4})$"


def plain_numbers(text: pl.Series, number_format: str | None) -> pl.Series:
    """`text` with grouped thousands joined, the per cent sign left out, and a decimal point where the format says so.

    A share of 12,5 % is 12.5: it is kept in per cent, as it is shown. Without a format only a space parts thousands.
    """
    text = text.str.replace("^\u2212", "-").str.replace(rf"{SPACES}*%$", "")
    by_space = text.str.contains(GROUPED_BY_SPACE).fill_null(False)
    if by_space.any():
        text = _where(by_space, text.str.replace_all(SPACES, ""), text)
    if number_format is None:
        return text
    form, thousands, decimal = NUMBERS[number_format]
    fits = text.str.contains(form).fill_null(False)
    plain = text.str.replace_all(thousands, "", literal=True).str.replace(decimal, ".", literal=True)
    return _where(fits, plain, _where(text.is_not_null(), pl.repeat(NO_NUMBER, len(text), eager=True), text))


def plain_dates(text: pl.Series, whole_periods: bool) -> pl.Series:
    """`text` with days like 31-05-2025, 31.05.2025 or ngày 31 tháng 5 năm 2025 written as 31/05/2025.

    With `whole_periods` also months, quarters and years in words, as the first day of each.
    """
    text = text.str.replace(DAY_IN_WORDS, "${1}/${2}/${3}").str.replace(DAY, "${1}/${2}/${3}")
    if not whole_periods:
        return text
    text = text.str.replace(MONTH, "${2}-${1}-01").str.replace(YEAR, "${1}-01-01")
    quarter = text.str.extract(QUARTER, 1).str.to_lowercase().replace_strict(QUARTERS, default=None)
    if quarter.null_count() == len(text):
        return text
    return _where(quarter.is_not_null(), text.str.extract(QUARTER, 2) + "-" + quarter + "-01", text)


def _where(condition: pl.Series, then: pl.Series, otherwise: pl.Series) -> pl.Series:
    return pl.select(pl.when(condition).then(then).otherwise(otherwise)).to_series()
