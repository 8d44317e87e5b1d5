"""Why a file, a sheet or a line cannot be read, in both languages: what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from targetwatch.gathering.reasons import columns_missing
from targetwatch.model import Text

ENCRYPTED = Text(
    "Tệp nén có mật khẩu: cần gửi lại không mật khẩu",
    "The archive is protected by a password: deliver it without one",
)
UNKNOWN_COMPRESSION = Text(
    "Tệp nén theo cách không được nhận: cần nén lại dạng .zip thông thường (Deflate)",
    "The archive is packed in a way that is not taken: pack it as an ordinary .zip (Deflate)",
)
DAMAGED_ARCHIVE = Text(
    "Tệp nén hỏng hoặc bị cắt cụt: cần gửi lại trọn tệp",
    "The archive is damaged or cut short: deliver the whole file again",
)
TOO_LARGE_ARCHIVE = Text(
    "Tệp nén quá lớn (Zip64): cần chia nhỏ",
    "The archive is too large (Zip64): deliver it in parts",
)
NESTED = Text(
    "Tệp nén nằm trong tệp nén: cần nén một lớp thôi",
    "An archive within an archive: pack the files only once",
)
NO_MEMBERS = Text("Tệp nén không có tệp nào", "The archive has no files in it")
HOSTILE_XML = Text(
    "Bảng tính chứa XML không an toàn: cần mở và lưu lại bằng chương trình bảng tính",
    "The spreadsheet holds XML that is not safe: open it in an office program and save it again",
)
HUGE_CELL = Text("Ô dài quá 32.767 ký tự", "The cell holds more than 32,767 characters")
AMBIGUOUS_NUMBER = Text(
    "Dấu chấm hoặc phẩy có thể là phần nghìn hoặc phần lẻ: cần khai báo number_format của nguồn hoặc nhập ô dạng số",
    "The mark may part thousands or decimals: declare the source's number_format, or fill the cell in as a number",
)
NOT_JSON = Text("Dòng không phải JSON", "The line is not JSON")
NOT_A_RECORD = Text("Dòng JSON không phải một bản ghi {...}", "The line of JSON is no record {...}")
DEEP_JSON = Text("JSON lồng nhau quá sâu", "JSON nested too deep")
LONG_LINE = Text("Dòng dài quá mức được nhận", "The line is longer than any that is taken")
JSON_NOT_UTF8 = Text("Tệp JSON không phải UTF-8: cần lưu lại dạng UTF-8", "JSON that is not UTF-8: save it as UTF-8")
NOT_UTF8 = Text("Dòng không phải UTF-8", "The line is not UTF-8")
ONE_JSON_DOCUMENT = Text(
    "Tệp là một tài liệu JSON nhiều dòng: cần gửi mỗi bản ghi một dòng (JSON lines)",
    "The file is one JSON document over many lines: deliver one record a line (JSON lines)",
)


def at_line(number: int, because: Text) -> Text:
    """What is wrong with the first line of a file that has no line which is right."""
    return Text(f"Dòng {number}: {because.vi}", f"Line {number}: {because.en}")


def unpacks_to_too_much(packed: int, unpacked: int) -> Text:
    """So many bytes that unpack to so many, at least."""
    small, large = f"{packed:,}", f"{unpacked:,}"
    return Text(
        f"Tệp nở ra quá lớn khi giải nén ({small.replace(',', '.')} thành {large.replace(',', '.')} byte): "
        "cần chia nhỏ hoặc gửi dạng CSV",
        f"The file unpacks to far too much ({small} to {large} bytes): deliver it in parts, or as CSV",
    )


def too_many_members(found: int, most: int) -> Text:
    """An archive of more files than are taken at once."""
    vi = f"Tệp nén có {found:,} tệp, nhiều nhất được {most:,}: cần chia nhỏ".replace(",", ".")
    return Text(vi, f"The archive has {found:,} files, and at most {most:,} are taken: deliver it in parts")


def leads_out(name: str) -> Text:
    """A file of an archive whose name leads out of it, or that is a link."""
    return Text(
        f"Tệp nén chứa đường dẫn ra ngoài hoặc liên kết ({_short(name)}): cần nén lại chính các tệp",
        f"The archive holds a path that leads out of it, or a link ({_short(name)}): pack the files themselves",
    )


def in_member(name: str, because: Text) -> Text:
    """What is wrong with one file of an archive, for which all of it is refused."""
    return Text(f"Tệp {_short(name)} trong tệp nén: {because.vi}", f"{_short(name)} in the archive: {because.en}")


def lacks_columns(name: str, columns: Sequence[str]) -> Text:
    """One sheet, or one file of an archive, lacks required columns that another one has."""
    missing = columns_missing(columns)
    return Text(f"{_short(name)}: {missing.vi}", f"{_short(name)}: {missing.en}")


def no_such_sheet(wanted: str, found: Sequence[str]) -> Text:
    """No sheet is called what the source says."""
    there = ", ".join(_short(title) for title in found[:6])
    return Text(
        f"Không có trang tính nào tên {_short(wanted)}: có {there}",
        f"No sheet is called {_short(wanted)}: there are {there}",
    )


def hidden_table(title: str) -> Text:
    """Only a hidden sheet has the table."""
    return Text(
        f"Chỉ trang tính ẩn {_short(title)} có bảng: cần bỏ ẩn",
        f"Only the hidden sheet {_short(title)} has the table: show it",
    )


def _short(name: str) -> str:
    """A name out of a file, short, and without what parts the two languages in `str(Text)`."""
    plain = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in " ".join(name.split()))
    plain = plain.replace(" / ", "/")
    return f"“{plain[:60]}…”" if len(plain) > 60 else f"“{plain}”"
