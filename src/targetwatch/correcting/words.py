"""The words of the spreadsheet that goes back to a unit, and of what is said when it comes back."""

from __future__ import annotations

from targetwatch.model import ColumnType, Text

SHEET = Text("Cần sửa", "To correct")
HOW_TO = Text("Hướng dẫn", "How to")
REASON = Text("Vì sao bị cách ly", "Why it was set aside")
COLUMN = Text("Cột cần sửa", "Column to correct")
PLACE = Text("Ở đâu trong tệp đã gửi", "Where in the file sent")
KEY = Text("Mã dòng (không sửa)", "Row key (leave as it is)")

TITLE = Text("Dòng cần sửa: {}", "Rows to correct: {}")
OF_UNIT = Text("Đơn vị: {}", "Unit: {}")
DELIVERED = Text("Các lô đã gửi", "Sent in these deliveries")
WHAT_TO_DO = Text("Cách làm", "What to do")
STEPS = (
    Text(
        "Ở trang “Cần sửa”, mỗi dòng là một dòng đã gửi mà chưa dùng được. Ô tô màu là ô cần sửa; "
        "lý do ở cột “Vì sao bị cách ly”.",
        "On the sheet “To correct” each row is a row as it was sent that could not be used. The coloured cell is to be "
        "corrected; “Why it was set aside” says what is wrong with it.",
    ),
    Text(
        "Sửa ngay trong ô. Mọi ô đều là chữ: ngày viết 2025-05-31 hoặc 31/05/2025. Dấu ' ở đầu ô thì để nguyên.",
        "Correct it in its cell. All cells are text: write a date as 2025-05-31 or 31/05/2025. "
        "Leave a ' that begins a cell.",
    ),
    Text(
        "Dòng chưa sửa được thì để nguyên hoặc xóa khỏi bảng: nó vẫn nằm trong danh sách. "
        "Không thêm dòng mới, không sửa cột “Mã dòng”.",
        "Leave a row that cannot be corrected yet as it is, or delete it here: it stays on the list. "
        "Add no rows, and leave “Row key” as it is.",
    ),
    Text("Lưu lại dạng .xlsx và gửi trả.", "Save it as .xlsx and send it back."),
)
IDS_ARE_CODES = Text(
    "Tệp gốc không còn được giữ, nên mã định danh chỉ còn là mã băm: để nguyên, "
    "và tìm dòng theo cột “Ở đâu trong tệp đã gửi”.",
    "The file that was sent is no longer kept, so that ids are shown as codes made of them: leave them as they are, "
    "and find a row by “Where in the file sent”.",
)
SEND_TO = Text("Gửi trả cho: {}", "Send it back to: {}")
COMMAND = Text(
    "Người phụ trách số liệu nhận lại bằng lệnh: targetwatch quarantine submit TỆP.xlsx",
    "Whoever looks after the data takes it back with: targetwatch quarantine submit FILE.xlsx",
)
CODE_OF_ID = Text("Mã băm của mã định danh: để nguyên.", "A code made of the id: leave it as it is.")
TYPES = {
    ColumnType.DATE: Text("Ngày: 2025-05-31 hoặc 31/05/2025", "A date: 2025-05-31 or 31/05/2025"),
    ColumnType.TIMESTAMP: Text("Thời điểm: 2025-05-31 14:30", "A date and time: 2025-05-31 14:30"),
    ColumnType.INTEGER: Text("Số nguyên: 120", "A whole number: 120"),
    ColumnType.NUMBER: Text("Số: 12,5 hoặc 12.5", "A number: 12.5 or 12,5"),
    ColumnType.BOOLEAN: Text("có hoặc không", "có (yes) or không (no)"),
    ColumnType.TEXT: Text("Chữ", "Text"),
}

ROW_OF = Text("{}, dòng {}", "{}, row {}")
ROW_OF_PART = Text("{}, {}, dòng {}", "{}, {}, row {}")

NO_KEY = Text(
    "Không có mã dòng: dòng mới thì gửi theo lần gửi thường", "No row key: deliver a new row in the usual way"
)
KEY_TWICE = Text("Mã dòng có hai lần", "Its row key stands twice")
UNKNOWN_KEY = Text("Mã dòng không có trong cách ly", "No row in quarantine has this key")
ALREADY_RIGHT = Text("Dòng này đã được sửa từ trước", "It was put right before")
STILL_EMPTY = Text("Dòng này chưa được điền", "It has not been filled in")


def unsplit(reason: Text) -> Text:
    """The reason of a line that could not be split into columns, and what to do about it."""
    return Text(f"{reason.vi}: cần điền lại cả dòng", f"{reason.en}: fill in the whole row")
