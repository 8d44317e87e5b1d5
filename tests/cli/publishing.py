"""A small programme of published figures: a rank, a report, a publication, a planned source and one that never came."""

from __future__ import annotations

import shutil
from pathlib import Path

from targetwatch.demo import spreadsheet
from tests.corridor.dossiers import hanoi
from tests.corridor.story import OWN as EXAMPLE
from tests.corridor.story import SHIPPED as OF_DOSSIERS
from tests.installation import Installation, assemble, install, prepare, wait_until_complete

OWN = Path(__file__).parent / "programmes/publishing"
SHIPPED = (
    *OF_DOSSIERS,
    *(f"expectations/gates/{name}.json" for name in ("published", "rankings", "reporting")),
    *(f"sql/records/{name}.sql" for name in ("published_figures", "rankings", "unit_reports")),
    *(f"sql/records/{name}.merge.sql" for name in ("published_figures", "rankings", "unit_reports")),
    *(f"sql/metrics/{name}.sql" for name in ("published_figures", "rankings", "unit_reports")),
    *(f"sql/rows/{name}.sql" for name in ("published", "rankings", "reporting", "dossiers_processed_online")),
)
PUBLISHED = (
    "metric,name_vi,name_en,as_of,level,numerator,denominator,published,unit,check,source,qualifier,published_on\n"
    "websites,Xã có trang tin,Communes with a web page,2021-07-15,city,410,579,69.3,percent,share,R2021b,exact,"
    "2021-07-15\n"
)
RANKINGS = """ranking,year,rank,of,published_on
rank,2021,11,63,2022-08-08
rank,2022,9,63,2023-07-12
rank,2023,7,63,2024-07-25
"""
REPORTED = ("metric", "tier", "org_unit", "period", "numerator", "denominator", "share")


def programme_in(folder: Path) -> Path:
    """The programme, put together in `folder` out of that of the worked example, whose source never delivers."""
    return shutil.copytree(OWN, assemble(folder, EXAMPLE, *SHIPPED), dirs_exist_ok=True)


def told(folder: Path) -> Installation:
    """One pass over what was published and reported."""
    files = {"published/đã công bố.csv": PUBLISHED, "rankings/hạng.csv": RANKINGS}
    prepare(folder / "prepared/all", files)
    (folder / "prepared/all/reporting").mkdir()
    rows = [("mailboxes", "city", "01", "2025-05", None, None, "99.5")]
    spreadsheet.write(folder / "prepared/all/reporting/tháng 5.xlsx", REPORTED, rows)
    wait_until_complete(folder / "prepared")
    installation = install(folder / "home", programme_in(folder / "programme"))
    installation.deliver(folder / "prepared/all")
    installation.run(hanoi(6, 16))
    return installation
