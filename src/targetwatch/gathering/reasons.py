"""Why a delivery is refused or a row put aside, in both languages: what is wrong, and where it helps, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from targetwatch.gathering.parts import part_of, row_of
from targetwatch.model import ColumnType, Text

EMPTY_FILE = Text("Tệp rỗng (0 byte)", "The file is empty (0 bytes)")
NO_ROWS = Text("Tệp không có dòng số liệu nào", "The file has no rows of data")
TRUNCATED_PARQUET = Text(
    "Tệp Parquet bị cắt cụt hoặc hỏng: cần gửi lại trọn tệp",
    "The Parquet file is cut short or damaged: deliver the whole file again",
)
BROKEN_SPREADSHEET = Text(
    "Bảng tính hỏng hoặc không phải .xlsx: cần lưu lại dạng .xlsx",
    "The spreadsheet is damaged or no .xlsx: save it as .xlsx",
)
OLD_SPREADSHEET = Text(
    "Bảng tính dạng cũ (.xls) hoặc có mật khẩu: cần lưu lại dạng .xlsx không mật khẩu",
    "An old (.xls) or password-protected spreadsheet: save it as .xlsx without a password",
)
OVERSIZED_SPREADSHEET = Text(
    "Bảng tính nở ra quá lớn khi giải nén: cần gửi dạng CSV",
    "The spreadsheet unpacks to far too much: deliver it as CSV",
)
COMPRESSED = Text("Tệp nén: cần giải nén rồi gửi", "The file is compressed: unpack it before delivering")
SYMLINK_OUT = Text(
    "Liên kết dẫn ra ngoài hộp nhận nên không được mở: cần chép chính tệp vào",
    "A link that leads out of the inbox is not followed: copy the file itself into it",
)
UNCLOSED_QUOTE = Text("Dấu ngoặc kép mở mà không đóng", "A quotation mark is opened and not closed")
FORMULA_WITHOUT_VALUE = Text(
    "Ô công thức chưa có giá trị lưu: mở bảng tính, lưu lại rồi gửi",
    "A formula without a saved value: open the spreadsheet, save it and deliver it again",
)
CELL_ERROR = Text("Ô báo lỗi của bảng tính", "The cell holds a spreadsheet error")
UNKNOWN_UNIT = Text("Không có đơn vị nào mang mã này", "No unit has this code")
UNIT_NOT_IN_FORCE = Text("Mã đơn vị không có hiệu lực ngày đó", "Unit code not in force that day")
NO_UNIT = Text("Thiếu mã đơn vị", "The unit is missing")
NO_TIER = Text("Thiếu cấp xử lý", "The level is missing")
UNKNOWN_TIER = Text("Nguồn này không có cấp xử lý đó", "This source has no such level")
WRONG_LEVEL = Text("Đơn vị không thuộc cấp đã ghi", "The unit is not of the level given")
UNKNOWN_METRIC = Text("Chỉ tiêu không có trong danh mục", "The catalogue has no such metric")
NO_DATE = Text("Thiếu ngày xác định kỳ báo cáo", "The date that says which period it is for is missing")
BEFORE_START = Text("Ngày trước khi chương trình bắt đầu", "A date before the programme started")
IN_FUTURE = Text("Ngày trong tương lai", "A date in the future")
NO_IDENTITY = Text("Thiếu mã định danh bản ghi", "What identifies the record is missing")
REPEATED_ROW = Text("Lặp lại nguyên văn một dòng trước", "Repeats an earlier row word for word")
CONFLICTING_ROWS = Text(
    "Mã trùng trong cùng một lô mà nội dung khác nhau",
    "The same id stands more than once in the batch, with different contents",
)
NONE_USABLE = Text("Không dòng nào dùng được", "Not one row can be used")

UNREADABLE = {
    ColumnType.DATE: Text("Không đọc được ngày", "Not a date"),
    ColumnType.TIMESTAMP: Text("Không đọc được thời điểm", "Not a date and time"),
    ColumnType.INTEGER: Text("Không phải số nguyên", "Not a whole number"),
    ColumnType.NUMBER: Text("Không phải số", "Not a number"),
    ColumnType.BOOLEAN: Text("Không phải có hoặc không", "Neither yes nor no"),
    ColumnType.TEXT: Text("Không phải chữ", "Not text"),
}

TYPES = {
    ColumnType.DATE: Text("ngày", "a date"),
    ColumnType.TIMESTAMP: Text("thời điểm", "a date and time"),
    ColumnType.INTEGER: Text("số nguyên", "a whole number"),
    ColumnType.NUMBER: Text("số", "a number"),
    ColumnType.BOOLEAN: Text("có hoặc không", "yes or no"),
    ColumnType.TEXT: Text("chữ", "text"),
}


def wrong_format(found: str, wanted: Sequence[str]) -> Text:
    """The file is of a format that the source does not take."""
    listed = ", ".join(wanted)
    return Text(f"Tệp {found}, mà nguồn này nhận {listed}", f"The file is {found}, and this source takes {listed}")


def not_text(line: int, *more: int) -> Text:
    """The file is neither UTF-8 nor UTF-16 text; these are the first lines that cannot be read."""
    if not more:
        return Text(
            f"Dòng {line} không phải UTF-8: cần lưu tệp dạng CSV UTF-8",
            f"Line {line} is not UTF-8: save the file as CSV UTF-8",
        )
    lines = ", ".join(str(one) for one in (line, *more))
    return Text(
        f"Các dòng {lines} không phải UTF-8 (có thể là Windows-1258, TCVN3 hoặc VNI): cần lưu tệp dạng CSV UTF-8",
        f"Lines {lines} are not UTF-8 (but Windows-1258, TCVN3 or VNI perhaps): save the file as CSV UTF-8",
    )


def endless_line(line: int) -> Text:
    """A line that does not end: `line` is its number."""
    return Text(
        f"Dòng {line} dài quá 16 MB: tệp không phải bảng số liệu dạng CSV",
        f"Line {line} is longer than 16 MB: the file is no table in CSV",
    )


def took_too_long(minutes: float) -> Text:
    """Reading and gating a delivery took longer than is allowed."""
    return Text(
        f"Đọc và kiểm tra lô này quá {minutes:g} phút cho phép: cần chia nhỏ rồi gửi lại, hoặc báo người vận hành",
        f"Reading and checking it took longer than the {minutes:g} minutes allowed: deliver it in smaller parts, or "
        "tell the operators (TARGETWATCH_DELIVERY_MINUTES)",
    )


def no_known_column(found: Sequence[str], wanted: Sequence[str]) -> Text:
    """The header names none of the source's columns."""
    there, listed = _few(found), _few(wanted)
    return Text(
        f"Dòng tiêu đề không có cột nào của nguồn: có {there}; cần {listed}",
        f"The header has none of the source's columns: it has {there}; wanted are {listed}",
    )


def column_twice(name: str) -> Text:
    """Two columns of the file have the same name."""
    return Text(f"Cột {_quoted(name)} có hai lần", f"The column {_quoted(name)} stands twice")


def columns_missing(names: Sequence[str]) -> Text:
    """Required columns that the file does not have."""
    listed = ", ".join(_quoted(name) for name in names)
    return Text(f"Thiếu cột {listed}", f"Missing {'column' if len(names) == 1 else 'columns'} {listed}")


def new_columns(names: Sequence[str]) -> Text:
    """Columns that earlier deliveries did not have, and that the source does not name."""
    there = _few(names)
    what, are = ("column", "is") if len(names) == 1 else ("columns", "are")
    return Text(
        f"Cột mới mà nguồn chưa khai báo, nên không được giữ lại: {there}",
        f"New {what} that the source does not name, and so {are} not kept: {there}",
    )


def optional_missing(names: Sequence[str]) -> Text:
    """Columns that are not required, that earlier deliveries had and this one has not."""
    listed = ", ".join(_quoted(name) for name in names)
    what = "column" if len(names) == 1 else "columns"
    return Text(
        f"Thiếu cột {listed} mà các lần gửi trước có; không bắt buộc, nên để trống",
        f"Missing {what} {listed}, which earlier deliveries had; not required, and so left empty",
    )


def renamed(old: str, new: str) -> Text:
    """A column that is gone, and a new one by nearly the same name."""
    return Text(
        f"có lẽ cột {_quoted(old)} nay tên là {_quoted(new)}: gửi theo tên cũ, hoặc sửa delivered_as của nguồn",
        f"perhaps {_quoted(old)} is now called {_quoted(new)}: deliver it by its old name, or change the source's "
        "delivered_as",
    )


def retyped(
    name: str, wanted: ColumnType, *, was_readable: bool, unreadable: int, filled: int, position: int, shape: str
) -> Text:
    """A column most of whose values are not of its type. `shape` is how the first of them is written."""
    not_vi, not_en = ("không còn là", "is no longer") if was_readable else ("không phải là", "is not")
    what = TYPES[wanted]
    return Text(
        f"Cột {_quoted(name)} {not_vi} {what.vi}: {_vi(unreadable)} trong {_vi(filled)} ô không đọc được, "
        f"như dòng {_vi(position)}, viết kiểu {_quoted(shape)}",
        f"The column {_quoted(name)} {not_en} {what.en}: {_en(unreadable)} of {_en(filled)} values cannot be read, "
        f"as in row {_en(position)}, written like {_quoted(shape)}",
    )


def no_total(values: Sequence[str]) -> Text:
    """The row of totals that the source's deliveries end with is not there: the file may have been cut off."""
    listed = ", ".join(_quoted(value) for value in values)
    return Text(
        f"Thiếu dòng tổng {listed}: tệp có thể bị cắt",
        f"The row of totals, {listed}, is missing: the file may have been cut off",
    )


def wrong_total(name: str, said: str, counted: str) -> Text:
    """The rows do not add up to what the delivery's own row of totals says, in the column `name`."""
    return Text(
        f"Dòng tổng không khớp: cột {_quoted(name)} ghi {said}, các dòng cộng lại được {counted}",
        f"The row of totals says {said} in {_quoted(name)}, and the rows add up to {counted}",
    )


def wrong_field_count(found: int, wanted: int) -> Text:
    """A line with more or fewer fields than the header."""
    return Text(f"Dòng có {found} ô, tiêu đề có {wanted}", f"The line has {found} fields and the header {wanted}")


def too_many_bad(
    bad: int, rows: int, allowed: float, causes: Sequence[tuple[Text, int, int]], parts: Sequence[str] = ()
) -> Text:
    """More bad rows than the source allows. `causes` are reason, how many rows, and the first row's position.

    `parts` are the sheets or files of a delivery that has several.
    """

    def within(position: int) -> str:
        part = part_of(position, parts) if len(parts) > 1 else None
        return f"{_quoted(part)} " if part else ""

    vi = "; ".join(
        f"{reason.vi} ({_vi(count)} dòng, đầu tiên {within(first)}dòng {_vi(row_of(first))})"
        for reason, count, first in causes
    )
    en = "; ".join(
        f"{reason.en} ({_en(count)} {'row' if count == 1 else 'rows'}, first at {within(first)}{_en(row_of(first))})"
        for reason, count, first in causes
    )
    share = f"{allowed * 100:g}"
    return Text(
        f"{_vi(bad)} trong {_vi(rows)} dòng không dùng được, quá mức {share.replace('.', ',')}% cho phép: {vi}",
        f"{_en(bad)} of {_en(rows)} rows cannot be used, and {share}% are allowed: {en}",
    )


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(_quoted(name) for name in names[:6])
    return f"{shown}, …" if len(names) > 6 else shown


def _quoted(name: str) -> str:
    """A name out of a file, short, and without what parts the two languages in `str(Text)`."""
    plain = " ".join(name.split()).replace(" / ", "/")
    return f"“{plain[:40]}…”" if len(plain) > 40 else f"“{plain}”"


def _en(number: int) -> str:
    return f"{number:,}"


def _vi(number: int) -> str:
    return f"{number:,}".replace(",", ".")
