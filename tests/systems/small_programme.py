"""The shipped programme, with few of its units and some of its sources: what a pass over it does is soon done."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

from targetwatch import catalogue
from targetwatch.settings import CHECKOUT

CODES = ("code", "01", "SO-TP", "SO-NV", "001", "002", "00001", "00004")
PERSON = re.compile(r"\s+U0\w+:")
SHARED = ("programme", "calendar", "owners", "references", "receivers")


def of_sources(folder: Path, sources: Iterable[str], codes: Collection[str] = CODES) -> Path:
    """The shipped programme in `folder`, as far as these sources go: their metrics, the targets on those, few units."""
    shipped, own = CHECKOUT / "catalogue", folder / "catalogue"
    for name in ("sources", "metrics", "targets", "org_units"):
        (own / name).mkdir(parents=True)
    for name in SHARED:
        shutil.copy(shipped / f"{name}.yaml", own)
    people = (own / "receivers.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    here = [line for line in people if not PERSON.match(line) or set(re.findall(r'"(\w+)"', line)) <= set(codes)]
    (own / "receivers.yaml").write_text("".join(here), encoding="utf-8")
    for register in ("units.csv", "departments.csv"):
        lines = (shipped / "org_units" / register).read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if line.split(",")[0] in codes]
        (own / "org_units" / register).write_text("".join(kept), encoding="utf-8")
    for source in sources:
        shutil.copy(shipped / "sources" / f"{source}.yaml", own / "sources")
    programme = catalogue.load(shipped)
    metrics = {metric.id for metric in programme.metrics.values() if metric.source in sources}
    for metric in metrics:
        shutil.copy(shipped / "metrics" / f"{metric}.yaml", own / "metrics")
    for file in (shipped / "targets").glob("*.yaml"):
        if file.stem in metrics:
            shutil.copy(file, own / "targets")
    for name in ("sql", "expectations"):
        (folder / name).symlink_to(CHECKOUT / name)
    return folder
