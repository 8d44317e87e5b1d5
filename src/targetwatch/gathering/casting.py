"""From what was delivered to what a column holds: text to dates, numbers, yes and no. Whole columns at a time.

What cannot be read becomes missing here and is named by `unreadable`, so that nothing becomes missing in silence.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from targetwatch.gathering.written import plain_dates, plain_numbers
from targetwatch.model import Column, ColumnType

DTYPES: Mapping[ColumnType, pl.DataType | type[pl.DataType]] = {
    ColumnType.TEXT: pl.String,
    ColumnType.DATE: pl.Date,
    ColumnType.TIMESTAMP: pl.Datetime("us", "UTC"),
    ColumnType.INTEGER: pl.Int64,
    ColumnType.NUMBER: pl.Decimal(38, 6),
    ColumnType.BOOLEAN: pl.Boolean,
}
TRUTHS = {
    **dict.fromkeys(("true", "t", "1", "yes", "y", "có", "co", "đúng", "x"), True),
    **dict.fromkeys(("false", "f", "0", "no", "n", "không", "khong", "sai"), False),
}
NUMBERS = (ColumnType.INTEGER, ColumnType.NUMBER)
ISO_MOMENT = r"^\d{4}-\d{1,2}-\d{1,2}T\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?"
SAMPLE = 4096  # rows that tell whether a column has few values
FEW = 600
OFFSET = r"(Z|[+-]\d{2}:?\d{2})$"


def cast(delivered: pl.Series, column: Column, time_zone: str, whole_periods: bool = False) -> pl.Series:
    """`delivered` as the type of `column`; what is empty or cannot be read is missing.

    Dates are read as 2025-05-31 or 31/05/2025, with or without a time. A moment without an offset is in `time_zone`;
    a date made from a moment is the day in `time_zone`. Numbers are read by the column's number format; where it has
    none, a decimal comma is read as a decimal point. With `whole_periods` a date may also be a month (2025-05, 05/2025,
    tháng 5/2025), a quarter (quý II/2025) or a year (2025, năm 2025), and is its first day.
    """
    if delivered.dtype == pl.String and len(delivered) > SAMPLE and delivered.head(SAMPLE).n_unique() <= FEW:
        # Most columns of a large delivery say the same few things over and over: each is read once.
        values = delivered.unique()
        if len(values) <= SAMPLE:
            read = cast(values, column, time_zone, whole_periods)
            return delivered.replace_strict(values, read, return_dtype=read.dtype).alias(column.name)
    if _is_no_scalar(delivered):
        return pl.repeat(None, len(delivered), dtype=DTYPES[column.type], eager=True).alias(column.name)
    native = _from_native(delivered, column.type, time_zone)
    if native is not None and not column.values:
        return native.alias(column.name)
    text = as_text(delivered)
    if column.values:
        text = _canonical(text, column.values)
    if whole_periods:
        text = text.str.replace(r"^(\d{4})$", "${1}-01").str.replace(r"^(\d{1,2})/(\d{4})$", "${2}-${1}")
        text = text.str.replace(r"^(\d{4}-\d{1,2})$", "${1}-01")
    if column.number_format is not None and column.type in NUMBERS:
        text = plain_numbers(text, column.number_format)
    read = _from_text(text, column.type, time_zone)
    if not _all_read(read, text):
        unread = pl.select(pl.when(read.is_null()).then(text)).to_series()
        read = _either(read, _from_text(_plain(unread, column.type, whole_periods), column.type, time_zone))
    return read.alias(column.name)


def _plain(text: pl.Series, wanted: ColumnType, whole_periods: bool) -> pl.Series:
    """What could not be read, with the forms that only people write turned into plain ones."""
    if wanted in NUMBERS:
        return plain_numbers(text, None)
    return plain_dates(text, whole_periods) if wanted in (ColumnType.DATE, ColumnType.TIMESTAMP) else text


def unreadable(delivered: pl.Series, typed: pl.Series) -> pl.Series:
    """Which values were delivered and could not be read."""
    if typed.null_count() == delivered.null_count():
        return pl.repeat(False, len(typed), dtype=pl.Boolean, eager=True)
    return typed.is_null() & as_text(delivered).is_not_null()


def as_text(delivered: pl.Series) -> pl.Series:
    """The values as text, without surrounding space and in one Unicode form; an empty one is missing."""
    if _is_no_scalar(delivered):
        return pl.select(pl.when(delivered.is_not_null()).then(pl.lit(f"({delivered.dtype})"))).to_series()
    text = delivered.cast(pl.String).str.strip_chars()
    if text.dtype == pl.String and (text.str.len_bytes() != text.str.len_chars()).any():
        text = text.str.normalize("NFC")
    return text.set(text == "", None) if (text == "").any() else text


def _is_no_scalar(delivered: pl.Series) -> bool:
    """Whether the file holds lists, structures or bytes where a single value is wanted."""
    return delivered.dtype.is_nested() or delivered.dtype in (pl.Binary, pl.Object)


def _canonical(text: pl.Series, values: Mapping[str, str]) -> pl.Series:
    """Each spelling replaced by the value that it stands for, whatever its case; any other value stays."""
    spellings = {spelling.casefold(): value for spelling, value in values.items()}
    return text.str.to_lowercase().replace_strict(spellings, default=text, return_dtype=pl.String)


def _from_native(delivered: pl.Series, wanted: ColumnType, time_zone: str) -> pl.Series | None:
    """The column where the file already has a fitting type; None where it has to be read as text."""
    dtype = delivered.dtype
    if wanted is ColumnType.INTEGER and dtype.is_integer() and dtype not in (pl.UInt64, pl.Int128):
        return delivered.cast(pl.Int64)
    if wanted is ColumnType.BOOLEAN and dtype == pl.Boolean:
        return delivered
    if wanted is ColumnType.DATE and dtype == pl.Date:
        return delivered
    if dtype == pl.Datetime and wanted in (ColumnType.DATE, ColumnType.TIMESTAMP):
        moments = _in_utc(delivered, time_zone)
        return moments if wanted is ColumnType.TIMESTAMP else _local_days(moments, time_zone)
    return None


def _from_text(text: pl.Series, wanted: ColumnType, time_zone: str) -> pl.Series:
    if wanted is ColumnType.DATE:
        return _dates(text, time_zone)
    if wanted is ColumnType.TIMESTAMP:
        return _moments(text, time_zone)
    if wanted is ColumnType.INTEGER:
        # Not .000: in Vietnamese that is thousands.
        return text.str.extract(r"^([+-]?\d+)(?:\.(?:0{1,2}|0{4,}))?$").cast(pl.Int64, strict=False)
    if wanted is ColumnType.NUMBER:
        number = text.str.extract(r"^([+-]?\d+(?:[.,]\d+)?)$").str.replace(",", ".", literal=True)
        return number.cast(pl.Decimal(38, 6), strict=False)
    if wanted is ColumnType.BOOLEAN:
        return text.str.to_lowercase().replace_strict(TRUTHS, default=None, return_dtype=pl.Boolean)
    return text


def _dates(text: pl.Series, time_zone: str) -> pl.Series:
    days = text.str.to_date("%Y-%m-%d", strict=False)
    if _all_read(days, text):
        return days
    days = _either(days, text.str.to_date("%d/%m/%Y", strict=False))
    if _all_read(days, text):
        return days
    return _either(days, _local_days(_moments(text, time_zone), time_zone))


def _moments(text: pl.Series, time_zone: str) -> pl.Series:
    iso = text.str.replace(r"^(\d{4}-\d{1,2}-\d{1,2}) ", "${1}T")
    # 11:20 is 11:20:00: one form for all, so that one format reads them.
    iso = iso.str.replace(r"T(\d{1,2}:\d{2})(Z|[+-]\d{2}:?\d{2})?$", "T${1}:00${2}")
    has_offset = iso.str.contains(ISO_MOMENT + OFFSET).fill_null(False)
    if has_offset.any():
        offset = iso.str.replace("Z$", "+00:00")
        with_offset = offset.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", time_unit="us", time_zone="UTC", strict=False)
        if _all_read(with_offset, text):
            return with_offset
    else:
        with_offset = pl.repeat(None, len(text), dtype=pl.Datetime("us", "UTC"), eager=True)
    local = iso.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False)
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S"):
        if _all_read(local, text):
            break
        read = (
            text.str.to_datetime(form, time_unit="us", strict=False)
            if "%H" in form
            else (text.str.to_date(form, strict=False).cast(pl.Datetime("us")))
        )
        local = _either(local, read)
    return _either(with_offset, _in_utc(local, time_zone))


def _in_utc(moments: pl.Series, time_zone: str) -> pl.Series:
    """Moments in UTC; those without a zone are in `time_zone`. One that the clock skipped is missing."""
    moments = moments.cast(pl.Datetime("us", getattr(moments.dtype, "time_zone", None)))
    if getattr(moments.dtype, "time_zone", None) is None:
        moments = moments.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
    return moments.dt.convert_time_zone("UTC")


def _local_days(moments: pl.Series, time_zone: str) -> pl.Series:
    return moments.dt.convert_time_zone(time_zone).dt.date()


def _either(first: pl.Series, second: pl.Series) -> pl.Series:
    return pl.select(pl.coalesce(first, second)).to_series()


def _all_read(read: pl.Series, text: pl.Series) -> bool:
    return read.null_count() == text.null_count()
