"""Loading the shipped catalogue, and validating it with 2,000 more targets: in one table, and in YAML."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from targetwatch import catalogue
from targetwatch.settings import CHECKOUT

FIRST = """
import sys, time, pathlib
from targetwatch import catalogue
began = time.perf_counter()
catalogue.read(pathlib.Path(sys.argv[1]))
print(time.perf_counter() - began)
"""
TARGETS = 2_000
ROUNDS = 5
HEADER = (
    "target,metric,tier,scope,org_unit,comparison,value,due,trajectory,baseline,margin,effective_from,effective_to,"
    "reference,owner,name_vi,name_en,short_name_vi,short_name_en,when_unit_ends"
)
ROW = (
    "online_{n},dossiers_processed_online,commune,each,{unit},>=,{value},2030-12-31,linear,2025-12-31: observed,1,"
    "2020-01-01,,R2021b,commune_chairs,Hồ sơ trực tuyến {n},Dossiers online {n},hồ sơ {n},dossiers {n},passes_on"
)
FAMILY = "metric: dossiers_processed_online\ntargets:\n"
TARGET = """  - target: online_{n}
    name: {{vi: Hồ sơ trực tuyến {n}, en: Dossiers online {n}}}
    short_name: {{vi: hồ sơ {n}, en: dossiers {n}}}
    tier: commune
    org_unit: {{code: "{unit}"}}
    scope: each
    comparison: ">="
    value: {value}
    due: 2030-12-31
    trajectory: {{path: linear, baseline: {{on: 2025-12-31, value: observed}}}}
    warning_margin: 1
    effective_from: 2020-01-01
    reference: R2021b
    owner: commune_chairs
    when_unit_ends: passes_on
"""


def run(folder: Path, say: Callable[[str], None]) -> None:
    """Time it all with what the system has cached, and print the medians."""
    shipped = CHECKOUT / "catalogue"
    programme = catalogue.load(shipped)
    first = subprocess.run([sys.executable, "-c", FIRST, shipped], capture_output=True, text=True, check=True).stdout
    say(f"  the shipped catalogue, {len(programme.org_units):,} org_units: {float(first):.2f} s, first in a process")
    say(f"  and {_median(shipped):.2f} s from then on (aim: under 0.5 s)")
    units = [str(unit.key) for unit in programme.org_units if unit.level == "commune"]
    written = [(n, units[n % len(units)], 50 + n % 40) for n in range(TARGETS)]
    rows = [HEADER, *(ROW.format(n=n, unit=unit, value=value) for n, unit, value in written)]
    family = FAMILY + "".join(TARGET.format(n=n, unit=unit, value=value) for n, unit, value in written)
    for name, file, content in (("a table", "many.csv", "\n".join(rows)), ("YAML", "many.yaml", family)):
        root = folder / file
        shutil.copytree(shipped, root)
        (root / "targets" / file).write_text(content, encoding="utf-8")
        reading = catalogue.read(root)
        assert reading.programme is not None, "\n".join(str(issue) for issue in reading.issues)
        assert len(reading.programme.targets) == len(programme.targets) + TARGETS
        say(f"  with {TARGETS:,} more targets in {name}: {_median(root):.2f} s (aim: under 3 s)")


def _median(root: Path) -> float:
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        catalogue.read(root)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)
