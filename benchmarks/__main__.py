"""`python -m benchmarks [figure ...]`: print the figures, all of them if none is named.

The data are synthetic and made in a temporary folder.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from pathlib import Path

from benchmarks.memory import peak_megabytes
from targetwatch import catalogue
from targetwatch.settings import CHECKOUT

FIGURES = ("validating", "measuring", "judging", "gating", "replaying", "spreadsheets", "delivering")


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("figures", nargs="*", metavar="figure", help=", ".join(FIGURES))
    parser.add_argument("--dossiers", type=int, default=5_000_000, help="how many are measured (5,000,000)")
    parser.add_argument("--rows", type=int, default=5_000_000, help="how many rows `gating` takes (5,000,000)")
    parser.add_argument("--scale", type=float, default=1.0, help="size of the demo's history for `delivering` (1)")
    options = parser.parse_args()
    wanted = options.figures or list(FIGURES)
    if unknown := set(wanted) - set(FIGURES):
        parser.error(f"there is no figure {', '.join(sorted(unknown))}; write {', '.join(FIGURES)}")
    say(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    with tempfile.TemporaryDirectory(prefix="targetwatch-bench-") as folder:
        if "validating" in wanted:
            from benchmarks import validating

            say("Reading a catalogue, once everything has been imported:")
            validating.run(Path(folder) / "catalogues", say)
        if {"measuring", "judging"} & set(wanted):
            measure_and_judge(Path(folder) / "records", options.dossiers, judging="judging" in wanted)
        if "gating" in wanted:
            from benchmarks import gating

            say("A large delivery, gated and recorded:")
            gating.run(Path(folder) / "gating", options.rows, say)
        if "replaying" in wanted:
            from benchmarks import replaying

            say("Rehearsing, after the imports:")
            replaying.rehearse(say)
            say("Replaying four years of the demo:")
            replaying.run(Path(folder) / "demo", say)
        if "spreadsheets" in wanted:
            from benchmarks import spreadsheets

            say("A spreadsheet with a row for every commune, from the inbox to the records:")
            spreadsheets.run(Path(folder) / "spreadsheets", say)
        if "delivering" in wanted:
            from benchmarks import delivering

            say("From a file that lands to its message, in the running Airflow:")
            delivering.run(Path(folder) / "home", options.scale, say)
    say(f"Largest memory of this process: {peak_megabytes():,.0f} MB")
    return 0


def measure_and_judge(folder: Path, size: int, *, judging: bool) -> None:
    """The figures that need records: they are made once."""
    from benchmarks import judging as judging_
    from benchmarks import measuring, sample

    programme = catalogue.load(CHECKOUT / "catalogue")
    say("Making synthetic dossiers:")
    warehouse, made = sample.fill(folder, programme, size, say)
    say(f"Measuring {made:,} dossiers, six metrics by month for bodies, districts and the city:")
    rolled, owed = measuring.run(warehouse, programme, say)
    if judging:
        say("Judging:")
        judging_.run(programme, rolled, owed, say)


def say(line: str) -> None:
    """Print a line at once, so that long work shows that it goes on."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
