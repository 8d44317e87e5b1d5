"""The shipped programme, with some of its sources and few of its units: what a pass over it does is soon done."""

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


def of_sources(folder: Path, sources: Iterable[str], codes: Collection[str] | None = CODES) -> Path:
    """The shipped programme in `folder`, as far as these sources go: their metrics, the targets on those, few units.

    `codes` are those of the units, with the heading of their column; None keeps every unit.
    """
    shipped, own = CHECKOUT / "catalogue", folder / "catalogue"
    for name in ("sources", "metrics", "targets", "org_units"):
        (own / name).mkdir(parents=True)
    for name in SHARED:
        shutil.copy(shipped / f"{name}.yaml", own)
    people = (own / "receivers.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    here = [line for line in people if not PERSON.match(line) or _are_here(re.findall(r'"(\w+)"', line), codes)]
    (own / "receivers.yaml").write_text("".join(here), encoding="utf-8")
    for register in ("units.csv", "departments.csv"):
        lines = (shipped / "org_units" / register).read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if _are_here(line.split(",")[:1], codes)]
        (own / "org_units" / register).write_text("".join(kept), encoding="utf-8")
    if codes is None:
        shutil.copy(shipped / "org_units" / "successors.csv", own / "org_units")
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


def _are_here(named: Iterable[str], codes: Collection[str] | None) -> bool:
    return codes is None or set(named) <= set(codes)
