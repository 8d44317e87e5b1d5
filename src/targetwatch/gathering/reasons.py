"""Why a delivery is refused or a row put aside, in both languages: what is wrong, and where it helps, what to do."""

from __future__ import annotations

from collections.abc import Sequence

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


def wrong_format(found: str, wanted: Sequence[str]) -> Text:
    """The file is of a format that the source does not take."""
    listed = ", ".join(wanted)
    return Text(f"Tệp {found}, mà nguồn này nhận {listed}", f"The file is {found}, and this source takes {listed}")


def not_text(line: int) -> Text:
    """The file is neither UTF-8 nor UTF-16 text; `line` is the first that cannot be read."""
    return Text(
        f"Dòng {line} không phải UTF-8: cần lưu tệp dạng CSV UTF-8",
        f"Line {line} is not UTF-8: save the file as CSV UTF-8",
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


def wrong_field_count(found: int, wanted: int) -> Text:
    """A line with more or fewer fields than the header."""
    return Text(f"Dòng có {found} ô, tiêu đề có {wanted}", f"The line has {found} fields and the header {wanted}")


def too_many_bad(bad: int, rows: int, allowed: float, causes: Sequence[tuple[Text, int, int]]) -> Text:
    """More bad rows than the source allows. `causes` are reason, how many rows, and the first row's position."""
    vi = "; ".join(f"{reason.vi} ({_vi(count)} dòng, đầu tiên dòng {_vi(first)})" for reason, count, first in causes)
    en = "; ".join(
        f"{reason.en} ({_en(count)} {'row' if count == 1 else 'rows'}, first at {_en(first)})"
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
