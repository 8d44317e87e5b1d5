"""Stand-ins for the systems that leave files: their exports, with people in them who are nobody's business.

Everything here is invented out of a seed. An export is made of rows by the system's own headings; the writers give them
the forms that they come in: CSV with a byte order mark, semicolons and days as 31/05/2025; a sheet with titles above
the table and days as text; Parquet with types of its own.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import openpyxl
import polars as pl

Row = dict[str, object]

PERSON: Row = {
    "Họ và tên": "Nguyễn Thị Kín Đáo",
    "Số điện thoại": "0912 345 678",
    "Số tài khoản": "19035566778899",
    "Thư điện tử": "kin.dao@example.vn",
    "Đường dẫn": "https://example.vn/kin-dao",
}
UNWANTED = tuple(str(value) for value in PERSON.values())  # of this nothing may be kept anywhere


def semicolons(rows: Sequence[Row], *, grouped: bool = False) -> bytes:
    """CSV as an office program in Vietnam saves it: a byte order mark, semicolons, and days as 31/05/2025.

    With `grouped` its numbers are as the cells show them: 12.345.
    """
    written = io.StringIO()
    writer = csv.DictWriter(written, list(rows[0]), delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows([{name: _shown(value, grouped=grouped) for name, value in row.items()} for row in rows])
    return written.getvalue().encode("utf-8-sig")


def sheet(rows: Sequence[Row], title: str) -> bytes:
    """A workbook as an office keeps it: who it is of and what it is stand merged above the table; days are text."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "Biểu 01"
    for number, words in enumerate(("ỦY BAN NHÂN DÂN THÀNH PHỐ HÀ NỘI", title, "Đơn vị tính: xem từng cột"), start=1):
        page.cell(number, 1, words)
        page.merge_cells(start_row=number, start_column=1, end_row=number, end_column=len(rows[0]))
    page.append([])
    page.append(list(rows[0]))
    for row in rows:
        page.append([_shown(value) if isinstance(value, date | bool) else value for value in row.values()])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def parquet(rows: Sequence[Row]) -> bytes:
    """A file out of a data warehouse, with types of its own: days are days, numbers are numbers."""
    written = io.BytesIO()
    pl.DataFrame(list(rows)).write_parquet(written)
    return written.getvalue()


def in_words(value: float) -> str:
    """A number as it is written in Vietnam: 1.234,5."""
    return f"{value:,}".translate(str.maketrans(",.", ".,"))


def _shown(value: object, *, grouped: bool = False) -> object:
    if isinstance(value, bool):
        return "x" if value else ""
    if grouped and isinstance(value, int):
        return in_words(value)
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else value


def officials(units: Iterable[str], day: date, each: int, seed: int) -> list[Row]:
    """The officials of every unit as they stand on a day; of a hundred some ninety-seven have a mailbox in use."""
    chance = random.Random(seed)
    states = ("Đang dùng", "đang sử dụng", "Tạm khóa", "Chưa cấp")
    return [
        {
            "Mã cán bộ": f"CB-{unit}-{number:04}",
            **_person("Họ và tên", "Thư điện tử", "Số điện thoại"),
            "Mã đơn vị": unit,
            "Ngày chốt": day,
            "Hộp thư": chance.choices(states, [80, 17, 1, 2])[0],
        }
        for unit in units
        for number in range(1, each + 1)
    ]


def people(communes: Iterable[str], day: date, seed: int) -> list[Row]:
    """The people of every commune on a day, and how many of them have an account to pay from."""
    chance = random.Random(seed)
    rows: list[Row] = []
    for commune in communes:
        living = chance.randint(8_000, 30_000)
        with_account = int(living * chance.uniform(0.3, 0.45))
        rows.append(
            {
                "Mã xã": commune,
                "Ngày chốt": day,
                "Dân số": living,
                "Số người có tài khoản": with_account,
                **_person("Số tài khoản", "Họ và tên"),
            }
        )
    return rows


def looks(communes: Iterable[str], days: Iterable[date], seed: int) -> list[Row]:
    """What a look at every commune's page found on each of these days."""
    chance = random.Random(seed)
    found = ("Có trang riêng", "trang riêng", "Dùng chung", "Không truy cập được", "Chưa có")
    return [
        {
            "Mã xã": commune,
            "Ngày kiểm tra": day,
            "Trang thông tin": chance.choices(found, [60, 11, 14, 5, 10])[0],
            **_person("Đường dẫn", "Thư điện tử"),
        }
        for day in days
        for commune in communes
    ]


def stations(communes: Iterable[str], day: date, seed: int) -> list[Row]:
    """The radio stations of every commune: one or two, some with AI-voiced programmes; here and there none."""
    chance = random.Random(seed)
    rows: list[Row] = []
    for commune in communes:
        count = chance.choices([0, 1, 2], [5, 80, 15])[0]
        for number in range(1, count + 1) if count else [0]:
            programmes = chance.choice([0, 0, 4, 12, 30]) if number else 0
            technology = (
                chance.choice(["Truyền thanh thông minh", "Vô tuyến", "hữu tuyến"]) if number else "Chưa có đài"
            )
            rows.append(
                {
                    "Mã xã": commune,
                    "Đài số": number,
                    "Ngày chốt": day,
                    "Công nghệ": technology,
                    "Số chương trình giọng đọc AI": programmes,
                    **_person("Họ và tên", "Số điện thoại"),
                }
            )
    return rows


def areas(communes: Iterable[str], day: date, seed: int) -> list[Row]:
    """The villages and residential groups of every commune: households, Vpostcodes, a service point in the first."""
    chance = random.Random(seed)
    rows: list[Row] = []
    for commune in communes:
        for number in range(1, 4):
            households = chance.randint(80, 400)
            rows.append(
                {
                    "Mã xã": commune,
                    "Mã thôn/tổ dân phố": f"{commune}-{number:02}",
                    "Ngày chốt": day,
                    "Số điểm phục vụ bưu chính": int(number == 1),
                    "Số hộ": households,
                    "Số hộ có mã Vpostcode": households - chance.randint(0, 20),
                    **_person("Họ và tên", "Số điện thoại"),
                }
            )
    return rows


def lines(communes: Iterable[str], day: date, seed: int) -> list[Row]:
    """The households of every commune, and those that a broadband line could reach, by the operators' warehouse."""
    chance = random.Random(seed)
    rows: list[Row] = []
    for commune in communes:
        households = chance.randint(2_000, 9_000)
        rows.append(
            {
                "ma_xa": commune,
                "ngay_chot": day,
                "so_ho": households,
                "so_ho_co_ha_tang": int(households * chance.uniform(0.7, 0.95)),
                **_person("Họ và tên", "Số điện thoại"),
            }
        )
    return rows


def requests(year: int, count: int, seed: int) -> list[Row]:
    """So many requests of a year to platforms, most of them answered within two months."""
    chance = random.Random(seed)
    rows: list[Row] = []
    for number in range(1, count + 1):
        asked = date(year, 1, 1) + timedelta(days=chance.randrange(365))
        outcome = chance.choices(["Đã gỡ", "đã khóa", "Từ chối", "Đang chờ"], [60, 15, 15, 10])[0]
        acted = None if outcome == "Đang chờ" else asked + timedelta(days=chance.randrange(14))
        rows.append(
            {
                "Mã yêu cầu": f"YC-{year}-{number:05}",
                **_person("Đường dẫn", "Họ và tên"),
                "Nền tảng": chance.choices(["YouTube", "Facebook", "TikTok"], [50, 40, 10])[0],
                "Ngày yêu cầu": asked,
                "Ngày xử lý": acted,
                "Kết quả": outcome,
            }
        )
    return rows


def projects(day: date, count: int, seed: int) -> list[Row]:
    """So many projects with their capital of the year, and what of it was paid out, in million dong.

    Where somebody typed over a cell of the sheet it holds words: see `typed_over`.
    """
    chance = random.Random(seed)
    rows: list[Row] = []
    for number in range(1, count + 1):
        planned = chance.randint(2_000, 900_000)
        rows.append(
            {
                "Mã dự án": f"DA-{number:04}",
                **_person("Họ và tên", "Số tài khoản"),
                "Ngày chốt": day,
                "Kế hoạch vốn năm": planned,
                "Lũy kế giải ngân": round(planned * chance.uniform(0.1, 0.6), 3),
            }
        )
    return rows


def typed_over(rows: Sequence[Row]) -> list[Row]:
    """The rows, every third with its amounts as words, as they are written in Vietnam."""
    return [
        {name: in_words(value) if isinstance(value, int | float) else value for name, value in row.items()}
        if number % 3 == 0
        else row
        for number, row in enumerate(rows)
    ]


def dossiers(communes: Iterable[str], month: date, each: int, seed: int) -> list[Row]:
    """The dossiers that every commune's one-stop shop received in a month; some six in ten came online."""
    chance = random.Random(seed)
    rows: list[Row] = []
    for commune in communes:
        for number in range(1, each + 1):
            received = month + timedelta(days=chance.randrange(28))
            due = received + timedelta(days=chance.choice([5, 10, 15]))
            rows.append(
                {
                    "dossier_id": f"H26.{commune}-{received:%y%m%d}-{number:04}",
                    **_person("Họ và tên", "Số điện thoại", "Thư điện tử"),
                    "procedure": f"1.{chance.randrange(1000, 1020):06}",
                    "tier": chance.choice(["Xã", "cấp xã"]),
                    "org_unit": commune,
                    "received_on": received,
                    "due_on": due,
                    "finished_on": due - timedelta(days=chance.randrange(4)),
                    "channel": chance.choices(["Trực tuyến", "truc_tuyen", "Trực tiếp", "Bưu chính"], [40, 20, 35, 5])[
                        0
                    ],
                }
            )
    return rows


def own_reports(communes: Iterable[str], month: date, seed: int) -> list[Row]:
    """What every commune reports of itself for a month: its dossiers, and those of them that it calls online."""
    chance = random.Random(seed)
    rows: list[Row] = []
    for commune in communes:
        received = chance.randint(40, 400)
        rows.append(
            {
                "metric": "dossiers_processed_online",
                "tier": "Cấp xã",
                "org_unit": commune,
                "period": f"{month:%m/%Y}",
                "numerator": int(received * chance.uniform(0.5, 0.9)),
                "denominator": received,
                **_person("Họ và tên", "Số điện thoại"),
            }
        )
    return rows


def _person(*headings: str) -> Row:
    return {heading: PERSON[heading] for heading in headings}
